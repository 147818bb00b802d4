// What AWS offers as it is: limits and the names of types, processes, metrics.
#include <algorithm>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {

const std::vector<std::string_view>& process_names() {
  static const std::vector<std::string_view> names{
      "AZRebalance",      "AddToLoadBalancer", "AlarmNotification", "HealthCheck",
      "InstanceRefresh",  "Launch",            "ReplaceUnhealthy",  "ScheduledActions",
      "Terminate"};
  return names;
}

const std::vector<std::string_view>& metric_names() {
  static const std::vector<std::string_view> names{
      "GroupMinSize",          "GroupMaxSize",           "GroupDesiredCapacity",
      "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances",
      "GroupStandbyInstances", "GroupTotalInstances",    "GroupInServiceCapacity",
      "GroupPendingCapacity",  "GroupTerminatingCapacity", "GroupStandbyCapacity",
      "GroupTotalCapacity"};
  return names;
}

bool is_metric(std::string_view name) {
  return std::ranges::find(metric_names(), name) != metric_names().end();
}

PageRequest page_of(const Input& in) {
  const std::string token = in.string("NextToken");
  return page_request(token, in.optional_integer("MaxRecords"),
                      AwsError{"InvalidNextToken", "The token '" + token + "' is not valid"});
}

namespace {

template <class Names, class Wrap>
Value wrapped(const Names& names, Wrap wrap) {
  return list_of(names, [&](std::string_view name) { return wrap(name); });
}

Value describe_account_limits(Context& ctx, Input) {
  return {{"MaxNumberOfAutoScalingGroups", 500},
          {"MaxNumberOfLaunchConfigurations", 200},
          {"NumberOfAutoScalingGroups", ctx.all<Group>().size()},
          {"NumberOfLaunchConfigurations", ctx.all<LaunchConfiguration>().size()}};
}

Value describe_adjustment_types(Context&, Input) {
  const std::vector<std::string_view> names{"ChangeInCapacity", "ExactCapacity",
                                            "PercentChangeInCapacity"};
  return {{"AdjustmentTypes", wrapped(names, [](std::string_view n) {
             return Value{{"AdjustmentType", n}};
           })}};
}

Value describe_termination_policy_types(Context&, Input) {
  const std::vector<std::string_view> names{
      "AllocationStrategy", "ClosestToNextInstanceHour", "Default",          "NewestInstance",
      "OldestInstance",     "OldestLaunchConfiguration", "OldestLaunchTemplate"};
  return {{"TerminationPolicyTypes", names}};
}

Value describe_scaling_process_types(Context&, Input) {
  return {{"Processes", wrapped(process_names(), [](std::string_view n) {
             return Value{{"ProcessName", n}};
           })}};
}

Value describe_metric_collection_types(Context&, Input) {
  Value granularities = Value::list();
  granularities.push({{"Granularity", "1Minute"}});
  return {{"Metrics", wrapped(metric_names(), [](std::string_view n) {
             return Value{{"Metric", n}};
           })},
          {"Granularities", granularities}};
}

Value describe_lifecycle_hook_types(Context&, Input) {
  const std::vector<std::string_view> names{"autoscaling:EC2_INSTANCE_LAUNCHING",
                                            "autoscaling:EC2_INSTANCE_TERMINATING"};
  return {{"LifecycleHookTypes", names}};
}

Value describe_notification_types(Context&, Input) {
  const std::vector<std::string_view> names{
      "autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
      "autoscaling:EC2_INSTANCE_TERMINATE", "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
      "autoscaling:TEST_NOTIFICATION"};
  return {{"AutoScalingNotificationTypes", names}};
}

const api::HandlerRow rows[] = {
    {"DescribeAccountLimits", Reads, describe_account_limits},
    {"DescribeAdjustmentTypes", Reads, describe_adjustment_types},
    {"DescribeTerminationPolicyTypes", Reads, describe_termination_policy_types},
    {"DescribeScalingProcessTypes", Reads, describe_scaling_process_types},
    {"DescribeMetricCollectionTypes", Reads, describe_metric_collection_types},
    {"DescribeLifecycleHookTypes", Reads, describe_lifecycle_hook_types},
    {"DescribeAutoScalingNotificationTypes", Reads, describe_notification_types},
};

}  // namespace

std::span<const api::HandlerRow> type_rows() { return rows; }

}  // namespace squall::autoscaling
