// From names (instances, load balancers, databases, addresses) to network interfaces.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/reachability.h"
#include "services/dataplane/tasks.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/rds/rds.h"

namespace squall::dataplane {
namespace {

// An address of the internet that belongs to nobody (TEST-NET-3): only 0.0.0.0/0 matches it.
constexpr uint32_t internet_block = (203u << 24) | (0u << 16) | (113u << 8);
constexpr uint32_t internet_address = internet_block + 7;

Endpoint internet_at(uint32_t address, std::string_view label) {
  Endpoint end;
  end.label = label;
  end.id = "internet";
  end.internet = true;
  end.ip = end.public_ip = address;
  return end;
}

/// Where the interface record is missing, what the owner's record says must do.
Endpoint bare(const sim::Scope& scope, std::string_view id, std::string_view subnet_id,
              std::string_view private_ip, const std::vector<std::string>& groups) {
  Endpoint end;
  end.id = id;
  end.resources = {std::string(id)};
  end.subnet_id = subnet_id;
  if (const auto* subnet = scope.view<ec2::Subnet>(subnet_id)) {
    end.vpc_id = subnet->vpc_id;
    end.zone = subnet->zone;
  }
  end.ip = parse_ipv4(private_ip).value_or(0);
  end.group_ids = groups;
  return end;
}

Endpoint by_interface(const sim::Scope& scope, std::string_view id, std::string_view subnet_id,
                      std::string_view private_ip, const std::vector<std::string>& groups) {
  if (const auto* interface = scope.view<ec2::NetworkInterface>(id))
    return endpoint_of(scope, *interface);
  return bare(scope, id, subnet_id, private_ip, groups);
}

Endpoint of_instance(const sim::Scope& scope, const ec2::Instance& instance) {
  Endpoint end = by_interface(scope, instance.primary_interface_id, instance.subnet_id,
                              instance.private_ip, instance.group_ids);
  end.resources.push_back(instance.id);
  if (!end.public_ip && !instance.public_ip.empty())
    end.public_ip = parse_ipv4(instance.public_ip).value_or(0);
  if (instance.state != "running") end.down = cat("is ", instance.state);
  return end;
}

/// Its own interface (awsvpc), or that of the instance that carries it.
std::vector<Endpoint> of_task(const sim::Scope& scope, std::string_view arn) {
  const ecs::Task* task = scope.view<ecs::Task>(arn);
  if (!task) return {};
  Endpoint end;
  if (!task->interface_id.empty()) {
    end = by_interface(scope, task->interface_id, task->subnet_id, task->private_ip,
                       task->network.groups);
  } else if (const auto* instance = scope.view<ec2::Instance>(instance_of(scope, *task))) {
    end = of_instance(scope, *instance);
  } else {
    return {};
  }
  end.zone = task->zone;
  end.resources.push_back(task->id);
  if (!task->service.empty()) end.service = task->service;
  // Before it runs, packets arrive and nobody listens; afterwards there is nothing to arrive at.
  // A host goes on answering for its dead tasks: with refusals.
  if (has_ended(*task) && !task->interface_id.empty()) end.down = cat("is ", task->last_status);
  return {end};
}

/// Its running tasks: "service:CLUSTER/NAME".
std::vector<Endpoint> of_service(const sim::Scope& scope, std::string_view name) {
  std::vector<Endpoint> ends;
  for (const auto* service : scope.by<ecs::Service>(cat("name:", name)))
    for (const auto* task : scope.by<ecs::Task>(cat("service:", service->id)))
      if (is_alive(*task))
        for (Endpoint& end : of_task(scope, task->id)) ends.push_back(std::move(end));
  return ends;
}

std::vector<Endpoint> of_load_balancer(const sim::Scope& scope, const elbv2::LoadBalancer& lb) {
  std::vector<Endpoint> ends;
  for (const auto& zone : lb.zones) {
    Endpoint end = by_interface(scope, zone.interface_id, zone.subnet_id, zone.private_ip,
                                lb.group_ids);
    end.zone = zone.zone;
    if (!zone.public_ip.empty()) end.public_ip = parse_ipv4(zone.public_ip).value_or(0);
    end.resources.push_back(lb.id);
    ends.push_back(std::move(end));
  }
  return ends;
}

std::vector<Endpoint> of_database(const sim::Scope& scope, std::string_view name) {
  const rds::DbInstance* db = scope.view<rds::DbInstance>(name);
  if (!db) return {};
  Endpoint end = by_interface(scope, db->primary_interface_id, db->primary_subnet, db->private_ip,
                              db->group_ids);
  end.zone = db->primary_zone;
  end.resources.push_back(db->id);
  return {end};
}

std::vector<Endpoint> of_cache(const sim::Scope& scope, std::string_view name) {
  const auto* group = scope.view<elasticache::ReplicationGroup>(name);
  if (!group) return {};
  std::vector<Endpoint> ends;
  for (const auto& shard : group->node_groups) {
    for (const auto& node : shard.nodes) {
      if (node.role != "primary") continue;
      Endpoint end = by_interface(scope, node.interface_id, node.subnet_id, node.private_ip,
                                  group->group_ids);
      end.zone = node.zone;
      end.resources.push_back(node.cluster_id);
      ends.push_back(std::move(end));
    }
  }
  return ends;
}

std::vector<Endpoint> of_address(const sim::Scope& scope, uint32_t address,
                                 std::string_view text) {
  for (const char* index : {"ip:", "public-ip:"})
    for (const auto* interface : scope.by<ec2::NetworkInterface>(cat(index, text)))
      return {endpoint_of(scope, *interface)};
  return {internet_at(address, text)};
}

std::vector<Endpoint> of_name_tag(const sim::Scope& scope, std::string_view tag) {
  const auto named = [&](const auto& record) {
    const auto at = record.tags.find("Name");
    return at != record.tags.end() && at->second == tag;
  };
  for (const auto& instance : scope.all<ec2::Instance>())
    if (instance.state == "running" && named(instance)) return {of_instance(scope, instance)};
  for (const auto& interface : scope.all<ec2::NetworkInterface>())
    if (named(interface)) return {endpoint_of(scope, interface)};
  for (const auto& lb : scope.all<elbv2::LoadBalancer>())
    if (lb.name == tag || named(lb)) return of_load_balancer(scope, lb);
  for (const auto& instance : scope.all<ec2::Instance>())
    if (named(instance)) return {of_instance(scope, instance)};
  return {};
}

std::vector<Endpoint> find(const sim::Scope& scope, std::string_view end) {
  if (end == "internet") return {internet_at(internet_address, end)};
  if (end.starts_with("internet:"))
    return {internet_at(internet_block + 16 + static_cast<uint32_t>(stable_hash(end) % 224), end)};
  if (end.starts_with("db:")) return of_database(scope, end.substr(3));
  if (end.starts_with("cache:")) return of_cache(scope, end.substr(6));
  if (end.starts_with("task:")) return of_task(scope, end.substr(5));
  if (end.starts_with("service:")) return of_service(scope, end.substr(8));
  if (end.starts_with("name:")) return of_name_tag(scope, end.substr(5));
  if (const auto* instance = scope.view<ec2::Instance>(end)) return {of_instance(scope, *instance)};
  if (const auto* interface = scope.view<ec2::NetworkInterface>(end))
    return {endpoint_of(scope, *interface)};
  if (const auto* lb = scope.view<elbv2::LoadBalancer>(end)) return of_load_balancer(scope, *lb);
  for (const char* index : {"name:", "dns:"})
    for (const auto* lb : scope.by<elbv2::LoadBalancer>(cat(index, end)))
      return of_load_balancer(scope, *lb);
  if (const auto address = parse_ipv4(end)) return of_address(scope, *address, end);
  return {};
}

}  // namespace

Endpoint endpoint_of(const sim::Scope& scope, const ec2::NetworkInterface& interface) {
  Endpoint end;
  end.id = interface.id;
  end.resources = {interface.id};
  if (!interface.instance_id.empty()) {
    end.resources.push_back(interface.instance_id);
    const auto* instance = scope.view<ec2::Instance>(interface.instance_id);
    if (instance && instance->state != "running") end.down = cat("is ", instance->state);
  }
  if (const ecs::Task* task = task_of_interface(scope, interface.id)) {
    end.resources.push_back(task->id);
    end.service = task->service;
  }
  end.vpc_id = interface.vpc_id;
  end.subnet_id = interface.subnet_id;
  end.zone = interface.zone;
  end.ip = parse_ipv4(interface.private_ip).value_or(0);
  if (!interface.public_ip.empty()) end.public_ip = parse_ipv4(interface.public_ip).value_or(0);
  end.group_ids = interface.group_ids;
  return end;
}

std::vector<Endpoint> resolve(const sim::Scope& scope, std::string_view end) {
  std::vector<Endpoint> ends = find(scope, end);
  for (Endpoint& e : ends) e.label = end;
  return ends;
}

}  // namespace squall::dataplane
