// Attributes of network interfaces, their attachment to instances, their secondary addresses.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

Value describe_attribute(Context& ctx, Input in) {
  const NetworkInterface& interface =
      require<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  const auto attribute = in.optional_string("Attribute");
  if (!attribute) throw missing_parameter("attribute");
  Value answer{{"NetworkInterfaceId", interface.id}};
  if (*attribute == "description")
    answer.set("Description", Value{{"Value", interface.description}});
  else if (*attribute == "groupSet")
    answer.set("Groups", describe_group_identifiers(ctx, interface.group_ids));
  else if (*attribute == "sourceDestCheck")
    answer.set("SourceDestCheck", Value{{"Value", interface.source_dest_check}});
  else if (*attribute == "attachment")
    answer.set("Attachment", describe_attachment(ctx, interface));
  else if (*attribute == "associatePublicIpAddress")
    answer.set("AssociatePublicIpAddress",
               !interface.public_ip.empty() && interface.allocation_id.empty());
  else
    throw invalid_parameter_value(
        cat("Value (", *attribute, ") for parameter attribute is invalid. Unknown attribute."));
  return answer;
}

/// What an instance shows of its primary interface.
void mirror_at_instance(sim::Scope& scope, const NetworkInterface& interface) {
  if (interface.instance_id.empty() || interface.device_index != 0) return;
  if (!scope.has<Instance>(interface.instance_id)) return;
  Instance& instance = scope.edit<Instance>(interface.instance_id);
  instance.group_ids = interface.group_ids;
  instance.source_dest_check = interface.source_dest_check;
}

void set_attachment(NetworkInterface& interface, const Input& attachment) {
  refuse(attachment, {"DefaultEnaQueueCount", "EnaQueueCount"});
  const std::string id = attachment.string("AttachmentId");
  if (id.empty() || id != interface.attachment_id)
    throw AwsError{"InvalidAttachmentID.NotFound",
                   cat("The attachment ID '", id, "' does not exist")};
  if (const auto keep = attachment.optional_boolean("DeleteOnTermination"))
    interface.delete_on_termination = *keep;
}

Value modify_attribute(Context& ctx, Input in) {
  refuse(in, {"EnaSrdSpecification", "ConnectionTrackingSpecification", "AssociatePublicIpAddress",
              "AssociatedSubnetIds"});
  refuse_true(in, {"EnablePrimaryIpv6"});
  NetworkInterface& interface =
      require_edit<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  const Strings groups = in.strings("Groups");
  const int given =
      in.has("Description") + in.has("SourceDestCheck") + !groups.empty() + in.has("Attachment");
  if (given == 0) throw invalid_parameter_combination("No attributes specified.");
  if (given > 1)
    throw invalid_parameter_combination("Fields for multiple attribute types specified");
  if (!interface.requester_id.empty() && !in.has("Description") && groups.empty())
    throw operation_not_permitted(
        cat("You do not have permission to modify the interface ", interface.id));
  if (const auto text = in.attribute_string("Description")) interface.description = *text;
  if (const auto check = in.attribute_boolean("SourceDestCheck"))
    interface.source_dest_check = *check;
  if (!groups.empty())
    interface.group_ids = groups_or_default(ctx, require<Vpc>(ctx, interface.vpc_id), groups);
  if (in.has("Attachment")) set_attachment(interface, in.at("Attachment"));
  mirror_at_instance(ctx, interface);
  return Value::map();
}

Value reset_attribute(Context& ctx, Input in) {
  NetworkInterface& interface =
      require_edit<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  if (!in.has("SourceDestCheck")) throw missing_parameter("sourceDestCheck");
  in.ignore("SourceDestCheck");  // its text says nothing: being there asks for the reset
  interface.source_dest_check = true;
  mirror_at_instance(ctx, interface);
  return Value::map();
}

