// CreateReplicationGroup's parameters: AWS's checks and defaults, and the nodes' places.
#include <cstdio>

#include "services/ec2/ec2.h"
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

struct Shape {
  int64_t node_groups = 1;
  int64_t replicas = 0;  // of each node group
};

Shape shape_from(const Input& in, ReplicationGroup& group) {
  const auto clusters = in.optional_integer("NumCacheClusters"),
             groups = in.optional_integer("NumNodeGroups"),
             replicas = in.optional_integer("ReplicasPerNodeGroup");
  if (clusters && (groups.value_or(1) > 1 || replicas)) {
    throw invalid_parameter_combination(
        "Cannot specify both NumCacheClusters and NumNodeGroups or ReplicasPerNodeGroup.");
  }
  Shape shape;
  shape.node_groups = groups.value_or(1);
  shape.replicas = replicas.value_or(clusters ? *clusters - 1 : 0);
  const auto configured = in.list("NodeGroupConfiguration");
  if (!configured.empty()) {
    if (groups && *groups != static_cast<int64_t>(configured.size())) {
      throw invalid_parameter_combination(
          "NumNodeGroups does not match the number of node group configurations.");
    }
    shape.node_groups = static_cast<int64_t>(configured.size());
    shape.replicas = configured[0].integer("ReplicaCount", shape.replicas);
  }
  if (shape.node_groups < 1 || shape.node_groups > 500)
    throw invalid_parameter_value("The number of node groups must be between 1 and 500.");
  if (shape.replicas < 0 || shape.replicas > 5) {
    throw invalid_parameter_value(
        clusters ? "The number of cache clusters must be between 1 and 6."
                 : "The number of replicas per node group must be within 0 and 5.");
  }
  const std::string mode = in.string("ClusterMode");
  const bool cluster_group = group.parameter_group.ends_with(".cluster.on");
  group.cluster_enabled =
      shape.node_groups > 1 || mode == "enabled" || (cluster_group && mode != "disabled");
  if (shape.node_groups > 1 && mode == "disabled") {
    throw invalid_parameter_combination(
        "Cluster mode must be enabled to have more than one node group.");
  }
  return shape;
}

void set_engine(const sim::Scope& scope, const Input& in, ReplicationGroup& group) {
  group.engine = to_lower(in.string("Engine", "redis"));
  if (group.engine != "redis" && group.engine != "valkey") {
    throw invalid_parameter_value(
        cat("Invalid value for Engine: ", group.engine, ". Valid values: redis, valkey."));
  }
  const std::string version = in.string("EngineVersion");
  const EngineVersion* found = find_version(group.engine, version);
  if (!found) {
    throw invalid_parameter_combination(
        cat("Cannot find version ", version, " for ", group.engine));
  }
  group.engine_version = found->version;
  group.node_type = in.string("CacheNodeType");
  if (group.node_type.empty())
    throw invalid_parameter_value("CacheNodeType must be specified for a new replication group.");
  if (!is_node_type(group.node_type)) {
    throw invalid_parameter_value(cat("The cache node type ", group.node_type, " is not valid."));
  }
  const std::string mode = in.string("ClusterMode");
  const bool clustered = in.integer("NumNodeGroups", 1) > 1 || mode == "enabled" ||
                         in.list("NodeGroupConfiguration").size() > 1;
  group.parameter_group = to_lower(in.string(
      "CacheParameterGroupName", cat("default.", found->family, clustered ? ".cluster.on" : "")));
  const std::string family = parameter_group_family(scope, group.parameter_group);
  if (family.empty()) throw parameter_group_not_found(group.parameter_group);
  if (family != found->family) {
    throw invalid_parameter_combination(cat("Expected a parameter group of family ", found->family,
                                            " but found one of family ", family));
  }
}

