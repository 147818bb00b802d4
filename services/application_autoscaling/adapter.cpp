// Which resources can be scaled, and the metrics that AWS predefines for them.
#include "services/application_autoscaling/adapter.h"

#include "emulator/core/text.h"
#include "services/application_autoscaling/errors.h"

namespace squall::application_autoscaling {
namespace {

using cloudwatch::Dimensions;

/// Of services that nothing here serves: their resources are always missing.
constexpr Adapter elsewhere[] = {
    {"rds", "rds:cluster:ReadReplicaCount", "cluster:", 1, "read replica count",
     "Aurora DB cluster doesn't exist", "RDSCluster"},
    {"neptune", "neptune:cluster:ReadReplicaCount", "cluster:", 1, "read replica count",
     "Neptune DB cluster doesn't exist", "NeptuneCluster"},
    {"lambda", "lambda:function:ProvisionedConcurrency", "function:", 2,
     "provisioned concurrency", "Lambda function doesn't exist", "LambdaConcurrency", 0, false},
    {"ec2", "ec2:spot-fleet-request:TargetCapacity", "spot-fleet-request/", 1,
     "target capacity", "Spot Fleet request doesn't exist", "EC2SpotFleetRequest"},
    {"elasticmapreduce", "elasticmapreduce:instancegroup:InstanceCount", "instancegroup/", 2,
     "instance count", "EMR instance group doesn't exist", "EMR"},
    {"appstream", "appstream:fleet:DesiredCapacity", "fleet/", 1, "desired capacity",
     "AppStream fleet doesn't exist", "AppStreamFleet"},
    {"sagemaker", "sagemaker:variant:DesiredInstanceCount", "endpoint/", 3,
     "desired instance count", "SageMaker endpoint variant doesn't exist", "SageMakerEndpoint"},
    {"sagemaker", "sagemaker:variant:DesiredProvisionedConcurrency", "endpoint/", 3,
     "desired provisioned concurrency", "SageMaker endpoint variant doesn't exist",
     "SageMakerEndpoint"},
    {"sagemaker", "sagemaker:inference-component:DesiredCopyCount", "inference-component/", 1,
     "desired copy count", "SageMaker inference component doesn't exist", "SageMakerEndpoint"},
    {"comprehend", "comprehend:document-classifier-endpoint:DesiredInferenceUnits", "arn:", 5,
     "desired inference units", "Comprehend endpoint doesn't exist", "ComprehendEndpoint", 0},
    {"comprehend", "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits", "arn:", 5,
     "desired inference units", "Comprehend endpoint doesn't exist", "ComprehendEndpoint", 0},
    {"cassandra", "cassandra:table:ReadCapacityUnits", "keyspace/", 3, "read capacity units",
     "Keyspaces table doesn't exist", "CassandraTable", 0, false},
    {"cassandra", "cassandra:table:WriteCapacityUnits", "keyspace/", 3,
     "write capacity units", "Keyspaces table doesn't exist", "CassandraTable", 0, false},
    {"kafka", "kafka:broker-storage:VolumeSize", "arn:", 6, "volume size",
     "Kafka cluster doesn't exist", "KafkaCluster", 0, false},
    {"workspaces", "workspaces:workspacespool:DesiredUserSessions", "workspacespool/", 1,
     "desired user sessions", "WorkSpaces pool doesn't exist", "WorkSpacesPool"},
    {"elasticache", "elasticache:cache-cluster:Nodes", "cache-cluster/", 1, "nodes",
     "ElastiCache cluster doesn't exist", "ElastiCacheRG", 600},
    {"elasticache", "elasticache:replication-group:NodeGroups", "replication-group/", 1,
     "node groups", "ElastiCache replication group with cluster mode doesn't exist",
     "ElastiCacheRG", 600},
};

bool is_separator(char c) { return c == '/' || c == ':'; }

bool fits(const Adapter& adapter, std::string_view resource_id) {
  if (!resource_id.starts_with(adapter.resource_type)) return false;
  if (adapter.resource_type == "arn:") return true;
  size_t parts = 1;
  char before = '/';
  for (const char c : resource_id.substr(adapter.resource_type.size())) {
    if (is_separator(c) && is_separator(before)) return false;
    parts += is_separator(c);
    before = c;
  }
  return !is_separator(before) && parts == adapter.parts;
}

std::string part(const ResourceParts& id, size_t i) { return i < id.size() ? id[i] : ""; }

Dimensions of_ecs(const ResourceParts& id) {
  return {{"ClusterName", part(id, 0)}, {"ServiceName", part(id, 1)}};
}
Dimensions of_table(const ResourceParts& id) {
  Dimensions d{{"TableName", part(id, 0)}};
  if (id.size() > 2) d["GlobalSecondaryIndexName"] = id[2];
  return d;
}
Dimensions of_readers(const ResourceParts& id) {
  return {{"DBClusterIdentifier", part(id, 0)}, {"Role", "READER"}};
}
Dimensions of_group(const ResourceParts& id) { return {{"ReplicationGroupId", part(id, 0)}}; }
Dimensions of_primaries(const ResourceParts& id) {
  return {{"ReplicationGroupId", part(id, 0)}, {"Role", "Primary"}};
}
Dimensions of_replicas(const ResourceParts& id) {
  return {{"ReplicationGroupId", part(id, 0)}, {"Role", "Replica"}};
}

/// Metrics of services that nothing here serves are missing: their targets cannot be registered.
constexpr PredefinedMetric predefined[] = {
    {"ECSServiceAverageCPUUtilization", "ecs", "AWS/ECS", "CPUUtilization", "Average", false,
     of_ecs},
    {"ECSServiceAverageMemoryUtilization", "ecs", "AWS/ECS", "MemoryUtilization", "Average", false,
     of_ecs},
    {"ALBRequestCountPerTarget", "ecs", "AWS/ApplicationELB", "RequestCountPerTarget", "Sum"},
    {"DynamoDBReadCapacityUtilization", "dynamodb", "AWS/DynamoDB", "ConsumedReadCapacityUnits",
     "Sum", true, of_table},
    {"DynamoDBWriteCapacityUtilization", "dynamodb", "AWS/DynamoDB", "ConsumedWriteCapacityUnits",
     "Sum", true, of_table},
    {"RDSReaderAverageCPUUtilization", "rds", "AWS/RDS", "CPUUtilization", "Average", false,
     of_readers},
    {"RDSReaderAverageDatabaseConnections", "rds", "AWS/RDS", "DatabaseConnections", "Average",
     false, of_readers},
    {"ElastiCacheEngineCPUUtilization", "elasticache", "AWS/ElastiCache", "EngineCPUUtilization",
     "Average", false, of_group},
    {"ElastiCachePrimaryEngineCPUUtilization", "elasticache", "AWS/ElastiCache",
     "EngineCPUUtilization", "Average", false, of_primaries},
    {"ElastiCacheReplicaEngineCPUUtilization", "elasticache", "AWS/ElastiCache",
     "EngineCPUUtilization", "Average", false, of_replicas},
    {"ElastiCacheDatabaseMemoryUsagePercentage", "elasticache", "AWS/ElastiCache",
     "DatabaseMemoryUsagePercentage", "Average", false, of_group},
    {"ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage", "elasticache", "AWS/ElastiCache",
     "DatabaseMemoryUsageCountedForEvictPercentage", "Average", false, of_group},
    {"ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage", "elasticache",
     "AWS/ElastiCache", "DatabaseCapacityUsageCountedForEvictPercentage", "Average", false,
     of_group},
};

}  // namespace

const Adapter& find_adapter(std::string_view service_namespace, std::string_view resource_id,
                            std::string_view dimension) {
  const std::span<const Adapter> all[] = {ecs_adapters(), dynamodb_adapters(),
                                          elasticache_adapters(), elsewhere};
  for (const auto& rows : all)
    for (const Adapter& row : rows)
      if (row.service_namespace == service_namespace && row.dimension == dimension &&
          fits(row, resource_id))
        return row;
  throw unsupported_target();
}

ResourceParts parts_of(const Adapter& adapter, std::string_view resource_id) {
  ResourceParts parts(1);
  for (const char c : resource_id.substr(adapter.resource_type.size())) {
    if (is_separator(c))
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::optional<int64_t> capacity_of(const sim::Scope& scope, const Adapter& adapter,
                                   std::string_view resource_id) {
  return adapter.read ? adapter.read(scope, parts_of(adapter, resource_id)) : std::nullopt;
}

const PredefinedMetric* find_predefined(std::string_view name) {
  for (const PredefinedMetric& row : predefined)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace squall::application_autoscaling
