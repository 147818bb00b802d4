// Routes: their destinations and targets, and when they lead nowhere.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {

Value describe_route(const sim::Scope& scope, const Route& route) {
  Value shown = Value::map();
  if (route.prefix_list_id.empty())
    shown.set("DestinationCidrBlock", route.destination.text());
  else
    shown.set("DestinationPrefixListId", route.prefix_list_id);
  const std::string& kind = route.target_kind;
  if (kind == "local" || kind == "gateway" || kind == "endpoint")
    shown.set("GatewayId", route.target);
  if (kind == "nat") shown.set("NatGatewayId", route.target);
  if (kind == "peering") shown.set("VpcPeeringConnectionId", route.target);
  if (kind == "interface") {
    shown.set("NetworkInterfaceId", route.target);
    const NetworkInterface* interface = scope.view<NetworkInterface>(route.target);
    if (interface && !interface->instance_id.empty()) {
      shown.set("InstanceId", interface->instance_id);
      shown.set("InstanceOwnerId", scope.account());
    }
  }
  if (kind == "instance") {
    shown.set("InstanceId", route.target);
    shown.set("InstanceOwnerId", scope.account());
    if (const Instance* instance = scope.view<Instance>(route.target))
      shown.set("NetworkInterfaceId", instance->primary_interface_id);
  }
  shown.set("Origin", route.origin);
  shown.set("State", route.blackhole ? "blackhole" : "active");
  return shown;
}

void mark_routes(sim::Scope& scope, std::string_view target, bool blackhole) {
  Strings tables;
  for (const RouteTable* table : scope.by<RouteTable>(cat("target:", target)))
    tables.push_back(table->id);
  for (const std::string& id : tables)
    for (Route& route : scope.edit<RouteTable>(id).routes)
      if (route.target == target) route.blackhole = blackhole;
}

