// Tables: made, described, listed, deleted; and their stores kept in step with their records.
#include <algorithm>

#include "services/dynamodb/internal.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {

std::vector<std::string> Table::index_keys() const {
  const bool settled = status == "ACTIVE" && std::ranges::all_of(indexes, [](const Index& i) {
                         return !i.global || i.status == "ACTIVE";
                       });
  if (settled) return {arn};
  return {arn, std::string(changing)};
}

const Index* Table::find_index(std::string_view name) const {
  for (const Index& index : indexes)
    if (index.name == name) return &index;
  return nullptr;
}

std::string_view Table::type_of(std::string_view attribute) const {
  for (const auto& [name, type] : attributes)
    if (name == attribute) return type;
  return {};
}

std::string table_name(const sim::Scope& scope, std::string_view name_or_arn) {
  const std::string own = scope.arn("dynamodb", "table/");
  if (!name_or_arn.starts_with("arn:")) return std::string(name_or_arn);
  if (!name_or_arn.starts_with(own)) {
    const size_t slash = name_or_arn.find('/');
    if (slash == name_or_arn.npos || name_or_arn.find(":dynamodb:") == name_or_arn.npos)
      throw invalid(cat("Invalid table/index ARN: ", name_or_arn));
    throw table_not_found(name_or_arn);
  }
  return std::string(name_or_arn.substr(own.size()));
}

const Table* find_table(const sim::Scope& scope, std::string_view name_or_arn) {
  const std::string own = scope.arn("dynamodb", "table/");
  if (name_or_arn.starts_with(own)) name_or_arn.remove_prefix(own.size());
  return scope.view<Table>(name_or_arn);
}

const Table& table_at(const sim::Scope& scope, std::string_view name_or_arn) {
  const std::string name = table_name(scope, name_or_arn);
  const Table* table = scope.view<Table>(name);
  if (!table) throw table_not_found(name);
  return *table;
}

void require_active(const Table& table) {
  if (table.status == "ACTIVE") return;
  const std::string_view doing = table.status == "CREATING"   ? "created"
                                 : table.status == "DELETING" ? "deleted"
                                                              : "updated";
  throw table_in_use(cat("Attempt to change a resource which is still in use: Table is being ",
                         doing, ": ", table.id));
}

Table& add_table(sim::Scope& scope, Table table, std::string_view latency) {
  table.status = "CREATING";
  table.created = scope.now();
  if (!table.table_class.empty()) table.table_class_changed = scope.now();
  table.arn = scope.arn("dynamodb", cat("table/", table.id));
  table.table_id = scope.new_uuid("dynamodb-table", table.id);
  for (Index& index : table.indexes)
    if (index.global) index.status = "CREATING";
  Table& added = scope.add<Table>(std::move(table));
  scope.after(scope.latency(latency, added.id), "dynamodb.table.active", added.id);
  return added;
}

