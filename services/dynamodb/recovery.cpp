// Point-in-time recovery: the history of changes, its switch, and restores from it.
#include <algorithm>

#include "services/dynamodb/backup.h"
#include "services/dynamodb/durable.h"
#include "services/dynamodb/recovery_log.h"

namespace squall::dynamodb {

void RecoveryLog::append(const ItemChange& change) {
  if (!enabled) return;
  while (!changes_.empty() && changes_.front().time + period < change.time) changes_.pop_front();
  changes_.push_back({change.time, change.before, change.after});
}

std::pair<OrderedIndex, size_t> RecoveryLog::at(const TableStore& store, Time time) const {
  std::pair<OrderedIndex, size_t> state{store.copy_items(), store.bytes()};
  auto& [items, bytes] = state;
  for (auto c = changes_.rbegin(); c != changes_.rend() && c->time > time; ++c) {
    const Item* before = c->before.get();
    const Item* after = c->after.get();
    if (before && after)
      items.replace(after, before);
    else if (before)
      items.insert(before);
    else
      items.erase(after);
    bytes = bytes + (before ? before->size() : 0) - (after ? after->size() : 0);
  }
  return state;
}

void RecoveryLog::dump(std::string& out) const {
  for (const Change& c : changes_) {
    out += cat(out.empty() ? "[" : ",\n[", to_ns(c.time), ",");
    if (c.before)
      append_attributes_json(out, c.before->data());
    else
      out += "null";
    out += ']';
  }
}

void note_for_recovery(TableStore& store, const ItemChange& change) {
  if (RecoveryLog* log = store.attached_if<RecoveryLog>()) log->append(change);
}

namespace {

constexpr Duration behind = 5min;  // "typically five minutes before the current time"
constexpr Duration a_day = 24h;
constexpr int64_t days_max = 35;

struct RestorableTimes {
  Time earliest, latest;
};

RestorableTimes restorable(const sim::Scope& scope, const RecoverySettings& recovery) {
  const Time earliest = std::max(recovery.since, scope.now() - recovery.days * a_day);
  return {earliest, std::max(earliest, scope.now() - behind)};
}

Value describe_recovery(const sim::Scope& scope, const Table& table) {
  const TableSettings* settings = settings_of(scope, table);
  Value recovery;
  if (settings && settings->recovery.enabled) {
    const RestorableTimes times = restorable(scope, settings->recovery);
    recovery = {{"PointInTimeRecoveryStatus", "ENABLED"},
                {"RecoveryPeriodInDays", settings->recovery.days},
                {"EarliestRestorableDateTime", times.earliest},
                {"LatestRestorableDateTime", times.latest}};
  } else {
    recovery = {{"PointInTimeRecoveryStatus", "DISABLED"}};
  }
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", can_back_up(scope, table) ? "ENABLED" : "DISABLED"},
            {"PointInTimeRecoveryDescription", recovery}}}};
}

const Table& recovery_table(const sim::Scope& scope, const std::string& name) {
  const Table* table = find_table(scope, name);
  if (!table) throw backup_table_not_found(name);
  return *table;
}

Value describe_continuous(Context& ctx, Input in) {
  return describe_recovery(ctx, recovery_table(ctx, in.string("TableName")));
}

/// The log as the settings want it, once the store is there.
void connect(const sim::Scope& scope, const Table& table) {
  const TableSettings* settings = settings_of(scope, table);
  const auto store = stores_of(scope.world()).find(scope.region(), table.id);
  if (!settings || !store) return;
  const std::lock_guard lock(store->mutex());
  if (!settings->recovery.enabled && !store->attached_if<RecoveryLog>()) return;
  RecoveryLog& log = store->attached<RecoveryLog>();
  log.enabled = settings->recovery.enabled;
  log.period = settings->recovery.days * a_day;
  if (!log.enabled) log.clear();
  note_recovery(*store, log.enabled, log.period);
}

