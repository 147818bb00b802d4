// The alarms that target tracking owns, named and set as AWS does.
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

// FACTS section 2: out at three minutes above the target, in at fifteen below 0.9 of it. DynamoDB:
// two minutes of units above; in below the target less 20 points; and two alarms that notice when
// somebody else changes the provisioned capacity.
constexpr int64_t high_minutes = 3, units_high_minutes = 2, low_minutes = 15;
constexpr double low_factor = 0.9, units_low_points = 20;
constexpr int64_t provisioned_period_s = 300, provisioned_periods = 3;

double threshold_of(const Policy& policy, bool high, int64_t capacity) {
  if (!is_by_units(policy)) return policy.target_value * (high ? 1 : low_factor);
  const double percent = policy.target_value - (high ? 0 : units_low_points);
  return static_cast<double>(capacity) * 60 * percent / 100;
}

cloudwatch::Alarm basic(const Policy& policy, const std::string& name) {
  cloudwatch::Alarm alarm;
  alarm.id = name;
  alarm.description =
      cat("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ", policy.id, ".");
  alarm.alarm_actions = {policy.id};
  alarm.period_s = 60;
  return alarm;
}

void put_tracking_alarm(sim::Scope& scope, const Policy& policy, bool high, int64_t capacity) {
  cloudwatch::Alarm alarm = basic(policy, high ? policy.alarm_high : policy.alarm_low);
  alarm.metric_name = policy.metric_name;
  alarm.name_space = policy.name_space;
  alarm.statistic = policy.statistic;
  alarm.unit = policy.unit;
  alarm.dimensions = policy.dimensions;
  alarm.queries = policy.queries;
  alarm.evaluation_periods = !high                  ? low_minutes
                             : is_by_units(policy) ? units_high_minutes
                                                   : high_minutes;
  alarm.threshold = threshold_of(policy, high, capacity);
  alarm.comparison = high ? "GreaterThanThreshold" : "LessThanThreshold";
  cloudwatch::put_alarm(scope, std::move(alarm));
}

void put_provisioned_alarm(sim::Scope& scope, const Policy& policy, bool high, int64_t capacity) {
  cloudwatch::Alarm alarm =
      basic(policy, high ? policy.alarm_provisioned_high : policy.alarm_provisioned_low);
  const bool reads = policy.metric_name == "ConsumedReadCapacityUnits";
  alarm.metric_name = reads ? "ProvisionedReadCapacityUnits" : "ProvisionedWriteCapacityUnits";
  alarm.name_space = policy.name_space;
  alarm.statistic = "Average";
  alarm.dimensions = policy.dimensions;
  alarm.period_s = provisioned_period_s;
  alarm.evaluation_periods = provisioned_periods;
  alarm.threshold = static_cast<double>(capacity);
  alarm.comparison = high ? "GreaterThanThreshold" : "LessThanThreshold";
  cloudwatch::put_alarm(scope, std::move(alarm));
}

}  // namespace

void make_alarms(sim::Scope& scope, const ScalableTarget& target, Policy& policy) {
  const int64_t capacity = capacity_of(scope, target).value_or(1);
  auto name = [&](const char* what) {
    return cat("TargetTracking-", target.resource_id, "-", what, "-",
               scope.new_uuid(cat("alarm-", what), policy.id));
  };
  policy.alarm_high = name("AlarmHigh");
  put_tracking_alarm(scope, policy, true, capacity);
  if (!policy.disable_scale_in) {
    policy.alarm_low = name("AlarmLow");
    put_tracking_alarm(scope, policy, false, capacity);
  }
  if (!is_by_units(policy)) return;
  policy.alarm_provisioned_high = name("ProvisionedCapacityHigh");
  policy.alarm_provisioned_low = name("ProvisionedCapacityLow");
  put_provisioned_alarm(scope, policy, true, capacity);
  put_provisioned_alarm(scope, policy, false, capacity);
}

void refresh_alarms(sim::Scope& scope, const std::string& target_id) {
  const auto* target = scope.view<ScalableTarget>(target_id);
  if (!target) return;
  const auto capacity = capacity_of(scope, *target);
  if (!capacity) return;
  for (const Policy* policy : scope.by<Policy>("target:" + target_id)) {
    if (!is_by_units(*policy)) continue;
    const auto* alarm = scope.view<cloudwatch::Alarm>(policy->alarm_provisioned_high);
    if (alarm && alarm->threshold == static_cast<double>(*capacity)) continue;
    put_tracking_alarm(scope, *policy, true, *capacity);
    if (!policy->alarm_low.empty()) put_tracking_alarm(scope, *policy, false, *capacity);
    put_provisioned_alarm(scope, *policy, true, *capacity);
    put_provisioned_alarm(scope, *policy, false, *capacity);
  }
}

}  // namespace squall::application_autoscaling
