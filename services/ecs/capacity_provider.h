// What the files of capacity providers share.
#pragma once

#include "services/autoscaling/autoscaling.h"
#include "services/ecs/registry.h"

namespace squall::ecs {

constexpr std::string_view draining_hook = "ecs-managed-draining-termination-hook";

/// The Auto Scaling group behind a provider; nullptr if it is gone.
const autoscaling::Group* group_of(const sim::Scope& scope, const CapacityProvider& provider);
/// The cluster that uses it, or empty.
std::string cluster_using(const sim::Scope& scope, const std::string& provider);
/// The policy, the hook and the metric's loop, as the provider's settings want them now.
void attach(sim::Scope& scope, const std::string& provider, const std::string& cluster);
void detach(sim::Scope& scope, const std::string& provider);
/// Tasks on the instance that are no daemon's.
bool is_used(const sim::Scope& scope, const ContainerInstance& instance);

}  // namespace squall::ecs
