// Roles that services make for themselves.
#include "services/iam/internal.h"

namespace squall::iam {
namespace {

struct Linked {
  std::string_view service, role, policy;
};
constexpr Linked linked[] = {
    {"autoscaling.amazonaws.com", "AutoScaling", "AutoScalingServiceRolePolicy"},
    {"elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing",
     "AWSElasticLoadBalancingServiceRolePolicy"},
    {"ecs.amazonaws.com", "ECS", "AmazonECSServiceRolePolicy"},
    {"rds.amazonaws.com", "RDS", "AmazonRDSServiceRolePolicy"},
    {"elasticache.amazonaws.com", "ElastiCache", "ElastiCacheServiceRolePolicy"},
    {"fis.amazonaws.com", "FIS", "AmazonFISServiceRolePolicy"},
    {"ecs.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_ECSService",
     "AWSApplicationAutoscalingECSServicePolicy"},
    {"dynamodb.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_DynamoDBTable",
     "AWSApplicationAutoscalingDynamoDBTablePolicy"},
    {"spot.amazonaws.com", "EC2Spot", ""},
    {"es.amazonaws.com", "AmazonElasticsearchService", ""},
};

Value create(Context& ctx, Input in) {
  const std::string service = in.string("AWSServiceName");
  const std::string suffix = in.string("CustomSuffix");
  const auto known = std::ranges::find(linked, service, &Linked::service);
  if (known == std::end(linked))
    throw AwsError{"InvalidInput", cat("Service principal ", service,
                                       " is not supported for service-linked roles."), 400};
  if (!suffix.empty() && known->role != "AutoScaling")
    throw AwsError{"InvalidInput", cat("Custom suffix is not allowed for ", service), 400};
  Role role;
  role.id = cat("AWSServiceRoleFor", known->role, suffix.empty() ? "" : "_", suffix);
  if (ctx.has<Role>(role.id))
    throw AwsError{"InvalidInput", cat("Service role name ", role.id,
                                       " has been taken in this account, please try a different "
                                       "suffix."), 400};
  role.path = cat("/aws-service-role/", service, "/");
  role.description = in.string("Description");
  role.trust_policy =
      cat(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")",
          service, R"("},"Action":"sts:AssumeRole"}]})");
  if (!known->policy.empty())
    role.attached_policies = {cat("arn:aws:iam::aws:policy/aws-service-role/", known->policy)};
  role.role_id = new_entity_id(ctx, "AROA", role.id);
  role.arn = entity_arn(ctx, "role", role.path, role.id);
  role.created = ctx.now();
  return {{"Role", describe(ctx.add(std::move(role)), true)}};
}

Value remove(Context& ctx, Input in) {
  const Role& role = require_role(ctx, in.string("RoleName"));
  if (!role.path.starts_with("/aws-service-role/"))
    throw AwsError{"InvalidInput", cat("The role ", role.id, " is not a service-linked role."),
                   400};
  const std::string task =
      cat("task", role.path, role.id, '/', ctx.new_uuid("iam-deletion", role.id));
  ctx.erase<Role>(std::string(role.id));
  return {{"DeletionTaskId", task}};
}

Value deletion_status(Context&, Input in) {
  const std::string task = in.string("DeletionTaskId");
  if (!task.starts_with("task/aws-service-role/"))
    throw no_such_entity(cat("Deletion task ", task, " cannot be found."));
  return {{"Status", "SUCCEEDED"}};
}

const HandlerRow rows[] = {
    {"CreateServiceLinkedRole", Writes, create},
    {"DeleteServiceLinkedRole", Writes, remove},
    {"GetServiceLinkedRoleDeletionStatus", Reads, deletion_status},
};

}  // namespace

std::span<const HandlerRow> service_linked_role_rows() { return rows; }

}  // namespace squall::iam
