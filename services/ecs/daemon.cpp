// Daemon services: one task on each container instance that fits.
#include <algorithm>
#include <set>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

struct Hosts {
  std::set<std::string> active;   // container instances that want a task
  std::set<std::string> covered;  // by a task, be it one that leaves
};

/// Tasks of older deployments go first where the maximum percent leaves no room beside them, as
/// many at a time as the minimum healthy percent lets.
std::vector<const LiveTask*> stale_to_stop(const Pass& pass, const std::string& primary,
                                           int64_t desired) {
  const int64_t lower = (desired * pass.service().minimum_healthy_percent.value_or(0) + 99) / 100;
  int64_t healthy = 0;
  std::vector<const LiveTask*> now, later;
  for (const LiveTask& live : pass.tasks) {
    if (live.stopping) continue;
    healthy += live.healthy && !live.failing;
    if (live.draining || live.failing)
      now.push_back(&live);
    else if (live.task->deployment != primary)
      (live.healthy ? later : now).push_back(&live);
  }
  for (const LiveTask* live : choose_stops(later, std::max<int64_t>(0, healthy - lower)))
    now.push_back(live);
  return now;
}

/// Daemons are the last to leave an instance that is being drained.
bool is_needed(const sim::Scope& scope, const LiveTask& live) {
  if (!live.draining) return false;
  const auto tasks = scope.by<Task>("instance:" + live.task->container_instance);
  return std::ranges::any_of(tasks, [&](const Task* task) {
    return task->service != live.task->service && task->last_status != "STOPPED" &&
           !task->service.empty();
  });
}

Hosts look(const Pass& pass) {
  Hosts hosts;
  const RunSpec& spec = pass.service().spec;
  for (const ContainerInstance* instance :
       pass.scope.by<ContainerInstance>("cluster:" + pass.service().cluster)) {
    const bool fits = spec.strategy.empty()
                          ? instance->external == (spec.launch_type == "EXTERNAL")
                          : std::ranges::find(spec.strategy, instance->capacity_provider,
                                              &StrategyItem::provider) != spec.strategy.end();
    if (fits && instance->status == "ACTIVE" && instance->agent_connected)
      hosts.active.insert(instance->id);
  }
  // One at a time: the next one starts when the one before has left.
  for (const LiveTask& live : pass.tasks) hosts.covered.insert(live.task->container_instance);
  return hosts;
}

void set_desired(Pass& pass, int64_t desired) {
  const Deployment& primary = *primary_of(pass.service());
  if (pass.service().desired == desired && primary.desired == desired) return;
  Service& service = pass.edit();
  service.desired = desired;
  primary_of(service)->desired = desired;
}

}  // namespace

void run_daemon(Pass& pass) {
  const Deployment primary = *primary_of(pass.service());
  const Hosts hosts = look(pass);
  auto leaving = stale_to_stop(pass, primary.id, pass.service().desired);
  std::erase_if(leaving, [&](const LiveTask* live) { return is_needed(pass.scope, *live); });
  stop_tasks(pass, leaving, cat("Scaling activity initiated by (deployment ", primary.id, ")"));
  int64_t placed = 0;
  for (const LiveTask& live : pass.tasks)
    placed += !live.stopping && hosts.active.contains(live.task->container_instance);
  const bool blocked = primary.rollout_state == "FAILED" || is_held_back(pass, primary.retry_at);
  int64_t waiting = 0;
  for (const std::string& host : hosts.active) {
    if (hosts.covered.contains(host)) continue;
    // A host that is between two tasks still counts; one that the task does not fit does not.
    if (blocked || start_tasks(pass, {&primary.spec, primary.id, "", host, 1}).empty())
      waiting += blocked;
    else
      ++placed;
  }
  for (const LiveTask& live : pass.tasks)
    waiting += live.stopping && hosts.active.contains(live.task->container_instance);
  set_desired(pass, placed + waiting);
}

}  // namespace squall::ecs
