// ECS's errors, by name.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::ecs {

AwsError client_exception(std::string_view message);
AwsError invalid_parameter(std::string_view message);
AwsError cluster_not_found();
AwsError service_not_found();
AwsError service_not_active();

}  // namespace squall::ecs
