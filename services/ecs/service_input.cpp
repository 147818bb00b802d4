// Reading what CreateService, UpdateService and CreateTaskSet share.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

void check_items(const std::vector<std::string>& items, std::string_view member, size_t max) {
  if (items.size() > max)
    throw invalid_parameter(cat(member, " can have at most ", max, " items."));
  if (std::ranges::any_of(items, [](const std::string& s) { return s.empty(); }))
    throw invalid_parameter(cat(member, " cannot contain an empty item."));
}

void read_alarms(const Input& alarms, Service& service) {
  if (!alarms) return;
  service.alarms = alarms.strings("alarmNames");
  service.alarms_enabled = alarms.boolean("enable");
  service.alarms_rollback = alarms.boolean("rollback");
  if (service.alarms_enabled && service.alarms.empty())
    throw invalid_parameter("alarmNames cannot be empty when deployment alarms are enabled.");
  if (service.controller != "ECS")
    throw invalid_parameter("Deployment alarms are only supported with the ECS deployment "
                            "controller.");
}

void check_shift(const Input& linear, const Input& canary, const Service& service) {
  if (linear && service.strategy != "LINEAR")
    throw invalid_parameter("linearConfiguration is only valid for the LINEAR deployment "
                            "strategy.");
  if (canary && service.strategy != "CANARY")
    throw invalid_parameter("canaryConfiguration is only valid for the CANARY deployment "
                            "strategy.");
  const double step = linear.real("stepPercent", 10);
  if (step < 3 || step > 100)
    throw invalid_parameter("stepPercent must be between 3.0 and 100.0.");
  const double first = canary.real("canaryPercent", 5);
  if (first < 0.1 || first > 100)
    throw invalid_parameter("canaryPercent must be between 0.1 and 100.0.");
  for (const int64_t bake : {linear.integer("stepBakeTimeInMinutes", 6),
                             canary.integer("canaryBakeTimeInMinutes", 10)})
    if (bake < 0 || bake > 1440)
      throw invalid_parameter("Bake times must be between 0 and 1440 minutes.");
}

void check_hooks(const Input& in, const Service& service) {
  for (const Input& hook : in.list("lifecycleHooks")) {
    if (service.strategy == "ROLLING")
      throw invalid_parameter("Lifecycle hooks are not supported for the ROLLING deployment "
                              "strategy.");
    if (hook.strings("lifecycleStages").empty())
      throw invalid_parameter("lifecycleStages cannot be empty.");
    const bool pause = hook.string("targetType", "AWS_LAMBDA") == "PAUSE";
    if (!pause && (hook.string("hookTargetArn").empty() || hook.string("roleArn").empty()))
      throw invalid_parameter("hookTargetArn and roleArn are required for lifecycle hooks that "
                              "invoke an AWS Lambda function.");
  }
}

/// Blue/green and its kin; what is kept as it came is checked first.
void read_strategy(const Input& in, Service& service) {
  if (const auto strategy = in.optional_string("strategy")) service.strategy = *strategy;
  if (service.strategy != "ROLLING" && service.controller != "ECS")
    throw invalid_parameter(cat("The ", service.strategy,
                                " deployment strategy is only supported with the ECS deployment "
                                "controller."));
  const bool shifts = in.has("strategy") && service.strategy != "ROLLING";
  if (shifts && !in.has("bakeTimeInMinutes") && !service.bake_minutes) service.bake_minutes = 15;
  if (const auto bake = in.optional_integer("bakeTimeInMinutes")) {
    if (*bake < 0 || *bake > 1440)
      throw invalid_parameter("bakeTimeInMinutes must be between 0 and 1440.");
    service.bake_minutes = *bake;
  }
  check_shift(in.at("linearConfiguration"), in.at("canaryConfiguration"), service);
  check_hooks(in, service);
  Value kept = value_from_json(service.strategy_json);
  if (kept.is_absent()) kept = Value::map();
  for (const std::string_view member :
       {"lifecycleHooks", "linearConfiguration", "canaryConfiguration"})
    if (in.has(member)) kept.set(Key::stable(member), in.raw(member));
  service.strategy_json = kept.empty() ? "" : to_json(kept);
}

}  // namespace

