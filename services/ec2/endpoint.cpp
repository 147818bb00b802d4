// VPC endpoints: gateways that routes lead to, and interfaces in subnets.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

constexpr std::string_view open_policy =
    "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
    "\"Action\":\"*\",\"Resource\":\"*\"}]}";

AwsError invalid(std::string_view words) { return {"InvalidParameter", std::string(words)}; }

Value dns_entry(std::string name) { return {{"DnsName", name}, {"HostedZoneId", "Z7HUB22UULQXV"}}; }

Value dns_entries(const sim::Scope& scope, const VpcEndpoint& endpoint) {
  Value entries = Value::list();
  const auto services = find_endpoint_services(scope, endpoint.service_name);
  if (endpoint.type != "Interface" || services.empty()) return entries;
  const EndpointService& service = services.back();
  const std::string stem = cat(endpoint.id, "-", hex16(stable_hash(endpoint.id)).substr(0, 8));
  entries.push(dns_entry(cat(stem, ".", service.base_dns)));
  for (const std::string& id : endpoint.subnet_ids)
    if (const Subnet* subnet = scope.view<Subnet>(id))
      entries.push(dns_entry(cat(stem, "-", subnet->zone, ".", service.base_dns)));
  if (endpoint.private_dns) entries.push(dns_entry(service.private_dns));
  return entries;
}

Value describe(const sim::Scope& scope, const VpcEndpoint& e) {
  Value shown{{"VpcEndpointId", e.id},
              {"VpcEndpointType", e.type},
              {"VpcId", e.vpc_id},
              {"ServiceName", e.service_name},
              {"State", e.state},
              {"PolicyDocument", e.policy},
              {"RouteTableIds", e.route_table_ids},
              {"SubnetIds", e.subnet_ids},
              {"Groups", describe_group_identifiers(scope, e.group_ids)},
              {"IpAddressType", e.ip_address_type},
              {"PrivateDnsEnabled", e.private_dns},
              {"RequesterManaged", false},
              {"NetworkInterfaceIds", e.interface_ids},
              {"DnsEntries", dns_entries(scope, e)},
              {"CreationTimestamp", e.created},
              {"OwnerId", scope.account()},
              {"Tags", describe_tags(e.tags)}};
  if (e.type == "Interface") shown.set("DnsOptions", Value{{"DnsRecordIpType", "ipv4"}});
  return shown;
}

void add_route_table(sim::Scope& scope, VpcEndpoint& endpoint, const std::string& id) {
  RouteTable& table = require_edit<RouteTable>(scope, id);
  if (table.vpc_id != endpoint.vpc_id)
    throw invalid(cat("Route table ", id, " does not belong to VPC ", endpoint.vpc_id));
  Route route;
  for (const PrefixList& list : aws_prefix_lists(scope))
    if (list.name == endpoint.service_name) route.prefix_list_id = list.id;
  for (const Route& existing : table.routes)
    if (existing.prefix_list_id == route.prefix_list_id)
      throw AwsError{"RouteAlreadyExists", cat("route table ", id,
                                               " already has a route with destination-prefix-list-"
                                               "id ",
                                               route.prefix_list_id)};
  route.target_kind = "endpoint";
  route.target = endpoint.id;
  table.routes.push_back(route);
  endpoint.route_table_ids.push_back(id);
}

void remove_route_table(sim::Scope& scope, VpcEndpoint& endpoint, const std::string& id) {
  if (std::erase(endpoint.route_table_ids, id) == 0)
    throw invalid(cat("Route table ", id, " is not associated with ", endpoint.id));
  if (!scope.has<RouteTable>(id)) return;
  std::erase_if(scope.edit<RouteTable>(id).routes,
                [&](const Route& r) { return r.target == endpoint.id; });
}

