// A task as DescribeTasks, RunTask and StopTask show it.
#include "services/common/value_json.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

std::string_view attachment_status(const Task& task) {
  if (is_stopped(task)) return "DELETED";
  if (task.interface_id.empty()) return "PRECREATED";
  return task.last_status == "PROVISIONING" ? "ATTACHING" : "ATTACHED";
}

Value describe_attachments(const Task& task) {
  Value list = Value::list();
  if (!task.volume_attachment_id.empty()) list.push(describe_volume_attachment(task));
  if (task.attachment_id.empty()) return list;
  Value details = Value::list();
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) details.push({{"name", name}, {"value", value}});
  };
  add("subnetId", task.subnet_id);
  add("networkInterfaceId", task.interface_id);
  add("macAddress", task.mac);
  add("privateDnsName", task.private_dns_name);
  add("privateIPv4Address", task.private_ip);
  list.push({{"id", task.attachment_id},
             {"type", "ElasticNetworkInterface"},
             {"status", attachment_status(task)},
             {"details", details}});
  return list;
}

Value describe_binding(const NetworkBinding& binding) {
  return {{"bindIP", binding.bind_ip},
          {"containerPort", binding.container_port},
          {"hostPort", binding.host_port},
          {"protocol", binding.protocol}};
}

Value describe_interfaces(const Task& task) {
  Value list = Value::list();
  if (!task.private_ip.empty())
    list.push({{"attachmentId", task.attachment_id}, {"privateIpv4Address", task.private_ip}});
  return list;
}

/// An override of the container, or absent.
Value override_of(const Value& overrides, std::string_view name) {
  for (const Value& item : overrides.at("containerOverrides").items())
    if (item.at("name").text() == name) return item;
  return {};
}

Value describe_agents(const Task& task, const Container& container) {
  if (!task.enable_execute_command) return {};
  Value agent{{"name", "ExecuteCommandAgent"},
              {"lastStatus", container.status == "PENDING" ? "PENDING" : container.status}};
  if (container.started) agent.set("lastStartedAt", *container.started);
  return list_of(std::vector<Value>{agent}, [](const Value& v) { return v; });
}

Value describe_container(const Task& task, const Container& c, const ContainerDefinition* d,
                         const Value& overrides) {
  Value shown{{"containerArn", c.arn},
              {"taskArn", task.id},
              {"name", c.name},
              {"image", c.image}};
  if (!c.image_digest.empty()) shown.set("imageDigest", c.image_digest);
  if (!c.runtime_id.empty()) shown.set("runtimeId", c.runtime_id);
  shown.set("lastStatus", c.status);
  if (c.exit_code) shown.set("exitCode", *c.exit_code);
  if (!c.reason.empty()) shown.set("reason", c.reason);
  shown.set("networkBindings", c.status == "PENDING" ? Value::list()
                                                     : list_of(c.bindings, describe_binding));
  shown.set("networkInterfaces", describe_interfaces(task));
  shown.set("healthStatus", c.health.empty() ? "UNKNOWN" : c.health);
  shown.set("managedAgents", describe_agents(task, c));
  if (!d) return shown;
  const Value changed = override_of(overrides, c.name);
  const auto number = [&](std::string_view member, int64_t own) {
    const Value v = changed.at(member);
    return v.is_absent() ? own : v.integer();
  };
  shown.set("cpu", std::to_string(number("cpu", d->cpu)));
  if (const int64_t memory = number("memory", d->memory))
    shown.set("memory", std::to_string(memory));
  if (const int64_t soft = number("memoryReservation", d->memory_reservation))
    shown.set("memoryReservation", std::to_string(soft));
  return shown;
}

/// Every container has an entry, overridden or not.
Value describe_overrides(const Task& task, const Value& overrides) {
  Value containers = Value::list();
  for (const Container& c : task.containers) {
    const Value changed = override_of(overrides, c.name);
    containers.push(changed.is_absent() ? Value{{"name", c.name}} : changed);
  }
  Value shown{{"containerOverrides", containers},
              {"inferenceAcceleratorOverrides", Value::list()}};
  for (const std::string_view member :
       {"cpu", "memory", "taskRoleArn", "executionRoleArn", "ephemeralStorage"})
    if (const Value v = overrides.at(member); !v.is_absent()) shown.set(Key::copy(member), v);
  return shown;
}

void describe_times(const Task& task, Value& shown) {
  const auto set = [&](std::string_view name, const std::optional<Time>& time) {
    if (time) shown.set(Key::copy(name), *time);
  };
  set("connectivityAt", task.connected);
  shown.set("createdAt", task.created);
  set("pullStartedAt", task.pull_started);
  set("pullStoppedAt", task.pull_stopped);
  set("startedAt", task.started);
  set("stoppingAt", task.stopping);
  set("executionStoppedAt", task.execution_stopped);
  set("stoppedAt", task.stopped);
}

void describe_host(const Task& task, const TaskDefinition* definition, Value& shown) {
  if (!task.connectivity.empty()) shown.set("connectivity", task.connectivity);
  if (!task.container_instance.empty()) shown.set("containerInstanceArn", task.container_instance);
  if (!task.capacity_provider.empty()) shown.set("capacityProviderName", task.capacity_provider);
  if (!task.zone.empty()) shown.set("availabilityZone", task.zone);
  shown.set("launchType", task.launch_type);
  if (!task.platform_version.empty()) shown.set("platformVersion", task.platform_version);
  if (!task.platform_family.empty()) shown.set("platformFamily", task.platform_family);
  if (!is_fargate(task)) return;
  const bool arm = definition && definition->cpu_architecture == "ARM64";
  Value attributes = Value::list();
  attributes.push({{"name", "ecs.cpu-architecture"}, {"value", arm ? "arm64" : "x86_64"}});
  shown.set("attributes", attributes);
  shown.set("ephemeralStorage", {{"sizeInGiB", task.ephemeral_gib}});
  shown.set("fargateEphemeralStorage", {{"sizeInGiB", task.ephemeral_gib}});
}

}  // namespace

Value describe_task(const sim::Scope& scope, const Task& task, bool with_tags) {
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  const Value overrides =
      task.overrides_json.empty() ? Value::map() : value_from_json(task.overrides_json);
  Value containers = Value::list();
  for (const Container& c : task.containers)
    containers.push(describe_container(
        task, c, definition ? find_container(*definition, c.name) : nullptr, overrides));
  Value shown{{"taskArn", task.id},
              {"clusterArn", scope.arn("ecs", cat("cluster/", task.cluster))},
              {"taskDefinitionArn", scope.arn("ecs", cat("task-definition/", task.definition))},
              {"attachments", describe_attachments(task)},
              {"containers", containers},
              {"cpu", std::to_string(task.cpu)},
              {"memory", std::to_string(task.memory)},
              {"desiredStatus", task.desired_status},
              {"lastStatus", task.last_status},
              {"healthStatus", task.health},
              {"enableExecuteCommand", task.enable_execute_command},
              {"group", task.group},
              {"inferenceAccelerators", Value::list()},
              {"overrides", describe_overrides(task, overrides)},
              {"version", task.version},
              {"tags", with_tags ? describe_tags_of(task.tags) : Value::list()}};
  describe_host(task, definition, shown);
  describe_times(task, shown);
  if (!task.started_by.empty()) shown.set("startedBy", task.started_by);
  if (!task.stop_code.empty()) shown.set("stopCode", task.stop_code);
  if (!task.stopped_reason.empty()) shown.set("stoppedReason", task.stopped_reason);
  return shown;
}

}  // namespace squall::ecs
