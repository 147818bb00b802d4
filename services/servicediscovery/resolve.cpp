// The names that services have in DNS, as the resolver of a VPC or of the internet answers them.
#include <algorithm>

#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr size_t answers_max = 8;

/// Whose names `vpc_id` resolves: of the namespaces under the host name's suffixes the longest; a
/// private one hides a public one of the same name.
const Namespace* namespace_of(const sim::Scope& scope, std::string_view vpc_id,
                              std::string_view hostname) {
  std::string_view suffix = hostname;
  for (size_t dot = suffix.find('.'); !suffix.empty(); dot = suffix.find('.')) {
    const Namespace* best = nullptr;
    for (const Namespace* n : scope.by<Namespace>(cat("name:", suffix))) {
      if (!n->active || n->type == "HTTP") continue;
      if (n->type == "DNS_PUBLIC" && !best) best = n;
      if (n->type == "DNS_PRIVATE" && !vpc_id.empty() && n->vpc_id == vpc_id) best = n;
    }
    if (best) return best;
    suffix = dot == suffix.npos ? std::string_view() : suffix.substr(dot + 1);
  }
  return nullptr;
}

std::string canonical(std::string_view hostname) {
  if (hostname.ends_with('.')) hostname.remove_suffix(1);
  return to_lower(hostname);
}

const DnsRecord* record_of(const Service& service, std::string_view type) {
  const auto at =
      std::ranges::find_if(service.records, [&](const DnsRecord& r) { return r.type == type; });
  return at == service.records.end() ? nullptr : &*at;
}

std::string attribute(const Instance& instance, const char* name) {
  const auto at = instance.attributes.find(name);
  return at == instance.attributes.end() ? std::string() : at->second;
}

Resolved resolved(const Service& service, const Instance& instance, const DnsRecord& record) {
  Resolved out;
  out.is_weighted = service.routing == "WEIGHTED";
  out.ip = attribute(instance, "AWS_INSTANCE_IPV4");
  out.port = parse_int(attribute(instance, "AWS_INSTANCE_PORT")).value_or(0);
  out.instance_id = instance.instance_id;
  out.alias = attribute(instance, "AWS_ALIAS_DNS_NAME");
  out.ttl_s = record.ttl_s;
  return out;
}

struct Candidates {
  const Service* service = nullptr;
  std::vector<Resolved> list;
};

Candidates candidates(const sim::Scope& scope, std::string_view vpc_id, std::string_view name,
                      std::string_view type) {
  const std::string host = canonical(name);
  const Namespace* space = namespace_of(scope, vpc_id, host);
  if (!space || host.size() <= space->name.size()) return {};
  std::string label = host.substr(0, host.size() - space->name.size() - 1);
  std::string instance_id;
  const Service* service = service_by_name(scope, space->id, label);
  if (const size_t dot = label.find('.'); !service && dot != label.npos) {
    // An SRV record's target: the instance's own name under its service's.
    instance_id = label.substr(0, dot);
    service = service_by_name(scope, space->id, std::string_view(label).substr(dot + 1));
  }
  if (!service) return {};
  const bool is_target = !instance_id.empty() && type == "A";
  const DnsRecord* record = record_of(*service, is_target ? "SRV" : type);
  if (!record || (!instance_id.empty() && !is_target)) return {};
  Candidates all{service, {}}, healthy{service, {}};
  for (const Instance* instance : instances_of(scope, service->id)) {
    if (!instance->active) continue;
    if (is_target && !equals_ignore_case(instance->instance_id, instance_id)) continue;
    all.list.push_back(resolved(*service, *instance, *record));
    if (instance->health != "UNHEALTHY") healthy.list.push_back(all.list.back());
  }
  return healthy.list.empty() ? all : healthy;
}

std::vector<Resolved> answer(sim::Scope& scope, std::string_view vpc_id, std::string_view hostname,
                             std::string_view type) {
  Candidates found = candidates(scope, vpc_id, hostname, type);
  auto& list = found.list;
  if (list.size() < 2) return list;
  const size_t wanted = found.service->routing == "WEIGHTED" ? 1 : answers_max;
  sim::Stream& stream = scope.random(cat("servicediscovery/dns/", found.service->id));
  for (size_t i = 0; i + 1 < list.size() && i < wanted; ++i)
    std::swap(list[i], list[i + stream.below(list.size() - i)]);
  list.resize(std::min(list.size(), wanted));
  return list;
}

}  // namespace

bool owns_name(const sim::Scope& scope, std::string_view vpc_id, std::string_view hostname) {
  return namespace_of(scope, vpc_id, canonical(hostname)) != nullptr;
}

std::vector<Resolved> eligible(const sim::Scope& scope, std::string_view vpc_id,
                               std::string_view hostname, std::string_view type) {
  return candidates(scope, vpc_id, hostname, type).list;
}

std::vector<Resolved> resolve_a(sim::Scope& scope, std::string_view vpc_id,
                                std::string_view hostname) {
  return answer(scope, vpc_id, hostname, "A");
}

std::vector<Resolved> resolve_srv(sim::Scope& scope, std::string_view vpc_id,
                                  std::string_view hostname) {
  return answer(scope, vpc_id, hostname, "SRV");
}

}  // namespace squall::servicediscovery
