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
AwsError cluster_inactive() {
  return {"ClusterNotFoundException", "The referenced cluster was inactive."};
}
AwsError service_not_found() { return {"ServiceNotFoundException", "Service not found."}; }
AwsError service_not_active() { return {"ServiceNotActiveException", "Service was not ACTIVE."}; }
AwsError cluster_contains_services() {
  return {"ClusterContainsServicesException",
          "The Cluster cannot be deleted while Services are active."};
}
AwsError cluster_contains_tasks() {
  return {"ClusterContainsTasksException",
          "The Cluster cannot be deleted while Tasks are active."};
}
AwsError cluster_contains_instances() {
  return {"ClusterContainsContainerInstancesException",
          "The Cluster cannot be deleted while Container Instances are active or draining."};
}
AwsError cluster_contains_capacity_providers() {
  return {"ClusterContainsCapacityProviderException",
          "The Cluster cannot be deleted while Capacity Providers are active."};
}
AwsError namespace_not_found() {
  return {"NamespaceNotFoundException", "The specified namespace wasn't found."};
}
AwsError definition_not_found() { return client_exception("TaskDefinition not found."); }
AwsError definition_inactive() { return client_exception("TaskDefinition is inactive"); }
AwsError instance_not_found() {
  return invalid_parameter("The referenced container instance was not found.");
}
AwsError resource_in_use(std::string_view message) {
  return {"ResourceInUseException", std::string(message)};
}
AwsError limit_exceeded(std::string_view message) {
  return {"LimitExceededException", std::string(message)};
}
AwsError update_in_progress(std::string_view message) {
  return {"UpdateInProgressException", std::string(message)};
}
AwsError resource_not_found(std::string_view message) {
  return {"ResourceNotFoundException", std::string(message)};
}
AwsError target_not_found(std::string_view message) {
  return {"TargetNotFoundException", std::string(message)};
}
AwsError attribute_limit_exceeded(std::string_view message) {
  return {"AttributeLimitExceededException", std::string(message)};
}
AwsError no_update_available() {
  return {"NoUpdateAvailableException", "There is no update available for your container agent."};
}
AwsError missing_version() {
  return {"MissingVersionException",
          "The agent's version could not be determined: it is not one that can be updated."};
}
AwsError unsupported_feature(std::string_view message) {
  return {"UnsupportedFeatureException", std::string(message)};
}

AwsError daemon_not_found() {
  return {"DaemonNotFoundException",
          "The specified daemon wasn't found. You can view your available daemons with "
          "ListDaemons."};
}
AwsError daemon_not_active() {
  return {"DaemonNotActiveException", "The specified daemon isn't active."};
}

}  // namespace squall::ecs
