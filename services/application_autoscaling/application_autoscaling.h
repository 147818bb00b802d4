// Application Auto Scaling's public face: its records.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/common/step_scaling.h"
#include "services/common/tags.h"

namespace squall::application_autoscaling {

const api::ServiceDefinition& service();

struct ScalableTarget {
  static constexpr std::string_view kind = "application-autoscaling:target";
  std::string id;  // namespace "|" resource id "|" dimension
  std::string service_namespace, resource_id, dimension, arn, role_arn;
  int64_t min_capacity = 0, max_capacity = 0;
  bool scale_in_suspended = false, scale_out_suspended = false, schedule_suspended = false;
  Time created{};
  std::optional<Time> in_until, out_until;  // cooldowns
  int64_t out_base = 0;  // capacity before the scale-out whose cooldown runs
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"arn:" + arn, "namespace:" + service_namespace};
  }
  SQUALL_FIELDS(id, service_namespace, resource_id, dimension, arn, role_arn, min_capacity,
                max_capacity, scale_in_suspended, scale_out_suspended, schedule_suspended, created,
                in_until, out_until, out_base, tags)
};

/// What identifies a target: ScalableTarget::id.
std::string target_id(std::string_view service_namespace, std::string_view resource_id,
                      std::string_view dimension);

/// Target tracking that another service sets up for its callers (DynamoDB's replicas): a scalable
/// target, and a policy on one of AWS's predefined metrics.
struct Tracking {
  std::string service_namespace, resource_id, dimension;
  int64_t min_capacity = 0, max_capacity = 0;
  std::string role_arn;        // empty: the service-linked role
  std::string policy_name, predefined_metric;
  std::optional<double> target_value;  // nothing: no policy is put, and those there stay
  std::optional<int64_t> out_cooldown_s, in_cooldown_s;
  std::optional<bool> disable_scale_in;
};
/// Registers and puts, as RegisterScalableTarget and PutScalingPolicy do.
void put_tracking(sim::Scope& scope, const Tracking& tracking);
/// With its policies and scheduled actions; nothing happens where there is none.
void remove_target(sim::Scope& scope, const std::string& target);

/// type: StepScaling, TargetTrackingScaling.
struct Policy {
  static constexpr std::string_view kind = "application-autoscaling:policy";
  std::string id;  // the ARN
  std::string target, name, type = "StepScaling";  // ScalableTarget::id
  Time created{};
  // Step scaling.
  std::string adjustment_type, aggregation;
  std::vector<StepAdjustment> steps;
  std::optional<int64_t> min_magnitude, cooldown_s;
  // Target tracking.
  double target_value = 0;
  std::optional<int64_t> out_cooldown_s, in_cooldown_s;
  bool disable_scale_in = false, disable_given = false;
  std::string predefined_metric, resource_label, customized_json;
  std::string metric_name, name_space, statistic, unit;  // what the alarms watch
  cloudwatch::Dimensions dimensions;
  std::vector<cloudwatch::MetricQuery> queries;  // metric math instead
  std::string alarm_high, alarm_low;
  std::string alarm_provisioned_high, alarm_provisioned_low;  // DynamoDB
  std::vector<std::string> index_keys() const {
    return {"target:" + target, "name:" + target + "|" + name};
  }
  SQUALL_FIELDS(id, target, name, type, created, adjustment_type, aggregation, steps,
                min_magnitude, cooldown_s, target_value, out_cooldown_s, in_cooldown_s,
                disable_scale_in, disable_given, predefined_metric, resource_label,
                customized_json, metric_name, name_space, statistic, unit, dimensions, queries,
                alarm_high, alarm_low, alarm_provisioned_high, alarm_provisioned_low)
};

struct ScheduledAction {
  static constexpr std::string_view kind = "application-autoscaling:scheduled-action";
  std::string id;  // ScalableTarget::id "|" name
  std::string target, name, arn, schedule, time_zone;
  std::optional<Time> start, end, next;
  std::optional<int64_t> min_capacity, max_capacity;
  Time created{};
  std::vector<std::string> index_keys() const { return {"target:" + target}; }
  SQUALL_FIELDS(id, target, name, arn, schedule, time_zone, start, end, next, min_capacity,
                max_capacity, created)
};

struct Activity {
  static constexpr std::string_view kind = "application-autoscaling:activity";
  std::string id;  // sorts by time
  std::string activity_id, service_namespace, resource_id, dimension;
  std::string description, cause, status_code, status_message;
  std::string not_scaled_code;  // of an activity that did not scale
  std::optional<int64_t> not_scaled_min, not_scaled_max, not_scaled_current;
  int64_t capacity = 0;  // wanted
  Time started{};
  std::optional<Time> ended;
  std::vector<std::string> index_keys() const {
    return {"target:" + service_namespace + "|" + resource_id + "|" + dimension};
  }
  SQUALL_FIELDS(id, activity_id, service_namespace, resource_id, dimension, description, cause,
                status_code, status_message, not_scaled_code, not_scaled_min, not_scaled_max,
                not_scaled_current, capacity, started, ended)
};

}  // namespace squall::application_autoscaling
