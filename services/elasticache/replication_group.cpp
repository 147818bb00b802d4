// Replication groups: create, describe, delete, and their course to available.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

std::string on_off(bool on) { return on ? "enabled" : "disabled"; }

Value endpoint(const std::string& address, int64_t port) {
  return {{"Address", address}, {"Port", port}};
}

std::string node_group_status(const ReplicationGroup& group, const NodeGroup& ng) {
  if (group.status == "creating") return "creating";
  return ng.failover_phase.empty() && group.status == "available" ? "available" : "modifying";
}

Value describe_node_group(const ReplicationGroup& group, const NodeGroup& ng) {
  const bool made = group.status != "creating";
  Value v{{"NodeGroupId", ng.id}, {"Status", node_group_status(group, ng)}};
  if (made && !group.cluster_enabled) {
    v.add("PrimaryEndpoint", endpoint(ng.primary_endpoint, group.port));
    v.add("ReaderEndpoint", endpoint(ng.reader_endpoint, group.port));
  }
  if (!ng.slots.empty()) v.add("Slots", ng.slots);
  v.add("NodeGroupMembers", list_of(ng.nodes, [&](const CacheNode& node) {
          Value m{{"CacheClusterId", node.cluster_id},
                  {"CacheNodeId", "0001"},
                  {"PreferredAvailabilityZone", node.zone}};
          if (made && !group.cluster_enabled) {
            m.add("ReadEndpoint", endpoint(node.endpoint_address, group.port));
            m.add("CurrentRole", node.role);
          }
          return m;
        }));
  return v;
}

Value create_group(Context& ctx, Input in) {
  for (const char* member : {"GlobalReplicationGroupId", "PrimaryClusterId", "SnapshotName"}) {
    if (in.has(member)) {
      throw invalid_parameter_combination(
          cat(member, " is not supported: a replication group is created empty and by itself."));
    }
  }
  const ReplicationGroup& group = ctx.add(replication_group_from(ctx, in));
  ctx.after(ctx.latency("elasticache.group.creating", group.id), "elasticache.group.created",
            group.id);
  return {{"ReplicationGroup", describe(ctx, group)}};
}

void created(sim::Scope& scope, const sim::Event& event) {
  const ReplicationGroup* before = scope.view<ReplicationGroup>(event.subject);
  if (!before || before->status != "creating") return;
  ReplicationGroup& group = scope.edit<ReplicationGroup>(event.subject);
  group.status = "available";
  for (NodeGroup& ng : group.node_groups) {
    for (CacheNode& node : ng.nodes) {
      node.status = "available";
      if (!is_dark(scope, node)) node.serving_since = scope.now();
      record_event(scope, "cache-cluster", node.cluster_id, "Cache cluster created");
    }
  }
  record_event(scope, "replication-group", group.id,
               cat("Replication group ", group.id, " created"));
  look_after(scope, group.id);
}

Value describe_groups(Context& ctx, Input in) {
  const std::string id = to_lower(in.string("ReplicationGroupId"));
  if (!id.empty()) replication_group_at(ctx, id);
  const Page page = paginate(
      ctx.all<ReplicationGroup>(), page_from(in),
      [&](const ReplicationGroup& g) { return id.empty() || g.id == id; },
      [&](const ReplicationGroup& g) { return describe(ctx, g); });
  return {{"ReplicationGroups", page.items}, {"Marker", page.next_token}};
}

Value delete_group(Context& ctx, Input in) {
  const ReplicationGroup& before = replication_group_at(ctx, in.string("ReplicationGroupId"));
  require_available(before);
  if (in.boolean("RetainPrimaryCluster")) {
    throw invalid_parameter_combination(
        "Retaining the primary cluster is not supported for this replication group.");
  }
  const std::string id = before.id, snapshot = in.string("FinalSnapshotIdentifier");
  if (!snapshot.empty()) make_snapshot(ctx, before, snapshot);
  ReplicationGroup& group = ctx.edit<ReplicationGroup>(id);
  group.status = "deleting";
  for (NodeGroup& ng : group.node_groups) {
    ++ng.generation;
    for (CacheNode& node : ng.nodes) {
      node.status = "deleting";
      node.serving_since.reset();
    }
  }
  ctx.after(ctx.latency("elasticache.group.deleting", id), "elasticache.group.deleted", id);
  return {{"ReplicationGroup", describe(ctx, group)}};
}

void deleted(sim::Scope& scope, const sim::Event& event) {
  const ReplicationGroup* group = scope.view<ReplicationGroup>(event.subject);
  if (!group || group->status != "deleting") return;
  for (const NodeGroup& ng : group->node_groups) {
    for (const CacheNode& node : ng.nodes) {
      release_node(scope, node);
      record_event(scope, "cache-cluster", node.cluster_id, "Cache cluster deleted");
    }
  }
  record_event(scope, "replication-group", event.subject,
               cat("Replication group ", event.subject, " deleted"));
  scope.erase<ReplicationGroup>(event.subject);
}

}  // namespace

