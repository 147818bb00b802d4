// A load balancer's place in the network: subnets, nodes, security groups, address type.
#include <algorithm>
#include <set>

#include "services/ec2/ec2.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {

namespace {

constexpr uint64_t free_addresses_min = 8;
constexpr uint64_t reserved_addresses = 5;

void check_subnet(const LoadBalancer& lb, const ec2::Subnet& subnet) {
  if (lb.vpc_id != subnet.vpc_id)
    throw invalid_configuration("The subnets must all be in the same VPC");
  const uint64_t taken = static_cast<uint64_t>(subnet.used) + reserved_addresses;
  const uint64_t size = subnet.cidr.size();
  if (size < taken || size - taken < free_addresses_min)
    throw invalid_subnet(cat("Not enough IP space available in ", subnet.id,
                             ". ELB requires at least ", free_addresses_min,
                             " free IP addresses in each subnet."));
}

void attach_address(sim::Scope& scope, const LoadBalancerZone& zone) {
  ec2::Address& address = scope.edit<ec2::Address>(zone.allocation_id);
  address.association_id = scope.new_id("eipassoc", zone.interface_id);
  address.interface_id = zone.interface_id;
  address.private_ip = zone.private_ip;
  const std::string association = address.association_id, ip = address.public_ip;
  ec2::NetworkInterface& node = scope.edit<ec2::NetworkInterface>(zone.interface_id);
  node.allocation_id = zone.allocation_id;
  node.association_id = association;
  node.public_ip = ip;
}

}  // namespace

std::vector<ZoneRequest> zone_requests(const Input& in) {
  std::vector<ZoneRequest> wanted;
  const auto subnets = in.strings("Subnets");
  const auto mappings = in.list("SubnetMappings");
  if (!subnets.empty() && !mappings.empty())
    throw validation_error("You can't specify both subnets and subnet mappings");
  for (const std::string& id : subnets) wanted.push_back({id, "", ""});
  for (const Input& m : mappings)
    wanted.push_back(
        {m.string("SubnetId"), m.string("AllocationId"), m.string("PrivateIPv4Address")});
  return wanted;
}

std::vector<LoadBalancerZone> check_zones(const sim::Scope& scope, LoadBalancer& lb,
                                          const std::vector<ZoneRequest>& wanted) {
  if (wanted.empty()) throw validation_error("At least one subnet must be specified");
  std::vector<LoadBalancerZone> zones;
  std::set<std::string> names;
  for (const ZoneRequest& w : wanted) {
    const ec2::Subnet* subnet = scope.view<ec2::Subnet>(w.subnet_id);
    if (!subnet) throw subnet_not_found(w.subnet_id);
    if (lb.vpc_id.empty()) lb.vpc_id = subnet->vpc_id;
    check_subnet(lb, *subnet);
    if (!names.insert(subnet->zone).second)
      throw invalid_configuration(
          "A load balancer cannot be attached to multiple subnets in the same Availability Zone");
    LoadBalancerZone zone;
    zone.zone = subnet->zone;
    zone.subnet_id = subnet->id;
    zone.private_ip = w.private_ip;
    zone.allocation_id = w.allocation_id;
    if (!w.allocation_id.empty()) {
      if (lb.type != "network" || lb.scheme != "internet-facing")
        throw invalid_configuration("Elastic IPs are only supported for internet-facing network "
                                    "load balancers");
      const ec2::Address* address = scope.view<ec2::Address>(w.allocation_id);
      if (!address) throw allocation_not_found(w.allocation_id);
      zone.public_ip = address->public_ip;
    }
    zones.push_back(std::move(zone));
  }
  if (lb.type == "application" && zones.size() < 2)
    throw invalid_configuration(
        "At least two subnets in two different Availability Zones must be specified");
  if (lb.scheme == "internet-facing" &&
      scope.by<ec2::InternetGateway>("vpc:" + lb.vpc_id).empty())
    throw invalid_subnet(cat("VPC ", lb.vpc_id, " has no internet gateway"));
  std::ranges::sort(zones, {}, &LoadBalancerZone::zone);
  return zones;
}

void make_node(sim::Scope& scope, const LoadBalancer& lb, LoadBalancerZone& zone) {
  ec2::InterfaceSpec spec;
  spec.subnet_id = zone.subnet_id;
  spec.group_ids = lb.group_ids;
  spec.description = cat("ELB ", arn_path(lb.id));
  spec.requester_id = "amazon-elb";
  if (lb.type == "network") spec.interface_type = "network_load_balancer";
  spec.private_ip = zone.private_ip;
  spec.associate_public_ip = lb.scheme == "internet-facing" && zone.allocation_id.empty();
  const ec2::NetworkInterface& node = ec2::create_interface(scope, spec);
  zone.interface_id = node.id;
  zone.private_ip = node.private_ip;
  if (spec.associate_public_ip) zone.public_ip = node.public_ip;
  if (!zone.allocation_id.empty()) attach_address(scope, zone);
}

