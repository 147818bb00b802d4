// Network interfaces: created, deleted, described.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

/// The public side of one private address, or absent.
Value describe_association(const sim::Scope& scope, const NetworkInterface& interface,
                           const std::string& ip) {
  for (const Address* address : scope.by<Address>("interface:" + interface.id))
    if (address->private_ip == ip)
      return {{"AllocationId", address->id},
              {"AssociationId", address->association_id},
              {"IpOwnerId", scope.account()},
              {"PublicDnsName", public_dns_name(scope, address->public_ip)},
              {"PublicIp", address->public_ip}};
  if (interface.public_ip.empty() || ip != interface.private_ip) return {};
  return {{"IpOwnerId", interface.requester_id.empty() ? "amazon" : interface.requester_id},
          {"PublicDnsName", public_dns_name(scope, interface.public_ip)},
          {"PublicIp", interface.public_ip}};
}

Value describe_address(const sim::Scope& scope, const NetworkInterface& interface,
                       const std::string& ip) {
  return {{"Association", describe_association(scope, interface, ip)},
          {"Primary", ip == interface.private_ip},
          {"PrivateDnsName", private_dns_name(scope, ip)},
          {"PrivateIpAddress", ip}};
}

}  // namespace

Value describe_attachment(const sim::Scope& scope, const NetworkInterface& interface) {
  if (interface.attachment_id.empty()) return {};
  Value shown{{"AttachmentId", interface.attachment_id},
              {"DeleteOnTermination", interface.delete_on_termination},
              {"DeviceIndex", interface.device_index},
              {"NetworkCardIndex", 0},
              {"Status", "attached"},
              {"AttachTime", interface.attached}};
  if (interface.instance_id.empty()) {
    shown.set("InstanceOwnerId", interface.requester_id);
  } else {
    shown.set("InstanceId", interface.instance_id);
    shown.set("InstanceOwnerId", scope.account());
  }
  return shown;
}

Value describe_interface(const sim::Scope& scope, const NetworkInterface& interface) {
  Value addresses = Value::list();
  addresses.push(describe_address(scope, interface, interface.private_ip));
  for (const std::string& ip : interface.secondary_ips)
    addresses.push(describe_address(scope, interface, ip));
  Value shown{{"NetworkInterfaceId", interface.id},
              {"Association", describe_association(scope, interface, interface.private_ip)},
              {"Attachment", describe_attachment(scope, interface)},
              {"AvailabilityZone", interface.zone},
              {"Description", interface.description},
              {"Groups", describe_group_identifiers(scope, interface.group_ids)},
              {"InterfaceType", interface.interface_type},
              {"Ipv6Addresses", Value::list()},
              {"MacAddress", interface.mac},
              {"OwnerId", scope.account()},
              {"PrivateDnsName", private_dns_name(scope, interface.private_ip)},
              {"PrivateIpAddress", interface.private_ip},
              {"PrivateIpAddresses", addresses},
              {"RequesterManaged", !interface.requester_id.empty()},
              {"SourceDestCheck", interface.source_dest_check},
              {"Status", interface.status},
              {"SubnetId", interface.subnet_id},
              {"VpcId", interface.vpc_id},
              {"TagSet", describe_tags(interface.tags)}};
  if (!interface.requester_id.empty()) shown.set("RequesterId", interface.requester_id);
  if (const Subnet* subnet = scope.view<Subnet>(interface.subnet_id))
    shown.set("AvailabilityZoneId", subnet->zone_id);
  return shown;
}

