// Elastic IP addresses and what they are associated with.
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe(const sim::Scope& scope, const Address& address) {
  Value shown{{"AllocationId", address.id},
              {"PublicIp", address.public_ip},
              {"PublicIpv4Pool", "amazon"},
              {"NetworkBorderGroup", address.network_border_group},
              {"Domain", "vpc"},
              {"Tags", describe_tags(address.tags, true)}};
  if (address.association_id.empty()) return shown;
  shown.set("AssociationId", address.association_id);
  shown.set("NetworkInterfaceId", address.interface_id);
  shown.set("NetworkInterfaceOwnerId", scope.account());
  shown.set("PrivateIpAddress", address.private_ip);
  if (!address.instance_id.empty()) shown.set("InstanceId", address.instance_id);
  if (const NetworkInterface* interface = scope.view<NetworkInterface>(address.interface_id))
    shown.set("SubnetId", interface->subnet_id);
  return shown;
}

/// Shows `public_ip` at the instance whose primary interface this is.
void show_at_instance(sim::Scope& scope, const NetworkInterface& interface,
                      std::string_view public_ip) {
  if (interface.instance_id.empty() || interface.device_index != 0) return;
  if (scope.has<Instance>(interface.instance_id))
    scope.edit<Instance>(interface.instance_id).public_ip = public_ip;
}

}  // namespace

void associate_address(sim::Scope& scope, Address& address, NetworkInterface& interface,
                       std::string_view private_ip) {
  address.association_id = scope.new_id("eipassoc", address.id);
  address.interface_id = interface.id;
  address.instance_id = interface.instance_id;
  address.private_ip = private_ip;
  if (private_ip != interface.private_ip) return;
  interface.public_ip = address.public_ip;
  interface.allocation_id = address.id;
  interface.association_id = address.association_id;
  show_at_instance(scope, interface, address.public_ip);
}

void disassociate_address(sim::Scope& scope, Address& address) {
  if (scope.has<NetworkInterface>(address.interface_id)) {
    NetworkInterface& interface = scope.edit<NetworkInterface>(address.interface_id);
    if (interface.allocation_id == address.id) {
      interface.public_ip.clear();
      interface.allocation_id.clear();
      interface.association_id.clear();
      show_at_instance(scope, interface, "");
    }
  }
  address.association_id.clear();
  address.interface_id.clear();
  address.instance_id.clear();
  address.private_ip.clear();
}

