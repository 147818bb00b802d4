// A deployment's beginning, end and way back, with the records that tell of it.
#include <algorithm>

#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/shift.h"

namespace squall::ecs {
namespace {

std::string id_part(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

std::string add_revision(sim::Scope& scope, const Service& service, const RunSpec& spec) {
  ServiceRevision revision;
  revision.id = scope.arn("ecs", cat("service-revision/", service.cluster, '/', service.name, '/',
                                     new_number(scope, "ecs-revision", service.id)));
  revision.service = service.id;
  revision.cluster = service.cluster;
  revision.spec = spec;
  revision.created = scope.now();
  return scope.add(std::move(revision)).id;
}

/// Alarms that sound already when a deployment begins are not watched for it.
bool is_any_alarm_on(const sim::Scope& scope, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    const auto* alarm = scope.view<cloudwatch::Alarm>(name);
    return alarm && alarm->state == "ALARM";
  });
}

std::string add_record(sim::Scope& scope, const Service& service, const Deployment& deployment) {
  ServiceDeployment record;
  record.id = scope.arn("ecs", cat("service-deployment/", service.cluster, '/', service.name, '/',
                                   scope.new_hex("ecs-service-deployment", 21, service.id)));
  record.service = service.id;
  record.cluster = service.cluster;
  record.deployment = deployment.id;
  record.status = "IN_PROGRESS";
  record.created = record.updated = record.stage_since = scope.now();
  record.started = scope.now();
  const auto counts = count_tasks(scope, service.id);
  for (const Deployment& old : service.deployments) {
    const auto at = counts.find(old.id);
    if (at != counts.end())
      record.sources.push_back(
          {old.revision_arn, old.desired, at->second.running, at->second.pending});
  }
  record.target = {deployment.revision_arn, deployment.desired, 0, 0};
  record.configuration_json = to_json(describe_deployment_configuration(service));
  record.threshold = breaker_threshold(service.desired);
  if (service.circuit_breaker) record.breaker_status = "MONITORING";
  record.alarms = service.alarms;
  if (service.alarms_enabled && !is_any_alarm_on(scope, service.alarms))
    record.alarm_status = "MONITORING";
  if (service.strategy != "ROLLING") record.stage = "RECONCILE_SERVICE";
  return scope.add(std::move(record)).id;
}

void end_watch(ServiceDeployment& record) {
  for (std::string* status : {&record.breaker_status, &record.alarm_status})
    if (*status == "MONITORING") *status = "MONITORING_COMPLETE";
}

void end_record(sim::Scope& scope, const Deployment& deployment, std::string_view status,
                std::string_view reason) {
  ServiceDeployment* record = edit_record(scope, deployment);
  if (!record || record->finished || record->stopped) return;
  record->status = status;
  record->reason = reason;
  record->updated = scope.now();
  record->failures = deployment.failed;
  (status == "STOPPED" ? record->stopped : record->finished) = scope.now();
  end_watch(*record);
}

/// Blue/green: what was shifted comes back at once.
void take_traffic_back(sim::Scope& scope, const Deployment& failed, const Deployment& good) {
  for (const std::string_view rule : {"productionListenerRule", "testListenerRule"})
    shift_traffic(scope, failed.spec, good.spec, rule, 100);
  if (ServiceDeployment* record = edit_record(scope, failed))
    record->production_weight = record->test_weight = 0;
}

}  // namespace

int64_t breaker_threshold(int64_t desired) {
  return std::clamp<int64_t>((desired + 1) / 2, 3, 200);
}

const Deployment* primary_of(const Service& service) {
  const auto at = std::ranges::find(service.deployments, "PRIMARY", &Deployment::status);
  return at == service.deployments.end() ? nullptr : &*at;
}
Deployment* primary_of(Service& service) {
  return const_cast<Deployment*>(primary_of(static_cast<const Service&>(service)));
}

ServiceDeployment* edit_record(sim::Scope& scope, const Deployment& deployment) {
  if (!scope.has<ServiceDeployment>(deployment.deployment_arn)) return nullptr;
  return &scope.edit<ServiceDeployment>(deployment.deployment_arn);
}
const ServiceDeployment* record_of(const sim::Scope& scope, const Deployment& deployment) {
  return scope.view<ServiceDeployment>(deployment.deployment_arn);
}

void announce_rollout(sim::Scope& scope, const Service& service, const Deployment& deployment) {
  scope.announce("ecs.deployment-state", service.id,
                 cat(deployment.rollout_state, ": ", deployment.rollout_reason),
                 to_json({{"service", service.name},
                          {"deployment", deployment.id},
                          {"state", deployment.rollout_state},
                          {"taskDefinition", deployment.spec.definition}}));
}

