// ModifyReplicationGroup, the replica counts and TestFailover.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

ReplicationGroup& editable(Context& ctx, const Input& in) {
  const ReplicationGroup& group = replication_group_at(ctx, in.string("ReplicationGroupId"));
  require_available(group);
  return ctx.edit<ReplicationGroup>(std::string(group.id));
}

/// The group shows `modifying` until the event has run.
void start_change(sim::Scope& scope, ReplicationGroup& group, std::string_view latency) {
  group.status = "modifying";
  scope.after(scope.latency(latency, group.id), "elasticache.group.modified", group.id);
}

Value begin(Context& ctx, ReplicationGroup& group, std::string_view latency) {
  start_change(ctx, group, latency);
  return {{"ReplicationGroup", describe(ctx, group)}};
}

void check_failover(const ReplicationGroup& group) {
  const bool alone = std::ranges::any_of(group.node_groups,
                                         [](const NodeGroup& ng) { return ng.nodes.size() < 2; });
  if (group.automatic_failover && alone && !group.cluster_enabled) {
    throw invalid_parameter_combination(
        "Automatic failover is not supported for replication groups without replicas.");
  }
  if (group.cluster_enabled && !group.automatic_failover) {
    throw invalid_parameter_combination(
        "Automatic failover cannot be disabled for replication groups with cluster mode enabled.");
  }
  if (group.multi_az && !group.automatic_failover)
    throw invalid_parameter_combination("Must enable automatic failover to enable Multi-AZ.");
  if (group.multi_az && alone) {
    throw invalid_parameter_combination(
        "Multi-AZ is only supported for replication groups with at least one replica.");
  }
}

void change_primary(const Input& in, ReplicationGroup& group) {
  const auto wanted = in.optional_string("PrimaryClusterId");
  if (!wanted) return;
  if (group.automatic_failover) {
    throw invalid_parameter_combination(
        "Cannot manually promote a new primary cache cluster while autofailover is enabled");
  }
  for (NodeGroup& ng : group.node_groups) {
    for (CacheNode& node : ng.nodes) {
      if (node.cluster_id != to_lower(*wanted)) continue;
      if (CacheNode* old = primary_of(ng)) old->role = "replica";
      node.role = "primary";
      return;
    }
  }
  throw cache_cluster_not_found(*wanted);
}

void change_token(Context& ctx, const Input& in, ReplicationGroup& group) {
  const std::string strategy = in.string("AuthTokenUpdateStrategy");
  const auto token = in.optional_string("AuthToken");
  if (!token && strategy != "DELETE") return;
  if (!group.transit_encryption) {
    throw invalid_parameter_combination(
        "The AUTH token is only supported when encryption-in-transit is enabled");
  }
  if (token && (token->size() < 16 || token->size() > 128))
    throw invalid_parameter_value("Invalid AuthToken provided.");
  group.auth_token = strategy == "DELETE" ? std::string() : *token;
  group.auth_token_modified = ctx.now();
}

Value modify(Context& ctx, Input in) {
  ReplicationGroup& group = editable(ctx, in);
  // Every modification here takes effect now: there is no maintenance window to wait for.
  in.ignore("ApplyImmediately");
  group.description = in.string("ReplicationGroupDescription", group.description);
  group.automatic_failover = in.boolean("AutomaticFailoverEnabled", group.automatic_failover);
  group.multi_az = in.boolean("MultiAZEnabled", group.multi_az);
  check_failover(group);
  change_primary(in, group);
  change_token(ctx, in, group);
  group.maintenance_window =
      to_lower(in.string("PreferredMaintenanceWindow", group.maintenance_window));
  group.snapshot_window = in.string("SnapshotWindow", group.snapshot_window);
  group.snapshot_retention_days =
      in.integer("SnapshotRetentionLimit", group.snapshot_retention_days);
  group.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", group.auto_minor_upgrade);
  group.notification_topic_arn = in.string("NotificationTopicArn", group.notification_topic_arn);
  if (auto type = in.optional_string("CacheNodeType")) {
    if (!is_node_type(*type))
      throw invalid_parameter_value(cat("The cache node type ", *type, " is not valid."));
    group.node_type = *type;
  }
  if (in.has("Engine") || in.has("EngineVersion")) {
    const std::string engine = in.string("Engine", group.engine);
    const EngineVersion* found = find_version(engine, in.string("EngineVersion"));
    if (!found) {
      throw invalid_parameter_combination(
          cat("Cannot find version ", in.string("EngineVersion"), " for ", engine));
    }
    if (found->family != parameter_group_family(ctx, group.parameter_group)) {
      group.parameter_group =
          cat("default.", found->family, group.cluster_enabled ? ".cluster.on" : "");
    }
    group.engine = found->engine;
    group.engine_version = found->version;
  }
  if (auto name = in.optional_string("CacheParameterGroupName")) {
    if (parameter_group_family(ctx, to_lower(*name)).empty())
      throw parameter_group_not_found(*name);
    group.parameter_group = to_lower(*name);
  }
  if (in.has("SecurityGroupIds")) {
    check_security_groups(ctx, in.strings("SecurityGroupIds"), group.vpc_id);
    group.group_ids = in.strings("SecurityGroupIds");
    for (const NodeGroup& ng : group.node_groups)
      for (const CacheNode& node : ng.nodes) set_groups(ctx, node, group.group_ids);
  }
  return begin(ctx, group, "elasticache.group.modifying");
}

