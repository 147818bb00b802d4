// ELBv2's errors with AWS's codes and words.
#pragma once

#include <string_view>

#include "emulator/core/error.h"

namespace squall::elbv2 {

AwsError validation_error(std::string_view message);
AwsError invalid_configuration(std::string_view message);
AwsError operation_not_permitted(std::string_view message);
AwsError load_balancer_not_found(std::string_view arn);
AwsError load_balancers_not_found();
AwsError load_balancer_names_not_found(std::string_view names);
AwsError duplicate_load_balancer_name(std::string_view name);
AwsError deletion_protected(std::string_view arn);
AwsError target_group_not_found(std::string_view arn);
AwsError target_groups_not_found();
AwsError duplicate_target_group_name(std::string_view name);
AwsError target_group_in_use(std::string_view arn);
AwsError target_group_association_limit(std::string_view arn);
AwsError invalid_target(std::string_view message);
AwsError listener_not_found();
AwsError duplicate_listener(std::string_view load_balancer);
AwsError rule_not_found();
AwsError priority_in_use(int64_t priority);
AwsError certificate_not_found(std::string_view arn);
AwsError ssl_policy_not_found(std::string_view name);
AwsError subnet_not_found(std::string_view id);
AwsError invalid_subnet(std::string_view message);
AwsError invalid_security_group(std::string_view id);
AwsError allocation_not_found(std::string_view id);
AwsError invalid_action(std::string_view message);
AwsError incompatible_protocols(std::string_view message);
AwsError unsupported_protocol(std::string_view protocol);

}  // namespace squall::elbv2
