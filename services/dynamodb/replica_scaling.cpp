// Auto scaling of a table's replicas, all at once: what it shows and sets are Application Auto
// Scaling's targets and policies in each region.
#include <algorithm>

#include "services/application_autoscaling/application_autoscaling.h"
#include "services/dynamodb/replica_scaling.h"

namespace squall::dynamodb {
namespace {

namespace scaling = application_autoscaling;

std::vector<std::string> regions_of(const sim::Scope& scope, const Table& table) {
  std::vector<std::string> regions = other_replicas(scope, table.id);
  regions.push_back(scope.region());
  std::ranges::sort(regions);
  return regions;
}

Value describe_replica(const sim::Scope& there, const Table& table) {
  Value indexes = Value::list();
  for (const Index& index : table.indexes) {
    if (!index.global) continue;
    indexes.push({{"IndexName", index.name},
                  {"IndexStatus", index.status},
                  {"ProvisionedReadCapacityAutoScalingSettings",
                   describe_scaling_of(there, {table.id, index.name, false})},
                  {"ProvisionedWriteCapacityAutoScalingSettings",
                   describe_scaling_of(there, {table.id, index.name, true})}});
  }
  return {{"RegionName", there.region()},
          {"GlobalSecondaryIndexes", indexes},
          {"ReplicaProvisionedReadCapacityAutoScalingSettings",
           describe_scaling_of(there, {table.id, "", false})},
          {"ReplicaProvisionedWriteCapacityAutoScalingSettings",
           describe_scaling_of(there, {table.id, "", true})},
          {"ReplicaStatus", table.status}};
}

Value describe_all(const sim::Scope& scope, const Table& table) {
  Value replicas = Value::list();
  for (const std::string& region : regions_of(scope, table)) {
    const sim::Scope there = scope.in_region(region);
    if (const Table* replica = there.view<Table>(table.id))
      replicas.push(describe_replica(there, *replica));
  }
  return {{"TableAutoScalingDescription",
           {{"TableName", table.id}, {"TableStatus", table.status}, {"Replicas", replicas}}}};
}

Value describe_scaling(Context& ctx, Input in) {
  return describe_all(ctx, table_at(ctx, in.string("TableName")));
}

// --- changing ------------------------------------------------------------------------------------

void require_index(const Table& table, const std::string& name) {
  const Index* index = table.find_index(name);
  if (!index || !index->global)
    throw AwsError{"ResourceNotFoundException",
                   cat("Requested resource not found: Index: ", name, " of table: ", table.id,
                       " not found")};
}

/// Writes are the same in all regions, or one would fall behind.
void set_writes(const sim::Scope& scope, const Table& table, const Input& in) {
  const Input whole = in.at("ProvisionedWriteCapacityAutoScalingUpdate");
  const std::vector<Input> indexes = in.list("GlobalSecondaryIndexUpdates");
  for (const std::string& region : regions_of(scope, table)) {
    const sim::Scope there = scope.in_region(region);
    if (whole) set_scaling(there, {table.id, "", true}, ScalingUpdate(whole));
    for (const Input& update : indexes) {
      const std::string name = update.string("IndexName");
      require_index(table, name);
      if (const Input write = update.at("ProvisionedWriteCapacityAutoScalingUpdate"))
        set_scaling(there, {table.id, name, true}, ScalingUpdate(write));
    }
  }
}

void set_reads(const sim::Scope& scope, const Table& table, const Input& in) {
  const auto regions = regions_of(scope, table);
  for (const Input& replica : in.list("ReplicaUpdates")) {
    const std::string region = replica.string("RegionName");
    if (std::ranges::find(regions, region) == regions.end())
      throw invalid(cat("Replica with region ", region, " does not exist for table ", table.id));
    const sim::Scope there = scope.in_region(region);
    if (const Input read = replica.at("ReplicaProvisionedReadCapacityAutoScalingUpdate"))
      set_scaling(there, {table.id, "", false}, ScalingUpdate(read));
    for (const Input& update : replica.list("ReplicaGlobalSecondaryIndexUpdates")) {
      const std::string name = update.string("IndexName");
      require_index(table, name);
      if (const Input read = update.at("ProvisionedReadCapacityAutoScalingUpdate"))
        set_scaling(there, {table.id, name, false}, ScalingUpdate(read));
    }
  }
}

Value update_scaling(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  if (!in.has("GlobalSecondaryIndexUpdates") && !in.has("ReplicaUpdates") &&
      !in.has("ProvisionedWriteCapacityAutoScalingUpdate"))
    throw invalid(
        "At least one of GlobalSecondaryIndexUpdates, ProvisionedWriteCapacityAutoScalingUpdate "
        "or ReplicaUpdates is required");
  for (const std::string& region : regions_of(ctx, table))
    if (const Table* replica = ctx.in_region(region).view<Table>(table.id))
      require_active(*replica);
  check_under_way(ctx);
  if (table.on_demand())
    throw invalid_parameter(
        "Auto scaling settings can only be updated when BillingMode is PROVISIONED");
  set_writes(ctx, table, in);
  set_reads(ctx, table, in);
  return describe_all(ctx, table);
}

}  // namespace

std::string Scalable::resource_id() const {
  return index.empty() ? cat("table/", table) : cat("table/", table, "/index/", index);
}

std::string Scalable::dimension() const {
  return cat("dynamodb:", index.empty() ? "table" : "index", write ? ":Write" : ":Read",
             "CapacityUnits");
}

std::string Scalable::metric() const {
  return write ? "DynamoDBWriteCapacityUtilization" : "DynamoDBReadCapacityUtilization";
}

std::string Scalable::target() const {
  return scaling::target_id("dynamodb", resource_id(), dimension());
}

Value describe_scaling_of(const sim::Scope& scope, const Scalable& what) {
  const auto* target = scope.view<scaling::ScalableTarget>(what.target());
  if (!target) return {{"AutoScalingDisabled", true}};
  Value policies = Value::list();
  for (const scaling::Policy* p : scope.by<scaling::Policy>("target:" + target->id)) {
    if (p->type != "TargetTrackingScaling") continue;
    Value tracking{{"DisableScaleIn", p->disable_scale_in},
                   {"ScaleInCooldown", p->in_cooldown_s},
                   {"ScaleOutCooldown", p->out_cooldown_s},
                   {"TargetValue", p->target_value}};
    policies.push({{"PolicyName", p->name},
                   {"TargetTrackingScalingPolicyConfiguration", tracking}});
  }
  return {{"MinimumUnits", target->min_capacity},
          {"MaximumUnits", target->max_capacity},
          {"AutoScalingDisabled", false},
          {"AutoScalingRoleArn", target->role_arn},
          {"ScalingPolicies", policies}};
}

ScalingUpdate::ScalingUpdate(const Input& in)
    : least(in.optional_integer("MinimumUnits")),
      most(in.optional_integer("MaximumUnits")),
      disabled(in.boolean("AutoScalingDisabled")),
      role(in.string("AutoScalingRoleArn")) {
  const Input policy = in.at("ScalingPolicyUpdate");
  if (!policy) return;
  const Input tracking = policy.at("TargetTrackingScalingPolicyConfiguration");
  policy_name = policy.string("PolicyName");
  target = tracking.optional_real("TargetValue");
  in_cooldown = tracking.optional_integer("ScaleInCooldown");
  out_cooldown = tracking.optional_integer("ScaleOutCooldown");
  disable_scale_in = tracking.optional_boolean("DisableScaleIn");
}

void set_scaling(sim::Scope there, const Scalable& what, const ScalingUpdate& wanted) {
  if (wanted.disabled) return scaling::remove_target(there, what.target());
  const auto* known = there.view<scaling::ScalableTarget>(what.target());
  if (!known && (!wanted.least || !wanted.most))
    throw invalid_parameter(
        "MinimumUnits and MaximumUnits must both be specified to enable auto scaling");
  scaling::Tracking tracking;
  tracking.service_namespace = "dynamodb";
  tracking.resource_id = what.resource_id();
  tracking.dimension = what.dimension();
  tracking.min_capacity = wanted.least ? *wanted.least : known->min_capacity;
  tracking.max_capacity = wanted.most ? *wanted.most : known->max_capacity;
  if (tracking.max_capacity < tracking.min_capacity)
    throw invalid_parameter("MaximumUnits must not be less than MinimumUnits");
  constexpr double target_least = 20, target_most = 90;
  if (wanted.target && (*wanted.target < target_least || *wanted.target > target_most))
    throw invalid_parameter("TargetValue must be between 20 and 90");
  tracking.role_arn = wanted.role;
  tracking.predefined_metric = what.metric();
  tracking.policy_name = wanted.policy_name.empty() ? cat(what.metric(), ":", what.resource_id())
                                                    : wanted.policy_name;
  tracking.target_value = wanted.target;
  tracking.in_cooldown_s = wanted.in_cooldown;
  tracking.out_cooldown_s = wanted.out_cooldown;
  tracking.disable_scale_in = wanted.disable_scale_in;
  scaling::put_tracking(there, tracking);
}

std::span<const api::HandlerRow> replica_scaling_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeTableReplicaAutoScaling", api::Reads, describe_scaling},
      {"UpdateTableReplicaAutoScaling", api::Writes, update_scaling}};
  return rows;
}

}  // namespace squall::dynamodb
