// RDS's errors in AWS's words.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::rds {

AwsError instance_not_found(std::string_view id);
AwsError instance_already_exists();
AwsError invalid_instance_state(std::string_view message);
AwsError subnet_group_not_found(std::string_view name);
AwsError subnet_group_already_exists(std::string_view name);
AwsError subnet_group_does_not_cover_zones();
AwsError invalid_subnet_group_state(std::string_view message);
AwsError invalid_subnet(std::string_view message);
AwsError parameter_group_not_found(std::string_view name);
AwsError parameter_group_already_exists(std::string_view name);
AwsError invalid_parameter_group_state(std::string_view message);
AwsError option_group_not_found(std::string_view name);
AwsError option_group_already_exists(std::string_view name);
AwsError invalid_option_group_state(std::string_view message);
AwsError snapshot_not_found(std::string_view name);
AwsError snapshot_already_exists(std::string_view name);
AwsError invalid_snapshot_state(std::string_view message);
AwsError invalid_vpc_network_state(std::string_view message);
AwsError invalid_parameter_value(std::string_view message);
AwsError invalid_parameter_combination(std::string_view message);
AwsError certificate_not_found(std::string_view id);
AwsError subscription_not_found(std::string_view name);
AwsError subscription_already_exists(std::string_view name);
AwsError invalid_marker();

}  // namespace squall::rds
