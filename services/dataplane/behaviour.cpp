#include "services/dataplane/behaviour.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/tasks.h"

namespace squall::dataplane {
namespace {

/// Before ECS takes the first check for passed.
constexpr Duration ahead = 1s;

const ecs::ContainerDefinition* checked_container(const sim::Scope& scope, const ecs::Task& task) {
  const auto* definition = scope.view<ecs::TaskDefinition>(task.definition);
  if (!definition) return nullptr;
  for (const ecs::ContainerDefinition& c : definition->containers)
    if (c.essential && c.health_check) return &c;
  return nullptr;
}

std::string essential_container(const sim::Scope& scope, const ecs::Task& task) {
  if (const auto* definition = scope.view<ecs::TaskDefinition>(task.definition))
    for (const ecs::ContainerDefinition& c : definition->containers)
      if (c.essential) return c.name;
  return task.containers.empty() ? std::string() : task.containers.front().name;
}

const Behaviour* behaviour_in(const sim::Scope& scope, const ecs::Task* task) {
  const TrafficEngine* engine = engine_of(scope);
  if (!engine || !task || !task->started || !listens(*task)) return nullptr;
  return behaviour_of(engine->workload(), *task);
}

void on_task(sim::Scope& scope, const sim::Event& event) {
  if (TrafficEngine* engine = engine_of(scope)) engine->note_task(event.subject);
  const ecs::Task* task = scope.view<ecs::Task>(event.subject);
  const Behaviour* behaviour = behaviour_in(scope, task);
  if (!behaviour) return;
  if (behaviour->exit_code >= 0) {
    scope.at_unique(*task->started + from_seconds(behaviour->exit_after_s),
                    "dataplane.behaviour.exit", task->id);
  }
  const ecs::ContainerDefinition* checked = checked_container(scope, *task);
  if (behaviour->fails_health && checked && task->health != "UNHEALTHY") {
    const auto interval = Duration{std::chrono::seconds{checked->health_check->interval_s}};
    scope.at_unique(*task->started + std::max(interval - ahead, Duration{}),
                    "dataplane.behaviour.unhealthy", task->id);
  }
}

void on_exit(sim::Scope& scope, const sim::Event& event) {
  const ecs::Task* task = scope.view<ecs::Task>(event.subject);
  const Behaviour* behaviour = behaviour_in(scope, task);
  if (behaviour && behaviour->exit_code >= 0)
    ecs::container_exited(scope, task->id, essential_container(scope, *task), behaviour->exit_code,
                          "");
}

void on_unhealthy(sim::Scope& scope, const sim::Event& event) {
  const ecs::Task* task = scope.view<ecs::Task>(event.subject);
  if (!behaviour_in(scope, task)) return;
  if (const auto* checked = checked_container(scope, *task))
    ecs::set_container_health(scope, task->id, checked->name, "UNHEALTHY");
}

constexpr sim::EventRow events[] = {
    {"dataplane.behaviour.task", on_task},
    {"dataplane.behaviour.exit", on_exit},
    {"dataplane.behaviour.unhealthy", on_unhealthy},
};
constexpr sim::WatchRow watches[] = {{"ecs:task", "dataplane.behaviour.task", false}};

}  // namespace

std::span<const sim::EventRow> behaviour_events() { return events; }
std::span<const sim::WatchRow> behaviour_watches() { return watches; }

}  // namespace squall::dataplane
