// The task metadata endpoint, version 4: what a container may ask of itself and of its task.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/ec2/ec2.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

/// Names are Amazon's own, in capitals, as the endpoint gives them.
Value limits(const TaskDefinition& definition, const ContainerDefinition& d) {
  (void)definition;
  Value v{{"CPU", d.cpu}};
  if (d.memory) v.set("Memory", d.memory);
  return v;
}

Value networks(const sim::Scope& scope, const Task& task, const TaskDefinition* definition) {
  const bool awsvpc = !task.attachment_id.empty();
  Value network{{"NetworkMode", awsvpc ? "awsvpc"
                                : definition && !definition->network_mode.empty()
                                    ? definition->network_mode
                                    : "bridge"}};
  if (awsvpc) {
    Value addresses = Value::list();
    addresses.push(task.private_ip);
    network.set("IPv4Addresses", addresses);
    network.set("AttachmentIndex", 0);
    network.set("MACAddress", task.mac);
    if (const auto* subnet = scope.view<ec2::Subnet>(task.subnet_id)) {
      network.set("IPv4SubnetCIDRBlock", subnet->cidr.text());
      network.set("SubnetGatewayIpv4Address",
                  cat(format_ipv4(subnet->cidr.first() + 1), '/', subnet->cidr.prefix));
    }
    network.set("PrivateDNSName", task.private_dns_name);
  }
  Value list = Value::list();
  list.push(network);
  return list;
}

Value labels(const sim::Scope& scope, const Task& task, const Container& c) {
  const size_t colon = task.definition.rfind(':');
  return {{"com.amazonaws.ecs.cluster", scope.arn("ecs", cat("cluster/", task.cluster))},
          {"com.amazonaws.ecs.container-name", c.name},
          {"com.amazonaws.ecs.task-arn", task.id},
          {"com.amazonaws.ecs.task-definition-family", task.definition.substr(0, colon)},
          {"com.amazonaws.ecs.task-definition-version", task.definition.substr(colon + 1)}};
}

Value ports(const Container& c) {
  return list_of(c.bindings, [](const NetworkBinding& b) -> Value {
    return {{"ContainerPort", b.container_port},
            {"Protocol", b.protocol},
            {"HostPort", b.host_port},
            {"HostIp", b.bind_ip}};
  });
}

Value container_document(const sim::Scope& scope, const Task& task, const Container& c) {
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  const auto* d = definition ? find_container(*definition, c.name) : nullptr;
  Value v{{"DockerId", c.runtime_id},
          {"Name", c.name},
          {"DockerName", is_fargate(task) ? c.name
                                          : cat("ecs-", task.definition, '-', c.name)},
          {"Image", c.image},
          {"ImageID", c.image_digest},
          {"Labels", labels(scope, task, c)},
          {"DesiredStatus", task.desired_status},
          {"KnownStatus", c.status}};
  if (!c.bindings.empty()) v.set("Ports", ports(c));
  if (c.exit_code) v.set("ExitCode", *c.exit_code);
  if (d) v.set("Limits", limits(*definition, *d));
  if (c.started) {
    v.set("CreatedAt", format_iso8601(*c.started));
    v.set("StartedAt", format_iso8601(*c.started));
  }
  if (c.finished) v.set("FinishedAt", format_iso8601(*c.finished));
  v.set("Type", "NORMAL");
  if (!c.health.empty()) v.set("Health", Value{{"status", c.health}});
  if (d && !d->log_driver.empty()) {
    Value options = Value::map();
    for (const auto& [key, value] : d->log_options) options.set(Key::copy(key), value);
    v.set("LogDriver", d->log_driver);
    v.set("LogOptions", options);
  }
  v.set("ContainerARN", c.arn);
  v.set("Networks", networks(scope, task, definition));
  return v;
}

Value task_document(const sim::Scope& scope, const Task& task) {
  const size_t colon = task.definition.rfind(':');
  Value v{{"Cluster", scope.arn("ecs", cat("cluster/", task.cluster))},
          {"TaskARN", task.id},
          {"Family", task.definition.substr(0, colon)},
          {"Revision", task.definition.substr(colon + 1)},
          {"DesiredStatus", task.desired_status},
          {"KnownStatus", task.last_status},
          {"Limits", Value{{"CPU", static_cast<double>(task.cpu) / 1024},
                           {"Memory", task.memory}}}};
  if (task.pull_started) v.set("PullStartedAt", format_iso8601(*task.pull_started));
  if (task.pull_stopped) v.set("PullStoppedAt", format_iso8601(*task.pull_stopped));
  if (task.execution_stopped)
    v.set("ExecutionStoppedAt", format_iso8601(*task.execution_stopped));
  v.set("AvailabilityZone", task.zone);
  v.set("LaunchType", task.launch_type);
  if (task.group.starts_with("service:")) v.set("ServiceName", task.group.substr(8));
  if (is_fargate(task)) {
    v.set("ClockDrift", Value{{"ClockErrorBound", 0.5},
                              {"ReferenceTimestamp", format_iso8601(scope.now())},
                              {"ClockSynchronizationStatus", "SYNCHRONIZED"}});
    v.set("EphemeralStorageMetrics",
          Value{{"Utilized", 0}, {"Reserved", task.ephemeral_gib * 1024}});
  }
  Value containers = Value::list();
  for (const Container& c : task.containers)
    if (!c.runtime_id.empty()) containers.push(container_document(scope, task, c));
  v.set("Containers", containers);
  return v;
}

/// Docker's statistics, of which the simulation knows identity, time and limits.
Value stats_document(const sim::Scope& scope, const Task& task, const Container& c) {
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  const auto* d = definition ? find_container(*definition, c.name) : nullptr;
  const int64_t memory_mib = d && d->memory ? d->memory : task.memory;
  return {{"read", format_iso8601(scope.now())},
          {"name", c.name},
          {"id", c.runtime_id},
          {"memory_stats", Value{{"limit", memory_mib * 1024 * 1024}}}};
}

}  // namespace

std::string task_metadata_json(const sim::Scope& scope, std::string_view task_arn,
                               std::string_view container, std::string_view path) {
  const Task* task = scope.view<Task>(task_arn);
  if (!task) return {};
  if (path == "/task") return to_json(task_document(scope, *task));
  if (path == "/task/stats") {
    Value all = Value::map();
    for (const Container& c : task->containers)
      if (c.status == "RUNNING") all.set(Key::copy(c.runtime_id), stats_document(scope, *task, c));
    return to_json(all);
  }
  const Container* c = find_container(*task, container);
  if (!c) return {};
  if (path.empty()) return to_json(container_document(scope, *task, *c));
  if (path == "/stats") return to_json(stats_document(scope, *task, *c));
  return {};
}

std::string task_metadata_document(const sim::Scope& scope, std::string_view path) {
  const size_t slash = std::min(path.find('/'), path.size());
  const std::string_view id = path.substr(0, slash);
  if (id.empty()) return {};
  for (const Task* task : scope.by<Task>(cat("runtime:", id)))
    for (const Container& c : task->containers)
      if (c.runtime_id == id)
        return task_metadata_json(scope, task->id, c.name, path.substr(slash));
  return {};
}

}  // namespace squall::ecs