void begin_deployment(sim::Scope& scope, Service& service, std::string_view reason) {
  Deployment next;
  next.id = "ecs-svc/" + new_number(scope, "ecs-deployment", service.id);
  next.spec = service.spec;
  if (service.strategy != "ROLLING") choose_target_groups(scope, service, next.spec);
  next.desired = service.desired;
  next.created = next.updated = scope.now();
  next.rollout_reason =
      reason.empty() ? cat("ECS deployment ", next.id, " in progress.") : std::string(reason);
  next.revision_arn = add_revision(scope, service, next.spec);
  next.deployment_arn = add_record(scope, service, next);
  for (Deployment& old : service.deployments) {
    if (old.rollout_state == "IN_PROGRESS")
      end_record(scope, old, "STOPPED",
                 cat("The deployment was superseded by service deployment ",
                     id_part(next.deployment_arn), "."));
    old.status = "ACTIVE";
  }
  service.deployments.insert(service.deployments.begin(), std::move(next));
  service.steady = false;
  announce_rollout(scope, service, service.deployments.front());
}

void complete_deployment(sim::Scope& scope, Service& service) {
  Deployment& primary = *primary_of(service);
  primary.rollout_state = "COMPLETED";
  primary.rollout_reason = cat("ECS deployment ", primary.id, " completed.");
  primary.updated = scope.now();
  const ServiceDeployment* record = record_of(scope, primary);
  const bool back = record && record->rollback_started;
  end_record(scope, primary, back ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL",
             back ? record->reason : std::string());
  add_event(scope, service, cat("(deployment ", primary.id, ") deployment completed."));
  announce_rollout(scope, service, primary);
}

void forget_history(sim::Scope& scope, const std::string& service) {
  const std::string key = "service:" + service;
  std::vector<std::string> events, revisions, records;
  for (const auto* event : scope.by<ServiceEvent>(key)) events.push_back(event->id);
  for (const auto* revision : scope.by<ServiceRevision>(key)) revisions.push_back(revision->id);
  for (const auto* record : scope.by<ServiceDeployment>(key)) records.push_back(record->id);
  for (const std::string& id : events) scope.erase<ServiceEvent>(id);
  for (const std::string& id : revisions) scope.erase<ServiceRevision>(id);
  for (const std::string& id : records) scope.erase<ServiceDeployment>(id);
}

void close_deployments(sim::Scope& scope, const Service& service) {
  for (const Deployment& deployment : service.deployments)
    if (deployment.rollout_state == "IN_PROGRESS")
      end_record(scope, deployment, "STOPPED", "The service was deleted.");
}

bool roll_back(sim::Scope& scope, Service& service, std::string_view by, std::string_view cause) {
  Deployment* failed = primary_of(service);
  const auto good = std::ranges::find_if(service.deployments, [](const Deployment& d) {
    return d.status == "ACTIVE" && d.rollout_state == "COMPLETED";
  });
  if (!failed || good == service.deployments.end()) return false;
  if (ServiceDeployment* record = edit_record(scope, *failed)) {
    record->status = "ROLLBACK_IN_PROGRESS";
    record->reason = cat(by, ": ", cause);
    record->rollback_reason = record->reason;
    record->rollback_revision = good->revision_arn;
    record->rollback_started = record->updated = scope.now();
    record->failures = failed->failed;
    end_watch(*record);
  }
  if (service.strategy != "ROLLING") take_traffic_back(scope, *failed, *good);
  failed->status = "ACTIVE";
  failed->updated = scope.now();
  good->status = "PRIMARY";
  good->rollout_state = "IN_PROGRESS";
  good->rollout_reason = cat(by, ": rolling back to deploymentId ", good->id, ".");
  good->desired = service.desired;
  good->failed = good->failures_in_a_row = 0;
  good->retry_at.reset();
  good->updated = scope.now();
  good->deployment_arn = failed->deployment_arn;
  auto declared = service.spec.load_balancers;
  service.spec = good->spec;
  if (service.strategy != "ROLLING") service.spec.load_balancers = std::move(declared);
  service.steady = false;
  add_event(scope, service, cat("rolling back to deployment ", good->id, "."));
  announce_rollout(scope, service, *good);
  std::rotate(service.deployments.begin(), good, good + 1);
  return true;
}

void fail_deployment(sim::Scope& scope, Service& service, std::string_view by,
                     std::string_view cause, bool rollback) {
  Deployment& primary = *primary_of(service);
  primary.rollout_state = "FAILED";
  primary.rollout_reason = cat(by, ": ", cause);
  primary.updated = scope.now();
  const std::string id = primary.id;
  add_event(scope, service, cat("(deployment ", id, ") deployment failed: ", cause));
  announce_rollout(scope, service, primary);
  if (rollback && roll_back(scope, service, by, cause)) return;
  end_record(scope, primary, rollback ? "ROLLBACK_FAILED" : "STOPPED",
             rollback ? cat(by, ": no earlier deployment to roll back to.") : cat(by, ": ", cause));
}

}  // namespace squall::ecs
