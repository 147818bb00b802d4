// What RunTask and StartTask (and services, in part) take: networks, placement, platforms.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr size_t subnets_max = 16, groups_max = 5;

/// The VPC of the subnets, which all must be in it.
std::string vpc_of_subnets(const sim::Scope& scope, const std::vector<std::string>& subnets) {
  std::string vpc;
  for (const std::string& id : subnets) {
    const auto* subnet = scope.view<ec2::Subnet>(id);
    if (!subnet)
      throw invalid_parameter(cat("Error retrieving subnet information for [", join(subnets, ", "),
                                  "]: The subnet ID '", id,
                                  "' does not exist (ErrorCode: InvalidSubnetID.NotFound)"));
    if (!vpc.empty() && vpc != subnet->vpc_id)
      throw invalid_parameter("The provided subnets are not all in the same VPC.");
    vpc = subnet->vpc_id;
  }
  return vpc;
}

void check_groups(const sim::Scope& scope, const std::vector<std::string>& groups,
                  std::string_view vpc) {
  for (const std::string& id : groups) {
    const auto* group = scope.view<ec2::SecurityGroup>(id);
    if (!group)
      throw invalid_parameter(
          cat("Error retrieving security group information for [", join(groups, ", "),
              "]: The security group '", id,
              "' does not exist (ErrorCode: InvalidGroup.NotFound)"));
    if (group->vpc_id != vpc)
      throw invalid_parameter(cat("Security group ", id,
                                  " does not appear to belong to the same VPC as the input "
                                  "subnets."));
  }
}

bool has_any(const Value& document, std::string_view list, std::string_view member) {
  for (const Value& item : document.at(list).items())
    if (!item.at(member).is_absent()) return true;
  return false;
}

/// What older Linux platforms cannot do.
bool is_incompatible(const TaskDefinition& definition, std::string_view version) {
  if (version == "1.4.0") return false;
  const Value document = value_from_json(definition.document_json);
  return !document.at("ephemeralStorage").is_absent() ||
         has_any(document, "volumes", "efsVolumeConfiguration");
}

}  // namespace

TaskNetwork read_task_network(const sim::Scope& scope, const Input& in,
                              const TaskDefinition& definition, std::string_view launch_type) {
  const Input vpc_input = in.at("networkConfiguration").at("awsvpcConfiguration");
  if (definition.network_mode != "awsvpc") {
    if (vpc_input.is_present())
      throw invalid_parameter("Network Configuration is not valid for the given networkMode of "
                              "this task definition.");
    return {};
  }
  if (!vpc_input.is_present())
    throw invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is "
                            "specified.");
  TaskNetwork network;
  network.subnets = vpc_input.strings("subnets");
  network.groups = vpc_input.strings("securityGroups");
  const std::string public_ip = vpc_input.string("assignPublicIp", "DISABLED");
  network.public_ip = public_ip == "ENABLED";
  if (network.subnets.empty()) throw invalid_parameter("subnets can not be empty.");
  if (network.subnets.size() > subnets_max)
    throw invalid_parameter(cat("subnets can have at most ", subnets_max, " items."));
  if (network.groups.size() > groups_max)
    throw invalid_parameter(cat("securityGroups can have at most ", groups_max, " items."));
  if (network.public_ip && launch_type != "FARGATE")
    throw invalid_parameter("Assign public IP is not supported for this launch type.");
  const std::string vpc = vpc_of_subnets(scope, network.subnets);
  check_groups(scope, network.groups, vpc);
  return network;
}

std::string read_platform_version(const Input& in, const TaskDefinition& definition,
                                  std::string_view launch_type) {
  const std::string wanted = in.string("platformVersion");
  if (launch_type != "FARGATE") {
    if (!wanted.empty())
      throw invalid_parameter(cat("The platform version must be null when specifying an ",
                                  launch_type, " launch type."));
    return {};
  }
  return platform_for(definition, wanted);
}

std::string platform_for(const TaskDefinition& definition, const std::string& wanted) {
  const bool windows = definition.os_family.starts_with("WINDOWS");
  const std::string version =
      wanted.empty() || wanted == "LATEST" ? (windows ? "1.0.0" : "1.4.0") : wanted;
  const bool known = windows ? version == "1.0.0" : version == "1.3.0" || version == "1.4.0";
  if (!known)
    throw AwsError{"PlatformUnknownException", "The specified platform does not exist."};
  if (!windows && is_incompatible(definition, version))
    throw AwsError{"PlatformTaskDefinitionIncompatibilityException",
                   "The specified platform does not satisfy the task definition's required "
                   "capabilities."};
  return version;
}

}  // namespace squall::ecs
