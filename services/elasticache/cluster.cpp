// Cache clusters: Memcached and single nodes of Redis and Valkey.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

void set_engine(const sim::Scope& scope, const Input& in, CacheCluster& c) {
  c.engine = to_lower(in.string("Engine", "memcached"));
  if (c.engine != "memcached" && c.engine != "redis" && c.engine != "valkey")
    throw invalid_parameter_value(cat("Invalid cache engine: ", c.engine));
  const std::string version = in.string("EngineVersion");
  const EngineVersion* found = find_version(c.engine, version);
  if (!found) {
    throw invalid_parameter_combination(cat("Cannot find version ", version, " for ", c.engine));
  }
  c.engine_version = found->version;
  c.node_type = in.string("CacheNodeType");
  if (!is_node_type(c.node_type))
    throw invalid_parameter_value(cat("The cache node type ", c.node_type, " is not valid."));
  c.parameter_group =
      to_lower(in.string("CacheParameterGroupName", cat("default.", found->family)));
  const std::string family = parameter_group_family(scope, c.parameter_group);
  if (family.empty()) throw parameter_group_not_found(c.parameter_group);
  if (family != found->family) {
    throw invalid_parameter_combination(cat("Expected a parameter group of family ", found->family,
                                            " but found one of family ", family));
  }
  c.port = in.integer("Port", c.engine == "memcached" ? 11211 : 6379);
}

std::vector<std::string> places(const Input& in, const std::vector<std::string>& zones,
                                int64_t nodes) {
  std::vector<std::string> wanted = in.strings("PreferredAvailabilityZones");
  const std::string one = in.string("PreferredAvailabilityZone");
  const bool cross_zone = in.string("AZMode", "single-az") == "cross-az" || one == "Multiple";
  if (!wanted.empty() && wanted.size() != static_cast<size_t>(nodes)) {
    throw invalid_parameter_combination(
        "The number of preferred Availability Zones must equal the number of cache nodes.");
  }
  if (cross_zone && nodes < 2)
    throw invalid_parameter_combination("cross-az requires more than one cache node.");
  for (size_t i = wanted.size(); i < static_cast<size_t>(nodes); ++i)
    wanted.push_back(cross_zone ? zones[i % zones.size()] : one.empty() ? zones[0] : one);
  for (const std::string& zone : wanted) require_zone(zones, zone);
  return wanted;
}

void name_endpoints(const sim::Scope& scope, CacheCluster& c) {
  const std::string hash = endpoint_hash(scope);
  const std::string tail = cat('.', region_label(scope.region()), ".cache.amazonaws.com");
  for (size_t i = 0; i < c.nodes.size(); ++i)
    c.nodes[i].endpoint_address = cat(c.id, '.', hash, '.', node_number(i), tail);
  c.configuration_endpoint =
      c.engine == "memcached" ? cat(c.id, '.', hash, ".cfg", tail) : std::string();
}

void add_nodes(sim::Scope& scope, CacheCluster& c, const std::vector<std::string>& zones) {
  const SubnetGroup& subnets = subnet_group_for(scope, c.subnet_group);
  for (const std::string& zone : zones) {
    CacheNode node = make_node(scope, subnets, c.group_ids, c.id, zone);
    node.role = "primary";
    c.nodes.push_back(std::move(node));
  }
  name_endpoints(scope, c);
}

Value create_cluster(Context& ctx, Input in) {
  for (const char* member : {"ReplicationGroupId", "SnapshotName", "AuthToken"}) {
    if (in.has(member)) {
      throw invalid_parameter_combination(
          cat(member, " is not supported here; use the replication group's own operations."));
    }
  }
  CacheCluster c;
  c.id = identifier(in.string("CacheClusterId"), "CacheClusterIdentifier", 50);
  c.arn = ctx.arn("elasticache", cat("cluster:", c.id));
  set_engine(ctx, in, c);
  const int64_t nodes = in.integer("NumCacheNodes", 1);
  if (nodes < 1 || nodes > 40)
    throw invalid_parameter_value("The number of cache nodes must be between 1 and 40.");
  if (c.engine != "memcached" && nodes != 1) {
    throw invalid_parameter_value(cat("Cannot create a ", engine_description(c.engine),
                                      " cluster with a NumCacheNodes parameter greater than 1."));
  }
  c.snapshot_retention_days = in.integer("SnapshotRetentionLimit");
  c.snapshot_window = in.string("SnapshotWindow", "03:00-04:00");
  c.maintenance_window = to_lower(in.string("PreferredMaintenanceWindow", "sun:05:00-sun:06:00"));
  c.notification_topic_arn = in.string("NotificationTopicArn");
  c.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", true);
  c.transit_encryption = in.boolean("TransitEncryptionEnabled");
  c.tags = tags_from(in.list("Tags"));
  if (ctx.has<CacheCluster>(c.id) || group_of(ctx, c.id)) throw cache_cluster_already_exists(c.id);
  const SubnetGroup& subnets = subnet_group_for(ctx, in.string("CacheSubnetGroupName"));
  c.subnet_group = subnets.id;
  c.vpc_id = subnets.vpc_id;
  c.group_ids = in.strings("SecurityGroupIds");
  if (c.group_ids.empty()) c.group_ids = default_group(ctx, c.vpc_id);
  check_security_groups(ctx, c.group_ids, c.vpc_id);
  c.created = ctx.now();
  add_nodes(ctx, c, places(in, zones_of(ctx, subnets), nodes));
  const CacheCluster& added = ctx.add(std::move(c));
  ctx.after(ctx.latency("elasticache.cluster.creating", added.id), "elasticache.cluster.ready",
            added.id);
  return {{"CacheCluster", describe(added, true)}};
}