std::vector<StrategyItem> read_provider_strategy(const Input& in) {
  std::vector<StrategyItem> strategy;
  int64_t with_base = 0, weights = 0;
  for (const Input& item : in.list("capacityProviderStrategy")) {
    strategy.push_back({short_name(item.string("capacityProvider")),
                        item.integer("weight"), item.integer("base")});
    with_base += strategy.back().base > 0;
    weights += strategy.back().weight;
  }
  if (strategy.size() > 20)
    throw invalid_parameter("A capacity provider strategy cannot contain more than 20 capacity "
                            "providers.");
  if (with_base > 1)
    throw invalid_parameter("A capacity provider strategy can have at most one capacity provider "
                            "with a base defined.");
  if (strategy.size() == 1 && weights == 0) strategy.front().weight = 1;
  else if (!strategy.empty() && weights == 0)
    throw invalid_parameter("A capacity provider strategy must have at least one capacity provider "
                            "with a weight greater than 0.");
  return strategy;
}

TaskNetwork read_service_network(const Input& in) {
  TaskNetwork network;
  const Input vpc = in.at("networkConfiguration").at("awsvpcConfiguration");
  if (!vpc) return network;
  network.subnets = vpc.strings("subnets");
  network.groups = vpc.strings("securityGroups");
  network.public_ip = vpc.string("assignPublicIp") == "ENABLED";
  if (network.subnets.empty()) throw invalid_parameter("subnets can not be empty.");
  check_items(network.subnets, "subnets", 16);
  check_items(network.groups, "securityGroups", 5);
  return network;
}

std::vector<LoadBalancerUse> read_load_balancers(const Input& in) {
  std::vector<LoadBalancerUse> uses;
  for (const Input& item : in.list("loadBalancers")) {
    LoadBalancerUse use{item.string("targetGroupArn"), item.string("loadBalancerName"),
                        item.string("containerName"), item.integer("containerPort"), ""};
    if (item.has("advancedConfiguration"))
      use.advanced_json = to_json(item.raw("advancedConfiguration"));
    if (!use.target_group_arn.empty() && !use.load_balancer_name.empty())
      throw invalid_parameter("targetGroupArn and loadBalancerName cannot both be specified.");
    if (use.target_group_arn.empty() && use.load_balancer_name.empty())
      throw invalid_parameter("Either a targetGroupArn or a loadBalancerName must be specified.");
    if (use.container.empty()) throw invalid_parameter("Container name can not be blank.");
    if (use.container_port < 1 || use.container_port > 65535)
      throw invalid_parameter("Container port must be between 1 and 65535.");
    uses.push_back(std::move(use));
  }
  if (uses.size() > 5) throw invalid_parameter("loadBalancers can have at most 5 items.");
  return uses;
}

std::vector<RegistryUse> read_registries(const Input& in) {
  std::vector<RegistryUse> uses;
  for (const Input& item : in.list("serviceRegistries")) {
    RegistryUse use{item.string("registryArn"), item.string("containerName"),
                    item.integer("port"), item.integer("containerPort")};
    if (use.registry_arn.empty()) throw invalid_parameter("Registry arn can not be blank.");
    if (use.container.empty() != (use.container_port == 0))
      throw invalid_parameter("When specifying containerName or containerPort for a service "
                              "registry, you must specify both values.");
    uses.push_back(std::move(use));
  }
  if (uses.size() > 1)
    throw invalid_parameter("service registries can have at most 1 items.");
  return uses;
}

void read_service_volumes(const sim::Scope& scope, const Input& in, RunSpec& spec) {
  if (!in.has("volumeConfigurations")) return;
  TaskRequest request;
  if (const auto* definition = scope.view<TaskDefinition>(spec.definition))
    read_volume_configurations(in, *definition, request);
  spec.volumes_json = to_json(in.raw("volumeConfigurations"));
}

