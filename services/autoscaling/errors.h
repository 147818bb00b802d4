// Auto Scaling's errors with AWS's codes and words.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::autoscaling {

AwsError validation_error(std::string_view message);
AwsError group_not_found();  // "AutoScalingGroup name not found - null"
AwsError group_name_not_found(std::string_view name);
AwsError group_exists(std::string_view name);
AwsError resource_in_use(std::string_view message);
AwsError scaling_activity_in_progress(std::string_view message);
AwsError instance_not_in_group(std::string_view id);

}  // namespace squall::autoscaling
