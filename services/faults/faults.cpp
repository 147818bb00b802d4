#include "services/faults/faults.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/ec2/ec2.h"
#include "services/ecs/ecs.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void journal(sim::Scope& scope, std::string_view name, const sim::FaultRecord& record) {
  sim::JournalEntry entry;
  entry.time = scope.now();
  entry.category = "fault";
  entry.name = cat(record.fault, '.', name);
  entry.region = scope.region();
  entry.subject = record.id;
  for (const auto& [key, value] : record.arguments)
    entry.message += cat(entry.message.empty() ? "" : ", ", key, '=', value);
  scope.world().journal(std::move(entry));
}

class List final : public sim::Faults {
 public:
  const std::vector<sim::FaultKind>& kinds() const override {
    static const std::vector<sim::FaultKind> list = {az_power_loss(),
                                                     db_host_failure(),
                                                     instance_host_failure(),
                                                     zone_network_partition(),
                                                     network_latency(),
                                                     packet_loss(),
                                                     cpu_stress(),
                                                     nat_gateway_failure(),
                                                     vpc_endpoint_failure(),
                                                     service_unreachable(),
                                                     task_cpu_stress(),
                                                     ecs_task_kill(),
                                                     ecs_container_exit(),
                                                     dynamodb_pause_replication()};
    return list;
  }

  std::string start(sim::Scope& scope, std::string_view fault, const sim::FaultArguments& arguments,
                    Duration duration) const override {
    const sim::FaultKind& kind = find(fault);
    for (const auto& [name, value] : arguments) {
      const bool known = std::ranges::any_of(
          kind.parameters, [&](const sim::FaultParameter& p) { return p.name == name; });
      if (!known) throw invalid_argument(cat("The fault ", fault, " has no parameter ", name, "."));
    }
    sim::FaultArguments complete = arguments;
    for (const sim::FaultParameter& p : kind.parameters) {
      if (complete.contains(p.name)) continue;
      if (p.required) throw invalid_argument(cat("The fault ", fault, " needs ", p.name, "."));
      complete.emplace(p.name, p.default_value);
    }
    sim::FaultRecord record;
    record.id = cat("fault-", scope.new_hex("fault", 8, fault));
    record.fault = fault;
    record.arguments.insert(complete.begin(), complete.end());
    record.started = scope.now();
    kind.start(scope, record.id, complete);
    journal(scope, "started", record);
    if (duration > Duration{}) scope.after(duration, "fault.stop", record.id);
    const std::string id = record.id;
    scope.add(std::move(record));
    return id;
  }

  void stop(sim::Scope& scope, std::string_view id) const override {
    const sim::FaultRecord* known = scope.view<sim::FaultRecord>(id);
    if (!known) throw invalid_argument(cat("There is no fault ", id, "."));
    if (known->stopped) return;
    const sim::FaultKind& kind = find(known->fault);
    sim::FaultRecord& record = scope.edit<sim::FaultRecord>(id);
    record.stopped = scope.now();
    const sim::FaultArguments arguments(record.arguments.begin(), record.arguments.end());
    kind.stop(scope, record.id, arguments);
    journal(scope, "stopped", record);
  }

 private:
  const sim::FaultKind& find(std::string_view fault) const {
    for (const sim::FaultKind& kind : kinds())
      if (kind.name == fault) return kind;
    std::string names;
    for (const sim::FaultKind& kind : kinds()) names += cat(names.empty() ? "" : ", ", kind.name);
    throw invalid_argument(cat("There is no fault ", fault, ". There are: ", names, "."));
  }
};

void on_stop(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<sim::FaultRecord>(event.subject)) faults().stop(scope, event.subject);
}

constexpr sim::EventRow events[] = {{"fault.stop", on_stop}};

}  // namespace

const sim::Faults& faults() {
  static const List list;
  return list;
}

const api::ServiceDefinition& contribution() {
  static const api::ServiceDefinition definition = [] {
    api::ServiceDefinition d;
    d.events = {events, ecs_task_kill_events()};
    return d;
  }();
  return definition;
}

AwsError invalid_argument(std::string message) {
  return {"ValidationException", std::move(message)};
}

std::string argument(const sim::FaultArguments& arguments, std::string_view name,
                     std::string_view fallback) {
  const auto at = arguments.find(name);
  return at == arguments.end() || at->second.empty() ? std::string(fallback) : at->second;
}

double number(const sim::FaultArguments& arguments, std::string_view name, double fallback) {
  const std::string text = argument(arguments, name);
  if (text.empty()) return fallback;
  const auto value = parse_double(text);
  if (!value || *value < 0)
    throw invalid_argument(cat("The argument ", name, " is not a number: ", text));
  return *value;
}

std::string zone_argument(const sim::Scope& scope, const sim::FaultArguments& arguments,
                          std::string_view name) {
  const std::string wanted = argument(arguments, name);
  for (const ec2::Zone& zone : ec2::zones(scope.region()))
    if (zone.name == wanted || zone.id == wanted) return zone.name;
  throw invalid_argument(
      cat("The region ", scope.region(), " has no Availability Zone ", wanted, "."));
}

std::string task_argument(const sim::Scope& scope, const sim::FaultArguments& arguments) {
  const std::string task = argument(arguments, "task"), service = argument(arguments, "service");
  if (!task.empty()) {
    if (!scope.has<ecs::Task>(task)) throw invalid_argument(cat("There is no task ", task, "."));
    return task;
  }
  if (service.empty() || scope.has<ecs::Service>(service)) return service;
  for (const auto* found : scope.by<ecs::Service>(cat("name:", service)))
    if (found->status != "INACTIVE") return found->id;
  throw invalid_argument(cat("There is no service ", service, "."));
}

void strike(const sim::Scope& scope, const sim::FaultArguments& arguments,
            sim::Impairment& impairment) {
  impairment.resource = argument(arguments, "instance");
  if (impairment.resource.empty()) impairment.resource = task_argument(scope, arguments);
  if (impairment.resource.empty()) impairment.zone = zone_argument(scope, arguments);
}

void impair(sim::Scope& scope, const std::string& id, sim::Impairment impairment,
            std::string_view part) {
  impairment.id = part.empty() ? id : cat(id, '/', part);
  impairment.fault = id;
  impairment.since = scope.now();
  scope.add(std::move(impairment));
}

void repair(sim::Scope& scope, const std::string& id, const sim::FaultArguments&) {
  std::vector<std::string> ids;
  for (const auto& impairment : scope.all<sim::Impairment>())
    if (impairment.fault == id) ids.push_back(impairment.id);
  for (const std::string& each : ids) scope.erase<sim::Impairment>(each);
}

}  // namespace squall::faults
