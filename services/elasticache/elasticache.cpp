// ElastiCache's definition: its rows.
#include "services/elasticache/elasticache.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/elasticache/internal.h"
#include "services/elasticache/state.h"

namespace squall::elasticache {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::elasticache),
      .handlers = {subnet_group_rows(), parameter_group_rows(), replication_group_rows(),
                   snapshot_rows(), event_rows(), cluster_rows(), cluster_view_rows(), tag_rows(),
                   version_rows(), group_modify_rows()},
      .events = {replication_group_events(), failover_events(), snapshot_events(), cluster_events(),
                 group_modify_events(), event_events()},
      .watches = {failover_watches()},
      .latencies = {latencies()},
      .records = {sim::records<ReplicationGroup, CacheCluster, EventRecord, ParameterGroup,
                               Snapshot, SubnetGroup>()},
  };
  return definition;
}

}  // namespace squall::elasticache
