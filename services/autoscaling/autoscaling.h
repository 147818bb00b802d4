// EC2 Auto Scaling's public face.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::autoscaling {

const api::ServiceDefinition& service();

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
  SQUALL_FIELDS(id, zone, instance_type, lifecycle, health, launch_template_id,
                launch_template_name, launch_template_version, protected_from_scale_in, launched,
                in_service_since, warm_at)
};

struct GroupTag {
  std::string key, value;
  bool propagate_at_launch = false;
  SQUALL_FIELDS(key, value, propagate_at_launch)
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
      launch_configuration, mixed_instances_json;
  std::vector<std::string> zones, subnet_ids;
  std::vector<std::string> target_group_arns, load_balancer_names;
  std::vector<std::string> termination_policies, suspended, enabled_metrics;
  bool new_instances_protected = false, capacity_rebalance = false;
  std::string placement_group, service_linked_role_arn, status, context;
  std::vector<GroupInstance> instances;
  std::vector<GroupTag> tags;
  Time created{};
  std::optional<Time> cooldown_until;
  std::vector<std::string> index_keys() const;  // "instance:", "target-group:"
  SQUALL_FIELDS(id, arn, min_size, max_size, desired, default_cooldown_s, health_check_grace_s,
                default_warmup_s, max_instance_lifetime_s, health_check_type, launch_template_id,
                launch_template_name, launch_template_version, launch_configuration,
                mixed_instances_json, zones, subnet_ids, target_group_arns, load_balancer_names,
                termination_policies, suspended, enabled_metrics, new_instances_protected,
                capacity_rebalance, placement_group, service_linked_role_arn, status, context,
                instances, tags, created, cooldown_until)
};

struct Activity {
  static constexpr std::string_view kind = "autoscaling:activity";
  std::string id;  // sortable: zero-padded ordinal first
  std::string activity_id, group, description, cause, status_code, status_message, details;
  Time started{};
  std::optional<Time> ended;
  int64_t progress = 0;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, activity_id, group, description, cause, status_code, status_message, details,
                started, ended, progress)
};

}  // namespace squall::autoscaling
