// The records of computing: instances, volumes, images, launch templates, key pairs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/core/time.h"
#include "services/common/tags.h"

namespace squall::ec2 {

struct BlockDevice {
  std::string device_name;
  int64_t size_gib = 8;
  std::string volume_type = "gp3";
  bool encrypted = false;
  std::string kms_key_id, snapshot_id;
  int64_t iops = 0;             // 0: the type's default
  int64_t throughput_mibps = 0;
  bool delete_on_termination = true;
  std::string volume_id;        // once attached
  SQUALL_FIELDS(device_name, size_gib, volume_type, encrypted, kms_key_id, snapshot_id, iops,
                throughput_mibps, delete_on_termination, volume_id)
};

/// state: pending, running, shutting-down, terminated, stopping, stopped.
struct Instance {
  static constexpr std::string_view kind = "ec2:instance";
  static constexpr bool indexes_tags = true;
  std::string id;
  std::string reservation_id;
  int64_t launch_index = 0;
  std::string image_id, instance_type, key_name;
  std::string vpc_id, subnet_id, zone;
  std::string private_ip, public_ip;
  std::string primary_interface_id;
  std::vector<std::string> interface_ids;  // by device index, the primary first
  std::vector<std::string> group_ids;
  std::string instance_profile_arn, instance_profile_id, profile_association_id;
  std::string architecture = "x86_64", platform_details = "Linux/UNIX";
  std::string tenancy = "default", placement_group, credits, hostname_type;
  std::string state = "pending";
  std::string state_reason_code, state_reason_message, state_transition_reason;
  std::string user_data;
  bool monitoring = false, ebs_optimized = false, source_dest_check = true;
  bool disable_api_termination = false, disable_api_stop = false;
  std::string shutdown_behavior = "stop";
  std::string market_type;
  std::string metadata_http_tokens = "optional", metadata_http_endpoint = "enabled";
  std::string metadata_tags = "disabled", metadata_ipv6 = "disabled";
  int64_t metadata_hop_limit = 1;
  int64_t core_count = 1, threads_per_core = 2;
  std::string auto_recovery = "default", capacity_preference = "open";
  bool hibernation = false, enclave = false;
  std::string root_device_name;
  std::vector<BlockDevice> block_devices;
  std::string launch_template_id, launch_template_version;
  Time launched{};
  std::optional<Time> terminated;
  /// When the operating system and the workload began to answer (boot done); none while down.
  std::optional<Time> booted;
  /// Status checks: ok, impaired, initializing, insufficient-data, not-applicable.
  std::string system_status = "initializing", instance_status = "initializing";
  std::optional<Time> impaired_since;
  bool powered = true;     // false while its host is dark, known to nobody but physics
  int64_t power_epoch = 0; // rises when it is started, stopped or loses power: old events are stale
  std::string auto_scaling_group;  // who launched it, or empty
  std::string client_token, client_token_digest;
  Tags tags;
  void index_keys(IndexKeys& keys) const {
    keys.add("state:", state);
    keys.add("vpc:", vpc_id);
    keys.add("subnet:", subnet_id);
    if (!client_token.empty()) keys.add("token:", client_token);
    add_tag_keys(keys, tags);
  }
  SQUALL_FIELDS(id, reservation_id, launch_index, image_id, instance_type, key_name, vpc_id,
                subnet_id, zone, private_ip, public_ip, primary_interface_id, interface_ids,
                group_ids, instance_profile_arn, instance_profile_id, profile_association_id,
                architecture, platform_details, tenancy, placement_group, credits, hostname_type,
                state, state_reason_code,
                state_reason_message, state_transition_reason, user_data, monitoring,
                ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop,
                shutdown_behavior, market_type, metadata_http_tokens, metadata_http_endpoint,
                metadata_tags, metadata_ipv6, metadata_hop_limit, core_count, threads_per_core,
                auto_recovery, capacity_preference, hibernation, enclave, root_device_name,
                block_devices, launch_template_id, launch_template_version, launched, terminated,
                booted, system_status, instance_status, impaired_since, powered, power_epoch,
                auto_scaling_group, client_token, client_token_digest, tags)
};

struct Volume {
  static constexpr std::string_view kind = "ec2:volume";
  static constexpr bool indexes_tags = true;
  std::string id;
  std::string zone, volume_type = "gp2", snapshot_id, kms_key_id;
  int64_t size_gib = 0, iops = 0, throughput_mibps = 0;
  bool encrypted = false, multi_attach = false;
  std::string state = "creating";  // creating, available, in-use, deleting, deleted
  std::string instance_id, device_name;
  bool delete_on_termination = false;
  std::optional<Time> attached;
  Time created{};
  std::optional<Time> modified;         // by ModifyVolume, the last time
  std::vector<std::string> original;    // type, size, IOPS and throughput before that
  bool auto_enable_io = false;
  std::string client_token;
  Tags tags;
  void index_keys(IndexKeys& keys) const {
    if (!instance_id.empty()) keys.add("instance:", instance_id);
    if (!client_token.empty()) keys.add("token:", client_token);
    add_tag_keys(keys, tags);
  }
  SQUALL_FIELDS(id, zone, volume_type, snapshot_id, kms_key_id, size_gib, iops, throughput_mibps,
                encrypted, multi_attach, state, instance_id, device_name, delete_on_termination,
                attached, created, modified, original, auto_enable_io, client_token, tags)
};

struct KeyPair {
  static constexpr std::string_view kind = "ec2:key-pair";
  std::string id;    // the name
  std::string key_pair_id, fingerprint, key_type = "rsa", public_key;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, key_pair_id, fingerprint, key_type, public_key, created, tags)
};

/// RequestLaunchTemplateData, kept as the JSON text of the document: it is given back as it came.
struct LaunchTemplateVersion {
  int64_t number = 1;
  std::string description;
  std::string data_json;
  Time created{};
  SQUALL_FIELDS(number, description, data_json, created)
};

struct LaunchTemplate {
  static constexpr std::string_view kind = "ec2:launch-template";
  std::string id;
  std::string name;
  int64_t default_version = 1, latest_version = 1;
  std::map<std::string, LaunchTemplateVersion> versions;  // by zero-padded number
  Time created{};
  std::string client_token, client_token_digest;
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"name:" + name, "token:" + client_token};
  }
  SQUALL_FIELDS(id, name, default_version, latest_version, versions, created, client_token,
                client_token_digest, tags)
};

}  // namespace squall::ec2
