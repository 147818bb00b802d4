// A task on the network: its own interface in awsvpc mode, its place in target groups.
#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ecs/task.h"
#include "services/elbv2/elbv2.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::ecs {
namespace {

/// What a load balancer or a registry of names is told about the task's container port.
struct Address {
  std::string id;  // an IP address, or an instance with a host port
  int64_t port = 0;
};

Address address_of(const sim::Scope& scope, const Task& task, std::string_view container,
                   int64_t container_port) {
  if (!task.private_ip.empty()) return {task.private_ip, container_port};
  const auto* host = scope.view<ContainerInstance>(task.container_instance);
  if (!host) return {};
  if (const Container* found = find_container(task, container))
    for (const NetworkBinding& binding : found->bindings)
      if (binding.container_port == container_port)
        return {host->instance_id, binding.host_port};
  return {host->instance_id, container_port};
}

int64_t live_in_zone(const std::vector<const Task*>& tasks, std::string_view zone) {
  return std::ranges::count_if(tasks,
                               [&](const Task* t) { return is_wanted(*t) && t->zone == zone; });
}

std::string ec2_error(const Task& task, const AwsError& error) {
  return cat("Unexpected EC2 error while attempting to Create Network Interface with public IP "
             "assignment ",
             task.network.public_ip ? "enabled" : "disabled", " in subnet '", task.subnet_id,
             "': ", error.code);
}

/// What the target group wants to know a target by.
std::string target_id(const sim::Scope& scope, const elbv2::TargetGroup& group, const Task& task,
                      const Address& address) {
  if (group.target_type != "ip" || !task.private_ip.empty()) return address.id;
  const auto* instance = scope.view<ec2::Instance>(address.id);
  return instance ? instance->private_ip : address.id;
}

struct Registered {
  std::string group, id;
  int64_t port = 0;
};
Registered registered_from(const std::string& text) {
  const auto parts = split(text, ' ');
  return {std::string(parts[0]), std::string(parts[1]), parse_int(parts[2]).value_or(0)};
}

std::string host_ip(const sim::Scope& scope, const Task& task) {
  if (!task.private_ip.empty()) return task.private_ip;
  const auto* host = scope.view<ContainerInstance>(task.container_instance);
  const auto* instance = host ? scope.view<ec2::Instance>(host->instance_id) : nullptr;
  return instance ? instance->private_ip : std::string();
}

/// What ECS writes about a task into Cloud Map.
servicediscovery::Attributes attributes_of(const sim::Scope& scope, const Task& task,
                                           const RegistryUse& use) {
  servicediscovery::Attributes attributes{
      {"AWS_INSTANCE_IPV4", host_ip(scope, task)},
      {"AVAILABILITY_ZONE", task.zone},
      {"REGION", scope.region()},
      {"ECS_CLUSTER_NAME", task.cluster},
      {"ECS_TASK_DEFINITION_FAMILY", task.definition.substr(0, task.definition.rfind(':'))}};
  const auto* registry = servicediscovery::find_service(scope, use.registry_arn);
  if (registry && registry->custom_health)
    attributes["AWS_INIT_HEALTH_STATUS"] = task.health == "UNHEALTHY" ? "UNHEALTHY" : "HEALTHY";
  if (task.group.starts_with("service:")) attributes["ECS_SERVICE_NAME"] = task.group.substr(8);
  if (const auto* host = scope.view<ContainerInstance>(task.container_instance))
    attributes["EC2_INSTANCE_ID"] = host->instance_id;
  const int64_t port =
      use.port ? use.port : address_of(scope, task, use.container, use.container_port).port;
  if (port) attributes["AWS_INSTANCE_PORT"] = std::to_string(port);
  return attributes;
}

}  // namespace

