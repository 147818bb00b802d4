// PutLogEvents, GetLogEvents, FilterLogEvents.
#include <algorithm>

#include "services/logs/internal.h"

namespace squall::logs {
namespace {

constexpr Duration too_old = std::chrono::hours{14 * 24}, too_new = std::chrono::hours{2};

Value put_log_events(Context& ctx, Input in) {
  const std::string group = in.string("logGroupName"), name = in.string("logStreamName");
  if (!ctx.has<LogGroup>(group)) throw group_not_found();
  const std::string id = stream_id(group, name);
  if (!ctx.has<LogStream>(id)) throw stream_not_found();
  in.ignore("sequenceToken");  // AWS ignores it since 2023
  in.ignore("entity");         // entities belong to Application Signals
  const auto batch = in.list("logEvents");
  int64_t last = INT64_MIN, old_end = 0, new_start = -1, i = 0;
  for (const Input& event : batch) {
    const int64_t ms = event.integer("timestamp");
    if (ms < last)
      throw invalid_parameter(
          "Log events in a single PutLogEvents request must be in chronological order.");
    last = ms;
  }
  for (const Input& event : batch) {
    const Time time = from_milliseconds(event.integer("timestamp"));
    const std::string message = event.string("message");
    if (time < ctx.now() - too_old)
      old_end = i + 1;
    else if (time > ctx.now() + too_new)
      new_start = new_start < 0 ? i : new_start;
    else
      append_event(ctx, group, name, {time, ctx.now(), message});
    ++i;
  }
  Value out{{"nextSequenceToken", std::to_string(ctx.view<LogStream>(id)->chunks)}};
  if (old_end || new_start >= 0) {
    Value rejected = Value::map();
    if (old_end) rejected.add("tooOldLogEventEndIndex", old_end);
    if (new_start >= 0) rejected.add("tooNewLogEventStartIndex", new_start);
    out.add("rejectedLogEventsInfo", rejected);
  }
  return out;
}

/// A forward or backward token names a position in the stream: "f/12", "b/12".
std::optional<size_t> position_of(const std::string& token) {
  if (token.size() < 3 || token[1] != '/') return {};
  const auto n = parse_int(std::string_view(token).substr(2));
  if (!n || *n < 0) return {};
  return static_cast<size_t>(*n);
}

Value get_log_events(Context& ctx, Input in) {
  const LogGroup& group = find_group(ctx, in);
  const LogStream* stream = ctx.view<LogStream>(stream_id(group.id, in.string("logStreamName")));
  if (!stream) throw stream_not_found();
  const int64_t from = in.integer("startTime", INT64_MIN), to = in.integer("endTime", INT64_MAX);
  const auto limit = static_cast<size_t>(in.integer("limit", 10'000));
  const std::string token = in.string("nextToken");
  in.ignore("unmask");  // nothing is masked
  auto list = stream_events(ctx, *stream);
  std::erase_if(list, [&](const LogEvent& e) {
    return milliseconds(e.time) < from || milliseconds(e.time) >= to;
  });
  size_t begin = 0, end = list.size();
  if (!token.empty()) {
    const auto position = position_of(token);
    if (!position || *position > list.size())
      throw invalid_parameter("The specified nextToken is invalid.");
    if (token[0] == 'b') {
      in.ignore("startFromHead");
      end = *position;
      begin = end > limit ? end - limit : 0;
    } else {
      in.ignore("startFromHead");
      begin = *position;
    }
  } else if (!in.boolean("startFromHead") && end > limit) {
    begin = end - limit;
  }
  end = std::min(end, begin + limit);
  Value events = Value::list();
  for (size_t i = begin; i < end; ++i) {
    events.push(Value{{"timestamp", milliseconds(list[i].time)},
                      {"message", list[i].message},
                      {"ingestionTime", milliseconds(list[i].ingested)}});
  }
  return {{"events", events},
          {"nextForwardToken", cat("f/", end)},
          {"nextBackwardToken", cat("b/", begin)}};
}

struct Found {
  const LogStream* stream;
  LogEvent event;
  size_t index;
};

Value filter_log_events(Context& ctx, Input in) {
  const LogGroup& group = find_group(ctx, in);
  const auto names = in.strings("logStreamNames");
  const std::string prefix = in.string("logStreamNamePrefix"), pattern = in.string("filterPattern");
  if (!names.empty() && !prefix.empty())
    throw invalid_parameter("logStreamNames and logStreamNamePrefix are mutually exclusive.");
  if (pattern.starts_with('{') || pattern.starts_with('['))
    throw AwsError{"NotImplemented", "Squall serves term patterns only, not JSON or [field] ones.",
                   501};
  const int64_t from = in.integer("startTime", INT64_MIN), to = in.integer("endTime", INT64_MAX);
  const auto limit = static_cast<size_t>(in.integer("limit", 10'000));
  in.ignore("interleaved");  // AWS ignores it: results are always interleaved
  in.ignore("unmask");
  const std::string token = in.string("nextToken");
  const auto start = token.empty() ? std::optional<size_t>(0) : position_of(token);
  if (!start) throw invalid_parameter("The specified nextToken is invalid.");
  std::vector<Found> found;
  for (const LogStream* stream : ctx.by<LogStream>(cat("group:", group.id))) {
    if (!stream->name.starts_with(prefix)) continue;
    if (!names.empty() && std::ranges::find(names, stream->name) == names.end()) continue;
    size_t index = 0;
    for (LogEvent& e : stream_events(ctx, *stream)) {
      ++index;
      const int64_t ms = milliseconds(e.time);
      if (ms >= from && ms < to && matches_pattern(pattern, e.message))
        found.push_back({stream, std::move(e), index});
    }
  }
  std::ranges::stable_sort(found, {}, [](const Found& f) { return f.event.time; });
  Value events = Value::list();
  size_t at = *start;
  for (; at < found.size() && events.size() < limit; ++at) {
    const Found& f = found[at];
    events.push(Value{{"logStreamName", f.stream->name},
                      {"timestamp", milliseconds(f.event.time)},
                      {"message", f.event.message},
                      {"ingestionTime", milliseconds(f.event.ingested)},
                      {"eventId", hex16(stable_hash(f.stream->id, f.index))}});
  }
  return {{"events", events},
          {"searchedLogStreams", Value::list()},
          {"nextToken", at < found.size() ? Value(cat("f/", at)) : Value()}};
}

}  // namespace

std::span<const api::HandlerRow> event_rows() {
  static const api::HandlerRow rows[] = {
      {"PutLogEvents", api::Writes, put_log_events},
      {"GetLogEvents", api::Reads, get_log_events},
      {"FilterLogEvents", api::Reads, filter_log_events},
  };
  return rows;
}

}  // namespace squall::logs
