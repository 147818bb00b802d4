// What a scaling policy is made of: steps, or a metric and its target.
#include <algorithm>

#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

constexpr size_t steps_max = 20;
constexpr double target_smallest = 8.515920e-109, target_largest = 1.174271e108;

/// Steps must not overlap or leave gaps, and only the outermost may be open.
void check_steps(const std::vector<StepAdjustment>& steps) {
  if (steps.empty()) throw validation("At least one StepAdjustment must be specified.");
  if (steps.size() > steps_max)
    throw limit_exceeded(cat("A scaling policy has at most ", steps_max, " step adjustments."));
  std::vector<StepAdjustment> sorted = steps;
  std::ranges::sort(sorted, [](const StepAdjustment& a, const StepAdjustment& b) {
    return a.lower && b.lower ? *a.lower < *b.lower : !a.lower && b.lower;
  });
  for (size_t i = 0; i < sorted.size(); ++i) {
    const StepAdjustment& s = sorted[i];
    if (!s.lower && !s.upper)
      throw validation("A step adjustment needs a lower bound, an upper bound or both.");
    if (s.lower && s.upper && *s.lower >= *s.upper)
      throw validation("A step adjustment's lower bound must be less than its upper bound.");
    if (i == 0) continue;
    const StepAdjustment& before = sorted[i - 1];
    if (!s.lower || !before.upper) throw validation("Step adjustment intervals can't overlap.");
    if (*before.upper > *s.lower) throw validation("Step adjustment intervals can't overlap.");
    if (*before.upper < *s.lower)
      throw validation("There can't be a gap between step adjustment intervals.");
  }
}

void read_predefined(const Input& spec, const ScalableTarget& target, Policy& policy) {
  policy.predefined_metric = spec.string("PredefinedMetricType");
  policy.resource_label = spec.string("ResourceLabel");
  const PredefinedMetric* metric = find_predefined(policy.predefined_metric);
  const bool reads = policy.predefined_metric.find("Read") != std::string::npos,
             other_unit = metric && metric->by_units &&
                          reads != target.dimension.ends_with("ReadCapacityUnits");
  if (!metric || metric->service_namespace != target.service_namespace || other_unit)
    throw validation(cat("The predefined metric type ", policy.predefined_metric,
                         " is not supported for the scalable dimension ", target.dimension, "."));
  policy.name_space = metric->name_space;
  policy.metric_name = metric->metric_name;
  policy.statistic = metric->statistic;
  if (metric->dimensions) {
    if (!policy.resource_label.empty())
      throw validation(cat("A resource label cannot be specified for the predefined metric type ",
                           policy.predefined_metric, "."));
    policy.dimensions = metric->dimensions(parts_of(adapter_of(target), target.resource_id));
    return;
  }
  // "app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff"
  const size_t at = policy.resource_label.find("/targetgroup/");
  if (at == std::string::npos || !policy.resource_label.starts_with("app/"))
    throw validation(
        "You must provide a resource label of the form app/NAME/ID/targetgroup/NAME/ID for the "
        "predefined metric type ALBRequestCountPerTarget.");
  policy.dimensions = {{"LoadBalancer", policy.resource_label.substr(0, at)},
                       {"TargetGroup", policy.resource_label.substr(at + 1)}};
}

cloudwatch::MetricQuery read_query(const Input& in) {
  cloudwatch::MetricQuery query;
  query.id = in.string("Id");
  query.expression = in.string("Expression");
  query.label = in.string("Label");
  query.return_data = in.boolean("ReturnData", true);
  query.period_s = 60;
  const Input stat = in.at("MetricStat");
  if (stat.is_present() == !query.expression.empty())
    throw validation("Each metric needs either an Expression or a MetricStat.");
  const Input metric = stat.at("Metric");
  query.name_space = metric.string("Namespace");
  query.name = metric.string("MetricName");
  for (const Input& d : metric.list("Dimensions"))
    query.dimensions[d.string("Name")] = d.string("Value");
  query.statistic = stat.string("Stat");
  query.unit = stat.string("Unit");
  return query;
}

