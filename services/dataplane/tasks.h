// ECS tasks as the data plane meets them: what stands behind an address or a host's port.
#pragma once

#include <string>
#include <string_view>

#include "services/ecs/ecs.h"

namespace squall::dataplane {

/// What listens at a target's id (instance or address) and port.
struct TaskEnd {
  const ecs::Task* task = nullptr;
  bool only_tasks = false;  // an instance of a cluster: nothing but its tasks listens there
};
TaskEnd task_at(const sim::Scope& scope, std::string_view target, int64_t port);
const ecs::Task* task_of_interface(const sim::Scope& scope, std::string_view interface_id);
/// The EC2 instance that carries a task; empty on Fargate.
std::string instance_of(const sim::Scope& scope, const ecs::Task& task);
/// Its program takes new requests (if it has booted).
bool listens(const ecs::Task& task);
/// What it has in hand goes on: until its containers have ended.
bool is_alive(const ecs::Task& task);
/// Its containers have ended for good.
bool has_ended(const ecs::Task& task);
/// "NAME" of a service ARN, or of a task's group "service:NAME"; empty: no service's task.
std::string service_name(const ecs::Task& task);

}  // namespace squall::dataplane
