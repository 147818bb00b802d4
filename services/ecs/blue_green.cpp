// Blue/green, linear and canary deployments: the stages of a shift from one revision to another.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/shift.h"

namespace squall::ecs {
namespace {

constexpr std::string_view stages[] = {"RECONCILE_SERVICE",
                                       "PRE_SCALE_UP",
                                       "SCALE_UP",
                                       "POST_SCALE_UP",
                                       "TEST_TRAFFIC_SHIFT",
                                       "POST_TEST_TRAFFIC_SHIFT",
                                       "PRE_PRODUCTION_TRAFFIC_SHIFT",
                                       "PRODUCTION_TRAFFIC_SHIFT",
                                       "POST_PRODUCTION_TRAFFIC_SHIFT",
                                       "BAKE_TIME",
                                       "CLEAN_UP"};

std::string_view stage_after(std::string_view stage) {
  const auto at = std::ranges::find(stages, stage);
  return at + 1 < std::end(stages) ? *(at + 1) : std::string_view("CLEAN_UP");
}

/// A blue/green deployment at work: the green one is the primary, blue is what served before.
struct Shift {
  Pass& pass;
  Deployment green, blue;
  const ServiceDeployment& record() const { return *record_of(pass.scope, green); }
  ServiceDeployment& edit() { return *edit_record(pass.scope, green); }
};

Duration minutes(Shift& shift, double count) {
  const Duration minute =
      shift.pass.scope.latency("ecs.deployment.minute", shift.pass.service().id);
  return from_seconds(to_seconds(minute) * count);
}

/// Keeps a colour at the desired count; true if all of it is healthy.
bool hold(Pass& pass, const Deployment& deployment, int64_t desired) {
  std::vector<const LiveTask*> fit, failing;
  int64_t healthy = 0;
  for (const LiveTask& live : pass.tasks) {
    if (live.stopping || live.task->deployment != deployment.id) continue;
    (live.failing || live.draining ? failing : fit).push_back(&live);
    healthy += live.healthy && !live.failing && !live.draining;
  }
  const auto count = static_cast<int64_t>(fit.size());
  stop_tasks(pass, choose_stops(fit, count - desired),
             cat("Scaling activity initiated by (deployment ", deployment.id, ")"));
  const std::string id = deployment.id;
  const bool under_way = deployment.rollout_state == "IN_PROGRESS";
  for (const LiveTask* live : failing) {
    const bool ill = live->failing;
    stop_tasks(pass, {live}, "Task failed health checks");
    if (under_way && ill)
      note_failure(pass.scope, pass.service().id, id, live->task->created, false);
  }
  if (count < desired && !is_held_back(pass, deployment.retry_at))
    start_tasks(pass, {&deployment.spec, id, "", "", desired - count});
  return healthy >= desired;
}

/// Everything that is neither colour: deployments overtaken by this one.
void stop_others(Shift& shift) {
  std::vector<const LiveTask*> others;
  for (const LiveTask& live : shift.pass.tasks)
    if (!live.stopping && live.task->deployment != shift.green.id &&
        live.task->deployment != shift.blue.id)
      others.push_back(&live);
  stop_tasks(shift.pass, others,
             cat("Scaling activity initiated by (deployment ", shift.green.id, ")"));
}

void enter(Shift& shift, std::string_view stage) {
  ServiceDeployment& record = shift.edit();
  record.stage = stage;
  record.stage_since = record.updated = shift.pass.now();
  record.step = 0;
  begin_hooks(shift.pass.scope, shift.pass.service(), record);
  shift.pass.scope.announce("ecs.deployment-stage", shift.pass.service().id, stage,
                            to_json({{"deployment", shift.green.id}, {"stage", stage}}));
}

void set_production(Shift& shift, double percent) {
  shift_traffic(shift.pass.scope, shift.blue.spec, shift.green.spec, "productionListenerRule",
                percent);
  ServiceDeployment& record = shift.edit();
  record.production_weight = percent;
  record.updated = shift.pass.now();
}

/// The next share of production traffic and how long it is watched before the one after.
std::pair<double, double> next_step(const Service& service, double weight) {
  const Value kept = value_from_json(service.strategy_json);
  const auto number = [](const Value& v, double fallback) {
    return v.is_absent() ? fallback : v.real();
  };
  if (service.strategy == "LINEAR") {
    const Value linear = kept.at("linearConfiguration");
    return {std::min(100.0, weight + number(linear.at("stepPercent"), 10)),
            number(linear.at("stepBakeTimeInMinutes"), 6)};
  }
  if (service.strategy == "CANARY" && weight == 0) {
    const Value canary = kept.at("canaryConfiguration");
    return {number(canary.at("canaryPercent"), 5),
            number(canary.at("canaryBakeTimeInMinutes"), 10)};
  }
  return {100, 0};
}

/// True when all production traffic has been on green for as long as the last step asks.
bool shift_production(Shift& shift) {
  const Service& service = shift.pass.service();
  while (true) {
    const ServiceDeployment& record = shift.record();
    const double weight = record.production_weight;
    if (weight >= 100) return true;
    if (record.step > 0) {
      const double bake = next_step(service, record.step == 1 ? 0 : weight).second;
      const Time until = record.stage_since + minutes(shift, bake);
      if (until > shift.pass.now()) {
        wake_service_at(shift.pass.scope, service.id, until);
        return false;
      }
    }
    set_production(shift, next_step(service, weight).first);
    ServiceDeployment& changed = shift.edit();
    ++changed.step;
    changed.stage_since = shift.pass.now();
  }
}

bool is_over(Shift& shift, double bake_minutes) {
  const Time until = shift.record().stage_since + minutes(shift, bake_minutes);
  if (until <= shift.pass.now()) return true;
  wake_service_at(shift.pass.scope, shift.pass.service().id, until);
  return false;
}

/// Blue leaves; when its last task has gone the deployment is complete.
bool clean_up(Shift& shift) {
  std::vector<const LiveTask*> leaving;
  bool empty = true;
  for (const LiveTask& live : shift.pass.tasks) {
    if (live.task->deployment == shift.green.id) continue;
    empty = false;
    if (!live.stopping) leaving.push_back(&live);
  }
  stop_tasks(shift.pass, leaving,
             cat("Scaling activity initiated by (deployment ", shift.green.id, ")"));
  return empty;
}

/// Does the stage's work; true if the next may begin.
bool work(Shift& shift, bool green_ready) {
  const std::string stage = shift.record().stage;
  if (stage == "SCALE_UP") return green_ready;
  if (stage == "TEST_TRAFFIC_SHIFT" && shift.record().test_weight < 100) {
    shift_traffic(shift.pass.scope, shift.blue.spec, shift.green.spec, "testListenerRule", 100);
    shift.edit().test_weight = 100;
  }
  if (stage == "PRODUCTION_TRAFFIC_SHIFT") return shift_production(shift);
  if (stage == "BAKE_TIME")
    return is_over(shift, static_cast<double>(shift.pass.service().bake_minutes));
  return true;
}

void advance(Shift& shift, bool green_ready) {
  while (shift.record().stage != "CLEAN_UP") {
    const bool asks = std::ranges::any_of(shift.record().hooks, [&](const HookRun& hook) {
      return hook.stage == shift.record().stage;
    });
    const Hooks hooks =
        asks ? check_hooks(shift.pass.scope, shift.pass.service(), shift.edit()) : Hooks::done;
    if (hooks == Hooks::failed) {
      shift.pass.acted = true;
      fail_deployment(shift.pass.scope, shift.pass.edit(), "ECS deployment lifecycle hook",
                      "a lifecycle hook asked for a rollback.", true);
      wake_service(shift.pass.scope, shift.pass.service().id);
      return;
    }
    if (hooks == Hooks::waiting || !work(shift, green_ready)) return;
    enter(shift, stage_after(shift.record().stage));
  }
  if (clean_up(shift)) settle(shift.pass);
}

}  // namespace

bool run_blue_green(Pass& pass) {
  const Service& service = pass.service();
  if (service.strategy == "ROLLING" || service.deployments.size() < 2) return false;
  const Deployment* primary = primary_of(service);
  if (primary->rollout_state == "COMPLETED") return false;
  const ServiceDeployment* record = record_of(pass.scope, *primary);
  const auto blue = std::ranges::find_if(service.deployments, [](const Deployment& d) {
    return d.status == "ACTIVE" && d.rollout_state == "COMPLETED";
  });
  if (!record || record->rollback_started || blue == service.deployments.end()) return false;
  Shift shift{pass, *primary, *blue};
  if (primary->rollout_state == "FAILED") {  // nothing to go back to: blue goes on serving
    hold(pass, shift.blue, service.desired);
    return true;
  }
  stop_others(shift);
  const std::string stage = record->stage;
  if (stage != "CLEAN_UP") hold(pass, shift.blue, service.desired);
  const bool scales = stage != "RECONCILE_SERVICE" && stage != "PRE_SCALE_UP";
  const bool ready = scales && hold(pass, shift.green, service.desired);
  const bool under_way = primary_of(pass.service())->id == shift.green.id;
  if (under_way) advance(shift, ready);
  if (under_way && record_of(pass.scope, shift.green)->stage == "SCALE_UP" && !scales)
    wake_service(pass.scope, pass.service().id);
  return true;
}

}  // namespace squall::ecs
