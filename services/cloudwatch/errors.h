// CloudWatch's refusals.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::cloudwatch {

AwsError resource_not_found(std::string_view message);
AwsError dashboard_not_found(std::string_view name);
AwsError dashboard_invalid(std::string_view message);
AwsError validation_error(std::string_view message);
AwsError invalid_parameter_value(std::string_view message);
AwsError invalid_parameter_combination(std::string_view message);
AwsError missing_parameter(std::string_view message);
AwsError invalid_next_token();
AwsError invalid_format(std::string_view message);

}  // namespace squall::cloudwatch
