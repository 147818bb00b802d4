// The containers of a task: started in the order of dependsOn, checked, ended in the reverse order.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr int64_t stop_timeout_default_s = 30, exit_sigkill = 137, restart_period_default_s = 60;

bool is_met(const Task& task, const Dependency& dependency) {
  const Container* other = find_container(task, dependency.container);
  if (!other) return true;
  const bool ended = other->status == "STOPPED";
  if (dependency.condition == "START") return ended || other->status == "RUNNING";
  if (dependency.condition == "COMPLETE") return ended;
  if (dependency.condition == "SUCCESS") return ended && other->exit_code.value_or(-1) == 0;
  return other->health == "HEALTHY";
}

/// It can no longer come true.
bool is_hopeless(const Task& task, const Dependency& dependency) {
  const Container* other = find_container(task, dependency.container);
  return other && other->status == "STOPPED" && !is_met(task, dependency);
}

std::string unresolved(const Dependency& dependency, std::string_view target,
                       std::string_view why) {
  return cat("dependency graph: failed to resolve the container ordering dependency [",
             dependency.container, "] for target [", target, "] as dependency ", why, ".");
}

/// Others wait for it to end: such a container does its work and exits.
bool is_run_to_completion(const TaskDefinition& definition, const ContainerDefinition& container) {
  if (container.essential) return false;
  for (const ContainerDefinition& other : definition.containers)
    for (const Dependency& d : other.depends_on)
      if (d.container == container.name && (d.condition == "COMPLETE" || d.condition == "SUCCESS"))
        return true;
  return false;
}

bool has_running_dependent(const Task& task, const TaskDefinition& definition,
                           std::string_view name) {
  for (const ContainerDefinition& other : definition.containers) {
    const bool depends = std::ranges::any_of(
        other.depends_on, [&](const Dependency& d) { return d.container == name; });
    const Container* running = depends ? find_container(task, other.name) : nullptr;
    if (running && running->status == "RUNNING") return true;
  }
  return false;
}

std::string runtime_id(sim::Scope& scope, const Task& task, const Container& container) {
  if (!is_fargate(task))
    return scope.new_hex("container-runtime", 32, container.arn) +
           scope.new_hex("container-runtime", 32, container.arn);
  const uint64_t number = stable_hash(container.arn) % 9'000'000'000 + 1'000'000'000;
  return cat(short_id(task.id), '-', number);
}

void refresh_health(Task& task, const TaskDefinition& definition) {
  bool checked = false, unknown = false, unhealthy = false;
  for (const ContainerDefinition& d : definition.containers) {
    const Container* c = find_container(task, d.name);
    if (!c || !d.essential || !d.health_check) continue;
    checked = true;
    unknown |= c->health == "UNKNOWN";
    unhealthy |= c->health == "UNHEALTHY";
  }
  task.health = unhealthy ? "UNHEALTHY" : !checked || unknown ? "UNKNOWN" : "HEALTHY";
}

bool are_all_up(const Task& task) {
  return std::ranges::none_of(task.containers,
                              [](const Container& c) { return c.status == "PENDING"; });
}
bool are_all_down(const Task& task) {
  return std::ranges::all_of(task.containers,
                             [](const Container& c) { return c.status == "STOPPED"; });
}

/// What a started container goes on to do by itself.
void schedule_course(sim::Scope& scope, const Task& task, const TaskDefinition& definition,
                     const ContainerDefinition& d, const Container& container) {
  if (d.health_check)
    scope.after(paced(scope, std::chrono::seconds(d.health_check->interval_s)),
                "ecs.container.checked", task.id, d.name);
  if (is_run_to_completion(definition, d))
    scope.after(scope.latency("ecs.container.work", container.arn), "ecs.container.completed",
                task.id, d.name);
  if (d.start_timeout_s)
    scope.after(std::chrono::seconds(*d.start_timeout_s), "ecs.container.start-timeout", task.id,
                d.name);
}

struct Parts {  // what most events here look at
  const Task* task = nullptr;
  const TaskDefinition* definition = nullptr;
  const ContainerDefinition* container_definition = nullptr;
  const Container* container = nullptr;
};
Parts parts_of(const sim::Scope& scope, std::string_view arn, std::string_view name) {
  Parts p;
  p.task = scope.view<Task>(arn);
  if (!p.task) return {};
  p.definition = scope.view<TaskDefinition>(p.task->definition);
  p.container = find_container(*p.task, name);
  if (p.definition) p.container_definition = find_container(*p.definition, name);
  return p.container && p.container_definition ? p : Parts{};
}