void add_subnet_to(sim::Scope& scope, VpcEndpoint& endpoint, const std::string& id,
                   const std::string& ip) {
  const Subnet& subnet = require<Subnet>(scope, id);
  if (subnet.vpc_id != endpoint.vpc_id)
    throw invalid(cat("The subnet ID '", id, "' does not belong to VPC ", endpoint.vpc_id));
  for (const std::string& other : endpoint.subnet_ids)
    if (require<Subnet>(scope, other).zone == subnet.zone)
      throw AwsError{"DuplicateSubnetsInSameZone",
                     cat("Found another VPC endpoint subnet in the availability zone of ", id)};
  InterfaceSpec spec;
  spec.subnet_id = id;
  spec.group_ids = endpoint.group_ids;
  spec.description = cat("VPC Endpoint Interface ", endpoint.id);
  spec.requester_id = "amazon-vpce";
  spec.interface_type = "vpc_endpoint";
  spec.private_ip = ip;
  endpoint.interface_ids.push_back(create_interface(scope, spec).id);
  endpoint.subnet_ids.push_back(id);
}

void remove_subnet_from(sim::Scope& scope, VpcEndpoint& endpoint, const std::string& id) {
  if (std::erase(endpoint.subnet_ids, id) == 0)
    throw invalid(cat("Subnet ", id, " is not associated with ", endpoint.id));
  const Strings interfaces = endpoint.interface_ids;
  for (const std::string& interface : interfaces) {
    const NetworkInterface* found = scope.view<NetworkInterface>(interface);
    if (!found || found->subnet_id != id) continue;
    std::erase(endpoint.interface_ids, interface);
    delete_interface(scope, interface);
  }
}

void check_private_dns(const sim::Scope& scope, const VpcEndpoint& endpoint) {
  const Vpc& vpc = require<Vpc>(scope, endpoint.vpc_id);
  if (!vpc.dns_support || !vpc.dns_hostnames)
    throw invalid(
        cat("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
            "VPC attributes set to true for ",
            vpc.id));
  for (const VpcEndpoint* other : scope.by<VpcEndpoint>("vpc:" + vpc.id))
    if (other->id != endpoint.id && other->private_dns &&
        other->service_name == endpoint.service_name)
      throw invalid(
          cat("private-dns-enabled cannot be set because there is already a conflicting "
              "DNS domain for ",
              endpoint.service_name, " in the VPC ", vpc.id));
}

/// The subnets asked for, with the address wanted in each ("" for any).
std::vector<std::pair<std::string, std::string>> wanted_subnets(const Input& in,
                                                                std::string_view member) {
  std::vector<std::pair<std::string, std::string>> wanted;
  for (const std::string& id : in.strings(member)) wanted.emplace_back(id, "");
  for (const Input& configuration : in.list("SubnetConfigurations")) {
    refuse(configuration, {"Ipv6"});
    const std::string id = configuration.string("SubnetId");
    const auto at =
        std::find_if(wanted.begin(), wanted.end(), [&](auto& w) { return w.first == id; });
    if (at == wanted.end()) throw invalid(cat("SubnetConfigurations names ", id, " alone"));
    at->second = configuration.string("Ipv4");
  }
  return wanted;
}

VpcEndpoint endpoint_from(Context& ctx, const Input& in) {
  refuse(in, {"ServiceNetworkArn", "ResourceConfigurationArn"});
  if (in.string("ServiceRegion", ctx.region()) != ctx.region())
    throw not_served("endpoints to services of other regions");
  VpcEndpoint e;
  e.vpc_id = require<Vpc>(ctx, in.string("VpcId")).id;
  e.service_name = in.string("ServiceName");
  e.type = in.string("VpcEndpointType", "Gateway");
  if (e.service_name.empty()) throw missing_parameter("ServiceName");
  const auto services = find_endpoint_services(ctx, e.service_name);
  if (services.empty())
    throw AwsError{"InvalidServiceName",
                   cat("The Vpc Endpoint Service '", e.service_name, "' does not exist")};
  Strings types;
  for (const EndpointService& service : services) types.push_back(service.type);
  if (std::find(types.begin(), types.end(), e.type) == types.end())
    throw invalid(cat("Endpoint type (", e.type, ") does not match available service types ([",
                      join(types, ", "), "])."));
  if (in.string("IpAddressType", "ipv4") != "ipv4") throw not_served("IPv6 endpoints");
  if (const Input options = in.at("DnsOptions")) {
    if (options.string("DnsRecordIpType", "ipv4") != "ipv4") throw not_served("IPv6 endpoints");
    refuse(options, {"PrivateDnsPreference", "PrivateDnsSpecifiedDomains"});
    refuse_true(options, {"PrivateDnsOnlyForInboundResolverEndpoint"});
  }
  e.policy = in.string("PolicyDocument", open_policy);
  e.client_token = in.string("ClientToken");
  e.tags = tags_for(in, "vpc-endpoint");
  return e;
}

