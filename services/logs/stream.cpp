// Log streams: create, describe, delete.
#include <algorithm>

#include "services/common/page.h"
#include "services/logs/internal.h"

namespace squall::logs {
namespace {

Value create_log_stream(Context& ctx, Input in) {
  const std::string group = in.string("logGroupName"), name = in.string("logStreamName");
  if (!ctx.has<LogGroup>(group)) throw group_not_found();
  LogStream stream;
  stream.id = stream_id(group, name);
  if (ctx.has<LogStream>(stream.id)) throw already_exists("log stream");
  stream.group = group;
  stream.name = name;
  stream.created = ctx.now();
  ctx.add(std::move(stream));
  return Value::map();
}

Value delete_log_stream(Context& ctx, Input in) {
  const std::string group = in.string("logGroupName");
  if (!ctx.has<LogGroup>(group)) throw group_not_found();
  const std::string id = stream_id(group, in.string("logStreamName"));
  if (!ctx.has<LogStream>(id)) throw stream_not_found();
  erase_stream(ctx, id);
  return Value::map();
}

Value describe(const Context& ctx, const LogStream& s) {
  Value v{{"logStreamName", s.name},
          {"creationTime", milliseconds(s.created)},
          {"arn", cat(group_arn(ctx, s.group), ":log-stream:", s.name)},
          {"storedBytes", 0}};  // AWS reports zero for streams since 2019
  if (s.first_event) {
    v.add("firstEventTimestamp", milliseconds(*s.first_event));
    v.add("lastEventTimestamp", milliseconds(*s.last_event));
    v.add("lastIngestionTime", milliseconds(*s.last_ingestion));
    v.add("uploadSequenceToken", std::to_string(s.chunks));
  }
  return v;
}

Value describe_log_streams(Context& ctx, Input in) {
  const LogGroup& group = find_group(ctx, in);
  const std::string prefix = in.string("logStreamNamePrefix");
  const bool by_time = in.string("orderBy", "LogStreamName") == "LastEventTime";
  if (by_time && !prefix.empty())
    throw invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const bool descending = in.boolean("descending");
  const auto limit = static_cast<size_t>(in.integer("limit", 50));
  const PageRequest request = page_request(
      in.string("nextToken"), {}, invalid_parameter("The specified nextToken is invalid."));
  auto streams = ctx.by<LogStream>(cat("group:", group.id));
  std::erase_if(streams, [&](const LogStream* s) { return !s->name.starts_with(prefix); });
  std::ranges::stable_sort(streams, [&](const LogStream* a, const LogStream* b) {
    if (descending) std::swap(a, b);
    if (by_time && a->last_event != b->last_event) return a->last_event < b->last_event;
    return a->name < b->name;
  });
  auto at = streams.begin();
  if (!request.after.empty()) {
    at = std::ranges::find(streams, request.after, [](const LogStream* s) { return s->id; });
    if (at != streams.end()) ++at;
  }
  Value list = Value::list(), token;
  for (; at != streams.end(); ++at) {
    if (list.size() == limit) {
      token = Value(base64_encode(cat("v1:", (*std::prev(at))->id)));
      break;
    }
    list.push(describe(ctx, **at));
  }
  return {{"logStreams", list}, {"nextToken", token}};
}

}  // namespace

std::span<const api::HandlerRow> stream_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateLogStream", api::Writes, create_log_stream},
      {"DeleteLogStream", api::Writes, delete_log_stream},
      {"DescribeLogStreams", api::Reads, describe_log_streams},
  };
  return rows;
}

}  // namespace squall::logs