/// A dead host does nothing; what it was about to do is looked at again when it is back.
bool hold_if_dark(sim::Scope& scope, const Task& task) {
  if (!is_host_dark(scope, task)) return false;
  if (!task.held) scope.edit<Task>(std::string(task.id)).held = true;
  return true;
}

void container_started(sim::Scope& scope, const sim::Event& event) {
  const Parts p = parts_of(scope, event.subject, event.payload);
  if (!p.task || !is_wanted(*p.task) || p.container->status != "PENDING") return;
  if (hold_if_dark(scope, *p.task)) return;
  Task& task = scope.edit<Task>(event.subject);
  Container& container = *find_container(task, event.payload);
  container.status = "RUNNING";
  container.started = scope.now();
  ++task.version;
  log_line(scope, task, container.name, cat("Container ", container.name, " started"));
  schedule_course(scope, task, *p.definition, *p.container_definition, container);
  start_containers(scope, event.subject);
}

void container_stopped(sim::Scope& scope, const sim::Event& event) {
  const size_t blank = event.payload.rfind(' ');
  const std::string name = event.payload.substr(0, blank);
  const Parts p = parts_of(scope, event.subject, name);
  if (!p.task || p.task->last_status != "STOPPING" || p.container->status != "RUNNING") return;
  if (hold_if_dark(scope, *p.task)) return;
  Task& task = scope.edit<Task>(event.subject);
  end_container(scope, task, *find_container(task, name),
                parse_int(std::string_view(event.payload).substr(blank + 1)), "");
  stop_containers(scope, event.subject);
}

void container_completed(sim::Scope& scope, const sim::Event& event) {
  const Parts p = parts_of(scope, event.subject, event.payload);
  if (!p.task || p.container->status != "RUNNING" || is_host_dark(scope, *p.task)) return;
  container_exited(scope, event.subject, event.payload, 0, "");
}

void container_checked(sim::Scope& scope, const sim::Event& event) {
  const Parts p = parts_of(scope, event.subject, event.payload);
  if (!p.task || p.container->status != "RUNNING" || is_host_dark(scope, *p.task)) return;
  if (p.container->health == "UNKNOWN")
    set_container_health(scope, event.subject, event.payload, "HEALTHY");
}

/// Whether its restart policy brings the container back where it is, without the task's end.
bool is_restarted(const sim::Scope& scope, const Parts& p, int64_t exit_code) {
  const Value document = value_from_json(p.definition->document_json);
  for (const Value& d : document.at("containerDefinitions").items()) {
    const Value policy = d.at("restartPolicy");
    if (d.at("name").text() != p.container->name || !policy.at("enabled").boolean()) continue;
    for (const Value& ignored : policy.at("ignoredExitCodes").items())
      if (ignored.integer() == exit_code) return false;
    const Value period = policy.at("restartAttemptPeriod");
    const int64_t period_s = period.is_absent() ? restart_period_default_s : period.integer();
    return scope.now() - p.container->started.value_or(Time{}) >= std::chrono::seconds(period_s);
  }
  return false;
}

/// startTimeout: those that still wait for this container give up.
void start_timed_out(sim::Scope& scope, const sim::Event& event) {
  const Parts p = parts_of(scope, event.subject, event.payload);
  if (!p.task || !is_wanted(*p.task) || p.task->last_status != "PENDING") return;
  for (const ContainerDefinition& d : p.definition->containers) {
    const Container* waiting = find_container(*p.task, d.name);
    if (!waiting || waiting->status != "PENDING") continue;
    for (const Dependency& dependency : d.depends_on)
      if (dependency.container == event.payload && !is_met(*p.task, dependency))
        return fail_to_start(scope, event.subject,
                             unresolved(dependency, d.name, "has timed out"));
  }
}

const sim::EventRow events[] = {
    {"ecs.container.started", container_started},
    {"ecs.container.stopped", container_stopped},
    {"ecs.container.completed", container_completed},
    {"ecs.container.checked", container_checked},
    {"ecs.container.start-timeout", start_timed_out},
};

// Common experience. A stop is documented as 30 s at most by default (stopTimeout, FACTS 2): what a
// program takes beyond its own time-out ends with SIGKILL.
const sim::LatencyRow latencies[] = {
    {"ecs.container.start", 300ms, 2s, 300ms, 2s},
    {"ecs.container.work", 1s, 5s, 1s, 5s},
    {"ecs.container.stop", 200ms, 5s, 1s, 30s},
};

}  // namespace

