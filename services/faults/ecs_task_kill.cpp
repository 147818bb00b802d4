// ECS tasks are stopped, once or again and again.
#include "emulator/core/text.h"
#include "services/ecs/ecs.h"
#include "services/faults/ecs_targets.h"

namespace squall::faults {
namespace {

void kill(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  for (const std::string& arn : choose_tasks(scope, id, arguments))
    ecs::stop_task(scope, arn, "UserInitiated", "Task stopped by user");
  const double every_s = number(arguments, "every_seconds", 0);
  if (every_s > 0) scope.after(from_seconds(every_s), "fault.ecs-task-kill.again", id);
}

void again(sim::Scope& scope, const sim::Event& event) {
  const auto* record = scope.view<sim::FaultRecord>(event.subject);
  if (!record || record->stopped) return;
  const sim::FaultArguments arguments(record->arguments.begin(), record->arguments.end());
  try {
    kill(scope, event.subject, arguments);
  } catch (const AwsError&) {
    // What it named has gone meanwhile: there is nothing more to stop.
  }
}

constexpr sim::EventRow events[] = {{"fault.ecs-task-kill.again", again}};

}  // namespace

sim::FaultKind ecs_task_kill() {
  auto parameters = task_parameters();
  parameters.push_back({"every_seconds", "Again after so many seconds, until it is stopped"});
  return {"ecs-task-kill",
          "aws:ecs:stop-task",
          "Tasks of an ECS service or cluster are stopped.",
          std::move(parameters),
          kill,
          repair};
}

std::span<const sim::EventRow> ecs_task_kill_events() { return events; }

}  // namespace squall::faults
