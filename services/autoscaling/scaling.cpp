// What a policy does when its alarm calls: simple, step and target tracking arithmetic.
#include <algorithm>
#include <optional>

#include "emulator/sim/math.h"
#include "services/autoscaling/internal.h"
#include "services/cloudwatch/cloudwatch.h"

namespace squall::autoscaling {
namespace {

Duration policy_warmup(const Policy& p, const Group& g) {
  if (p.warmup_s) return std::chrono::seconds(*p.warmup_s);
  if (g.default_warmup_s) return std::chrono::seconds(*g.default_warmup_s);
  return std::chrono::seconds(g.default_cooldown_s);
}

struct Capacity {
  int64_t warm = 0;
  bool warming = false;  // something launched is not yet counted
};
Capacity capacity_of(const sim::Scope& scope, const Policy& p, const Group& g) {
  Capacity c;
  const Duration warmup = policy_warmup(p, g);
  for (const GroupInstance& i : g.instances) {
    if (is_pending(i)) c.warming = true;
    if (i.lifecycle != "InService") continue;
    if (i.in_service_since && *i.in_service_since + warmup > scope.now())
      c.warming = true;
    else
      ++c.warm;
  }
  return c;
}

int64_t adjusted(const Policy& p, int64_t capacity, int64_t adjustment) {
  return adjusted_capacity(p.adjustment_type, capacity, adjustment, p.min_magnitude.value_or(0));
}

void apply(sim::Scope& scope, const Group& g, int64_t wanted, std::string_view cause) {
  set_desired(scope, g.id, std::clamp(wanted, g.min_size, g.max_size), cause);
}

void run_simple(sim::Scope& scope, const Policy& p, std::string_view cause, bool honor_cooldown) {
  const Group& g = *scope.view<Group>(p.group);
  if (honor_cooldown && g.cooldown_until && *g.cooldown_until > scope.now()) return;
  const int64_t before = g.desired;
  apply(scope, g, adjusted(p, g.desired, p.adjustment.value_or(0)), cause);
  const Group& after = *scope.view<Group>(p.group);
  if (after.desired == before) return;
  const int64_t cooldown_s = p.cooldown_s.value_or(after.default_cooldown_s);
  scope.edit<Group>(p.group).cooldown_until = scope.now() + std::chrono::seconds(cooldown_s);
}

void run_steps(sim::Scope& scope, const Policy& p, double breach, std::string_view cause) {
  const StepAdjustment* step = step_for(p.steps, breach);
  if (!step) return;
  const Group& g = *scope.view<Group>(p.group);
  const Capacity capacity = capacity_of(scope, p, g);
  const int64_t from_desired = adjusted(p, g.desired, step->adjustment);
  if (from_desired < g.desired) {
    if (!capacity.warming) apply(scope, g, from_desired, cause);
    return;
  }
  // What is still warming up already counts towards the step.
  const int64_t base = capacity.warming ? std::min(capacity.warm, g.desired) : g.desired;
  const int64_t wanted = adjusted(p, base, step->adjustment);
  if (wanted > g.desired) apply(scope, g, wanted, cause);
}

/// The newest, or over `minutes` the greatest, value of the policy's metric.
std::optional<double> metric_value(const sim::Scope& scope, const Policy& p, int64_t minutes) {
  const cloudwatch::Dimensions dimensions(p.dimensions.begin(), p.dimensions.end());
  const auto points = cloudwatch::statistics(
      scope, p.name_space, p.metric_name, dimensions, p.statistic,
      std::chrono::floor<std::chrono::minutes>(scope.now()) - std::chrono::minutes(15),
      scope.now(), 60);
  if (points.empty()) return {};
  if (minutes <= 1) {
    // The current minute is still filling: take the newest whole one if there is one.
    const Time current = std::chrono::floor<std::chrono::minutes>(scope.now());
    const bool filling = points.back().first >= current && points.size() > 1;
    return filling ? points[points.size() - 2].second : points.back().second;
  }
  double greatest = points.front().second;
  for (const auto& [time, value] : points) greatest = std::max(greatest, value);
  return greatest;
}

/// The capacity at which the policy's metric would be at its target.
std::optional<int64_t> tracked_capacity(const sim::Scope& scope, const Policy& p, const Group& g,
                                        int64_t capacity, int64_t minutes) {
  const auto metric = metric_value(scope, p, minutes);
  if (!metric) return {};
  const int64_t base = capacity ? capacity : g.desired;
  if (base == 0) return *metric > p.target ? 1 : 0;  // nothing to take a share of
  return static_cast<int64_t>(sim::ceil(static_cast<double>(base) * *metric / p.target));
}

void track_out(sim::Scope& scope, const Policy& p, std::string_view cause) {
  const Group& g = *scope.view<Group>(p.group);
  const Capacity capacity = capacity_of(scope, p, g);
  const auto wanted = tracked_capacity(scope, p, g, capacity.warm, 1);
  if (wanted && *wanted > g.desired) apply(scope, g, *wanted, cause);
}

/// Only if every tracking policy agrees, and never while something is warming up.
void track_in(sim::Scope& scope, const Policy& p, std::string_view cause) {
  const Group& g = *scope.view<Group>(p.group);
  int64_t wanted = g.min_size;
  for (const Policy* other : scope.by<Policy>("group:" + p.group)) {
    if (other->type != "TargetTrackingScaling" || !other->enabled) continue;
    if (other->disable_scale_in) continue;
    const Capacity capacity = capacity_of(scope, *other, g);
    if (capacity.warming) return;
    const auto theirs = tracked_capacity(scope, *other, g, capacity.warm, 15);
    if (!theirs) return;  // missing data: no scaling in
    wanted = std::max(wanted, *theirs);
  }
  if (wanted < g.desired) apply(scope, g, wanted, cause);
}

void alarm_action(sim::Scope& scope, const sim::Event& event) {
  const Policy* p = scope.view<Policy>(event.subject);
  if (!p || !p->enabled || !scope.has<Group>(p->group)) return;
  const Group& g = *scope.view<Group>(p->group);
  if (is_suspended(g, "AlarmNotification") || !g.status.empty()) return;
  const cloudwatch::Alarm* alarm = scope.view<cloudwatch::Alarm>(event.payload);
  if (!alarm) return;
  const std::string cause = cat("a monitor alarm ", alarm->id, " in state ", alarm->state,
                                " triggered policy ", p->name);
  if (p->type == "SimpleScaling") {
    run_simple(scope, *p, cause, true);
  } else if (p->type == "StepScaling") {
    Policy watched = *p;  // its metric is the alarm's
    watched.name_space = alarm->name_space;
    watched.metric_name = alarm->metric_name;
    watched.statistic = alarm->statistic;
    watched.dimensions = {alarm->dimensions.begin(), alarm->dimensions.end()};
    const auto metric = metric_value(scope, watched, 1);
    if (metric) run_steps(scope, *p, *metric - alarm->threshold, cause);
  } else if (alarm->id == p->alarm_low) {
    track_in(scope, *p, cause);
  } else {
    track_out(scope, *p, cause);
  }
}

Value execute_policy(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName"), name = in.string("PolicyName");
  const Policy* p = ctx.view<Policy>(name);
  for (const Policy* named : ctx.by<Policy>("group:" + group))
    if (named->name == name) p = named;
  if (!p) throw validation_error(cat("No such policy: ", name));
  const bool honor = in.boolean("HonorCooldown");
  const auto metric = in.optional_real("MetricValue");
  const auto threshold = in.optional_real("BreachThreshold");
  const std::string cause = cat("a user request executed policy ", p->name);
  if (p->type == "TargetTrackingScaling")
    throw validation_error("ExecutePolicy is not supported for TargetTrackingScaling policies");
  if (p->type == "StepScaling") {
    if (!metric || !threshold)
      throw validation_error("MetricValue and BreachThreshold must be specified for a StepScaling "
                             "policy");
    run_steps(ctx, *p, *metric - *threshold, cause);
    return Value::map();
  }
  if (metric || threshold)
    throw validation_error("MetricValue and BreachThreshold are not supported for a SimpleScaling "
                           "policy");
  const Group& g = *ctx.view<Group>(p->group);
  if (honor && g.cooldown_until && *g.cooldown_until > ctx.now())
    throw scaling_activity_in_progress(
        cat("Auto Scaling group ", g.id, " is in cooldown; the policy was not executed."));
  run_simple(ctx, *p, cause, honor);
  return Value::map();
}

const sim::EventRow events[] = {{"autoscaling.alarm-action", alarm_action}};
const api::HandlerRow rows[] = {{"ExecutePolicy", Writes, execute_policy}};

}  // namespace

std::span<const sim::EventRow> scaling_events() { return events; }
std::span<const api::HandlerRow> execute_rows() { return rows; }

}  // namespace squall::autoscaling
