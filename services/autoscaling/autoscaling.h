// EC2 Auto Scaling's public face.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/step_scaling.h"
#include "services/common/tags.h"
#include "services/ec2/ec2.h"

namespace squall::autoscaling {

const api::ServiceDefinition& service();

/// One lifecycle hook an instance waits for.
struct HookWait {
  std::string hook, token;
  Time until{};         // heartbeat time-out
  Time until_at_most{};  // global time-out
  SQUALL_FIELDS(hook, token, until, until_at_most)
};

/// lifecycle: Pending, Pending:Wait, InService, Terminating, Terminating:Wait, Standby, ...
struct GroupInstance {
  std::string id, zone, instance_type;
  std::string lifecycle = "Pending";
  std::string health = "Healthy";
  std::string launch_template_id, launch_template_name, launch_template_version;
  bool protected_from_scale_in = false;
  Time launched{};
  std::optional<Time> in_service_since;
  std::optional<Time> warm_at;  // when its warm-up is over
  std::string launch_configuration, image_id;
  std::string unhealthy_reason;  // running, status, elb, user, lifetime
  bool rebalancing = false;      // launched beyond the desired capacity, to even out zones
  std::string activity;          // the activity in progress
  std::vector<HookWait> hooks;
  std::optional<Time> drain_until;
  std::optional<Time> status_due;  // when a failed status check counts
  SQUALL_FIELDS(id, zone, instance_type, lifecycle, health, launch_template_id,
                launch_template_name, launch_template_version, protected_from_scale_in, launched,
                in_service_since, warm_at, launch_configuration, image_id, unhealthy_reason,
                rebalancing, activity, hooks, drain_until, status_due)
};

struct GroupTag {
  std::string key, value;
  bool propagate_at_launch = false;
  SQUALL_FIELDS(key, value, propagate_at_launch)
};

/// A zone in which a launch failed, and when to try it again.
struct ZoneFailure {
  int64_t failures = 0;
  Time retry_at{};
  SQUALL_FIELDS(failures, retry_at)
};

/// MixedInstancesPolicy: the first override's type is launched, the rest are kept and shown.
struct MixedInstances {
  std::vector<std::string> instance_types;
  std::optional<int64_t> on_demand_base, on_demand_percentage, spot_pools;
  std::string on_demand_strategy, spot_strategy, spot_max_price;
  SQUALL_FIELDS(instance_types, on_demand_base, on_demand_percentage, spot_pools,
                on_demand_strategy, spot_strategy, spot_max_price)
};

struct Group {
  static constexpr std::string_view kind = "autoscaling:group";
  std::string id;  // the name
  std::string arn;
  int64_t min_size = 0, max_size = 0, desired = 0, default_cooldown_s = 300,
          health_check_grace_s = 0;
  std::optional<int64_t> default_warmup_s, max_instance_lifetime_s;
  std::string health_check_type = "EC2";
  std::string launch_template_id, launch_template_name, launch_template_version,
      launch_configuration;
  std::optional<MixedInstances> mixed_instances;
  std::vector<std::string> zones, subnet_ids;
  std::vector<std::string> target_group_arns, load_balancer_names;
  std::vector<std::string> termination_policies, suspended, enabled_metrics;
  bool new_instances_protected = false, capacity_rebalance = false;
  std::string placement_group, service_linked_role_arn, status, context;
  std::vector<GroupInstance> instances;
  std::vector<GroupTag> tags;
  Time created{};
  std::optional<Time> cooldown_until;
  std::string deletion_protection = "none";
  std::optional<int64_t> min_healthy_percentage, max_healthy_percentage;
  std::string zone_distribution = "balanced-best-effort";
  std::string cause;         // why the desired capacity changed; spent by the next activities
  int64_t replacements = 0;  // unhealthy instances taken out and not yet replaced
  std::map<std::string, ZoneFailure> zone_failures;
  std::vector<std::string> index_keys() const;  // "instance:", "target-group:"
  SQUALL_FIELDS(id, arn, min_size, max_size, desired, default_cooldown_s, health_check_grace_s,
                default_warmup_s, max_instance_lifetime_s, health_check_type, launch_template_id,
                launch_template_name, launch_template_version, launch_configuration,
                mixed_instances, zones, subnet_ids, target_group_arns, load_balancer_names,
                termination_policies, suspended, enabled_metrics, new_instances_protected,
                capacity_rebalance, placement_group, service_linked_role_arn, status, context,
                instances, tags, created, cooldown_until, deletion_protection,
                min_healthy_percentage, max_healthy_percentage, zone_distribution, cause,
                replacements, zone_failures)
};

struct Activity {
  static constexpr std::string_view kind = "autoscaling:activity";
  std::string id;  // sortable: zero-padded ordinal first
  std::string activity_id, group, instance_id, description, cause, status_code, status_message,
      details;
  Time started{};
  std::optional<Time> ended;
  int64_t progress = 0;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, activity_id, group, instance_id, description, cause, status_code,
                status_message, details, started, ended, progress)
};

