#include "services/elasticache/errors.h"

#include "emulator/core/text.h"

namespace squall::elasticache {

AwsError replication_group_not_found(std::string_view id) {
  return {"ReplicationGroupNotFoundFault", cat("ReplicationGroup ", id, " not found."), 404};
}
AwsError replication_group_already_exists(std::string_view id) {
  return {"ReplicationGroupAlreadyExists",
          cat("Replication group with id ", id, " already exists.")};
}
AwsError invalid_replication_group_state(std::string_view message) {
  return {"InvalidReplicationGroupState", std::string(message)};
}
AwsError cache_cluster_not_found(std::string_view id) {
  return {"CacheClusterNotFound", cat("CacheCluster not found: ", id), 404};
}
AwsError cache_cluster_already_exists(std::string_view id) {
  return {"CacheClusterAlreadyExists", cat("Cache cluster ", id, " already exists")};
}
AwsError invalid_cache_cluster_state(std::string_view message) {
  return {"InvalidCacheClusterState", std::string(message)};
}
AwsError node_group_not_found(std::string_view id) {
  return {"NodeGroupNotFoundFault", cat("Node group ", id, " not found."), 404};
}
AwsError subnet_group_not_found(std::string_view name) {
  return {"CacheSubnetGroupNotFoundFault", cat("Cache Subnet Group ", name, " does not exist.")};
}
AwsError subnet_group_already_exists(std::string_view name) {
  return {"CacheSubnetGroupAlreadyExists", cat("Cache subnet group ", name, " already exists.")};
}
AwsError subnet_group_in_use(std::string_view name) {
  return {"CacheSubnetGroupInUse",
          cat("Cache Subnet Group ", name, " is currently in use by a cache cluster.")};
}
AwsError invalid_subnet(std::string_view message) {
  return {"InvalidSubnet", std::string(message)};
}
AwsError parameter_group_not_found(std::string_view name) {
  return {"CacheParameterGroupNotFound", cat("CacheParameterGroup ", name, " not found."), 404};
}
AwsError parameter_group_already_exists(std::string_view name) {
  return {"CacheParameterGroupAlreadyExists",
          cat("A cache parameter group named ", name, " already exists.")};
}
AwsError invalid_parameter_group_state(std::string_view message) {
  return {"InvalidCacheParameterGroupState", std::string(message)};
}
AwsError snapshot_not_found(std::string_view name) {
  return {"SnapshotNotFoundFault", cat("Snapshot ", name, " not found."), 404};
}
AwsError snapshot_already_exists(std::string_view name) {
  return {"SnapshotAlreadyExistsFault", cat("Snapshot with specified name already exists: ", name)};
}
AwsError no_operation(std::string_view message) {
  return {"NoOperationFault", std::string(message)};
}
AwsError test_failover_not_available(std::string_view message) {
  return {"TestFailoverNotAvailableFault", std::string(message)};
}
AwsError invalid_parameter_value(std::string_view message) {
  return {"InvalidParameterValue", std::string(message)};
}
AwsError invalid_parameter_combination(std::string_view message) {
  return {"InvalidParameterCombination", std::string(message)};
}
AwsError invalid_arn(std::string_view arn) {
  return {"InvalidARN", cat("The provided ARN is not valid: ", arn)};
}
AwsError invalid_marker() { return {"InvalidParameterValue", "The marker provided is not valid."}; }

}  // namespace squall::elasticache
