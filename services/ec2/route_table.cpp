// Route tables and what is associated with them.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe_association(const RouteTable& table, const RouteTableAssociation& a) {
  Value shown{{"Main", a.main},
              {"RouteTableAssociationId", a.association_id},
              {"RouteTableId", table.id},
              {"AssociationState", Value{{"State", "associated"}}}};
  if (!a.subnet_id.empty()) shown.set("SubnetId", a.subnet_id);
  if (!a.gateway_id.empty()) shown.set("GatewayId", a.gateway_id);
  return shown;
}

Value describe(const sim::Scope& scope, const RouteTable& table) {
  return {
      {"RouteTableId", table.id},
      {"VpcId", table.vpc_id},
      {"OwnerId", scope.account()},
      {"Associations",
       list_of(table.associations, [&](const auto& a) { return describe_association(table, a); })},
      {"PropagatingVgws", Value::list()},
      {"Routes", list_of(table.routes, [&](const Route& r) { return describe_route(scope, r); })},
      {"Tags", describe_tags(table.tags)}};
}

Value create_route_table(Context& ctx, Input in) {
  const Vpc& vpc = require<Vpc>(ctx, in.string("VpcId"));
  RouteTable table;
  table.id = ctx.new_id("rtb", vpc.id);
  table.vpc_id = vpc.id;
  table.tags = tags_for(in, "route-table");
  for (const CidrAssociation& a : vpc.associations) table.routes.push_back(local_route(a.cidr));
  in.ignore("ClientToken");  // given back; a retry is a second table on no client we know
  Value answer{{"RouteTable", describe(ctx, table)},
               {"ClientToken", in.optional_string("ClientToken")}};
  ctx.add(std::move(table));
  return answer;
}

Value delete_route_table(Context& ctx, Input in) {
  const std::string id = in.string("RouteTableId");
  const RouteTable& table = require<RouteTable>(ctx, id);
  if (!table.associations.empty())
    throw dependency_violation(
        cat("The routeTable '", id, "' has dependencies and cannot be deleted."));
  for (const VpcEndpoint* endpoint : ctx.by<VpcEndpoint>("route-table:" + id))
    std::erase(ctx.edit<VpcEndpoint>(endpoint->id).route_table_ids, id);
  ctx.erase<RouteTable>(id);
  return Value::map();
}

// --- filters ---------------------------------------------------------------------------------

using S = Shown<RouteTable>;

template <class Field>
Strings of_associations(const S& s, Field field) {
  Strings out;
  for (const RouteTableAssociation& a : s->associations) out.push_back(field(a));
  return out;
}

/// Values of a field of routes whose target is of `kind` (any, if empty).
template <class Field>
Strings of_routes(const S& s, std::string_view kind, Field field) {
  Strings out;
  for (const Route& r : s->routes)
    if (kind.empty() || r.target_kind == kind) out.push_back(field(r));
  return out;
}
std::string target_of(const Route& r) { return r.target; }

