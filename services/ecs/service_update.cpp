// UpdateService: what may change, by deployment controller, and what starts a deployment.
#include <algorithm>

#include "emulator/sim/record_type.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

void check_code_deploy(const Input& in) {
  static constexpr std::pair<std::string_view, std::string_view> refused[] = {
      {"taskDefinition", "task definition"},
      {"platformVersion", "platform version"},
      {"networkConfiguration", "network parameters"},
      {"loadBalancers", "load balancers"},
      {"serviceRegistries", "service registries"},
      {"capacityProviderStrategy", "capacity provider strategy"},
  };
  for (const auto& [member, words] : refused)
    if (in.has(member))
      throw invalid_parameter(cat("Unable to update ", words,
                                  " on services with a CODE_DEPLOY deployment controller. Use AWS "
                                  "CodeDeploy to trigger a new deployment."));
  if (in.boolean("forceNewDeployment"))
    throw invalid_parameter("Cannot force a new deployment on services with a CODE_DEPLOY "
                            "deployment controller. Use AWS CodeDeploy to trigger a new "
                            "deployment.");
}

void check_external(const Input& in) {
  for (const std::string_view member :
       {"taskDefinition", "platformVersion", "networkConfiguration", "loadBalancers",
        "serviceRegistries", "capacityProviderStrategy", "serviceConnectConfiguration",
        "volumeConfigurations", "vpcLatticeConfigurations", "deploymentConfiguration"})
    if (in.has(member))
      throw invalid_parameter(cat("Cannot update ", member,
                                  " on services with an EXTERNAL deployment controller. Create a "
                                  "new task set instead."));
  if (in.boolean("forceNewDeployment"))
    throw invalid_parameter("Cannot force a new deployment on services with an EXTERNAL deployment "
                            "controller. Create a new task set instead.");
}

/// ECS may become CODE_DEPLOY or EXTERNAL and back only as AWS lets it: a service without task
/// sets.
void change_controller(const Input& in, Service& service) {
  const Input controller = in.at("deploymentController");
  if (!controller) return;
  const std::string type = controller.string("type");
  if (type == service.controller) return;
  if (service.controller != "ECS" || service.scheduling == "DAEMON" || type != "ECS")
    throw invalid_parameter(cat("Unable to update the deployment controller from ",
                                service.controller, " to ", type, '.'));
}

void read_strategy_change(const Input& in, RunSpec& spec) {
  if (!in.has("capacityProviderStrategy")) return;
  const auto strategy = read_provider_strategy(in);
  if (!in.boolean("forceNewDeployment"))
    throw invalid_parameter(
        "When switching from launch type to capacity provider strategy on an existing service, or "
        "making a change to a capacity provider strategy on a service that is already using one, "
        "you must force a new deployment.");
  spec.strategy = strategy;
  spec.launch_type.clear();
}

/// The part that a new deployment freezes.
void read_spec_changes(Context& ctx, const Input& in, Service& service) {
  RunSpec& spec = service.spec;
  if (const auto definition = in.optional_string("taskDefinition"))
    spec.definition = require_definition(ctx, *definition).id;
  read_strategy_change(in, spec);
  if (const auto version = in.optional_string("platformVersion")) spec.platform_version = *version;
  if (in.has("networkConfiguration")) spec.network = read_service_network(in);
  if (in.has("loadBalancers")) spec.load_balancers = read_load_balancers(in);
  if (in.has("serviceRegistries")) spec.registries = read_registries(in);
  if (in.has("serviceConnectConfiguration"))
    spec.service_connect_json = to_json(in.raw("serviceConnectConfiguration"));
  read_service_volumes(ctx, in, spec);
  if (in.has("vpcLatticeConfigurations"))
    spec.lattice_json = to_json(in.raw("vpcLatticeConfigurations"));
  if (service.controller != "ECS") return;
  const Cluster& cluster = require_cluster(ctx, service.cluster);
  if (spec.launch_type.empty() && spec.strategy.empty()) spec.strategy = cluster.default_strategy;
  const std::string platform = spec.platform_version;
  resolve_launch(ctx, cluster, spec);
  if (!is_fargate(spec) && platform == "LATEST") spec.platform_version.clear();
  resolve_service_connect(ctx, cluster, service);
}

void read_options(const Input& in, Service& service) {
  if (const auto grace = in.optional_integer("healthCheckGracePeriodSeconds"))
    service.grace_s = *grace;
  if (const auto tags = in.optional_string("propagateTags")) service.propagate_tags = *tags;
  if (const auto managed = in.optional_boolean("enableECSManagedTags"))
    service.managed_tags = *managed;
  if (const auto exec = in.optional_boolean("enableExecuteCommand"))
    service.enable_execute_command = *exec;
  if (in.has("placementStrategy")) service.placement_strategy = read_placement_strategy(in);
  if (in.has("placementConstraints"))
    service.placement_constraints = read_placement_constraints(in);
  if (const auto zones = in.optional_string("availabilityZoneRebalancing"))
    service.zone_rebalancing = *zones;
  if (in.has("deploymentConfiguration"))
    read_deployment_configuration(in.at("deploymentConfiguration"), service);
}

void read_desired(const Input& in, Service& service) {
  const auto desired = in.optional_integer("desiredCount");
  if (!desired) return;
  if (service.scheduling == "DAEMON")
    throw invalid_parameter("The daemon scheduling strategy does not support a desired count. "
                            "Remove the desired count value and try again.");
  service.desired = *desired;
}

Value update_service(Context& ctx, Input in) {
  const Service& found = require_active_service(ctx, in.string("cluster"), in.string("service"));
  Service service = found;
  const bool forced = in.boolean("forceNewDeployment");
  if (service.controller == "CODE_DEPLOY") check_code_deploy(in);
  if (service.controller == "EXTERNAL") check_external(in);
  change_controller(in, service);
  read_desired(in, service);
  read_options(in, service);
  read_spec_changes(ctx, in, service);
  check_service(ctx, service);
  const bool changed = sim::changed_fields_json(found.spec, service.spec) != "{}";
  if (service.desired != found.desired) service.steady = false;
  if (Deployment* primary = primary_of(service)) {
    if (primary->desired != service.desired && service.scheduling == "REPLICA") {
      primary->desired = service.desired;
      primary->updated = ctx.now();
    }
  }
  Service& kept = ctx.edit<Service>(found.id);
  kept = std::move(service);
  if (kept.controller == "ECS" && (changed || forced))
    begin_deployment(ctx, kept, "");
  register_service_connect(ctx, kept);
  wake_service(ctx, kept.id);
  return {{"service", describe_service(ctx, kept, true)}};
}

const api::HandlerRow rows[] = {{"UpdateService", api::Writes, update_service}};

}  // namespace

HandlerRows service_update_rows() { return rows; }

}  // namespace squall::ecs