std::vector<PlacementRule> read_placement_strategy(const Input& in) {
  std::vector<PlacementRule> rules;
  for (const Input& item : in.list("placementStrategy")) {
    PlacementRule rule{item.string("type"), item.string("field")};
    if (rule.type.empty()) throw invalid_parameter("type can not be blank.");
    if (rule.type == "random" && !rule.text.empty())
      throw invalid_parameter("The random placement strategy does not accept a field.");
    if (rule.type != "random" && rule.text.empty())
      throw invalid_parameter(cat("Placement strategy ", rule.type, " requires a field."));
    if (rule.type == "binpack") {
      rule.text = to_lower(rule.text);
      if (rule.text != "cpu" && rule.text != "memory")
        throw invalid_parameter("Binpack placement strategy field must be CPU or MEMORY.");
    }
    rules.push_back(std::move(rule));
  }
  if (rules.size() > 5) throw invalid_parameter("placement strategy can have at most 5 items.");
  return rules;
}

std::vector<PlacementRule> read_placement_constraints(const Input& in) {
  std::vector<PlacementRule> rules;
  for (const Input& item : in.list("placementConstraints")) {
    PlacementRule rule{item.string("type"), item.string("expression")};
    if (rule.type.empty()) throw invalid_parameter("type can not be blank.");
    if (rule.type == "memberOf" && rule.text.empty())
      throw invalid_parameter("The expression of a memberOf placement constraint can not be "
                              "blank.");
    if (rule.type == "distinctInstance" && !rule.text.empty())
      throw invalid_parameter("The distinctInstance placement constraint does not accept an "
                              "expression.");
    rules.push_back(std::move(rule));
  }
  if (rules.size() > 10)
    throw invalid_parameter("placement constraints can have at most 10 items.");
  return rules;
}

Tags read_service_tags(const Input& in) {
  const auto list = in.list("tags");
  Tags tags = tags_from(list, "key", "value");
  if (tags.size() != list.size()) throw invalid_parameter("Duplicate tag keys are not allowed.");
  for (const auto& [key, value] : tags)
    if (to_lower(key).starts_with("aws:"))
      throw invalid_parameter("aws: prefixed tag key names are not allowed for external use.");
  return tags;
}

void read_deployment_configuration(const Input& in, Service& service) {
  if (const auto maximum = in.optional_integer("maximumPercent")) service.maximum_percent = maximum;
  if (const auto minimum = in.optional_integer("minimumHealthyPercent"))
    service.minimum_healthy_percent = minimum;
  if (const Input breaker = in.at("deploymentCircuitBreaker")) {
    service.circuit_breaker = breaker.boolean("enable");
    service.circuit_rollback = breaker.boolean("rollback");
    if (service.circuit_breaker && service.controller != "ECS")
      throw invalid_parameter("Deployment circuit breaker feature can only be configured with the "
                              "ECS deployment controller.");
  }
  read_alarms(in.at("alarms"), service);
  read_strategy(in, service);
  apply_deployment_defaults(service);
  const int64_t maximum = *service.maximum_percent, minimum = *service.minimum_healthy_percent;
  if (minimum < 0) throw invalid_parameter("minimumHealthyPercent cannot be negative.");
  if (maximum < minimum)
    throw invalid_parameter("maximumPercent cannot be less than minimumHealthyPercent.");
  if (service.scheduling == "DAEMON" && maximum != 100)
    throw invalid_parameter("The daemon scheduling strategy does not support values for "
                            "maximumPercent other than 100.");
  if (maximum < 100) throw invalid_parameter("maximumPercent cannot be less than 100.");
  if (service.scheduling != "DAEMON" && minimum > 100)
    throw invalid_parameter("minimumHealthyPercent cannot be greater than 100.");
  if (maximum == 100 && minimum == 100)
    throw invalid_parameter("Both maximumPercent and minimumHealthyPercent cannot be 100 as this "
                            "will block deployments.");
}

void apply_deployment_defaults(Service& service) {
  const bool daemon = service.scheduling == "DAEMON";
  if (!service.maximum_percent) service.maximum_percent = daemon ? 100 : 200;
  if (!service.minimum_healthy_percent) service.minimum_healthy_percent = daemon ? 0 : 100;
}

}  // namespace squall::ecs
