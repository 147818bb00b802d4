// Which instances Amazon ECS Managed Instances launches: by the provider's requirements and by what
// the waiting tasks need.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/instance.h"
#include "services/ecs/managed_instances.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr Duration retry_after = 1min;

/// What is left of an instance that is on its way.
struct Room {
  std::string zone, arch;
  int64_t cpu, memory, interfaces;
};

Room room_of(const sim::Scope& scope, const ec2::InstanceType& type, std::string zone) {
  return {std::move(zone), type.arch, 1024 * type.vcpus, usable_memory(type.memory_mib),
          task_interfaces_of(scope, type)};
}

/// A task that waits, and what it asks of its host.
struct Wanted {
  const Task* task;
  bool own_interface;
  std::string arch;
};

bool take(const sim::Scope& scope, Room& room, const Wanted& wanted) {
  const Task& task = *wanted.task;
  if (room.arch != wanted.arch || room.cpu < task.cpu || room.memory < task.memory) return false;
  if (wanted.own_interface &&
      (room.interfaces < 1 || subnet_in_zone(scope, task.network, room.zone).empty()))
    return false;
  room.cpu -= task.cpu;
  room.memory -= task.memory;
  room.interfaces -= wanted.own_interface;
  return true;
}

/// Oldest first.
std::vector<Wanted> waiting_for(const sim::Scope& scope, const CapacityProvider& provider) {
  std::vector<Wanted> list;
  for (const Task* task : scope.by<Task>("waiting:" + provider.cluster)) {
    const auto* definition = scope.view<TaskDefinition>(task->definition);
    if (task->capacity_provider != provider.id || !is_wanted(*task) || !definition) continue;
    list.push_back({task, definition->network_mode == "awsvpc",
                    definition->cpu_architecture == "ARM64" ? "arm64" : "x86_64"});
  }
  std::ranges::stable_sort(list, {}, [](const Wanted& w) { return w.task->created; });
  return list;
}

/// Instances that have been launched and have not registered yet.
std::vector<Room> on_their_way(const sim::Scope& scope, const CapacityProvider& provider) {
  std::vector<Room> rooms;
  for (const ManagedHost* host : scope.by<ManagedHost>("provider:" + provider.id)) {
    const auto* instance = scope.view<ec2::Instance>(host->id);
    const auto* type = instance ? ec2::find_instance_type(instance->instance_type) : nullptr;
    if (type && !registered_as(scope, *host))
      rooms.push_back(room_of(scope, *type, instance->zone));
  }
  return rooms;
}

/// The smallest type that takes the most of the tasks, the first of them in any case.
const ec2::InstanceType* choose_type(const sim::Scope& scope, const Value& requirements,
                                     const std::string& zone, const std::vector<Wanted>& tasks) {
  const ec2::InstanceType* best = nullptr;
  size_t most = 0;
  for (const ec2::InstanceType& type : ec2::instance_types()) {
    if (!meets(type, requirements)) continue;
    Room room = room_of(scope, type, zone);
    if (!take(scope, room, tasks.front())) continue;
    size_t count = 1;
    for (size_t i = 1; i < tasks.size(); ++i) count += take(scope, room, tasks[i]);
    const bool smaller = best && (type.vcpus != best->vcpus ? type.vcpus < best->vcpus
                                                            : type.memory_mib < best->memory_mib);
    if (count < most || (count == most && best && !smaller)) continue;
    most = count;
    best = &type;
  }
  return best;
}

/// The provider's subnet with the fewest of its instances, among those where the task may run.
std::string choose_subnet(const sim::Scope& scope, const CapacityProvider& provider,
                          const Value& network, const Wanted& wanted) {
  std::string chosen;
  size_t fewest = 0;
  for (const Value& given : network.at("subnets").items()) {
    const std::string id{given.text()};
    const auto* subnet = scope.view<ec2::Subnet>(id);
    if (!subnet || (wanted.own_interface &&
                    subnet_in_zone(scope, wanted.task->network, subnet->zone).empty()))
      continue;
    size_t count = 0;
    for (const ManagedHost* host : scope.by<ManagedHost>("provider:" + provider.id))
      if (const auto* i = scope.view<ec2::Instance>(host->id)) count += i->subnet_id == id;
    if (!chosen.empty() && count >= fewest) continue;
    chosen = id;
    fewest = count;
  }
  return chosen;
}

ec2::LaunchSpec spec_of(const sim::Scope& scope, const CapacityProvider& provider,
                        const Value& launch, const ec2::InstanceType& type) {
  ec2::LaunchSpec spec;
  spec.image_id = ec2::image_id_of(scope.region(), cat("ecs-al2023-recommended-", type.arch));
  spec.instance_type = type.name;
  for (const Value& group : launch.at("networkConfiguration").at("securityGroups").items())
    spec.group_ids.emplace_back(group.text());
  spec.instance_profile_arn = launch.at("ec2InstanceProfileArn").text();
  spec.user_data = base64_encode(cat("[settings.ecs]\ncluster = \"", provider.cluster, "\"\n"));
  spec.monitoring = launch.at("monitoring").text() == "DETAILED";
  if (launch.at("capacityOptionType").text() == "SPOT") spec.market_type = "spot";
  const Value config = value_from_json(provider.managed_instances_json);
  if (config.at("propagateTags").text() == "CAPACITY_PROVIDER") spec.instance_tags = provider.tags;
  return spec;
}

/// False if EC2 refused: it is asked again later.
bool launch(sim::Scope& scope, const CapacityProvider& provider, const ec2::LaunchSpec& spec) {
  try {
    for (const std::string& id : ec2::launch_instances(scope, spec, 1)) {
      scope.add(ManagedHost{id, provider.id, {}});
      scope.announce("ecs.managed-instances.launched", provider.arn,
                     cat("Launched ", id, " (", spec.instance_type, ") for cluster ",
                         provider.cluster));
    }
    return true;
  } catch (const AwsError& error) {
    scope.announce("ecs.managed-instances.launch-failed", provider.arn, error.message);
    scope.at_unique(scope.now() + retry_after, "ecs.managed-instances", provider.id);
    return false;
  }
}

}  // namespace

void launch_for_waiting(sim::Scope& scope, const CapacityProvider& provider) {
  std::vector<Wanted> tasks = waiting_for(scope, provider);
  std::vector<Room> rooms = on_their_way(scope, provider);
  const Value config = value_from_json(provider.managed_instances_json);
  const Value settings = config.at("instanceLaunchTemplate");
  const Value network = settings.at("networkConfiguration");
  auto settle = [&](const Wanted& w) {
    return std::ranges::any_of(rooms, [&](Room& room) { return take(scope, room, w); });
  };
  std::erase_if(tasks, settle);
  while (!tasks.empty()) {
    const std::string subnet = choose_subnet(scope, provider, network, tasks.front());
    const auto* place = scope.view<ec2::Subnet>(subnet);
    const ec2::InstanceType* type =
        place ? choose_type(scope, settings.at("instanceRequirements"), place->zone, tasks)
              : nullptr;
    if (!type) {  // nothing that the provider may launch will ever take it: it waits
      tasks.erase(tasks.begin());
      continue;
    }
    ec2::LaunchSpec spec = spec_of(scope, provider, settings, *type);
    spec.subnet_id = subnet;
    rooms.push_back(room_of(scope, *type, place->zone));
    if (!launch(scope, provider, spec)) return;
    std::erase_if(tasks, settle);
  }
}

}  // namespace squall::ecs
