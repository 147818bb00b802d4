// ElastiCache's public face.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::elasticache {

const api::ServiceDefinition& service();

struct CacheNode {
  std::string cluster_id;  // "sessions-001"
  std::string zone, subnet_id, interface_id, private_ip;
  std::string role = "replica";     // primary, replica
  std::string status = "creating";  // available, ...
  std::string endpoint_address;
  std::optional<Time> serving_since;  // none while its host is down or it is being replaced
  double replication_lag_ms = 0;
  bool dark = false;       // its host, as the service's monitor last saw it
  int64_t generation = 0;  // counts its recoveries; older events do nothing
  Time created{};
  SQUALL_FIELDS(cluster_id, zone, subnet_id, interface_id, private_ip, role, status,
                endpoint_address, serving_since, replication_lag_ms, dark, generation, created)
};

struct NodeGroup {
  std::string id;  // "0001"
  std::string slots;
  std::vector<CacheNode> nodes;
  std::string primary_endpoint, reader_endpoint;
  std::string failover_phase;  // empty, detecting, promoting, down (nobody to promote)
  int64_t generation = 0;
  SQUALL_FIELDS(id, slots, nodes, primary_endpoint, reader_endpoint, failover_phase, generation)
};

struct ReplicationGroup {
  static constexpr std::string_view kind = "elasticache:replication-group";
  std::string id;
  std::string arn, description, status = "creating", engine = "redis", engine_version, node_type,
                                parameter_group, subnet_group, vpc_id, auth_token, kms_key_id,
                                snapshot_window, maintenance_window, notification_topic_arn;
  int64_t port = 6379, snapshot_retention_days = 0;
  bool automatic_failover = false, multi_az = false, at_rest_encryption = false,
       transit_encryption = false, cluster_enabled = false, auto_minor_upgrade = true;
  std::string transit_encryption_mode;
  std::vector<std::string> group_ids;
  std::vector<NodeGroup> node_groups;
  std::string failover_phase;  // of the first node group that has one
  Time created{};
  Tags tags;
  std::vector<std::string> user_group_ids;
  std::string network_type = "ipv4";
  std::optional<Time> auth_token_modified;
  std::vector<std::string> index_keys() const;  // "subnet-group:", "endpoint:", "cluster:" ...
  SQUALL_FIELDS(id, arn, description, status, engine, engine_version, node_type, parameter_group,
                subnet_group, vpc_id, auth_token, kms_key_id, snapshot_window, maintenance_window,
                notification_topic_arn, port, snapshot_retention_days, automatic_failover, multi_az,
                at_rest_encryption, transit_encryption, cluster_enabled, auto_minor_upgrade,
                transit_encryption_mode, group_ids, node_groups, failover_phase, created, tags,
                user_group_ids, network_type, auth_token_modified)
};

/// As IncreaseReplicaCount or DecreaseReplicaCount, in every node group; throws their errors.
void set_replica_count(sim::Scope& scope, std::string_view id, int64_t replicas);
/// Promotes a replica in each node group whose primary is dark; if none is, in the first one.
void begin_failover(sim::Scope& scope, std::string_view id, std::string_view cause);

}  // namespace squall::elasticache
