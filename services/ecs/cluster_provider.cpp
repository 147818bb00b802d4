#include "services/ecs/cluster.h"

namespace squall::ecs {

void set_providers(sim::Scope& scope, const std::string& cluster,
                   std::vector<std::string> providers) {
  scope.edit<Cluster>(cluster).capacity_providers = std::move(providers);
}

}  // namespace squall::ecs