/// Created, rebooted or modified: every node that has power serves.
void ready(sim::Scope& scope, const sim::Event& event) {
  const CacheCluster* before = scope.view<CacheCluster>(event.subject);
  if (!before || before->status == "deleting" || before->status == "available") return;
  CacheCluster& c = scope.edit<CacheCluster>(event.subject);
  if (c.status == "creating") record_event(scope, "cache-cluster", c.id, "Cache cluster created");
  if (c.status == "rebooting cluster nodes")
    record_event(scope, "cache-cluster", c.id, "Cache nodes rebooted");
  c.status = "available";
  for (CacheNode& node : c.nodes) {
    node.status = "available";
    node.dark = is_dark(scope, node);
    if (!node.dark && !node.serving_since) node.serving_since = scope.now();
    if (node.dark) node.serving_since.reset();
  }
}

CacheCluster& editable(Context& ctx, const std::string& raw) {
  const std::string id = to_lower(raw);
  if (group_of(ctx, id)) {
    throw invalid_cache_cluster_state(
        cat("Cache cluster ", id, " is part of a replication group; use its operations."));
  }
  const CacheCluster* c = ctx.view<CacheCluster>(id);
  if (!c) throw cache_cluster_not_found(id);
  if (c->status != "available") {
    throw invalid_cache_cluster_state(
        cat("Cache cluster ", id, " is not in the available state: ", c->status));
  }
  return ctx.edit<CacheCluster>(id);
}

void resize(Context& ctx, const Input& in, CacheCluster& c) {
  const auto wanted = in.optional_integer("NumCacheNodes");
  auto removed = in.strings("CacheNodeIdsToRemove");
  const auto zones = in.strings("NewAvailabilityZones");
  if (!wanted || *wanted == static_cast<int64_t>(c.nodes.size())) return;
  if (c.engine != "memcached" || *wanted < 1 || *wanted > 40)
    throw invalid_parameter_value(cat("Invalid number of cache nodes: ", *wanted));
  const size_t count = static_cast<size_t>(*wanted);
  if (count > c.nodes.size()) {
    std::vector<std::string> places = zones;
    while (places.size() < count - c.nodes.size()) places.push_back(c.nodes[0].zone);
    for (const std::string& zone : places)
      require_zone(zones_of(ctx, subnet_group_for(ctx, c.subnet_group)), zone);
    add_nodes(ctx, c, places);
    return;
  }
  if (removed.size() != c.nodes.size() - count) {
    throw invalid_parameter_combination(
        "CacheNodeIdsToRemove must list as many nodes as are to be removed.");
  }
  for (size_t i = c.nodes.size(); i-- > 0;) {
    if (std::ranges::find(removed, node_number(i)) == removed.end()) continue;
    release_node(ctx, c.nodes[i]);
    c.nodes.erase(c.nodes.begin() + static_cast<std::ptrdiff_t>(i));
  }
  name_endpoints(ctx, c);
}

