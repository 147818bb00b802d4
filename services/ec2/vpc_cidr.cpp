// Secondary IPv4 blocks of VPCs.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

constexpr size_t blocks_max = 5;

/// Blocks of one private family may not join a VPC of another (AWS's table of restrictions).
bool is_restricted(const Cidr& primary, const Cidr& added) {
  constexpr Cidr families[] = {
      {10u << 24, 8}, {172u << 24 | 16u << 16, 12}, {192u << 24 | 168u << 16, 16}};
  for (const Cidr& mine : families) {
    if (!mine.contains(primary)) continue;
    for (const Cidr& other : families)
      if (!(other == mine) && other.overlaps(added)) return true;
  }
  return false;
}

Value shown(const CidrAssociation& a, std::string_view state) {
  return {{"AssociationId", a.association_id},
          {"CidrBlock", a.cidr.text()},
          {"CidrBlockState", Value{{"State", state}}}};
}

Value associate_vpc_cidr_block(Context& ctx, Input in) {
  refuse(in, {"Ipv6CidrBlockNetworkBorderGroup", "Ipv6Pool", "Ipv6CidrBlock", "Ipv4IpamPoolId",
              "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength"});
  refuse_true(in, {"AmazonProvidedIpv6CidrBlock"});
  const auto block = in.optional_string("CidrBlock");
  if (!block)
    throw missing_parameter_words(
        "Either 'cidrBlock', 'ipv6CidrBlock' or 'amazonProvidedIpv6CidrBlock' should be provided.");
  Vpc& vpc = require_edit<Vpc>(ctx, in.string("VpcId"));
  const Cidr cidr = parse_vpc_cidr(*block);
  if (is_restricted(vpc.cidr, cidr))
    throw AwsError{"InvalidVpc.Range",
                   cat("The CIDR '", *block,
                       "' is restricted. Use a CIDR from the same private address range as the "
                       "current VPC CIDR, or use a publicly-routable CIDR. For additional "
                       "restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/"
                       "VPC_Subnets.html#VPC_Sizing")};
  for (const CidrAssociation& a : vpc.associations)
    if (a.cidr.overlaps(cidr))
      throw AwsError{"InvalidVpc.Range",
                     cat("The CIDR '", *block, "' conflicts with another CIDR block of the VPC.")};
  if (vpc.associations.size() >= blocks_max)
    throw AwsError{"CidrLimitExceeded",
                   cat("This network '", vpc.id,
                       "' has met its maximum number of allowed CIDRs: ", blocks_max)};
  const CidrAssociation added{ctx.new_id("vpc-cidr-assoc", vpc.id), cidr};
  vpc.associations.push_back(added);
  Strings tables;
  for (const RouteTable* table : ctx.by<RouteTable>("vpc:" + vpc.id)) tables.push_back(table->id);
  for (const std::string& id : tables) ctx.edit<RouteTable>(id).routes.push_back(local_route(cidr));
  return {{"VpcId", vpc.id}, {"CidrBlockAssociation", shown(added, "associating")}};
}

Value disassociate_vpc_cidr_block(Context& ctx, Input in) {
  const std::string id = in.string("AssociationId");
  const auto found = ctx.by<Vpc>("cidr:" + id);
  if (found.empty())
    throw AwsError{"InvalidVpcCidrBlockAssociationID.NotFound",
                   cat("The vpc CIDR block association ID '", id, "' does not exist")};
  Vpc& vpc = ctx.edit<Vpc>(found.front()->id);
  if (vpc.associations.front().association_id == id)
    throw operation_not_permitted(
        cat("The vpc CIDR block with association ID ", id,
            " may not be disassociated. It is the primary IPv4 CIDR block of the VPC"));
  const auto at = std::find_if(vpc.associations.begin(), vpc.associations.end(),
                               [&](const CidrAssociation& a) { return a.association_id == id; });
  const CidrAssociation removed = *at;
  for (const Subnet* subnet : ctx.by<Subnet>("vpc:" + vpc.id))
    if (removed.cidr.contains(subnet->cidr))
      throw AwsError{"InvalidCidrBlock.InUse",
                     cat("The vpc ", vpc.id, " currently has a subnet within CIDR block ",
                         removed.cidr.text())};
  vpc.associations.erase(at);
  Strings tables;
  for (const RouteTable* table : ctx.by<RouteTable>("vpc:" + vpc.id)) tables.push_back(table->id);
  for (const std::string& table : tables)
    std::erase_if(ctx.edit<RouteTable>(table).routes, [&](const Route& r) {
      return r.target == "local" && r.destination == removed.cidr;
    });
  return {{"VpcId", vpc.id}, {"CidrBlockAssociation", shown(removed, "disassociating")}};
}

}  // namespace

HandlerRows vpc_cidr_rows() {
  static const HandlerRow rows[] = {
      {"AssociateVpcCidrBlock", Writes, associate_vpc_cidr_block},
      {"DisassociateVpcCidrBlock", Writes, disassociate_vpc_cidr_block},
  };
  return rows;
}

}  // namespace squall::ec2
