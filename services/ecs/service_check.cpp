// What a service must satisfy before it is accepted: definitions, networks, load balancers.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/task.h"
#include "services/elbv2/elbv2.h"

namespace squall::ecs {
namespace {

void check_network(const sim::Scope& scope, const TaskDefinition& definition,
                   const RunSpec& spec) {
  if (definition.network_mode == "awsvpc" && spec.network.subnets.empty())
    throw invalid_parameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (definition.network_mode != "awsvpc" && !spec.network.subnets.empty())
    throw invalid_parameter(
        "Network Configuration is not valid for the given networkMode of this task definition.");
  std::string vpc;
  for (const std::string& id : spec.network.subnets) {
    const auto* subnet = scope.view<ec2::Subnet>(id);
    if (!subnet)
      throw invalid_parameter(cat("Error retrieving subnet information for [", id,
                                  "]: The subnet ID '", id,
                                  "' does not exist (ErrorCode: InvalidSubnetID.NotFound)"));
    if (!vpc.empty() && vpc != subnet->vpc_id)
      throw invalid_parameter("subnets must belong to the same VPC.");
    vpc = subnet->vpc_id;
  }
  for (const std::string& id : spec.network.groups) {
    const auto* group = scope.view<ec2::SecurityGroup>(id);
    if (!group)
      throw invalid_parameter(cat("Error retrieving security group information for [", id,
                                  "]: The security group '", id,
                                  "' does not exist (ErrorCode: InvalidGroup.NotFound)"));
    if (group->vpc_id != vpc)
      throw invalid_parameter(
          "Security group " + id + " does not appear to belong to the same VPC as the subnets.");
  }
  if (spec.network.public_ip && !is_fargate(spec) && spec.strategy.empty())
    throw invalid_parameter("Assign public IP is not supported for this launch type.");
}

void check_platform(const TaskDefinition& definition, const RunSpec& spec) {
  if (!is_fargate(spec)) {
    if (!spec.platform_version.empty() && spec.strategy.empty())
      throw invalid_parameter(cat("The platform version must be null when specifying an ",
                                  spec.launch_type, " launch type."));
    return;
  }
  const auto& can = definition.compatibilities;
  if (std::ranges::find(can, "FARGATE") == can.end())
    throw invalid_parameter("Task definition does not support launch_type FARGATE.");
  platform_for(definition, spec.platform_version);
}

const ContainerDefinition& require_container(const TaskDefinition& definition,
                                             const std::string& name) {
  const auto at = std::ranges::find(definition.containers, name, &ContainerDefinition::name);
  if (at == definition.containers.end())
    throw invalid_parameter(cat("The container ", name, " does not exist in the task definition."));
  return *at;
}

void check_container_port(const TaskDefinition& definition, const std::string& container,
                          int64_t port) {
  const auto& ports = require_container(definition, container).ports;
  if (std::ranges::find(ports, port, &PortMapping::container_port) == ports.end())
    throw invalid_parameter(
        cat("The container ", container, " did not have a container port ", port, " defined."));
}

void check_target_group(const sim::Scope& scope, const TaskDefinition& definition,
                        const std::string& arn) {
  const auto* group = scope.view<elbv2::TargetGroup>(arn);
  if (!group)
    throw invalid_parameter("Unable to assume role and validate the specified targetGroupArn. "
                            "Please verify that the ECS service role being passed has the proper "
                            "permissions.");
  const bool awsvpc = definition.network_mode == "awsvpc";
  if ((group->target_type == "ip") != awsvpc)
    throw invalid_parameter(cat("The provided target group ", arn, " has target type ",
                                group->target_type, ", which is incompatible with the ",
                                awsvpc ? "awsvpc" : "bridge",
                                " network mode specified in the task definition."));
  if (elbv2::load_balancers_of(scope, arn).empty())
    throw invalid_parameter(cat("The target group with targetGroupArn ", arn,
                                " does not have an associated load balancer."));
}

void check_load_balancers(const sim::Scope& scope, const Service& service,
                          const TaskDefinition& definition, const RunSpec& spec) {
  const bool shifts = service.strategy != "ROLLING";
  for (const LoadBalancerUse& use : spec.load_balancers) {
    if (use.target_group_arn.empty())
      throw invalid_parameter("Unable to assume role and validate the load balancer " +
                              use.load_balancer_name +
                              ". Please verify that the ECS service role being passed has the "
                              "proper permissions.");
    check_container_port(definition, use.container, use.container_port);
    const Value advanced = value_from_json(use.advanced_json);
    const std::string alternate{advanced.at("alternateTargetGroupArn").text()};
    if (shifts && (alternate.empty() || advanced.at("productionListenerRule").text().empty() ||
                   advanced.at("roleArn").text().empty()))
      throw invalid_parameter(cat("advancedConfiguration with alternateTargetGroupArn, "
                                  "productionListenerRule and roleArn is required for load "
                                  "balancers of the ",
                                  service.strategy, " deployment strategy."));
    if (shifts && alternate == use.target_group_arn)
      throw invalid_parameter("The targetGroupArn and the alternateTargetGroupArn must differ.");
    if (!shifts || elbv2::load_balancers_of(scope, use.target_group_arn).size())
      check_target_group(scope, definition, use.target_group_arn);
    if (shifts && !scope.has<elbv2::TargetGroup>(alternate))
      throw invalid_parameter("The alternate target group " + alternate + " does not exist.");
  }
  if (service.grace_s && spec.load_balancers.empty())
    throw invalid_parameter(
        "Health check grace period is only valid for services configured to use load balancers");
}

void check_placement(const Service& service, const RunSpec& spec) {
  const bool fargate = is_fargate(spec);
  if (fargate && !service.placement_constraints.empty())
    throw invalid_parameter("Placement constraints are not supported with FARGATE launch type.");
  if (fargate && !service.placement_strategy.empty())
    throw invalid_parameter("Placement strategies are not supported with FARGATE launch type.");
  if (service.scheduling != "DAEMON") return;
  if (!service.placement_strategy.empty())
    throw invalid_parameter("The daemon scheduling strategy does not support placement strategies. "
                            "Remove the placement strategies and try again.");
  for (const PlacementRule& rule : service.placement_constraints)
    if (rule.type == "distinctInstance")
      throw invalid_parameter("The daemon scheduling strategy does not support the "
                              "distinctInstance placement constraint.");
  if (fargate)
    throw invalid_parameter("The daemon scheduling strategy is not supported with the FARGATE "
                            "launch type.");
}

void check_registries(const TaskDefinition& definition, const RunSpec& spec) {
  for (const RegistryUse& use : spec.registries) {
    if (!use.container.empty())
      check_container_port(definition, use.container, use.container_port);
    else if (definition.network_mode != "awsvpc" && use.port == 0)
      throw invalid_parameter("When specifying 'host' or 'bridge' for networkMode, values for "
                              "'containerName' and 'containerPort' must be specified from the task "
                              "definition.");
    if (use.port && definition.network_mode == "awsvpc" && use.container_port)
      throw invalid_parameter("When specifying 'awsvpc' for networkMode, 'port' and the "
                              "combination of 'containerName' and 'containerPort' cannot both be "
                              "specified.");
  }
}

}  // namespace

bool is_fargate(const RunSpec& spec) {
  if (spec.launch_type == "FARGATE") return true;
  return !spec.strategy.empty() && spec.strategy.front().provider.starts_with("FARGATE");
}

void resolve_launch(const sim::Scope& scope, const Cluster& cluster, RunSpec& spec) {
  if (!spec.launch_type.empty() && !spec.strategy.empty())
    throw invalid_parameter("Specifying both a launch type and capacity provider strategy is not "
                            "supported. Remove one and try again.");
  if (spec.launch_type.empty() && spec.strategy.empty()) spec.strategy = cluster.default_strategy;
  if (spec.launch_type.empty() && spec.strategy.empty()) spec.launch_type = "EC2";
  if (spec.launch_type == "MANAGED_INSTANCES")
    throw invalid_parameter("The MANAGED_INSTANCES launch type is used through a capacity provider "
                            "strategy.");
  const auto fargate = std::ranges::count_if(
      spec.strategy, [](const auto& item) { return item.provider.starts_with("FARGATE"); });
  if (fargate && static_cast<size_t>(fargate) != spec.strategy.size())
    throw invalid_parameter("A capacity provider strategy cannot contain a mix of capacity "
                            "providers using Auto Scaling groups and Fargate providers. Specify "
                            "one or the other and try again.");
  for (const StrategyItem& item : spec.strategy)
    if (std::ranges::find(cluster.capacity_providers, item.provider) ==
        cluster.capacity_providers.end())
      throw invalid_parameter(
          "The specified capacity provider strategy cannot contain a capacity provider that is not "
          "associated with the cluster. Associate the capacity provider with the cluster and try "
          "again.");
  if (const TaskDefinition* definition = scope.view<TaskDefinition>(spec.definition)) {
    if (is_fargate(spec))
      spec.platform_family = definition->os_family.empty() || definition->os_family == "LINUX"
                                 ? "Linux"
                                 : definition->os_family;
    else
      spec.platform_family.clear();
  }
  if (is_fargate(spec) && spec.platform_version.empty()) spec.platform_version = "LATEST";
}

void check_run_spec(const sim::Scope& scope, const Service& service, const RunSpec& spec) {
  const TaskDefinition* found = scope.view<TaskDefinition>(spec.definition);
  if (!found) throw definition_inactive();
  const TaskDefinition& definition = *found;
  check_platform(definition, spec);
  check_network(scope, definition, spec);
  check_placement(service, spec);
  check_load_balancers(scope, service, definition, spec);
  check_registries(definition, spec);
  if (spec.launch_type == "EXTERNAL" && (!spec.load_balancers.empty() || !spec.registries.empty()))
    throw invalid_parameter("Load balancers and service registries are not supported with the "
                            "EXTERNAL launch type.");
  if (!service.role_arn.empty() && definition.network_mode == "awsvpc")
    throw invalid_parameter(
        "You cannot specify an IAM role for services that require a service linked role.");
  if (!service.role_arn.empty() && spec.load_balancers.empty())
    throw invalid_parameter("You can only specify a role if your service uses a load balancer.");
}

bool can_rebalance(const Service& service) {
  if (service.scheduling == "DAEMON" || service.controller != "ECS") return false;
  if (service.maximum_percent.value_or(200) <= 100) return false;
  if (service.spec.launch_type == "EXTERNAL") return false;
  for (const LoadBalancerUse& use : service.spec.load_balancers)
    if (!use.load_balancer_name.empty()) return false;
  if (service.placement_strategy.empty()) return true;
  const PlacementRule& first = service.placement_strategy.front();
  return first.type == "spread" && first.text == "attribute:ecs.availability-zone";
}

void check_service(const sim::Scope& scope, const Service& service) {
  const bool external = service.controller == "EXTERNAL";  // its task sets were checked
  if (!external && !service.spec.definition.empty()) check_run_spec(scope, service, service.spec);
  if (service.desired < 0)
    throw invalid_parameter("The desired count must be greater than or equal to 0.");
  if (service.desired > 5000)
    throw invalid_parameter("The desired count cannot exceed the limit of 5000 tasks per service.");
  if (service.grace_s < 0 || service.grace_s > 2147483647)
    throw invalid_parameter("healthCheckGracePeriodSeconds must be between 0 and 2147483647.");
  if (service.zone_rebalancing != "ENABLED" || can_rebalance(service)) return;
  if (service.scheduling == "DAEMON")
    throw invalid_parameter(
        "Availability Zone rebalancing is not supported with the daemon scheduling strategy.");
  if (service.maximum_percent.value_or(200) <= 100)
    throw invalid_parameter("Availability Zone rebalancing does not support maximumPercent <= 100. "
                            "Increase maximumPercent and try again.");
  throw invalid_parameter(
      "Availability Zone rebalancing requires that the first placement strategy, if any, is spread "
      "by attribute:ecs.availability-zone, and is not available for external instances or other "
      "deployment controllers.");
}

}  // namespace squall::ecs
