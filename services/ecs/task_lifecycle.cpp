// The states of a task, from PROVISIONING to STOPPED and out of sight. Steps are events that carry
// the state they were made for; a task that has moved on ignores them.
#include <algorithm>

#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr Duration stopped_visible = 1h;  // as long as AWS shows stopped tasks

bool is_leaving(const Task& task) {
  return task.last_status == "DEACTIVATING" || task.last_status == "STOPPING" ||
         task.last_status == "DEPROVISIONING" || task.last_status == "STOPPED";
}

std::string_view host_word(const Task& task) { return is_fargate(task) ? "fargate" : "instance"; }

void schedule_next(sim::Scope& scope, const Task& task, Duration delay) {
  scope.after(delay, "ecs.task.next", task.id, task.last_status);
}

Duration pull_time(sim::Scope& scope, const Task& task) {
  if (is_fargate(task)) return scope.latency("ecs.image.pull.fargate", task.id);
  for (const Task* other : scope.by<Task>("instance:" + task.container_instance))
    if (other->id != task.id && other->definition == task.definition && other->pull_stopped)
      return scope.latency("ecs.image.cached", task.id);
  return scope.latency("ecs.image.pull.instance", task.id);
}

void enter_pending(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  if (task.last_status != "PENDING") set_status(scope, task, "PENDING");
  task.connectivity = "CONNECTED";
  task.connected = scope.now();
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  if (!definition) return fail_to_start(scope, arn, "The task definition is gone.");
  if (const std::string reason = open_logs(scope, task, *definition); !reason.empty())
    return fail_to_start(scope, arn, reason);
  attach_volume(scope, arn);
  task.pull_started = scope.now();
  schedule_next(scope, task, pull_time(scope, task));
}

/// Every image is here: the containers are made.
void images_pulled(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  task.pull_stopped = scope.now();
  for (Container& container : task.containers) {
    const auto digest = image_digest(scope, container.image);
    if (!digest) {
      container.reason = pull_error(scope, container.image, is_fargate(task));
      return fail_to_start(scope, arn, std::string(container.reason));
    }
    container.image_digest = *digest;
  }
  start_containers(scope, arn);
}

/// First the interface is made, then its attachment takes a while.
void provision(sim::Scope& scope, std::string_view arn) {
  const Task& task = *scope.view<Task>(arn);
  if (!task.interface_id.empty()) return enter_pending(scope, arn);
  if (const std::string reason = attach_interface(scope, arn); !reason.empty())
    return fail_to_start(scope, arn, reason);
  const Task& attached = *scope.view<Task>(arn);
  schedule_next(scope, attached,
                scope.latency(cat("ecs.task.provisioning.", host_word(attached)), attached.id));
}

void enter_running(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  task.started = scope.now();
  set_status(scope, task, "RUNNING");
}

void finish(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  if (!task.container_instance.empty()) give_back_resources(scope, task);
  release_interface(scope, task);
  release_volume(scope, task);
  if (!task.execution_stopped) task.execution_stopped = scope.now();
  task.stopped = scope.now();
  task.held = false;
  set_status(scope, task, "STOPPED");
  scope.after(stopped_visible, "ecs.task.forgotten", task.id);
}

/// Nothing of it runs any more; its interface goes, if it has one.
void deprovision(sim::Scope& scope, std::string_view arn) {
  Task& task = scope.edit<Task>(arn);
  task.execution_stopped = scope.now();
  if (task.interface_id.empty()) return finish(scope, arn);
  set_status(scope, task, "DEPROVISIONING");
  schedule_next(scope, task,
                scope.latency(cat("ecs.task.deprovisioning.", host_word(task)), task.id));
}

void enter_stopping(sim::Scope& scope, std::string_view arn) {
  set_status(scope, scope.edit<Task>(arn), "STOPPING");
  stop_containers(scope, arn);
}

void next(sim::Scope& scope, const sim::Event& event) {
  const Task* task = scope.view<Task>(event.subject);
  if (!task || task->last_status != event.payload) return;
  if (!is_wanted(*task) && !is_leaving(*task)) return;
  const std::string& status = event.payload;
  // What only the control plane does goes on without the host.
  const bool needs_host = status != "DEACTIVATING" && status != "DEPROVISIONING";
  if (needs_host && is_host_dark(scope, *task)) {
    scope.edit<Task>(event.subject).held = true;
    if (status == "PROVISIONING")
      scope.after(scope.latency("ecs.task.provisioning.timeout", event.subject),
                  "ecs.task.provisioning-timeout", event.subject);
    return;
  }
  if (status == "PROVISIONING") return provision(scope, event.subject);
  if (status == "PENDING") return images_pulled(scope, event.subject);
  if (status == "ACTIVATING") return enter_running(scope, event.subject);
  if (status == "DEACTIVATING") return enter_stopping(scope, event.subject);
  if (status == "DEPROVISIONING") finish(scope, event.subject);
}

/// Placed: the agent hears of it.
void accepted(sim::Scope& scope, const sim::Event& event) {
  const Task* task = scope.view<Task>(event.subject);
  if (task && is_wanted(*task) && !task->pull_started) enter_pending(scope, event.subject);
}

void leave(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<Task>(event.subject)) begin_leaving(scope, event.subject);
}

void provisioning_timed_out(sim::Scope& scope, const sim::Event& event) {
  const Task* task = scope.view<Task>(event.subject);
  if (!task || task->last_status != "PROVISIONING" || !task->held) return;
  fail_to_start(scope, event.subject,
                "Timeout waiting for network interface provisioning to complete.");
}

void forgotten(sim::Scope& scope, const sim::Event& event) { scope.erase<Task>(event.subject); }

