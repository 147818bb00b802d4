// Volumes attached, detached and modified.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Value attach_volume(Context& ctx, Input in) {
  const Volume& found = require<Volume>(ctx, in.string("VolumeId"));
  const Instance& target = require_instance(ctx, in.string("InstanceId"));
  const std::string device = in.string("Device");
  refuse(in, {"EbsCardIndex"});
  if (found.state == "in-use")
    throw AwsError{"VolumeInUse", cat(found.id, " is already attached to an instance")};
  if (found.state != "available")
    throw AwsError{"IncorrectState",
                   cat("Volume '", found.id, "' is not in the 'available' state.")};
  if (found.zone != target.zone)
    throw AwsError{"InvalidVolume.ZoneMismatch",
                   cat("The volume '", found.id, "' is not in the same availability zone as "
                       "instance '", target.id, "'")};
  if (target.state != "running" && target.state != "stopped")
    throw incorrect_instance_state(cat("Instance '", target.id, "' is not 'running'."));
  if (std::ranges::count(target.block_devices, device, &BlockDevice::device_name))
    throw compute_invalid(cat("Invalid value '", device, "' for unixDevice. Attachment point ",
                              device, " is already in use"));
  Instance& instance = ctx.edit<Instance>(target.id);
  Volume& v = ctx.edit<Volume>(found.id);
  v.state = "in-use";
  v.instance_id = instance.id;
  v.device_name = device;
  v.delete_on_termination = false;
  v.attached = ctx.now();
  BlockDevice mapping;
  mapping.device_name = device;
  mapping.size_gib = v.size_gib;
  mapping.volume_type = v.volume_type;
  mapping.encrypted = v.encrypted;
  mapping.delete_on_termination = false;
  mapping.volume_id = v.id;
  instance.block_devices.push_back(std::move(mapping));
  return describe_attachment(v, "attaching");
}

Value detach_volume(Context& ctx, Input in) {
  const Volume& found = require<Volume>(ctx, in.string("VolumeId"));
  in.ignore("Force");
  if (found.instance_id.empty() ||
      (in.has("InstanceId") && in.string("InstanceId") != found.instance_id) ||
      (in.has("Device") && in.string("Device") != found.device_name))
    throw AwsError{"IncorrectState", cat("Volume '", found.id, "' is in the '", found.state,
                                         "' state.")};
  Instance& instance = ctx.edit<Instance>(found.instance_id);
  if (found.device_name == instance.root_device_name && instance.state != "stopped")
    throw AwsError{"OperationNotPermitted",
                   cat("Unable to detach root volume '", found.id, "' from instance '",
                       instance.id, "'")};
  Volume& v = ctx.edit<Volume>(found.id);
  const Value answer = describe_attachment(v, "detaching");
  std::erase_if(instance.block_devices, [&](const BlockDevice& d) { return d.volume_id == v.id; });
  v.state = "available";
  v.instance_id.clear();
  v.device_name.clear();
  v.attached.reset();
  return answer;
}

Value describe_modification(const Volume& before, const Volume& after, Time at,
                            std::string_view state) {
  return {{"VolumeId", after.id},
          {"ModificationState", state},
          {"TargetSize", after.size_gib},
          {"TargetIops", after.iops},
          {"TargetVolumeType", after.volume_type},
          {"TargetThroughput", after.throughput_mibps},
          {"TargetMultiAttachEnabled", after.multi_attach},
          {"OriginalSize", before.size_gib},
          {"OriginalIops", before.iops},
          {"OriginalVolumeType", before.volume_type},
          {"OriginalThroughput", before.throughput_mibps},
          {"OriginalMultiAttachEnabled", before.multi_attach},
          {"Progress", state == "completed" ? 100 : 0},
          {"StartTime", at},
          {"EndTime", state == "completed" ? Value(at) : Value()}};
}

Value modify_volume(Context& ctx, Input in) {
  const Volume before = require<Volume>(ctx, in.string("VolumeId"));
  if (in.boolean("MultiAttachEnabled")) refuse(in, {"MultiAttachEnabled"});
  if (before.state != "available" && before.state != "in-use")
    throw AwsError{"IncorrectState", cat("Volume '", before.id, "' is in the '", before.state,
                                         "' state.")};
  Volume& v = ctx.edit<Volume>(before.id);
  v.size_gib = in.integer("Size", before.size_gib);
  if (v.size_gib < before.size_gib)
    throw compute_invalid("New size cannot be smaller than existing size");
  v.volume_type = in.string("VolumeType", before.volume_type);
  // Figures that were asked for once stay with a volume that keeps its type.
  const bool same = v.volume_type == before.volume_type && v.volume_type != "gp2";
  const int64_t iops = in.integer("Iops", same ? before.iops : 0);
  const int64_t throughput = in.integer("Throughput", same ? before.throughput_mibps : 0);
  check_volume(v.volume_type, v.size_gib, iops, throughput);
  v.iops = default_iops(v.volume_type, v.size_gib, iops);
  v.throughput_mibps = default_throughput(v.volume_type, throughput);
  v.modified = ctx.now();
  v.original = {before.volume_type, std::to_string(before.size_gib), std::to_string(before.iops),
                std::to_string(before.throughput_mibps)};
  return {{"VolumeModification", describe_modification(before, v, ctx.now(), "modifying")}};
}

Value describe_modifications(Context& ctx, Input in) {
  if (in.has("Filters")) refuse(in, {"Filters"});
  in.ignore("MaxResults");
  in.ignore("NextToken");
  auto ids = in.strings("VolumeIds");
  for (const std::string& id : ids) require<Volume>(ctx, id);
  if (ids.empty())
    for (const Volume& v : ctx.all<Volume>()) ids.push_back(v.id);
  Value list = Value::list();
  for (const std::string& id : ids) {
    const Volume& v = *ctx.view<Volume>(id);
    if (!v.modified) continue;
    Volume before = v;
    before.volume_type = v.original[0];
    before.size_gib = parse_int(v.original[1]).value_or(0);
    before.iops = parse_int(v.original[2]).value_or(0);
    before.throughput_mibps = parse_int(v.original[3]).value_or(0);
    list.push(describe_modification(before, v, *v.modified, "completed"));
  }
  return {{"VolumesModifications", list}};
}

Value describe_attribute(Context& ctx, Input in) {
  const Volume& v = require<Volume>(ctx, in.string("VolumeId"));
  if (in.string("Attribute") == "productCodes")
    return {{"ProductCodes", Value::list()}, {"VolumeId", v.id}};
  return {{"AutoEnableIO", {{"Value", v.auto_enable_io}}}, {"VolumeId", v.id}};
}

Value modify_attribute(Context& ctx, Input in) {
  const std::string id = require<Volume>(ctx, in.string("VolumeId")).id;
  if (const auto on = in.attribute_boolean("AutoEnableIO"))
    ctx.edit<Volume>(id).auto_enable_io = *on;
  return Value::map();
}

const HandlerRow rows[] = {
    {"AttachVolume", Writes, attach_volume},
    {"DetachVolume", Writes, detach_volume},
    {"ModifyVolume", Writes, modify_volume},
    {"DescribeVolumesModifications", Reads, describe_modifications},
    {"DescribeVolumeAttribute", Reads, describe_attribute},
    {"ModifyVolumeAttribute", Writes, modify_attribute},
};

}  // namespace

HandlerRows volume_change_rows() { return rows; }

}  // namespace squall::ec2
