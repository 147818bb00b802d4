// The parameters that RunInstances and launch templates have in common, read into a LaunchSpec.
// Applying a template's data first and the request's after it is how a request overrides a
// template.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

void override_string(std::string& field, const Input& in, std::string_view member) {
  if (auto given = in.optional_string(member)) field = std::move(*given);
}

constexpr std::string_view volume_types[] = {"standard", "io1", "io2", "gp2", "gp3", "sc1", "st1"};

void read_ebs(BlockDevice& device, const Input& ebs) {
  device.size_gib = ebs.integer("VolumeSize", 0);
  device.volume_type = ebs.string("VolumeType");
  device.encrypted = ebs.boolean("Encrypted");
  device.kms_key_id = ebs.string("KmsKeyId");
  device.snapshot_id = ebs.string("SnapshotId");
  device.iops = ebs.integer("Iops");
  device.throughput_mibps = ebs.integer("Throughput");
  device.delete_on_termination = ebs.boolean("DeleteOnTermination", true);
  refuse(ebs, {"VolumeInitializationRate", "EbsCardIndex"});
  if (ebs.shape().find("OutpostArn"))
    refuse(ebs, {"OutpostArn", "AvailabilityZone", "AvailabilityZoneId"});
  if (!device.volume_type.empty() && !std::ranges::count(volume_types, device.volume_type))
    throw compute_invalid(cat("Invalid volume type: ", device.volume_type));
  if (ebs.has("VolumeSize") && (device.size_gib < 1 || device.size_gib > 65536))
    throw compute_invalid(cat("Volume of ", device.size_gib,
                              "GiB is invalid. The size must be between 1 GiB and 65536 GiB."));
}

void read_block_devices(LaunchSpec& spec, const Input& in) {
  for (const Input& mapping : in.list("BlockDeviceMappings")) {
    BlockDevice device;
    device.device_name = mapping.string("DeviceName");
    const std::string name = device.device_name;
    std::erase_if(spec.block_devices, [&](const BlockDevice& d) { return d.device_name == name; });
    std::erase(spec.no_devices, name);
    mapping.ignore("VirtualName");  // instance store volumes attach by themselves
    if (mapping.has("NoDevice")) {
      spec.no_devices.push_back(name);
      continue;
    }
    const Input ebs = mapping.at("Ebs");
    if (!ebs) continue;
    read_ebs(device, ebs);
    spec.block_devices.push_back(std::move(device));
  }
}

void read_interfaces(LaunchSpec& spec, const Input& in) {
  const auto list = in.list("NetworkInterfaces");
  if (list.empty()) return;
  spec.interfaces.clear();
  for (const Input& given : list) {
    LaunchInterface i;
    i.interface_id = given.string("NetworkInterfaceId");
    i.subnet_id = given.string("SubnetId");
    i.private_ip = given.string("PrivateIpAddress");
    i.description = given.string("Description");
    i.interface_type = given.string("InterfaceType", "interface");
    i.group_ids = given.strings("Groups");
    i.device_index = given.integer("DeviceIndex");
    i.delete_on_termination = given.boolean("DeleteOnTermination", i.interface_id.empty());
    i.associate_public_ip = given.optional_boolean("AssociatePublicIpAddress");
    for (const Input& address : given.list("PrivateIpAddresses"))
      if (address.boolean("Primary")) i.private_ip = address.string("PrivateIpAddress");
    refuse(given, {"Ipv6Addresses", "SecondaryPrivateIpAddressCount", "Ipv4Prefixes",
                   "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount", "EnaSrdSpecification",
                   "EnaQueueCount", "ConnectionTrackingSpecification"});
    refuse_true(given, {"AssociateCarrierIpAddress", "PrimaryIpv6"});
    if (given.integer("Ipv6AddressCount") > 0 || given.integer("NetworkCardIndex") > 0)
      refuse(given, {"Ipv6AddressCount", "NetworkCardIndex"});
    spec.interfaces.push_back(std::move(i));
  }
  std::ranges::stable_sort(spec.interfaces, {}, &LaunchInterface::device_index);
  if (spec.interfaces[0].device_index != 0)
    throw compute_invalid("Invalid value for 'device index'. A network interface with device "
                          "index 0 must be specified.");
}

void read_placement(LaunchSpec& spec, const Input& placement) {
  if (!placement) return;
  override_string(spec.zone, placement, "AvailabilityZone");
  override_string(spec.tenancy, placement, "Tenancy");
  override_string(spec.placement_group, placement, "GroupName");
  refuse(placement, {"AvailabilityZoneId", "Affinity", "HostId", "SpreadDomain",
                     "HostResourceGroupArn", "PartitionNumber", "GroupId"});
}

void read_metadata_options(LaunchSpec& spec, const Input& options) {
  if (!options) return;
  override_string(spec.metadata_http_tokens, options, "HttpTokens");
  override_string(spec.metadata_http_endpoint, options, "HttpEndpoint");
  override_string(spec.metadata_tags, options, "InstanceMetadataTags");
  override_string(spec.metadata_ipv6, options, "HttpProtocolIpv6");
  if (auto hops = options.optional_integer("HttpPutResponseHopLimit")) {
    if (*hops < 1 || *hops > 64)
      throw compute_invalid(cat("Value ( ", *hops,
                                " ) for parameter httpPutResponseHopLimit is invalid. Expecting "
                                "a value between 1 and 64."));
    spec.metadata_hop_limit = *hops;
  }
}

