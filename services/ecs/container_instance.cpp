// Container instances: found, described, listed, drained.
#include "services/ecs/registry.h"

namespace squall::ecs {

const ContainerInstance& require_instance(const sim::Scope& scope, const Cluster& cluster,
                                          std::string_view id_or_arn) {
  const std::string arn =
      scope.arn("ecs", cat("container-instance/", cluster.id, '/', last_part(id_or_arn)));
  const ContainerInstance* instance = scope.view<ContainerInstance>(arn);
  if (!instance || instance->status == "INACTIVE") throw instance_not_found();
  return *instance;
}

}  // namespace squall::ecs