void modified(sim::Scope& scope, const sim::Event& event) {
  const ReplicationGroup* before = scope.view<ReplicationGroup>(event.subject);
  if (!before || before->status != "modifying") return;
  ReplicationGroup& group = scope.edit<ReplicationGroup>(event.subject);
  group.status = "available";
  for (NodeGroup& ng : group.node_groups) {
    for (CacheNode& node : ng.nodes) {
      if (node.status != "creating") continue;
      node.status = "available";
      if (!is_dark(scope, node)) node.serving_since = scope.now();
      record_event(scope, "cache-cluster", node.cluster_id, "Cache cluster created");
    }
  }
  look_after(scope, group.id);
}

int64_t wanted_replicas(const Input& in, const NodeGroup& ng, std::optional<int64_t> common,
                        std::vector<std::string>& zones) {
  for (const Input& c : in.list("ReplicaConfiguration")) {
    if (c.string("NodeGroupId") != ng.id) continue;
    zones = c.strings("PreferredAvailabilityZones");
    return c.integer("NewReplicaCount");
  }
  return common.value_or(static_cast<int64_t>(ng.nodes.size()) - 1);
}

std::string next_cluster_id(const ReplicationGroup& group, const NodeGroup& ng) {
  for (size_t n = 1;; ++n) {
    const std::string number = node_number(n - 1).substr(1);
    const std::string id =
        group.cluster_enabled ? cat(group.id, '-', ng.id, '-', number) : cat(group.id, '-', number);
    if (std::ranges::none_of(ng.nodes,
                             [&](const CacheNode& node) { return node.cluster_id == id; }))
      return id;
  }
}

/// The zone with the fewest of the node group's nodes, the first of equals.
std::string emptiest_zone(const NodeGroup& ng, const std::vector<std::string>& zones) {
  std::string best;
  std::ptrdiff_t fewest = 0;
  for (const std::string& zone : zones) {
    const auto here = std::ranges::count(ng.nodes, zone, &CacheNode::zone);
    if (best.empty() || here < fewest) best = zone, fewest = here;
  }
  return best;
}

/// Adds a replica in `zone`, or where the node group has the fewest.
void add_replica(sim::Scope& scope, ReplicationGroup& group, NodeGroup& ng,
                 const SubnetGroup& subnets, std::string zone) {
  const auto zones = zones_of(scope, subnets);
  if (zone.empty()) zone = emptiest_zone(ng, zones);
  require_zone(zones, zone);
  ng.nodes.push_back(make_node(scope, subnets, group.group_ids, next_cluster_id(group, ng), zone));
}

void check_replicas(int64_t wanted) {
  if (wanted < 0 || wanted > 5)
    throw invalid_parameter_value("The number of replicas per node group must be within 0 and 5.");
}

void remove_node(sim::Scope& scope, NodeGroup& ng, size_t i) {
  release_node(scope, ng.nodes[i]);
  record_event(scope, "cache-cluster", ng.nodes[i].cluster_id, "Cache cluster deleted");
  ng.nodes.erase(ng.nodes.begin() + static_cast<std::ptrdiff_t>(i));
}

