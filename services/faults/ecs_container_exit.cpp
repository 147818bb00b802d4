// A container's process ends: killed, out of memory, or by a bug of its own.
#include "emulator/core/text.h"
#include "services/ecs/ecs.h"
#include "services/faults/ecs_targets.h"

namespace squall::faults {
namespace {

/// The container named, or the first that the task cannot be without.
std::string container_of(const sim::Scope& scope, const std::string& arn,
                         const sim::FaultArguments& arguments) {
  const std::string wanted = argument(arguments, "container");
  const auto& task = *scope.view<ecs::Task>(arn);
  const auto* definition = scope.view<ecs::TaskDefinition>(task.definition);
  if (!definition) return wanted;
  for (const ecs::ContainerDefinition& c : definition->containers)
    if (wanted.empty() ? c.essential : c.name == wanted) return c.name;
  throw invalid_argument(cat("The task has no container ", wanted, "."));
}

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const auto code = static_cast<int64_t>(number(arguments, "exit_code", 137));
  for (const std::string& arn : choose_tasks(scope, id, arguments))
    ecs::container_exited(scope, arn, container_of(scope, arn, arguments), code,
                          argument(arguments, "reason"));
}

}  // namespace

sim::FaultKind ecs_container_exit() {
  auto parameters = task_parameters();
  parameters.push_back({"container", "Name of the container; else the first essential one"});
  parameters.push_back({"exit_code", "What its process ends with", false, "137"});
  parameters.push_back({"reason", "What ECS says of it (OutOfMemoryError: ...)"});
  return {"ecs-container-exit",
          "aws:ecs:task-kill-process",
          "The process of a container ends in tasks of an ECS service or cluster.",
          std::move(parameters),
          start,
          repair};
}

}  // namespace squall::faults
