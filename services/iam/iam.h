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
  std::vector<std::string> index_keys() const { return policy_keys(attached_policies); }
  static std::vector<std::string> policy_keys(const std::vector<std::string>& arns) {
    std::vector<std::string> keys;
    for (const std::string& arn : arns) keys.push_back("policy:" + arn);
    return keys;
  }
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
  std::vector<std::string> index_keys() const {
    return roles.empty() ? roles : std::vector<std::string>{"role:" + roles[0]};
  }
  SQUALL_FIELDS(id, profile_id, arn, path, roles, created, tags)
};

struct PolicyVersion {
  int64_t number = 1;
  std::string document;
  Time created{};
  SQUALL_FIELDS(number, document, created)
};

/// A customer managed policy; AWS's own are a catalogue, not records.
struct Policy {
  static constexpr std::string_view kind = "iam:policy";
  std::string id;  // the ARN
  std::string name, policy_id, path = "/", description;
  std::vector<PolicyVersion> versions;  // oldest first
  int64_t default_version = 1, last_version = 1;
  Time created{}, updated{};
  Tags tags;
  SQUALL_FIELDS(id, name, policy_id, path, description, versions, default_version, last_version,
                created, updated, tags)
};

struct User {
  static constexpr std::string_view kind = "iam:user";
  std::string id;  // the name
  std::string user_id, arn, path = "/", permissions_boundary;
  std::map<std::string, std::string> inline_policies;
  std::vector<std::string> attached_policies;  // ARNs
  Time created{};
  Tags tags;
  std::vector<std::string> index_keys() const { return Role::policy_keys(attached_policies); }
  SQUALL_FIELDS(id, user_id, arn, path, permissions_boundary, inline_policies, attached_policies,
                created, tags)
};

struct AccessKey {
  static constexpr std::string_view kind = "iam:access-key";
  std::string id;  // AKIA...
  std::string user, secret, status = "Active";
  Time created{};
  std::vector<std::string> index_keys() const { return {"user:" + user}; }
  SQUALL_FIELDS(id, user, secret, status, created)
};

/// By name or ARN; nullptr if there is none. Any scope of the World will do.
const Role* find_role(const sim::Scope& scope, std::string_view name_or_arn);
const InstanceProfile* find_instance_profile(const sim::Scope& scope,
                                             std::string_view name_or_arn);

}  // namespace squall::iam
