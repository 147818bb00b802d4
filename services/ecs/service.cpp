// CreateService and DeleteService.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

// "INACTIVE services may be cleaned up": an hour, as stopped tasks.
constexpr Duration inactive_shown = 1h;

void check_name(const std::string& name) {
  const bool fits = !name.empty() && name.size() <= 255 &&
                    std::ranges::all_of(name, [](unsigned char c) {
                      return std::isalnum(c) || c == '-' || c == '_';
                    });
  if (!fits)
    throw invalid_parameter("Service name must contain only letters, numbers, hyphens and "
                            "underscores, and be at most 255 characters long.");
}

/// What was asked for, without the client's random token.
std::string fingerprint_of(const Input& in) {
  std::string text;
  for (const Member& m : in.value().members())
    if (m.key.text != "clientToken") text += cat(m.key.text, '=', to_json(m.value), '\n');
  return hex16(stable_hash(text));
}

void read_counts(const Input& in, Service& service) {
  const auto desired = in.optional_integer("desiredCount");
  if (service.scheduling == "DAEMON") {
    if (desired)
      throw invalid_parameter("The daemon scheduling strategy does not support a desired count. "
                              "Remove the desired count value and try again.");
    return;
  }
  if (!desired && service.controller == "ECS")
    throw invalid_parameter("The desired count is required for services with the REPLICA "
                            "scheduling strategy.");
  service.desired = desired.value_or(0);
}

/// Fields that belong to task sets where somebody else deploys.
void check_external(const Input& in) {
  for (const std::string_view member :
       {"taskDefinition", "launchType", "capacityProviderStrategy", "loadBalancers",
        "serviceRegistries", "networkConfiguration", "platformVersion"})
    if (in.has(member))
      throw invalid_parameter(cat(member, " is not supported for services with the EXTERNAL "
                                          "deployment controller. Specify it in a task set."));
}

void read_spec(Context& ctx, const Input& in, const Cluster& cluster, Service& service) {
  if (service.controller == "EXTERNAL") {
    check_external(in);
    return;
  }
  RunSpec& spec = service.spec;
  const std::string definition = in.string("taskDefinition");
  if (definition.empty()) throw invalid_parameter("TaskDefinition can not be blank.");
  spec.definition = require_definition(ctx, definition).id;
  spec.launch_type = in.string("launchType");
  spec.strategy = read_provider_strategy(in);
  spec.platform_version = in.string("platformVersion");
  spec.network = read_service_network(in);
  spec.load_balancers = read_load_balancers(in);
  spec.registries = read_registries(in);
  resolve_launch(ctx, cluster, spec);
  if (service.controller == "CODE_DEPLOY" && spec.load_balancers.size() != 1)
    throw invalid_parameter("Services with the CODE_DEPLOY deployment controller must use exactly "
                            "one load balancer.");
}

Service read_service(Context& ctx, const Input& in, const Cluster& cluster) {
  Service service;
  service.name = in.string("serviceName");
  check_name(service.name);
  service.id = ctx.arn("ecs", cat("service/", cluster.id, '/', service.name));
  service.cluster = cluster.id;
  service.created = ctx.now();
  service.created_by = ctx.caller_arn;
  service.scheduling = in.string("schedulingStrategy", "REPLICA");
  if (const Input controller = in.at("deploymentController"))
    service.controller = controller.string("type");
  if (service.scheduling == "DAEMON" && service.controller != "ECS")
    throw invalid_parameter(cat("The daemon scheduling strategy is not supported with the ",
                                service.controller, " deployment controller."));
  read_counts(in, service);
  service.role_arn = in.string("role");
  service.grace_s = in.integer("healthCheckGracePeriodSeconds");
  service.propagate_tags = in.string("propagateTags", "NONE");
  service.managed_tags = in.boolean("enableECSManagedTags");
  service.enable_execute_command = in.boolean("enableExecuteCommand");
  service.placement_strategy = read_placement_strategy(in);
  service.placement_constraints = read_placement_constraints(in);
  service.tags = read_service_tags(in);
  read_spec(ctx, in, cluster, service);
  read_deployment_configuration(in.at("deploymentConfiguration"), service);
  if (in.has("serviceConnectConfiguration"))
    service.spec.service_connect_json = to_json(in.raw("serviceConnectConfiguration"));
  read_service_volumes(ctx, in, service.spec);
  if (in.has("vpcLatticeConfigurations"))
    service.spec.lattice_json = to_json(in.raw("vpcLatticeConfigurations"));
  resolve_service_connect(ctx, cluster, service);
  service.zone_rebalancing = in.string("availabilityZoneRebalancing",
                                       can_rebalance(service) ? "ENABLED" : "DISABLED");
  check_service(ctx, service);
  service.fingerprint = fingerprint_of(in);
  return service;
}

