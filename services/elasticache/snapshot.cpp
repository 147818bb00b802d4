// Snapshots of replication groups and clusters: create, describe, copy, delete.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

Value describe(const Snapshot& s, bool with_nodes) {
  Value v{{"SnapshotName", s.id},
          {"SnapshotStatus", s.status},
          {"SnapshotSource", s.source},
          {"CacheNodeType", s.node_type},
          {"Engine", s.engine},
          {"EngineVersion", s.engine_version},
          {"PreferredMaintenanceWindow", s.maintenance_window},
          {"Port", s.port},
          {"CacheParameterGroupName", s.parameter_group},
          {"CacheSubnetGroupName", s.subnet_group},
          {"VpcId", s.vpc_id},
          {"AutoMinorVersionUpgrade", s.auto_minor_upgrade},
          {"SnapshotRetentionLimit", s.retention_days},
          {"SnapshotWindow", s.snapshot_window},
          {"ARN", s.arn},
          {"DataTiering", "disabled"}};
  if (!s.replication_group_id.empty()) {
    v.add("ReplicationGroupId", s.replication_group_id);
    v.add("ReplicationGroupDescription", s.replication_group_description);
    v.add("NumNodeGroups", s.node_group_ids.size());
    v.add("AutomaticFailover", s.automatic_failover ? "enabled" : "disabled");
  } else {
    v.add("CacheClusterId", s.cluster_id);
    v.add("NumCacheNodes", 1);
    v.add("CacheClusterCreateTime", s.created);
  }
  if (!s.kms_key_id.empty()) v.add("KmsKeyId", s.kms_key_id);
  if (!with_nodes) return v;
  Value nodes = Value::list();
  for (size_t i = 0; i < s.node_ids.size(); ++i) {
    Value node{{"CacheClusterId", s.node_ids[i]},
               {"CacheNodeId", "0001"},
               {"SnapshotCreateTime", s.created}};
    if (i < s.node_group_ids.size()) node.add("NodeGroupId", s.node_group_ids[i]);
    nodes.push(node);
  }
  v.add("NodeSnapshots", nodes);
  return v;
}

Snapshot named(const sim::Scope& scope, const std::string& raw) {
  Snapshot s;
  s.id = to_lower(raw);
  if (s.id.empty()) throw invalid_parameter_value("The snapshot name must not be blank.");
  if (scope.has<Snapshot>(s.id)) throw snapshot_already_exists(s.id);
  s.arn = scope.arn("elasticache", cat("snapshot:", s.id));
  s.created = scope.now();
  return s;
}

void add(Context& ctx, Snapshot s) {
  const std::string id = ctx.add(std::move(s)).id;
  ctx.after(ctx.latency("elasticache.snapshot.creating", id), "elasticache.snapshot.created", id);
}

Value create_snapshot(Context& ctx, Input in) {
  const std::string group_id = in.string("ReplicationGroupId"),
                    cluster_id = to_lower(in.string("CacheClusterId")),
                    name = in.string("SnapshotName");
  if (group_id.empty() == cluster_id.empty()) {
    throw invalid_parameter_combination(
        "Exactly one of ReplicationGroupId and CacheClusterId must be specified.");
  }
  if (!group_id.empty()) {
    const ReplicationGroup& group = replication_group_at(ctx, group_id);
    require_available(group);
    make_snapshot(ctx, group, name);
  } else if (const ReplicationGroup* group = group_of(ctx, cluster_id)) {
    require_available(*group);
    make_snapshot(ctx, *group, name);
  } else {
    const CacheCluster* cluster = ctx.view<CacheCluster>(cluster_id);
    if (!cluster) throw cache_cluster_not_found(cluster_id);
    make_snapshot(ctx, *cluster, name);
  }
  Snapshot& s = ctx.edit<Snapshot>(to_lower(name));
  s.tags = tags_from(in.list("Tags"));
  s.kms_key_id = in.string("KmsKeyId", s.kms_key_id);
  return {{"Snapshot", describe(s, false)}};
}

void created(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Snapshot>(event.subject)) return;
  Snapshot& s = scope.edit<Snapshot>(event.subject);
  s.status = "available";
  const bool of_group = !s.replication_group_id.empty();
  record_event(scope, of_group ? "replication-group" : "cache-cluster",
               of_group ? s.replication_group_id : s.cluster_id,
               cat("Snapshot succeeded for snapshot with ID '", s.id, "'"));
}

