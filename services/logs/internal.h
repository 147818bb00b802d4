// What the files of CloudWatch Logs share among themselves.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/core/text.h"
#include "services/logs/logs.h"

namespace squall::logs {

using api::Context;
using api::Input;

struct LogStream {
  static constexpr std::string_view kind = "logs:log-stream";
  static constexpr bool quiet = true;
  std::string id;  // group, line feed, stream
  std::string group, name;
  Time created{};
  std::optional<Time> first_event, last_event, last_ingestion;
  int64_t stored_bytes = 0, chunks = 0;
  std::vector<std::string> index_keys() const { return {"group:" + group}; }
  SQUALL_FIELDS(id, group, name, created, first_event, last_event, last_ingestion, stored_bytes,
                chunks)
};

/// Up to chunk_lines lines of a stream, in order of arrival: small enough to copy on write.
struct LogChunk {
  static constexpr std::string_view kind = "logs:chunk";
  static constexpr bool quiet = true;
  std::string id;  // stream id, line feed, ordinal
  std::vector<LogEvent> events;
  SQUALL_FIELDS(id, events)
};

std::string stream_id(std::string_view group, std::string_view stream);
std::string chunk_id(std::string_view stream, int64_t ordinal);
std::string group_arn(const sim::Scope& scope, std::string_view group);
void append_event(sim::Scope& scope, std::string_view group, std::string_view stream,
                  LogEvent event);
/// The events of one stream, by time; equal times in order of arrival.
std::vector<LogEvent> stream_events(const sim::Scope& scope, const LogStream& stream);
void erase_stream(sim::Scope& scope, const std::string& id);

constexpr int64_t milliseconds(Time t) { return to_ns(t) / 1'000'000; }
constexpr Time from_milliseconds(int64_t ms) { return Time{std::chrono::milliseconds{ms}}; }

AwsError group_not_found();
AwsError stream_not_found();
AwsError already_exists(std::string_view what);
AwsError invalid_parameter(std::string_view message);
/// The group that `logGroupName` or `logGroupIdentifier` (name or ARN) names; throws.
const LogGroup& find_group(const Context& ctx, const Input& in);

/// `filterPattern`: terms (all must occur), quoted phrases, ?optional terms and -excluded ones;
/// JSON and bracket patterns are refused by the caller.
bool matches_pattern(std::string_view pattern, std::string_view message);

std::span<const api::HandlerRow> group_rows();
std::span<const api::HandlerRow> stream_rows();
std::span<const api::HandlerRow> event_rows();
std::span<const api::HandlerRow> tag_rows();

}  // namespace squall::logs
