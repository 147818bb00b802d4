// Subnets: where they may lie, what they hold, how many addresses are left.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

int64_t free_addresses(const Subnet& subnet) {
  return static_cast<int64_t>(subnet.cidr.size()) - 5 - subnet.used;
}

std::string subnet_arn(const sim::Scope& scope, const Subnet& subnet) {
  return scope.arn("ec2", cat("subnet/", subnet.id));
}

std::string zone_names(const std::vector<Zone>& all, std::string Zone::*field) {
  Strings names;
  for (const Zone& zone : all) names.push_back(zone.*field);
  return join(names, ", ");
}

}  // namespace

const Zone& zone_for_subnet(const sim::Scope& scope, const std::optional<std::string>& name,
                            const std::optional<std::string>& id) {
  const std::vector<Zone>& all = zones(scope.region());
  if (all.empty()) throw not_served(cat("subnets in region ", scope.region()));
  if (name && id)
    throw invalid_parameter_combination(
        "The parameter availabilityZone cannot be used with the parameter availabilityZoneId");
  if (!name && !id) return all.front();
  const auto field = name ? &Zone::name : &Zone::id;
  const std::string& wanted = name ? *name : *id;
  for (const Zone& zone : all)
    if (zone.*field == wanted) return zone;
  throw invalid_parameter_value(
      cat("Value (", wanted, ") for parameter ", name ? "availabilityZone" : "availabilityZoneId",
          " is invalid. Subnets can currently only be created in the following availability "
          "zones: ",
          zone_names(all, field), "."));
}

Subnet& add_subnet(sim::Scope& scope, const Vpc& vpc, const Cidr& cidr, const Zone& zone,
                   Tags tags) {
  Subnet subnet;
  subnet.id = scope.new_id("subnet", vpc.id);
  subnet.vpc_id = vpc.id;
  subnet.cidr = cidr;
  subnet.zone = zone.name;
  subnet.zone_id = zone.id;
  subnet.acl_id = vpc.default_acl_id;
  subnet.acl_association_id = scope.new_id("aclassoc", subnet.id);
  subnet.tags = std::move(tags);
  return scope.add(std::move(subnet));
}

Value describe_subnet(const sim::Scope& scope, const Subnet& subnet) {
  return {{"SubnetId", subnet.id},
          {"SubnetArn", subnet_arn(scope, subnet)},
          {"VpcId", subnet.vpc_id},
          {"OwnerId", scope.account()},
          {"CidrBlock", subnet.cidr.text()},
          {"AvailabilityZone", subnet.zone},
          {"AvailabilityZoneId", subnet.zone_id},
          {"AvailableIpAddressCount", free_addresses(subnet)},
          {"State", subnet.state},
          {"DefaultForAz", subnet.is_default},
          {"MapPublicIpOnLaunch", subnet.map_public_ip},
          {"MapCustomerOwnedIpOnLaunch", false},
          {"AssignIpv6AddressOnCreation", subnet.assign_ipv6},
          {"Ipv6CidrBlockAssociationSet", Value::list()},
          {"Ipv6Native", false},
          {"EnableDns64", subnet.dns64},
          {"PrivateDnsNameOptionsOnLaunch",
           Value{{"HostnameType", subnet.hostname_type},
                 {"EnableResourceNameDnsARecord", subnet.dns_a_record},
                 {"EnableResourceNameDnsAAAARecord", subnet.dns_aaaa_record}}},
          {"BlockPublicAccessStates", Value{{"InternetGatewayBlockMode", "off"}}},
          {"Tags", describe_tags(subnet.tags, true)}};
}