void read_market(LaunchSpec& spec, const Input& market) {
  if (!market) return;
  spec.market_type = market.string("MarketType", "spot");
  const Input spot = market.at("SpotOptions");
  if (!spot) return;
  spot.ignore("MaxPrice");  // Spot's price never rises above the on-demand price here
  spot.ignore("SpotInstanceType");
  spot.ignore("ValidUntil");
  spot.ignore("InstanceInterruptionBehavior");
  refuse(spot, {"BlockDurationMinutes"});
}

void read_options(LaunchSpec& spec, const Input& in) {
  if (const Input cpu = in.at("CpuOptions")) {
    spec.core_count = cpu.integer("CoreCount", spec.core_count);
    spec.threads_per_core = cpu.integer("ThreadsPerCore", spec.threads_per_core);
    refuse(cpu, {"AmdSevSnp", "NestedVirtualization"});
  }
  if (const Input reservation = in.at("CapacityReservationSpecification")) {
    override_string(spec.capacity_preference, reservation, "CapacityReservationPreference");
    refuse(reservation, {"CapacityReservationTarget"});
  }
  if (const Input dns = in.at("PrivateDnsNameOptions")) {
    override_string(spec.hostname_type, dns, "HostnameType");
    dns.ignore("EnableResourceNameDnsARecord");  // resource names always resolve in a World
    refuse_true(dns, {"EnableResourceNameDnsAAAARecord"});
  }
  if (const Input credit = in.at("CreditSpecification")) spec.credits = credit.string("CpuCredits");
  if (const Input maintenance = in.at("MaintenanceOptions"))
    override_string(spec.auto_recovery, maintenance, "AutoRecovery");
  if (const Input hibernation = in.at("HibernationOptions"))
    spec.hibernation = hibernation.boolean("Configured");
  if (const Input enclave = in.at("EnclaveOptions")) spec.enclave = enclave.boolean("Enabled");
}

void read_user_data(LaunchSpec& spec, const Input& in) {
  if (!in.has("UserData")) return;
  spec.user_data = in.string("UserData");
  const auto decoded = base64_decode(spec.user_data);
  if (!decoded) throw compute_invalid("Invalid BASE64 encoding of user data.");
  constexpr size_t user_data_max = 16384;
  if (decoded->size() > user_data_max)
    throw compute_invalid("User data is limited to 16384 bytes");
}

void read_tags(LaunchSpec& spec, const Input& in) {
  for (const Input& given : in.list("TagSpecifications")) {
    const std::string type = given.string("ResourceType");
    const Tags tags = tags_from(given.list("Tags"));
    check_tag_keys(tags);  // here and not at the launch: services tag with keys of their own
    Tags* into = type == "instance"            ? &spec.instance_tags
                 : type == "volume"            ? &spec.volume_tags
                 : type == "network-interface" ? &spec.interface_tags
                                               : nullptr;
    const bool known = into || type == "spot-instances-request" || type == "elastic-gpu";
    if (!known)
      throw compute_invalid(cat("'", type, "' is not a valid taggable resource type for this "
                                           "operation."));
    if (!into) continue;
    for (const auto& [key, value] : tags) (*into)[key] = value;
  }
}

}  // namespace

void apply_launch_parameters(LaunchSpec& spec, const Input& in) {
  override_string(spec.image_id, in, "ImageId");
  override_string(spec.instance_type, in, "InstanceType");
  override_string(spec.key_name, in, "KeyName");
  read_user_data(spec, in);
  if (const Input profile = in.at("IamInstanceProfile")) {
    if (profile.has("Arn") && profile.has("Name"))
      throw compute_combination("The parameter 'iamInstanceProfile.name' may not be used in "
                                "combination with 'iamInstanceProfile.arn'");
    spec.instance_profile_arn = profile.string("Arn", profile.string("Name"));
  }
  if (const Input monitoring = in.at("Monitoring"))
    spec.monitoring = monitoring.boolean("Enabled", spec.monitoring);
  spec.ebs_optimized = in.boolean("EbsOptimized", spec.ebs_optimized);
  spec.disable_api_termination = in.boolean("DisableApiTermination", spec.disable_api_termination);
  spec.disable_api_stop = in.boolean("DisableApiStop", spec.disable_api_stop);
  override_string(spec.shutdown_behavior, in, "InstanceInitiatedShutdownBehavior");
  if (in.has("SecurityGroupIds") || in.has("SecurityGroups")) {
    spec.group_ids = in.strings("SecurityGroupIds");
    spec.group_names = in.strings("SecurityGroups");
  }
  read_block_devices(spec, in);
  read_interfaces(spec, in);
  read_placement(spec, in.at("Placement"));
  read_metadata_options(spec, in.at("MetadataOptions"));
  read_market(spec, in.at("InstanceMarketOptions"));
  read_options(spec, in);
  read_tags(spec, in);
  in.ignore("KernelId");  // of paravirtual images, of which there are none
  in.ignore(in.shape().find("RamdiskId") ? "RamdiskId" : "RamDiskId");
  const bool request = static_cast<bool>(in.shape().find("ElasticGpuSpecification"));
  refuse(in, {request ? "ElasticGpuSpecification" : "ElasticGpuSpecifications",
              "ElasticInferenceAccelerators", "LicenseSpecifications", "Operator",
              "NetworkPerformanceOptions", "SecondaryInterfaces"});
}

}  // namespace squall::ec2
