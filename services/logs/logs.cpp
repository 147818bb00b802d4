// CloudWatch Logs' definition: its rows.
#include "services/logs/logs.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/logs/internal.h"

namespace squall::logs {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::logs),
      .handlers = {group_rows(), stream_rows(), event_rows(), tag_rows()},
      .events = {},
      .watches = {},
      .latencies = {},
      .records = {sim::records<LogChunk, LogStream, LogGroup>()},
  };
  return definition;
}

}  // namespace squall::logs