Value modify_cluster(Context& ctx, Input in) {
  CacheCluster& c = editable(ctx, in.string("CacheClusterId"));
  resize(ctx, in, c);
  // Every modification here takes effect now: there is no maintenance window to wait for.
  in.ignore("ApplyImmediately");
  if (auto type = in.optional_string("CacheNodeType")) {
    if (!is_node_type(*type))
      throw invalid_parameter_value(cat("The cache node type ", *type, " is not valid."));
    c.node_type = *type;
  }
  if (auto version = in.optional_string("EngineVersion")) {
    const EngineVersion* found = find_version(c.engine, *version);
    if (!found) throw invalid_parameter_combination(cat("Cannot find version ", *version));
    c.engine_version = found->version;
  }
  if (auto name = in.optional_string("CacheParameterGroupName")) {
    if (parameter_group_family(ctx, to_lower(*name)).empty())
      throw parameter_group_not_found(*name);
    c.parameter_group = to_lower(*name);
  }
  if (in.has("SecurityGroupIds")) {
    check_security_groups(ctx, in.strings("SecurityGroupIds"), c.vpc_id);
    c.group_ids = in.strings("SecurityGroupIds");
  }
  c.maintenance_window = to_lower(in.string("PreferredMaintenanceWindow", c.maintenance_window));
  c.snapshot_window = in.string("SnapshotWindow", c.snapshot_window);
  c.snapshot_retention_days = in.integer("SnapshotRetentionLimit", c.snapshot_retention_days);
  c.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", c.auto_minor_upgrade);
  c.notification_topic_arn = in.string("NotificationTopicArn", c.notification_topic_arn);
  c.status = "modifying";
  ctx.after(ctx.latency("elasticache.cluster.modifying", c.id), "elasticache.cluster.ready", c.id);
  return {{"CacheCluster", describe(c, true)}};
}

Value reboot_cluster(Context& ctx, Input in) {
  CacheCluster& c = editable(ctx, in.string("CacheClusterId"));
  for (const std::string& number : in.strings("CacheNodeIdsToReboot")) {
    const size_t i = static_cast<size_t>(parse_int(number).value_or(0)) - 1;
    if (i >= c.nodes.size())
      throw invalid_parameter_value(cat("Cache node ", number, " not found in ", c.id));
    c.nodes[i].status = "rebooting";
    c.nodes[i].serving_since.reset();
  }
  c.status = "rebooting cluster nodes";
  ctx.after(ctx.latency("elasticache.cluster.rebooting", c.id), "elasticache.cluster.ready", c.id);
  return {{"CacheCluster", describe(c, true)}};
}

Value delete_cluster(Context& ctx, Input in) {
  CacheCluster& c = editable(ctx, in.string("CacheClusterId"));
  const std::string snapshot = in.string("FinalSnapshotIdentifier");
  if (!snapshot.empty()) make_snapshot(ctx, c, snapshot);
  c.status = "deleting";
  for (CacheNode& node : c.nodes) node.serving_since.reset();
  ctx.after(ctx.latency("elasticache.cluster.deleting", c.id), "elasticache.cluster.deleted", c.id);
  return {{"CacheCluster", describe(c, false)}};
}

void deleted(sim::Scope& scope, const sim::Event& event) {
  const CacheCluster* c = scope.view<CacheCluster>(event.subject);
  if (!c || c->status != "deleting") return;
  for (const CacheNode& node : c->nodes) release_node(scope, node);
  record_event(scope, "cache-cluster", event.subject, "Cache cluster deleted");
  scope.erase<CacheCluster>(event.subject);
}

void node_back(sim::Scope& scope, const sim::Event& event) {
  const CacheCluster* before = scope.view<CacheCluster>(event.subject);
  if (!before || before->status == "deleting") return;
  CacheCluster& c = scope.edit<CacheCluster>(event.subject);
  for (CacheNode& node : c.nodes) {
    if (node.serving_since || node.dark || node.status != "available") continue;
    node.serving_since = scope.now();
    record_event(scope, "cache-cluster", c.id, "Finished recovery for cache nodes 0001");
  }
}

}  // namespace

void look_after_cluster(sim::Scope& scope, std::string_view id) {
  const CacheCluster* before = scope.view<CacheCluster>(id);
  const bool changed = std::ranges::any_of(
      before->nodes, [&](const CacheNode& node) { return is_dark(scope, node) != node.dark; });
  if (!changed || before->status == "creating" || before->status == "deleting") return;
  CacheCluster& c = scope.edit<CacheCluster>(id);
  for (CacheNode& node : c.nodes) {
    const bool dark = is_dark(scope, node);
    if (dark) node.serving_since.reset();
    if (!dark && node.dark) {
      record_event(scope, "cache-cluster", c.id, "Recovering cache nodes 0001");
      scope.after(scope.latency("elasticache.node.recovering", c.id),
                  "elasticache.cluster.node-back", c.id);
    }
    node.dark = dark;
  }
}

std::span<const api::HandlerRow> cluster_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateCacheCluster", api::Writes, create_cluster},
      {"ModifyCacheCluster", api::Writes, modify_cluster},
      {"RebootCacheCluster", api::Writes, reboot_cluster},
      {"DeleteCacheCluster", api::Writes, delete_cluster},
  };
  return rows;
}

std::span<const sim::EventRow> cluster_events() {
  static const sim::EventRow rows[] = {
      {"elasticache.cluster.ready", ready},
      {"elasticache.cluster.deleted", deleted},
      {"elasticache.cluster.node-back", node_back},
  };
  return rows;
}

}  // namespace squall::elasticache
