#include "services/ecs/errors.h"

#include <string>

namespace squall::ecs {

AwsError client_exception(std::string_view message) {
  return {"ClientException", std::string(message)};
}
AwsError invalid_parameter(std::string_view message) {
  return {"InvalidParameterException", std::string(message)};
}
AwsError cluster_not_found() { return {"ClusterNotFoundException", "Cluster not found."}; }
AwsError service_not_found() { return {"ServiceNotFoundException", "Service not found."}; }
AwsError service_not_active() { return {"ServiceNotActiveException", "Service was not ACTIVE."}; }

}  // namespace squall::ecs