void start_containers(sim::Scope& scope, std::string_view arn) {
  const Task& found = *scope.view<Task>(arn);
  const auto* definition = scope.view<TaskDefinition>(found.definition);
  if (!definition || !is_wanted(found)) return;
  std::vector<std::string> ready;
  for (const ContainerDefinition& d : definition->containers) {
    const Container* container = find_container(found, d.name);
    if (!container || container->status != "PENDING" || !container->runtime_id.empty()) continue;
    bool met = true;
    for (const Dependency& dependency : d.depends_on) {
      if (is_hopeless(found, dependency))
        return fail_to_start(scope, arn,
                             unresolved(dependency, d.name, "did not exit successfully"));
      met = met && is_met(found, dependency);
    }
    if (met) ready.push_back(d.name);
  }
  if (!ready.empty()) {
    Task& task = scope.edit<Task>(arn);
    for (const std::string& name : ready) {
      Container& container = *find_container(task, name);
      container.runtime_id = runtime_id(scope, task, container);
      scope.after(scope.latency("ecs.container.start", container.arn), "ecs.container.started",
                  task.id, name);
    }
  }
  if (are_all_up(*scope.view<Task>(arn))) containers_are_up(scope, arn);
}

void stop_containers(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  for (Container& container : task.containers)
    if (container.status == "PENDING") end_container(scope, task, container, std::nullopt, "");
  for (Container& container : task.containers) {
    if (container.status != "RUNNING" || container.signalled) continue;
    if (definition && has_running_dependent(task, *definition, container.name)) continue;
    container.signalled = true;
    const auto* d = definition ? find_container(*definition, container.name) : nullptr;
    const Duration limit = std::chrono::seconds(
        d && d->stop_timeout_s ? *d->stop_timeout_s : stop_timeout_default_s);
    const Duration wish = scope.latency("ecs.container.stop", container.arn);
    const int64_t code = wish < limit ? 0 : exit_sigkill;
    scope.after(std::min(wish, limit), "ecs.container.stopped", task.id,
                cat(container.name, ' ', code));
  }
  if (are_all_down(task)) containers_are_down(scope, arn);
}

void end_container(sim::Scope& scope, Task& task, Container& container,
                   std::optional<int64_t> exit_code, std::string_view reason) {
  const bool ran = container.status == "RUNNING";
  container.status = "STOPPED";
  container.exit_code = exit_code;
  if (!reason.empty()) container.reason = reason;
  container.finished = scope.now();
  ++task.version;
  if (ran && exit_code)
    log_line(scope, task, container.name,
             cat("Container ", container.name, " exited with code ", *exit_code));
}

void container_exited(sim::Scope& scope, std::string_view task_arn, std::string_view container,
                      int64_t exit_code, std::string_view reason) {
  const Parts p = parts_of(scope, task_arn, container);
  if (!p.task || p.container->status != "RUNNING") return;
  const bool essential = p.container_definition->essential;
  const bool restarted = is_wanted(*p.task) && is_restarted(scope, p, exit_code);
  const std::string arn = p.task->id;
  Task& task = scope.edit<Task>(arn);
  Container& ended = *find_container(task, container);
  end_container(scope, task, ended, exit_code, reason);
  if (restarted) {
    ended.status = "PENDING";
    ended.runtime_id.clear();
    if (!ended.health.empty()) ended.health = "UNKNOWN";
    return start_containers(scope, arn);
  }
  if (essential)
    stop_task(scope, arn, "EssentialContainerExited", "Essential container in task exited");
  else
    start_containers(scope, arn);
  if (scope.view<Task>(arn)->last_status == "STOPPING") stop_containers(scope, arn);
}

void set_container_health(sim::Scope& scope, std::string_view task_arn,
                          std::string_view container, std::string_view health) {
  const Parts p = parts_of(scope, task_arn, container);
  if (!p.task || p.container->status != "RUNNING" || p.container->health == health) return;
  const std::string arn = p.task->id;
  Task& task = scope.edit<Task>(arn);
  find_container(task, container)->health = health;
  ++task.version;
  refresh_health(task, *p.definition);
  tell_registries(scope, task);
  scope.announce("ecs.container-health", arn, cat(container, " is ", health));
  if (health == "HEALTHY") start_containers(scope, arn);
}

EventRows container_events() { return events; }
LatencyRows container_latencies() { return latencies; }

}  // namespace squall::ecs