Value create_service(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  in.ignore("clientToken");  // names are unique in a cluster: the same request again is known by it
  if (const Service* old = find_service(ctx, cluster.id, in.string("serviceName"))) {
    if (old->status == "DRAINING")
      throw invalid_parameter("Unable to Start a service that is still Draining.");
    if (old->status == "ACTIVE") {
      const Service same = read_service(ctx, in, cluster);
      if (same.fingerprint != old->fingerprint)
        throw invalid_parameter("Creation of service was not idempotent.");
      return {{"service", describe_service(ctx, *old, true)}};
    }
  }
  Service fresh = read_service(ctx, in, cluster);
  forget_history(ctx, fresh.id);
  Service& service = ctx.add(std::move(fresh));
  if (service.controller == "ECS") begin_deployment(ctx, service, "");
  if (service.controller == "CODE_DEPLOY") add_first_task_set(ctx, service);
  register_service_connect(ctx, service);
  wake_service(ctx, service.id);
  return {{"service", describe_service(ctx, service, true)}};
}

Value delete_service(Context& ctx, Input in) {
  const Service& found = require_service(ctx, in.string("cluster"), in.string("service"));
  const bool force = in.boolean("force");
  if (found.status == "INACTIVE") throw service_not_found();
  if (found.status == "DRAINING") return {{"service", describe_service(ctx, found, true)}};
  if (!force && found.scheduling == "REPLICA" && found.desired > 0)
    throw invalid_parameter("The service cannot be stopped while it is scaled above 0.");
  if (!force && !ctx.by<TaskSet>("service:" + found.id).empty())
    throw invalid_parameter("The service cannot be stopped while it has task sets.");
  Service& service = ctx.edit<Service>(found.id);
  service.status = "DRAINING";
  service.desired = 0;
  service.steady = false;
  service.fingerprint.clear();
  for (Deployment& deployment : service.deployments) deployment.desired = 0;
  close_deployments(ctx, service);
  wake_service(ctx, service.id);
  return {{"service", describe_service(ctx, service, true)}};
}

void forget(sim::Scope& scope, const sim::Event& event) {
  const Service* service = scope.view<Service>(event.subject);
  if (!service || service->status != "INACTIVE") return;
  forget_history(scope, event.subject);
  scope.erase<Service>(event.subject);
}

const api::HandlerRow rows[] = {
    {"CreateService", api::Writes, create_service},
    {"DeleteService", api::Writes, delete_service},
};
const sim::EventRow events[] = {{"ecs.service.forget", forget}};

}  // namespace

void finish_draining(Pass& pass) {
  std::vector<const LiveTask*> leaving;
  for (const LiveTask& task : pass.tasks)
    if (!task.stopping) leaving.push_back(&task);
  if (!leaving.empty()) {
    stop_tasks(pass, leaving, "Task stopped because its service was deleted");
    return;
  }
  if (!pass.tasks.empty()) return;
  std::vector<std::string> sets;
  for (const TaskSet* set : pass.scope.by<TaskSet>("service:" + pass.service().id))
    sets.push_back(set->id);
  for (const std::string& id : sets) pass.scope.erase<TaskSet>(id);
  unregister_service_connect(pass.scope, pass.service());
  Service& service = pass.edit();
  service.status = "INACTIVE";
  service.deployments.clear();
  pass.scope.erase<SchedulerState>(service.id);
  pass.scope.after(inactive_shown, "ecs.service.forget", service.id);
}

HandlerRows service_rows() { return rows; }
EventRows service_events() { return events; }

}  // namespace squall::ecs
