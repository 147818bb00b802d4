// IAM's public face. Its records live in the pseudo-region aws-global.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::iam {

const api::ServiceDefinition& service();

struct Role {
  static constexpr std::string_view kind = "iam:role";
  std::string id;  // the name
  std::string role_id, arn, path = "/", trust_policy, description, permissions_boundary;
  int64_t max_session_s = 3600;
  std::map<std::string, std::string> inline_policies;
  std::vector<std::string> attached_policies;  // ARNs
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, role_id, arn, path, trust_policy, description, permissions_boundary,
                max_session_s, inline_policies, attached_policies, created, tags)
};

struct InstanceProfile {
  static constexpr std::string_view kind = "iam:instance-profile";
  std::string id;  // the name
  std::string profile_id, arn, path = "/";
  std::vector<std::string> roles;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, profile_id, arn, path, roles, created, tags)
};

/// By name or ARN; nullptr if there is none. Any scope of the World will do.
const Role* find_role(const sim::Scope& scope, std::string_view name_or_arn);
const InstanceProfile* find_instance_profile(const sim::Scope& scope,
                                             std::string_view name_or_arn);

}  // namespace squall::iam