namespace {

/// The primary address asked for, and the secondary ones, of CreateNetworkInterface.
struct WantedAddresses {
  std::string primary;
  Strings secondary;
};

WantedAddresses wanted_addresses(const Input& in) {
  WantedAddresses wanted{in.string("PrivateIpAddress"), {}};
  for (const Input& address : in.list("PrivateIpAddresses")) {
    const std::string ip = address.string("PrivateIpAddress");
    if (!address.boolean("Primary")) {
      wanted.secondary.push_back(ip);
      continue;
    }
    if (!wanted.primary.empty())
      throw invalid_parameter_value("Only one primary private IP address can be specified.");
    wanted.primary = ip;
  }
  return wanted;
}

Value create_network_interface(Context& ctx, Input in) {
  refuse(in, {"Ipv4Prefixes", "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount",
              "ConnectionTrackingSpecification", "Operator", "Ipv6Addresses", "Ipv6AddressCount"});
  refuse_true(in, {"EnablePrimaryIpv6"});
  const std::string type = in.string("InterfaceType", "interface");
  if (type != "interface" && type != "efa" && type != "efa-only" && type != "trunk" &&
      type != "branch")
    throw invalid_parameter_value(cat("Invalid value '", type, "' for InterfaceType."));
  const WantedAddresses wanted = wanted_addresses(in);
  InterfaceSpec spec;
  spec.subnet_id = in.string("SubnetId");
  spec.group_ids = in.strings("Groups");
  spec.description = in.string("Description");
  spec.interface_type = type;
  spec.private_ip = wanted.primary;
  NetworkInterface& interface = create_interface(ctx, spec);
  Subnet& subnet = ctx.edit<Subnet>(interface.subnet_id);
  for (const std::string& ip : wanted.secondary)
    interface.secondary_ips.push_back(take_address(ctx, subnet, ip));
  const int64_t more = in.integer("SecondaryPrivateIpAddressCount");
  if (more > 0 && !wanted.secondary.empty())
    throw invalid_parameter_combination(
        "secondaryPrivateIpAddressCount cannot be specified with privateIpAddresses");
  for (int64_t i = 0; i < more; ++i)
    interface.secondary_ips.push_back(take_address(ctx, subnet, ""));
  interface.tags = tags_for(in, "network-interface");
  in.ignore("ClientToken");
  Value shown = describe_interface(ctx, interface);
  shown.set("Status", "pending");
  return {{"NetworkInterface", shown}, {"ClientToken", in.optional_string("ClientToken")}};
}

Value delete_network_interface(Context& ctx, Input in) {
  const std::string id = in.string("NetworkInterfaceId");
  const NetworkInterface& interface = require<NetworkInterface>(ctx, id);
  if (interface.status != "available")
    throw invalid_parameter_value(cat("Network interface '", id, "' is currently in use."));
  delete_interface(ctx, id);
  return Value::map();
}

using S = Shown<NetworkInterface>;

Strings one(const std::string& text) { return text.empty() ? Strings{} : Strings{text}; }
Strings if_attached(const S& s, std::string text) {
  return s->attachment_id.empty() ? Strings{} : Strings{std::move(text)};
}
Strings addresses_of(const S& s) {
  Strings ips = s->secondary_ips;
  ips.push_back(s->private_ip);
  return ips;
}
Strings group_names(const S& s) {
  Strings names;
  for (const std::string& id : s->group_ids)
    if (const SecurityGroup* group = s.scope->view<SecurityGroup>(id)) names.push_back(group->name);
  return names;
}
Strings public_ips(const S& s) { return one(s->public_ip); }
Strings ip_owner(const S& s) {
  if (s->public_ip.empty()) return {};
  return {s->allocation_id.empty() ? std::string("amazon") : s.scope->account()};
}
Strings public_name(const S& s) {
  if (s->public_ip.empty()) return {};
  return {public_dns_name(*s.scope, s->public_ip)};
}

const ShownFilter<NetworkInterface> filters[] = {
    {"network-interface-id", [](const S& s) { return Strings{s->id}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
    {"subnet-id", [](const S& s) { return Strings{s->subnet_id}; }, "subnet:"},
    {"availability-zone", [](const S& s) { return Strings{s->zone}; }},
    {"status", [](const S& s) { return Strings{s->status}; }},
    {"description", [](const S& s) { return Strings{s->description}; }},
    {"interface-type", [](const S& s) { return Strings{s->interface_type}; }},
    {"group-id", [](const S& s) { return s->group_ids; }, "group:"},
    {"group-name", group_names},
    {"mac-address", [](const S& s) { return Strings{s->mac}; }},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
    {"private-ip-address", [](const S& s) { return Strings{s->private_ip}; }},
    {"private-dns-name",
     [](const S& s) { return Strings{private_dns_name(*s.scope, s->private_ip)}; }},
    {"addresses.private-ip-address", addresses_of},
    {"addresses.primary", [](const S&) { return Strings{"true"}; }},
    {"addresses.association.public-ip", public_ips},
    {"addresses.association.owner-id", ip_owner},
    {"association.public-ip", public_ips},
    {"association.ip-owner-id", ip_owner},
    {"association.public-dns-name", public_name},
    {"association.allocation-id", [](const S& s) { return one(s->allocation_id); }},
    {"association.association-id", [](const S& s) { return one(s->association_id); }},
    {"attachment.attachment-id", [](const S& s) { return one(s->attachment_id); }},
    {"attachment.instance-id", [](const S& s) { return one(s->instance_id); }, "instance:"},
    {"attachment.instance-owner-id",
     [](const S& s) {
       return if_attached(s, s->instance_id.empty() ? s->requester_id : s.scope->account());
     }},
    {"attachment.device-index", [](const S& s) { return if_attached(s, cat(s->device_index)); }},
    {"attachment.status", [](const S& s) { return if_attached(s, "attached"); }},
    {"attachment.delete-on-termination",
     [](const S& s) { return if_attached(s, text_of(s->delete_on_termination)); }},
    {"attachment.attach-time",
     [](const S& s) { return s->attached ? Strings{format_iso8601_ms(*s->attached)} : Strings{}; }},
    {"requester-id", [](const S& s) { return one(s->requester_id); }},
    {"requester-managed", [](const S& s) { return Strings{text_of(!s->requester_id.empty())}; }},
    {"source-dest-check", [](const S& s) { return Strings{text_of(s->source_dest_check)}; }},
    {"ipv6-addresses.ipv6-address", [](const S&) { return Strings{}; }},
};

Value describe_network_interfaces(Context& ctx, Input in) {
  in.ignore("IncludeManagedResources");  // no interface is hidden here
  if (in.has("NetworkInterfaceIds") && in.has("MaxResults"))
    throw invalid_parameter_combination(
        "The parameter networkInterfaceSet cannot be used with the parameter maxResults");
  return describe_records<NetworkInterface>(
      ctx, in, "NetworkInterfaceIds", "NetworkInterfaces", filters,
      [&](const NetworkInterface& i) { return describe_interface(ctx, i); });
}

}  // namespace

HandlerRows network_interface_rows() {
  static const HandlerRow rows[] = {
      {"CreateNetworkInterface", Writes, create_network_interface},
      {"DeleteNetworkInterface", Writes, delete_network_interface},
      {"DescribeNetworkInterfaces", Reads, describe_network_interfaces},
  };
  return rows;
}

}  // namespace squall::ec2
