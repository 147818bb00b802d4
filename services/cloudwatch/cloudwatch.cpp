// CloudWatch's definition: its rows.
#include "services/cloudwatch/cloudwatch.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::cloudwatch),
      .handlers = {metric_rows(), metric_data_rows(), alarm_rows(), alarm_state_rows(),
                   dashboard_rows(), tag_rows()},
      .events = {alarm_events()},
      .watches = {},
      .latencies = {},
      .records = {sim::records<Alarm, Dashboard, HistoryItem, Metric, Points>()},
  };
  return definition;
}

}  // namespace squall::cloudwatch
