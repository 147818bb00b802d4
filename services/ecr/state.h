// ECR's records beside repositories, images and layers.
#pragma once

#include "services/ecr/ecr.h"

namespace squall::ecr {

struct Upload {
  static constexpr std::string_view kind = "ecr:upload";
  static constexpr bool quiet = true;
  std::string id;
  std::string repository;
  std::vector<Bytes> parts;
  int64_t received = 0;
  Time started{};
  std::vector<std::string> index_keys() const { return {"repository:" + repository}; }
  SQUALL_FIELDS(id, repository, parts, received, started)
};

struct PreviewResult {
  std::string digest, action;  // EXPIRE, TRANSITION
  int64_t priority = 0;
  SQUALL_FIELDS(digest, action, priority)
};

struct Preview {
  static constexpr std::string_view kind = "ecr:lifecycle-preview";
  std::string id;  // the repository
  std::string policy, status = "IN_PROGRESS";
  std::vector<PreviewResult> results;
  SQUALL_FIELDS(id, policy, status, results)
};

struct PullThroughRule {
  static constexpr std::string_view kind = "ecr:pull-through-cache-rule";
  std::string id;  // the repository prefix
  std::string upstream_url, upstream, credential_arn, role_arn, upstream_prefix;
  Time created{};
  std::optional<Time> updated;
  SQUALL_FIELDS(id, upstream_url, upstream, credential_arn, role_arn, upstream_prefix, created,
                updated)
};

struct CreationTemplate {
  static constexpr std::string_view kind = "ecr:creation-template";
  std::string id;  // the prefix, or ROOT
  std::string description, encryption = "AES256", kms_key, mutability = "MUTABLE",
                           repository_policy, lifecycle_policy, role_arn;
  std::vector<std::string> mutability_filters, applied_for;
  Tags tags;
  Time created{}, updated{};
  SQUALL_FIELDS(id, description, encryption, kms_key, mutability, repository_policy,
                lifecycle_policy, role_arn, mutability_filters, applied_for, tags, created,
                updated)
};

/// The registry's own settings; made when the first is.
struct Registry {
  static constexpr std::string_view kind = "ecr:registry";
  std::string id;  // "registry"
  std::string policy, replication_json, scan_type = "BASIC", scan_rules_json, signing_json;
  std::map<std::string, std::string> settings;
  std::map<std::string, Time> pull_time_exclusions;  // by principal
  SQUALL_FIELDS(id, policy, replication_json, scan_type, scan_rules_json, signing_json, settings,
                pull_time_exclusions)
};

}  // namespace squall::ecr
