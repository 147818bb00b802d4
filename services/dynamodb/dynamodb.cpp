// DynamoDB's definition: its rows.
#include "services/dynamodb/dynamodb.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/dynamodb/internal.h"

namespace squall::dynamodb {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::dynamodb),
      .handlers = {table_rows(), table_update_rows(), tag_rows(), item_rows(), read_rows(),
                   page_rows(), batch_rows(), transaction_rows()},
      .events = {table_events(), table_update_events()},
      .watches = {table_watches()},
      .latencies = {latencies()},
      .records = {sim::records<Table>()},
  };
  return definition;
}

}  // namespace squall::dynamodb
