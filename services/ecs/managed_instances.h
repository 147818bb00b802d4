// EC2 instances that ECS itself launches and terminates: Amazon ECS Managed Instances.
#pragma once

#include "services/ec2/ec2.h"
#include "services/ecs/registry.h"

namespace squall::ecs {

/// An instance that ECS launched for a capacity provider.
struct ManagedHost {
  static constexpr std::string_view kind = "ecs:managed-host";
  std::string id;  // the EC2 instance
  std::string provider;
  std::optional<Time> idle_since;
  std::vector<std::string> index_keys() const { return {"provider:" + provider}; }
  SQUALL_FIELDS(id, provider, idle_since)
};

/// What instances of a provider may be like: `instanceRequirements` of its launch template.
bool meets(const ec2::InstanceType& type, const Value& requirements);
/// Launches, for tasks that wait for the provider, what will take them.
void launch_for_waiting(sim::Scope& scope, const CapacityProvider& provider);
/// The container instance that it has become; nullptr until it has registered.
const ContainerInstance* registered_as(const sim::Scope& scope, const ManagedHost& host);
bool is_managed_provider(const sim::Scope& scope, std::string_view name);

EventRows managed_instances_events();
WatchRows managed_instances_watches();

}  // namespace squall::ecs
