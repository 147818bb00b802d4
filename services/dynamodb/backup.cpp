// Backups on demand: made, described, listed, deleted, restored.
#include "services/dynamodb/backup.h"

#include "emulator/core/text.h"
#include "services/dynamodb/durable.h"

namespace squall::dynamodb {

void BackupItems::reset() {
  const std::lock_guard lock(mutex_);
  kept_.clear();
}

void BackupItems::dump(std::string_view region, std::string& out) const {
  const std::lock_guard lock(mutex_);
  const char* comma = "{";
  for (const auto& [arn, kept] : kept_) {
    if (kept.region != region) continue;
    out += comma;
    append_json_string(out, arn);
    out += ":[";
    comma = "";
    for (auto c = kept.items.begin(); c != kept.items.end(); kept.items.next(c)) {
      out += comma;
      append_attributes_json(out, kept.items.item(c)->data());
      comma = ",\n";
    }
    out += ']';
    comma = ",\n";
  }
  if (*comma == ',') out += '}';
}

void BackupItems::add(const std::string& arn, std::string region, OrderedIndex items) {
  const std::lock_guard lock(mutex_);
  kept_.insert_or_assign(arn, Kept{std::move(region), std::move(items)});
}

std::optional<OrderedIndex> BackupItems::find(std::string_view arn) const {
  const std::lock_guard lock(mutex_);
  const auto at = kept_.find(arn);
  if (at == kept_.end()) return {};
  return at->second.items;
}

void BackupItems::drop(std::string_view arn) {
  const std::lock_guard lock(mutex_);
  if (const auto at = kept_.find(arn); at != kept_.end()) {
    kept_.erase(at);
    note_backup_gone(world_, arn);
  }
}

BackupItems::ByArn BackupItems::all() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

void BackupItems::put_back(const std::string& arn, const std::string& region,
                           const std::vector<std::string>& components,
                           const std::vector<ItemRef>& items) {
  const std::lock_guard lock(mutex_);
  OrderedIndex none(components, 0);
  Kept& kept = kept_.try_emplace(arn, Kept{region, std::move(none)}).first->second;
  for (const ItemRef& item : items) kept.items.append(item.get());
}

std::vector<std::string> Backup::index_keys() const {
  if (status != "CREATING") return {};
  return {std::string(under_way), table.arn};
}

bool can_back_up(const sim::Scope& scope, const Table& table) {
  return table.status != "CREATING" && table.status != "DELETING" &&
         (!table.backups_since || *table.backups_since <= scope.now());
}

void require_backups(const sim::Scope& scope, const Table& table) {
  if (!can_back_up(scope, table))
    throw AwsError{"ContinuousBackupsUnavailableException",
                   cat("Backups are being enabled for the table: ", table.id,
                       ". Please retry later")};
}

AwsError backup_table_not_found(std::string_view name) {
  return {"TableNotFoundException", cat("Table not found: ", name)};
}

namespace {

std::string new_backup_arn(sim::Scope& scope, const Table& table) {
  constexpr size_t width = 14, suffix = 8;
  const std::string ms = std::to_string(to_ns(scope.now()) / 1'000'000);
  return cat(table.arn, "/backup/", std::string(width - std::min(width, ms.size()), '0'), ms, "-",
             scope.new_hex("dynamodb-backup", suffix, table.id));
}

}  // namespace

Backup& add_backup(sim::Scope& scope, const Table& table, std::string name, std::string type) {
  Backup backup;
  backup.id = new_backup_arn(scope, table);
  backup.name = std::move(name);
  backup.type = std::move(type);
  backup.created = scope.now();
  backup.table = table;
  if (const TableSettings* settings = settings_of(scope, table)) backup.ttl = settings->ttl;
  if (const auto store = stores_of(scope.world()).find(scope.region(), table.id)) {
    const std::lock_guard lock(store->mutex());
    backup.bytes = static_cast<int64_t>(store->bytes());
    backup.items = static_cast<int64_t>(store->items().size());
    note_backup(*store, backup.id);
    scope.world().annex<BackupItems>().add(backup.id, scope.region(), store->copy_items());
  }
  return scope.add<Backup>(std::move(backup));
}

namespace {

AwsError backup_not_found(std::string_view arn) {
  return {"BackupNotFoundException", cat("Backup not found: ", arn)};
}

const Backup& backup_at(const sim::Scope& scope, const std::string& arn) {
  if (!arn.starts_with("arn:") || arn.find("/backup/") == arn.npos)
    throw invalid(cat("Invalid BackupArn: ", arn));
  const Backup* backup = scope.view<Backup>(arn);
  if (!backup || backup->status == "DELETED") throw backup_not_found(arn);
  return *backup;
}

AwsError backup_in_use(std::string message) {
  return {"BackupInUseException", std::move(message)};
}

void require_available(const Backup& backup) {
  if (backup.status != "AVAILABLE")
    throw backup_in_use(cat("Backup is being created: ", backup.id));
}

// --- describing ----------------------------------------------------------------------------------

Value describe_details(const Backup& b) {
  return {{"BackupArn", b.id},
          {"BackupName", b.name},
          {"BackupSizeBytes", b.bytes},
          {"BackupStatus", b.status},
          {"BackupType", b.type},
          {"BackupCreationDateTime", b.created},
          {"BackupExpiryDateTime", b.expires}};
}

Value describe_units(const Throughput& t) {
  return {{"ReadCapacityUnits", t.read}, {"WriteCapacityUnits", t.write}};
}

Value describe_maximum(const OnDemandMaximum& m) {
  if (!m.given) return {};
  return {{"MaxReadRequestUnits", m.read}, {"MaxWriteRequestUnits", m.write}};
}

Value describe_index(const Index& index) {
  Value projection{{"ProjectionType", index.projection}};
  if (!index.included.empty()) projection.add("NonKeyAttributes", Value(index.included));
  Value out{{"IndexName", index.name},
            {"KeySchema", describe_keys(index.keys)},
            {"Projection", projection}};
  if (index.global) {
    out.add("ProvisionedThroughput", describe_units(index.throughput));
    out.add("OnDemandThroughput", describe_maximum(index.on_demand_maximum));
  }
  return out;
}

Value describe_features(const Backup& b) {
  Value locals = Value::list(), globals = Value::list(), out = Value::map();
  for (const Index& index : b.table.indexes)
    (index.global ? globals : locals).push(describe_index(index));
  if (!locals.empty()) out.add("LocalSecondaryIndexes", locals);
  if (!globals.empty()) out.add("GlobalSecondaryIndexes", globals);
  if (b.table.stream.enabled)
    out.add("StreamDescription",
            {{"StreamEnabled", true}, {"StreamViewType", b.table.stream.view_type}});
  Value ttl{{"TimeToLiveStatus", b.ttl.status}};
  if (!b.ttl.attribute.empty()) ttl.add("AttributeName", b.ttl.attribute);
  out.add("TimeToLiveDescription", ttl);
  if (b.table.sse)
    out.add("SSEDescription", {{"Status", "ENABLED"},
                               {"SSEType", "KMS"},
                               {"KMSMasterKeyArn", b.table.sse_key_arn}});
  return out;
}

Value describe_backup(const Backup& b) {
  const Table& t = b.table;
  return {{"BackupDetails", describe_details(b)},
          {"SourceTableDetails",
           {{"TableName", t.id},
            {"TableId", t.table_id},
            {"TableArn", t.arn},
            {"TableSizeBytes", b.bytes},
            {"KeySchema", describe_keys(t.keys)},
            {"TableCreationDateTime", t.created},
            {"ProvisionedThroughput", describe_units(t.throughput)},
            {"OnDemandThroughput", describe_maximum(t.on_demand_maximum)},
            {"ItemCount", b.items},
            {"BillingMode", t.billing_mode}}},
          {"SourceTableFeatureDetails", describe_features(b)}};
}

// --- operations ----------------------------------------------------------------------------------

Value create_backup(Context& ctx, Input in) {
  const std::string name = in.string("BackupName");
  const Table* table = find_table(ctx, in.string("TableName"));
  if (!table) throw backup_table_not_found(in.string("TableName"));
  if (table->status == "CREATING" || table->status == "DELETING")
    throw AwsError{"TableInUseException", cat("Table is being ", table->status == "CREATING"
                                                                     ? "created: "
                                                                     : "deleted: ",
                                              table->id)};
  require_backups(ctx, *table);
  if (const auto young = ctx.by<Backup>(table->arn); !young.empty())
    throw backup_in_use(cat("Backup is being created: ", young.front()->id));
  check_backups(ctx);
  const Backup& backup = add_backup(ctx, *table, name, "USER");
  ctx.after(ctx.latency("dynamodb.backup.creating", backup.id), "dynamodb.backup.available",
            backup.id);
  return {{"BackupDetails", describe_details(backup)}};
}

Value show_backup(Context& ctx, Input in) {
  return {{"BackupDescription", describe_backup(backup_at(ctx, in.string("BackupArn")))}};
}

Value delete_backup(Context& ctx, Input in) {
  const Backup& backup = backup_at(ctx, in.string("BackupArn"));
  require_available(backup);
  if (is_being_restored(ctx, backup))
    throw backup_in_use(cat("Backup is being restored: ", backup.id));
  check_backups(ctx);
  Backup gone = backup;
  gone.status = "DELETED";
  const Value shown = describe_backup(gone);
  ctx.world().annex<BackupItems>().drop(gone.id);
  ctx.erase<Backup>(gone.id);
  return {{"BackupDescription", shown}};
}

Value describe_summary(const Backup& b) {
  return {{"TableName", b.table.id},
          {"TableId", b.table.table_id},
          {"TableArn", b.table.arn},
          {"BackupArn", b.id},
          {"BackupName", b.name},
          {"BackupCreationDateTime", b.created},
          {"BackupExpiryDateTime", b.expires},
          {"BackupStatus", b.status},
          {"BackupType", b.type},
          {"BackupSizeBytes", b.bytes}};
}

Value list_backups(Context& ctx, Input in) {
  constexpr int64_t page_max = 100;
  const std::string wanted = in.string("TableName");
  const std::string table = wanted.empty() ? wanted : table_name(ctx, wanted);
  const auto limit = static_cast<size_t>(in.integer("Limit", page_max));
  const auto from = in.time("TimeRangeLowerBound"), to = in.time("TimeRangeUpperBound");
  const std::string start = in.string("ExclusiveStartBackupArn");
  const std::string type = in.string("BackupType", "USER");
  const auto backups = ctx.all<Backup>();
  Value list = Value::list(), last;
  std::string shown;
  for (auto at = start.empty() ? backups.begin() : backups.after(start); at != backups.end();
       ++at) {
    if (!table.empty() && at->table.id != table) continue;
    if (type != "ALL" && at->type != type) continue;
    if ((from && at->created < *from) || (to && at->created >= *to)) continue;
    if (list.size() == limit) {
      last = Value(shown);
      break;
    }
    list.push(describe_summary(*at));
    shown = at->id;
  }
  return {{"BackupSummaries", list}, {"LastEvaluatedBackupArn", last}};
}

Value restore_from_backup(Context& ctx, Input in) {
  const Backup& backup = backup_at(ctx, in.string("BackupArn"));
  require_available(backup);
  RestoreRequest request = restore_request(ctx, in, backup.table);
  request.source = {backup.id, backup.table.arn, backup.created};
  auto items = ctx.world().annex<BackupItems>().find(backup.id);
  if (!items) throw backup_not_found(backup.id);
  return restore(ctx, std::move(request), std::move(*items), static_cast<size_t>(backup.bytes));
}

// --- events --------------------------------------------------------------------------------------

void backup_available(sim::Scope& scope, const sim::Event& event) {
  const Backup* backup = scope.view<Backup>(event.subject);
  if (backup && backup->status == "CREATING")
    scope.edit<Backup>(event.subject).status = "AVAILABLE";
}

void backup_expired(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Backup>(event.subject)) return;
  scope.erase<Backup>(event.subject);
  scope.world().annex<BackupItems>().drop(event.subject);
}

}  // namespace

std::span<const api::HandlerRow> backup_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateBackup", api::Writes, create_backup},
      {"DescribeBackup", api::Reads, show_backup},
      {"DeleteBackup", api::Writes, delete_backup},
      {"ListBackups", api::Reads, list_backups},
      {"RestoreTableFromBackup", api::Writes, restore_from_backup}};
  return rows;
}

std::span<const sim::EventRow> backup_events() {
  static const sim::EventRow rows[] = {{"dynamodb.backup.available", backup_available},
                                       {"dynamodb.backup.expired", backup_expired}};
  return rows;
}

std::span<const sim::LatencyRow> backup_latencies() {
  // "Backups complete in seconds, regardless of table size"; "service metrics show that 95 percent
  // of customers' table restores complete in less than one hour" (developer guide, backups). A new
  // table can be backed up within a minute; AWS documents no figure.
  static const sim::LatencyRow rows[] = {
      {"dynamodb.backup.creating", 1s, 10s, 1s, 60s},
      {"dynamodb.table.restoring", 60s, 600s, 60s, 3600s},
      {"dynamodb.backups.enabling", 1s, 20s, 1s, 60s},
  };
  return rows;
}

}  // namespace squall::dynamodb
