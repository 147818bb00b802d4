// Network interfaces as other services make them, and the addresses of subnets.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

constexpr size_t groups_max = 5;  // an interface, AWS's default quota

uint32_t ip_of_host(const Subnet& subnet, int64_t host) {
  return subnet.cidr.first() + static_cast<uint32_t>(host);
}

bool is_taken(const sim::Scope& scope, const Subnet& subnet, const std::string& ip) {
  for (const NetworkInterface* interface : scope.by<NetworkInterface>("ip:" + ip))
    if (interface->vpc_id == subnet.vpc_id) return true;
  return false;
}

std::string take_wanted(const sim::Scope& scope, Subnet& subnet, std::string_view wanted) {
  const auto ip = parse_ipv4(wanted);
  if (!ip) throw invalid_parameter_value(cat("invalid value for parameter address: ", wanted));
  if (!subnet.cidr.contains(*ip))
    throw invalid_parameter_value("Address does not fall within the subnet's address range");
  const int64_t host = *ip - subnet.cidr.first();
  if (host < 4 || host == static_cast<int64_t>(subnet.cidr.size()) - 1)
    throw invalid_parameter_value("Address is in subnet's reserved address range");
  const std::string text = format_ipv4(*ip);
  if (is_taken(scope, subnet, text))
    throw AwsError{"InvalidIPAddress.InUse", cat("Address ", text, " is in use.")};
  ++subnet.used;
  return text;
}

}  // namespace

std::string take_address(sim::Scope& scope, Subnet& subnet, std::string_view wanted) {
  if (!wanted.empty()) return take_wanted(scope, subnet, wanted);
  // Addresses asked for by name may lie in either range: those are passed over.
  while (!subnet.free_hosts.empty()) {
    const std::string ip = format_ipv4(ip_of_host(subnet, subnet.free_hosts.back()));
    subnet.free_hosts.pop_back();
    if (is_taken(scope, subnet, ip)) continue;
    ++subnet.used;
    return ip;
  }
  const auto last = static_cast<int64_t>(subnet.cidr.size()) - 1;
  while (subnet.next_host < last) {
    const std::string ip = format_ipv4(ip_of_host(subnet, subnet.next_host++));
    if (is_taken(scope, subnet, ip)) continue;
    ++subnet.used;
    return ip;
  }
  throw AwsError{
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request."};
}

void give_back_address(Subnet& subnet, std::string_view address) {
  const auto ip = parse_ipv4(address);
  if (!ip || !subnet.cidr.contains(*ip)) return;
  --subnet.used;
  const int64_t host = *ip - subnet.cidr.first();
  if (host < subnet.next_host) subnet.free_hosts.push_back(host);
}

std::string private_dns_name(const sim::Scope& scope, std::string_view ip) {
  std::string name = cat("ip-", ip);
  for (char& c : name)
    if (c == '.') c = '-';
  return scope.region() == "us-east-1" ? name + ".ec2.internal"
                                       : cat(name, ".", scope.region(), ".compute.internal");
}

std::string public_dns_name(const sim::Scope& scope, std::string_view ip) {
  std::string name = cat("ec2-", ip);
  for (char& c : name)
    if (c == '.') c = '-';
  return scope.region() == "us-east-1" ? name + ".compute-1.amazonaws.com"
                                       : cat(name, ".", scope.region(), ".compute.amazonaws.com");
}

namespace {

std::string mac_of(std::string_view id) {
  const std::string digits = hex16(stable_hash(id, 6));
  std::string mac = "0a";
  for (size_t i = 0; i < 10; i += 2) mac += cat(':', digits.substr(i, 2));
  return mac;
}

}  // namespace

NetworkInterface& create_interface(sim::Scope& scope, const InterfaceSpec& spec) {
  Subnet& subnet = require_edit<Subnet>(scope, spec.subnet_id);
  const Vpc& vpc = require<Vpc>(scope, subnet.vpc_id);
  NetworkInterface interface;
  interface.group_ids = groups_or_default(scope, vpc, spec.group_ids);
  if (interface.group_ids.size() > groups_max)
    throw AwsError{"SecurityGroupsPerInterfaceLimitExceeded",
                   "The maximum number of security groups per interface has been reached."};
  interface.private_ip = take_address(scope, subnet, spec.private_ip);
  interface.id = scope.new_id("eni", subnet.id);
  interface.vpc_id = subnet.vpc_id;
  interface.subnet_id = subnet.id;
  interface.zone = subnet.zone;
  interface.mac = mac_of(interface.id);
  interface.description = spec.description;
  interface.interface_type = spec.interface_type;
  interface.requester_id = spec.requester_id;
  if (spec.associate_public_ip) interface.public_ip = new_public_address(scope);
  if (!spec.requester_id.empty()) {
    interface.status = "in-use";
    interface.attachment_id = scope.new_id("ela-attach", interface.id);
    interface.device_index = 1;
    interface.attached = scope.now();
  }
  return scope.add(std::move(interface));
}

void delete_interface(sim::Scope& scope, std::string_view id) {
  const NetworkInterface* found = scope.view<NetworkInterface>(id);
  if (!found) return;
  const NetworkInterface gone = *found;
  Strings allocations;
  for (const Address* address : scope.by<Address>("interface:" + gone.id))
    allocations.push_back(address->id);
  for (const std::string& allocation : allocations)
    disassociate_address(scope, scope.edit<Address>(allocation));
  Subnet& subnet = scope.edit<Subnet>(gone.subnet_id);
  give_back_address(subnet, gone.private_ip);
  for (const std::string& ip : gone.secondary_ips) give_back_address(subnet, ip);
  mark_routes(scope, gone.id, true);
  Strings flow_logs;
  for (const FlowLog* log : scope.by<FlowLog>("resource:" + gone.id)) flow_logs.push_back(log->id);
  for (const std::string& log : flow_logs) scope.erase<FlowLog>(log);
  scope.erase<NetworkInterface>(gone.id);
}

}  // namespace squall::ec2
