// The words of Application Auto Scaling's errors.
#include "services/application_autoscaling/errors.h"

#include "emulator/core/text.h"

namespace squall::application_autoscaling {

AwsError validation(std::string_view message) {
  return {"ValidationException", std::string(message)};
}
AwsError object_not_found(std::string_view message) {
  return {"ObjectNotFoundException", std::string(message)};
}
AwsError limit_exceeded(std::string_view message) {
  return {"LimitExceededException", std::string(message)};
}
AwsError invalid_next_token() {
  return {"InvalidNextTokenException", "The next token supplied is invalid."};
}
AwsError resource_not_found(std::string_view arn) {
  return {"ResourceNotFoundException", "The specified resource doesn't exist.", 400,
          {{"ResourceName", std::string(arn)}}};
}
AwsError too_many_tags(std::string_view arn) {
  return {"TooManyTagsException", "The request contains too many tags.", 400,
          {{"ResourceName", std::string(arn)}}};
}
AwsError unsupported_target() {
  return validation("Unsupported service namespace, resource type or scalable dimension");
}
AwsError predictive_not_served() {
  return {"NotImplemented", "Squall does not serve predictive scaling.", 501};
}

}  // namespace squall::application_autoscaling