void read_metric_math(const Input& spec, Policy& policy) {
  for (const Input& query : spec.list("Metrics")) policy.queries.push_back(read_query(query));
  if (std::ranges::count(policy.queries, true, &cloudwatch::MetricQuery::return_data) != 1)
    throw validation("Exactly one of the metrics must return data.");
  if (spec.has("MetricName") || spec.has("Namespace") || spec.has("Statistic"))
    throw validation("Metrics cannot be combined with MetricName, Namespace or Statistic.");
}

void read_customized(const Input& spec, Policy& policy) {
  if (spec.has("Metrics")) {
    read_metric_math(spec, policy);
  } else {
    policy.name_space = spec.string("Namespace");
    policy.metric_name = spec.string("MetricName");
    policy.statistic = spec.string("Statistic");
    policy.unit = spec.string("Unit");
    for (const Input& d : spec.list("Dimensions"))
      policy.dimensions[d.string("Name")] = d.string("Value");
    if (policy.name_space.empty() || policy.metric_name.empty() || policy.statistic.empty())
      throw validation(
          "MetricName, Namespace and Statistic are required in a customized metric specification.");
  }
}

int64_t cooldown(const Input& in, const char* member, int64_t fallback) {
  const int64_t seconds = in.integer(member, fallback);
  if (seconds < 0) throw validation(cat(member, " must be greater than or equal to 0."));
  return seconds;
}

}  // namespace

void read_step_policy(const Input& in, Policy& policy) {
  policy.adjustment_type = in.string("AdjustmentType");
  if (policy.adjustment_type.empty()) throw validation("AdjustmentType is required.");
  for (const Input& step : in.list("StepAdjustments"))
    policy.steps.push_back({step.optional_real("MetricIntervalLowerBound"),
                            step.optional_real("MetricIntervalUpperBound"),
                            step.integer("ScalingAdjustment")});
  check_steps(policy.steps);
  policy.min_magnitude = in.optional_integer("MinAdjustmentMagnitude");
  if (policy.min_magnitude && policy.adjustment_type != "PercentChangeInCapacity")
    throw validation("MinAdjustmentMagnitude is only supported with PercentChangeInCapacity.");
  if (in.has("Cooldown")) policy.cooldown_s = cooldown(in, "Cooldown", 0);
  policy.aggregation = in.string("MetricAggregationType");
}

void read_tracking_policy(const sim::Scope&, const Input& in, const ScalableTarget& target,
                          Policy& policy) {
  policy.target_value = in.real("TargetValue");
  if (policy.target_value < target_smallest || policy.target_value > target_largest)
    throw validation("The target value must be greater than 0.");
  const Input predefined = in.at("PredefinedMetricSpecification"),
              customized = in.at("CustomizedMetricSpecification");
  if (predefined.is_present() == customized.is_present())
    throw validation("Exactly one of PredefinedMetricSpecification and "
                     "CustomizedMetricSpecification must be specified.");
  if (predefined) {
    read_predefined(predefined, target, policy);
  } else {
    read_customized(customized, policy);
    policy.customized_json = to_json(in.raw("CustomizedMetricSpecification"));
  }
  if (is_by_units(policy) && (policy.target_value < 20 || policy.target_value > 90))
    throw validation("The target value must be between 20 and 90 for the predefined metric.");
  if (in.has("ScaleOutCooldown")) policy.out_cooldown_s = cooldown(in, "ScaleOutCooldown", 0);
  if (in.has("ScaleInCooldown")) policy.in_cooldown_s = cooldown(in, "ScaleInCooldown", 0);
  policy.disable_given = in.has("DisableScaleIn");
  policy.disable_scale_in = in.boolean("DisableScaleIn");
}

bool is_by_units(const Policy& policy) {
  const PredefinedMetric* metric = find_predefined(policy.predefined_metric);
  return metric && metric->by_units;
}

}  // namespace squall::application_autoscaling
