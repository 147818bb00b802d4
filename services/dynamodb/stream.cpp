// Streams follow their tables' settings: they begin, roll their shards, end and are forgotten.
#include "services/dynamodb/durable.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/stream_log.h"

namespace squall::dynamodb {

bool has_stream(const sim::Scope& scope, std::string_view arn) { return scope.has<Stream>(arn); }

namespace {

// AWS replaces shards about every four hours (Streams' guide on shards and their lineage).
constexpr Duration roll_period = 4h;

void begin_stream(sim::Scope& scope, const Table& table) {
  Stream stream;
  stream.id = table.stream.arn;
  stream.table = table.id;
  stream.label = table.stream.label;
  stream.view_type = table.stream.view_type;
  stream.keys = table.keys;
  stream.created = scope.now();
  if (table.status == "ACTIVE") stream.status = "ENABLED";
  scope.world().annex<StreamLogs>().add(std::make_shared<StreamLog>(
      stream.id, scope.region(), stream.view_type, stream.keys, scope.now()));
  scope.after(roll_period, "dynamodb.stream.roll", stream.id);
  scope.add<Stream>(std::move(stream));
}

/// Between two changes of the table's items, so that they are numbered alike when they are read
/// back.
void roll(sim::Scope& scope, const Stream& stream, StreamLog& log, bool is_end) {
  const auto store = stores_of(scope.world()).find(scope.region(), stream.table);
  std::unique_lock<std::mutex> lock;
  if (store) lock = std::unique_lock(store->mutex());
  note_roll(scope.world(), log.arn(), scope.now(), is_end);
  log.roll(scope.now(), is_end);
}

void end_stream(sim::Scope& scope, const Stream& there) {
  Stream& stream = scope.edit<Stream>(there.id);
  stream.status = "DISABLING";
  stream.ended = scope.now();
  if (const auto log = scope.world().annex<StreamLogs>().find(stream.id))
    roll(scope, stream, *log, true);
  scope.after(stream_retention, "dynamodb.stream.forgotten", stream.id);
}

/// The store writes into the stream that its table's settings name.
void connect(const sim::Scope& scope, const std::string& table, const std::string& arn) {
  const auto store = stores_of(scope.world()).find(scope.region(), table);
  if (!store) return;
  const std::lock_guard lock(store->mutex());
  if (arn.empty() && !store->attached_if<StreamTap>()) return;
  note_tap(*store, arn);
  store->attached<StreamTap>().log =
      arn.empty() ? nullptr : scope.world().annex<StreamLogs>().find(arn);
}

/// A committed change of a table's record reaches its streams.
void follow_table(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  const bool goes = !table || table->status == "DELETING";
  const std::string wanted = !goes && table->stream.enabled ? table->stream.arn : std::string();
  const bool settled = goes || table->status == "ACTIVE";
  std::vector<std::string> ids;
  for (const Stream* stream : scope.by<Stream>(event.subject)) ids.push_back(stream->id);
  for (const std::string& id : ids) {
    const Stream& stream = *scope.view<Stream>(id);
    if (id == wanted) {
      if (stream.status == "ENABLING" && settled) scope.edit<Stream>(id).status = "ENABLED";
      continue;
    }
    if (!stream.ended) end_stream(scope, stream);
    if (scope.view<Stream>(id)->status == "DISABLING" && settled)
      scope.edit<Stream>(id).status = "DISABLED";
  }
  if (!wanted.empty() && !scope.has<Stream>(wanted)) begin_stream(scope, *table);
  connect(scope, event.subject, wanted);
}

void roll_stream(sim::Scope& scope, const sim::Event& event) {
  const Stream* stream = scope.view<Stream>(event.subject);
  const auto log = scope.world().annex<StreamLogs>().find(event.subject);
  if (!stream || !log) return;
  log->trim(scope.now());
  if (!stream->ended) roll(scope, *stream, *log, false);
  scope.after(roll_period, "dynamodb.stream.roll", event.subject);
}

void forget_stream(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Stream>(event.subject)) return;
  scope.erase<Stream>(event.subject);
  scope.world().annex<StreamLogs>().drop(event.subject);
}

}  // namespace

std::span<const sim::EventRow> stream_events() {
  static const sim::EventRow rows[] = {{"dynamodb.stream.follow", follow_table},
                                       {"dynamodb.stream.roll", roll_stream},
                                       {"dynamodb.stream.forgotten", forget_stream}};
  return rows;
}

std::span<const sim::WatchRow> stream_watches() {
  static const sim::WatchRow rows[] = {{"dynamodb:table", "dynamodb.stream.follow", false}};
  return rows;
}

}  // namespace squall::dynamodb
