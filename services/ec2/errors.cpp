// EC2's errors, with its codes and words, each named once.
#include "services/ec2/errors.h"

#include "emulator/core/text.h"
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

bool has_form(const IdWords& words, std::string_view id) {
  if (!id.starts_with(words.prefix) || id.size() < words.prefix.size() + 2) return false;
  if (id[words.prefix.size()] != '-') return false;
  const std::string_view digits = id.substr(words.prefix.size() + 1);
  return digits.find_first_not_of("0123456789abcdef") == digits.npos;
}

}  // namespace

AwsError not_found(const IdWords& words, const std::vector<std::string>& ids) {
  if (ids.size() == 1)
    return {std::string(words.not_found_code), cat(words.one, ids[0], words.after_one)};
  return {std::string(words.not_found_code), cat(words.many, join(ids, ", "), words.after_many)};
}

void check_id(const IdWords& words, std::string_view id) {
  if (has_form(words, id)) return;
  throw AwsError{std::string(words.malformed_code),
                 cat("Invalid id: \"", id, "\" (expecting \"", words.prefix, "-...\")")};
}

AwsError missing(const IdWords& words, std::string_view id) {
  check_id(words, id);
  return not_found(words, {std::string(id)});
}

AwsError missing_parameter(std::string_view name) {
  return {"MissingParameter", cat("The request must contain the parameter ", name)};
}

AwsError missing_parameter_words(std::string_view words) {
  return {"MissingParameter", std::string(words)};
}

AwsError invalid_parameter_value(std::string_view words) {
  return {"InvalidParameterValue", std::string(words)};
}

AwsError invalid_parameter_combination(std::string_view words) {
  return {"InvalidParameterCombination", std::string(words)};
}

AwsError dependency_violation(std::string_view words) {
  return {"DependencyViolation", std::string(words)};
}

AwsError operation_not_permitted(std::string_view words) {
  return {"OperationNotPermitted", std::string(words)};
}

AwsError not_served(std::string_view what) {
  return {"NotImplemented", cat("Squall does not serve ", what, " yet."), 501};
}

AwsError dry_run_operation() {
  return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412};
}

void refuse(const Input& in, std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members)
    if (in.has(member)) throw not_served(cat("the parameter ", member));
}

void refuse_true(const Input& in, std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members)
    if (in.boolean(member)) throw not_served(cat("the parameter ", member));
}

PageRequest page_of(const Input& in, int64_t lowest, int64_t highest) {
  if (!in.shape() || !in.shape().find("MaxResults")) return {};
  const auto limit = in.optional_integer("MaxResults");
  if (limit && *limit < lowest)
    throw invalid_parameter_value(cat("Value ( ", *limit,
                                      " ) for parameter maxResults is invalid. "
                                      "Expecting a value greater than ",
                                      lowest, "."));
  if (limit && *limit > highest)
    throw invalid_parameter_value(cat("Value ( ", *limit,
                                      " ) for parameter maxResults is invalid. "
                                      "Expecting a value less than ",
                                      highest, "."));
  return page_request(in.string("NextToken"), limit,
                      invalid_parameter_value("Unable to parse pagination token"));
}

template <>
const IdWords& id_words<Vpc>() {
  static const IdWords words{"vpc", "InvalidVpcID.NotFound", "InvalidVpcID.Malformed",
                             "The vpc ID '", "The vpc IDs '"};
  return words;
}
template <>
const IdWords& id_words<Subnet>() {
  static const IdWords words{"subnet", "InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed",
                             "The subnet ID '", "The subnet IDs '"};
  return words;
}
template <>
const IdWords& id_words<RouteTable>() {
  static const IdWords words{"rtb", "InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed",
                             "The routeTable ID '", "The routeTable IDs '"};
  return words;
}
template <>
const IdWords& id_words<InternetGateway>() {
  static const IdWords words{"igw", "InvalidInternetGatewayID.NotFound",
                             "InvalidInternetGatewayId.Malformed", "The internetGateway ID '",
                             "The internetGateway IDs '"};
  return words;
}
template <>
const IdWords& id_words<NatGateway>() {
  static const IdWords words{"nat",
                             "NatGatewayNotFound",
                             "NatGatewayMalformed",
                             "The Nat Gateway ",
                             "The Nat Gateways ",
                             " was not found",
                             " were not found"};
  return words;
}
template <>
const IdWords& id_words<SecurityGroup>() {
  static const IdWords words{"sg", "InvalidGroup.NotFound", "InvalidGroupId.Malformed",
                             "The security group '", "The security groups '"};
  return words;
}
template <>
const IdWords& id_words<NetworkAcl>() {
  static const IdWords words{"acl", "InvalidNetworkAclID.NotFound", "InvalidNetworkAclId.Malformed",
                             "The networkAcl ID '", "The networkAcl IDs '"};
  return words;
}
template <>
const IdWords& id_words<NetworkInterface>() {
  static const IdWords words{"eni", "InvalidNetworkInterfaceID.NotFound",
                             "InvalidNetworkInterfaceId.Malformed", "The networkInterface ID '",
                             "The networkInterface IDs '"};
  return words;
}
template <>
const IdWords& id_words<Address>() {
  static const IdWords words{"eipalloc", "InvalidAllocationID.NotFound",
                             "InvalidAllocationID.Malformed", "The allocation ID '",
                             "The allocation IDs '"};
  return words;
}
template <>
const IdWords& id_words<FlowLog>() {
  static const IdWords words{"fl", "InvalidFlowLogId.NotFound", "InvalidFlowLogId.Malformed",
                             "The flow log ID '", "The flow log IDs '"};
  return words;
}

template <>
const IdWords& id_words<DhcpOptions>() {
  static const IdWords words{"dopt", "InvalidDhcpOptionID.NotFound",
                             "InvalidDhcpOptionsId.Malformed", "The dhcpOption ID '",
                             "The dhcpOption IDs '"};
  return words;
}

template <>
const IdWords& id_words<VpcPeering>() {
  static const IdWords words{"pcx", "InvalidVpcPeeringConnectionID.NotFound",
                             "InvalidVpcPeeringConnectionId.Malformed",
                             "The vpcPeeringConnection ID '", "The vpcPeeringConnection IDs '"};
  return words;
}
template <>
const IdWords& id_words<VpcEndpoint>() {
  static const IdWords words{"vpce", "InvalidVpcEndpointId.NotFound",
                             "InvalidVpcEndpointId.Malformed", "The Vpc Endpoint Id '",
                             "The Vpc Endpoint Ids '"};
  return words;
}

}  // namespace squall::ec2