Value attach(Context& ctx, Input in) {
  refuse(in, {"EnaSrdSpecification", "EnaQueueCount"});
  const int64_t card = in.integer("NetworkCardIndex");
  if (card != 0) throw invalid_parameter_value("The instance type has one network card: index 0");
  NetworkInterface& interface =
      require_edit<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  const std::string instance_id = in.string("InstanceId");
  const Instance* instance = ctx.view<Instance>(instance_id);
  if (!instance || instance->state == "terminated")
    throw AwsError{"InvalidInstanceID.NotFound",
                   cat("The instance ID '", instance_id, "' does not exist")};
  if (interface.status != "available")
    throw AwsError{"InvalidNetworkInterface.InUse", cat("Interface: ", interface.id, " in use.")};
  if (instance->zone != interface.zone)
    throw invalid_parameter_value(
        "You may not attach a network interface to an instance if they are not in the same "
        "availability zone");
  const int64_t index = in.integer("DeviceIndex");
  for (const NetworkInterface* other : ctx.by<NetworkInterface>("instance:" + instance_id))
    if (other->device_index == index)
      throw invalid_parameter_value(cat("Instance '", instance_id,
                                        "' already has an interface attached at device index '",
                                        index, "'."));
  interface.attachment_id = ctx.new_id("eni-attach", interface.id);
  interface.instance_id = instance_id;
  interface.device_index = index;
  interface.status = "in-use";
  interface.attached = ctx.now();
  for (const Address* address : ctx.by<Address>("interface:" + interface.id))
    ctx.edit<Address>(address->id).instance_id = instance_id;
  return {{"AttachmentId", interface.attachment_id}, {"NetworkCardIndex", 0}};
}

Value detach(Context& ctx, Input in) {
  in.ignore("Force");  // detaching always succeeds at once here
  const std::string id = in.string("AttachmentId");
  const auto found = ctx.by<NetworkInterface>("attachment:" + id);
  if (found.empty())
    throw AwsError{"InvalidAttachmentID.NotFound",
                   cat("The attachment ID '", id, "' does not exist")};
  if (!found.front()->requester_id.empty())
    throw operation_not_permitted(cat("You are not allowed to manage '", id, "' attachments."));
  if (found.front()->device_index == 0)
    throw operation_not_permitted("The network interface at device index 0 cannot be detached.");
  NetworkInterface& interface = ctx.edit<NetworkInterface>(found.front()->id);
  interface.attachment_id.clear();
  interface.instance_id.clear();
  interface.device_index = 0;
  interface.delete_on_termination = false;
  interface.attached.reset();
  interface.status = "available";
  for (const Address* address : ctx.by<Address>("interface:" + interface.id))
    ctx.edit<Address>(address->id).instance_id.clear();
  return Value::map();
}

Value assign(Context& ctx, Input in) {
  refuse(in, {"Ipv4Prefixes", "Ipv4PrefixCount"});
  refuse_true(in, {"AllowReassignment"});
  NetworkInterface& interface =
      require_edit<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  const Strings wanted = in.strings("PrivateIpAddresses");
  const int64_t count = in.integer("SecondaryPrivateIpAddressCount");
  if (wanted.empty() == (count <= 0))
    throw invalid_parameter_combination(
        "Either specify private IP addresses or a number of secondary private IP addresses");
  Subnet& subnet = ctx.edit<Subnet>(interface.subnet_id);
  Value assigned = Value::list();
  auto add = [&](std::string_view address) {
    interface.secondary_ips.push_back(take_address(ctx, subnet, address));
    assigned.push({{"PrivateIpAddress", interface.secondary_ips.back()}});
  };
  for (const std::string& address : wanted) add(address);
  for (int64_t i = 0; i < count; ++i) add("");
  return {{"NetworkInterfaceId", interface.id}, {"AssignedPrivateIpAddresses", assigned}};
}

Value unassign(Context& ctx, Input in) {
  refuse(in, {"Ipv4Prefixes"});
  NetworkInterface& interface =
      require_edit<NetworkInterface>(ctx, in.string("NetworkInterfaceId"));
  Subnet& subnet = ctx.edit<Subnet>(interface.subnet_id);
  for (const std::string& ip : in.strings("PrivateIpAddresses")) {
    const auto at = std::find(interface.secondary_ips.begin(), interface.secondary_ips.end(), ip);
    if (at == interface.secondary_ips.end())
      throw invalid_parameter_value(
          cat("Some of the specified addresses are not assigned to interface ", interface.id));
    for (const Address* address : ctx.by<Address>("interface:" + interface.id))
      if (address->private_ip == ip) {
        disassociate_address(ctx, ctx.edit<Address>(address->id));
        break;
      }
    interface.secondary_ips.erase(at);
    give_back_address(subnet, ip);
  }
  return Value::map();
}

}  // namespace

HandlerRows interface_attribute_rows() {
  static const HandlerRow rows[] = {
      {"DescribeNetworkInterfaceAttribute", Reads, describe_attribute},
      {"ModifyNetworkInterfaceAttribute", Writes, modify_attribute},
      {"ResetNetworkInterfaceAttribute", Writes, reset_attribute},
      {"AttachNetworkInterface", Writes, attach},
      {"DetachNetworkInterface", Writes, detach},
      {"AssignPrivateIpAddresses", Writes, assign},
      {"UnassignPrivateIpAddresses", Writes, unassign},
  };
  return rows;
}

}  // namespace squall::ec2
