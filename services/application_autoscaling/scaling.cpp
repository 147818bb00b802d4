// What a policy does when its alarm calls: step and target tracking, within limits and cooldowns.
#include <algorithm>

#include "emulator/sim/math.h"
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

using cloudwatch::Alarm;

/// A policy at work on its target.
struct Work {
  sim::Scope& scope;
  const Policy& policy;
  const ScalableTarget& target;
  int64_t capacity;
  std::string cause;
};

bool is_open(const std::optional<Time>& until, Time now) { return until && *until > now; }

/// The newest value that the alarm of a policy saw; over `periods` > 1 the greatest.
std::optional<double> seen_by(const sim::Scope& scope, const std::string& alarm_name,
                              size_t periods) {
  const Alarm* alarm = scope.view<Alarm>(alarm_name);
  if (!alarm) return {};
  std::optional<double> greatest;
  size_t found = 0;
  for (const auto& value : cloudwatch::alarm_window(scope, *alarm)) {
    if (!value) continue;
    if (!greatest || *value > *greatest) greatest = value;
    if (++found == periods) break;
  }
  return greatest;
}

/// The capacity at which the metric would be at the policy's target.
std::optional<int64_t> tracked(const sim::Scope& scope, const Policy& policy, int64_t capacity,
                               size_t periods) {
  const auto seen =
      seen_by(scope, periods > 1 ? policy.alarm_low : policy.alarm_high, periods);
  if (!seen) return {};
  const double units = is_by_units(policy) ? *seen / 60 * 100
                                           : static_cast<double>(capacity) * *seen;
  return static_cast<int64_t>(sim::ceil(units / policy.target_value));
}

std::optional<int64_t> out_cooldown(const Policy& p) {
  return p.type == "StepScaling" ? p.cooldown_s : p.out_cooldown_s;
}
std::optional<int64_t> in_cooldown(const Policy& p) {
  return p.type == "StepScaling" ? p.cooldown_s : p.in_cooldown_s;
}

void not_scaled(const Work& work, const char* code) {
  NotScaled reason{code, {}, {}, {}};
  if (reason.code == "AlreadyAtMaxCapacity") reason.max = work.target.max_capacity;
  if (reason.code == "AlreadyAtMinCapacity") reason.min = work.target.min_capacity;
  if (reason.code == "AlreadyAtDesiredCapacity") reason.current = work.capacity;
  record_not_scaled(work.scope, work.target, work.cause, reason);
}

/// While a scale-out cools down, what it added counts towards the next.
void scale_out(const Work& work, int64_t wanted) {
  const ScalableTarget& target = work.target;
  if (target.scale_out_suspended) return;
  wanted = std::min(wanted, target.max_capacity);
  if (work.capacity >= target.max_capacity) return not_scaled(work, "AlreadyAtMaxCapacity");
  if (wanted <= work.capacity) return not_scaled(work, "AlreadyAtDesiredCapacity");
  const std::string id = target.id;
  const int64_t seconds = out_cooldown(work.policy).value_or(adapter_of(target).cooldown_s);
  const Time now = work.scope.now();
  const bool cooling = is_open(target.out_until, now);
  const int64_t base = cooling ? target.out_base : work.capacity;
  if (!change_capacity(work.scope, id, wanted, work.cause)) return;
  ScalableTarget& changed = work.scope.edit<ScalableTarget>(id);
  changed.out_base = base;
  changed.out_until = now + std::chrono::seconds(seconds);
  changed.in_until.reset();  // a scale-out ends the cooldown of a scale-in
}

void scale_in(const Work& work, int64_t wanted) {
  const ScalableTarget& target = work.target;
  const Time now = work.scope.now();
  if (target.scale_in_suspended) return;
  if (work.capacity <= target.min_capacity) return not_scaled(work, "AlreadyAtMinCapacity");
  wanted = std::max(wanted, target.min_capacity);
  if (wanted >= work.capacity) return not_scaled(work, "AlreadyAtDesiredCapacity");
  if (is_open(target.in_until, now) || is_open(target.out_until, now)) return;
  const Adapter& adapter = adapter_of(target);
  if (adapter.may_shrink &&
      !adapter.may_shrink(work.scope, parts_of(adapter, target.resource_id)))
    return not_scaled(work, "TargetServicePutResourceAsUnscalable");
  const std::string id = target.id;
  const int64_t seconds = in_cooldown(work.policy).value_or(adapter.cooldown_s);
  if (!change_capacity(work.scope, id, wanted, work.cause)) return;
  work.scope.edit<ScalableTarget>(id).in_until = now + std::chrono::seconds(seconds);
}

