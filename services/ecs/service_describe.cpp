// How services and their parts are shown.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/express.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

Value rules(const std::vector<PlacementRule>& list, Key text) {
  return list_of(list, [&](const PlacementRule& rule) {
    Value v{{"type", rule.type}};
    if (!rule.text.empty()) v.add(text, rule.text);
    return v;
  });
}

Value optional_text(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value describe_tags_here(const Tags& tags) {
  return list_of(tags, [](const auto& tag) {
    return Value{{"key", tag.first}, {"value", tag.second}};
  });
}

/// A deployment shows the platform's real version where the service shows LATEST.
Value platform_version(const RunSpec& spec) {
  if (spec.platform_version.empty()) return {};
  return spec.platform_version == "LATEST" ? Value("1.4.0") : Value(spec.platform_version);
}

Value describe_deployment(const sim::Scope& scope, const Service& service,
                          const Deployment& deployment, const TaskCounts& counts) {
  const RunSpec& spec = deployment.spec;
  Value v{{"id", deployment.id},
          {"status", deployment.status},
          {"taskDefinition", definition_arn(scope, spec.definition)},
          {"desiredCount", deployment.status == "PRIMARY" ? deployment.desired
                                                          : counts.running + counts.pending},
          {"pendingCount", counts.pending},
          {"runningCount", counts.running},
          {"failedTasks", deployment.failed},
          {"createdAt", deployment.created},
          {"updatedAt", deployment.updated},
          {"launchType", optional_text(spec.launch_type)},
          {"platformVersion", platform_version(spec)},
          {"platformFamily", optional_text(spec.platform_family)},
          {"networkConfiguration", describe_network(spec.network)},
          {"rolloutState", deployment.rollout_state},
          {"rolloutStateReason", deployment.rollout_reason}};
  if (!spec.strategy.empty()) v.set("capacityProviderStrategy", describe_strategy(spec.strategy));
  if (!spec.service_connect_json.empty()) {
    v.set("serviceConnectConfiguration", value_from_json(spec.service_connect_json));
    v.set("serviceConnectResources", describe_service_connect_resources(scope, service, spec));
  }
  if (!spec.volumes_json.empty()) v.set("volumeConfigurations", value_from_json(spec.volumes_json));
  if (!spec.lattice_json.empty())
    v.set("vpcLatticeConfigurations", value_from_json(spec.lattice_json));
  return v;
}

Value describe_events(const sim::Scope& scope, const Service& service) {
  auto events = scope.by<ServiceEvent>("service:" + service.id);
  std::ranges::reverse(events);
  return list_of(events, [](const ServiceEvent* event) {
    return Value{{"id", event->event_id},
                 {"createdAt", event->created},
                 {"message", event->message}};
  });
}

/// What the newest deployments run, as service revisions.
void add_revisions(Value& v, const Service& service,
                   const std::map<std::string, TaskCounts>& counts) {
  Value revisions = Value::list();
  for (const Deployment& deployment : service.deployments) {
    const auto at = counts.find(deployment.id);
    const TaskCounts count = at == counts.end() ? TaskCounts{} : at->second;
    revisions.push({{"arn", deployment.revision_arn},
                    {"requestedTaskCount", deployment.desired},
                    {"runningTaskCount", count.running},
                    {"pendingTaskCount", count.pending}});
    if (deployment.status == "PRIMARY" && deployment.rollout_state == "IN_PROGRESS")
      v.set("currentServiceDeployment", deployment.deployment_arn);
  }
  v.set("currentServiceRevisions", revisions);
}

void add_members(const sim::Scope& scope, const Service& service, Value& v) {
  const auto counts = count_tasks(scope, service.id);
  const auto total = counts.find("");
  v.set("runningCount", total == counts.end() ? 0 : total->second.running);
  v.set("pendingCount", total == counts.end() ? 0 : total->second.pending);
  const auto count_of = [&](const std::string& id) {
    const auto at = counts.find(id);
    return at == counts.end() ? TaskCounts{} : at->second;
  };
  Value deployments = Value::list();
  for (const Deployment& deployment : service.deployments)
    deployments.push(describe_deployment(scope, service, deployment, count_of(deployment.id)));
  v.set("deployments", deployments);
  if (service.controller == "ECS") {
    add_revisions(v, service, counts);
    return;
  }
  const auto sets = scope.by<TaskSet>("service:" + service.id);
  v.set("taskSets", list_of(sets, [&](const TaskSet* set) {
          return describe_task_set(scope, *set, true);
        }));
}

}  // namespace

