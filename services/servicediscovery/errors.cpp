// The words of Cloud Map's errors.
#include "services/servicediscovery/errors.h"

#include "emulator/core/text.h"

namespace squall::servicediscovery {

AwsError invalid_input(std::string_view message) {
  return {"InvalidInput", std::string(message)};
}
AwsError namespace_not_found(std::string_view id) {
  return {"NamespaceNotFound", cat("Namespace ", id, " not found.")};
}
AwsError service_not_found(std::string_view id) {
  return {"ServiceNotFound", cat("Service ", id, " not found.")};
}
AwsError instance_not_found(std::string_view id) {
  return {"InstanceNotFound", cat("Instance ", id, " not found.")};
}
AwsError operation_not_found(std::string_view id) {
  return {"OperationNotFound", cat("Operation ", id, " not found.")};
}
AwsError resource_not_found(std::string_view arn) {
  return {"ResourceNotFoundException", cat("Resource ", arn, " not found.")};
}
AwsError custom_health_not_found() {
  return {"CustomHealthNotFound", "Custom health check is not configured for this service."};
}
AwsError resource_in_use(std::string_view message) {
  return {"ResourceInUse", std::string(message)};
}
AwsError limit_exceeded(std::string_view message) {
  return {"ResourceLimitExceeded", std::string(message)};
}
AwsError service_attributes_limit() {
  return {"ServiceAttributesLimitExceededException",
          "The attribute can't be added to the service because you've exceeded the quota for the "
          "number of attributes you can add to a service."};
}
AwsError too_many_tags(std::string_view arn) {
  AwsError error{"TooManyTagsException",
                 "The list of tags on the resource is over the quota. The maximum number of tags "
                 "that can be applied to a resource is 50."};
  if (!arn.empty()) error.members = {{"ResourceName", std::string(arn)}};
  return error;
}
AwsError duplicate_request(std::string_view operation_id) {
  return {"DuplicateRequest", "The operation is already in progress.", 400,
          {{"DuplicateOperationId", std::string(operation_id)}}};
}
AwsError namespace_already_exists(std::string_view id, std::string_view token) {
  return {"NamespaceAlreadyExists", "Namespace already exists.", 400,
          {{"CreatorRequestId", std::string(token)}, {"NamespaceId", std::string(id)}}};
}
AwsError service_already_exists(std::string_view id, std::string_view arn,
                                std::string_view token) {
  return {"ServiceAlreadyExists", "Service already exists.", 400,
          {{"CreatorRequestId", std::string(token)},
           {"ServiceId", std::string(id)},
           {"ServiceArn", std::string(arn)}}};
}

}  // namespace squall::servicediscovery
