// `${kind:NAME}` in drill files: resources by Name tag or name, so drills need no ids.
#include <functional>
#include <map>

#include "emulator/core/text.h"
#include "harness/step.h"
#include "services/acm/acm.h"
#include "services/autoscaling/autoscaling.h"
#include "services/ec2/ec2.h"
#include "services/ecs/ecs.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"

namespace squall::harness {
namespace {

template <class T>
std::string by_name_tag(const sim::Scope& scope, const std::string& name) {
  for (const T& record : scope.all<T>()) {
    const auto tag = record.tags.find("Name");
    if (tag == record.tags.end() || tag->second != name) continue;
    if constexpr (std::is_same_v<T, ec2::Instance>)
      if (record.state == "terminated") continue;
    if constexpr (std::is_same_v<T, ec2::NatGateway>)
      if (record.state == "deleted") continue;
    return record.id;
  }
  return {};
}

template <class T>
std::string arn_by_name(const sim::Scope& scope, const std::string& name) {
  for (const T& record : scope.all<T>())
    if (record.name == name) return record.id;
  return {};
}

/// "app/web/50dc6c495c0c9188" and "targetgroup/web/73e2d6bc24d8a067": the metrics' dimensions.
std::string dimension(const std::string& arn, std::string_view after) {
  const size_t at = arn.find(after);
  return at == arn.npos ? std::string() : arn.substr(at + after.size());
}

/// `${instance:GROUP}` is a group's first instance in service, `${instance:GROUP@ZONE}` its first
/// in a zone; else an instance's Name tag.
std::string group_instance(const sim::Scope& scope, const std::string& name) {
  const size_t at = name.rfind('@');
  const std::string zone = at == name.npos ? "" : name.substr(at + 1);
  if (const auto* group = scope.view<autoscaling::Group>(name.substr(0, at))) {
    for (const autoscaling::GroupInstance& i : group->instances)
      if (i.lifecycle == "InService" && (zone.empty() || i.zone == zone)) return i.id;
    return {};
  }
  return by_name_tag<ec2::Instance>(scope, name);
}

std::string certificate_of_domain(const sim::Scope& scope, const std::string& domain) {
  for (const auto& certificate : scope.all<acm::Certificate>())
    if (certificate.domain == domain) return certificate.id;
  return {};
}

/// `${service:CLUSTER/NAME}`.
std::string service_arn(const sim::Scope& scope, const std::string& name) {
  for (const auto* service : scope.by<ecs::Service>(cat("name:", name)))
    if (service->status != "INACTIVE") return service->id;
  return {};
}

/// `${task:CLUSTER/NAME}` is a service's first running task, `${task:CLUSTER/NAME@ZONE}` its first
/// in a zone.
std::string service_task(const sim::Scope& scope, const std::string& name) {
  const size_t at = name.rfind('@');
  const std::string zone = at == name.npos ? "" : name.substr(at + 1);
  const std::string service = service_arn(scope, name.substr(0, at));
  for (const auto* task : scope.by<ecs::Task>(cat("service:", service)))
    if (task->last_status == "RUNNING" && (zone.empty() || task->zone == zone)) return task->id;
  return {};
}

using Finder = std::string (*)(const sim::Scope&, const std::string&);

const std::map<std::string, Finder, std::less<>>& finders() {
  static const std::map<std::string, Finder, std::less<>> all{
      {"lb-arn", arn_by_name<elbv2::LoadBalancer>},
      {"lb",
       [](const sim::Scope& s, const std::string& n) {
         return dimension(arn_by_name<elbv2::LoadBalancer>(s, n), "loadbalancer/");
       }},
      {"tg-arn", arn_by_name<elbv2::TargetGroup>},
      {"tg",
       [](const sim::Scope& s, const std::string& n) {
         const std::string rest = dimension(arn_by_name<elbv2::TargetGroup>(s, n), "targetgroup/");
         return rest.empty() ? rest : cat("targetgroup/", rest);
       }},
      {"vpc", by_name_tag<ec2::Vpc>},
      {"subnet", by_name_tag<ec2::Subnet>},
      {"sg", by_name_tag<ec2::SecurityGroup>},
      {"acl", by_name_tag<ec2::NetworkAcl>},
      {"rtb", by_name_tag<ec2::RouteTable>},
      {"nat", by_name_tag<ec2::NatGateway>},
      {"eip", by_name_tag<ec2::Address>},
      {"certificate", certificate_of_domain},
      {"instance", group_instance},
      {"endpoint", by_name_tag<ec2::VpcEndpoint>},
      {"service", service_arn},
      {"task", service_task},
  };
  return all;
}

}  // namespace

std::string unresolved_name(std::string text) {
  for (size_t from; (from = text.find("${")) != text.npos;) {
    const size_t colon = text.find(':', from), end = text.find('}', from);
    if (colon == text.npos || end == text.npos || colon > end) break;
    text = cat(text.substr(0, from), text.substr(colon + 1, end - colon - 1), text.substr(end + 1));
  }
  return text;
}

std::string resolve(const sim::Scope& scope, std::string text) {
  for (size_t from; (from = text.find("${")) != text.npos;) {
    const size_t end = text.find('}', from);
    const std::string inside = text.substr(from + 2, end == text.npos ? 0 : end - from - 2);
    const size_t colon = inside.find(':');
    const auto finder = finders().find(inside.substr(0, colon));
    if (colon == inside.npos || finder == finders().end()) {
      std::string known;
      for (const auto& [name, find] : finders()) known += cat(known.empty() ? "" : ", ", name);
      throw DrillError{cat("cannot resolve '", text, "'; write ${KIND:NAME} with KIND one of ",
                           known)};
    }
    const std::string name = inside.substr(colon + 1);
    const std::string found = finder->second(scope, name);
    if (found.empty()) throw DrillError{cat("nothing is named '", name, "' (", finder->first, ")")};
    text.replace(from, end - from + 1, found);
  }
  return text;
}

Value resolve(const sim::Scope& scope, const Value& document) {
  if (document.is_string()) return resolve(scope, std::string(document.text()));
  if (document.is_list())
    return list_of(document.items(), [&](const Value& item) { return resolve(scope, item); });
  if (!document.is_map()) return document;
  Value map = Value::map();
  for (const Member& m : document.members()) map.add(m.key, resolve(scope, m.value));
  return map;
}

}  // namespace squall::harness