namespace {

Value create_table(Context& ctx, Input in) {
  Table table = table_from(ctx, in);
  if (ctx.has<Table>(table.id))
    throw table_in_use(cat("Table already exists: ", table.id));
  check_new_table(ctx, table);
  table.arn = ctx.arn("dynamodb", cat("table/", table.id));
  read_stream(ctx, in.at("StreamSpecification"), table);
  read_sse(ctx, in.at("SSESpecification"), table);
  return {{"TableDescription", describe(ctx, add_table(ctx, std::move(table)))}};
}

Value describe_table(Context& ctx, Input in) {
  return {{"Table", describe(ctx, table_at(ctx, in.string("TableName")))}};
}

Value delete_table(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  if (table.deletion_protection)
    throw invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  require_active(table);
  check_replica_deletion(ctx, table);
  check_under_way(ctx);
  back_up_deleted(ctx, table);
  Table& edited = ctx.edit<Table>(table.id);
  edited.status = "DELETING";
  ++edited.generation;
  ctx.after(ctx.latency("dynamodb.table.deleting", edited.id), "dynamodb.table.deleted", edited.id,
            edited.table_id);
  const Value all = describe(ctx, edited);
  Value shown = Value::map();
  for (const char* member : {"TableName", "TableStatus", "ProvisionedThroughput", "TableSizeBytes",
                             "ItemCount", "TableArn", "TableId", "BillingModeSummary",
                             "DeletionProtectionEnabled"})
    shown.add(Key::stable(member), all.at(member));
  return {{"TableDescription", shown}};
}

Value list_tables(Context& ctx, Input in) {
  constexpr int64_t page = 100;
  const auto limit = static_cast<size_t>(in.integer("Limit", page));
  const std::string start = in.string("ExclusiveStartTableName");
  const auto tables = ctx.all<Table>();
  Value names = Value::list();
  Value last;
  for (auto at = start.empty() ? tables.begin() : tables.after(start); at != tables.end(); ++at) {
    if (names.size() == limit) {
      last = names[limit - 1];
      break;
    }
    names.push(at->id);
  }
  return {{"TableNames", names}, {"LastEvaluatedTableName", last}};
}

// --- events ------------------------------------------------------------------------------------

void table_active(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  if (!table || table->status != "CREATING") return;
  Table& edited = scope.edit<Table>(event.subject);
  edited.status = "ACTIVE";
  for (Index& index : edited.indexes) index.status = "ACTIVE";
  edited.backups_since = scope.now() + scope.latency("dynamodb.backups.enabling", edited.id);
  scope.announce("dynamodb.table-active", edited.id, cat("Table ", edited.id, " is ACTIVE"));
}

void table_deleted(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  if (!table || table->status != "DELETING" || table->table_id != event.payload) return;
  scope.erase<Table>(event.subject);
  scope.announce("dynamodb.table-deleted", event.subject,
                 cat("Table ", event.subject, " is deleted"));
}

/// A committed change of a table's record reaches its store.
void table_changed(sim::Scope& scope, const sim::Event& event) {
  Stores& stores = stores_of(scope.world());
  const Table* table = scope.view<Table>(event.subject);
  if (!table) return stores.drop(scope.region(), event.subject);
  stores.adopt(plan_of(*table, scope.region()));
  schedule_metrics(scope);
}

}  // namespace

std::span<const api::HandlerRow> table_rows() {
  static const api::HandlerRow rows[] = {{"CreateTable", api::Writes, create_table},
                                         {"DescribeTable", api::Reads, describe_table},
                                         {"DeleteTable", api::Writes, delete_table},
                                         {"ListTables", api::Reads, list_tables}};
  return rows;
}

std::span<const sim::EventRow> table_events() {
  static const sim::EventRow rows[] = {{"dynamodb.table.active", table_active},
                                       {"dynamodb.table.deleted", table_deleted},
                                       {"dynamodb.table.changed", table_changed}};
  return rows;
}

std::span<const sim::WatchRow> table_watches() {
  static const sim::WatchRow rows[] = {{"dynamodb:table", "dynamodb.table.changed", false}};
  return rows;
}

std::span<const sim::LatencyRow> latencies() {
  using namespace std::chrono_literals;
  // Seconds for an empty table; a new global index backfills for minutes at least (AWS's guide on
  // online indexing). Deleting takes about as long as creating.
  static const sim::LatencyRow rows[] = {
      {"dynamodb.table.creating", 5s, 15s, 5s, 30s},
      {"dynamodb.table.updating", 5s, 30s, 5s, 60s},
      {"dynamodb.table.deleting", 5s, 15s, 5s, 30s},
      {"dynamodb.index.creating", 60s, 300s, 60s, 600s},
      {"dynamodb.index.deleting", 10s, 30s, 10s, 60s},
      // "Within a fraction of a second, under normal conditions" (guide, global secondary indexes).
      {"dynamodb.index.lag", 10ms, 300ms, 10ms, 900ms},
  };
  return rows;
}

}  // namespace squall::dynamodb
