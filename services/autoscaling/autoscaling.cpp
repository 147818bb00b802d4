// EC2 Auto Scaling: the definition.
#include "services/autoscaling/autoscaling.h"

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/autoscaling/internal.h"

namespace squall::autoscaling {

std::vector<std::string> Group::index_keys() const {
  std::vector<std::string> keys;
  for (const GroupInstance& i : instances) keys.push_back("instance:" + i.id);
  for (const std::string& arn : target_group_arns) keys.push_back("target-group:" + arn);
  if (!launch_configuration.empty()) keys.push_back("launch-configuration:" + launch_configuration);
  return keys;
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::autoscaling),
      .handlers = {group_rows(), describe_group_rows(), launch_configuration_rows(),
                   instance_rows(), standby_rows(), activity_rows(), traffic_rows(), tag_rows(),
                   type_rows(), process_rows(), hook_rows(), scheduled_rows(), policy_rows(),
                   execute_rows(), refresh_rows()},
      .events = {activity_events(), reconcile_events(), metric_events(), scheduled_events(),
                 scaling_events()},
      .watches = {reconcile_watches()},
      .latencies = {reconcile_latencies()},
      .records = {sim::records<Activity, Group, InstanceRefresh, LaunchConfiguration,
                               LifecycleHook, Policy, ScheduledAction>()},
  };
  return definition;
}

}  // namespace squall::autoscaling