struct LaunchConfiguration {
  static constexpr std::string_view kind = "autoscaling:launch-configuration";
  std::string id;  // the name
  std::string arn, image_id, instance_type, key_name, user_data, instance_profile, spot_price,
      placement_tenancy, kernel_id, ramdisk_id, http_tokens, http_endpoint;
  std::vector<std::string> group_ids;
  std::vector<ec2::BlockDevice> block_devices;
  bool monitoring = true, ebs_optimized = false;
  std::optional<bool> associate_public_ip;
  int64_t http_hop_limit = 0;
  Time created{};
  SQUALL_FIELDS(id, arn, image_id, instance_type, key_name, user_data, instance_profile, spot_price,
                placement_tenancy, kernel_id, ramdisk_id, http_tokens, http_endpoint, group_ids,
                block_devices, monitoring, ebs_optimized, associate_public_ip, http_hop_limit,
                created)
};

struct LifecycleHook {
  static constexpr std::string_view kind = "autoscaling:lifecycle-hook";
  std::string id;  // "group/hook"
  std::string group, name, transition, target_arn, role_arn, metadata, default_result = "ABANDON";
  int64_t heartbeat_s = 3600;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, group, name, transition, target_arn, role_arn, metadata, default_result,
                heartbeat_s)
};

/// type: SimpleScaling, StepScaling, TargetTrackingScaling.
struct Policy {
  static constexpr std::string_view kind = "autoscaling:policy";
  std::string id;  // the ARN
  std::string group, name, type = "SimpleScaling", adjustment_type, aggregation;
  std::optional<int64_t> adjustment, cooldown_s, min_magnitude, warmup_s;
  std::vector<StepAdjustment> steps;
  bool enabled = true;
  // Target tracking.
  double target = 0;
  bool disable_scale_in = false;
  std::string predefined_metric, resource_label;
  std::string metric_name, name_space, statistic, unit;  // what the alarms watch
  std::map<std::string, std::string> dimensions;
  std::string alarm_high, alarm_low;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, group, name, type, adjustment_type, aggregation, adjustment, cooldown_s,
                min_magnitude, warmup_s, steps, enabled, target, disable_scale_in,
                predefined_metric, resource_label, metric_name, name_space, statistic, unit,
                dimensions, alarm_high, alarm_low)
};

struct ScheduledAction {
  static constexpr std::string_view kind = "autoscaling:scheduled-action";
  std::string id;  // "group/name"
  std::string group, name, arn, recurrence, time_zone;
  std::optional<Time> start, end, next;
  std::optional<int64_t> min_size, max_size, desired;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, group, name, arn, recurrence, time_zone, start, end, next, min_size, max_size,
                desired)
};

struct InstanceRefresh {
  static constexpr std::string_view kind = "autoscaling:instance-refresh";
  std::string id;  // sortable: group, then zero-padded ordinal
  std::string refresh_id, group, status = "Pending", status_reason;
  Time started{};
  std::optional<Time> ended;
  int64_t total = 0, min_healthy_percentage = 90;
  std::optional<int64_t> warmup_s;
  bool skip_matching = false;
  std::vector<std::string> left;  // instances still to replace
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, refresh_id, group, status, status_reason, started, ended, total,
                min_healthy_percentage, warmup_s, skip_matching, left)
};

// --- for services that look after a group (ECS's capacity providers) -----------------------------
/// Adds a target tracking policy with its alarms; returns its ARN.
std::string add_tracking_policy(sim::Scope& scope, Policy policy);
/// With its alarms. Does nothing if it is gone.
void remove_policy(sim::Scope& scope, const std::string& arn);
void put_hook(sim::Scope& scope, LifecycleHook hook);
/// Instances that wait for it go on.
void remove_hook(sim::Scope& scope, const std::string& group, const std::string& hook);
/// CONTINUE for the instance, if it waits for the hook.
void complete_hook(sim::Scope& scope, const std::string& group, const std::string& hook,
                   const std::string& instance);
void set_protected(sim::Scope& scope, const std::string& group, const std::string& instance,
                   bool is_protected);

}  // namespace squall::autoscaling
