// Launching: the one line of code by which the API, Auto Scaling and others bring instances about.
#include <algorithm>

#include "emulator/sim/impairment.h"
#include "services/ec2/compute.h"
#include "services/iam/iam.h"

namespace squall::ec2 {
namespace {

/// What all instances of one launch share, checked once.
struct Launch {
  const LaunchSpec& spec;
  std::string image_id;
  const Image* image;
  const InstanceType* type;
  std::string vpc_id, subnet_id, zone;
  std::vector<std::string> group_ids;
  std::string profile_arn, profile_id;
  std::vector<BlockDevice> devices;
  std::string reservation_id;
};

bool is_full(const sim::Scope& scope, std::string_view zone) {
  if (scope.all<sim::Impairment>().empty()) return false;  // nearly always
  if (sim::is_dark(scope, zone)) return true;
  // A fault may have the zone's capacity run out ("capacity": FIS's insufficient-capacity actions).
  for (const sim::Impairment* i : scope.by<sim::Impairment>(cat("zone:", zone)))
    if (i->what == "capacity" && i->resource.empty()) return true;
  return false;
}

AwsError no_capacity(const sim::Scope& scope, const LaunchSpec& spec, std::string_view zone) {
  std::vector<std::string> others;
  for (const Zone& other : zones(scope.region()))
    if (other.name != zone && !is_full(scope, other.name)) others.push_back(other.name);
  return insufficient_capacity(spec.instance_type, zone, others);
}

/// The subnet of a launch that names none: the default subnet of the zone, or of the first zone
/// that has capacity.
const Subnet& pick_default_subnet(const sim::Scope& scope, const LaunchSpec& spec) {
  const Vpc* vpc = default_vpc(scope);
  if (!vpc)
    throw AwsError{"VPCIdNotSpecified", "No default VPC for this user. GroupName is only supported "
                                        "for EC2-Classic and default VPC."};
  const Subnet* first = nullptr;
  const Subnet* with_room = nullptr;
  for (const Subnet* subnet : scope.by<Subnet>(cat("vpc:", vpc->id))) {
    if (!subnet->is_default || (!spec.zone.empty() && subnet->zone != spec.zone)) continue;
    if (!first || subnet->zone < first->zone) first = subnet;
    if (is_full(scope, subnet->zone)) continue;
    if (!with_room || subnet->zone < with_room->zone) with_room = subnet;
  }
  if (!first)
    throw AwsError{"MissingInput", cat("No subnets found for the default VPC '", vpc->id,
                                       "'. Please specify a subnet.")};
  return with_room ? *with_room : *first;
}

void check_zone(const sim::Scope& scope, const LaunchSpec& spec) {
  if (spec.zone.empty()) return;
  const auto& known = zones(scope.region());
  if (std::ranges::none_of(known, [&](const Zone& z) { return z.name == spec.zone; }))
    throw compute_invalid(cat("Invalid availability zone: [", spec.zone, "]"));
}

void place(const sim::Scope& scope, Launch& launch) {
  const LaunchSpec& spec = launch.spec;
  check_zone(scope, spec);
  std::string subnet_id = spec.subnet_id;
  if (!spec.interfaces.empty()) {
    const LaunchInterface& primary = spec.interfaces[0];
    if (!primary.interface_id.empty())
      subnet_id = require<NetworkInterface>(scope, primary.interface_id).subnet_id;
    else if (subnet_id.empty())
      subnet_id = primary.subnet_id;
  }
  const Subnet& subnet =
      subnet_id.empty() ? pick_default_subnet(scope, spec) : require<Subnet>(scope, subnet_id);
  if (!spec.zone.empty() && spec.zone != subnet.zone)
    throw compute_invalid(cat("The availability zone '", spec.zone, "' of the request does not "
                              "match the availability zone '", subnet.zone, "' of the subnet '",
                              subnet.id, "'"));
  if (is_full(scope, subnet.zone)) throw no_capacity(scope, spec, subnet.zone);
  launch.subnet_id = subnet.id;
  launch.vpc_id = subnet.vpc_id;
  launch.zone = subnet.zone;
}

void check_groups(const sim::Scope& scope, Launch& launch) {
  const LaunchSpec& spec = launch.spec;
  std::vector<std::string> wanted = spec.group_ids;
  if (!spec.interfaces.empty() && !spec.interfaces[0].group_ids.empty())
    wanted = spec.interfaces[0].group_ids;
  for (const std::string& name : spec.group_names) {
    const auto found = scope.by<SecurityGroup>(cat("name:", launch.vpc_id, '/', name));
    if (found.empty())
      throw AwsError{"InvalidGroup.NotFound", cat("The security group '", name,
                                                  "' does not exist in VPC '", launch.vpc_id, "'")};
    wanted.push_back(found[0]->id);
  }
  for (const std::string& id : wanted) {
    const SecurityGroup* group = scope.view<SecurityGroup>(id);
    if (!group)
      throw AwsError{
          is_resource_id(id, "sg") ? "InvalidGroup.NotFound" : "InvalidGroupId.Malformed",
          is_resource_id(id, "sg") ? cat("The security group '", id, "' does not exist")
                                   : cat("Invalid id: \"", id, "\" (expecting \"sg-...\")")};
    if (group->vpc_id != launch.vpc_id)
      throw AwsError{"InvalidParameter", cat("Security group ", id, " and subnet ",
                                             launch.subnet_id, " belong to different networks.")};
  }
  if (wanted.empty()) wanted.push_back(scope.view<Vpc>(launch.vpc_id)->default_group_id);
  launch.group_ids = std::move(wanted);
}

void check_profile(const sim::Scope& scope, Launch& launch) {
  const std::string& wanted = launch.spec.instance_profile_arn;
  if (wanted.empty()) return;
  const iam::InstanceProfile* profile = iam::find_instance_profile(scope, wanted);
  if (!profile)
    throw compute_invalid(wanted.starts_with("arn:")
                              ? cat("Value (", wanted,
                                    ") for parameter iamInstanceProfile.arn is invalid. Invalid "
                                    "IAM Instance Profile ARN")
                              : cat("Value (", wanted,
                                    ") for parameter iamInstanceProfile.name is invalid. Invalid "
                                    "IAM Instance Profile name"));
  launch.profile_arn = profile->arn;
  launch.profile_id = profile->profile_id;
}

void fill_device(BlockDevice& device, const BlockDevice* of_image) {
  if (of_image) {
    if (!device.size_gib) device.size_gib = of_image->size_gib;
    if (device.volume_type.empty()) device.volume_type = of_image->volume_type;
    if (device.snapshot_id.empty()) device.snapshot_id = of_image->snapshot_id;
    if (device.size_gib < of_image->size_gib)
      throw AwsError{"InvalidBlockDeviceMapping",
                     cat("Volume of size ", device.size_gib, "GB is smaller than snapshot '",
                         of_image->snapshot_id, "', expect size >= ", of_image->size_gib, "GB")};
  }
  if (device.volume_type.empty()) device.volume_type = "gp2";
  if (!device.size_gib) device.size_gib = device.snapshot_id.empty() ? 0 : 8;
  if (!device.size_gib)
    throw compute_missing("The request must contain the parameter size or snapshotId");
}

void map_devices(const sim::Scope& scope, Launch& launch) {
  for (const BlockDevice& of_image : launch.image->devices) {
    if (std::ranges::count(launch.spec.no_devices, of_image.device_name)) continue;
    const auto given = std::ranges::find(launch.spec.block_devices, of_image.device_name,
                                         &BlockDevice::device_name);
    BlockDevice device = given == launch.spec.block_devices.end() ? of_image : *given;
    fill_device(device, &of_image);
    launch.devices.push_back(std::move(device));
  }
  for (const BlockDevice& given : launch.spec.block_devices) {
    if (std::ranges::count(launch.devices, given.device_name, &BlockDevice::device_name)) continue;
    if (!given.snapshot_id.empty() && !scope.has<Snapshot>(given.snapshot_id))
      throw snapshot_not_found(given.snapshot_id);
    BlockDevice device = given;
    if (!device.size_gib && scope.has<Snapshot>(device.snapshot_id))
      device.size_gib = scope.view<Snapshot>(device.snapshot_id)->size_gib;
    fill_device(device, nullptr);
    launch.devices.push_back(std::move(device));
  }
}

void check_launch(const sim::Scope& scope, Launch& launch) {
  const LaunchSpec& spec = launch.spec;
  if (spec.image_id.empty())
    throw compute_missing("The request must contain the parameter ImageId");
  launch.image_id = resolve_image_id(scope, spec.image_id);
  launch.image = find_image(scope, launch.image_id);
  if (!launch.image) throw images_not_found({launch.image_id});
  launch.type = find_instance_type(spec.instance_type);
  if (!launch.type) throw invalid_instance_type(spec.instance_type);
  if (launch.type->arch != launch.image->architecture)
    throw architecture_mismatch(launch.type->arch, launch.image->architecture);
  if (!spec.key_name.empty() && !scope.has<KeyPair>(spec.key_name))
    throw key_pair_not_found(spec.key_name);
  place(scope, launch);
  check_groups(scope, launch);
  check_profile(scope, launch);
  map_devices(scope, launch);
}

std::string attach_interface(sim::Scope& scope, const Launch& launch, const Instance& instance,
                             const LaunchInterface& wanted) {
  const bool primary = wanted.device_index == 0;
  std::string id = wanted.interface_id;
  if (id.empty()) {
    InterfaceSpec spec;
    spec.subnet_id = primary || wanted.subnet_id.empty() ? launch.subnet_id : wanted.subnet_id;
    spec.group_ids = primary || wanted.group_ids.empty() ? launch.group_ids : wanted.group_ids;
    spec.description = wanted.description;
    spec.interface_type = wanted.interface_type;
    spec.private_ip = wanted.private_ip;
    const Subnet* subnet = scope.view<Subnet>(spec.subnet_id);
    const bool subnets_wish = subnet && subnet->map_public_ip;
    spec.associate_public_ip =
        primary && wanted.associate_public_ip.value_or(
                       launch.spec.associate_public_ip.value_or(subnets_wish));
    id = create_interface(scope, spec).id;
  } else if (!require<NetworkInterface>(scope, id).attachment_id.empty()) {
    throw AwsError{"InvalidNetworkInterface.InUse",
                   cat("Interface: [", id, "] in use.")};
  }
  NetworkInterface& eni = scope.edit<NetworkInterface>(id);
  eni.status = "in-use";
  eni.instance_id = instance.id;
  eni.attachment_id = scope.new_id("eni-attach", instance.id);
  eni.device_index = wanted.device_index;
  eni.delete_on_termination = wanted.delete_on_termination;
  eni.attached = scope.now();
  for (const auto& [key, value] : launch.spec.interface_tags) eni.tags[key] = value;
  return id;
}

void attach_interfaces(sim::Scope& scope, const Launch& launch, Instance& instance) {
  std::vector<LaunchInterface> wanted = launch.spec.interfaces;
  if (wanted.empty()) wanted.emplace_back().private_ip = launch.spec.private_ip;
  for (const LaunchInterface& one : wanted)
    instance.interface_ids.push_back(attach_interface(scope, launch, instance, one));
  const NetworkInterface& primary = *scope.view<NetworkInterface>(instance.interface_ids[0]);
  instance.primary_interface_id = primary.id;
  instance.private_ip = primary.private_ip;
  instance.public_ip = primary.public_ip;
  instance.group_ids = primary.group_ids;
}

void create_volumes(sim::Scope& scope, const Launch& launch, Instance& instance) {
  instance.block_devices = launch.devices;
  for (BlockDevice& device : instance.block_devices) {
    Volume volume;
    volume.id = scope.new_id("vol", instance.id);
    volume.zone = instance.zone;
    volume.volume_type = device.volume_type;
    volume.snapshot_id = device.snapshot_id;
    volume.kms_key_id = device.kms_key_id;
    volume.size_gib = device.size_gib;
    volume.iops = default_iops(device.volume_type, device.size_gib, device.iops);
    volume.throughput_mibps = default_throughput(device.volume_type, device.throughput_mibps);
    volume.encrypted = device.encrypted;
    volume.state = "in-use";
    volume.instance_id = instance.id;
    volume.device_name = device.device_name;
    volume.delete_on_termination = device.delete_on_termination;
    volume.attached = volume.created = scope.now();
    volume.tags = launch.spec.volume_tags;
    device.volume_id = volume.id;
    scope.add(std::move(volume));
  }
}

void fill_options(Instance& instance, const Launch& launch) {
  const LaunchSpec& spec = launch.spec;
  const InstanceType& type = *launch.type;
  const bool v2 = launch.image->imds_support == "v2.0";
  instance.metadata_http_tokens = !spec.metadata_http_tokens.empty() ? spec.metadata_http_tokens
                                  : v2                               ? "required"
                                                                     : "optional";
  instance.metadata_http_endpoint = spec.metadata_http_endpoint;
  instance.metadata_tags = spec.metadata_tags;
  instance.metadata_ipv6 = spec.metadata_ipv6;
  instance.metadata_hop_limit = spec.metadata_hop_limit ? spec.metadata_hop_limit : v2 ? 2 : 1;
  instance.threads_per_core = spec.threads_per_core ? spec.threads_per_core : type.threads_per_core;
  instance.core_count =
      spec.core_count ? spec.core_count : std::max(1, type.vcpus / type.threads_per_core);
  instance.auto_recovery = spec.auto_recovery;
  instance.capacity_preference = spec.capacity_preference;
  instance.hibernation = spec.hibernation;
  instance.enclave = spec.enclave;
  instance.tenancy = spec.tenancy;
  instance.placement_group = spec.placement_group;
  instance.hostname_type = spec.hostname_type;
  // T2 instances start out as standard ones, the later families as unlimited ones.
  if (type.burstable)
    instance.credits = !spec.credits.empty() ? spec.credits
                       : type.family == "t2" ? "standard"
                                             : "unlimited";
}

Instance make_instance(sim::Scope& scope, const Launch& launch, int index) {
  const LaunchSpec& spec = launch.spec;
  Instance instance;
  instance.id = scope.new_id("i", spec.auto_scaling_group);
  instance.reservation_id = launch.reservation_id;
  instance.launch_index = index;
  instance.image_id = launch.image_id;
  instance.instance_type = spec.instance_type;
  instance.key_name = spec.key_name;
  instance.vpc_id = launch.vpc_id;
  instance.subnet_id = launch.subnet_id;
  instance.zone = launch.zone;
  instance.instance_profile_arn = launch.profile_arn;
  instance.instance_profile_id = launch.profile_id;
  instance.architecture = launch.image->architecture;
  instance.platform_details = launch.image->platform_details;
  instance.root_device_name = launch.image->root_device_name;
  instance.user_data = spec.user_data;
  instance.monitoring = spec.monitoring;
  instance.ebs_optimized = spec.ebs_optimized;
  instance.disable_api_termination = spec.disable_api_termination;
  instance.disable_api_stop = spec.disable_api_stop;
  instance.shutdown_behavior = spec.shutdown_behavior;
  instance.market_type = spec.market_type;
  instance.launch_template_id = spec.launch_template_id;
  instance.launch_template_version = spec.launch_template_version;
  instance.launched = scope.now();
  instance.auto_scaling_group = spec.auto_scaling_group;
  instance.client_token = spec.client_token;
  instance.client_token_digest = spec.client_token_digest;
  instance.tags = spec.instance_tags;
  fill_options(instance, launch);
  return instance;
}

}  // namespace

std::vector<std::string> launch_instances(sim::Scope& scope, const LaunchSpec& spec, int count) {
  Launch launch{.spec = spec, .image_id = {}, .image = nullptr, .type = nullptr, .vpc_id = {},
                .subnet_id = {}, .zone = {}, .group_ids = {}, .profile_arn = {}, .profile_id = {},
                .devices = {}, .reservation_id = {}};
  check_launch(scope, launch);
  launch.reservation_id = scope.new_id("r");
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    Instance instance = make_instance(scope, launch, i);
    attach_interfaces(scope, launch, instance);
    create_volumes(scope, launch, instance);
    if (!instance.instance_profile_arn.empty())
      instance.profile_association_id = scope.new_id("iip-assoc", instance.id);
    ids.push_back(instance.id);
    const Instance& added = scope.add(std::move(instance));
    announce_state(scope, added);
    scope.after(scope.latency("ec2.instance.pending", added.id), "ec2.instance.running", added.id,
                std::to_string(added.power_epoch));
  }
  return ids;
}

}  // namespace squall::ec2