void run_steps(const Work& work, const Alarm& alarm) {
  const auto seen = seen_by(work.scope, alarm.id, 1);
  if (!seen) return;
  const StepAdjustment* step = step_for(work.policy.steps, *seen - alarm.threshold);
  if (!step) return;
  const Policy& p = work.policy;
  auto from = [&](int64_t capacity) {
    return adjusted_capacity(p.adjustment_type, capacity, step->adjustment,
                             p.min_magnitude.value_or(0));
  };
  const int64_t wanted = from(work.capacity);
  if (wanted < work.capacity) return scale_in(work, wanted);
  const bool cooling = is_open(work.target.out_until, work.scope.now());
  if (!cooling) return scale_out(work, wanted);
  const int64_t since_base = from(work.target.out_base);
  if (since_base > work.capacity) scale_out(work, since_base);
}

void track_out(const Work& work) {
  const bool cooling = is_open(work.target.out_until, work.scope.now());
  // The metric does not know yet what the scale-out in its cooldown adds.
  const int64_t base = cooling ? work.target.out_base : work.capacity;
  const auto wanted = tracked(work.scope, work.policy, base, 1);
  if (!wanted || (cooling && *wanted <= work.capacity)) return;
  scale_out(work, *wanted);
}

/// Only as far as every tracking policy that scales in agrees; missing data: none.
void track_in(const Work& work) {
  constexpr size_t low_periods = 15;
  int64_t wanted = 0;
  for (const Policy* other : work.scope.by<Policy>("target:" + work.target.id)) {
    if (other->type != "TargetTrackingScaling" || other->disable_scale_in) continue;
    const auto theirs = tracked(work.scope, *other, work.capacity, low_periods);
    if (!theirs) return;
    wanted = std::max(wanted, *theirs);
  }
  if (wanted < work.capacity || work.capacity <= work.target.min_capacity) scale_in(work, wanted);
}

void alarm_action(sim::Scope& scope, const sim::Event& event) {
  const Policy* policy = scope.view<Policy>(event.subject);
  const Alarm* alarm = scope.view<Alarm>(event.payload);
  if (!policy || !alarm) return;
  const ScalableTarget* target = scope.view<ScalableTarget>(policy->target);
  if (!target) return;
  if (alarm->id == policy->alarm_provisioned_high || alarm->id == policy->alarm_provisioned_low)
    return refresh_alarms(scope, policy->target);
  const auto capacity = capacity_of(scope, *target);
  if (!capacity) return;
  const Work work{scope, *policy, *target, *capacity,
                  cat("monitor alarm ", alarm->id, " in state ", alarm->state,
                      " triggered policy ", policy->name)};
  if (policy->type == "StepScaling") return run_steps(work, *alarm);
  alarm->id == policy->alarm_low ? track_in(work) : track_out(work);
}

}  // namespace

void enforce_limits(sim::Scope& scope, const std::string& target_id) {
  const ScalableTarget* target = scope.view<ScalableTarget>(target_id);
  if (!target) return;
  const auto capacity = capacity_of(scope, *target);
  if (!capacity) return;
  if (*capacity < target->min_capacity && !target->scale_out_suspended)
    change_capacity(scope, target_id, target->min_capacity,
                    cat("minimum capacity was set to ", target->min_capacity));
  else if (*capacity > target->max_capacity && !target->scale_in_suspended)
    change_capacity(scope, target_id, target->max_capacity,
                    cat("maximum capacity was set to ", target->max_capacity));
}

std::span<const sim::EventRow> scaling_events() {
  static const sim::EventRow rows[] = {{"application-autoscaling.alarm-action", alarm_action}};
  return rows;
}

}  // namespace squall::application_autoscaling
