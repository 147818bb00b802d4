// RDS's records beside the DB instance.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/rds/rds.h"

namespace squall::rds {

struct SubnetGroup {
  static constexpr std::string_view kind = "rds:subnet-group";
  std::string id;  // the name, lower case
  std::string arn, description, vpc_id;
  std::vector<std::string> subnet_ids;
  Tags tags;
  SQUALL_FIELDS(id, arn, description, vpc_id, subnet_ids, tags)
};

struct ParameterSetting {
  std::string value, apply_method;
  SQUALL_FIELDS(value, apply_method)
};

struct ParameterGroup {
  static constexpr std::string_view kind = "rds:parameter-group";
  std::string id;
  std::string arn, family, description;
  std::map<std::string, ParameterSetting> settings;  // what the user changed
  Tags tags;
  SQUALL_FIELDS(id, arn, family, description, settings, tags)
};

struct OptionGroup {
  static constexpr std::string_view kind = "rds:option-group";
  std::string id;
  std::string arn, engine, major_version, description;
  Tags tags;
  SQUALL_FIELDS(id, arn, engine, major_version, description, tags)
};

/// A snapshot keeps the instance as it was, so that a restore finds every setting.
struct Snapshot {
  static constexpr std::string_view kind = "rds:snapshot";
  std::string id;
  std::string arn, instance_id, status = "creating", type = "manual", source_arn, kms_key_id,
                                option_group;
  bool encrypted = false;
  Time created{}, original_created{};
  DbInstance instance;
  Tags tags;
  std::vector<std::string> index_keys() const { return {"instance:" + instance_id}; }
  SQUALL_FIELDS(id, arn, instance_id, status, type, source_arn, kms_key_id, option_group, encrypted,
                created, original_created, instance, tags)
};

/// What DescribeEvents lists; kept for 14 days. `id` sorts by time.
struct EventRecord {
  static constexpr std::string_view kind = "rds:event";
  static constexpr bool quiet = true;  // announced in the journal under its own name
  std::string id;
  std::string event_id;  // RDS-EVENT-0049
  std::string source_id, source_type, source_arn, message;
  std::vector<std::string> categories;
  Time time{};
  SQUALL_FIELDS(id, event_id, source_id, source_type, source_arn, message, categories, time)
};

struct EventSubscription {
  static constexpr std::string_view kind = "rds:event-subscription";
  std::string id;
  std::string arn, topic_arn, source_type;
  std::vector<std::string> source_ids, categories;
  bool enabled = true;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, arn, topic_arn, source_type, source_ids, categories, enabled, created, tags)
};

}  // namespace squall::rds
