// ECS's definition: every file's rows.
#include "services/ecs/ecs.h"

#include <algorithm>

#include "models/generated.h"
#include "services/ecs/internal.h"

namespace squall::ecs {

std::vector<std::string> Task::index_keys() const {
  std::vector<std::string> keys{"cluster:" + cluster, "group:" + cluster + "/" + group};
  if (!service.empty()) {
    keys.push_back("service:" + service);
    if (last_status != "STOPPED") keys.push_back("live:" + service);
  }
  if (!deployment.empty()) keys.push_back("deployment:" + deployment);
  if (!container_instance.empty()) keys.push_back("instance:" + container_instance);
  if (!interface_id.empty()) keys.push_back("interface:" + interface_id);
  return keys;
}

std::vector<std::string> Service::index_keys() const {
  std::vector<std::string> keys{"cluster:" + cluster, "name:" + cluster + "/" + name,
                                "definition:" + spec.definition};
  for (const LoadBalancerUse& use : spec.load_balancers)
    keys.push_back("target-group:" + use.target_group_arn);
  for (const Deployment& deployment : deployments)  // blue/green: the other of the two
    for (const LoadBalancerUse& use : deployment.spec.load_balancers)
      if (std::string key = "target-group:" + use.target_group_arn; !std::ranges::count(keys, key))
        keys.push_back(std::move(key));
  if (!namespace_arn.empty()) keys.push_back("namespace:" + namespace_arn);
  for (const std::string& alarm : alarms) keys.push_back("alarm:" + alarm);
  if (scheduling == "DAEMON") keys.push_back("daemon:" + cluster);
  return keys;
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::ecs),
      .handlers = {},
      .events = {},
      .watches = {},
      .latencies = {},
  };
  return definition;
}

}  // namespace squall::ecs