namespace {

AwsError no_such_ip(std::string_view ip) {
  return {"InvalidAddress.NotFound", cat("Address '", ip, "' not found.")};
}

const Address& address_by_ip(const sim::Scope& scope, const std::string& ip) {
  const auto found = scope.by<Address>("ip:" + ip);
  if (found.empty()) throw no_such_ip(ip);
  return *found.front();
}

Value allocate_address(Context& ctx, Input in) {
  refuse(in, {"CustomerOwnedIpv4Pool", "IpamPoolId"});
  const std::string domain = in.string("Domain", "vpc");
  if (domain != "vpc" && domain != "standard")
    throw invalid_parameter_value(cat("Invalid value '", domain, "' for domain."));
  const std::string pool = in.string("PublicIpv4Pool", "amazon");
  if (pool != "amazon")
    throw AwsError{"InvalidPublicIpv4PoolID.NotFound",
                   cat("The pool ID '", pool, "' does not exist")};
  const std::string border = in.string("NetworkBorderGroup", ctx.region());
  if (border != ctx.region())
    throw invalid_parameter_value(
        cat("Invalid value '", border, "' for NetworkBorderGroup. Not a group of this region."));
  if (const auto wanted = in.optional_string("Address")) throw no_such_ip(*wanted);
  Address address;
  address.id = ctx.new_id("eipalloc");
  address.public_ip = new_public_address(ctx);
  address.network_border_group = border;
  address.tags = tags_for(in, "elastic-ip");
  Value answer{{"PublicIp", address.public_ip},
               {"AllocationId", address.id},
               {"PublicIpv4Pool", "amazon"},
               {"NetworkBorderGroup", border},
               {"Domain", "vpc"}};
  ctx.add(std::move(address));
  return answer;
}

Value release_address(Context& ctx, Input in) {
  const auto id = in.optional_string("AllocationId");
  const auto ip = in.optional_string("PublicIp");
  const std::string border = in.string("NetworkBorderGroup", ctx.region());
  if (!id && !ip)
    throw missing_parameter_words("Either public IP or allocation id must be specified");
  if (id && ip)
    throw invalid_parameter_combination(
        "You may specify public IP or allocation id, but not both "
        "in the same call");
  if (ip) {
    address_by_ip(ctx, *ip);
    throw invalid_parameter_value(
        "You must specify an allocation id when releasing a VPC elastic IP address");
  }
  const Address& address = require<Address>(ctx, *id);
  if (border != address.network_border_group)
    throw invalid_parameter_value(cat("Invalid value '", border, "' for NetworkBorderGroup."));
  if (!address.association_id.empty())
    throw AwsError{"InvalidIPAddress.InUse", cat("Address ", address.public_ip, " is in use.")};
  ctx.erase<Address>(*id);
  return Value::map();
}

/// The interface that AssociateAddress means.
std::string target_interface(const Context& ctx, const Input& in) {
  const auto instance_id = in.optional_string("InstanceId");
  const auto interface_id = in.optional_string("NetworkInterfaceId");
  if (instance_id && interface_id)
    throw invalid_parameter_combination(
        "You may specify instance ID or network interface ID, but not both in the same call");
  if (interface_id) return require<NetworkInterface>(ctx, *interface_id).id;
  if (!instance_id)
    throw missing_parameter_words("Either instance ID or network interface id must be specified");
  const Instance* instance = ctx.view<Instance>(*instance_id);
  if (!instance)
    throw AwsError{"InvalidInstanceID.NotFound",
                   cat("The instance ID '", *instance_id, "' does not exist")};
  if (instance->state != "running" && instance->state != "stopped" && instance->state != "stopping")
    throw AwsError{"InvalidInstanceID", cat("The ", instance->state, " instance '", *instance_id,
                                            "' is not in a valid state for this operation.")};
  return instance->primary_interface_id;
}

AwsError already_associated(std::string_view resource, std::string_view association) {
  return {"Resource.AlreadyAssociated",
          cat("resource ", resource, " is already associated with associate-id ", association)};
}

Value associate(Context& ctx, Input in) {
  const auto id = in.optional_string("AllocationId");
  const auto ip = in.optional_string("PublicIp");
  if (!id && !ip)
    throw missing_parameter_words("Either public IP or allocation id must be specified");
  Address& address =
      ctx.edit<Address>(id ? require<Address>(ctx, *id).id : address_by_ip(ctx, *ip).id);
  NetworkInterface& interface = ctx.edit<NetworkInterface>(target_interface(ctx, in));
  const std::string private_ip = in.string("PrivateIpAddress", interface.private_ip);
  const auto& secondary = interface.secondary_ips;
  if (private_ip != interface.private_ip &&
      std::find(secondary.begin(), secondary.end(), private_ip) == secondary.end())
    throw invalid_parameter_value(cat("The private IP address '", private_ip,
                                      "' is not assigned to interface ", interface.id));
  if (ctx.by<InternetGateway>("vpc:" + interface.vpc_id).empty())
    throw AwsError{"Gateway.NotAttached",
                   cat("Network ", interface.vpc_id, " is not attached to any internet gateway")};
  const bool may_move = in.boolean("AllowReassociation", true);
  if (address.interface_id == interface.id && address.private_ip == private_ip)
    return {{"AssociationId", address.association_id}};
  if (!address.association_id.empty()) {
    if (!may_move) throw already_associated(address.id, address.association_id);
    disassociate_address(ctx, address);
  }
  for (const Address* other : ctx.by<Address>("interface:" + interface.id)) {
    if (other->private_ip != private_ip) continue;
    if (!may_move) throw already_associated(interface.id, other->association_id);
    disassociate_address(ctx, ctx.edit<Address>(other->id));
    break;
  }
  associate_address(ctx, address, interface, private_ip);
  return {{"AssociationId", address.association_id}};
}

Value disassociate(Context& ctx, Input in) {
  const auto association = in.optional_string("AssociationId");
  const auto ip = in.optional_string("PublicIp");
  if (!association && !ip)
    throw missing_parameter_words("Either public IP or association id must be specified");
  std::string id;
  if (association) {
    const auto found = ctx.by<Address>("association:" + *association);
    if (found.empty() || association->empty())
      throw AwsError{"InvalidAssociationID.NotFound",
                     cat("The association ID '", *association, "' does not exist")};
    id = found.front()->id;
  } else {
    id = address_by_ip(ctx, *ip).id;
  }
  Address& address = ctx.edit<Address>(id);
  const NetworkInterface* interface = ctx.view<NetworkInterface>(address.interface_id);
  if (interface && !interface->requester_id.empty())
    throw AwsError{"AuthFailure", "You do not have permission to access the specified resource."};
  disassociate_address(ctx, address);
  return Value::map();
}

using S = Shown<Address>;
Strings one(const std::string& text) { return text.empty() ? Strings{} : Strings{text}; }

const ShownFilter<Address> filters[] = {
    {"allocation-id", [](const S& s) { return Strings{s->id}; }},
    {"association-id", [](const S& s) { return one(s->association_id); }},
    {"domain", [](const S&) { return Strings{"vpc"}; }},
    {"instance-id", [](const S& s) { return one(s->instance_id); }},
    {"network-border-group", [](const S& s) { return Strings{s->network_border_group}; }},
    {"network-interface-id", [](const S& s) { return one(s->interface_id); }},
    {"network-interface-owner-id",
     [](const S& s) { return s->interface_id.empty() ? Strings{} : Strings{s.scope->account()}; }},
    {"private-ip-address", [](const S& s) { return one(s->private_ip); }},
    {"public-ip", [](const S& s) { return Strings{s->public_ip}; }},
};

Value describe_addresses(Context& ctx, Input in) {
  Strings ids = in.strings("AllocationIds");
  for (const std::string& ip : in.strings("PublicIps")) ids.push_back(address_by_ip(ctx, ip).id);
  return describe_records_by<Address>(ctx, in, ids, "Addresses", filters,
                                      [&](const Address& a) { return describe(ctx, a); });
}

/// Reverse DNS of Elastic IPs: nobody has set any, so the answer lists addresses without records.
Value describe_addresses_attribute(Context& ctx, Input in) {
  const std::string attribute = in.string("Attribute", "domain-name");
  if (attribute != "domain-name")
    throw invalid_parameter_value(cat("Invalid value '", attribute, "' for attribute."));
  const Strings ids = in.strings("AllocationIds");
  for (const std::string& id : ids) require<Address>(ctx, id);
  const PageRequest page = page_of(in, 1);
  const Page found = paginate(
      ctx.all<Address>(), page,
      [&](const Address& a) {
        return ids.empty() || std::find(ids.begin(), ids.end(), a.id) != ids.end();
      },
      [](const Address& a) {
        return Value{{"PublicIp", a.public_ip}, {"AllocationId", a.id}};
      });
  return {{"Addresses", found.items}, {"NextToken", found.next_token}};
}

}  // namespace

HandlerRows address_rows() {
  static const HandlerRow rows[] = {
      {"AllocateAddress", Writes, allocate_address},
      {"ReleaseAddress", Writes, release_address},
      {"AssociateAddress", Writes, associate},
      {"DisassociateAddress", Writes, disassociate},
      {"DescribeAddresses", Reads, describe_addresses},
      {"DescribeAddressesAttribute", Reads, describe_addresses_attribute},
  };
  return rows;
}

}  // namespace squall::ec2
