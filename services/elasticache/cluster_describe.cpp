// DescribeCacheClusters: clusters of their own, and the members of replication groups.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

Value describe_node(const CacheCluster& c, size_t i) {
  const CacheNode& node = c.nodes[i];
  Value v{{"CacheNodeId", node_number(i)},
          {"CacheNodeStatus", node.status},
          {"CacheNodeCreateTime", node.created},
          {"ParameterGroupStatus", "in-sync"},
          {"CustomerAvailabilityZone", node.zone}};
  if (node.status != "creating")
    v.add("Endpoint", Value{{"Address", node.endpoint_address}, {"Port", c.port}});
  return v;
}

/// A member of a replication group looks like a cluster of one node.
Value describe_member(const sim::Scope& scope, const ReplicationGroup& g, const CacheNode& node,
                      bool with_nodes) {
  CacheCluster c;
  c.id = node.cluster_id;
  c.arn = scope.arn("elasticache", cat("cluster:", node.cluster_id));
  c.status = node.status;
  c.engine = g.engine;
  c.engine_version = g.engine_version;
  c.node_type = g.node_type;
  c.parameter_group = g.parameter_group;
  c.subnet_group = g.subnet_group;
  c.maintenance_window = g.maintenance_window;
  c.notification_topic_arn = g.notification_topic_arn;
  c.snapshot_window = g.snapshot_window;
  c.snapshot_retention_days = g.snapshot_retention_days;
  c.auto_minor_upgrade = g.auto_minor_upgrade;
  c.transit_encryption = g.transit_encryption;
  c.group_ids = g.group_ids;
  c.port = g.port;
  c.created = node.created;
  c.nodes = {node};
  Value v = describe(c, with_nodes);
  v.add("ReplicationGroupId", g.id);
  v.set("AuthTokenEnabled", !g.auth_token.empty());
  v.set("AtRestEncryptionEnabled", g.at_rest_encryption);
  v.add("ReplicationGroupLogDeliveryEnabled", false);
  if (g.transit_encryption) v.add("TransitEncryptionMode", g.transit_encryption_mode);
  return v;
}

Value describe_clusters(Context& ctx, Input in) {
  const std::string id = to_lower(in.string("CacheClusterId"));
  const bool with_nodes = in.boolean("ShowCacheNodeInfo"),
             alone_only = in.boolean("ShowCacheClustersNotInReplicationGroups");
  const PageRequest request = page_from(in);
  std::map<std::string, const ReplicationGroup*> ids;  // nullptr: a cluster of its own
  for (const CacheCluster& c : ctx.all<CacheCluster>()) ids[c.id] = nullptr;
  if (!alone_only) {
    for (const ReplicationGroup& g : ctx.all<ReplicationGroup>())
      for (const NodeGroup& ng : g.node_groups)
        for (const CacheNode& node : ng.nodes) ids[node.cluster_id] = &g;
  }
  if (!id.empty() && !ids.contains(id)) throw cache_cluster_not_found(id);
  Value items = Value::list();
  std::string last;
  for (auto at = ids.upper_bound(request.after); at != ids.end(); ++at) {
    const auto& [name, g] = *at;
    if (!id.empty() && name != id) continue;
    if (items.size() == request.limit)
      return {{"CacheClusters", items}, {"Marker", base64_encode(cat("v1:", last))}};
    if (!g) {
      items.push(describe(*ctx.view<CacheCluster>(name), with_nodes));
    } else {
      for (const NodeGroup& ng : g->node_groups)
        for (const CacheNode& node : ng.nodes)
          if (node.cluster_id == name) items.push(describe_member(ctx, *g, node, with_nodes));
    }
    last = name;
  }
  return {{"CacheClusters", items}};
}

}  // namespace

std::string node_number(size_t index) {
  std::string text = std::to_string(index + 1);
  return std::string(4 - std::min<size_t>(4, text.size()), '0') + text;
}

Value describe(const CacheCluster& c, bool with_nodes) {
  std::string zone = c.nodes.empty() ? "" : c.nodes[0].zone;
  for (const CacheNode& node : c.nodes)
    if (node.zone != zone) zone = "Multiple";
  Value v{{"CacheClusterId", c.id},
          {"CacheNodeType", c.node_type},
          {"Engine", c.engine},
          {"EngineVersion", c.engine_version},
          {"CacheClusterStatus", c.status},
          {"NumCacheNodes", c.nodes.size()},
          {"PreferredAvailabilityZone", zone},
          {"CacheClusterCreateTime", c.created},
          {"PreferredMaintenanceWindow", c.maintenance_window},
          {"PendingModifiedValues", Value::map()},
          {"CacheSecurityGroups", Value::list()},
          {"CacheParameterGroup", Value{{"CacheParameterGroupName", c.parameter_group},
                                        {"ParameterApplyStatus", "in-sync"},
                                        {"CacheNodeIdsToReboot", Value::list()}}},
          {"CacheSubnetGroupName", c.subnet_group},
          {"AutoMinorVersionUpgrade", c.auto_minor_upgrade},
          {"SecurityGroups", list_of(c.group_ids,
                                     [](const std::string& id) {
                                       return Value{{"SecurityGroupId", id}, {"Status", "active"}};
                                     })},
          {"AuthTokenEnabled", false},
          {"TransitEncryptionEnabled", c.transit_encryption},
          {"AtRestEncryptionEnabled", false},
          {"ARN", c.arn},
          {"NetworkType", "ipv4"},
          {"IpDiscovery", "ipv4"}};
  if (!c.notification_topic_arn.empty())
    v.add("NotificationConfiguration",
          Value{{"TopicArn", c.notification_topic_arn}, {"TopicStatus", "active"}});
  if (c.engine != "memcached") {
    v.add("SnapshotRetentionLimit", c.snapshot_retention_days);
    v.add("SnapshotWindow", c.snapshot_window);
  } else if (c.status != "creating") {
    v.add("ConfigurationEndpoint", Value{{"Address", c.configuration_endpoint}, {"Port", c.port}});
  }
  if (!with_nodes) return v;
  Value nodes = Value::list();
  for (size_t i = 0; i < c.nodes.size(); ++i) nodes.push(describe_node(c, i));
  v.add("CacheNodes", nodes);
  return v;
}

std::span<const api::HandlerRow> cluster_view_rows() {
  static const api::HandlerRow rows[] = {{"DescribeCacheClusters", api::Reads, describe_clusters}};
  return rows;
}

}  // namespace squall::elasticache
