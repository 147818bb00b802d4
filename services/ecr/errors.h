// ECR's errors, by name.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/error.h"

namespace squall::ecr {

/// Where a repository was looked for.
struct Place {
  std::string repository, registry;
};

AwsError invalid_parameter(std::string_view message);
/// ECR's form: Invalid parameter at 'X' failed to satisfy constraint: 'Y'.
AwsError invalid_parameter_at(std::string_view name, std::string_view constraint);
AwsError validation(std::string_view message);
AwsError repository_not_found(const Place& place);
AwsError repository_already_exists(const Place& place);
AwsError repository_not_empty(const Place& place);
AwsError image_not_found(const Place& place, std::string_view digest, std::string_view tag);
AwsError image_already_exists(const Place& place, std::string_view digest, std::string_view tag);
AwsError image_tag_immutable(const Place& place, std::string_view tag);
AwsError image_digest_mismatch(std::string_view given, std::string_view actual);
AwsError layers_not_found(const Place& place, std::string_view digests);
AwsError referenced_images_not_found(const Place& place, std::string_view digests);
AwsError layer_already_exists(const Place& place, std::string_view digest);
AwsError invalid_layer(std::string_view message);
AwsError invalid_layer_part(const Place& place, std::string_view upload, int64_t last_valid);
AwsError layer_part_too_small();
AwsError empty_upload(const Place& place, std::string_view upload);
AwsError upload_not_found(const Place& place, std::string_view upload);
AwsError repository_policy_not_found(const Place& place);
AwsError lifecycle_policy_not_found(const Place& place);
AwsError preview_not_found(const Place& place);
AwsError preview_in_progress(const Place& place);
AwsError registry_policy_not_found(std::string_view registry);
AwsError scan_not_found(const Place& place, std::string_view digest, std::string_view tag);
AwsError unsupported_image_type();
AwsError scan_limit();
AwsError limit_exceeded(std::string_view message);
AwsError too_many_tags();
AwsError invalid_tag_parameter(std::string_view message);
AwsError rule_not_found(std::string_view prefix, std::string_view registry);
AwsError rule_already_exists(std::string_view prefix, std::string_view registry);
AwsError unsupported_upstream(std::string_view url);
AwsError secret_not_found(std::string_view arn);
AwsError template_not_found(std::string_view prefix, std::string_view registry);
AwsError template_already_exists(std::string_view prefix, std::string_view registry);
AwsError signing_configuration_not_found(std::string_view registry);
AwsError exclusion_not_found(std::string_view principal);
AwsError exclusion_already_exists(std::string_view principal);
AwsError storage_class_not_supported(std::string_view message);
AwsError image_archived(std::string_view digest);

}  // namespace squall::ecr
