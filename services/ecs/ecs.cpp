// ECS's definition: every file's rows.
#include "services/ecs/ecs.h"

#include <algorithm>

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/ecs/account_setting.h"
#include "services/ecs/deployment.h"
#include "services/ecs/express.h"
#include "services/ecs/instance.h"
#include "services/ecs/managed_daemon.h"
#include "services/ecs/managed_instances.h"
#include "services/ecs/registry.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/task.h"

namespace squall::ecs {

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
      .handlers = {cluster_rows(), cluster_change_rows(), account_setting_rows(),
                   definition_rows(), definition_list_rows(), container_instance_rows(),
                   attribute_rows(), agent_rows(), agent_report_rows(), tag_rows(),
                   capacity_provider_rows(), managed_daemon_rows(), managed_daemon_view_rows(),
                   managed_daemon_definition_rows(), express_rows(),
                   // tasks
                   task_run_rows(), task_stop_rows(), task_view_rows(), task_protection_rows(),
                   // services
                   service_rows(), service_update_rows(), service_list_rows(),
                   service_deployment_rows(), service_deployment_stop_rows(), task_set_rows()},
      .events = {cluster_events(), definition_events(), container_instance_events(),
                 instance_agent_events(), agent_events(), capacity_provider_events(),
                 managed_scaling_events(), insights_events(), managed_daemon_events(),
                 managed_instances_events(),
                 // tasks
                 placement_events(), lifecycle_events(), container_events(), monitor_events(),
                 task_protection_events(),
                 // services
                 scheduler_events(), service_events()},
      .watches = {instance_agent_watches(), managed_scaling_watches(), insights_watches(),
                  managed_daemon_watches(), managed_instances_watches(),
                  // tasks
                  placement_watches(), monitor_watches(),
                  // services
                  scheduler_watches()},
      .latencies = {cluster_latencies(), instance_agent_latencies(), agent_latencies(),
                    // tasks
                    lifecycle_latencies(), container_latencies(), monitor_latencies(),
                    // services
                    scheduler_latencies()},
      .records = {sim::records<AccountSetting, SchedulerState, ServiceDeployment,
                               ServiceRevision, TaskSet, CapacityProvider, Cluster,
                               ContainerInstance, Service, ServiceEvent, Task,
                               TaskDefinition, Agent, Daemon, DaemonDeployment,
                               DaemonRevision, ExpressService, ManagedHost>(), lost_zone_records()},
  };
  return definition;
}

}  // namespace squall::ecs
