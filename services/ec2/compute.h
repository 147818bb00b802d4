// What the files of computing share among themselves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/compute_errors.h"
#include "services/ec2/internal.h"

namespace squall::ec2 {

/// A machine image: of the catalogue, or the account's own (a record).
struct Image {
  static constexpr std::string_view kind = "ec2:image";
  std::string id;
  std::string name, description, owner, owner_alias, architecture = "x86_64";
  std::string root_device_name = "/dev/xvda", platform_details = "Linux/UNIX";
  std::string state = "available";
  std::string imds_support;         // "v2.0": instances default to HttpTokens=required
  std::string boot_mode = "uefi-preferred";
  std::string source_instance_id, source_image_id;
  std::vector<BlockDevice> devices;  // the root first
  bool is_public = true, ena = true;
  Time created{};
  std::optional<Time> deprecated;
  Tags tags;
  SQUALL_FIELDS(id, name, description, owner, owner_alias, architecture, root_device_name,
                platform_details, state, imds_support, boot_mode, source_instance_id,
                source_image_id, devices, is_public, ena, created, deprecated, tags)
};
struct Snapshot {
  static constexpr std::string_view kind = "ec2:snapshot";
  std::string id;
  std::string volume_id, description, state = "pending", kms_key_id;
  int64_t size_gib = 0;
  bool encrypted = false;
  Time started{};
  Tags tags;
  SQUALL_FIELDS(id, volume_id, description, state, kms_key_id, size_gib, encrypted, started, tags)
};
/// The catalogue of a region, sorted by id. Built on first use and kept for ever.
const std::vector<Image>& image_catalog(std::string_view region);
/// Of the account or the catalogue; nullptr if there is none.
const Image* find_image(const sim::Scope& scope, std::string_view id);
/// Resolves "resolve:ssm:NAME" and checks the id's form.
std::string resolve_image_id(const sim::Scope& scope, std::string_view given);

/// `prefix-` and 8 or 17 hex digits.
bool is_resource_id(std::string_view id, std::string_view prefix);

/// Reads the members that RunInstances and a launch template's data share into `spec`. Members of
/// the shape that have a meaning nobody serves here are refused by UnsupportedOperation.
void apply_launch_parameters(LaunchSpec& spec, const Input& in);
/// Refuses what users may not tag with.
void check_tag_keys(const Tags& tags);

template <> const IdWords& id_words<Volume>();
template <> const IdWords& id_words<Snapshot>();
Snapshot& add_snapshot(sim::Scope& scope, const Volume& volume, std::string description, Tags tags);
Value describe_volume(const Volume& volume);
Value describe_attachment(const Volume& volume, std::string_view state);
/// Throws what EC2 says of a type, size or performance that no volume can have.
void check_volume(std::string_view type, int64_t size_gib, int64_t iops, int64_t throughput);
/// What a volume has if nothing is asked for; 0 where the type has no such figure.
int64_t default_iops(std::string_view type, int64_t size_gib, int64_t wanted);
int64_t default_throughput(std::string_view type, int64_t wanted);

int state_code(std::string_view state);
Value describe_state(std::string_view state);
/// Names and lookups that many instances of one answer share.
class InstanceDescriber {
 public:
  explicit InstanceDescriber(const sim::Scope& scope);
  Value describe(const Instance& instance);

 private:
  Value describe_interface(const NetworkInterface& eni);
  Value describe_groups(const std::vector<std::string>& ids);
  Value describe_devices(const Instance& instance);
  std::string private_name(std::string_view ip) const;
  std::string public_name(const std::string& vpc_id, std::string_view ip);

  const sim::Scope& scope_;
  std::string private_suffix_, public_suffix_;
  const SecurityGroup* group_ = nullptr;  // the last one looked up
  std::string vpc_id_;
  bool vpc_names_ = false;
};
Value describe_reservation(const sim::Scope& scope, const Instance& first);

/// The instance, or InvalidInstanceID.*.
const Instance& require_instance(const sim::Scope& scope, std::string_view id);
std::vector<std::string> require_instances(const sim::Scope& scope,
                                           const std::vector<std::string>& ids);
/// Terminated for good: interfaces, volumes and addresses are given back.
void finish_termination(sim::Scope& scope, Instance& instance);
void announce_state(sim::Scope& scope, const Instance& instance);
/// Puts the auto-assigned public address of the primary interface there or takes it away.
void set_auto_public_ip(sim::Scope& scope, Instance& instance, bool on);

/// The template's version under "$Latest", "$Default", a number or nothing (the default).
const LaunchTemplate& require_launch_template(const sim::Scope& scope, std::string_view id,
                                              std::string_view name);
const LaunchTemplateVersion& require_version(const LaunchTemplate& t, std::string_view version);

HandlerRows instance_attribute_rows();
HandlerRows instance_option_rows();
HandlerRows instance_profile_rows();
HandlerRows own_image_rows();
EventRows own_image_events();
HandlerRows volume_change_rows();
HandlerRows run_instances_rows();
HandlerRows snapshot_rows();
HandlerRows launch_template_version_rows();
EventRows instance_monitor_events();
WatchRows instance_watches();
/// The definition with everything that computing contributes to it.
api::ServiceDefinition with_compute(api::ServiceDefinition definition);

}  // namespace squall::ec2
