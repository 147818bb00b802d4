// What Application Auto Scaling's files share among themselves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "services/application_autoscaling/adapter.h"
#include "services/application_autoscaling/application_autoscaling.h"
#include "services/application_autoscaling/errors.h"
#include "services/common/page.h"

namespace squall::application_autoscaling {

using api::Context;
using api::Input;

/// ServiceNamespace, ResourceId and ScalableDimension of a request.
struct TargetName {
  std::string service_namespace, resource_id, dimension;
  std::string id() const { return service_namespace + "|" + resource_id + "|" + dimension; }
  /// "service namespace: ecs, resource ID: ..., scalable dimension: ..."
  std::string words() const;
};
TargetName target_name(const Input& in);
/// Throws ObjectNotFoundException: No scalable target registered ...
const ScalableTarget& require_target(const sim::Scope& scope, const TargetName& name);
const Adapter& adapter_of(const ScalableTarget& target);
std::optional<int64_t> capacity_of(const sim::Scope& scope, const ScalableTarget& target);
/// The part of policies' and actions' ARNs that names the resource: "resource/ecs/service/c/s".
std::string resource_arn_part(const ScalableTarget& target);

/// What Describe* have in common: the namespace, and perhaps a resource and dimension.
struct DescribeScope {
  explicit DescribeScope(const Input& in);
  bool matches(const ScalableTarget& target) const;
  std::string service_namespace, resource_id, dimension;
};
PageRequest page_of(const Input& in);

// --- target.cpp, policy.cpp ----------------------------------------------------------------------
ScalableTarget new_target(sim::Scope& scope, const TargetName& name, const Adapter& adapter);
/// Under that name, of that target; or nullptr.
const Policy* find_policy(const sim::Scope& scope, const std::string& target,
                          const std::string& name);
std::string new_policy_arn(sim::Scope& scope, const ScalableTarget& target,
                           const std::string& name);

// --- scaling -------------------------------------------------------------------------------------
/// Brings the capacity into the target's limits, as registrations and scheduled actions do.
void enforce_limits(sim::Scope& scope, const std::string& target_id);
/// Sets the capacity, in an activity of its own, whatever comes of it.
bool change_capacity(sim::Scope& scope, const std::string& target_id, int64_t capacity,
                     std::string_view cause);

struct NotScaled {
  std::string code;
  std::optional<int64_t> min, max, current;
};
/// A policy was triggered and nothing changed; told once until something else happens.
void record_not_scaled(sim::Scope& scope, const ScalableTarget& target, std::string_view cause,
                       const NotScaled& reason);
/// An activity that is over as soon as it is told.
void record_activity(sim::Scope& scope, const ScalableTarget& target, std::string_view description,
                     std::string_view cause, std::string_view status, std::string_view message);

// --- policies ------------------------------------------------------------------------------------
void read_step_policy(const Input& in, Policy& policy);
void read_tracking_policy(const sim::Scope& scope, const Input& in, const ScalableTarget& target,
                          Policy& policy);
Value describe_policy(const sim::Scope& scope, const Policy& policy,
                      const std::vector<std::string>& alarms);
void make_alarms(sim::Scope& scope, const ScalableTarget& target, Policy& policy);
/// The thresholds of DynamoDB's alarms follow the provisioned capacity.
void refresh_alarms(sim::Scope& scope, const std::string& target_id);
void remove_policy(sim::Scope& scope, const std::string& arn);
/// Of a policy's metric: in per cent of the capacity where its alarms count units.
bool is_by_units(const Policy& policy);

std::span<const api::HandlerRow> target_rows();
std::span<const api::HandlerRow> policy_rows();
std::span<const api::HandlerRow> scheduled_rows();
std::span<const api::HandlerRow> activity_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> forecast_rows();
std::span<const sim::EventRow> scaling_events();
std::span<const sim::EventRow> tracking_events();
std::span<const sim::EventRow> scheduled_events();
std::span<const sim::EventRow> activity_events();

}  // namespace squall::application_autoscaling
