// One attribute of an instance at a time: DescribeInstanceAttribute, ModifyInstanceAttribute.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Value wrapped(Value value) { return {{"Value", value}}; }

Value describe_devices(const Instance& i) {
  return list_of(i.block_devices, [&](const BlockDevice& d) -> Value {
    return {{"DeviceName", d.device_name},
            {"Ebs",
             {{"AttachTime", i.launched},
              {"DeleteOnTermination", d.delete_on_termination},
              {"Status", "attached"},
              {"VolumeId", d.volume_id}}}};
  });
}

Value describe_attribute(Context& ctx, Input in) {
  const Instance& i = require_instance(ctx, in.string("InstanceId"));
  const std::string name = in.string("Attribute");
  Value answer{{"InstanceId", i.id}};
  if (name == "blockDeviceMapping") answer.add("BlockDeviceMappings", describe_devices(i));
  else if (name == "disableApiTermination")
    answer.add("DisableApiTermination", wrapped(i.disable_api_termination));
  else if (name == "disableApiStop") answer.add("DisableApiStop", wrapped(i.disable_api_stop));
  else if (name == "ebsOptimized") answer.add("EbsOptimized", wrapped(i.ebs_optimized));
  else if (name == "enaSupport") answer.add("EnaSupport", wrapped(true));
  else if (name == "enclaveOptions") answer.add("EnclaveOptions", {{"Enabled", i.enclave}});
  else if (name == "groupSet") answer.add("Groups", describe_group_identifiers(ctx, i.group_ids));
  else if (name == "instanceInitiatedShutdownBehavior")
    answer.add("InstanceInitiatedShutdownBehavior", wrapped(i.shutdown_behavior));
  else if (name == "instanceType") answer.add("InstanceType", wrapped(i.instance_type));
  else if (name == "kernel") answer.add("KernelId", Value::map());
  else if (name == "ramdisk") answer.add("RamdiskId", Value::map());
  else if (name == "productCodes") answer.add("ProductCodes", Value::list());
  else if (name == "rootDeviceName") answer.add("RootDeviceName", wrapped(i.root_device_name));
  else if (name == "sourceDestCheck") answer.add("SourceDestCheck", wrapped(i.source_dest_check));
  else if (name == "sriovNetSupport") answer.add("SriovNetSupport", Value::map());
  else if (name == "userData")
    answer.add("UserData", i.user_data.empty() ? Value::map() : wrapped(i.user_data));
  else throw compute_invalid(cat("Value (", name, ") for parameter attribute is invalid. Unknown "
                                                  "attribute."));
  return answer;
}

void require_stopped(const Instance& i, std::string_view attribute) {
  if (i.state != "stopped")
    throw incorrect_instance_state(cat("The instance '", i.id, "' is not in the 'stopped' state."
                                       " Its attribute '", attribute, "' cannot be modified."));
}

void set_type(Instance& i, const std::string& type) {
  require_stopped(i, "instanceType");
  const InstanceType* found = find_instance_type(type);
  if (!found) throw invalid_instance_type(type);
  if (found->arch != i.architecture) throw architecture_mismatch(found->arch, i.architecture);
  i.instance_type = type;
  i.threads_per_core = found->threads_per_core;
  i.core_count = std::max(1, found->vcpus / found->threads_per_core);
  if (!found->burstable) i.credits.clear();
  if (found->burstable && i.credits.empty())
    i.credits = found->family == "t2" ? "standard" : "unlimited";
}

void set_groups(Context& ctx, Instance& i, const Strings& ids) {
  const Subnet& subnet = require<Subnet>(ctx, i.subnet_id);
  i.group_ids = groups_or_default(ctx, require<Vpc>(ctx, subnet.vpc_id), ids);
  if (ctx.has<NetworkInterface>(i.primary_interface_id))
    ctx.edit<NetworkInterface>(i.primary_interface_id).group_ids = i.group_ids;
}

void set_source_dest_check(Context& ctx, Instance& i, bool on) {
  i.source_dest_check = on;
  if (ctx.has<NetworkInterface>(i.primary_interface_id))
    ctx.edit<NetworkInterface>(i.primary_interface_id).source_dest_check = on;
}

