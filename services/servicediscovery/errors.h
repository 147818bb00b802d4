// Cloud Map's errors, by name.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::servicediscovery {

AwsError invalid_input(std::string_view message);
AwsError namespace_not_found(std::string_view id);
AwsError service_not_found(std::string_view id);
AwsError instance_not_found(std::string_view id);
AwsError operation_not_found(std::string_view id);
AwsError resource_not_found(std::string_view arn);
AwsError custom_health_not_found();
AwsError resource_in_use(std::string_view message);
AwsError limit_exceeded(std::string_view message);
AwsError service_attributes_limit();
AwsError too_many_tags(std::string_view arn);
AwsError duplicate_request(std::string_view operation_id);
AwsError namespace_already_exists(std::string_view id, std::string_view token);
AwsError service_already_exists(std::string_view id, std::string_view arn, std::string_view token);

}  // namespace squall::servicediscovery
