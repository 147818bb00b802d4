// EC2's public face: its records, and what other services and the data plane do with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/cidr.h"
#include "services/ec2/endpoint_state.h"
#include "services/ec2/instance_state.h"
#include "services/ec2/vpc_state.h"

namespace squall::ec2 {

const api::ServiceDefinition& service();

/// The zones a region offers, in order ("ap-south-1a", ...), and their zone ids ("aps1-az1").
struct Zone {
  std::string name;
  std::string id;
};
const std::vector<Zone>& zones(std::string_view region);
bool is_known_region(std::string_view region);

// --- network interfaces for other services (load balancer nodes, databases, tasks) ------------
struct InterfaceSpec {
  std::string subnet_id;
  std::vector<std::string> group_ids;       // empty: the VPC's default group
  std::string description;                  // "ELB app/web/50dc6c495c0c9188"
  std::string requester_id;                 // "amazon-elb"; non-empty makes it requester-managed
  std::string interface_type = "interface";
  std::string private_ip = {};              // empty: the next free address of the subnet
  bool associate_public_ip = false;         // an AWS-owned public address
};
/// Throws AWS's errors (InvalidSubnetID.NotFound, InsufficientFreeAddressesInSubnet...).
NetworkInterface& create_interface(sim::Scope& scope, const InterfaceSpec& spec);
/// Deletes it and gives its addresses back. Does nothing if it is gone.
void delete_interface(sim::Scope& scope, std::string_view id);
/// "ip-10-0-0-1.ec2.internal", or with the region in other regions.
std::string private_dns_name(const sim::Scope& scope, std::string_view ip);

/// The blocks of a prefix list that AWS keeps, by its id or by its service's name
/// ("com.amazonaws.REGION.s3"); empty if there is no such list.
std::vector<std::string> prefix_list_blocks(const sim::Scope& scope, std::string_view id_or_name);

// --- instance types and images ------------------------------------------------------------------
struct InstanceType {
  std::string name;
  std::string family;       // "m5"
  int vcpus = 0;
  int64_t memory_mib = 0;
  std::string arch;         // x86_64 or arm64
  bool burstable = false;
  bool nitro = true;        // else Xen
  bool current = true;      // generation
  std::string network;      // "Up to 5 Gigabit"
  int interfaces_max = 0, addresses_per_interface = 0;
  int threads_per_core = 2;
  int64_t local_storage_gb = 0;
};
/// nullptr if EC2 has no such type. The pointer is good for ever.
const InstanceType* find_instance_type(std::string_view name);
/// All of them, sorted by name.
const std::vector<InstanceType>& instance_types();

/// An image of the catalogue by its name in the region ("al2023-ami-2023...-x86_64") or by the last
/// part of a public parameter's name ("al2023-ami-kernel-default-x86_64"); empty if there is none.
std::string image_id_of(std::string_view region, std::string_view name);
/// The image that a public parameter of Systems Manager names; empty if none does.
std::string image_of_parameter(std::string_view region, std::string_view name);
/// The image's name; empty if there is no such image.
std::string image_name_of(const sim::Scope& scope, std::string_view image_id);

// --- instances ------------------------------------------------------------------------------
struct LaunchInterface {
  std::string interface_id;                 // an existing one
  std::string subnet_id, private_ip, description, interface_type = "interface";
  std::vector<std::string> group_ids;
  int64_t device_index = 0;
  bool delete_on_termination = true;
  std::optional<bool> associate_public_ip;
};
struct LaunchSpec {
  std::string image_id;
  std::string instance_type = "m1.small";   // EC2's own default
  std::string subnet_id;                    // empty: the default subnet of `zone` or the first zone
  std::string zone;
  std::vector<std::string> group_ids;
  std::vector<std::string> group_names;     // default VPC only
  std::string private_ip;
  std::vector<LaunchInterface> interfaces;  // instead of subnet_id, group_ids, private_ip
  std::string key_name;
  std::string instance_profile_arn;         // ARN or name
  std::string user_data;                    // base64, as given
  bool monitoring = false;                  // detailed
  bool ebs_optimized = false;
  std::optional<bool> associate_public_ip;  // else as the subnet says
  std::vector<BlockDevice> block_devices;
  std::vector<std::string> no_devices;      // of the image's mapping, left out
  Tags instance_tags, volume_tags, interface_tags;
  std::string launch_template_id, launch_template_version;
  std::string market_type;                  // "spot" or empty
  std::string metadata_http_tokens;         // empty: as the image says, else optional
  std::string metadata_http_endpoint = "enabled", metadata_tags = "disabled",
              metadata_ipv6 = "disabled";
  int64_t metadata_hop_limit = 0;           // 0: the default
  bool disable_api_termination = false, disable_api_stop = false;
  std::string shutdown_behavior = "stop";
  std::string tenancy = "default", placement_group;
  std::string credits;                      // standard, unlimited; empty: the family's default
  std::string auto_recovery = "default", capacity_preference = "open";
  std::string hostname_type;                // empty: as the subnet says
  bool hibernation = false, enclave = false;
  int64_t core_count = 0, threads_per_core = 0;  // 0: the type's own
  std::string auto_scaling_group;
  std::string client_token, client_token_digest;
};
/// Fills a spec from a launch template. `version` may be a number, "$Latest" or "$Default". Throws
/// EC2's errors (InvalidLaunchTemplateId.NotFound...).
LaunchSpec resolve_launch_template(const sim::Scope& scope, std::string_view id,
                                   std::string_view name, std::string_view version);
/// Launches `count` instances (state pending; running by event "ec2.instance.running") and returns
/// their ids. Throws EC2's errors, InsufficientInstanceCapacity where a fault says so.
std::vector<std::string> launch_instances(sim::Scope& scope, const LaunchSpec& spec, int count);
/// The same line of code for the API, Auto Scaling and faults. `reason` goes to
/// StateTransitionReason
/// ("User initiated", "Server.SpotInstanceTermination"...). No-ops on instances that are gone.
void terminate_instance(sim::Scope& scope, std::string_view id, std::string_view reason);
void stop_instance(sim::Scope& scope, std::string_view id, std::string_view reason);
void start_instance(sim::Scope& scope, std::string_view id);

}  // namespace squall::ec2