void set_devices(Context& ctx, Instance& i, const std::vector<Input>& mappings) {
  for (const Input& mapping : mappings) {
    const std::string name = mapping.string("DeviceName");
    const auto device = std::ranges::find(i.block_devices, name, &BlockDevice::device_name);
    if (device == i.block_devices.end())
      throw AwsError{"InvalidInstanceAttributeValue",
                     cat("No device is currently mapped at ", name)};
    refuse(mapping, {"VirtualName", "NoDevice"});
    const Input ebs = mapping.at("Ebs");
    if (!ebs) continue;
    ebs.ignore("VolumeId");  // the device names it already
    device->delete_on_termination =
        ebs.boolean("DeleteOnTermination", device->delete_on_termination);
    if (ctx.has<Volume>(device->volume_id))
      ctx.edit<Volume>(device->volume_id).delete_on_termination = device->delete_on_termination;
  }
}

/// The old form: Attribute names what Value is for.
void set_by_name(Context& ctx, Instance& i, const std::string& name, const std::string& value) {
  const bool on = value == "true" || value == "True";
  if (name == "disableApiTermination") i.disable_api_termination = on;
  else if (name == "disableApiStop") i.disable_api_stop = on;
  else if (name == "ebsOptimized") i.ebs_optimized = on;
  else if (name == "instanceInitiatedShutdownBehavior") i.shutdown_behavior = value;
  else if (name == "instanceType") set_type(i, value);
  else if (name == "sourceDestCheck") set_source_dest_check(ctx, i, on);
  else if (name == "userData") {
    require_stopped(i, "userData");
    i.user_data = value;
  } else if (name != "blockDeviceMapping") {
    throw compute_invalid(cat("Value (", name, ") for parameter attribute is invalid."));
  }
}

Value modify_attribute(Context& ctx, Input in) {
  Instance& i = ctx.edit<Instance>(require_instance(ctx, in.string("InstanceId")).id);
  if (in.has("Attribute")) set_by_name(ctx, i, in.string("Attribute"), in.string("Value"));
  in.ignore("Value");
  if (auto on = in.attribute_boolean("DisableApiTermination")) i.disable_api_termination = *on;
  if (auto on = in.attribute_boolean("DisableApiStop")) i.disable_api_stop = *on;
  if (auto on = in.attribute_boolean("EbsOptimized")) {
    require_stopped(i, "ebsOptimized");
    i.ebs_optimized = *on;
  }
  if (auto on = in.attribute_boolean("SourceDestCheck")) set_source_dest_check(ctx, i, *on);
  if (auto text = in.attribute_string("InstanceInitiatedShutdownBehavior")) {
    if (*text != "stop" && *text != "terminate")
      throw compute_invalid(
          cat("Invalid value '", *text, "' for InstanceInitiatedShutdownBehavior"));
    i.shutdown_behavior = *text;
  }
  if (auto type = in.attribute_string("InstanceType")) set_type(i, *type);
  if (const Input data = in.at("UserData")) {
    require_stopped(i, "userData");
    i.user_data = base64_encode(data.blob("Value"));
  }
  if (in.has("Groups")) set_groups(ctx, i, in.strings("Groups"));
  set_devices(ctx, i, in.list("BlockDeviceMappings"));
  in.raw("EnaSupport");  // always there
  in.raw("SriovNetSupport");
  refuse(in, {"Kernel", "Ramdisk"});
  return Value::map();
}

Value reset_attribute(Context& ctx, Input in) {
  Instance& i = ctx.edit<Instance>(require_instance(ctx, in.string("InstanceId")).id);
  const std::string name = in.string("Attribute");
  if (name == "sourceDestCheck") set_source_dest_check(ctx, i, true);
  else if (name != "kernel" && name != "ramdisk")
    throw compute_invalid(cat("Value (", name, ") for parameter attribute is invalid."));
  return Value::map();
}

const HandlerRow rows[] = {
    {"DescribeInstanceAttribute", Reads, describe_attribute},
    {"ModifyInstanceAttribute", Writes, modify_attribute},
    {"ResetInstanceAttribute", Writes, reset_attribute},
};

}  // namespace

HandlerRows instance_attribute_rows() { return rows; }

}  // namespace squall::ec2
