// Replication groups' replicas a node group.
#include "services/application_autoscaling/adapter.h"
#include "services/elasticache/elasticache.h"

namespace squall::application_autoscaling {
namespace {

const elasticache::ReplicationGroup* find(const sim::Scope& scope, const ResourceParts& id) {
  return scope.view<elasticache::ReplicationGroup>(id[0]);
}

std::optional<int64_t> read(const sim::Scope& scope, const ResourceParts& id) {
  const auto* group = find(scope, id);
  if (!group || group->node_groups.empty()) return {};
  return static_cast<int64_t>(group->node_groups.front().nodes.size()) - 1;
}

void set(sim::Scope& scope, const ResourceParts& id, int64_t capacity) {
  elasticache::set_replica_count(scope, id[0], capacity);
}

bool is_settled(const sim::Scope& scope, const ResourceParts& id) {
  const auto* group = find(scope, id);
  return !group || group->status == "available";
}

constexpr Adapter rows[] = {{"elasticache", "elasticache:replication-group:Replicas",
                             "replication-group/", 1, "replicas",
                             "ElastiCache replication group doesn't exist", "ElastiCacheRG", 600,
                             false, read, set, is_settled}};

}  // namespace

std::span<const Adapter> elasticache_adapters() { return rows; }

}  // namespace squall::application_autoscaling
