// A pass of the service scheduler: what wakes it, and how it sees its tasks.
#include <algorithm>

#include "services/ecs/scheduler.h"
#include "services/elbv2/elbv2.h"

namespace squall::ecs {
namespace {

/// State and words of the targets of the groups in use, by "group id port" as tasks note them.
using Targets = std::map<std::string, const elbv2::Target*, std::less<>>;

void add_targets(const sim::Scope& scope, const std::string& arn, Targets& targets) {
  const auto* group = scope.view<elbv2::TargetGroup>(arn);
  if (!group) return;
  for (const elbv2::Target& t : group->targets) targets[cat(arn, ' ', t.id, ' ', t.port)] = &t;
}

bool is_health_checked(const sim::Scope& scope, const std::string& definition) {
  const TaskDefinition* found = scope.view<TaskDefinition>(definition);
  return found && std::ranges::any_of(found->containers, [](const ContainerDefinition& c) {
           return c.essential && c.health_check;
         });
}

std::string reason_words(const elbv2::Target& target) {
  if (!target.description.empty()) return target.description;
  return target.reason == "Target.Timeout" ? "Request timed out" : "Health checks failed";
}

std::string target_complaint(const std::string& entry, const elbv2::Target& target) {
  const std::string host =
      target.id.starts_with("i-") ? cat("(instance ", target.id, ") ") : std::string();
  return cat(host, "(port ", target.port, ") is unhealthy in (target-group ",
             split(entry, ' ').front(), ") due to (reason ", reason_words(target), ").");
}

/// Whether every target of the task takes traffic; a complaint if one is unhealthy.
bool check_targets(const Task& task, const Targets& targets, std::string& complaint) {
  if (task.load_balancers.empty()) return true;
  if (task.targets.empty()) return false;
  bool passing = true;
  for (const std::string& entry : task.targets) {
    const auto at = targets.find(entry);
    if (at == targets.end()) {
      passing = false;
      continue;
    }
    const std::string& state = at->second->state;
    if (state == "unhealthy" || state == "unhealthy.draining")
      complaint = target_complaint(entry, *at->second);
    passing = passing && (state == "healthy" || state == "unused" || state == "unavailable");
  }
  return passing;
}

LiveTask look_at(Pass& pass, const Task& task, bool checked, const Targets& targets) {
  LiveTask live;
  live.task = &task;
  live.stopping = task.desired_status == "STOPPED";
  live.running = !live.stopping && task.last_status == "RUNNING";
  if (!task.container_instance.empty()) {
    const auto* instance = pass.scope.view<ContainerInstance>(task.container_instance);
    live.draining = !instance || instance->status == "DRAINING";
  }
  live.held = task.is_protected && (!task.protected_until || *task.protected_until > pass.now());
  if (!live.running) return live;
  const bool passing = check_targets(task, targets, live.complaint);
  live.healthy = passing && (!checked || task.health == "HEALTHY");
  if (task.health == "UNHEALTHY") live.complaint = "failed container health checks.";
  if (live.complaint.empty()) return live;
  const Time grace =
      task.started.value_or(task.created) + std::chrono::seconds(pass.service().grace_s);
  if (grace > pass.now())
    wake_service_at(pass.scope, pass.service().id, grace);
  else
    live.failing = true;
  return live;
}

void run_pass(sim::Scope& scope, const sim::Event& event) {
  const Service* service = scope.view<Service>(event.subject);
  if (!service || service->status == "INACTIVE") return;
  Pass pass(scope, event.subject);
  load_tasks(pass);
  announce_targets(pass);
  if (service->status == "DRAINING") {
    finish_draining(pass);
    return;
  }
  announce_health(pass);
  if (pass.service().controller != "ECS") {
    run_task_sets(pass);
  } else {
    guard_deployment(pass);
    if (run_blue_green(pass)) return;
    if (pass.service().scheduling == "DAEMON")
      run_daemon(pass);
    else
      run_rolling(pass);
  }
  settle(pass);
}

/// A task that stops by itself before it ever ran is a failure of what brought it.
void task_changed(sim::Scope& scope, const sim::Event& event) {
  const Task* task = scope.view<Task>(event.subject);
  if (!task || task->service.empty()) return;
  const std::string service = task->service;
  const bool failed = task->desired_status == "STOPPED" && !task->started &&
                      !task->failure_counted &&
                      (task->stop_code == "TaskFailedToStart" ||
                       task->stop_code == "EssentialContainerExited");
  if (failed) {
    const std::string deployment = task->deployment;
    const Time created = task->created;
    if (!task->zone.empty() && scope.has<Service>(service)) avoid_zone(scope, service, task->zone);
    scope.edit<Task>(event.subject).failure_counted = true;
    note_failure(scope, service, deployment, created, true);
  }
  wake_service(scope, service);
}

void instance_changed(sim::Scope& scope, const sim::Event& event) {
  const ContainerInstance* instance = scope.view<ContainerInstance>(event.subject);
  if (!instance) return;
  const std::string cluster = instance->cluster;
  if (instance->status != "ACTIVE") {
    for (const Task* task : scope.by<Task>("instance:" + event.subject))
      if (!task->service.empty()) wake_service(scope, task->service);
  } else {
    for (const SchedulerState* state : scope.by<SchedulerState>("waiting:" + cluster))
      wake_service(scope, state->id);
  }
  for (const Service* service : scope.by<Service>("daemon:" + cluster))
    wake_service(scope, service->id);
  scope.at_unique(scope.now() + scope.latency("ecs.service.balance", cluster),
                  "ecs.service.balance", cluster);
}

/// The cluster's instances are others: is every service still spread evenly?
void balance(sim::Scope& scope, const sim::Event& event) {
  for (const Service* service : scope.by<Service>("cluster:" + event.subject))
    if (service->steady && service->zone_rebalancing == "ENABLED" && !is_fargate(service->spec))
      wake_service(scope, service->id);
}

void targets_changed(sim::Scope& scope, const sim::Event& event) {
  for (const Service* service : scope.by<Service>("target-group:" + event.subject))
    wake_service(scope, service->id);
  for (const TaskSet* set : scope.by<TaskSet>("target-group:" + event.subject))
    wake_service(scope, set->service);
}

void alarm_changed(sim::Scope& scope, const sim::Event& event) {
  for (const Service* service : scope.by<Service>("alarm:" + event.subject)) {
    const Deployment* primary = primary_of(*service);
    if (primary && primary->rollout_state == "IN_PROGRESS") wake_service(scope, service->id);
  }
}

const sim::EventRow events[] = {
    {"ecs.service.pass", run_pass},
    {"ecs.service.task-changed", task_changed},
    {"ecs.service.instance-changed", instance_changed},
    {"ecs.service.balance", balance},
    {"ecs.service.targets-changed", targets_changed},
    {"ecs.service.alarm-changed", alarm_changed},
};
const sim::WatchRow watches[] = {
    {"ecs:task", "ecs.service.task-changed", false},
    {"ecs:container-instance", "ecs.service.instance-changed", false},
    {"elbv2:target-group", "ecs.service.targets-changed", false},
    {"cloudwatch:alarm", "ecs.service.alarm-changed", false},
};
// Common knowledge: the scheduler looks at a service every second or so, and never works task by
// task. Bake times are minutes of the drill's clock, none where lifecycles take no time.
const sim::LatencyRow latencies[] = {
    {"ecs.service.pass", 1s, 1s, 1s, 1s},
    {"ecs.service.balance", 60s, 60s, 60s, 60s},
    {"ecs.deployment.minute", 60s, 60s, 60s, 60s},
};

}  // namespace

Pass::Pass(sim::Scope& s, const std::string& service_id)
    : scope(s), id(service_id), state_(s.view<SchedulerState>(id)) {
  if (!state_) state_ = &none_;
}

SchedulerState& Pass::edit_state() {
  SchedulerState* state;
  if (state_ == &none_) {
    SchedulerState fresh;
    fresh.id = id;
    fresh.cluster = service().cluster;
    state = &scope.add(std::move(fresh));
  } else {
    state = &scope.edit<SchedulerState>(id);
  }
  state_ = state;
  return *state;
}

void wake_service_at(sim::Scope& scope, const std::string& service, Time time) {
  scope.at_unique(time, "ecs.service.pass", service);
}
void wake_service(sim::Scope& scope, const std::string& service) {
  wake_service_at(scope, service, scope.now() + scope.latency("ecs.service.pass", service));
}

void load_tasks(Pass& pass) {
  pass.tasks.clear();
  const auto found = pass.scope.by<Task>("live:" + pass.service().id);
  Targets targets;
  std::map<std::string, bool, std::less<>> checked;  // by definition
  std::vector<std::string> groups;
  for (const Task* task : found) {
    for (const LoadBalancerUse& use : task->load_balancers)
      if (std::ranges::find(groups, use.target_group_arn) == groups.end())
        groups.push_back(use.target_group_arn);
    if (!checked.contains(task->definition))
      checked[task->definition] = is_health_checked(pass.scope, task->definition);
  }
  for (const std::string& arn : groups) add_targets(pass.scope, arn, targets);
  pass.tasks.reserve(found.size());
  for (const Task* task : found)
    pass.tasks.push_back(look_at(pass, *task, checked.find(task->definition)->second, targets));
}

EventRows scheduler_events() { return events; }
std::span<const sim::WatchRow> scheduler_watches() { return watches; }
std::span<const sim::LatencyRow> scheduler_latencies() { return latencies; }

}  // namespace squall::ecs
