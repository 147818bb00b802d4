// ECS's definition: every file's rows.
#include "services/ecs/ecs.h"

#include "models/generated.h"
#include "services/ecs/task.h"

namespace squall::ecs {

std::vector<std::string> Service::index_keys() const {
  std::vector<std::string> keys{"cluster:" + cluster, "name:" + cluster + "/" + name,
                                "definition:" + spec.definition};
  for (const LoadBalancerUse& use : spec.load_balancers)
    keys.push_back("target-group:" + use.target_group_arn);
  return keys;
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::ecs),
      .handlers = {},
      .events = {placement_events(), lifecycle_events(), container_events(), monitor_events()},
      .watches = {placement_watches(), monitor_watches()},
      .latencies = {lifecycle_latencies(), container_latencies(), monitor_latencies()},
  };
  return definition;
}

}  // namespace squall::ecs
