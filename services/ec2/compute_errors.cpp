#include "services/ec2/compute_errors.h"

namespace squall::ec2 {

AwsError malformed_instance_id(std::string_view id) {
  return {"InvalidInstanceID.Malformed", cat("Invalid id: \"", id, "\"")};
}
AwsError instances_not_found(const std::vector<std::string>& ids) {
  if (ids.size() == 1)
    return {"InvalidInstanceID.NotFound", cat("The instance ID '", ids[0], "' does not exist")};
  return {"InvalidInstanceID.NotFound",
          cat("The instance IDs '", join(ids, ", "), "' do not exist")};
}
AwsError incorrect_instance_state(std::string_view message) {
  return {"IncorrectInstanceState", std::string(message)};
}
AwsError termination_protected(std::string_view id) {
  return {"OperationNotPermitted",
          cat("The instance '", id,
              "' may not be terminated. Modify its 'disableApiTermination' instance attribute and "
              "try again.")};
}
AwsError stop_protected(std::string_view id) {
  return {"OperationNotPermitted",
          cat("The instance '", id,
              "' may not be stopped. Modify its 'disableApiStop' instance attribute and try "
              "again.")};
}
AwsError invalid_instance_type(std::string_view type) {
  return {"InvalidParameterValue", cat("Invalid value '", type, "' for InstanceType.")};
}
AwsError unknown_instance_types(const std::vector<std::string>& types) {
  return {"InvalidInstanceType",
          cat("The following supplied instance types do not exist: [", join(types, ", "), "]")};
}
AwsError architecture_mismatch(std::string_view type_arch, std::string_view image_arch) {
  return {"InvalidParameterValue",
          cat("The architecture '", type_arch,
              "' of the specified instance type does not match the architecture '", image_arch,
              "' of the specified AMI. Specify an instance type and an AMI that have matching "
              "architectures, and try again. You can use 'describe-instance-types' or "
              "'describe-images' to discover the architecture of the instance type or AMI.")};
}
AwsError insufficient_capacity(std::string_view type, std::string_view zone,
                               const std::vector<std::string>& others) {
  std::string elsewhere = "not specifying an Availability Zone in your request";
  if (!others.empty()) elsewhere += cat(" or choosing ", join(others, ", "));
  return {"InsufficientInstanceCapacity",
          cat("We currently do not have sufficient ", type,
              " capacity in the Availability Zone you requested (", zone,
              "). Our system will be working on provisioning additional capacity. You can "
              "currently get ",
              type, " capacity by ", elsewhere, "."),
          500};
}
AwsError malformed_image_id(std::string_view id) {
  return {"InvalidAMIID.Malformed", cat("Invalid id: \"", id, "\" (expecting \"ami-...\")")};
}
AwsError images_not_found(const std::vector<std::string>& ids) {
  return {"InvalidAMIID.NotFound",
          cat(ids.size() == 1 ? "The image id '[" : "The image ids '[", join(ids, ", "),
              ids.size() == 1 ? "]' does not exist" : "]' do not exist")};
}
AwsError key_pair_not_found(std::string_view name) {
  return {"InvalidKeyPair.NotFound", cat("The key pair '", name, "' does not exist")};
}
AwsError duplicate_key_pair(std::string_view name) {
  return {"InvalidKeyPair.Duplicate", cat("The keypair already exists: ", name)};
}
AwsError malformed_volume_id(std::string_view id) {
  return {"InvalidParameterValue",
          cat("Value (", id,
              ") for parameter volumeId is invalid. Expected: 'vol-...'.")};
}
AwsError volume_not_found(std::string_view id) {
  return {"InvalidVolume.NotFound", cat("The volume '", id, "' does not exist.")};
}
AwsError snapshot_not_found(std::string_view id) {
  return {"InvalidSnapshot.NotFound", cat("The snapshot '", id, "' does not exist.")};
}
AwsError launch_template_id_not_found(std::string_view id) {
  return {"InvalidLaunchTemplateId.NotFound",
          cat("The specified launch template, with template ID ", id, ", does not exist.")};
}
AwsError launch_template_name_not_found(std::string_view name) {
  return {"InvalidLaunchTemplateName.NotFoundException",
          cat("The specified launch template, with template name ", name, ", does not exist.")};
}
AwsError launch_template_version_not_found(std::string_view version, std::string_view id) {
  return {"InvalidLaunchTemplateId.VersionNotFound",
          cat("Could not find the specified version ", version,
              " for the launch template with ID ", id, ".")};
}
AwsError idempotent_mismatch(std::string_view token) {
  return {"IdempotentParameterMismatch",
          cat("The request uses the same client token as a previous, but non-identical request. "
              "Do not reuse a client token with different requests, unless the requests are "
              "identical: ",
              token)};
}
AwsError compute_missing(std::string_view message) {
  return {"MissingParameter", std::string(message)};
}
AwsError compute_invalid(std::string_view message) {
  return {"InvalidParameterValue", std::string(message)};
}
AwsError compute_combination(std::string_view message) {
  return {"InvalidParameterCombination", std::string(message)};
}

}  // namespace squall::ec2
