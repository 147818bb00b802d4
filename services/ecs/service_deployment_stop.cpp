// StopServiceDeployment and ContinueServiceDeployment.
#include <algorithm>

#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

const ServiceDeployment& require_record(const sim::Scope& scope, const std::string& arn) {
  if (const auto* record = scope.view<ServiceDeployment>(arn)) return *record;
  check_owner(scope, arn);
  if (name_of(arn, "service-deployment") == arn)
    throw invalid_parameter("Invalid identifier: Unexpected number of separators");
  throw AwsError{"ServiceDeploymentNotFoundException",
                 "The service deploy ARN that you specified doesn't exist."};
}

bool is_under_way(const ServiceDeployment& record) {
  return record.status == "PENDING" || record.status == "IN_PROGRESS";
}

Value stop_deployment(Context& ctx, Input in) {
  const std::string arn = in.string("serviceDeploymentArn");
  const ServiceDeployment& record = require_record(ctx, arn);
  const std::string type = in.string("stopType", "ROLLBACK");
  const Service* found = ctx.view<Service>(record.service);
  if (!is_under_way(record) || !found || found->status != "ACTIVE")
    throw AwsError{"ConflictException",
                   cat("The service deployment cannot be stopped in the status ", record.status,
                       '.')};
  const Deployment* primary = primary_of(*found);
  if (!primary || primary->deployment_arn != arn)
    throw AwsError{"ConflictException", "The service deployment is no longer current."};
  if (type == "ABORT" && found->strategy == "ROLLING" && found->deployments.size() < 2)
    throw invalid_parameter("There is nothing to abort to.");
  Service& service = ctx.edit<Service>(found->id);
  if (type == "ABORT") {
    ServiceDeployment& changed = ctx.edit<ServiceDeployment>(arn);
    changed.status = "STOPPED";
    changed.reason = "The service deployment was aborted by the user.";
    changed.stopped = changed.updated = ctx.now();
    Deployment& stopped = *primary_of(service);
    stopped.rollout_state = "FAILED";
    stopped.rollout_reason = cat("ECS deployment ", stopped.id, " was stopped.");
    stopped.updated = ctx.now();
    announce_rollout(ctx, service, stopped);
  } else if (!roll_back(ctx, service, "StopServiceDeployment", "requested by the user.")) {
    throw AwsError{"ConflictException",
                   "There is no earlier successful deployment to roll back to."};
  }
  wake_service(ctx, service.id);
  return {{"serviceDeploymentArn", arn}};
}

Value continue_deployment(Context& ctx, Input in) {
  const std::string arn = in.string("serviceDeploymentArn");
  const ServiceDeployment& record = require_record(ctx, arn);
  const std::string id = in.string("hookId");
  const std::string action = in.string("action", "CONTINUE");
  const auto at = std::ranges::find(record.hooks, id, &HookRun::id);
  if (at == record.hooks.end())
    throw invalid_parameter(cat("The hook ", id, " does not exist in the service deployment."));
  if (at->status != "AWAITING_ACTION" || !is_under_way(record))
    throw invalid_parameter(cat("The hook ", id, " is not awaiting an action."));
  ServiceDeployment& changed = ctx.edit<ServiceDeployment>(arn);
  HookRun& hook = *std::ranges::find(changed.hooks, id, &HookRun::id);
  hook.status = action == "ROLLBACK" ? "FAILED" : "SUCCEEDED";
  changed.updated = ctx.now();
  wake_service(ctx, changed.service);
  return {{"serviceDeploymentArn", arn}};
}

const api::HandlerRow rows[] = {
    {"StopServiceDeployment", api::Writes, stop_deployment},
    {"ContinueServiceDeployment", api::Writes, continue_deployment},
};

}  // namespace

HandlerRows service_deployment_stop_rows() { return rows; }

}  // namespace squall::ecs
