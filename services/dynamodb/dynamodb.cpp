// DynamoDB's definition: its rows.
#include "services/dynamodb/dynamodb.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/dynamodb/backup.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/replica.h"
#include "services/dynamodb/stream_log.h"
#include "services/dynamodb/table_settings.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::dynamodb),
      .handlers = {table_rows(), table_update_rows(), tag_rows(), item_rows(), read_rows(),
                   page_rows(), batch_rows(), transaction_rows(), ttl_rows(), insight_rows(),
                   kinesis_rows(), policy_rows(), backup_rows(), recovery_rows(),
                   replica_legacy_rows(), replica_legacy_settings_rows(),
                   replica_scaling_rows(), partiql_rows(), partiql_batch_rows(),
                   partiql_transaction_rows()},
      .events = {table_events(), table_update_events(), stream_events(),
                 table_settings_events(), ttl_events(), insight_events(), kinesis_events(),
                 backup_events(), recovery_events(), replica_events(), replica_legacy_events(),
                 throughput_events()},
      .watches = {table_watches(), stream_watches(), table_settings_watches(),
                  replica_watches()},
      .latencies = {latencies(), ttl_latencies(), settings_latencies(), backup_latencies(),
                    replica_latencies()},
      .records = {sim::records<Table, Stream, TableSettings, Backup, GlobalTable>()},
      .annexes = {{"dynamodb:items",
                   [](sim::World& world) -> sim::Annex& { return stores_of(world); }}},
  };
  return definition;
}

}  // namespace squall::dynamodb
