// ElastiCache's records beside the replication group.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/elasticache/elasticache.h"

namespace squall::elasticache {

/// A cluster of its own: Memcached, or a single Redis or Valkey node. Members of replication groups
/// are described from their group.
struct CacheCluster {
  static constexpr std::string_view kind = "elasticache:cluster";
  std::string id;
  std::string arn, status = "creating", engine, engine_version, node_type, parameter_group,
                   subnet_group, vpc_id, snapshot_window, maintenance_window,
                   notification_topic_arn, configuration_endpoint;
  int64_t port = 11211, snapshot_retention_days = 0;
  bool auto_minor_upgrade = true, cross_zone = false, transit_encryption = false;
  std::vector<std::string> group_ids;
  std::vector<CacheNode> nodes;  // role "primary" each: they do not replicate
  Time created{};
  Tags tags;
  std::vector<std::string> index_keys() const;
  SQUALL_FIELDS(id, arn, status, engine, engine_version, node_type, parameter_group, subnet_group,
                vpc_id, snapshot_window, maintenance_window, notification_topic_arn,
                configuration_endpoint, port, snapshot_retention_days, auto_minor_upgrade,
                cross_zone, transit_encryption, group_ids, nodes, created, tags)
};

struct SubnetGroup {
  static constexpr std::string_view kind = "elasticache:subnet-group";
  std::string id;
  std::string arn, description, vpc_id;
  std::vector<std::string> subnet_ids;
  Tags tags;
  SQUALL_FIELDS(id, arn, description, vpc_id, subnet_ids, tags)
};

struct ParameterGroup {
  static constexpr std::string_view kind = "elasticache:parameter-group";
  std::string id;
  std::string arn, family, description;
  std::map<std::string, std::string> settings;  // what the user changed
  Tags tags;
  SQUALL_FIELDS(id, arn, family, description, settings, tags)
};

struct Snapshot {
  static constexpr std::string_view kind = "elasticache:snapshot";
  std::string id;
  std::string arn, status = "creating", source = "manual", replication_group_id,
                   replication_group_description, cluster_id, engine, engine_version, node_type,
                   parameter_group, subnet_group, vpc_id, snapshot_window, maintenance_window,
                   kms_key_id;
  int64_t port = 6379, retention_days = 0;
  bool automatic_failover = false, auto_minor_upgrade = true;
  std::vector<std::string> node_ids, node_group_ids;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, arn, status, source, replication_group_id, replication_group_description,
                cluster_id, engine, engine_version, node_type, parameter_group, subnet_group,
                vpc_id, snapshot_window, maintenance_window, kms_key_id, port, retention_days,
                automatic_failover, auto_minor_upgrade, node_ids, node_group_ids, created, tags)
};

/// What DescribeEvents lists; kept for 14 days. `id` sorts by time.
struct EventRecord {
  static constexpr std::string_view kind = "elasticache:event";
  static constexpr bool quiet = true;  // announced in the journal under its own name
  std::string id;
  std::string source_id, source_type, message;
  Time time{};
  SQUALL_FIELDS(id, source_id, source_type, message, time)
};

}  // namespace squall::elasticache
