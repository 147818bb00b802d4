#include "services/dataplane/tasks.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/ec2/ec2.h"

namespace squall::dataplane {
namespace {

bool has_host_port(const ecs::Task& task, int64_t port) {
  return std::ranges::any_of(task.containers, [&](const ecs::Container& c) {
    return std::ranges::any_of(
        c.bindings, [&](const ecs::NetworkBinding& b) { return b.host_port == port; });
  });
}

}  // namespace

bool is_alive(const ecs::Task& task) {
  // Dead already, though ECS has not said so: its host is off, or its program has ended.
  if (task.execution_stopped || task.lost || task.stop_code == "EssentialContainerExited")
    return false;
  return task.last_status == "RUNNING" || task.last_status == "DEACTIVATING" ||
         task.last_status == "STOPPING";
}

bool has_ended(const ecs::Task& task) {
  return task.execution_stopped || task.last_status == "DEPROVISIONING" ||
         task.last_status == "STOPPED";
}

bool listens(const ecs::Task& task) {
  // A container that was told to stop finishes what it has and takes nothing new.
  return is_alive(task) && task.last_status != "STOPPING";
}

const ecs::Task* task_of_interface(const sim::Scope& scope, std::string_view interface_id) {
  for (const ecs::Task* task : scope.by<ecs::Task>(cat("interface:", interface_id)))
    if (task->last_status != "STOPPED") return task;
  return nullptr;
}

TaskEnd task_at(const sim::Scope& scope, std::string_view target, int64_t port) {
  TaskEnd end;
  for (const auto* i : scope.by<ecs::ContainerInstance>(cat("instance:", target))) {
    if (i->status == "INACTIVE") continue;
    end.only_tasks = true;
    for (const ecs::Task* task : scope.by<ecs::Task>(cat("instance:", i->id)))
      if (task->last_status != "STOPPED" && has_host_port(*task, port)) end.task = task;
  }
  if (end.only_tasks || target.find('.') == target.npos) return end;
  for (const auto* interface : scope.by<ec2::NetworkInterface>(cat("ip:", target)))
    if (!end.task) end.task = task_of_interface(scope, interface->id);
  return end;
}

std::string instance_of(const sim::Scope& scope, const ecs::Task& task) {
  if (task.container_instance.empty()) return {};
  const auto* instance = scope.view<ecs::ContainerInstance>(task.container_instance);
  return instance ? instance->instance_id : std::string();
}

std::string service_name(const ecs::Task& task) {
  return task.group.starts_with("service:") ? task.group.substr(8) : std::string();
}

}  // namespace squall::dataplane