void end_all(sim::Scope& scope, Task& task) {
  for (Container& container : task.containers)
    if (container.status != "STOPPED") end_container(scope, task, container, std::nullopt, "");
}

/// What the agent or the control plane does about a stop: it learns of it, and acts.
void set_stop(sim::Scope& scope, Task& task, std::string_view code, std::string_view reason) {
  if (!is_wanted(task)) return;
  task.desired_status = "STOPPED";
  task.stop_code = code;
  task.stopped_reason = reason;
  task.stopping = scope.now();
  ++task.version;
}

const sim::EventRow events[] = {
    {"ecs.task.next", next},
    {"ecs.task.accepted", accepted},
    {"ecs.task.leave", leave},
    {"ecs.task.provisioning-timeout", provisioning_timed_out},
    {"ecs.task.forgotten", forgotten},
};

// FACTS 2 names the states; the developer guide gives no figures but the time-outs. The ranges are
// common experience: a Fargate task of a middling image runs 20 to 60 s after RunTask, one in
// bridge mode on a warm host within seconds.
const sim::LatencyRow latencies[] = {
    {"ecs.task.interface", 1s, 3s, 1s, 3s},
    {"ecs.task.provisioning.fargate", 6s, 15s, 6s, 15s},
    {"ecs.task.provisioning.instance", 2s, 5s, 2s, 5s},
    {"ecs.task.provisioning.timeout", 180s, 240s, 180s, 240s},
    {"ecs.image.pull.fargate", 5s, 20s, 5s, 20s},  // Fargate keeps no images between tasks
    {"ecs.image.pull.instance", 3s, 15s, 3s, 15s},
    {"ecs.image.cached", 200ms, 800ms, 200ms, 800ms},
    {"ecs.task.activating", 1s, 4s, 1s, 4s},
    {"ecs.task.leaving", 100ms, 1s, 100ms, 1s},  // until the agent hears of the stop
    {"ecs.task.deprovisioning.fargate", 5s, 20s, 5s, 20s},
    {"ecs.task.deprovisioning.instance", 1s, 5s, 1s, 5s},
};

}  // namespace

void set_status(sim::Scope& scope, Task& task, std::string_view status) {
  task.last_status = status;
  ++task.version;
  std::string detail = "{\"desired\":";
  append_json_string(detail, task.desired_status);
  detail += ",\"group\":";
  append_json_string(detail, task.group);
  detail += ",\"zone\":";
  append_json_string(detail, task.zone);
  if (!task.stop_code.empty()) {
    detail += ",\"stopCode\":";
    append_json_string(detail, task.stop_code);
    detail += ",\"stoppedReason\":";
    append_json_string(detail, task.stopped_reason);
  }
  scope.announce("ecs.task-state", task.id, status, detail + "}");
}

void begin_lifecycle(sim::Scope& scope, std::string_view arn) {
  const Task& task = *scope.view<Task>(arn);
  if (!is_fargate(task) && task.container_instance.empty()) return;  // waits for capacity
  if (!task.attachment_id.empty()) {
    schedule_next(scope, task, scope.latency("ecs.task.interface", task.id));
    return;
  }
  scope.after(Duration{}, "ecs.task.accepted", task.id);
}

void containers_are_up(sim::Scope& scope, std::string_view arn) {
  const Task& task = *scope.view<Task>(arn);
  if (task.last_status != "PENDING" || !is_wanted(task)) return;
  if (task.load_balancers.empty() && task.registries.empty()) return enter_running(scope, arn);
  set_status(scope, scope.edit<Task>(arn), "ACTIVATING");
  register_task(scope, arn);
  schedule_next(scope, *scope.view<Task>(arn),
                scope.latency("ecs.task.activating", std::string(arn)));
}

void containers_are_down(sim::Scope& scope, std::string_view arn) {
  if (scope.view<Task>(arn)->last_status == "STOPPING") deprovision(scope, arn);
}

void fail_to_start(sim::Scope& scope, std::string_view arn, std::string_view reason) {
  Task& task = scope.edit<Task>(arn);
  set_stop(scope, task, "TaskFailedToStart", std::string(reason));
  end_all(scope, task);
  deprovision(scope, arn);
}

void lose_host(sim::Scope& scope, std::string_view arn, std::string_view stop_code,
               std::string_view reason) {
  if (is_stopped(*scope.view<Task>(arn))) return;
  deregister_task(scope, arn);
  Task& task = scope.edit<Task>(arn);
  set_stop(scope, task, stop_code, reason);
  end_all(scope, task);
  if (task.last_status != "DEPROVISIONING") deprovision(scope, arn);
}

void begin_leaving(sim::Scope& scope, std::string_view arn) {
  const Task& task = *scope.view<Task>(arn);
  if (is_leaving(task)) return;
  deregister_task(scope, arn);
  const Time drained = drained_at(scope, *scope.view<Task>(arn));
  if (drained > scope.now() && task.stop_code != "EssentialContainerExited") {
    Task& leaving = scope.edit<Task>(arn);
    set_status(scope, leaving, "DEACTIVATING");
    schedule_next(scope, leaving, drained - scope.now());
    return;
  }
  enter_stopping(scope, arn);
}

void stop_task(sim::Scope& scope, std::string_view task_arn, std::string_view stop_code,
               std::string_view reason) {
  const Task* found = scope.view<Task>(task_arn);
  if (!found || !is_wanted(*found)) return;
  Task& task = scope.edit<Task>(task_arn);
  set_stop(scope, task, stop_code, reason);
  scope.after(scope.latency("ecs.task.leaving", task.id), "ecs.task.leave", task.id);
}

EventRows lifecycle_events() { return events; }
LatencyRows lifecycle_latencies() { return latencies; }

}  // namespace squall::ecs
