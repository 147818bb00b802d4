// ECS services' desired counts.
#include "services/application_autoscaling/adapter.h"
#include "services/ecs/ecs.h"

namespace squall::application_autoscaling {
namespace {

const ecs::Service* find(const sim::Scope& scope, const ResourceParts& id) {
  const ecs::Service* found = ecs::find_service(scope, id[0], id[1]);
  return found && found->status == "ACTIVE" ? found : nullptr;
}

std::optional<int64_t> read(const sim::Scope& scope, const ResourceParts& id) {
  const ecs::Service* found = find(scope, id);
  return found && found->scheduling == "REPLICA" ? std::optional(found->desired) : std::nullopt;
}

void set(sim::Scope& scope, const ResourceParts& id, int64_t capacity) {
  ecs::set_desired_count(scope, id[0], id[1], capacity);
}

bool is_settled(const sim::Scope& scope, const ResourceParts& id) {
  const ecs::Service* found = find(scope, id);
  if (!found) return true;
  int64_t running = 0;
  for (const ecs::Task* task : scope.by<ecs::Task>(cat("service:", found->id)))
    running += task->last_status == "RUNNING" && task->desired_status == "RUNNING";
  return running == found->desired;
}

/// Documented: Application Auto Scaling scales no service in while a deployment runs.
bool may_shrink(const sim::Scope& scope, const ResourceParts& id) {
  const ecs::Service* found = find(scope, id);
  return !found || found->deployments.size() < 2;
}

constexpr Adapter rows[] = {{"ecs", "ecs:service:DesiredCount", "service/", 2, "desired count",
                             "ECS service doesn't exist", "ECSService", 300, true, read, set,
                             is_settled, may_shrink}};

}  // namespace

std::span<const Adapter> ecs_adapters() { return rows; }

}  // namespace squall::application_autoscaling