Value increase(Context& ctx, Input in) {
  ReplicationGroup& group = editable(ctx, in);
  in.ignore("ApplyImmediately");  // AWS: must be true, the change is always immediate
  const auto common = in.optional_integer("NewReplicaCount");
  const SubnetGroup& subnets = subnet_group_for(ctx, group.subnet_group);
  bool any = false;
  for (NodeGroup& ng : group.node_groups) {
    std::vector<std::string> preferred;
    const int64_t wanted = wanted_replicas(in, ng, common, preferred);
    check_replicas(wanted);
    while (static_cast<int64_t>(ng.nodes.size()) - 1 < wanted) {
      const bool named = preferred.size() > ng.nodes.size();
      add_replica(ctx, group, ng, subnets, named ? preferred[ng.nodes.size()] : "");
      any = true;
    }
  }
  if (!any) throw no_operation("The replica count is already as requested.");
  name_endpoints(ctx, group);
  return begin(ctx, group, "elasticache.replica.creating");
}

Value decrease(Context& ctx, Input in) {
  ReplicationGroup& group = editable(ctx, in);
  in.ignore("ApplyImmediately");
  const auto common = in.optional_integer("NewReplicaCount");
  const auto named = in.strings("ReplicasToRemove");
  bool any = false;
  for (NodeGroup& ng : group.node_groups) {
    std::vector<std::string> zones;
    const int64_t wanted = wanted_replicas(in, ng, common, zones);
    for (size_t i = ng.nodes.size(); i-- > 0;) {
      const CacheNode& node = ng.nodes[i];
      const bool chosen = std::ranges::find(named, node.cluster_id) != named.end();
      if (chosen && node.role == "primary") {
        throw invalid_parameter_value(
            cat("The primary ", node.cluster_id, " cannot be removed as a replica."));
      }
      const bool surplus = named.empty() && node.role != "primary" &&
                           static_cast<int64_t>(ng.nodes.size()) - 1 > wanted;
      if (!chosen && !surplus) continue;
      remove_node(ctx, ng, i);
      any = true;
    }
  }
  if (!any) throw no_operation("The replica count is already as requested.");
  check_failover(group);
  return begin(ctx, group, "elasticache.group.modifying");
}

Value test_failover(Context& ctx, Input in) {
  ReplicationGroup& group = editable(ctx, in);
  const std::string id = in.string("NodeGroupId");
  if (!group.automatic_failover) {
    throw invalid_replication_group_state(
        "Automatic failover must be enabled to test it on this replication group.");
  }
  const auto ng = std::ranges::find(group.node_groups, id, &NodeGroup::id);
  if (ng == group.node_groups.end()) throw node_group_not_found(id);
  if (!ng->failover_phase.empty())
    throw test_failover_not_available(cat("A failover of node group ", id, " is in progress."));
  const bool replica = std::ranges::any_of(ng->nodes, [](const CacheNode& node) {
    return node.role == "replica" && node.serving_since;
  });
  if (!replica)
    throw test_failover_not_available(cat("Node group ", id, " has no available replica."));
  record_event(ctx, "replication-group", group.id,
               cat("Test Failover API called for node group ", id));
  group.status = "modifying";
  begin_failover(ctx, group, *ng, "TestFailover was called.");
  return {{"ReplicationGroup", describe(ctx, group)}};
}

}  // namespace

void set_replica_count(sim::Scope& scope, std::string_view id, int64_t replicas) {
  const ReplicationGroup& found = replication_group_at(scope, std::string(id));
  require_available(found);
  check_replicas(replicas);
  ReplicationGroup& group = scope.edit<ReplicationGroup>(std::string(found.id));
  const SubnetGroup& subnets = subnet_group_for(scope, group.subnet_group);
  const auto wanted = static_cast<size_t>(replicas) + 1;
  bool grows = false;
  for (NodeGroup& ng : group.node_groups) {
    grows |= ng.nodes.size() < wanted;
    while (ng.nodes.size() < wanted) add_replica(scope, group, ng, subnets, "");
    for (size_t i = ng.nodes.size(); i-- > 0 && ng.nodes.size() > wanted;)
      if (ng.nodes[i].role != "primary") remove_node(scope, ng, i);
  }
  check_failover(group);
  name_endpoints(scope, group);
  start_change(scope, group,
               grows ? "elasticache.replica.creating" : "elasticache.group.modifying");
}

std::span<const api::HandlerRow> group_modify_rows() {
  static const api::HandlerRow rows[] = {
      {"ModifyReplicationGroup", api::Writes, modify},
      {"IncreaseReplicaCount", api::Writes, increase},
      {"DecreaseReplicaCount", api::Writes, decrease},
      {"TestFailover", api::Writes, test_failover},
  };
  return rows;
}

std::span<const sim::EventRow> group_modify_events() {
  static const sim::EventRow rows[] = {{"elasticache.group.modified", modified}};
  return rows;
}

}  // namespace squall::elasticache