Value create_endpoint(Context& ctx, Input in) {
  VpcEndpoint e = endpoint_from(ctx, in);
  const bool is_gateway = e.type == "Gateway";
  const auto subnets = wanted_subnets(in, "SubnetIds");
  const Strings tables = in.strings("RouteTableIds"), groups = in.strings("SecurityGroupIds");
  if (is_gateway && (!subnets.empty() || !groups.empty()))
    throw invalid("SubnetIds and SecurityGroupIds apply to endpoints of type Interface only.");
  if (!is_gateway && !tables.empty())
    throw invalid("RouteTableIds apply to endpoints of type Gateway only.");
  for (const VpcEndpoint* same : ctx.by<VpcEndpoint>("vpc:" + e.vpc_id))
    if (!e.client_token.empty() && same->client_token == e.client_token)
      return {{"VpcEndpoint", describe(ctx, *same)}, {"ClientToken", e.client_token}};
  e.id = ctx.new_id("vpce", e.vpc_id);
  e.created = ctx.now();
  for (const std::string& id : tables) add_route_table(ctx, e, id);
  if (!is_gateway) {
    e.group_ids = groups_or_default(ctx, require<Vpc>(ctx, e.vpc_id), groups);
    e.state = "pending";
    e.private_dns = in.boolean("PrivateDnsEnabled", true);
    if (e.private_dns) check_private_dns(ctx, e);
    for (const auto& [id, ip] : subnets) add_subnet_to(ctx, e, id, ip);
    ctx.after(ctx.latency("ec2.vpc-endpoint.create", e.id), "ec2.vpc-endpoint.created", e.id);
  } else if (in.boolean("PrivateDnsEnabled")) {
    throw invalid("Private DNS can't be enabled on endpoints of type Gateway.");
  }
  Value answer{{"VpcEndpoint", describe(ctx, e)}};
  if (!e.client_token.empty()) answer.set("ClientToken", e.client_token);
  ctx.add(std::move(e));
  return answer;
}

void endpoint_created(sim::Scope& scope, const sim::Event& event) {
  const VpcEndpoint* e = scope.view<VpcEndpoint>(event.subject);
  if (e && e->state == "pending") scope.edit<VpcEndpoint>(event.subject).state = "available";
}

void change_groups(Context& ctx, VpcEndpoint& e, const Input& in) {
  const Strings added = in.strings("AddSecurityGroupIds");
  const Strings removed = in.strings("RemoveSecurityGroupIds");
  if (added.empty() && removed.empty()) return;
  if (e.type != "Interface") throw invalid("Security groups apply to interface endpoints only.");
  for (const std::string& id : removed) std::erase(e.group_ids, id);
  for (const std::string& id : added) {
    std::erase(e.group_ids, id);
    e.group_ids.push_back(id);
  }
  e.group_ids = groups_or_default(ctx, require<Vpc>(ctx, e.vpc_id), e.group_ids);
  for (const std::string& id : e.interface_ids)
    ctx.edit<NetworkInterface>(id).group_ids = e.group_ids;
}

Value modify_endpoint(Context& ctx, Input in) {
  refuse(in, {"DnsOptions"});
  VpcEndpoint& e = require_edit<VpcEndpoint>(ctx, in.string("VpcEndpointId"));
  if (in.string("IpAddressType", "ipv4") != "ipv4") throw not_served("IPv6 endpoints");
  if (in.boolean("ResetPolicy")) e.policy = open_policy;
  if (const auto policy = in.optional_string("PolicyDocument")) e.policy = *policy;
  const auto tables = in.strings("AddRouteTableIds");
  const auto subnets = wanted_subnets(in, "AddSubnetIds");
  if (!tables.empty() && e.type != "Gateway")
    throw invalid("RouteTableIds apply to endpoints of type Gateway only.");
  if (!subnets.empty() && e.type != "Interface")
    throw invalid("SubnetIds apply to endpoints of type Interface only.");
  for (const std::string& id : in.strings("RemoveRouteTableIds")) remove_route_table(ctx, e, id);
  for (const std::string& id : tables) add_route_table(ctx, e, id);
  change_groups(ctx, e, in);
  for (const std::string& id : in.strings("RemoveSubnetIds")) remove_subnet_from(ctx, e, id);
  for (const auto& [id, ip] : subnets) add_subnet_to(ctx, e, id, ip);
  if (const auto dns = in.optional_boolean("PrivateDnsEnabled")) {
    if (e.type != "Interface" && *dns)
      throw invalid("Private DNS can't be enabled on endpoints of type Gateway.");
    e.private_dns = *dns;
    if (*dns) check_private_dns(ctx, e);
  }
  return {{"Return", true}};
}

