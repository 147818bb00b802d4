// VPCs: their lifecycle, attributes, and what AWS puts beside each one.
#include "services/ec2/internal.h"

namespace squall::ec2 {

Cidr parse_cidr(std::string_view text, std::string_view parameter) {
  const auto cidr = Cidr::parse(text);
  if (!cidr)
    throw invalid_parameter_value(cat("Value (", text, ") for parameter ", parameter,
                                      " is invalid. This is not a valid CIDR block."));
  return cidr->canonical();
}

Cidr parse_vpc_cidr(std::string_view text) {
  const Cidr cidr = parse_cidr(text, "cidrBlock");
  if (cidr.prefix < 16 || cidr.prefix > 28)
    throw AwsError{"InvalidVpc.Range", cat("The CIDR '", text, "' is invalid.")};
  return cidr;
}

Route local_route(const Cidr& cidr) {
  Route route;
  route.destination = cidr;
  route.target_kind = route.target = "local";
  route.origin = "CreateRouteTable";
  return route;
}

namespace {

SecurityGroup default_group(sim::Scope& scope, const std::string& vpc_id) {
  SecurityGroup group;
  group.id = scope.new_id("sg", vpc_id);
  group.vpc_id = vpc_id;
  group.name = "default";
  group.description = "default VPC security group";
  GroupRule within;
  within.id = scope.new_id("sgr", group.id);
  within.protocol = "-1";
  within.group_id = group.id;
  within.group_owner = scope.account();
  GroupRule out;
  out.id = scope.new_id("sgr", group.id);
  out.egress = true;
  out.protocol = "-1";
  out.cidr_ipv4 = "0.0.0.0/0";
  group.rules = {within, out};
  return group;
}

NetworkAcl default_acl(sim::Scope& scope, const std::string& vpc_id) {
  NetworkAcl acl;
  acl.id = scope.new_id("acl", vpc_id);
  acl.vpc_id = vpc_id;
  acl.is_default = true;
  for (const bool egress : {false, true})
    for (const int64_t number : {100, 32767}) {
      AclEntry entry;
      entry.number = number;
      entry.egress = egress;
      entry.allow = number == 100;
      entry.protocol = "-1";
      acl.entries.push_back(entry);
    }
  return acl;
}

}  // namespace

Vpc& add_vpc(sim::Scope& scope, const Cidr& cidr, std::string tenancy, Tags tags) {
  Vpc vpc;
  vpc.id = scope.new_id("vpc");
  vpc.cidr = cidr;
  vpc.tenancy = std::move(tenancy);
  vpc.tags = std::move(tags);
  vpc.dhcp_options_id = default_dhcp_options(scope);
  vpc.associations.push_back({scope.new_id("vpc-cidr-assoc", vpc.id), cidr});

  RouteTable table;
  table.id = scope.new_id("rtb", vpc.id);
  table.vpc_id = vpc.id;
  table.routes.push_back(local_route(cidr));
  table.associations.push_back({scope.new_id("rtbassoc", table.id), "", "", true});
  vpc.main_route_table_id = table.id;
  scope.add(std::move(table));
  vpc.default_group_id = scope.add(default_group(scope, vpc.id)).id;
  vpc.default_acl_id = scope.add(default_acl(scope, vpc.id)).id;
  return scope.add(std::move(vpc));
}

Value describe_vpc(const sim::Scope& scope, const Vpc& vpc) {
  return {{"VpcId", vpc.id},
          {"OwnerId", scope.account()},
          {"CidrBlock", vpc.cidr.text()},
          {"State", vpc.state},
          {"DhcpOptionsId", vpc.dhcp_options_id},
          {"InstanceTenancy", vpc.tenancy},
          {"IsDefault", vpc.is_default},
          {"CidrBlockAssociationSet", list_of(vpc.associations,
                                              [](const CidrAssociation& a) {
                                                return Value{{"AssociationId", a.association_id},
                                                             {"CidrBlock", a.cidr.text()},
                                                             {"CidrBlockState",
                                                              Value{{"State", "associated"}}}};
                                              })},
          {"BlockPublicAccessStates", Value{{"InternetGatewayBlockMode", "off"}}},
          {"Tags", describe_tags(vpc.tags, true)}};
}

namespace {

Value create_vpc(Context& ctx, Input in) {
  refuse(in, {"Ipv6Pool", "Ipv6CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId",
              "Ipv6NetmaskLength", "Ipv6CidrBlockNetworkBorderGroup", "VpcEncryptionControl"});
  refuse_true(in, {"AmazonProvidedIpv6CidrBlock"});
  const auto block = in.optional_string("CidrBlock");
  if (!block)
    throw missing_parameter_words("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  const Cidr cidr = parse_vpc_cidr(*block);
  const std::string tenancy = in.string("InstanceTenancy", "default");
  if (tenancy != "default" && tenancy != "dedicated")
    throw invalid_parameter_value(
        cat("Invalid value '", tenancy, "' for parameter instanceTenancy."));
  Vpc& vpc = add_vpc(ctx, cidr, tenancy, tags_for(in, "vpc"));
  vpc.state = "pending";
  Value shown = describe_vpc(ctx, vpc);
  shown.set("Ipv6CidrBlockAssociationSet", Value::list());
  ctx.after(ctx.latency("ec2.vpc.create", vpc.id), "ec2.vpc.available", vpc.id);
  return {{"Vpc", shown}};
}

void vpc_available(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<Vpc>(event.subject)) scope.edit<Vpc>(event.subject).state = "available";
}

/// What keeps a VPC from being deleted. Each check is one index lookup.
bool has_dependencies(const sim::Scope& scope, const Vpc& vpc) {
  const std::string key = "vpc:" + vpc.id;
  if (!scope.by<Subnet>(key).empty() || !scope.by<InternetGateway>(key).empty() ||
      !scope.by<NetworkInterface>(key).empty() || !scope.by<VpcEndpoint>(key).empty())
    return true;
  for (const VpcPeering* peering : scope.by<VpcPeering>(key))
    if (peering->status == "active" || peering->status == "pending-acceptance") return true;
  return scope.by<SecurityGroup>(key).size() > 1 || scope.by<RouteTable>(key).size() > 1 ||
         scope.by<NetworkAcl>(key).size() > 1;
}

Value delete_vpc(Context& ctx, Input in) {
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  if (has_dependencies(ctx, vpc))
    throw dependency_violation(
        cat("The vpc '", vpc.id, "' has dependencies and cannot be deleted."));
  Strings flow_logs;
  for (const FlowLog* log : ctx.by<FlowLog>("resource:" + vpc.id)) flow_logs.push_back(log->id);
  for (const std::string& id : flow_logs) ctx.erase<FlowLog>(id);
  ctx.erase<RouteTable>(vpc.main_route_table_id);
  ctx.erase<SecurityGroup>(vpc.default_group_id);
  ctx.erase<NetworkAcl>(vpc.default_acl_id);
  ctx.erase<Vpc>(std::string(vpc.id));
  return Value::map();
}

Strings association_ids(const Shown<Vpc>& v) {
  Strings ids;
  for (const CidrAssociation& a : v->associations) ids.push_back(a.association_id);
  return ids;
}
Strings association_blocks(const Shown<Vpc>& v) {
  Strings blocks;
  for (const CidrAssociation& a : v->associations) blocks.push_back(a.cidr.text());
  return blocks;
}
Strings nothing(const Shown<Vpc>&) { return {}; }

const ShownFilter<Vpc> filters[] = {
    {"vpc-id", [](const Shown<Vpc>& v) { return Strings{v->id}; }},
    {"cidr", [](const Shown<Vpc>& v) { return Strings{v->cidr.text()}; }},
    {"cidr-block", [](const Shown<Vpc>& v) { return Strings{v->cidr.text()}; }},
    {"cidrBlock", [](const Shown<Vpc>& v) { return Strings{v->cidr.text()}; }},
    {"cidr-block-association.cidr-block", association_blocks},
    {"cidr-block-association.association-id", association_ids},
    {"cidr-block-association.state", [](const Shown<Vpc>&) { return Strings{"associated"}; }},
    {"dhcp-options-id", [](const Shown<Vpc>& v) { return Strings{v->dhcp_options_id}; }},
    {"ipv6-cidr-block-association.ipv6-cidr-block", nothing},
    {"ipv6-cidr-block-association.ipv6-pool", nothing},
    {"ipv6-cidr-block-association.association-id", nothing},
    {"ipv6-cidr-block-association.state", nothing},
    {"is-default", [](const Shown<Vpc>& v) { return Strings{text_of(v->is_default)}; }},
    {"isDefault", [](const Shown<Vpc>& v) { return Strings{text_of(v->is_default)}; }},
    {"owner-id", [](const Shown<Vpc>& v) { return Strings{v.scope->account()}; }},
    {"state", [](const Shown<Vpc>& v) { return Strings{v->state}; }},
};

Value describe_vpcs(Context& ctx, Input in) {
  return describe_records<Vpc>(ctx, in, "VpcIds", "Vpcs", filters,
                               [&](const Vpc& vpc) { return describe_vpc(ctx, vpc); });
}

Value describe_vpc_attribute(Context& ctx, Input in) {
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  const std::string attribute = in.string("Attribute");
  Value answer{{"VpcId", vpc.id}};
  if (attribute == "enableDnsSupport")
    answer.set("EnableDnsSupport", Value{{"Value", vpc.dns_support}});
  else if (attribute == "enableDnsHostnames")
    answer.set("EnableDnsHostnames", Value{{"Value", vpc.dns_hostnames}});
  else if (attribute == "enableNetworkAddressUsageMetrics")
    answer.set("EnableNetworkAddressUsageMetrics",
               Value{{"Value", vpc.network_address_usage_metrics}});
  else
    throw invalid_parameter_value(
        cat("Value (", attribute, ") for parameter attribute is invalid. Unknown attribute."));
  return answer;
}

Value modify_vpc_attribute(Context& ctx, Input in) {
  Vpc& vpc = require_edit<Vpc>(ctx, in.string("VpcId"));
  const auto support = in.attribute_boolean("EnableDnsSupport");
  const auto hostnames = in.attribute_boolean("EnableDnsHostnames");
  const auto metrics = in.attribute_boolean("EnableNetworkAddressUsageMetrics");
  const int given = support.has_value() + hostnames.has_value() + metrics.has_value();
  if (given == 0) throw invalid_parameter_combination("No attributes specified.");
  if (given > 1)
    throw invalid_parameter_combination("Fields for multiple attribute types specified");
  if (support) vpc.dns_support = *support;
  if (hostnames) vpc.dns_hostnames = *hostnames;
  if (metrics) vpc.network_address_usage_metrics = *metrics;
  return Value::map();
}

Value modify_vpc_tenancy(Context& ctx, Input in) {
  Vpc& vpc = require_edit<Vpc>(ctx, in.string("VpcId"));
  const std::string tenancy = in.string("InstanceTenancy");
  if (tenancy != "default")
    throw invalid_parameter_value(
        cat("Invalid value '", tenancy, "' for parameter instanceTenancy."));
  vpc.tenancy = tenancy;
  return {{"ReturnValue", true}};
}

}  // namespace

HandlerRows vpc_rows() {
  static const HandlerRow rows[] = {
      {"CreateVpc", Writes, create_vpc},
      {"DeleteVpc", Writes, delete_vpc},
      {"DescribeVpcs", Reads, describe_vpcs},
      {"DescribeVpcAttribute", Reads, describe_vpc_attribute},
      {"ModifyVpcAttribute", Writes, modify_vpc_attribute},
      {"ModifyVpcTenancy", Writes, modify_vpc_tenancy},
  };
  return rows;
}

EventRows vpc_events() {
  static const sim::EventRow rows[] = {{"ec2.vpc.available", vpc_available}};
  return rows;
}

LatencyRows vpc_latencies() {
  // AWS publishes no figure; the state is seen as pending for about a second after CreateVpc.
  static const sim::LatencyRow rows[] = {{"ec2.vpc.create", 500ms, 1500ms, 1s, 1s}};
  return rows;
}

}  // namespace squall::ec2
