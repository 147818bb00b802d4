// How an instance looks in answers. A thousand of them are built in a millisecond, so what they
// share is looked up once (PERF).
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

struct StateCode {
  std::string_view name;
  int code;
};
constexpr StateCode state_codes[] = {{"pending", 0},     {"running", 16},  {"shutting-down", 32},
                                     {"terminated", 48}, {"stopping", 64}, {"stopped", 80}};

Value describe_profile(const Instance& i) {
  if (i.instance_profile_arn.empty()) return {};
  return {{"Arn", i.instance_profile_arn}, {"Id", i.instance_profile_id}};
}

Value describe_state_reason(const Instance& i) {
  if (i.state_reason_code.empty()) return {};
  return {{"Code", i.state_reason_code}, {"Message", i.state_reason_message}};
}

Value describe_metadata(const Instance& i) {
  return {{"State", "applied"},
          {"HttpTokens", i.metadata_http_tokens},
          {"HttpPutResponseHopLimit", i.metadata_hop_limit},
          {"HttpEndpoint", i.metadata_http_endpoint},
          {"HttpProtocolIpv6", i.metadata_ipv6},
          {"InstanceMetadataTags", i.metadata_tags}};
}

Value describe_placement(const Instance& i) {
  return {{"GroupName", i.placement_group},
          {"Tenancy", i.tenancy},
          {"AvailabilityZone", i.zone}};
}

Value optional_text(const std::string& text) { return text.empty() ? Value() : Value(text); }

}  // namespace

int state_code(std::string_view state) {
  for (const StateCode& s : state_codes)
    if (s.name == state) return s.code;
  return 0;
}

Value describe_state(std::string_view state) {
  return {{"Code", state_code(state)}, {"Name", state}};
}

InstanceDescriber::InstanceDescriber(const sim::Scope& scope) : scope_(scope) {
  const bool virginia = scope.region() == "us-east-1";
  private_suffix_ = virginia ? ".ec2.internal" : cat('.', scope.region(), ".compute.internal");
  public_suffix_ =
      virginia ? ".compute-1.amazonaws.com" : cat('.', scope.region(), ".compute.amazonaws.com");
}

std::string InstanceDescriber::private_name(std::string_view ip) const {
  std::string name = cat("ip-", ip, private_suffix_);
  for (size_t i = 3; i < 3 + ip.size(); ++i)
    if (name[i] == '.') name[i] = '-';
  return name;
}

std::string InstanceDescriber::public_name(const std::string& vpc_id, std::string_view ip) {
  if (ip.empty()) return {};
  if (vpc_id != vpc_id_) {
    vpc_id_ = vpc_id;
    const Vpc* vpc = scope_.view<Vpc>(vpc_id);
    vpc_names_ = vpc && vpc->dns_hostnames;
  }
  if (!vpc_names_) return {};
  std::string name = cat("ec2-", ip, public_suffix_);
  for (size_t i = 4; i < 4 + ip.size(); ++i)
    if (name[i] == '.') name[i] = '-';
  return name;
}

Value InstanceDescriber::describe_groups(const std::vector<std::string>& ids) {
  Value list = Value::list();
  for (const std::string& id : ids) {
    if (!group_ || group_->id != id) group_ = scope_.view<SecurityGroup>(id);
    list.push({{"GroupId", id}, {"GroupName", group_ ? std::string_view(group_->name) : ""}});
  }
  return list;
}

Value InstanceDescriber::describe_interface(const NetworkInterface& eni) {
  Value association;
  if (!eni.public_ip.empty())
    association = {{"IpOwnerId", eni.allocation_id.empty() ? std::string_view("amazon")
                                                           : std::string_view(scope_.account())},
                   {"PublicDnsName", public_name(eni.vpc_id, eni.public_ip)},
                   {"PublicIp", eni.public_ip}};
  const Value name{private_name(eni.private_ip)};
  Value addresses = Value::list();
  addresses.push({{"Association", association},
                  {"Primary", true},
                  {"PrivateDnsName", name},
                  {"PrivateIpAddress", eni.private_ip}});
  for (const std::string& ip : eni.secondary_ips)
    addresses.push(
        {{"Primary", false}, {"PrivateDnsName", private_name(ip)}, {"PrivateIpAddress", ip}});
  return {{"Association", association},
          {"Attachment",
           {{"AttachTime", eni.attached},
            {"AttachmentId", eni.attachment_id},
            {"DeleteOnTermination", eni.delete_on_termination},
            {"DeviceIndex", eni.device_index},
            {"Status", "attached"},
            {"NetworkCardIndex", 0}}},
          {"Description", eni.description},
          {"Groups", describe_groups(eni.group_ids)},
          {"Ipv6Addresses", Value::list()},
          {"MacAddress", eni.mac},
          {"NetworkInterfaceId", eni.id},
          {"OwnerId", scope_.account()},
          {"PrivateDnsName", name},
          {"PrivateIpAddress", eni.private_ip},
          {"PrivateIpAddresses", addresses},
          {"SourceDestCheck", eni.source_dest_check},
          {"Status", eni.status},
          {"SubnetId", eni.subnet_id},
          {"VpcId", eni.vpc_id},
          {"InterfaceType", eni.interface_type}};
}

