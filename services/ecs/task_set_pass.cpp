// The scheduler's part in task sets: each brought to its share of the desired count.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

int64_t share_of(const Service& service, const TaskSet& set) {
  const double exact = static_cast<double>(service.desired) * set.scale / 100;
  const auto count = static_cast<int64_t>(exact);
  return static_cast<double>(count) < exact ? count + 1 : count;
}

struct SetTasks {
  std::vector<const LiveTask*> fit, failing;
  int64_t healthy = 0, leaving = 0;
};

SetTasks tasks_of(const Pass& pass, const TaskSet& set) {
  SetTasks tasks;
  for (const LiveTask& live : pass.tasks) {
    if (live.task->deployment != set.short_id) continue;
    if (live.stopping)
      ++tasks.leaving;
    else if (live.failing || live.draining)
      tasks.failing.push_back(&live);
    else
      tasks.fit.push_back(&live);
    tasks.healthy += !live.stopping && !live.failing && live.healthy;
  }
  return tasks;
}

/// What failed too often waits; what runs has earned a fresh start.
void forgive(Pass& pass, const TaskSet& set, const SetTasks& tasks) {
  if (!set.failures_in_a_row || !set.last_failure) return;
  const bool runs = std::ranges::any_of(tasks.fit, [&](const LiveTask* live) {
    return live->running && live->task->started && *live->task->started >= *set.last_failure;
  });
  if (!runs) return;
  TaskSet& changed = pass.scope.edit<TaskSet>(set.id);
  changed.failures_in_a_row = 0;
  changed.retry_at.reset();
}

void set_stability(Pass& pass, const std::string& id, bool steady) {
  const std::string_view state = steady ? "STEADY_STATE" : "STABILIZING";
  const TaskSet& set = *pass.scope.view<TaskSet>(id);
  if (set.stability == state) return;
  TaskSet& changed = pass.scope.edit<TaskSet>(id);
  changed.stability = state;
  changed.stability_at = changed.updated = pass.now();
}

void run_set(Pass& pass, const std::string& id) {
  const TaskSet set = *pass.scope.view<TaskSet>(id);
  const SetTasks tasks = tasks_of(pass, set);
  const auto fit = static_cast<int64_t>(tasks.fit.size());
  if (set.status == "DRAINING" && tasks.leaving == 0 && tasks.fit.empty() &&
      tasks.failing.empty()) {
    pass.scope.erase<TaskSet>(id);
    return;
  }
  forgive(pass, set, tasks);
  const int64_t desired = set.status == "DRAINING" ? 0 : share_of(pass.service(), set);
  if (set.desired != desired) pass.scope.edit<TaskSet>(id).desired = desired;
  const std::string reason = cat("Scaling activity initiated by (task-set ", set.short_id, ")");
  stop_tasks(pass, choose_stops(tasks.fit, fit - desired), reason);
  // A replacement first, as the service's maximum percent has room for one.
  const int64_t spare = tasks.healthy - (desired - static_cast<int64_t>(tasks.failing.size()));
  stop_tasks(pass, choose_stops(tasks.failing, spare), "Task failed health checks");
  if (fit < desired && !is_held_back(pass, set.retry_at))
    start_tasks(pass, {&set.spec, set.short_id, "", "", desired - fit});
  set_stability(pass, id,
                !pass.acted && fit == desired && tasks.healthy == desired && !tasks.leaving &&
                    tasks.failing.empty());
}

}  // namespace

void run_task_sets(Pass& pass) {
  std::vector<std::string> ids;
  for (const TaskSet* set : pass.scope.by<TaskSet>("service:" + pass.service().id))
    ids.push_back(set->id);
  for (const std::string& id : ids) run_set(pass, id);
}

Value describe_task_set(const sim::Scope& scope, const TaskSet& set, bool with_tags) {
  const auto text = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
  const auto counts = count_tasks(scope, set.service);
  const auto at = counts.find(set.short_id);
  const TaskCounts count = at == counts.end() ? TaskCounts{} : at->second;
  Value v{{"id", set.short_id},
          {"taskSetArn", set.id},
          {"serviceArn", set.service},
          {"clusterArn", cluster_arn(scope, set.cluster)},
          {"startedBy", text(set.started_by)},
          {"externalId", text(set.external_id)},
          {"status", set.status},
          {"taskDefinition", definition_arn(scope, set.spec.definition)},
          {"computedDesiredCount", set.desired},
          {"pendingCount", count.pending},
          {"runningCount", count.running},
          {"createdAt", set.created},
          {"updatedAt", set.updated},
          {"launchType", text(set.spec.launch_type)},
          {"platformVersion", text(set.spec.platform_version)},
          {"platformFamily", text(set.spec.platform_family)},
          {"networkConfiguration", describe_network(set.spec.network)},
          {"loadBalancers", describe_load_balancers(set.spec.load_balancers)},
          {"serviceRegistries", describe_registries(set.spec.registries)},
          {"scale", {{"value", set.scale}, {"unit", "PERCENT"}}},
          {"stabilityStatus", set.stability},
          {"stabilityStatusAt", set.stability_at}};
  if (!set.spec.strategy.empty())
    v.set("capacityProviderStrategy", describe_strategy(set.spec.strategy));
  if (with_tags && !set.tags.empty())
    v.set("tags", list_of(set.tags, [](const auto& tag) {
            return Value{{"key", tag.first}, {"value", tag.second}};
          }));
  return v;
}

}  // namespace squall::ecs
