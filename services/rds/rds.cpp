// RDS's definition: its rows.
#include "services/rds/rds.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/rds/internal.h"
#include "services/rds/state.h"

namespace squall::rds {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::rds),
      .handlers = {subnet_group_rows(), parameter_group_rows(), option_group_rows(),
                   instance_rows(), remove_rows(), power_rows(), snapshot_rows(), event_rows(),
                   modify_rows(), version_rows(), orderable_rows(), account_rows(), replica_rows(),
                   parameter_rows(), tag_rows(), subscription_rows()},
      .events = {instance_events(), replica_events(), modify_events(), remove_events(),
                 power_events(), failover_events(), monitor_events(), snapshot_events(),
                 event_events()},
      .watches = {monitor_watches()},
      .latencies = {latencies()},
      .records = {sim::records<DbInstance, EventRecord, EventSubscription, OptionGroup,
                               ParameterGroup, Snapshot, SubnetGroup>()},
  };
  return definition;
}

}  // namespace squall::rds