void set_encryption(Context& ctx, const Input& in, ReplicationGroup& group) {
  group.transit_encryption = in.boolean("TransitEncryptionEnabled");
  group.at_rest_encryption = in.boolean("AtRestEncryptionEnabled");
  group.kms_key_id = in.string("KmsKeyId");
  group.auth_token = in.string("AuthToken");
  group.transit_encryption_mode = in.string("TransitEncryptionMode");
  group.user_group_ids = in.strings("UserGroupIds");
  if (!group.user_group_ids.empty())
    throw AwsError{"UserGroupNotFound", cat("User group ", group.user_group_ids[0], " not found."),
                   404};
  if (!group.kms_key_id.empty() && !group.at_rest_encryption) {
    throw invalid_parameter_combination(
        "KmsKeyId can only be specified when AtRestEncryptionEnabled is true.");
  }
  if (!group.transit_encryption && !group.transit_encryption_mode.empty()) {
    throw invalid_parameter_combination(
        "TransitEncryptionMode can only be specified when TransitEncryptionEnabled is true.");
  }
  if (group.transit_encryption && group.transit_encryption_mode.empty())
    group.transit_encryption_mode = "required";
  if (group.auth_token.empty()) return;
  if (!group.transit_encryption) {
    throw invalid_parameter_combination(
        "The AUTH token is only supported when encryption-in-transit is enabled");
  }
  bool valid = group.auth_token.size() >= 16 && group.auth_token.size() <= 128;
  for (const char c : group.auth_token) {
    const bool alphanumeric = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
    valid =
        valid && (alphanumeric || std::string_view("!&#$^<>-").find(c) != std::string_view::npos);
  }
  if (!valid) {
    throw invalid_parameter_value(
        "Invalid AuthToken provided. It must be 16 to 128 printable ASCII characters long; the "
        "only "
        "special characters permitted are !, &, #, $, ^, <, >, and -.");
  }
  group.auth_token_modified = ctx.now();
}

void check_failover(const ReplicationGroup& group, const Shape& shape, size_t zones) {
  if (group.cluster_enabled && !group.automatic_failover) {
    throw invalid_parameter_combination(
        "Automatic failover must be enabled for replication groups with cluster mode enabled.");
  }
  if (group.automatic_failover && shape.replicas < 1 && !group.cluster_enabled) {
    throw invalid_parameter_combination(
        "Automatic failover is not supported for replication groups with fewer than 2 cache "
        "clusters: NumCacheClusters must be at least 2.");
  }
  if (!group.multi_az) return;
  if (!group.automatic_failover) {
    throw invalid_parameter_combination("Must enable automatic failover to enable Multi-AZ.");
  }
  if (shape.replicas < 1) {
    throw invalid_parameter_combination(
        "Multi-AZ is only supported for replication groups with at least one replica.");
  }
  if (zones < 2) {
    throw invalid_parameter_combination(
        "Multi-AZ requires a cache subnet group with subnets in at least two Availability Zones.");
  }
}

std::string padded(int64_t number, int width) {
  std::string text = std::to_string(number);
  return std::string(
             static_cast<size_t>(std::max<int64_t>(0, width - static_cast<int64_t>(text.size()))),
             '0') +
         text;
}

/// Where the nodes of one node group shall stand: as wished, else round the zones.
std::vector<std::string> zones_for(const Input& in, const Shape& shape, int64_t index,
                                   const std::vector<std::string>& zones) {
  std::vector<std::string> wanted;
  const auto configured = in.list("NodeGroupConfiguration");
  if (static_cast<size_t>(index) < configured.size()) {
    const Input& c = configured[static_cast<size_t>(index)];
    if (c.has("PrimaryAvailabilityZone")) {
      wanted.push_back(c.string("PrimaryAvailabilityZone"));
      for (const std::string& z : c.strings("ReplicaAvailabilityZones")) wanted.push_back(z);
    }
  } else {
    wanted = in.strings("PreferredCacheClusterAZs");
  }
  const size_t nodes = static_cast<size_t>(shape.replicas + 1);
  if (!wanted.empty() && wanted.size() != nodes) {
    throw invalid_parameter_combination(
        "The number of preferred Availability Zones must equal the number of cache clusters.");
  }
  for (const std::string& zone : wanted) require_zone(zones, zone);
  for (size_t i = wanted.size(); i < nodes; ++i)
    wanted.push_back(zones[(static_cast<size_t>(index) + i) % zones.size()]);
  return wanted;
}

