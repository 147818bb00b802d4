// Auto Scaling's errors with AWS's codes and words.
#include "services/autoscaling/errors.h"

#include "emulator/core/text.h"

namespace squall::autoscaling {

AwsError validation_error(std::string_view message) {
  return {"ValidationError", std::string(message)};
}
AwsError group_not_found() {
  return {"ValidationError", "AutoScalingGroup name not found - null"};
}
AwsError group_name_not_found(std::string_view name) {
  return {"ValidationError", cat("AutoScalingGroup name not found - AutoScalingGroup '", name,
                                 "' not found")};
}
AwsError group_exists(std::string_view name) {
  return {"AlreadyExists",
          cat("AutoScalingGroup by this name already exists - A group with the name ", name,
              " already exists")};
}
AwsError resource_in_use(std::string_view message) {
  return {"ResourceInUse", std::string(message)};
}
AwsError scaling_activity_in_progress(std::string_view message) {
  return {"ScalingActivityInProgress", std::string(message)};
}
AwsError instance_not_in_group(std::string_view id) {
  return {"ValidationError", cat("Instance Id not found - No managed instance found for instance "
                                 "ID: ",
                                 id)};
}

}  // namespace squall::autoscaling
