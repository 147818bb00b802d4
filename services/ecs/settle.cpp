// When a service is steady, when its deployment is complete, and when that has failed.
#include <algorithm>

#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

/// With alarms, a deployment goes on being watched for as long as the slowest needs to speak.
Duration bake_time(Pass& pass, const ServiceDeployment* record) {
  if (!record || record->alarm_status != "MONITORING" || pass.service().strategy != "ROLLING")
    return {};
  int64_t seconds = 0;
  for (const std::string& name : record->alarms)
    if (const auto* alarm = pass.scope.view<cloudwatch::Alarm>(name))
      seconds = std::max(seconds, alarm->period_s * alarm->evaluation_periods);
  const Duration minute = pass.scope.latency("ecs.deployment.minute", pass.service().id);
  return minute * seconds / 60 + minute * pass.service().bake_minutes;
}

/// Whether the deployment may be called complete; starts the bake time when it first could be.
bool is_baked(Pass& pass, const Deployment& primary) {
  const ServiceDeployment* record = record_of(pass.scope, primary);
  const Duration bake = bake_time(pass, record);
  if (bake == Duration{} || record->rollback_started) return true;
  if (record->stage != "BAKE_TIME") {
    ServiceDeployment& changed = *edit_record(pass.scope, primary);
    changed.stage = "BAKE_TIME";
    changed.stage_since = changed.updated = pass.now();
    wake_service_at(pass.scope, pass.service().id, pass.now() + bake);
    return false;
  }
  if (record->stage_since + bake <= pass.now()) return true;
  wake_service_at(pass.scope, pass.service().id, record->stage_since + bake);
  return false;
}

bool is_settled(const Pass& pass, const Deployment& primary) {
  if (pass.acted || !pass.state().moves.empty()) return false;
  int64_t good = 0;
  for (const LiveTask& live : pass.tasks) {
    if (live.stopping || live.task->deployment != primary.id || !live.healthy || live.failing ||
        live.draining)
      return false;
    ++good;
  }
  return good == primary.desired;
}

void set_steady(Pass& pass, bool steady) {
  if (pass.service().steady == steady) return;
  pass.edit().steady = steady;
  if (!steady) return;
  add_event(pass.scope, pass.service(), "has reached a steady state.");
  pass.scope.announce("ecs.steady-state", pass.service().id,
                      cat("(service ", pass.service().name, ") has reached a steady state."));
}

void settle_task_sets(Pass& pass) {
  bool steady = !pass.acted;
  int64_t desired = 0, running = 0;
  for (const TaskSet* set : pass.scope.by<TaskSet>("service:" + pass.service().id)) {
    steady = steady && set->stability == "STEADY_STATE";
    desired += set->desired;
  }
  for (const LiveTask& live : pass.tasks) running += live.running;
  set_steady(pass, steady && running == desired);
}

}  // namespace

void guard_deployment(Pass& pass) {
  const Deployment* primary = primary_of(pass.service());
  if (!primary || primary->rollout_state != "IN_PROGRESS") return;
  const ServiceDeployment* record = record_of(pass.scope, *primary);
  if (!record || record->rollback_started) return;
  const Service& service = pass.service();
  if (service.circuit_breaker && primary->failed >= breaker_threshold(service.desired)) {
    edit_record(pass.scope, *primary)->breaker_status = "TRIGGERED";
    pass.acted = true;
    const bool rollback = service.circuit_rollback;
    fail_deployment(pass.scope, pass.edit(), "ECS deployment circuit breaker",
                    "tasks failed to start.", rollback);
    wake_service(pass.scope, pass.service().id);
    return;
  }
  if (record->alarm_status != "MONITORING") return;
  std::vector<std::string> on;
  for (const std::string& name : record->alarms) {
    const auto* alarm = pass.scope.view<cloudwatch::Alarm>(name);
    if (alarm && alarm->state == "ALARM") on.push_back(name);
  }
  if (on.empty()) return;
  ServiceDeployment& changed = *edit_record(pass.scope, *primary);
  changed.alarm_status = "TRIGGERED";
  changed.triggered_alarms = on;
  pass.acted = true;
  const bool rollback = service.alarms_rollback;
  fail_deployment(pass.scope, pass.edit(), "ECS deployment alarms", "alarm detected.", rollback);
  wake_service(pass.scope, pass.service().id);
}

void settle(Pass& pass) {
  if (pass.service().controller != "ECS") {
    settle_task_sets(pass);
    return;
  }
  const Deployment& primary = *primary_of(pass.service());
  if (!is_settled(pass, primary) || primary.rollout_state == "FAILED") {
    set_steady(pass, false);
    return;
  }
  if (primary.rollout_state == "IN_PROGRESS") {
    if (!is_baked(pass, primary)) return;
    Service& service = pass.edit();
    complete_deployment(pass.scope, service);
    std::erase_if(service.deployments, [](const Deployment& d) { return d.status != "PRIMARY"; });
  }
  set_steady(pass, true);
}

}  // namespace squall::ecs