std::string choose_subnet(const sim::Scope& scope, const Task& task) {
  const auto tasks = scope.by<Task>(cat("group:", task.cluster, '/', task.group));
  // A wish for a zone that has been found dark is none.
  const std::string zone = is_known_dark(scope, task.zone) ? std::string() : task.zone;
  std::string best;
  int64_t fewest = 0;
  // A zone known to be dark is taken only if there is no other.
  for (const bool dark : {false, true}) {
    for (const std::string& id : task.network.subnets) {
      const auto* subnet = scope.view<ec2::Subnet>(id);
      if (!subnet || (!zone.empty() && subnet->zone != zone)) continue;
      if (is_known_dark(scope, subnet->zone) != dark) continue;
      const int64_t live = live_in_zone(tasks, subnet->zone);
      if (!best.empty() && live >= fewest) continue;
      best = id;
      fewest = live;
    }
    if (!best.empty()) return best;
  }
  return task.network.subnets.empty() ? std::string() : task.network.subnets.front();
}

std::string subnet_in_zone(const sim::Scope& scope, const TaskNetwork& network,
                           std::string_view zone) {
  for (const std::string& id : network.subnets)
    if (const auto* subnet = scope.view<ec2::Subnet>(id); subnet && subnet->zone == zone)
      return id;
  return {};
}

std::string attach_interface(sim::Scope& scope, std::string_view arn) {
  const Task& found = *scope.view<Task>(arn);
  ec2::InterfaceSpec spec;
  spec.subnet_id = found.subnet_id;
  spec.group_ids = found.network.groups;
  spec.requester_id = "amazon-ecs";
  spec.associate_public_ip = found.network.public_ip && is_fargate(found);
  spec.description = scope.arn("ecs", cat("attachment/", found.attachment_id));
  try {
    const ec2::NetworkInterface made = ec2::create_interface(scope, spec);
    Task& task = scope.edit<Task>(arn);
    task.interface_id = made.id;
    task.private_ip = made.private_ip;
    task.mac = made.mac;
    task.zone = made.zone;
    task.private_dns_name = ec2::private_dns_name(scope, made.private_ip);
  } catch (const AwsError& error) {
    return ec2_error(found, error);
  }
  return {};
}

void release_interface(sim::Scope& scope, Task& task) {
  if (task.interface_id.empty()) return;
  ec2::delete_interface(scope, task.interface_id);
}

void register_task(sim::Scope& scope, std::string_view arn) {
  const Task task = *scope.view<Task>(arn);
  std::vector<std::string> targets;
  for (const LoadBalancerUse& use : task.load_balancers) {
    const auto* group = scope.view<elbv2::TargetGroup>(use.target_group_arn);
    if (!group) continue;
    const Address address = address_of(scope, task, use.container, use.container_port);
    const std::string id = target_id(scope, *group, task, address);
    try {
      elbv2::register_target(scope, use.target_group_arn, id, address.port);
      targets.push_back(cat(use.target_group_arn, ' ', id, ' ', address.port));
    } catch (const AwsError&) {
      // A host that stops at this moment: the service's own checks find the task missing.
    }
  }
  for (const RegistryUse& use : task.registries) {
    try {
      servicediscovery::register_instance(scope, use.registry_arn, short_id(task.id),
                                          attributes_of(scope, task, use));
    } catch (const AwsError&) {
      // The registry was deleted meanwhile: the task runs, nobody finds it by name.
    }
  }
  scope.edit<Task>(arn).targets = std::move(targets);
}

void tell_registries(sim::Scope& scope, const Task& task) {
  for (const RegistryUse& use : task.registries)
    servicediscovery::set_custom_health(scope, use.registry_arn, short_id(task.id),
                                        task.health != "UNHEALTHY");
}

void deregister_task(sim::Scope& scope, std::string_view arn) {
  const Task task = *scope.view<Task>(arn);
  for (const std::string& text : task.targets) {
    const Registered target = registered_from(text);
    elbv2::deregister_target(scope, target.group, target.id, target.port);
  }
  for (const RegistryUse& use : task.registries)
    servicediscovery::deregister_instance(scope, use.registry_arn, short_id(task.id));
}

Time drained_at(const sim::Scope& scope, const Task& task) {
  Time until = scope.now();
  for (const std::string& text : task.targets) {
    const Registered wanted = registered_from(text);
    const auto* group = scope.view<elbv2::TargetGroup>(wanted.group);
    if (!group) continue;
    for (const elbv2::Target& t : group->targets)
      if (t.id == wanted.id && t.port == wanted.port && t.drain_until)
        until = std::max(until, *t.drain_until);
  }
  return until;
}

}  // namespace squall::ecs
