// Launch configurations: the older way to say what a group launches.
#include <algorithm>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

ec2::BlockDevice read_device(const Input& in) {
  ec2::BlockDevice d;
  d.device_name = in.string("DeviceName");
  const Input ebs = in.at("Ebs");
  d.snapshot_id = ebs.string("SnapshotId");
  d.size_gib = ebs.integer("VolumeSize", d.size_gib);
  d.volume_type = ebs.string("VolumeType", "standard");
  d.delete_on_termination = ebs.boolean("DeleteOnTermination", true);
  d.iops = ebs.integer("Iops");
  d.encrypted = ebs.boolean("Encrypted");
  d.throughput_mibps = ebs.integer("Throughput");
  return d;
}

Value describe_device(const ec2::BlockDevice& d) {
  Value ebs{{"VolumeSize", d.size_gib},
            {"VolumeType", d.volume_type},
            {"DeleteOnTermination", d.delete_on_termination},
            {"Encrypted", d.encrypted}};
  if (!d.snapshot_id.empty()) ebs.add("SnapshotId", d.snapshot_id);
  if (d.iops) ebs.add("Iops", d.iops);
  if (d.throughput_mibps) ebs.add("Throughput", d.throughput_mibps);
  return {{"DeviceName", d.device_name}, {"Ebs", ebs}};
}

Value describe(const LaunchConfiguration& lc) {
  Value v{{"LaunchConfigurationName", lc.id},
          {"LaunchConfigurationARN", lc.arn},
          {"ImageId", lc.image_id},
          {"KeyName", lc.key_name},
          {"SecurityGroups", lc.group_ids},
          {"ClassicLinkVPCSecurityGroups", Value::list()},
          {"UserData", lc.user_data},
          {"InstanceType", lc.instance_type},
          {"KernelId", lc.kernel_id},
          {"RamdiskId", lc.ramdisk_id},
          {"BlockDeviceMappings", list_of(lc.block_devices, describe_device)},
          {"InstanceMonitoring", {{"Enabled", lc.monitoring}}},
          {"CreatedTime", lc.created},
          {"EbsOptimized", lc.ebs_optimized}};
  if (!lc.spot_price.empty()) v.add("SpotPrice", lc.spot_price);
  if (!lc.instance_profile.empty()) v.add("IamInstanceProfile", lc.instance_profile);
  v.add("AssociatePublicIpAddress", lc.associate_public_ip);
  if (!lc.placement_tenancy.empty()) v.add("PlacementTenancy", lc.placement_tenancy);
  if (!lc.http_tokens.empty() || !lc.http_endpoint.empty() || lc.http_hop_limit) {
    Value metadata = Value::map();
    if (!lc.http_tokens.empty()) metadata.add("HttpTokens", lc.http_tokens);
    if (lc.http_hop_limit) metadata.add("HttpPutResponseHopLimit", lc.http_hop_limit);
    if (!lc.http_endpoint.empty()) metadata.add("HttpEndpoint", lc.http_endpoint);
    v.add("MetadataOptions", metadata);
  }
  return v;
}

Value create(Context& ctx, Input in) {
  LaunchConfiguration lc;
  lc.id = in.string("LaunchConfigurationName");
  if (ctx.has<LaunchConfiguration>(lc.id))
    throw AwsError{"AlreadyExists",
                   cat("Launch Configuration by this name already exists - A launch configuration "
                       "already exists with the name ",
                       lc.id)};
  lc.image_id = in.string("ImageId");
  lc.instance_type = in.string("InstanceType");
  if (const std::string from = in.string("InstanceId"); !from.empty()) {
    const ec2::Instance* instance = ctx.view<ec2::Instance>(from);
    if (!instance)
      throw validation_error(cat("The instance ID '", from, "' does not exist"));
    if (lc.image_id.empty()) lc.image_id = instance->image_id;
    if (lc.instance_type.empty()) lc.instance_type = instance->instance_type;
    lc.key_name = instance->key_name;
    lc.group_ids = instance->group_ids;
  }
  if (lc.image_id.empty() || lc.instance_type.empty())
    throw validation_error("Valid requests must contain either the InstanceID parameter or both "
                           "the ImageId and InstanceType parameters.");
  lc.key_name = in.string("KeyName", lc.key_name);
  if (in.has("SecurityGroups")) lc.group_ids = in.strings("SecurityGroups");
  lc.user_data = in.string("UserData");
  lc.kernel_id = in.string("KernelId");
  lc.ramdisk_id = in.string("RamdiskId");
  for (const Input& device : in.list("BlockDeviceMappings"))
    lc.block_devices.push_back(read_device(device));
  lc.monitoring = in.at("InstanceMonitoring").boolean("Enabled", true);
  lc.spot_price = in.string("SpotPrice");
  lc.instance_profile = in.string("IamInstanceProfile");
  lc.ebs_optimized = in.boolean("EbsOptimized");
  lc.associate_public_ip = in.optional_boolean("AssociatePublicIpAddress");
  lc.placement_tenancy = in.string("PlacementTenancy");
  const Input metadata = in.at("MetadataOptions");
  lc.http_tokens = metadata.string("HttpTokens");
  lc.http_endpoint = metadata.string("HttpEndpoint");
  lc.http_hop_limit = metadata.integer("HttpPutResponseHopLimit");
  lc.created = ctx.now();
  lc.arn = ctx.arn("autoscaling",
                   cat("launchConfiguration:", ctx.new_uuid("launch-configuration", lc.id),
                       ":launchConfigurationName/", lc.id));
  ctx.add(std::move(lc));
  return Value::map();
}

Value remove(Context& ctx, Input in) {
  const std::string name = in.string("LaunchConfigurationName");
  if (!ctx.has<LaunchConfiguration>(name))
    throw validation_error(cat("Launch configuration name not found - Launch configuration ", name,
                               " not found"));
  if (!ctx.by<Group>("launch-configuration:" + name).empty())
    throw resource_in_use(cat("Cannot delete launch configuration ", name,
                              " because it is attached to AutoScalingGroup ",
                              ctx.by<Group>("launch-configuration:" + name).front()->id));
  ctx.erase<LaunchConfiguration>(name);
  return Value::map();
}

Value describe_all(Context& ctx, Input in) {
  const auto names = in.strings("LaunchConfigurationNames");
  PageRequest request = page_of(in);
  request.limit = std::min<size_t>(request.limit, in.has("MaxRecords") ? 100 : 50);
  const Page page = paginate(
      ctx.all<LaunchConfiguration>(), request,
      [&](const LaunchConfiguration& lc) {
        return names.empty() || std::ranges::find(names, lc.id) != names.end();
      },
      describe);
  return {{"LaunchConfigurations", page.items}, {"NextToken", page.next_token}};
}

const api::HandlerRow rows[] = {
    {"CreateLaunchConfiguration", Writes, create},
    {"DeleteLaunchConfiguration", Writes, remove},
    {"DescribeLaunchConfigurations", Reads, describe_all},
};

}  // namespace

std::span<const api::HandlerRow> launch_configuration_rows() { return rows; }

}  // namespace squall::autoscaling
