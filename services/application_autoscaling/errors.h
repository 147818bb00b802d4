// Application Auto Scaling's errors, by name.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::application_autoscaling {

AwsError validation(std::string_view message);
AwsError object_not_found(std::string_view message);
AwsError limit_exceeded(std::string_view message);
AwsError invalid_next_token();
AwsError resource_not_found(std::string_view arn);
AwsError too_many_tags(std::string_view arn);
AwsError unsupported_target();
/// 501: nothing here forecasts.
AwsError predictive_not_served();

}  // namespace squall::application_autoscaling