const ShownFilter<RouteTable> filters[] = {
    {"route-table-id", [](const S& s) { return Strings{s->id}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
    {"association.main",
     [](const S& s) { return of_associations(s, [](const auto& a) { return text_of(a.main); }); }},
    {"association.route-table-association-id",
     [](const S& s) { return of_associations(s, [](const auto& a) { return a.association_id; }); }},
    {"association.route-table-id",
     [](const S& s) { return s->associations.empty() ? Strings{} : Strings{s->id}; }},
    {"association.subnet-id",
     [](const S& s) { return of_associations(s, [](const auto& a) { return a.subnet_id; }); }},
    {"association.gateway-id",
     [](const S& s) { return of_associations(s, [](const auto& a) { return a.gateway_id; }); }},
    {"route.destination-cidr-block",
     [](const S& s) {
       return of_routes(s, "", [](const Route& r) {
         return r.prefix_list_id.empty() ? r.destination.text() : std::string();
       });
     }},
    {"route.destination-prefix-list-id",
     [](const S& s) { return of_routes(s, "", [](const Route& r) { return r.prefix_list_id; }); }},
    {"route.destination-ipv6-cidr-block", [](const S&) { return Strings{}; }},
    {"route.egress-only-internet-gateway-id", [](const S&) { return Strings{}; }},
    {"route.gateway-id",
     [](const S& s) {
       Strings ids = of_routes(s, "gateway", target_of);
       for (const std::string_view kind : {"local", "endpoint"})
         for (std::string& id : of_routes(s, kind, target_of)) ids.push_back(std::move(id));
       return ids;
     }},
    {"route.instance-id", [](const S& s) { return of_routes(s, "instance", target_of); }},
    {"route.nat-gateway-id", [](const S& s) { return of_routes(s, "nat", target_of); }},
    {"route.transit-gateway-id", [](const S& s) { return of_routes(s, "transit", target_of); }},
    {"route.vpc-peering-connection-id",
     [](const S& s) { return of_routes(s, "peering", target_of); }},
    {"route.origin",
     [](const S& s) { return of_routes(s, "", [](const Route& r) { return r.origin; }); }},
    {"route.state",
     [](const S& s) {
       return of_routes(
           s, "", [](const Route& r) { return std::string(r.blackhole ? "blackhole" : "active"); });
     }},
};

Value describe_route_tables(Context& ctx, Input in) {
  return describe_records<RouteTable>(
      ctx, in, "RouteTableIds", "RouteTables", filters,
      [&](const RouteTable& t) { return describe(ctx, t); }, 100);
}

// --- associations ----------------------------------------------------------------------------

RouteTableAssociation& association_in(RouteTable& table, std::string_view id) {
  return *std::find_if(table.associations.begin(), table.associations.end(),
                       [&](const auto& a) { return a.association_id == id; });
}

const RouteTable& table_of_association(const sim::Scope& scope, const std::string& id) {
  const auto found = scope.by<RouteTable>("association:" + id);
  if (found.empty())
    throw AwsError{"InvalidAssociationID.NotFound",
                   cat("The association ID '", id, "' does not exist")};
  return *found.front();
}

AwsError other_network(const RouteTable& table, std::string_view what, std::string_view id) {
  return {"InvalidParameterValue",
          cat("Route table ", table.id, " and ", what, " ", id, " belong to different networks")};
}

Value associated(std::string_view member, const std::string& id) {
  Value answer{{"AssociationState", Value{{"State", "associated"}}}};
  answer.set(Key::stable(member), id);
  return answer;
}

Value associate_route_table(Context& ctx, Input in) {
  refuse(in, {"PublicIpv4Pool"});
  const std::string subnet_id = in.string("SubnetId"), gateway_id = in.string("GatewayId");
  if (subnet_id.empty() == gateway_id.empty())
    throw missing_parameter_words("The request must contain exactly one of gatewayId or subnetId.");
  RouteTable& table = require_edit<RouteTable>(ctx, in.string("RouteTableId"));
  RouteTableAssociation added{ctx.new_id("rtbassoc", table.id), subnet_id, gateway_id, false};
  if (!subnet_id.empty()) {
    Subnet& subnet = require_edit<Subnet>(ctx, subnet_id);
    if (subnet.vpc_id != table.vpc_id) throw other_network(table, "subnet", subnet_id);
    if (subnet.route_table_id == table.id) {  // AWS answers with what is there
      for (const RouteTableAssociation& a : table.associations)
        if (a.subnet_id == subnet_id) return associated("AssociationId", a.association_id);
    }
    if (!subnet.route_table_id.empty())
      throw AwsError{"Resource.AlreadyAssociated",
                     cat("the specified association for route table ", table.id,
                         " conflicts with an existing association")};
    subnet.route_table_id = table.id;
  } else {
    const InternetGateway& gateway = require<InternetGateway>(ctx, gateway_id);
    if (gateway.vpc_id != table.vpc_id) throw other_network(table, "gateway", gateway_id);
  }
  table.associations.push_back(added);
  return associated("AssociationId", added.association_id);
}

Value disassociate_route_table(Context& ctx, Input in) {
  const std::string id = in.string("AssociationId");
  RouteTable& table = ctx.edit<RouteTable>(table_of_association(ctx, id).id);
  const RouteTableAssociation removed = association_in(table, id);
  if (removed.main)
    throw invalid_parameter_value(cat("cannot disassociate the main route table association ", id));
  if (!removed.subnet_id.empty()) ctx.edit<Subnet>(removed.subnet_id).route_table_id.clear();
  std::erase_if(table.associations, [&](const auto& a) { return a.association_id == id; });
  return Value::map();
}

Value replace_route_table_association(Context& ctx, Input in) {
  const std::string id = in.string("AssociationId");
  const RouteTable& before = table_of_association(ctx, id);
  RouteTable& to = require_edit<RouteTable>(ctx, in.string("RouteTableId"));
  if (to.vpc_id != before.vpc_id) throw other_network(to, "route table", before.id);
  if (to.id == before.id) return associated("NewAssociationId", id);
  RouteTable& from = ctx.edit<RouteTable>(before.id);
  RouteTableAssociation moved = association_in(from, id);
  std::erase_if(from.associations, [&](const auto& a) { return a.association_id == id; });
  moved.association_id = ctx.new_id("rtbassoc", to.id);
  if (moved.main) ctx.edit<Vpc>(to.vpc_id).main_route_table_id = to.id;
  if (!moved.subnet_id.empty()) ctx.edit<Subnet>(moved.subnet_id).route_table_id = to.id;
  to.associations.push_back(moved);
  return associated("NewAssociationId", moved.association_id);
}

}  // namespace

HandlerRows route_table_rows() {
  static const HandlerRow rows[] = {
      {"CreateRouteTable", Writes, create_route_table},
      {"DeleteRouteTable", Writes, delete_route_table},
      {"DescribeRouteTables", Reads, describe_route_tables},
      {"AssociateRouteTable", Writes, associate_route_table},
      {"DisassociateRouteTable", Writes, disassociate_route_table},
      {"ReplaceRouteTableAssociation", Writes, replace_route_table_association},
  };
  return rows;
}

}  // namespace squall::ec2
