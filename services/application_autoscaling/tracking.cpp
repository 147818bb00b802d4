// Scalable targets and tracking policies that another service sets up for its callers.
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

constexpr std::string_view limits_event = "application-autoscaling.limits";

/// Of several dimensions of one resource, each waits until the one before is settled.
void bring_into_limits(sim::Scope& scope, const sim::Event& event) {
  constexpr Duration retry_after = 1s;
  const auto* target = scope.view<ScalableTarget>(event.subject);
  if (!target) return;
  const Adapter& adapter = adapter_of(*target);
  if (adapter.is_settled && !adapter.is_settled(scope, parts_of(adapter, target->resource_id)))
    return scope.after(retry_after, limits_event, event.subject);
  enforce_limits(scope, event.subject);
}

void put_policy(sim::Scope& scope, const ScalableTarget& target, const Tracking& tracking) {
  const PredefinedMetric* metric = find_predefined(tracking.predefined_metric);
  const Policy* known = find_policy(scope, target.id, tracking.policy_name);
  Policy policy;
  if (known) policy = *known;
  if (!known) {
    policy.id = new_policy_arn(scope, target, tracking.policy_name);
    policy.target = target.id;
    policy.name = tracking.policy_name;
    policy.created = scope.now();
  }
  policy.type = "TargetTrackingScaling";
  policy.target_value = *tracking.target_value;
  policy.predefined_metric = tracking.predefined_metric;
  policy.name_space = metric->name_space;
  policy.metric_name = metric->metric_name;
  policy.statistic = metric->statistic;
  policy.dimensions = metric->dimensions(parts_of(adapter_of(target), target.resource_id));
  policy.out_cooldown_s = tracking.out_cooldown_s;
  policy.in_cooldown_s = tracking.in_cooldown_s;
  policy.disable_given = tracking.disable_scale_in.has_value();
  policy.disable_scale_in = tracking.disable_scale_in.value_or(false);
  if (known) remove_policy(scope, policy.id);
  policy.alarm_low.clear();
  make_alarms(scope, target, policy);
  scope.add(std::move(policy));
}

}  // namespace

std::string target_id(std::string_view service_namespace, std::string_view resource_id,
                      std::string_view dimension) {
  return TargetName{std::string(service_namespace), std::string(resource_id),
                    std::string(dimension)}
      .id();
}

void put_tracking(sim::Scope& scope, const Tracking& tracking) {
  const TargetName name{tracking.service_namespace, tracking.resource_id, tracking.dimension};
  const Adapter& adapter =
      find_adapter(name.service_namespace, name.resource_id, name.dimension);
  const auto* known = scope.view<ScalableTarget>(name.id());
  ScalableTarget target = known ? *known : new_target(scope, name, adapter);
  target.min_capacity = tracking.min_capacity;
  target.max_capacity = tracking.max_capacity;
  if (!tracking.role_arn.empty()) target.role_arn = tracking.role_arn;
  scope.add(target);
  if (tracking.target_value) put_policy(scope, target, tracking);
  scope.after({}, limits_event, name.id());
}

std::span<const sim::EventRow> tracking_events() {
  static const sim::EventRow rows[] = {{limits_event, bring_into_limits}};
  return rows;
}

}  // namespace squall::application_autoscaling
