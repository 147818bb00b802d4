// EC2's errors about instances, images, volumes, launch templates and key pairs, in AWS's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::ec2 {

AwsError malformed_instance_id(std::string_view id);
AwsError instances_not_found(const std::vector<std::string>& ids);
AwsError incorrect_instance_state(std::string_view message);
AwsError termination_protected(std::string_view id);
AwsError stop_protected(std::string_view id);
AwsError invalid_instance_type(std::string_view type);
AwsError unknown_instance_types(const std::vector<std::string>& types);
AwsError architecture_mismatch(std::string_view type_arch, std::string_view image_arch);
AwsError insufficient_capacity(std::string_view type, std::string_view zone,
                               const std::vector<std::string>& others);
AwsError malformed_image_id(std::string_view id);
AwsError images_not_found(const std::vector<std::string>& ids);
AwsError key_pair_not_found(std::string_view name);
AwsError duplicate_key_pair(std::string_view name);
AwsError malformed_volume_id(std::string_view id);
AwsError volume_not_found(std::string_view id);
AwsError snapshot_not_found(std::string_view id);
AwsError launch_template_id_not_found(std::string_view id);
AwsError launch_template_name_not_found(std::string_view name);
AwsError launch_template_version_not_found(std::string_view version, std::string_view id);
AwsError idempotent_mismatch(std::string_view token);
AwsError compute_missing(std::string_view message);
AwsError compute_invalid(std::string_view message);          // InvalidParameterValue
AwsError compute_combination(std::string_view message);      // InvalidParameterCombination

}  // namespace squall::ec2
