// One task stops: as StopTask would have it, or killed without a word of warning.
#include "emulator/core/text.h"
#include "services/ecs/ecs.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

constexpr int64_t killed = 137;  // 128 + SIGKILL

/// Any one of a service's running tasks; empty if none runs.
std::string pick(sim::Scope& scope, const std::string& service) {
  std::vector<std::string> running;
  for (const auto* task : scope.by<ecs::Task>(cat("service:", service)))
    if (task->last_status == "RUNNING") running.push_back(task->id);
  if (running.empty()) return {};
  return running[scope.random(cat("task-stop/", service)).below(running.size())];
}

std::string first_container(const sim::Scope& scope, const ecs::Task& task) {
  if (const auto* definition = scope.view<ecs::TaskDefinition>(task.definition))
    for (const auto& c : definition->containers)
      if (c.essential) return c.name;
  return task.containers.empty() ? std::string() : task.containers.front().name;
}

void start(sim::Scope& scope, const std::string&, const sim::FaultArguments& arguments) {
  std::string task = task_argument(scope, arguments);
  if (task.empty()) throw invalid_argument("Name a service or a task.");
  const std::string how = argument(arguments, "how", "stop");
  if (how != "stop" && how != "kill")
    throw invalid_argument(cat("The argument how is not stop or kill: ", how));
  if (scope.has<ecs::Service>(task)) task = pick(scope, task);
  const ecs::Task* found = scope.view<ecs::Task>(task);
  if (!found) return;
  if (how == "kill")
    ecs::container_exited(scope, task, first_container(scope, *found), killed, "");
  else
    ecs::stop_task(scope, task, "UserInitiated", "Task stopped by a fault");
}

}  // namespace

sim::FaultKind task_stop() {
  return {"task-stop",
          "aws:ecs:stop-task",
          "One task, or any one of a service's running tasks, stops; at once, not for a time.",
          {{"service", "CLUSTER/NAME or ARN of the service"},
           {"task", "Instead of a service: the ARN of one task"},
           {"how", "stop (SIGTERM first, as StopTask) or kill", false, "stop"}},
          start,
          repair};
}

}  // namespace squall::faults
