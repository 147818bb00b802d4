// Tasks come into being here, whoever asks for them: the API, services, daemons, task sets.
#include "services/ecs/task.h"

#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/managed_instances.h"

namespace squall::ecs {

std::vector<std::string> Task::index_keys() const {
  std::vector<std::string> keys{"cluster:" + cluster, "definition:" + definition,
                                "status:" + cluster + "/" + last_status};
  if (!service.empty()) keys.push_back("service:" + service);
  if (!deployment.empty()) keys.push_back("deployment:" + deployment);
  if (!client_token.empty()) keys.push_back("token:" + client_token);
  if (last_status == "STOPPED") return keys;
  keys.push_back("group:" + cluster + "/" + group);
  if (!service.empty()) keys.push_back("live:" + service);
  if (!container_instance.empty()) keys.push_back("instance:" + container_instance);
  if (!interface_id.empty()) keys.push_back("interface:" + interface_id);
  for (const Container& container : containers)
    if (!container.runtime_id.empty()) keys.push_back("runtime:" + container.runtime_id);
  if (launch_type != "FARGATE" && container_instance.empty())
    keys.push_back("waiting:" + cluster);
  return keys;
}

bool is_fargate(const Task& task) { return task.launch_type == "FARGATE"; }

std::string_view short_id(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

bool is_zero_profile(const sim::Scope& scope) {
  return scope.world().options().latency == sim::LatencyProfile::zero;
}

Duration paced(const sim::Scope& scope, Duration duration) {
  return is_zero_profile(scope) ? Duration{} : duration;
}

const ContainerDefinition* find_container(const TaskDefinition& definition,
                                          std::string_view name) {
  for (const ContainerDefinition& c : definition.containers)
    if (c.name == name) return &c;
  return nullptr;
}

const Container* find_container(const Task& task, std::string_view name) {
  for (const Container& c : task.containers)
    if (c.name == name) return &c;
  return nullptr;
}

Container* find_container(Task& task, std::string_view name) {
  return const_cast<Container*>(find_container(std::as_const(task), name));
}

std::string choose_provider(const std::vector<StrategyItem>& strategy,
                            const std::map<std::string, int64_t>& running) {
  const auto count = [&](const StrategyItem& item) {
    const auto at = running.find(item.provider);
    return at == running.end() ? int64_t{0} : at->second;
  };
  for (const StrategyItem& item : strategy)
    if (count(item) < item.base) return item.provider;
  // Beyond the bases: the one furthest below its share, a/w < b/v compared without division.
  const StrategyItem* best = nullptr;
  for (const StrategyItem& item : strategy) {
    if (item.weight <= 0) continue;
    if (!best ||
        (count(item) - item.base) * best->weight < (count(*best) - best->base) * item.weight)
      best = &item;
  }
  if (!best && strategy.size() == 1) return strategy[0].provider;  // no weight given
  return best ? best->provider : std::string();
}

namespace {

bool needs_instance(std::string_view launch_type) { return launch_type != "FARGATE"; }

std::string launch_type_of(const TaskRequest& request) {
  if (request.capacity_provider.starts_with("FARGATE")) return "FARGATE";
  if (!request.capacity_provider.empty()) return "EC2";
  return request.launch_type.empty() ? "EC2" : request.launch_type;
}

void add_containers(sim::Scope& scope, Task& task, const TaskDefinition& definition) {
  const std::string path = task.id.substr(task.id.find(":task/") + 6);
  for (const ContainerDefinition& d : definition.containers) {
    Container c;
    c.arn = scope.arn("ecs", cat("container/", path, '/', scope.new_uuid("container", task.id)));
    c.name = d.name;
    c.image = d.image;
    if (d.health_check) c.health = "UNKNOWN";
    task.containers.push_back(std::move(c));
  }
}

int64_t ephemeral_gib(const TaskDefinition& definition) {
  const Value document = value_from_json(definition.document_json);
  const Value size = document.at("ephemeralStorage").at("sizeInGiB");
  return size.is_absent() ? 20 : size.integer();
}

Task task_from(sim::Scope& scope, const TaskRequest& request, const TaskDefinition& definition) {
  Task task;
  task.id = scope.arn("ecs", cat("task/", request.cluster, '/',
                                 scope.new_hex("ecs-task", 32, request.cluster)));
  task.cluster = request.cluster;
  task.definition = definition.id;
  task.group = request.group.empty() ? "family:" + definition.family : request.group;
  task.started_by = request.started_by;
  task.service = request.service;
  task.deployment = request.deployment;
  task.launch_type = launch_type_of(request);
  task.capacity_provider = request.capacity_provider;
  task.zone = request.zone;
  task.overrides_json = request.overrides_json;
  task.volumes_json = request.volumes_json;
  task.reference_id = request.reference_id;
  task.load_balancers = request.load_balancers;
  task.registries = request.registries;
  task.network = request.network;
  task.strategy = request.strategy;
  task.constraints = request.constraints;
  task.enable_execute_command = request.enable_execute_command;
  task.client_token = request.client_token;
  task.client_token_digest = request.client_token_digest;
  task.created = scope.now();
  task.tags = request.tags;
  const TaskSize size = size_of(definition, request);
  task.cpu = size.cpu;
  task.memory = size.memory;
  if (task.launch_type == "FARGATE") {
    const bool windows = definition.os_family.starts_with("WINDOWS");
    task.platform_version = request.platform_version;
    if (task.platform_version.empty() || task.platform_version == "LATEST")
      task.platform_version = windows ? "1.0.0" : "1.4.0";
    task.platform_family = !windows ? "Linux" : definition.os_family;
    task.ephemeral_gib = request.ephemeral_gib.value_or(ephemeral_gib(definition));
  }
  if (definition.network_mode == "awsvpc")
    task.attachment_id = scope.new_uuid("ecs-attachment", task.id);
  add_containers(scope, task, definition);
  return task;
}

void add_managed_tags(Task& task) {
  task.tags["aws:ecs:clusterName"] = task.cluster;
  if (task.group.starts_with("service:")) task.tags["aws:ecs:serviceName"] = task.group.substr(8);
}

/// Fargate knows of no zone with power among the task's subnets.
bool is_without_capacity(const sim::Scope& scope, const Task& task) {
  return !task.network.subnets.empty() &&
         std::ranges::all_of(task.network.subnets, [&](const std::string& id) {
           const auto* subnet = scope.view<ec2::Subnet>(id);
           return subnet && is_known_dark(scope, subnet->zone);
         });
}

/// Tasks of an Auto Scaling group's provider wait for an instance rather than fail.
bool waits_for_capacity(const Task& task) { return !task.capacity_provider.empty(); }

}  // namespace

std::variant<std::string, PlacementFailure> start_task(sim::Scope& scope,
                                                       const TaskRequest& request) {
  const TaskDefinition* definition = scope.view<TaskDefinition>(request.definition);
  if (!definition) return PlacementFailure{"", "MISSING", "The task definition is gone."};
  Task task = task_from(scope, request, *definition);
  if (request.managed_tags) add_managed_tags(task);
  if (is_managed_provider(scope, task.capacity_provider)) task.launch_type = "MANAGED_INSTANCES";
  const bool awsvpc = definition->network_mode == "awsvpc";
  task.last_status = awsvpc ? "PROVISIONING" : "PENDING";
  if (needs_instance(task.launch_type)) {
    task.container_instance = request.container_instance;  // place() looks at that one only
    auto placed = place(scope, task, *definition);
    if (auto* failure = std::get_if<PlacementFailure>(&placed)) {
      if (!waits_for_capacity(task) || !request.container_instance.empty()) return *failure;
      task.container_instance.clear();
      task.last_status = "PROVISIONING";
    } else {
      task.container_instance = std::get<std::string>(placed);
      take_resources(scope, task, *definition);
    }
  } else if (awsvpc) {
    if (is_without_capacity(scope, task))
      return PlacementFailure{"", "Capacity is unavailable at this time. Please try again later "
                                  "or in a different availability zone", ""};
    task.subnet_id = choose_subnet(scope, task);
    if (const auto* subnet = scope.view<ec2::Subnet>(task.subnet_id)) task.zone = subnet->zone;
  }
  const std::string arn = scope.add(std::move(task)).id;
  begin_lifecycle(scope, arn);
  return arn;
}

}  // namespace squall::ecs
