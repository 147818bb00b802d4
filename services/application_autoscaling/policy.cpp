// Scaling policies: put, delete, describe.
#include <algorithm>
#include <map>

#include "services/application_autoscaling/internal.h"
#include "services/common/value_json.h"

namespace squall::application_autoscaling {
namespace {

constexpr size_t policies_max = 50;  // a target

Value alarm_entry(const sim::Scope& scope, const std::string& name) {
  return {{"AlarmName", name}, {"AlarmARN", scope.arn("cloudwatch", "alarm:" + name)}};
}

void refuse_other_configurations(const Input& in, const std::string& type) {
  static const std::pair<std::string_view, const char*> configurations[] = {
      {"StepScaling", "StepScalingPolicyConfiguration"},
      {"TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration"},
      {"PredictiveScaling", "PredictiveScalingPolicyConfiguration"}};
  for (const auto& [of, member] : configurations) {
    const bool given = in.has(member);
    if (of == type && !given)
      throw validation(cat(member, " is required for the policy type ", type, "."));
    if (of != type && given)
      throw validation(cat(member, " cannot be specified for the policy type ", type, "."));
  }
}

Value put_scaling_policy(Context& ctx, Input in) {
  const ScalableTarget& target = require_target(ctx, target_name(in));
  const std::string name = in.string("PolicyName");
  const Policy* known = find_policy(ctx, target.id, name);
  Policy policy;
  policy.name = name;
  policy.target = target.id;
  policy.type = in.string("PolicyType", known ? known->type : "StepScaling");
  if (known && known->type != policy.type)
    throw validation("The policy type of a scaling policy cannot be changed.");
  refuse_other_configurations(in, policy.type);
  if (policy.type == "PredictiveScaling") throw predictive_not_served();
  const Adapter& adapter = adapter_of(target);
  if (policy.type == "StepScaling" && !adapter.takes_steps)
    throw validation(cat("The policy type StepScaling is not supported for service namespace ",
                         target.service_namespace, "."));
  if (!known && ctx.by<Policy>("target:" + target.id).size() >= policies_max)
    throw limit_exceeded(cat("You have reached the limit of ", policies_max,
                             " scaling policies for this scalable target."));
  policy.id = known ? known->id : new_policy_arn(ctx, target, name);
  policy.created = known ? known->created : ctx.now();
  if (policy.type == "StepScaling")
    read_step_policy(in.at("StepScalingPolicyConfiguration"), policy);
  else
    read_tracking_policy(ctx, in.at("TargetTrackingScalingPolicyConfiguration"), target, policy);
  if (known) remove_policy(ctx, std::string(known->id));
  if (policy.type == "TargetTrackingScaling") make_alarms(ctx, target, policy);
  Value alarms = Value::list();
  for (const std::string& alarm : {policy.alarm_high, policy.alarm_low,
                                   policy.alarm_provisioned_low, policy.alarm_provisioned_high})
    if (!alarm.empty()) alarms.push(alarm_entry(ctx, alarm));
  const std::string arn = policy.id;
  ctx.add(std::move(policy));
  return {{"PolicyARN", arn}, {"Alarms", alarms}};
}

Value delete_scaling_policy(Context& ctx, Input in) {
  const TargetName name = target_name(in);
  find_adapter(name.service_namespace, name.resource_id, name.dimension);
  const std::string policy_name = in.string("PolicyName");
  const Policy* policy = find_policy(ctx, name.id(), policy_name);
  if (!policy)
    throw object_not_found(cat("No scaling policy found for ", name.words(), ", scaling policy "
                               "name: ", policy_name));
  remove_policy(ctx, std::string(policy->id));
  return Value::map();
}

Value describe_scaling_policies(Context& ctx, Input in) {
  const DescribeScope wanted(in);
  const auto names = in.strings("PolicyNames");
  auto alarms = cloudwatch::alarms_by_action(ctx);
  const Page page = paginate(
      ctx.all<Policy>(), page_of(in),
      [&](const Policy& p) {
        const auto* target = ctx.view<ScalableTarget>(p.target);
        return target && wanted.matches(*target) &&
               (names.empty() || std::ranges::find(names, p.name) != names.end() ||
                std::ranges::find(names, p.id) != names.end());
      },
      [&](const Policy& p) { return describe_policy(ctx, p, alarms[p.id]); });
  return {{"ScalingPolicies", page.items}, {"NextToken", page.next_token}};
}

}  // namespace

const Policy* find_policy(const sim::Scope& scope, const std::string& target,
                          const std::string& name) {
  const auto found = scope.by<Policy>(cat("name:", target, "|", name));
  return found.empty() ? nullptr : found.front();
}

std::string new_policy_arn(sim::Scope& scope, const ScalableTarget& target,
                           const std::string& name) {
  return scope.arn("autoscaling",
                   cat("scalingPolicy:", scope.new_uuid("policy", target.id + name), ":",
                       resource_arn_part(target), ":policyName/", name));
}

void remove_policy(sim::Scope& scope, const std::string& arn) {
  const Policy* policy = scope.view<Policy>(arn);
  if (!policy) return;
  for (const std::string& alarm : {policy->alarm_high, policy->alarm_low,
                                   policy->alarm_provisioned_high, policy->alarm_provisioned_low})
    if (!alarm.empty()) cloudwatch::delete_alarm(scope, alarm);
  scope.erase<Policy>(arn);
}

Value describe_policy(const sim::Scope& scope, const Policy& p,
                      const std::vector<std::string>& alarms) {
  const ScalableTarget& target = *scope.view<ScalableTarget>(p.target);
  Value shown{{"PolicyARN", p.id},
              {"PolicyName", p.name},
              {"ServiceNamespace", target.service_namespace},
              {"ResourceId", target.resource_id},
              {"ScalableDimension", target.dimension},
              {"PolicyType", p.type}};
  if (p.type == "StepScaling") {
    Value config{{"AdjustmentType", p.adjustment_type},
                 {"StepAdjustments", list_of(p.steps,
                                             [](const StepAdjustment& s) {
                                               return Value{{"MetricIntervalLowerBound", s.lower},
                                                            {"MetricIntervalUpperBound", s.upper},
                                                            {"ScalingAdjustment", s.adjustment}};
                                             })},
                 {"MinAdjustmentMagnitude", p.min_magnitude},
                 {"Cooldown", p.cooldown_s}};
    if (!p.aggregation.empty()) config.add("MetricAggregationType", p.aggregation);
    shown.add("StepScalingPolicyConfiguration", config);
  } else {
    Value config{{"TargetValue", p.target_value}};
    if (!p.predefined_metric.empty()) {
      Value metric{{"PredefinedMetricType", p.predefined_metric}};
      if (!p.resource_label.empty()) metric.add("ResourceLabel", p.resource_label);
      config.add("PredefinedMetricSpecification", metric);
    } else {
      config.add("CustomizedMetricSpecification", value_from_json(p.customized_json));
    }
    config.add("ScaleOutCooldown", p.out_cooldown_s);
    config.add("ScaleInCooldown", p.in_cooldown_s);
    if (p.disable_given) config.add("DisableScaleIn", p.disable_scale_in);
    shown.add("TargetTrackingScalingPolicyConfiguration", config);
  }
  shown.add("Alarms", list_of(alarms, [&](const auto& name) { return alarm_entry(scope, name); }));
  shown.add("CreationTime", p.created);
  return shown;
}

std::span<const api::HandlerRow> policy_rows() {
  static const api::HandlerRow rows[] = {
      {"PutScalingPolicy", api::Writes, put_scaling_policy},
      {"DeleteScalingPolicy", api::Writes, delete_scaling_policy},
      {"DescribeScalingPolicies", api::Reads, describe_scaling_policies},
  };
  return rows;
}

}  // namespace squall::application_autoscaling
