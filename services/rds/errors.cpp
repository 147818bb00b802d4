#include "services/rds/errors.h"

#include "emulator/core/text.h"

namespace squall::rds {

AwsError instance_not_found(std::string_view id) {
  return {"DBInstanceNotFound", cat("DBInstance ", id, " not found."), 404};
}
AwsError instance_already_exists() {
  return {"DBInstanceAlreadyExists", "DB instance already exists"};
}
AwsError invalid_instance_state(std::string_view message) {
  return {"InvalidDBInstanceState", std::string(message)};
}
AwsError subnet_group_not_found(std::string_view name) {
  return {"DBSubnetGroupNotFoundFault", cat("DB subnet group '", name, "' does not exist."), 404};
}
AwsError subnet_group_already_exists(std::string_view name) {
  return {"DBSubnetGroupAlreadyExists", cat("The DB subnet group '", name, "' already exists.")};
}
AwsError subnet_group_does_not_cover_zones() {
  return {
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ "
      "coverage: 1. Add subnets to cover at least 2 AZs."};
}
AwsError invalid_subnet_group_state(std::string_view message) {
  return {"InvalidDBSubnetGroupStateFault", std::string(message)};
}
AwsError invalid_subnet(std::string_view message) {
  return {"InvalidSubnet", std::string(message)};
}
AwsError parameter_group_not_found(std::string_view name) {
  return {"DBParameterGroupNotFound", cat("DBParameterGroup not found: ", name), 404};
}
AwsError parameter_group_already_exists(std::string_view name) {
  return {"DBParameterGroupAlreadyExists", cat("Parameter group ", name, " already exists")};
}
AwsError invalid_parameter_group_state(std::string_view message) {
  return {"InvalidDBParameterGroupState", std::string(message)};
}
AwsError option_group_not_found(std::string_view name) {
  return {"OptionGroupNotFoundFault", cat("Specified OptionGroupName: ", name, " not found."), 404};
}
AwsError option_group_already_exists(std::string_view name) {
  return {"OptionGroupAlreadyExistsFault", cat("An option group named ", name, " already exists.")};
}
AwsError invalid_option_group_state(std::string_view message) {
  return {"InvalidOptionGroupStateFault", std::string(message)};
}
AwsError snapshot_not_found(std::string_view name) {
  return {"DBSnapshotNotFound", cat("DBSnapshot ", name, " not found."), 404};
}
AwsError snapshot_already_exists(std::string_view name) {
  return {"DBSnapshotAlreadyExists",
          cat("Cannot create the snapshot because a snapshot with the identifier ", name,
              " already exists.")};
}
AwsError invalid_snapshot_state(std::string_view message) {
  return {"InvalidDBSnapshotState", std::string(message)};
}
AwsError invalid_vpc_network_state(std::string_view message) {
  return {"InvalidVPCNetworkStateFault", std::string(message)};
}
AwsError invalid_parameter_value(std::string_view message) {
  return {"InvalidParameterValue", std::string(message)};
}
AwsError invalid_parameter_combination(std::string_view message) {
  return {"InvalidParameterCombination", std::string(message)};
}
AwsError certificate_not_found(std::string_view id) {
  return {"CertificateNotFound", cat("Certificate not found: ", id), 404};
}
AwsError subscription_not_found(std::string_view name) {
  return {"SubscriptionNotFound", cat("Event Subscription ", name, " not found."), 404};
}
AwsError subscription_already_exists(std::string_view name) {
  return {"SubscriptionAlreadyExist", cat("Event Subscription ", name, " already exists.")};
}
AwsError invalid_marker() { return {"InvalidParameterValue", "Marker did not parse properly."}; }

}  // namespace squall::rds
