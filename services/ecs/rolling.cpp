// Replica services: as many tasks as desired, and one revision replaced by another between the
// minimum healthy and the maximum percent.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

using Tasks = std::vector<const LiveTask*>;

/// A service's tasks by what is to become of them.
struct Sorted {
  Tasks fit;            // of the primary deployment, no complaint
  Tasks failing;        // of the primary deployment, to be replaced
  Tasks stale;          // of older deployments or on instances that are being emptied
  int64_t healthy = 0;  // of all of them
  int64_t healthy_fit = 0;
  int64_t settling = 0;  // fit ones that are not healthy yet
  int64_t total() const { return static_cast<int64_t>(fit.size() + failing.size() + stale.size()); }
};

Sorted sort_tasks(const Pass& pass, const Deployment& primary) {
  Sorted sorted;
  for (const LiveTask& live : pass.tasks) {
    if (live.stopping) continue;
    const bool counts = live.healthy && !live.failing;
    sorted.healthy += counts;
    if (live.task->deployment != primary.id || live.draining) {
      sorted.stale.push_back(&live);
      continue;
    }
    (live.failing ? sorted.failing : sorted.fit).push_back(&live);
    if (live.failing) continue;
    sorted.healthy_fit += counts;
    sorted.settling += !counts;
  }
  return sorted;
}

std::string scaling_reason(const Deployment& deployment) {
  return cat("Scaling activity initiated by (deployment ", deployment.id, ")");
}

/// A failed check costs the deployment that is under way a failure.
void replace(Pass& pass, const Tasks& tasks, const Deployment& primary) {
  if (tasks.empty()) return;
  const std::string deployment = primary.id;
  const bool under_way = primary.rollout_state == "IN_PROGRESS";
  for (const LiveTask* live : tasks) {
    const bool by_container = live->complaint.starts_with("failed container");
    const auto targets = live->task->targets;
    stop_tasks(pass, {live},
               by_container || targets.empty()
                   ? std::string("Task failed container health checks")
                   : cat("Task failed ELB health checks in (target-group ",
                         split(targets.front(), ' ').front(), ")"));
    if (under_way)
      note_failure(pass.scope, pass.service().id, deployment, live->task->created, false);
  }
}

/// How many of the failing ones may go: one for each replacement that is healthy; one at a time
/// where the maximum percent leaves no room for replacements.
int64_t failing_to_stop(const Sorted& sorted, int64_t desired, int64_t room) {
  const auto failing = static_cast<int64_t>(sorted.failing.size());
  if (!failing) return 0;
  const int64_t replaced = std::max<int64_t>(0, sorted.healthy_fit - (desired - failing));
  if (replaced > 0) return std::min(replaced, failing);
  const bool short_of = static_cast<int64_t>(sorted.fit.size()) < desired;
  return short_of && room <= 0 && sorted.settling == 0 ? 1 : 0;
}

Tasks stale_to_stop(const Sorted& sorted, const Deployment& primary, int64_t desired,
                    int64_t lower) {
  Tasks now, later;
  const bool failed = primary.rollout_state == "FAILED";
  for (const LiveTask* live : sorted.stale) {
    if (failed && !live->draining && live->task->deployment != primary.id) continue;
    (live->healthy && !live->failing ? later : now).push_back(live);
  }
  const int64_t spare =
      sorted.healthy_fit >= desired ? static_cast<int64_t>(later.size()) : sorted.healthy - lower;
  for (const LiveTask* live : choose_stops(later, spare)) now.push_back(live);
  return now;
}

void wake_for_protected(Pass& pass) {
  for (const LiveTask& live : pass.tasks)
    if (live.held && live.task->protected_until)
      wake_service_at(pass.scope, pass.service().id, *live.task->protected_until);
}

/// A deployment that brings tasks to health again has no failures in a row.
void forgive(Pass& pass, const Sorted& sorted) {
  const Deployment& primary = *primary_of(pass.service());
  if (!primary.failed && !primary.failures_in_a_row) return;
  bool runs = false, proven = false;
  for (const LiveTask* live : sorted.fit) {
    const bool later = live->running && live->task->started &&
                       (!primary.last_failure || *live->task->started >= *primary.last_failure);
    runs = runs || later;
    proven = proven || (later && live->healthy);
  }
  const bool ends_back_off = runs && primary.failures_in_a_row;
  const bool ends_failures = proven && primary.failed;
  if (!ends_back_off && !ends_failures) return;
  Deployment& changed = *primary_of(pass.edit());
  if (ends_back_off) {
    changed.failures_in_a_row = 0;
    changed.retry_at.reset();
  }
  if (ends_failures) changed.failed = 0;
}

}  // namespace

void run_rolling(Pass& pass) {
  const Deployment primary = *primary_of(pass.service());
  const Service& service = pass.service();
  const int64_t desired = service.desired;
  const int64_t upper = desired * service.maximum_percent.value_or(200) / 100;
  const int64_t lower = (desired * service.minimum_healthy_percent.value_or(100) + 99) / 100;
  const Sorted sorted = sort_tasks(pass, primary);
  forgive(pass, sorted);
  const auto fit = static_cast<int64_t>(sorted.fit.size());
  const int64_t room = upper - sorted.total();
  if (!sorted.stale.empty() || fit > desired) wake_for_protected(pass);

  const auto ill = static_cast<size_t>(failing_to_stop(sorted, desired, room));
  replace(pass, {sorted.failing.begin(), sorted.failing.begin() + static_cast<long>(ill)}, primary);
  const auto extra = static_cast<int64_t>(pass.state().moves.size());
  stop_tasks(pass, choose_stops(sorted.fit, fit - desired - extra), scaling_reason(primary));
  stop_tasks(pass, stale_to_stop(sorted, primary, desired, lower), scaling_reason(primary));

  const bool failed = primary.rollout_state == "FAILED";
  const int64_t wanted = std::min(desired - fit, room);
  if (wanted > 0 && !failed && !is_held_back(pass, primary.retry_at))
    start_tasks(pass, {&primary.spec, primary.id, "", "", wanted});
  balance_zones(pass);
}

}  // namespace squall::ecs
