// Events about targets and health, told once each.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

/// How many tasks each of their target groups gained or lost.
std::map<std::string, int64_t> by_group(const std::vector<const Task*>& tasks) {
  std::map<std::string, int64_t> counts;
  for (const Task* task : tasks)
    for (const LoadBalancerUse& use : task->load_balancers) ++counts[use.target_group_arn];
  return counts;
}

void tell_targets(Pass& pass, std::string_view verb, const std::vector<const Task*>& tasks) {
  for (const auto& [group, count] : by_group(tasks))
    add_event(pass.scope, pass.service(),
              cat(verb, ' ', count, " targets in (target-group ", group, ')'));
}

}  // namespace

void announce_targets(Pass& pass) {
  const auto& known = pass.state().registered;
  std::vector<const Task*> fresh, gone;
  std::set<std::string> now;
  for (const LiveTask& live : pass.tasks) {
    if (live.task->load_balancers.empty() || live.task->targets.empty() || live.stopping) continue;
    now.insert(live.task->id);
    if (!known.contains(live.task->id)) fresh.push_back(live.task);
  }
  for (const std::string& arn : known) {
    if (now.contains(arn)) continue;
    if (const Task* task = pass.scope.view<Task>(arn)) gone.push_back(task);
  }
  if (now == known) return;
  if (!gone.empty())
    add_event(pass.scope, pass.service(),
              cat("has begun draining connections on ", gone.size(), " tasks."));
  tell_targets(pass, "deregistered", gone);
  tell_targets(pass, "registered", fresh);
  pass.edit_state().registered = std::move(now);
}

void announce_health(Pass& pass) {
  const auto& known = pass.state().unhealthy;
  std::set<std::string> now;
  std::vector<const LiveTask*> fresh;
  for (const LiveTask& live : pass.tasks) {
    if (!live.failing) continue;
    now.insert(live.task->id);
    if (!known.contains(live.task->id)) fresh.push_back(&live);
  }
  if (now == known) return;
  for (const LiveTask* live : fresh)
    add_event(pass.scope, pass.service(),
              live->complaint.starts_with('(')
                  ? live->complaint
                  : cat("(task ", short_name(live->task->id), ") ", live->complaint));
  pass.edit_state().unhealthy = std::move(now);
}

}  // namespace squall::ecs
