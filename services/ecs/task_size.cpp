// What a task takes of its host: CPU, memory, GPUs, ports, an interface; taken and given back here.
#include <algorithm>

#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

// The Linux kernel's ephemeral range that Docker takes dynamic host ports from.
constexpr int64_t dynamic_port_first = 32768, dynamic_port_last = 60999;

int64_t free_port(const ContainerInstance& host, const std::string& protocol) {
  std::vector<int64_t> taken;
  for (const auto* list : {&host.used_ports, &host.reserved_ports})
    for (const HostPort& p : *list)
      if (p.protocol == protocol && p.port >= dynamic_port_first) taken.push_back(p.port);
  std::ranges::sort(taken);
  int64_t port = dynamic_port_first;
  for (const int64_t t : taken) {
    if (t > port) break;
    if (t == port) ++port;
  }
  return port <= dynamic_port_last ? port : 0;
}

int64_t gpus_of(const TaskDefinition& definition) {
  int64_t gpus = 0;
  for (const ContainerDefinition& c : definition.containers) gpus += c.gpus;
  return gpus;
}

void take_ports(ContainerInstance& host, Task& task, const TaskDefinition& definition) {
  const bool host_mode = definition.network_mode == "host";
  for (const ContainerDefinition& d : definition.containers) {
    Container* container = find_container(task, d.name);
    if (!container) continue;
    for (const PortMapping& m : d.ports) {
      NetworkBinding binding;
      binding.protocol = m.protocol;
      binding.container_port = m.container_port;
      binding.host_port = host_mode ? m.container_port : m.host_port;
      if (!binding.host_port) binding.host_port = free_port(host, m.protocol);
      host.used_ports.push_back({binding.host_port, m.protocol});
      container->bindings.push_back(std::move(binding));
    }
  }
}

bool uses_host_ports(const TaskDefinition& definition) {
  return definition.network_mode != "awsvpc" && definition.network_mode != "none";
}

}  // namespace

TaskSize size_of(const TaskDefinition& definition, const TaskRequest& request) {
  TaskSize size;
  for (const ContainerDefinition& c : definition.containers) {
    size.cpu += c.cpu;
    size.memory += c.memory_reservation ? c.memory_reservation : c.memory;
    size.gpus += c.gpus;
  }
  if (definition.cpu) size.cpu = definition.cpu;
  if (definition.memory) size.memory = definition.memory;
  if (request.cpu) size.cpu = *request.cpu;
  if (request.memory) size.memory = *request.memory;
  return size;
}

void take_resources(sim::Scope& scope, Task& task, const TaskDefinition& definition) {
  ContainerInstance& host = scope.edit<ContainerInstance>(task.container_instance);
  host.cpu_left -= task.cpu;
  host.memory_left -= task.memory;
  host.gpus_left -= gpus_of(definition);
  ++host.version;
  task.zone = host.zone;
  if (definition.network_mode == "awsvpc") {
    --host.interfaces_left;
    task.subnet_id = subnet_in_zone(scope, task.network, host.zone);
  } else if (uses_host_ports(definition)) {
    take_ports(host, task, definition);
  }
}

void give_back_resources(sim::Scope& scope, const Task& task) {
  if (!scope.has<ContainerInstance>(task.container_instance)) return;
  ContainerInstance& host = scope.edit<ContainerInstance>(task.container_instance);
  host.cpu_left += task.cpu;
  host.memory_left += task.memory;
  if (const auto* definition = scope.view<TaskDefinition>(task.definition))
    host.gpus_left += gpus_of(*definition);
  ++host.version;
  if (!task.attachment_id.empty()) ++host.interfaces_left;
  for (const Container& container : task.containers)
    for (const NetworkBinding& binding : container.bindings) {
      const auto at = std::ranges::find_if(host.used_ports, [&](const HostPort& p) {
        return p.port == binding.host_port && p.protocol == binding.protocol;
      });
      if (at != host.used_ports.end()) host.used_ports.erase(at);
    }
}

}  // namespace squall::ecs
