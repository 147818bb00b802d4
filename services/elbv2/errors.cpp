// ELBv2's errors with AWS's codes and words.
#include "services/elbv2/errors.h"

#include "emulator/core/text.h"

namespace squall::elbv2 {

AwsError validation_error(std::string_view message) {
  return {"ValidationError", std::string(message)};
}
AwsError invalid_configuration(std::string_view message) {
  return {"InvalidConfigurationRequest", std::string(message)};
}
AwsError operation_not_permitted(std::string_view message) {
  return {"OperationNotPermitted", std::string(message)};
}
AwsError load_balancer_not_found(std::string_view arn) {
  return {"LoadBalancerNotFound", cat("Load balancer '", arn, "' not found")};
}
AwsError load_balancers_not_found() {
  return {"LoadBalancerNotFound", "One or more load balancers not found"};
}
AwsError load_balancer_names_not_found(std::string_view names) {
  return {"LoadBalancerNotFound", cat("Load balancers '[", names, "]' not found")};
}
AwsError duplicate_load_balancer_name(std::string_view name) {
  return {"DuplicateLoadBalancerName",
          cat("A load balancer with the same name '", name,
              "' exists, but with different settings")};
}
AwsError deletion_protected(std::string_view arn) {
  return {"OperationNotPermitted",
          cat("Load balancer '", arn,
              "' cannot be deleted because deletion protection is enabled")};
}
AwsError target_group_not_found(std::string_view arn) {
  return {"TargetGroupNotFound", cat("Target groups '", arn, "' not found")};
}
AwsError target_groups_not_found() {
  return {"TargetGroupNotFound", "One or more target groups not found"};
}
AwsError duplicate_target_group_name(std::string_view name) {
  return {"DuplicateTargetGroupName",
          cat("A target group with the same name '", name,
              "' exists, but with different settings")};
}
AwsError target_group_in_use(std::string_view arn) {
  return {"ResourceInUse",
          cat("Target group '", arn, "' is currently in use by a listener or a rule")};
}
AwsError target_group_association_limit(std::string_view arn) {
  return {"TargetGroupAssociationLimit",
          cat("The following target groups cannot be associated with more than one load "
              "balancer: ",
              arn)};
}
AwsError invalid_target(std::string_view message) {
  return {"InvalidTarget", std::string(message)};
}
AwsError listener_not_found() { return {"ListenerNotFound", "One or more listeners not found"}; }
AwsError duplicate_listener(std::string_view load_balancer) {
  return {"DuplicateListener",
          cat("A listener already exists on this port for this load balancer '", load_balancer,
              "'")};
}
AwsError rule_not_found() { return {"RuleNotFound", "One or more rules not found"}; }
AwsError priority_in_use(int64_t priority) {
  return {"PriorityInUse", cat("Priority '", priority, "' is currently in use")};
}
AwsError certificate_not_found(std::string_view arn) {
  return {"CertificateNotFound", cat("Certificate '", arn, "' not found")};
}
AwsError ssl_policy_not_found(std::string_view name) {
  return {"SSLPolicyNotFound", cat("SSL policy '", name, "' not found")};
}
AwsError subnet_not_found(std::string_view id) {
  return {"SubnetNotFound", cat("The subnet ID '", id, "' does not exist")};
}
AwsError invalid_subnet(std::string_view message) {
  return {"InvalidSubnet", std::string(message)};
}
AwsError invalid_security_group(std::string_view id) {
  return {"InvalidSecurityGroup", cat("The security group '", id, "' does not exist")};
}
AwsError allocation_not_found(std::string_view id) {
  return {"AllocationIdNotFound", cat("The allocation IDs '", id, "' do not exist")};
}
AwsError invalid_action(std::string_view message) {
  return {"InvalidLoadBalancerAction", std::string(message)};
}
AwsError incompatible_protocols(std::string_view message) {
  return {"IncompatibleProtocols", std::string(message)};
}
AwsError unsupported_protocol(std::string_view protocol) {
  return {"UnsupportedProtocol", cat("Protocol '", protocol, "' is not supported")};
}

}  // namespace squall::elbv2
