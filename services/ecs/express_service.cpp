// Express Gateway services: the operations.
#include <algorithm>

#include "services/common/invoke.h"
#include "services/common/value_json.h"
#include "services/ecs/express.h"
#include "services/ecs/scheduler.h"
#include "services/elbv2/elbv2.h"

namespace squall::ecs {
namespace {

using Values = std::vector<Value>;

void read_container(const Input& in, ExpressService& e) {
  const Input container = in.at("primaryContainer");
  if (!container) return;
  if (container.string("image").empty())
    throw invalid_parameter("The image of the primary container cannot be empty.");
  e.port = container.integer("containerPort", 80);
  if (e.port < 1 || e.port > 65535)
    throw invalid_parameter("containerPort must be between 1 and 65535.");
  e.container_json = to_json(in.raw("primaryContainer"));
}

void read_scaling(const Input& in, ExpressService& e) {
  const Input scaling = in.at("scalingTarget");
  if (!scaling) return;
  e.min_tasks = scaling.integer("minTaskCount", e.min_tasks);
  e.max_tasks = scaling.integer("maxTaskCount", e.max_tasks);
  e.metric = scaling.string("autoScalingMetric", e.metric);
  e.target_value = scaling.integer("autoScalingTargetValue", e.target_value);
  if (e.min_tasks < 0 || e.max_tasks < e.min_tasks || e.max_tasks < 1)
    throw invalid_parameter("minTaskCount must not be greater than maxTaskCount.");
  if (e.target_value < 1 || (e.metric != "REQUEST_COUNT_PER_TARGET" && e.target_value > 100))
    throw invalid_parameter("autoScalingTargetValue is out of range.");
}

void read_settings(const Input& in, ExpressService& e) {
  e.execution_role = in.string("executionRoleArn", e.execution_role);
  e.task_role = in.string("taskRoleArn", e.task_role);
  e.cpu = in.string("cpu", e.cpu);
  e.memory = in.string("memory", e.memory);
  e.health_path = in.string("healthCheckPath", e.health_path);
  if (!e.health_path.starts_with('/'))
    throw invalid_parameter("healthCheckPath must begin with '/'.");
  for (const std::string& role : {e.execution_role, e.infrastructure_role})
    if (role.find(":role/") == std::string::npos)
      throw invalid_parameter("The role ARN is invalid: " + role);
  read_container(in, e);
  read_scaling(in, e);
  if (const Input network = in.at("networkConfiguration")) {
    if (network.has("subnets")) e.subnets = network.strings("subnets");
    if (network.has("securityGroups")) e.groups = network.strings("securityGroups");
  }
}

Value describe_network_of(const ExpressService& e) {
  return {{"securityGroups", e.groups}, {"subnets", e.subnets}};
}

Value describe_configuration(const ExpressService& e, std::string_view revision) {
  Value v = Value::map();
  if (!revision.empty()) v.add("serviceRevisionArn", revision);
  v.add("executionRoleArn", e.execution_role);
  if (!e.task_role.empty()) v.add("taskRoleArn", e.task_role);
  v.add("cpu", e.cpu);
  v.add("memory", e.memory);
  v.add("networkConfiguration", describe_network_of(e));
  v.add("healthCheckPath", e.health_path);
  v.add("primaryContainer", value_from_json(e.container_json));
  v.add("scalingTarget", {{"minTaskCount", e.min_tasks},
                          {"maxTaskCount", e.max_tasks},
                          {"autoScalingMetric", e.metric},
                          {"autoScalingTargetValue", e.target_value}});
  v.add("ingressPaths",
        Values{{{"accessType", "PUBLIC"}, {"endpoint", cat("https://", e.host, '/')}}});
  v.add("createdAt", e.updated);
  return v;
}

Value describe(const sim::Scope& scope, const ExpressService& e, bool with_tags) {
  const Service* service = scope.view<Service>(e.id);
  const Deployment* primary = service ? primary_of(*service) : nullptr;
  Value v{{"cluster", scope.arn("ecs", cat("cluster/", e.cluster))},
          {"serviceName", e.name},
          {"serviceArn", e.id},
          {"infrastructureRoleArn", e.infrastructure_role},
          {"status", {{"statusCode", service ? service->status : "INACTIVE"}}}};
  if (primary) v.add("currentDeployment", primary->deployment_arn);
  v.add("activeConfigurations",
        Values{describe_configuration(e, primary ? primary->revision_arn : "")});
  if (with_tags) v.add("tags", describe_tags_of(e.tags));
  v.add("createdAt", e.created);
  v.add("updatedAt", e.updated);
  return v;
}

/// The default cluster comes with the first service.
std::string cluster_for(Context& ctx, const std::string& given) {
  if (given.empty() || given == "default") {
    const Cluster* cluster = ctx.view<Cluster>("default");
    if (!cluster || cluster->status != "ACTIVE")
      invoke(ctx, service(), "CreateCluster", Value::map());
    return "default";
  }
  return require_cluster(ctx, given).id;
}

Value create(Context& ctx, Input in) {
  ExpressService e;
  e.infrastructure_role = in.string("infrastructureRoleArn");
  read_settings(in, e);
  e.tags = read_tags(in);
  e.cluster = cluster_for(ctx, in.string("cluster"));
  e.name = in.string("serviceName");
  if (e.name.empty()) e.name = cat("express-", ctx.new_hex("express-service", 8, e.cluster));
  e.id = ctx.arn("ecs", cat("service/", e.cluster, '/', e.name));
  if (const Service* before = ctx.view<Service>(e.id); before && before->status != "INACTIVE")
    throw invalid_parameter("Creation of service was not idempotent.");
  choose_network(ctx, e);
  make_gateway(ctx, e);
  e.created = e.updated = ctx.now();
  Value tags = Value::list();
  for (const auto& [key, value] : e.tags) tags.push({{"key", key}, {"value", value}});
  invoke(ctx, service(), "CreateService",
         {{"cluster", e.cluster},
          {"serviceName", e.name},
          {"taskDefinition", make_definition(ctx, e)},
          {"desiredCount", std::max<int64_t>(1, e.min_tasks)},
          {"launchType", "FARGATE"},
          {"networkConfiguration",
           {{"awsvpcConfiguration", {{"subnets", e.subnets},
                                     {"securityGroups", e.groups},
                                     {"assignPublicIp", "ENABLED"}}}}},
          {"loadBalancers", Values{{{"targetGroupArn", e.target_group},
                                    {"containerName", "Main"},
                                    {"containerPort", e.port}}}},
          {"deploymentConfiguration",
           {{"deploymentCircuitBreaker", {{"enable", true}, {"rollback", true}}}}},
          {"tags", tags}});
  set_scaling(ctx, e);
  const ExpressService& made = ctx.add(std::move(e));
  return {{"service", describe(ctx, made, true)}};
}

const ExpressService& require_express(const sim::Scope& scope, const std::string& arn,
                                      bool describing) {
  const ExpressService* found = scope.view<ExpressService>(arn);
  if (found) return *found;
  if (!arn.starts_with("arn:")) throw invalid_parameter("The service ARN is invalid.");
  const auto parts = split(arn, '/');
  if (parts.size() == 3) require_cluster(scope, parts[1]);
  if (describing) throw resource_not_found("The Express Gateway service was not found.");
  throw service_not_found();
}

Value describe_service_api(Context& ctx, Input in) {
  const auto include = in.strings("include");
  const ExpressService& e = require_express(ctx, in.string("serviceArn"), true);
  const bool tags = std::ranges::find(include, "TAGS") != include.end();
  return {{"service", describe(ctx, e, tags)}};
}

Value update(Context& ctx, Input in) {
  ExpressService e = require_express(ctx, in.string("serviceArn"), false);
  const Service* before = ctx.view<Service>(e.id);
  if (!before || before->status != "ACTIVE") throw service_not_active();
  const std::string path = e.health_path;
  const int64_t port = e.port;
  read_settings(in, e);
  if (e.port != port && !in.at("networkConfiguration").has("securityGroups"))
    throw invalid_parameter("The container port cannot be changed without security groups that "
                            "allow it.");
  e.vpc.clear();
  choose_network(ctx, e);
  e.updated = ctx.now();
  if (e.health_path != path)
    invoke(ctx, elbv2::service(), "ModifyTargetGroup",
           {{"TargetGroupArn", e.target_group}, {"HealthCheckPath", e.health_path}});
  Value change{{"cluster", e.cluster},
               {"service", e.name},
               {"taskDefinition", make_definition(ctx, e)},
               {"networkConfiguration",
                {{"awsvpcConfiguration", {{"subnets", e.subnets},
                                          {"securityGroups", e.groups},
                                          {"assignPublicIp", "ENABLED"}}}}}};
  if (e.port != port)
    change.add("loadBalancers", Values{{{"targetGroupArn", e.target_group},
                                        {"containerName", "Main"},
                                        {"containerPort", e.port}}});
  invoke(ctx, service(), "UpdateService", change);
  set_scaling(ctx, e);
  ExpressService& edited = ctx.edit<ExpressService>(e.id);
  edited = std::move(e);
  const Deployment* primary = primary_of(*ctx.view<Service>(edited.id));
  return {{"service",
           {{"serviceArn", edited.id},
            {"cluster", ctx.arn("ecs", cat("cluster/", edited.cluster))},
            {"serviceName", edited.name},
            {"status", {{"statusCode", "ACTIVE"}}},
            {"targetConfiguration",
             describe_configuration(edited, primary ? primary->revision_arn : "")},
            {"createdAt", edited.created},
            {"updatedAt", edited.updated}}}};
}

Value remove(Context& ctx, Input in) {
  const ExpressService e = require_express(ctx, in.string("serviceArn"), false);
  const Service* before = ctx.view<Service>(e.id);
  if (!before || before->status != "ACTIVE") throw service_not_active();
  drop_scaling(ctx, e);
  invoke(ctx, service(), "DeleteService",
         {{"cluster", e.cluster}, {"service", e.name}, {"force", true}});
  drop_gateway(ctx, e);
  const Value answer{{"service", describe(ctx, e, true)}};
  ctx.erase<ExpressService>(e.id);
  return answer;
}

const api::HandlerRow rows[] = {
    {"CreateExpressGatewayService", Writes, create},
    {"DescribeExpressGatewayService", Reads, describe_service_api},
    {"UpdateExpressGatewayService", Writes, update},
    {"DeleteExpressGatewayService", Writes, remove},
};

}  // namespace

HandlerRows express_rows() { return rows; }

}  // namespace squall::ecs