Value describe_snapshots(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("SnapshotName")),
                    group = to_lower(in.string("ReplicationGroupId")),
                    cluster = to_lower(in.string("CacheClusterId")),
                    source = in.string("SnapshotSource");
  const bool with_nodes = in.boolean("ShowNodeGroupConfig");
  if (!name.empty() && !ctx.has<Snapshot>(name)) throw snapshot_not_found(name);
  const std::string wanted_source = source == "user"     ? "manual"
                                    : source == "system" ? "automated"
                                                         : source;
  const auto limit = in.optional_integer("MaxRecords");
  const PageRequest request =
      page_request(in.string("Marker"), limit.value_or(50), invalid_marker());
  const Page page = paginate(
      ctx.all<Snapshot>(), request,
      [&](const Snapshot& s) {
        return (name.empty() || s.id == name) &&
               (group.empty() || s.replication_group_id == group) &&
               (cluster.empty() || s.cluster_id == cluster ||
                std::ranges::find(s.node_ids, cluster) != s.node_ids.end()) &&
               (wanted_source.empty() || s.source == wanted_source);
      },
      [&](const Snapshot& s) { return describe(s, with_nodes); });
  return {{"Snapshots", page.items}, {"Marker", page.next_token}};
}

Value copy_snapshot(Context& ctx, Input in) {
  const std::string source = to_lower(in.string("SourceSnapshotName"));
  const Snapshot* found = ctx.view<Snapshot>(source);
  if (!found) throw snapshot_not_found(source);
  if (found->status != "available") {
    throw AwsError{"InvalidSnapshotState",
                   cat("Snapshot ", source, " is not in the available state.")};
  }
  const Snapshot identity = named(ctx, in.string("TargetSnapshotName"));
  Snapshot copy = *found;
  copy.id = identity.id;
  copy.arn = identity.arn;
  copy.created = ctx.now();
  copy.status = "creating";
  copy.source = "manual";
  copy.tags = tags_from(in.list("Tags"));
  copy.kms_key_id = in.string("KmsKeyId", copy.kms_key_id);
  const Value answer{{"Snapshot", describe(copy, false)}};
  add(ctx, std::move(copy));
  return answer;
}

Value delete_snapshot(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("SnapshotName"));
  const Snapshot* found = ctx.view<Snapshot>(name);
  if (!found) throw snapshot_not_found(name);
  Value answer = describe(*found, false);
  answer.set("SnapshotStatus", "deleting");
  ctx.erase<Snapshot>(name);
  return {{"Snapshot", answer}};
}

}  // namespace

void make_snapshot(Context& ctx, const ReplicationGroup& group, const std::string& name) {
  Snapshot s = named(ctx, name);
  s.replication_group_id = group.id;
  s.replication_group_description = group.description;
  s.engine = group.engine;
  s.engine_version = group.engine_version;
  s.node_type = group.node_type;
  s.parameter_group = group.parameter_group;
  s.subnet_group = group.subnet_group;
  s.vpc_id = group.vpc_id;
  s.snapshot_window = group.snapshot_window;
  s.maintenance_window = group.maintenance_window;
  s.kms_key_id = group.kms_key_id;
  s.port = group.port;
  s.retention_days = group.snapshot_retention_days;
  s.automatic_failover = group.automatic_failover;
  s.auto_minor_upgrade = group.auto_minor_upgrade;
  for (const NodeGroup& ng : group.node_groups) {
    s.node_group_ids.push_back(ng.id);
    if (const CacheNode* primary = primary_of(ng)) s.node_ids.push_back(primary->cluster_id);
  }
  add(ctx, std::move(s));
}

void make_snapshot(Context& ctx, const CacheCluster& cluster, const std::string& name) {
  if (cluster.engine == "memcached") {
    throw AwsError{"SnapshotFeatureNotSupportedFault",
                   "Snapshots are not supported by the Memcached engine."};
  }
  Snapshot s = named(ctx, name);
  s.cluster_id = cluster.id;
  s.engine = cluster.engine;
  s.engine_version = cluster.engine_version;
  s.node_type = cluster.node_type;
  s.parameter_group = cluster.parameter_group;
  s.subnet_group = cluster.subnet_group;
  s.vpc_id = cluster.vpc_id;
  s.snapshot_window = cluster.snapshot_window;
  s.maintenance_window = cluster.maintenance_window;
  s.port = cluster.port;
  s.retention_days = cluster.snapshot_retention_days;
  s.auto_minor_upgrade = cluster.auto_minor_upgrade;
  s.node_ids = {cluster.id};
  add(ctx, std::move(s));
}

std::span<const api::HandlerRow> snapshot_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateSnapshot", api::Writes, create_snapshot},
      {"DescribeSnapshots", api::Reads, describe_snapshots},
      {"CopySnapshot", api::Writes, copy_snapshot},
      {"DeleteSnapshot", api::Writes, delete_snapshot},
  };
  return rows;
}

std::span<const sim::EventRow> snapshot_events() {
  static const sim::EventRow rows[] = {{"elasticache.snapshot.created", created}};
  return rows;
}

}  // namespace squall::elasticache