Value describe(const sim::Scope&, const ReplicationGroup& group) {
  Value members = Value::list();
  for (const NodeGroup& ng : group.node_groups)
    for (const CacheNode& node : ng.nodes) members.push(node.cluster_id);
  Value v{
      {"ReplicationGroupId", group.id},
      {"Description", group.description},
      {"GlobalReplicationGroupInfo", Value::map()},
      {"Status", group.status},
      {"PendingModifiedValues", Value::map()},
      {"MemberClusters", members},
      {"NodeGroups", list_of(group.node_groups,
                             [&](const NodeGroup& ng) { return describe_node_group(group, ng); })},
      {"AutomaticFailover", on_off(group.automatic_failover)},
      {"MultiAZ", on_off(group.multi_az)},
      {"SnapshotRetentionLimit", group.snapshot_retention_days},
      {"SnapshotWindow", group.snapshot_window},
      {"ClusterEnabled", group.cluster_enabled},
      {"CacheNodeType", group.node_type},
      {"AuthTokenEnabled", !group.auth_token.empty()},
      {"TransitEncryptionEnabled", group.transit_encryption},
      {"AtRestEncryptionEnabled", group.at_rest_encryption},
      {"ARN", group.arn},
      {"UserGroupIds", group.user_group_ids},
      {"LogDeliveryConfigurations", Value::list()},
      {"ReplicationGroupCreateTime", group.created},
      {"DataTiering", on_off(group.node_type.starts_with("cache.r6gd"))},
      {"AutoMinorVersionUpgrade", group.auto_minor_upgrade},
      {"NetworkType", group.network_type},
      {"IpDiscovery", "ipv4"},
      {"ClusterMode", on_off(group.cluster_enabled)},
      {"Engine", group.engine}};
  if (group.auth_token_modified) v.add("AuthTokenLastModifiedDate", *group.auth_token_modified);
  if (!group.kms_key_id.empty()) v.add("KmsKeyId", group.kms_key_id);
  if (group.transit_encryption) v.add("TransitEncryptionMode", group.transit_encryption_mode);
  if (group.cluster_enabled && group.status != "creating" && !group.node_groups.empty())
    v.add("ConfigurationEndpoint", endpoint(group.node_groups[0].primary_endpoint, group.port));
  return v;
}

const ReplicationGroup& replication_group_at(const sim::Scope& scope, const std::string& id) {
  const ReplicationGroup* group = scope.view<ReplicationGroup>(to_lower(id));
  if (!group) throw replication_group_not_found(id);
  return *group;
}

void require_available(const ReplicationGroup& group) {
  if (group.status == "available") return;
  throw invalid_replication_group_state(cat("Replication group ", group.id, " has status ",
                                            group.status,
                                            " which is not valid for this operation."));
}

void name_endpoints(const sim::Scope& scope, ReplicationGroup& group) {
  const std::string hash = endpoint_hash(scope);
  const std::string tail = cat('.', region_label(scope.region()), ".cache.amazonaws.com");
  for (NodeGroup& ng : group.node_groups) {
    if (group.cluster_enabled) {
      // Clients learn the nodes from the configuration endpoint, which all node groups share.
      ng.primary_endpoint = cat("clustercfg.", group.id, '.', hash, tail);
      ng.reader_endpoint.clear();
    } else if (group.transit_encryption) {
      ng.primary_endpoint = cat("master.", group.id, '.', hash, tail);
      ng.reader_endpoint = cat("replica.", group.id, '.', hash, tail);
    } else {
      ng.primary_endpoint = cat(group.id, '.', hash, ".ng.", ng.id, tail);
      ng.reader_endpoint = cat(group.id, "-ro.", hash, ".ng.", ng.id, tail);
    }
    for (CacheNode& node : ng.nodes) {
      node.endpoint_address = group.transit_encryption
                                  ? cat(node.cluster_id, '.', group.id, '.', hash, tail)
                                  : cat(node.cluster_id, '.', hash, ".0001", tail);
    }
  }
}

CacheNode* primary_of(NodeGroup& ng) {
  for (CacheNode& node : ng.nodes)
    if (node.role == "primary") return &node;
  return nullptr;
}

const CacheNode* primary_of(const NodeGroup& ng) { return primary_of(const_cast<NodeGroup&>(ng)); }

const ReplicationGroup* group_of(const sim::Scope& scope, std::string_view cluster_id) {
  const auto found = scope.by<ReplicationGroup>(cat("cluster:", cluster_id));
  return found.empty() ? nullptr : found.front();
}

std::span<const api::HandlerRow> replication_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateReplicationGroup", api::Writes, create_group},
      {"DescribeReplicationGroups", api::Reads, describe_groups},
      {"DeleteReplicationGroup", api::Writes, delete_group},
  };
  return rows;
}

std::span<const sim::EventRow> replication_group_events() {
  static const sim::EventRow rows[] = {
      {"elasticache.group.created", created},
      {"elasticache.group.deleted", deleted},
  };
  return rows;
}

}  // namespace squall::elasticache
