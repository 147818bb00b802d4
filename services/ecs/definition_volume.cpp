// Volumes of task definitions.
#include <algorithm>

#include "services/ecs/definition.h"

namespace squall::ecs {
namespace {

bool is_volume_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
}

void check_file_system(const Input& efs) {
  if (!efs.string("fileSystemId").starts_with("fs-"))
    throw client_exception("Invalid EFS file system ID.");
  const bool encrypted = efs.string("transitEncryption") == "ENABLED";
  const auto port = efs.optional_integer("transitEncryptionPort");
  if (port && (*port < 0 || *port > 65535))
    throw client_exception("The transit encryption port must be between 0 and 65535.");
  if (port && !encrypted)
    throw client_exception("Transit encryption must be enabled when a transit encryption port is "
                           "specified.");
  const Input authorization = efs.at("authorizationConfig");
  const bool has_point = authorization.has("accessPointId");
  if (has_point && !efs.string("rootDirectory", "/").empty() &&
      efs.string("rootDirectory", "/") != "/")
    throw client_exception("The root directory must be omitted or set to / when an EFS access "
                           "point is specified.");
  if ((has_point || authorization.string("iam") == "ENABLED") && !encrypted)
    throw client_exception("Transit encryption must be enabled when EFS IAM authorization or an "
                           "access point is used.");
}

void check_volume(const Input& volume, const Draft& draft) {
  constexpr std::string_view kinds[] = {"host", "dockerVolumeConfiguration",
                                        "efsVolumeConfiguration", "s3filesVolumeConfiguration",
                                        "fsxWindowsFileServerVolumeConfiguration"};
  size_t given = volume.boolean("configuredAtLaunch") ? 1 : 0;
  for (const std::string_view kind : kinds) given += volume.has(kind);
  if (given > 1)
    throw client_exception(cat("Volume '", volume.string("name"),
                               "' must have only one of its configurations."));
  const Input docker = volume.at("dockerVolumeConfiguration");
  if (docker.has("autoprovision") && docker.string("scope", "task") != "shared")
    throw client_exception("autoprovision is only supported for volumes with the scope shared.");
  if (const Input efs = volume.at("efsVolumeConfiguration")) check_file_system(efs);
  if (volume.has("fsxWindowsFileServerVolumeConfiguration") && !draft.is_windows())
    throw client_exception("FSx for Windows File Server volumes need a Windows operating system "
                           "family.");
}

}  // namespace

void read_volumes(const Input& in, Draft& draft) {
  Value shown = Value::list();
  const auto volumes = in.list("volumes");
  const Value raw = in.raw("volumes");
  for (size_t i = 0; i < volumes.size(); ++i) {
    const std::string name = volumes[i].string("name");
    if (!is_volume_name(name)) throw client_exception("Volume name is invalid.");
    if (std::ranges::find(draft.volumes, name) != draft.volumes.end())
      throw client_exception(cat("Duplicate volume name '", name, "'."));
    check_volume(volumes[i], draft);
    draft.volumes.push_back(name);
    Value v = Value::map();
    for (const Member& member : raw[i].members()) v.add(member.key, member.value);
    if (v.size() == 1) v.add("host", Value::map());
    shown.push(v);
  }
  draft.document.set("volumes", shown);
}

}  // namespace squall::ecs