namespace {

struct Destination {
  Cidr cidr;
  std::string prefix_list_id;
  bool matches(const Route& r) const {
    return prefix_list_id.empty() ? r.prefix_list_id.empty() && r.destination == cidr
                                  : r.prefix_list_id == prefix_list_id;
  }
  std::string text() const { return prefix_list_id.empty() ? cidr.text() : prefix_list_id; }
};

Destination destination_of(const Input& in) {
  refuse(in, {"DestinationIpv6CidrBlock"});
  const auto block = in.optional_string("DestinationCidrBlock");
  const auto list = in.optional_string("DestinationPrefixListId");
  if (!block && !list)
    throw missing_parameter_words(
        "The request must contain the parameter destinationCidrBlock or "
        "destinationIpv6CidrBlock or destinationPrefixListId.");
  if (block && list)
    throw invalid_parameter_combination(
        "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock or "
        "destinationPrefixListId.");
  Destination destination;
  if (block) destination.cidr = parse_cidr(*block, "destinationCidrBlock");
  if (list) destination.prefix_list_id = *list;
  return destination;
}

void to_internet_gateway(const sim::Scope& scope, const RouteTable& table, const std::string& id) {
  if (require<InternetGateway>(scope, id).vpc_id != table.vpc_id)
    throw invalid_parameter_value(cat("route table ", table.id, " and network gateway ", id,
                                      " belong to different networks"));
}

void to_nat_gateway(const sim::Scope& scope, const RouteTable& table, const std::string& id) {
  const NatGateway* nat = scope.view<NatGateway>(id);
  if (!nat || nat->state == "deleted" || nat->state == "failed")
    throw AwsError{"InvalidNatGatewayID.NotFound",
                   cat("The natGateway ID '", id, "' does not exist")};
  if (nat->vpc_id != table.vpc_id)
    throw invalid_parameter_value(
        cat("route table ", table.id, " and NAT gateway ", id, " belong to different networks"));
}

void to_interface(const sim::Scope& scope, const RouteTable& table, const std::string& id) {
  if (require<NetworkInterface>(scope, id).vpc_id != table.vpc_id)
    throw invalid_parameter_value(
        cat("route table ", table.id, " and interface ", id, " belong to different networks"));
}

void to_instance(const sim::Scope& scope, const RouteTable& table, const std::string& id) {
  const Instance* instance = scope.view<Instance>(id);
  if (!instance)
    throw AwsError{"InvalidInstanceID.NotFound", cat("The instance ID '", id, "' does not exist")};
  if (instance->vpc_id != table.vpc_id)
    throw invalid_parameter_value(
        cat("route table ", table.id, " and instance ", id, " belong to different networks"));
}

void to_peering(const sim::Scope& scope, const RouteTable& table, const std::string& id) {
  const VpcPeering& peering = require<VpcPeering>(scope, id);
  if (peering.requester_vpc != table.vpc_id && peering.accepter_vpc != table.vpc_id)
    throw invalid_parameter_value(cat("route table ", table.id, " and peering connection ", id,
                                      " belong to different networks"));
}

struct TargetRow {
  std::string_view member, kind;
  void (*check)(const sim::Scope&, const RouteTable&, const std::string& id);
};
const TargetRow targets[] = {
    {"GatewayId", "gateway", to_internet_gateway},     {"NatGatewayId", "nat", to_nat_gateway},
    {"NetworkInterfaceId", "interface", to_interface}, {"InstanceId", "instance", to_instance},
    {"VpcPeeringConnectionId", "peering", to_peering},
};

/// A route to the one target that the request names.
Route target_of(const Context& ctx, const Input& in, const RouteTable& table) {
  refuse(in, {"VpcEndpointId", "TransitGatewayId", "LocalGatewayId", "CarrierGatewayId",
              "CoreNetworkArn", "OdbNetworkArn", "EgressOnlyInternetGatewayId"});
  Route route;
  for (const TargetRow& row : targets) {
    const auto id = in.optional_string(row.member);
    if (!id) continue;
    if (!route.target.empty())
      throw invalid_parameter_combination(
          "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, "
          "vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, "
          "carrierGatewayId, instanceId or vpcEndpointId.");
    route.target = *id;
    route.target_kind = row.kind;
    if (row.member == "GatewayId" && *id == "local")
      route.target_kind = "local";
    else if (row.member == "GatewayId" && id->starts_with("vpce-"))
      route.target_kind = "endpoint";
    else
      row.check(ctx, table, *id);
  }
  if (route.target_kind == "endpoint") require<VpcEndpoint>(ctx, route.target);
  return route;
}

AwsError missing_target() {
  return missing_parameter_words(
      "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, "
      "vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, "
      "carrierGatewayId, instanceId or vpcEndpointId.");
}

std::vector<Route>::iterator find_route(RouteTable& table, const Destination& destination) {
  return std::find_if(table.routes.begin(), table.routes.end(),
                      [&](const Route& r) { return destination.matches(r); });
}

AwsError no_route(const RouteTable& table, const Destination& destination) {
  return {"InvalidRoute.NotFound", cat("no route with destination-cidr-block ", destination.text(),
                                       " in route table ", table.id)};
}

bool is_blackhole(const Context& ctx, const Route& route) {
  if (const NatGateway* nat = ctx.view<NatGateway>(route.target)) return nat->state == "deleting";
  if (const VpcPeering* peering = ctx.view<VpcPeering>(route.target))
    return peering->status != "active";
  return false;
}

/// A block inside the VPC's own may only lead to something that inspects traffic (an appliance).
void check_against_local(const RouteTable& table, const Destination& d, const Route& route) {
  if (!d.prefix_list_id.empty()) return;
  for (const Route& r : table.routes) {
    if (r.target != "local" || !r.destination.contains(d.cidr)) continue;
    const bool is_appliance = route.target_kind == "interface" || route.target_kind == "instance" ||
                              route.target_kind == "endpoint" || route.target_kind == "nat";
    if (!is_appliance && !(r.destination == d.cidr))
      throw invalid_parameter_value(cat("The destination CIDR block ", d.text(),
                                        " is equal to or more specific than one of this VPC's CIDR "
                                        "blocks. This route can target only an interface or an "
                                        "instance."));
  }
}

Value create_route(Context& ctx, Input in) {
  RouteTable& table = require_edit<RouteTable>(ctx, in.string("RouteTableId"));
  const Destination destination = destination_of(in);
  if (!destination.prefix_list_id.empty() && !prefix_list(ctx, destination.prefix_list_id))
    throw AwsError{"InvalidPrefixListID.NotFound",
                   cat("The prefix list ID '", destination.prefix_list_id, "' does not exist")};
  Route route = target_of(ctx, in, table);
  if (route.target.empty()) throw missing_target();
  const auto existing = find_route(table, destination);
  if (existing != table.routes.end() && existing->target == route.target)
    return {{"Return", true}};  // the same route again
  if (existing != table.routes.end())
    throw AwsError{"RouteAlreadyExists",
                   cat("The route identified by ", destination.text(), " already exists.")};
  check_against_local(table, destination, route);
  route.destination = destination.cidr;
  route.prefix_list_id = destination.prefix_list_id;
  route.blackhole = is_blackhole(ctx, route);
  table.routes.push_back(route);
  return {{"Return", true}};
}

Value replace_route(Context& ctx, Input in) {
  RouteTable& table = require_edit<RouteTable>(ctx, in.string("RouteTableId"));
  const Destination destination = destination_of(in);
  Route route = target_of(ctx, in, table);
  if (in.boolean("LocalTarget")) {
    if (!route.target.empty())
      throw invalid_parameter_combination(
          "The parameter localTarget cannot be used with another target");
    route.target = route.target_kind = "local";
  }
  if (route.target.empty()) throw missing_target();
  const auto existing = find_route(table, destination);
  if (existing == table.routes.end())
    throw AwsError{"InvalidParameterValue",
                   cat("There is no route defined for '", destination.text(),
                       "' in the route table. Use CreateRoute instead.")};
  existing->target = route.target;
  existing->target_kind = route.target_kind;
  existing->blackhole = is_blackhole(ctx, route);
  return Value::map();
}

Value delete_route(Context& ctx, Input in) {
  RouteTable& table = require_edit<RouteTable>(ctx, in.string("RouteTableId"));
  const Destination destination = destination_of(in);
  const auto existing = find_route(table, destination);
  if (existing == table.routes.end()) throw no_route(table, destination);
  if (existing->target == "local")
    throw invalid_parameter_value(
        cat("cannot remove local route ", destination.text(), " in route table ", table.id));
  if (existing->target_kind == "endpoint")
    throw invalid_parameter_value(
        cat("cannot remove VPC endpoint route ", destination.text(), " in route table ", table.id));
  table.routes.erase(existing);
  return Value::map();
}

}  // namespace

HandlerRows route_rows() {
  static const HandlerRow rows[] = {
      {"CreateRoute", Writes, create_route},
      {"ReplaceRoute", Writes, replace_route},
      {"DeleteRoute", Writes, delete_route},
  };
  return rows;
}

}  // namespace squall::ec2