namespace {

Cidr parse_subnet_cidr(const sim::Scope& scope, const Vpc& vpc, std::string_view text) {
  const Cidr cidr = parse_cidr(text, "cidrBlock");
  bool inside = false;
  for (const CidrAssociation& a : vpc.associations) inside |= a.cidr.contains(cidr);
  if (!inside || cidr.prefix < 16 || cidr.prefix > 28)
    throw AwsError{"InvalidSubnet.Range", cat("The CIDR '", text, "' is invalid.")};
  for (const Subnet* other : scope.by<Subnet>("vpc:" + vpc.id))
    if (other->cidr.overlaps(cidr))
      throw AwsError{"InvalidSubnet.Conflict",
                     cat("The CIDR '", text, "' conflicts with another subnet")};
  return cidr;
}

Value create_subnet(Context& ctx, Input in) {
  refuse(in, {"Ipv6CidrBlock", "OutpostArn", "Ipv4IpamPoolId", "Ipv4NetmaskLength",
              "Ipv6IpamPoolId", "Ipv6NetmaskLength"});
  const auto block = in.optional_string("CidrBlock");
  if (in.boolean("Ipv6Native")) {
    if (block)
      throw invalid_parameter_combination(
          "The parameter cidrBlock cannot be used with the parameter ipv6Native");
    throw missing_parameter_words("Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.");
  }
  if (!block)
    throw missing_parameter_words("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  const Zone& zone = zone_for_subnet(ctx, in.optional_string("AvailabilityZone"),
                                     in.optional_string("AvailabilityZoneId"));
  const Cidr cidr = parse_subnet_cidr(ctx, vpc, *block);
  return {
      {"Subnet", describe_subnet(ctx, add_subnet(ctx, vpc, cidr, zone, tags_for(in, "subnet")))}};
}

Value delete_subnet(Context& ctx, Input in) {
  const std::string id = in.string("SubnetId");
  const Subnet& subnet = require<Subnet>(ctx, id);
  const std::string key = "subnet:" + id;
  if (!ctx.by<NetworkInterface>(key).empty() || !ctx.by<VpcEndpoint>(key).empty())
    throw dependency_violation(
        cat("The subnet '", id, "' has dependencies and cannot be deleted."));
  if (!subnet.route_table_id.empty())
    std::erase_if(ctx.edit<RouteTable>(subnet.route_table_id).associations,
                  [&](const RouteTableAssociation& a) { return a.subnet_id == id; });
  Strings flow_logs;
  for (const FlowLog* log : ctx.by<FlowLog>("resource:" + id)) flow_logs.push_back(log->id);
  for (const std::string& log : flow_logs) ctx.erase<FlowLog>(log);
  ctx.erase<Subnet>(id);
  return Value::map();
}

using S = Shown<Subnet>;
Strings nothing(const S&) { return {}; }
Strings by_zone(const S& s) { return {s->zone}; }
Strings by_zone_id(const S& s) { return {s->zone_id}; }
Strings by_cidr(const S& s) { return {s->cidr.text()}; }
Strings by_default(const S& s) { return {text_of(s->is_default)}; }

const ShownFilter<Subnet> filters[] = {
    {"subnet-id", [](const S& s) { return Strings{s->id}; }},
    {"subnet-arn", [](const S& s) { return Strings{subnet_arn(*s.scope, *s.record)}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
    {"availability-zone", by_zone},
    {"availabilityZone", by_zone},
    {"availability-zone-id", by_zone_id},
    {"availabilityZoneId", by_zone_id},
    {"available-ip-address-count",
     [](const S& s) { return Strings{cat(free_addresses(*s.record))}; }},
    {"cidr-block", by_cidr},
    {"cidr", by_cidr},
    {"cidrBlock", by_cidr},
    {"default-for-az", by_default},
    {"defaultForAz", by_default},
    {"enable-dns64", [](const S& s) { return Strings{text_of(s->dns64)}; }},
    {"ipv6-native", [](const S&) { return Strings{"false"}; }},
    {"ipv6-cidr-block-association.ipv6-cidr-block", nothing},
    {"ipv6-cidr-block-association.association-id", nothing},
    {"ipv6-cidr-block-association.state", nothing},
    {"map-public-ip-on-launch", [](const S& s) { return Strings{text_of(s->map_public_ip)}; }},
    {"map-customer-owned-ip-on-launch", [](const S&) { return Strings{"false"}; }},
    {"outpost-arn", nothing},
    {"customer-owned-ipv4-pool", nothing},
    {"private-dns-name-options-on-launch.hostname-type",
     [](const S& s) { return Strings{s->hostname_type}; }},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     [](const S& s) { return Strings{text_of(s->dns_a_record)}; }},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     [](const S& s) { return Strings{text_of(s->dns_aaaa_record)}; }},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
    {"state", [](const S& s) { return Strings{s->state}; }},
};

Value describe_subnets(Context& ctx, Input in) {
  return describe_records<Subnet>(ctx, in, "SubnetIds", "Subnets", filters,
                                  [&](const Subnet& s) { return describe_subnet(ctx, s); });
}

Value modify_subnet_attribute(Context& ctx, Input in) {
  refuse(in, {"CustomerOwnedIpv4Pool", "MapCustomerOwnedIpOnLaunch", "EnableLniAtDeviceIndex",
              "DisableLniAtDeviceIndex"});
  Subnet& subnet = require_edit<Subnet>(ctx, in.string("SubnetId"));
  if (in.attribute_boolean("AssignIpv6AddressOnCreation").value_or(false))
    throw invalid_parameter_value(
        cat("Invalid value 'true' for assignIpv6AddressOnCreation. "
            "Subnet must have IPv6 CIDR block associated first."));
  if (in.attribute_boolean("EnableDns64").value_or(false)) refuse(in, {"EnableDns64"});
  int given = in.has("AssignIpv6AddressOnCreation") + in.has("EnableDns64");
  auto set = [&](std::string_view member, bool& field) {
    if (const auto value = in.attribute_boolean(member)) field = *value, ++given;
  };
  set("MapPublicIpOnLaunch", subnet.map_public_ip);
  set("EnableResourceNameDnsARecordOnLaunch", subnet.dns_a_record);
  set("EnableResourceNameDnsAAAARecordOnLaunch", subnet.dns_aaaa_record);
  if (const auto type = in.optional_string("PrivateDnsHostnameTypeOnLaunch")) {
    if (*type != "ip-name" && *type != "resource-name")
      throw invalid_parameter_value(
          cat("Value (", *type, ") for parameter privateDnsHostnameTypeOnLaunch is invalid."));
    subnet.hostname_type = *type;
    ++given;
  }
  if (given == 0) throw invalid_parameter_combination("No attributes specified.");
  if (given > 1)
    throw invalid_parameter_combination("Fields for multiple attribute types specified");
  return Value::map();
}

}  // namespace

HandlerRows subnet_rows() {
  static const HandlerRow rows[] = {
      {"CreateSubnet", Writes, create_subnet},
      {"DeleteSubnet", Writes, delete_subnet},
      {"DescribeSubnets", Reads, describe_subnets},
      {"ModifySubnetAttribute", Writes, modify_subnet_attribute},
  };
  return rows;
}

}  // namespace squall::ec2