void place_nodes(Context& ctx, const Input& in, ReplicationGroup& group, const Shape& shape) {
  const SubnetGroup& subnets = subnet_group_for(ctx, group.subnet_group);
  const auto zones = zones_of(ctx, subnets);
  const int64_t slots = 16384;
  for (int64_t n = 0; n < shape.node_groups; ++n) {
    NodeGroup ng;
    ng.id = padded(n + 1, 4);
    if (group.cluster_enabled) {
      ng.slots = cat(slots * n / shape.node_groups, '-', slots * (n + 1) / shape.node_groups - 1);
    }
    const auto places = zones_for(in, shape, n, zones);
    for (size_t i = 0; i < places.size(); ++i) {
      const std::string number = padded(static_cast<int64_t>(i) + 1, 3);
      const std::string cluster_id = group.cluster_enabled ? cat(group.id, '-', ng.id, '-', number)
                                                           : cat(group.id, '-', number);
      if (ctx.has<CacheCluster>(cluster_id)) throw cache_cluster_already_exists(cluster_id);
      CacheNode node = make_node(ctx, subnets, group.group_ids, cluster_id, places[i]);
      node.role = i == 0 ? "primary" : "replica";
      ng.nodes.push_back(std::move(node));
    }
    group.node_groups.push_back(std::move(ng));
  }
}

}  // namespace

ReplicationGroup replication_group_from(Context& ctx, const Input& in) {
  ReplicationGroup group;
  group.id = identifier(in.string("ReplicationGroupId"), "ReplicationGroupIdentifier", 40);
  group.arn = ctx.arn("elasticache", cat("replicationgroup:", group.id));
  group.description = in.string("ReplicationGroupDescription");
  set_engine(ctx, in, group);
  const Shape shape = shape_from(in, group);
  group.port = in.integer("Port", 6379);
  if (group.port < 1 || group.port > 65535)
    throw invalid_parameter_value(cat("Invalid port: ", group.port));
  group.automatic_failover = in.boolean("AutomaticFailoverEnabled");
  group.multi_az = in.boolean("MultiAZEnabled");
  group.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", true);
  group.snapshot_retention_days = in.integer("SnapshotRetentionLimit");
  group.snapshot_window = in.string("SnapshotWindow", "03:00-04:00");
  group.maintenance_window =
      to_lower(in.string("PreferredMaintenanceWindow", "sun:05:00-sun:06:00"));
  group.notification_topic_arn = in.string("NotificationTopicArn");
  group.network_type = in.string("NetworkType", "ipv4");
  if (group.snapshot_retention_days < 0 || group.snapshot_retention_days > 35)
    throw invalid_parameter_value("SnapshotRetentionLimit must be between 0 and 35.");
  set_encryption(ctx, in, group);
  group.tags = tags_from(in.list("Tags"));
  if (ctx.has<ReplicationGroup>(group.id)) throw replication_group_already_exists(group.id);
  const SubnetGroup& subnets = subnet_group_for(ctx, in.string("CacheSubnetGroupName"));
  group.subnet_group = subnets.id;
  group.vpc_id = subnets.vpc_id;
  check_failover(group, shape, zones_of(ctx, subnets).size());
  group.group_ids = in.strings("SecurityGroupIds");
  if (!in.strings("CacheSecurityGroupNames").empty()) {
    throw invalid_parameter_combination(
        "Use of cache security groups is not permitted in this API version for your account.");
  }
  if (group.group_ids.empty()) group.group_ids = default_group(ctx, group.vpc_id);
  check_security_groups(ctx, group.group_ids, group.vpc_id);
  group.created = ctx.now();
  place_nodes(ctx, in, group, shape);
  name_endpoints(ctx, group);
  return group;
}

}  // namespace squall::elasticache
