// A restore's target: the source's settings, changed by the request's overrides.
#include <algorithm>

#include "services/dynamodb/backup.h"
#include "services/dynamodb/durable.h"

namespace squall::dynamodb {
namespace {

bool same_definition(const Index& a, const Index& b) {
  return a.name == b.name && a.keys == b.keys && a.projection == b.projection &&
         a.included == b.included;
}

/// Of one kind, only the indexes named are made; none may be new.
void override_indexes(const Input& in, std::string_view member, bool global, Table& table) {
  if (!in.has(member)) return;
  std::vector<Index> kept;
  for (const Input& wanted : in.list(member)) {
    Index index = index_from(wanted, global, table.on_demand());
    const bool known = std::ranges::any_of(table.indexes, [&](const Index& there) {
      return there.global == global && same_definition(there, index);
    });
    if (!known)
      throw invalid_parameter(cat("Index ", index.name,
                                  " does not match an index of the source: indexes can be "
                                  "excluded from a restore, not added or changed"));
    kept.push_back(std::move(index));
  }
  std::erase_if(table.indexes, [&](const Index& index) { return index.global == global; });
  table.indexes.insert(table.indexes.end(), kept.begin(), kept.end());
}

void override_billing(Context& ctx, const Input& in, Table& table) {
  const std::string mode = in.string("BillingModeOverride", table.billing_mode);
  const Input throughput = in.at("ProvisionedThroughputOverride");
  const Input maximum = in.at("OnDemandThroughputOverride");
  const bool changes = mode != table.billing_mode;
  table.billing_mode = mode;
  if (mode == "PAY_PER_REQUEST") {
    if (throughput.is_present())
      throw invalid_parameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    table.throughput = {};
    for (Index& index : table.indexes) index.throughput = {};
    if (maximum.is_present()) table.on_demand_maximum = on_demand_from(maximum);
    if (changes) table.warm = {};
    table.on_demand_since = ctx.now();
    return;
  }
  if (maximum.is_present())
    throw invalid_parameter(
        "OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST");
  if (changes && !throughput.is_present())
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  if (throughput.is_present()) table.throughput = throughput_from(throughput);
  table.on_demand_since.reset();
  table.on_demand_maximum = {};
  table.warm = {table.throughput.read, table.throughput.write, "ACTIVE", false};
  for (Index& index : table.indexes)
    if (index.global && changes && index.throughput.read == 0)
      index.throughput = table.throughput;
}

void check_target(const sim::Scope& scope, const std::string& target) {
  const Table* there = scope.view<Table>(target);
  if (!there) return;
  if (there->status == "CREATING" || there->status == "DELETING")
    throw AwsError{"TableInUseException",
                   cat("Target table is being ",
                       there->status == "CREATING" ? "created: " : "deleted: ", target)};
  throw AwsError{"TableAlreadyExistsException", cat("Table already exists: ", target)};
}

}  // namespace

RestoreRequest restore_request(Context& ctx, const Input& in, const Table& source) {
  RestoreRequest request;
  request.target = in.string("TargetTableName");
  check_target(ctx, request.target);
  Table& table = request.table;
  table = source;
  table.id = request.target;
  // What AWS says must be set up again on the restored table.
  table.tags.clear();
  table.stream = {};
  table.resource_policy.clear();
  table.policy_revision.clear();
  table.deletion_protection = false;
  table.generation = 0;
  table.backups_since.reset();
  for (Index& index : table.indexes) index.backfilling = false;
  override_billing(ctx, in, table);
  override_indexes(in, "LocalSecondaryIndexOverride", false, table);
  override_indexes(in, "GlobalSecondaryIndexOverride", true, table);
  forget_unused_attributes(table);
  check_restores(ctx, table);
  if (in.has("SSESpecificationOverride")) read_sse(ctx, in.at("SSESpecificationOverride"), table);
  return request;
}

Value restore(Context& ctx, RestoreRequest request, OrderedIndex items, size_t bytes) {
  Table& table = add_table(ctx, std::move(request.table), "dynamodb.table.restoring");
  const RestoreSource source = request.source;
  edit_settings(ctx, table).restore = source;
  Stores& stores = stores_of(ctx.world());
  stores.adopt(plan_of(table, ctx.region()));
  const auto store = stores.find(ctx.region(), table.id);
  {
    const std::lock_guard lock(store->mutex());
    note_restored(*store, source);
    store->load(std::move(items), bytes);
  }
  return {{"TableDescription", describe(ctx, table)}};
}

void describe_restore(const sim::Scope& scope, const Table& table, Value& out) {
  const TableSettings* settings = settings_of(scope, table);
  if (!settings || !settings->restore.time) return;
  const RestoreSource& source = settings->restore;
  Value summary = Value::map();
  if (!source.backup_arn.empty()) summary.add("SourceBackupArn", source.backup_arn);
  summary.add("SourceTableArn", source.table_arn);
  summary.add("RestoreDateTime", source.time);
  summary.add("RestoreInProgress", table.status == "CREATING");
  out.add("RestoreSummary", summary);
}

}  // namespace squall::dynamodb
