// The default VPC that every region starts with, and the calls that bring it back.
#include "services/ec2/internal.h"

namespace squall::ec2 {

const Vpc* default_vpc(const sim::Scope& scope) {
  const auto found = scope.by<Vpc>("default");
  return found.empty() ? nullptr : found.front();
}

namespace {

Cidr default_block(uint32_t index) { return {(172u << 24 | 31u << 16) + (index << 12), 20}; }

Subnet& add_default_subnet(sim::Scope& scope, const Vpc& vpc, const Cidr& cidr, const Zone& zone) {
  Subnet& subnet = add_subnet(scope, vpc, cidr, zone, {});
  subnet.is_default = subnet.map_public_ip = true;
  return subnet;
}

}  // namespace

Vpc& add_default_vpc(sim::Scope& scope) {
  Vpc& vpc = add_vpc(scope, {172u << 24 | 31u << 16, 16}, "default", {});
  vpc.is_default = vpc.dns_hostnames = true;
  uint32_t index = 0;
  for (const Zone& zone : zones(scope.region()))
    add_default_subnet(scope, vpc, default_block(index++), zone);
  InternetGateway gateway;
  gateway.id = scope.new_id("igw");
  gateway.vpc_id = vpc.id;
  Route out;
  out.target_kind = "gateway";
  out.target = gateway.id;
  scope.edit<RouteTable>(vpc.main_route_table_id).routes.push_back(out);
  scope.add(std::move(gateway));
  return vpc;
}

namespace {

Value create_default_vpc(Context& ctx, Input) {
  if (default_vpc(ctx))
    throw AwsError{"DefaultVpcAlreadyExists",
                   "A Default VPC already exists for this account in this region."};
  Vpc& vpc = add_default_vpc(ctx);
  vpc.state = "pending";
  Value shown = describe_vpc(ctx, vpc);
  ctx.after(ctx.latency("ec2.vpc.create", vpc.id), "ec2.vpc.available", vpc.id);
  return {{"Vpc", shown}};
}

Value create_default_subnet(Context& ctx, Input in) {
  refuse_true(in, {"Ipv6Native"});
  const Vpc* vpc = default_vpc(ctx);
  if (!vpc)
    throw AwsError{"DefaultVpcDoesNotExist",
                   "No default VPC exists for this account in this region."};
  const Zone& zone = zone_for_subnet(ctx, in.optional_string("AvailabilityZone"),
                                     in.optional_string("AvailabilityZoneId"));
  const auto subnets = ctx.by<Subnet>("vpc:" + vpc->id);
  for (const Subnet* subnet : subnets)
    if (subnet->is_default && subnet->zone == zone.name)
      throw AwsError{"DefaultSubnetAlreadyExistsInAvailabilityZone",
                     cat("'", subnet->id, "' is already the default subnet in ", zone.name, ".")};
  for (uint32_t index = 0; index < 16; ++index) {
    const Cidr block = default_block(index);
    bool taken = false;
    for (const Subnet* subnet : subnets) taken |= subnet->cidr.overlaps(block);
    if (taken) continue;
    return {{"Subnet", describe_subnet(ctx, add_default_subnet(ctx, *vpc, block, zone))}};
  }
  throw AwsError{"InsufficientFreeAddressesInVpc", "There is no room for another default subnet."};
}

}  // namespace

HandlerRows default_vpc_rows() {
  static const HandlerRow rows[] = {
      {"CreateDefaultVpc", Writes, create_default_vpc},
      {"CreateDefaultSubnet", Writes, create_default_subnet},
  };
  return rows;
}

}  // namespace squall::ec2
