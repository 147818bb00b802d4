// CloudWatch Logs' public face.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::logs {

const api::ServiceDefinition& service();

struct LogGroup {
  static constexpr std::string_view kind = "logs:log-group";
  std::string id;  // the name
  std::string group_class = "STANDARD", kms_key_id;
  std::optional<int64_t> retention_days;
  bool deletion_protection = false;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, group_class, kms_key_id, retention_days, deletion_protection, created,
                tags)
};

struct LogEvent {
  Time time{};
  Time ingested{};
  std::string message;
  SQUALL_FIELDS(time, ingested, message)
};

/// Appends to a stream, which is made if it is missing; does nothing if the group is missing (as
/// agents and flow logs find out on AWS). For services, tasks and the data plane. Cheap a line.
void append(sim::Scope& scope, std::string_view group, std::string_view stream,
            std::string message, Time time);
/// The events of a group in order of time (drills and tests).
std::vector<LogEvent> events(const sim::Scope& scope, std::string_view group);

}  // namespace squall::logs