Value InstanceDescriber::describe_devices(const Instance& i) {
  Value list = Value::list();
  for (const BlockDevice& device : i.block_devices)
    list.push({{"DeviceName", device.device_name},
               {"Ebs",
                {{"AttachTime", i.launched},
                 {"DeleteOnTermination", device.delete_on_termination},
                 {"Status", "attached"},
                 {"VolumeId", device.volume_id}}}});
  return list;
}

Value InstanceDescriber::describe(const Instance& i) {
  const bool gone = i.state == "terminated";
  const NetworkInterface* primary = nullptr;
  Value interfaces = Value::list();
  for (const std::string& id : i.interface_ids)
    if (const NetworkInterface* eni = scope_.view<NetworkInterface>(id)) {
      if (!primary) primary = eni;
      interfaces.push(describe_interface(*eni));
    }
  const std::string_view public_ip = primary ? std::string_view(primary->public_ip) : "";
  return {{"Architecture", i.architecture},
          {"BlockDeviceMappings", describe_devices(i)},
          {"ClientToken", i.client_token},
          {"EbsOptimized", i.ebs_optimized},
          {"EnaSupport", true},
          {"Hypervisor", "xen"},  // what EC2 says of Nitro instances too
          {"IamInstanceProfile", describe_profile(i)},
          {"InstanceLifecycle", optional_text(i.market_type)},
          {"NetworkInterfaces", interfaces},
          {"RootDeviceName", i.root_device_name},
          {"RootDeviceType", "ebs"},
          {"SecurityGroups",
           primary ? describe_groups(primary->group_ids) : describe_groups(i.group_ids)},
          {"SourceDestCheck", gone ? Value() : Value(primary ? primary->source_dest_check : true)},
          {"StateReason", describe_state_reason(i)},
          {"Tags", describe_tags(i.tags, true)},
          {"VirtualizationType", "hvm"},
          {"CpuOptions", {{"CoreCount", i.core_count}, {"ThreadsPerCore", i.threads_per_core}}},
          {"CapacityReservationSpecification",
           {{"CapacityReservationPreference", i.capacity_preference}}},
          {"HibernationOptions", {{"Configured", i.hibernation}}},
          {"MetadataOptions", describe_metadata(i)},
          {"EnclaveOptions", {{"Enabled", i.enclave}}},
          {"PlatformDetails", i.platform_details},
          {"UsageOperation", "RunInstances"},
          {"UsageOperationUpdateTime", i.launched},
          {"PrivateDnsNameOptions",
           {{"HostnameType", i.hostname_type.empty() ? "ip-name" : i.hostname_type},
            {"EnableResourceNameDnsARecord", false},
            {"EnableResourceNameDnsAAAARecord", false}}},
          {"MaintenanceOptions", {{"AutoRecovery", i.auto_recovery}}},
          {"CurrentInstanceBootMode", i.architecture == "arm64" ? "uefi" : "legacy-bios"},
          {"InstanceId", i.id},
          {"ImageId", i.image_id},
          {"State", describe_state(i.state)},
          {"PrivateDnsName", gone ? Value("") : Value(private_name(i.private_ip))},
          {"PublicDnsName", public_name(i.vpc_id, public_ip)},
          {"StateTransitionReason", i.state_transition_reason},
          {"KeyName", optional_text(i.key_name)},
          {"AmiLaunchIndex", i.launch_index},
          {"ProductCodes", Value::list()},
          {"InstanceType", i.instance_type},
          {"LaunchTime", i.launched},
          {"Placement", describe_placement(i)},
          {"Monitoring", {{"State", i.monitoring ? "enabled" : "disabled"}}},
          {"SubnetId", optional_text(i.subnet_id)},
          {"VpcId", optional_text(i.vpc_id)},
          {"PrivateIpAddress", optional_text(i.private_ip)},
          {"PublicIpAddress", public_ip.empty() ? Value() : Value(public_ip)}};
}

Value describe_reservation(const sim::Scope& scope, const Instance& first) {
  Value requester;
  if (!first.auto_scaling_group.empty()) requester = "940372691376";
  return {{"ReservationId", first.reservation_id},
          {"OwnerId", scope.account()},
          {"RequesterId", requester},
          {"Groups", Value::list()},
          {"Instances", Value::list()}};
}

}  // namespace squall::ec2