void endpoint_deleted(sim::Scope& scope, const sim::Event& event) {
  const VpcEndpoint* e = scope.view<VpcEndpoint>(event.subject);
  if (!e || e->state != "deleting") return;
  const Strings interfaces = e->interface_ids;
  for (const std::string& id : interfaces) delete_interface(scope, id);
  scope.erase<VpcEndpoint>(event.subject);
}

Value delete_endpoints(Context& ctx, Input in) {
  Value failed = Value::list();
  for (const std::string& id : in.strings("VpcEndpointIds")) {
    if (!ctx.has<VpcEndpoint>(id)) {
      const AwsError error = not_found(id_words<VpcEndpoint>(), {id});
      failed.push(
          {{"ResourceId", id}, {"Error", Value{{"Code", error.code}, {"Message", error.message}}}});
      continue;
    }
    VpcEndpoint& e = ctx.edit<VpcEndpoint>(id);
    const Strings tables = e.route_table_ids;
    for (const std::string& table : tables) remove_route_table(ctx, e, table);
    if (e.state == "deleting") continue;
    e.state = "deleting";
    if (e.type == "Gateway")
      ctx.erase<VpcEndpoint>(id);
    else
      ctx.after(ctx.latency("ec2.vpc-endpoint.delete", id), "ec2.vpc-endpoint.deleted", id);
  }
  return {{"Unsuccessful", failed}};
}

using S = Shown<VpcEndpoint>;
const ShownFilter<VpcEndpoint> filters[] = {
    {"vpc-endpoint-id", [](const S& s) { return Strings{s->id}; }},
    {"vpc-endpoint-type", [](const S& s) { return Strings{s->type}; }},
    {"vpc-endpoint-state", [](const S& s) { return Strings{s->state}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }},
    {"service-name", [](const S& s) { return Strings{s->service_name}; }},
    {"service-region", [](const S& s) { return Strings{s.scope->region()}; }},
    {"ip-address-type", [](const S& s) { return Strings{s->ip_address_type}; }},
};

Value describe_endpoints(Context& ctx, Input in) {
  return describe_records<VpcEndpoint>(ctx, in, "VpcEndpointIds", "VpcEndpoints", filters,
                                       [&](const VpcEndpoint& e) { return describe(ctx, e); });
}

}  // namespace

HandlerRows endpoint_rows() {
  static const HandlerRow rows[] = {
      {"CreateVpcEndpoint", Writes, create_endpoint},
      {"ModifyVpcEndpoint", Writes, modify_endpoint},
      {"DeleteVpcEndpoints", Writes, delete_endpoints},
      {"DescribeVpcEndpoints", Reads, describe_endpoints},
  };
  return rows;
}

EventRows endpoint_events() {
  static const sim::EventRow rows[] = {
      {"ec2.vpc-endpoint.created", endpoint_created},
      {"ec2.vpc-endpoint.deleted", endpoint_deleted},
  };
  return rows;
}

LatencyRows endpoint_latencies() {
  // AWS publishes no figure; deployment logs show interface endpoints available after one to two
  // minutes and gone after one to five.
  static const sim::LatencyRow rows[] = {
      {"ec2.vpc-endpoint.create", 60s, 120s, 60s, 180s},
      {"ec2.vpc-endpoint.delete", 60s, 180s, 60s, 300s},
  };
  return rows;
}

}  // namespace squall::ec2