Value describe_network(const TaskNetwork& network) {
  if (network.subnets.empty()) return {};
  return {{"awsvpcConfiguration",
           {{"subnets", network.subnets},
            {"securityGroups", network.groups},
            {"assignPublicIp", network.public_ip ? "ENABLED" : "DISABLED"}}}};
}

Value describe_load_balancers(const std::vector<LoadBalancerUse>& uses) {
  return list_of(uses, [](const LoadBalancerUse& use) {
    Value v{{"targetGroupArn", optional_text(use.target_group_arn)},
            {"loadBalancerName", optional_text(use.load_balancer_name)},
            {"containerName", use.container},
            {"containerPort", use.container_port}};
    if (!use.advanced_json.empty())
      v.set("advancedConfiguration", value_from_json(use.advanced_json));
    return v;
  });
}

Value describe_registries(const std::vector<RegistryUse>& uses) {
  return list_of(uses, [](const RegistryUse& use) {
    Value v{{"registryArn", use.registry_arn}, {"containerName", optional_text(use.container)}};
    if (use.port) v.set("port", use.port);
    if (use.container_port) v.set("containerPort", use.container_port);
    return v;
  });
}

Value describe_deployment_configuration(const Service& service) {
  Value v{{"maximumPercent", service.maximum_percent},
          {"minimumHealthyPercent", service.minimum_healthy_percent}};
  if (service.controller != "ECS") return v;
  v.set("deploymentCircuitBreaker",
        Value{{"enable", service.circuit_breaker}, {"rollback", service.circuit_rollback}});
  if (service.alarms_enabled || !service.alarms.empty())
    v.set("alarms", Value{{"alarmNames", service.alarms},
                          {"rollback", service.alarms_rollback},
                          {"enable", service.alarms_enabled}});
  v.set("strategy", service.strategy);
  v.set("bakeTimeInMinutes", service.bake_minutes);
  for (const Member& m : value_from_json(service.strategy_json).members()) v.set(m.key, m.value);
  return v;
}

Value describe_service(const sim::Scope& scope, const Service& service, bool with_tags) {
  const RunSpec& spec = service.spec;
  Value v{{"serviceArn", service.id},
          {"serviceName", service.name},
          {"clusterArn", cluster_arn(scope, service.cluster)},
          {"loadBalancers", describe_load_balancers(spec.load_balancers)},
          {"serviceRegistries", describe_registries(spec.registries)},
          {"status", service.status},
          {"desiredCount", service.desired},
          {"launchType", optional_text(spec.launch_type)},
          {"platformVersion", optional_text(spec.platform_version)},
          {"platformFamily", optional_text(spec.platform_family)},
          {"taskDefinition", optional_text(definition_arn(scope, spec.definition))},
          {"deploymentConfiguration", describe_deployment_configuration(service)},
          {"roleArn", optional_text(service.role_arn)},
          {"events", describe_events(scope, service)},
          {"createdAt", service.created},
          {"placementConstraints", rules(service.placement_constraints, "expression")},
          {"placementStrategy", rules(service.placement_strategy, "field")},
          {"networkConfiguration", describe_network(spec.network)},
          {"schedulingStrategy", service.scheduling},
          {"deploymentController", {{"type", service.controller}}},
          {"createdBy", optional_text(service.created_by)},
          {"enableECSManagedTags", service.managed_tags},
          {"propagateTags", service.propagate_tags},
          {"enableExecuteCommand", service.enable_execute_command},
          {"availabilityZoneRebalancing", service.zone_rebalancing},
          {"resourceManagementType", resource_management(scope, service)}};
  if (!spec.strategy.empty()) v.set("capacityProviderStrategy", describe_strategy(spec.strategy));
  if (!spec.load_balancers.empty() || service.grace_s)
    v.set("healthCheckGracePeriodSeconds", service.grace_s);
  if (with_tags && !service.tags.empty()) v.set("tags", describe_tags_here(service.tags));
  add_members(scope, service, v);
  return v;
}

std::string_view resource_management(const sim::Scope& scope, const Service& service) {
  return scope.has<ExpressService>(service.id) ? "ECS" : "CUSTOMER";
}

}  // namespace squall::ecs
