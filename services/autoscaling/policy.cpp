// Scaling policies: put, delete, describe; the alarms that target tracking owns.
#include <algorithm>
#include <map>
#include <set>

#include "services/autoscaling/internal.h"
#include "services/cloudwatch/cloudwatch.h"

namespace squall::autoscaling {
namespace {

// FACTS section 2: High alarms at three minutes above the target; Low alarms at fifteen minutes
// below 0.7 of it for EC2's CPU (observed 35@50, 63@90), 0.9 elsewhere.
constexpr int64_t high_minutes = 3, low_minutes = 15;
constexpr double low_factor_cpu = 0.7, low_factor = 0.9;

const std::set<std::string> adjustment_types{"ChangeInCapacity", "ExactCapacity",
                                             "PercentChangeInCapacity"};

void read_adjustment(const Input& in, Policy& p) {
  p.adjustment_type = in.string("AdjustmentType");
  if (!adjustment_types.contains(p.adjustment_type))
    throw validation_error(
        "AdjustmentType must be one of ChangeInCapacity, ExactCapacity, PercentChangeInCapacity");
  p.min_magnitude = in.optional_integer("MinAdjustmentMagnitude");
  if (!p.min_magnitude) p.min_magnitude = in.optional_integer("MinAdjustmentStep");
  if (p.min_magnitude && p.adjustment_type != "PercentChangeInCapacity")
    throw validation_error("MinAdjustmentMagnitude is only supported with PercentChangeInCapacity");
}

void read_simple(const Input& in, Policy& p) {
  read_adjustment(in, p);
  p.adjustment = in.optional_integer("ScalingAdjustment");
  if (!p.adjustment) throw validation_error("You must specify a ScalingAdjustment");
  p.cooldown_s = in.optional_integer("Cooldown");
}

void read_steps(const Input& in, Policy& p) {
  read_adjustment(in, p);
  p.aggregation = in.string("MetricAggregationType", "Average");
  p.warmup_s = in.optional_integer("EstimatedInstanceWarmup");
  for (const Input& step : in.list("StepAdjustments")) {
    p.steps.push_back({step.optional_real("MetricIntervalLowerBound"),
                       step.optional_real("MetricIntervalUpperBound"),
                       step.integer("ScalingAdjustment")});
    const StepAdjustment& s = p.steps.back();
    if (s.lower && s.upper && *s.lower >= *s.upper)
      throw validation_error("A step's lower bound must be less than its upper bound");
  }
  if (p.steps.empty())
    throw validation_error("At least one StepAdjustment is required for a StepScaling policy");
}

void read_predefined(const Input& spec, Policy& p) {
  p.predefined_metric = spec.string("PredefinedMetricType");
  p.resource_label = spec.string("ResourceLabel");
  if (p.predefined_metric == "ALBRequestCountPerTarget") {
    // "app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff"
    const size_t at = p.resource_label.find("/targetgroup/");
    if (at == std::string::npos)
      throw validation_error(
          "A resource label is required for the predefined metric type ALBRequestCountPerTarget");
    p.name_space = "AWS/ApplicationELB";
    p.metric_name = "RequestCountPerTarget";
    p.statistic = "Sum";
    p.dimensions = {{"LoadBalancer", p.resource_label.substr(0, at)},
                    {"TargetGroup", p.resource_label.substr(at + 1)}};
    return;
  }
  static const std::map<std::string, std::string> names{
      {"ASGAverageCPUUtilization", "CPUUtilization"},
      {"ASGAverageNetworkIn", "NetworkIn"},
      {"ASGAverageNetworkOut", "NetworkOut"}};
  p.name_space = "AWS/EC2";
  p.metric_name = names.at(p.predefined_metric);
  p.statistic = "Average";
  p.dimensions = {{"AutoScalingGroupName", p.group}};
}

void read_customized(const Input& spec, Policy& p) {
  if (spec.has("Metrics"))
    throw validation_error("Metric math is not available in customized metric specifications");
  p.name_space = spec.string("Namespace");
  p.metric_name = spec.string("MetricName");
  p.statistic = spec.string("Statistic");
  p.unit = spec.string("Unit");
  for (const Input& d : spec.list("Dimensions")) p.dimensions[d.string("Name")] = d.string("Value");
  if (p.name_space.empty() || p.metric_name.empty() || p.statistic.empty())
    throw validation_error(
        "A customized metric specification needs a metric name, a namespace and a statistic");
}

void read_tracking(const Input& in, Policy& p) {
  const Input config = in.at("TargetTrackingConfiguration");
  if (!config)
    throw validation_error(
        "TargetTrackingConfiguration must be specified for TargetTrackingScaling policies");
  p.target = config.real("TargetValue");
  if (p.target <= 0) throw validation_error("The target value must be greater than 0");
  p.disable_scale_in = config.boolean("DisableScaleIn");
  p.warmup_s = in.optional_integer("EstimatedInstanceWarmup");
  const Input predefined = config.at("PredefinedMetricSpecification");
  const Input customized = config.at("CustomizedMetricSpecification");
  if (predefined.is_present() == customized.is_present())
    throw validation_error("Exactly one of PredefinedMetricSpecification and "
                           "CustomizedMetricSpecification must be specified");
  predefined ? read_predefined(predefined, p) : read_customized(customized, p);
}

void put_alarm(sim::Scope& scope, const Policy& p, const std::string& name, bool high) {
  cloudwatch::Alarm alarm;
  alarm.id = name;
  alarm.description =
      cat("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ", p.id, '.');
  alarm.alarm_actions = {p.id};
  alarm.metric_name = p.metric_name;
  alarm.name_space = p.name_space;
  alarm.statistic = p.statistic;
  alarm.unit = p.unit;
  alarm.dimensions = {p.dimensions.begin(), p.dimensions.end()};
  const bool cpu = p.predefined_metric == "ASGAverageCPUUtilization";
  alarm.period_s = 60;
  // ECS's managed scaling: out after one minute above the target, in after fifteen below it.
  const bool managed = p.name_space == "AWS/ECS/ManagedScaling";
  alarm.evaluation_periods = high ? (managed ? 1 : high_minutes) : low_minutes;
  const double factor = managed ? 1 : cpu ? low_factor_cpu : low_factor;
  alarm.threshold = high ? p.target : p.target * factor;
  alarm.comparison = high ? "GreaterThanThreshold" : "LessThanThreshold";
  cloudwatch::put_alarm(scope, std::move(alarm));
}

void drop_alarms(sim::Scope& scope, const Policy& p) {
  for (const std::string& name : {p.alarm_high, p.alarm_low})
    if (!name.empty()) cloudwatch::delete_alarm(scope, name);
}

void make_alarms(sim::Scope& ctx, Policy& p) {
  p.alarm_high = cat("TargetTracking-", p.group, "-AlarmHigh-", ctx.new_uuid("alarm", p.id));
  put_alarm(ctx, p, p.alarm_high, true);
  if (p.disable_scale_in) return;
  p.alarm_low = cat("TargetTracking-", p.group, "-AlarmLow-", ctx.new_uuid("alarm", p.id));
  put_alarm(ctx, p, p.alarm_low, false);
}

Value alarm_entry(const sim::Scope& scope, const std::string& name) {
  return {{"AlarmName", name}, {"AlarmARN", scope.arn("cloudwatch", "alarm:" + name)}};
}

const Policy* find_policy(const sim::Scope& scope, const std::string& group,
                          const std::string& name) {
  if (name.starts_with("arn:")) return scope.view<Policy>(name);
  for (const Policy* p : scope.by<Policy>("group:" + group))
    if (p->name == name) return p;
  return nullptr;
}

std::string new_policy_arn(sim::Scope& scope, const Policy& p) {
  return scope.arn("autoscaling",
                   cat("scalingPolicy:", scope.new_uuid("policy", cat(p.group, '/', p.name)),
                       ":autoScalingGroupName/", p.group, ":policyName/", p.name));
}

Value put_policy(Context& ctx, Input in) {
  Policy p;
  p.group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  p.name = in.string("PolicyName");
  p.type = in.string("PolicyType", "SimpleScaling");
  p.enabled = in.boolean("Enabled", true);
  if (p.type == "SimpleScaling")
    read_simple(in, p);
  else if (p.type == "StepScaling")
    read_steps(in, p);
  else if (p.type == "TargetTrackingScaling")
    read_tracking(in, p);
  else
    throw validation_error(cat("Policy type ", p.type, " is not available"));
  if (const Policy* before = find_policy(ctx, p.group, p.name)) {
    p.id = before->id;
    drop_alarms(ctx, *before);
  } else {
    p.id = new_policy_arn(ctx, p);
  }
  if (p.type == "TargetTrackingScaling") make_alarms(ctx, p);
  Value alarms = Value::list();
  for (const std::string& name : {p.alarm_high, p.alarm_low})
    if (!name.empty()) alarms.push(alarm_entry(ctx, name));
  const Policy& made = ctx.add(std::move(p));
  return {{"PolicyARN", made.id}, {"Alarms", alarms}};
}

Value delete_policy(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName"), name = in.string("PolicyName");
  if (!group.empty()) find_group(ctx, group);
  const Policy* p = find_policy(ctx, group, name);
  if (!p) throw validation_error(cat("No such policy: ", name));
  remove_policy(ctx, std::string(p->id));
  return Value::map();
}

Value describe_tracking(const Policy& p) {
  Value v = Value::map();
  if (!p.predefined_metric.empty()) {
    Value spec{{"PredefinedMetricType", p.predefined_metric}};
    if (!p.resource_label.empty()) spec.add("ResourceLabel", p.resource_label);
    v.add("PredefinedMetricSpecification", spec);
  } else {
    Value spec{{"MetricName", p.metric_name},
               {"Namespace", p.name_space},
               {"Dimensions", list_of(p.dimensions,
                                      [](const auto& d) {
                                        return Value{{"Name", d.first}, {"Value", d.second}};
                                      })},
               {"Statistic", p.statistic}};
    if (!p.unit.empty()) spec.add("Unit", p.unit);
    v.add("CustomizedMetricSpecification", spec);
  }
  v.add("TargetValue", p.target);
  v.add("DisableScaleIn", p.disable_scale_in);
  return v;
}

Value describe(const sim::Scope& scope, const Policy& p, const std::vector<std::string>& alarms) {
  Value v{{"AutoScalingGroupName", p.group},
          {"PolicyName", p.name},
          {"PolicyARN", p.id},
          {"PolicyType", p.type}};
  if (!p.adjustment_type.empty()) v.add("AdjustmentType", p.adjustment_type);
  v.add("MinAdjustmentMagnitude", p.min_magnitude);
  v.add("ScalingAdjustment", p.adjustment);
  v.add("Cooldown", p.cooldown_s);
  v.add("StepAdjustments", list_of(p.steps, [](const StepAdjustment& s) {
          return Value{{"MetricIntervalLowerBound", s.lower},
                       {"MetricIntervalUpperBound", s.upper},
                       {"ScalingAdjustment", s.adjustment}};
        }));
  if (!p.aggregation.empty()) v.add("MetricAggregationType", p.aggregation);
  v.add("EstimatedInstanceWarmup", p.warmup_s);
  v.add("Alarms",
        list_of(alarms, [&](const std::string& name) { return alarm_entry(scope, name); }));
  if (p.type == "TargetTrackingScaling")
    v.add("TargetTrackingConfiguration", describe_tracking(p));
  v.add("Enabled", p.enabled);
  return v;
}

Value describe_policies(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  const auto names = in.strings("PolicyNames"), types = in.strings("PolicyTypes");
  if (!group.empty()) find_group(ctx, group);
  auto alarms = cloudwatch::alarms_by_action(ctx);
  auto is_in = [](const std::vector<std::string>& list, const std::string& x) {
    return std::ranges::find(list, x) != list.end();
  };
  PageRequest request = page_of(in);
  request.limit = std::min<size_t>(request.limit, in.has("MaxRecords") ? 100 : 50);
  const Page page = paginate(
      ctx.all<Policy>(), request,
      [&](const Policy& p) {
        return (group.empty() || p.group == group) &&
               (names.empty() || is_in(names, p.name) || is_in(names, p.id)) &&
               (types.empty() || is_in(types, p.type));
      },
      [&](const Policy& p) { return describe(ctx, p, alarms[p.id]); });
  return {{"ScalingPolicies", page.items}, {"NextToken", page.next_token}};
}

const api::HandlerRow rows[] = {
    {"PutScalingPolicy", Writes, put_policy},
    {"DeletePolicy", Writes, delete_policy},
    {"DescribePolicies", Reads, describe_policies},
};

}  // namespace

std::string add_tracking_policy(sim::Scope& scope, Policy policy) {
  policy.type = "TargetTrackingScaling";
  policy.id = new_policy_arn(scope, policy);
  make_alarms(scope, policy);
  return scope.add(std::move(policy)).id;
}

void remove_policy(sim::Scope& scope, const std::string& arn) {
  if (const Policy* p = scope.view<Policy>(arn)) drop_alarms(scope, *p);
  scope.erase<Policy>(arn);
}

std::span<const api::HandlerRow> policy_rows() { return rows; }

}  // namespace squall::autoscaling