Value update_continuous(Context& ctx, Input in) {
  const Table& table = recovery_table(ctx, in.string("TableName"));
  const Input wanted = in.at("PointInTimeRecoverySpecification");
  const bool enable = wanted.boolean("PointInTimeRecoveryEnabled");
  const auto days = wanted.optional_integer("RecoveryPeriodInDays");
  require_backups(ctx, table);
  if (!enable && days)
    throw invalid_parameter(
        "RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true");
  RecoverySettings& recovery = edit_settings(ctx, table).recovery;
  if (enable && !recovery.enabled) recovery = {true, days_max, ctx.now()};
  if (days) recovery.days = *days;
  if (!enable) recovery = {};
  ctx.after(Duration{}, "dynamodb.recovery.connect", table.id);
  return describe_recovery(ctx, table);
}

AwsError no_recovery(std::string_view table) {
  return {"PointInTimeRecoveryUnavailableException",
          cat("Point in time recovery is not enabled for table '", table, "'")};
}

const Table& restore_source(const sim::Scope& scope, const Input& in) {
  const std::string name = in.string("SourceTableName"), arn = in.string("SourceTableArn");
  if (name.empty() == arn.empty())
    throw invalid(name.empty() ? "SourceTableArn or SourceTableName must be specified"
                               : "Only one of SourceTableArn and SourceTableName can be specified");
  return recovery_table(scope, name.empty() ? arn : name);
}

Time restore_time(const sim::Scope& scope, const Input& in, const RecoverySettings& recovery) {
  const bool latest = in.boolean("UseLatestRestorableTime");
  const auto given = in.time("RestoreDateTime");
  if (latest == given.has_value())
    throw invalid(latest ? "Only one of RestoreDateTime and UseLatestRestorableTime can be "
                           "specified"
                         : "RestoreDateTime or UseLatestRestorableTime must be specified");
  const RestorableTimes times = restorable(scope, recovery);
  if (latest) return times.latest;
  // Restores are to the second: the first restorable one is the one it all began in.
  if (unix_seconds(*given) < unix_seconds(times.earliest) || *given > times.latest)
    throw AwsError{"InvalidRestoreTimeException",
                   "An invalid restore time was specified. RestoreDateTime must be between "
                   "EarliestRestorableDateTime and LatestRestorableDateTime."};
  return *given;
}

Value restore_to_point(Context& ctx, Input in) {
  const Table& table = restore_source(ctx, in);
  const TableSettings* settings = settings_of(ctx, table);
  const auto store = stores_of(ctx.world()).find(ctx.region(), table.id);
  if (!settings || !settings->recovery.enabled || !store) throw no_recovery(table.id);
  const Time time = restore_time(ctx, in, settings->recovery);
  RestoreRequest request = restore_request(ctx, in, table);
  request.source = {"", table.arn, time};
  std::unique_lock lock(store->mutex());
  const RecoveryLog* log = store->attached_if<RecoveryLog>();
  if (!log) throw no_recovery(table.id);
  auto [items, bytes] = log->at(*store, time);
  lock.unlock();
  return restore(ctx, std::move(request), std::move(items), bytes);
}

void connect_recovery(sim::Scope& scope, const sim::Event& event) {
  if (const Table* table = scope.view<Table>(event.subject)) connect(scope, *table);
}

}  // namespace

void back_up_deleted(sim::Scope& scope, const Table& table) {
  const TableSettings* settings = settings_of(scope, table);
  if (!settings || !settings->recovery.enabled) return;
  Backup& backup = add_backup(scope, table, cat(table.id, "$DeletedTableBackup"), "SYSTEM");
  backup.status = "AVAILABLE";
  backup.expires = scope.now() + days_max * a_day;
  scope.at(*backup.expires, "dynamodb.backup.expired", backup.id);
}

std::span<const api::HandlerRow> recovery_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeContinuousBackups", api::Reads, describe_continuous},
      {"UpdateContinuousBackups", api::Writes, update_continuous},
      {"RestoreTableToPointInTime", api::Writes, restore_to_point}};
  return rows;
}

std::span<const sim::EventRow> recovery_events() {
  static const sim::EventRow rows[] = {{"dynamodb.recovery.connect", connect_recovery}};
  return rows;
}

}  // namespace squall::dynamodb
