// Services by name, their events, and how many tasks they have.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

constexpr uint64_t events_max = 100;

std::string event_id(const Service& service, uint64_t ordinal) {
  std::string number = std::to_string(ordinal);
  number.insert(0, 12 - std::min<size_t>(12, number.size()), '0');
  return cat(service.id, '/', number);
}

}  // namespace

std::string short_name(std::string_view arn_or_name) {
  return std::string(arn_or_name.substr(arn_or_name.rfind('/') + 1));
}

std::string definition_arn(const sim::Scope& scope, const std::string& id) {
  if (id.empty()) return {};
  if (const TaskDefinition* definition = scope.view<TaskDefinition>(id)) return definition->arn;
  return scope.arn("ecs", "task-definition/" + id);
}

std::string cluster_arn(const sim::Scope& scope, const std::string& id) {
  return scope.arn("ecs", "cluster/" + id);
}

std::string new_number(sim::Scope& scope, std::string_view kind, std::string_view parent) {
  uint64_t hash = stable_hash(scope.new_hex(kind, 16, parent));
  hash = 1'000'000'000'000'000'000u + hash % 9'000'000'000'000'000'000u;
  return std::to_string(hash);
}

const Service* find_service(const sim::Scope& scope, std::string_view cluster,
                            std::string_view service) {
  const std::string cluster_id = cluster.empty() ? "default" : short_name(cluster);
  const auto found = scope.by<Service>(cat("name:", cluster_id, '/', short_name(service)));
  return found.empty() ? nullptr : found.front();
}

const Service& require_service(const sim::Scope& scope, std::string_view cluster,
                               std::string_view service) {
  const Cluster& found = require_cluster(scope, cluster);
  const std::string name = id_in(scope, found.id, "service", service);
  if (const Service* s = find_service(scope, found.id, name)) return *s;
  throw service_not_found();
}

const Service& require_active_service(const sim::Scope& scope, std::string_view cluster,
                                      std::string_view service) {
  const Service& found = require_service(scope, cluster, service);
  if (found.status != "ACTIVE") throw service_not_active();
  return found;
}

void set_desired_count(sim::Scope& scope, std::string_view cluster, std::string_view service,
                       int64_t desired) {
  const Service* found = find_service(scope, cluster, service);
  if (!found) throw service_not_found();
  if (found->status != "ACTIVE") throw service_not_active();
  if (found->scheduling == "DAEMON")
    throw invalid_parameter("The daemon scheduling strategy does not support a desired count. "
                            "Remove the desired count value and try again.");
  if (desired < 0)
    throw invalid_parameter("The desired count must be greater than or equal to 0.");
  if (found->desired == desired) return;
  Service& changed = scope.edit<Service>(found->id);
  changed.desired = desired;
  changed.steady = false;
  if (Deployment* primary = primary_of(changed)) {
    primary->desired = desired;
    primary->updated = scope.now();
  }
  wake_service(scope, changed.id);
}

std::map<std::string, TaskCounts> count_tasks(const sim::Scope& scope,
                                              const std::string& service) {
  std::map<std::string, TaskCounts> counts;
  for (const Task* task : scope.by<Task>("live:" + service)) {
    if (task->desired_status == "STOPPED" && task->last_status != "RUNNING") continue;
    TaskCounts& one = counts[task->deployment];
    TaskCounts& all = counts[""];
    const bool running = task->last_status == "RUNNING";
    (running ? one.running : one.pending) += 1;
    (running ? all.running : all.pending) += 1;
  }
  return counts;
}

void add_event(sim::Scope& scope, const Service& service, std::string_view text) {
  const uint64_t ordinal = scope.next_ordinal("ecs-service-event", service.id);
  const std::string message = cat("(service ", service.name, ") ", text);
  scope.add(ServiceEvent{event_id(service, ordinal), service.id,
                         scope.new_uuid("ecs-service-event", service.id), message, scope.now()});
  if (ordinal > events_max) scope.erase<ServiceEvent>(event_id(service, ordinal - events_max));
  scope.announce("ecs.service-event", service.id, message);
}

}  // namespace squall::ecs
