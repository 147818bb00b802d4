// Where log lines are kept, for the API, services and drills alike; and the service's refusals.
#include <algorithm>

#include "services/logs/internal.h"

namespace squall::logs {
namespace {

constexpr size_t chunk_lines = 200;

std::string padded(int64_t ordinal) {
  const std::string digits = std::to_string(ordinal);
  return std::string(10 - std::min<size_t>(10, digits.size()), '0') + digits;
}

}  // namespace

std::string stream_id(std::string_view group, std::string_view stream) {
  return cat(group, '\n', stream);
}
std::string chunk_id(std::string_view stream, int64_t ordinal) {
  return cat(stream, '\n', padded(ordinal));
}
std::string group_arn(const sim::Scope& scope, std::string_view group) {
  return scope.arn("logs", cat("log-group:", group));
}

void append_event(sim::Scope& scope, std::string_view group, std::string_view stream,
                  LogEvent event) {
  const std::string id = stream_id(group, stream);
  LogStream& s = scope.edit<LogStream>(id);
  const LogChunk* last = s.chunks ? scope.view<LogChunk>(chunk_id(id, s.chunks)) : nullptr;
  if (!last || last->events.size() >= chunk_lines)
    scope.add<LogChunk>({chunk_id(id, ++s.chunks), {}});
  s.first_event = std::min(s.first_event.value_or(event.time), event.time);
  s.last_event = std::max(s.last_event.value_or(event.time), event.time);
  s.last_ingestion = event.ingested;
  constexpr int64_t overhead_bytes = 26;  // what AWS counts for each event
  s.stored_bytes += static_cast<int64_t>(event.message.size()) + overhead_bytes;
  scope.edit<LogChunk>(chunk_id(id, s.chunks)).events.push_back(std::move(event));
}

void append(sim::Scope& scope, std::string_view group, std::string_view stream,
            std::string message, Time time) {
  if (!scope.has<LogGroup>(group)) return;
  const std::string id = stream_id(group, stream);
  if (!scope.has<LogStream>(id)) {
    LogStream made;
    made.id = id;
    made.group = group;
    made.name = stream;
    made.created = scope.now();
    scope.add(std::move(made));
  }
  append_event(scope, group, stream, {time, scope.now(), std::move(message)});
}

std::vector<LogEvent> stream_events(const sim::Scope& scope, const LogStream& stream) {
  std::vector<LogEvent> out;
  for (int64_t i = 1; i <= stream.chunks; ++i)
    if (const LogChunk* chunk = scope.view<LogChunk>(chunk_id(stream.id, i)))
      out.insert(out.end(), chunk->events.begin(), chunk->events.end());
  std::ranges::stable_sort(out, {}, &LogEvent::time);
  return out;
}

std::vector<LogEvent> events(const sim::Scope& scope, std::string_view group) {
  std::vector<LogEvent> out;
  for (const LogStream* stream : scope.by<LogStream>(cat("group:", group))) {
    auto more = stream_events(scope, *stream);
    out.insert(out.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }
  std::ranges::stable_sort(out, {}, &LogEvent::time);
  return out;
}

void erase_stream(sim::Scope& scope, const std::string& id) {
  const LogStream* stream = scope.view<LogStream>(id);
  for (int64_t i = 1; i <= stream->chunks; ++i) scope.erase<LogChunk>(chunk_id(id, i));
  scope.erase<LogStream>(id);
}

AwsError group_not_found() {
  return {"ResourceNotFoundException", "The specified log group does not exist."};
}
AwsError stream_not_found() {
  return {"ResourceNotFoundException", "The specified log stream does not exist."};
}
AwsError already_exists(std::string_view what) {
  return {"ResourceAlreadyExistsException", cat("The specified ", what, " already exists")};
}
AwsError invalid_parameter(std::string_view message) {
  return {"InvalidParameterException", std::string(message)};
}

const LogGroup& find_group(const Context& ctx, const Input& in) {
  std::string name = in.string("logGroupName");
  const std::string identifier = in.string("logGroupIdentifier");
  if (name.empty() == identifier.empty())
    throw invalid_parameter(
        "Exactly one of logGroupName and logGroupIdentifier must be specified.");
  if (!identifier.empty()) {
    const size_t at = identifier.find(":log-group:");
    name = at == identifier.npos ? identifier : identifier.substr(at + 11);
    if (name.ends_with(":*")) name.resize(name.size() - 2);
  }
  const LogGroup* group = ctx.view<LogGroup>(name);
  if (!group) throw group_not_found();
  return *group;
}

bool matches_pattern(std::string_view pattern, std::string_view message) {
  bool any_optional = false, optional_found = false;
  size_t at = 0;
  while (at < pattern.size()) {
    if (pattern[at] == ' ') {
      ++at;
      continue;
    }
    char sign = 0;
    if (pattern[at] == '?' || pattern[at] == '-') sign = pattern[at++];
    const bool quoted = at < pattern.size() && pattern[at] == '"';
    if (quoted) ++at;
    const size_t end = std::min(pattern.find(quoted ? '"' : ' ', at), pattern.size());
    const bool found = message.find(pattern.substr(at, end - at)) != message.npos;
    at = end + 1;
    if (sign == '?') {
      any_optional = true;
      optional_found = optional_found || found;
    } else if (found == (sign == '-')) {
      return false;
    }
  }
  return !any_optional || optional_found;
}

}  // namespace squall::logs