void remove_node(sim::Scope& scope, const LoadBalancerZone& zone) {
  if (!zone.allocation_id.empty() && scope.has<ec2::Address>(zone.allocation_id)) {
    ec2::Address& address = scope.edit<ec2::Address>(zone.allocation_id);
    address.association_id.clear();
    address.interface_id.clear();
    address.private_ip.clear();
    if (scope.has<ec2::NetworkInterface>(zone.interface_id)) {
      ec2::NetworkInterface& node = scope.edit<ec2::NetworkInterface>(zone.interface_id);
      node.allocation_id.clear();
      node.association_id.clear();
      node.public_ip.clear();
    }
  }
  ec2::delete_interface(scope, zone.interface_id);
}

std::vector<std::string> check_groups(const sim::Scope& scope, const std::string& vpc_id,
                                      std::vector<std::string> group_ids) {
  for (const std::string& id : group_ids) {
    const ec2::SecurityGroup* group = scope.view<ec2::SecurityGroup>(id);
    if (!group) throw invalid_security_group(id);
    if (group->vpc_id != vpc_id)
      throw invalid_configuration("One or more security groups are invalid");
  }
  return group_ids;
}

Value describe_zones(const LoadBalancer& lb) {
  return list_of(lb.zones, [&](const LoadBalancerZone& z) {
    Value addresses = Value::list();
    if (!z.allocation_id.empty())
      addresses.push({{"IpAddress", z.public_ip}, {"AllocationId", z.allocation_id}});
    return Value{
        {"ZoneName", z.zone}, {"SubnetId", z.subnet_id}, {"LoadBalancerAddresses", addresses}};
  });
}

namespace {

Value set_security_groups(Context& ctx, Input in) {
  const std::string arn = in.string("LoadBalancerArn");
  const LoadBalancer& lb = find_load_balancer(ctx, arn);
  const auto groups = check_groups(ctx, lb.vpc_id, in.strings("SecurityGroups"));
  if (groups.empty())
    throw invalid_configuration("At least one security group must be specified");
  LoadBalancer& changed = ctx.edit<LoadBalancer>(arn);
  changed.group_ids = groups;
  for (const LoadBalancerZone& z : changed.zones)
    if (ctx.has<ec2::NetworkInterface>(z.interface_id))
      ctx.edit<ec2::NetworkInterface>(z.interface_id).group_ids = groups;
  return {{"SecurityGroupIds", groups}};
}

Value set_subnets(Context& ctx, Input in) {
  const std::string arn = in.string("LoadBalancerArn");
  LoadBalancer lb = find_load_balancer(ctx, arn);
  const std::vector<LoadBalancerZone> before = lb.zones;
  lb.ip_address_type = in.string("IpAddressType", lb.ip_address_type);
  std::vector<LoadBalancerZone> after = check_zones(ctx, lb, zone_requests(in));
  auto same_subnet = [](const std::vector<LoadBalancerZone>& zones, const std::string& subnet) {
    return std::ranges::find(zones, subnet, &LoadBalancerZone::subnet_id);
  };
  for (const LoadBalancerZone& z : before) {
    if (same_subnet(after, z.subnet_id) != after.end()) continue;
    if (lb.type == "network")
      throw invalid_configuration("Subnets cannot be removed from a network load balancer");
    remove_node(ctx, z);
  }
  for (LoadBalancerZone& z : after) {
    const auto kept = same_subnet(before, z.subnet_id);
    if (kept != before.end())
      z = *kept;
    else
      make_node(ctx, lb, z);
  }
  LoadBalancer& changed = ctx.edit<LoadBalancer>(arn);
  changed.zones = std::move(after);
  changed.ip_address_type = lb.ip_address_type;
  return {{"AvailabilityZones", describe_zones(changed)},
          {"IpAddressType", changed.ip_address_type}};
}

Value set_ip_address_type(Context& ctx, Input in) {
  const std::string arn = in.string("LoadBalancerArn");
  const LoadBalancer& lb = find_load_balancer(ctx, arn);
  const std::string type = in.string("IpAddressType");
  if (type != "ipv4" && lb.type == "application" && lb.scheme == "internal" &&
      type == "dualstack-without-public-ipv4")
    throw invalid_configuration("IP address type 'dualstack-without-public-ipv4' is only "
                                "supported for internet-facing load balancers");
  ctx.edit<LoadBalancer>(arn).ip_address_type = type;
  return {{"IpAddressType", type}};
}

const api::HandlerRow rows[] = {
    {"SetSecurityGroups", Writes, set_security_groups},
    {"SetSubnets", Writes, set_subnets},
    {"SetIpAddressType", Writes, set_ip_address_type},
};

}  // namespace

std::span<const api::HandlerRow> load_balancer_network_rows() { return rows; }

}  // namespace squall::elbv2
