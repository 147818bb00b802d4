// Application Auto Scaling's definition: its rows.
#include "services/application_autoscaling/application_autoscaling.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::application_autoscaling),
      .handlers = {target_rows(), policy_rows(), scheduled_rows(), activity_rows(), tag_rows(),
                   forecast_rows()},
      .events = {scaling_events(), tracking_events(), scheduled_events(), activity_events()},
      .watches = {},
      .latencies = {},
      .records = {sim::records<Activity, Policy, ScalableTarget, ScheduledAction>()},
  };
  return definition;
}

}  // namespace squall::application_autoscaling
