// ECS's errors, by name.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::ecs {

AwsError client_exception(std::string_view message);
AwsError invalid_parameter(std::string_view message);
AwsError cluster_not_found();
AwsError cluster_inactive();
AwsError service_not_found();
AwsError service_not_active();
AwsError cluster_contains_services();
AwsError cluster_contains_tasks();
AwsError cluster_contains_instances();
AwsError cluster_contains_capacity_providers();
AwsError namespace_not_found();
AwsError definition_not_found();
AwsError definition_inactive();
AwsError instance_not_found();
AwsError resource_in_use(std::string_view message);
AwsError limit_exceeded(std::string_view message);
AwsError update_in_progress(std::string_view message);
AwsError resource_not_found(std::string_view message);
AwsError target_not_found(std::string_view message);
AwsError attribute_limit_exceeded(std::string_view message);
AwsError no_update_available();
AwsError missing_version();
AwsError unsupported_feature(std::string_view message);

AwsError daemon_not_found();
AwsError daemon_not_active();

}  // namespace squall::ecs
