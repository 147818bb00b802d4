// What blue/green deployments ask of load balancers and of lifecycle hooks.
#pragma once

#include <string_view>

#include "services/ecs/scheduler.h"

namespace squall::ecs {

/// Gives `percent` of what the listener rule (a member of advancedConfiguration) forwards to
/// green's target group and the rest to blue's.
void shift_traffic(sim::Scope& scope, const RunSpec& blue, const RunSpec& green,
                   std::string_view rule_member, double percent);

enum class Hooks { done, waiting, failed };
/// The hooks of the stage that the record has entered.
void begin_hooks(sim::Scope& scope, const Service& service, ServiceDeployment& record);
/// Whether they let the deployment go on; wakes the service when one would time out.
Hooks check_hooks(sim::Scope& scope, const Service& service, ServiceDeployment& record);

}  // namespace squall::ecs
