// Settings of a global table of 2017: each replica's throughput and its scaling, read and set at
// once for all.
#include <algorithm>

#include "services/dynamodb/replica_scaling.h"

namespace squall::dynamodb {
namespace {

Value describe_index(const sim::Scope& there, const Table& table, const Index& index) {
  Value out{{"IndexName", index.name}, {"IndexStatus", index.status}};
  if (!table.on_demand()) {
    out.add("ProvisionedReadCapacityUnits", index.throughput.read);
    out.add("ProvisionedWriteCapacityUnits", index.throughput.write);
  }
  out.add("ProvisionedReadCapacityAutoScalingSettings",
          describe_scaling_of(there, {table.id, index.name, false}));
  out.add("ProvisionedWriteCapacityAutoScalingSettings",
          describe_scaling_of(there, {table.id, index.name, true}));
  return out;
}

Value describe_replica(const sim::Scope& there, const Table& table) {
  Value out{{"RegionName", there.region()}, {"ReplicaStatus", table.status}};
  if (table.on_demand_since)
    out.add("ReplicaBillingModeSummary",
            {{"BillingMode", table.billing_mode},
             {"LastUpdateToPayPerRequestDateTime", table.on_demand_since}});
  out.add("ReplicaProvisionedReadCapacityUnits", table.throughput.read);
  out.add("ReplicaProvisionedReadCapacityAutoScalingSettings",
          describe_scaling_of(there, {table.id, "", false}));
  out.add("ReplicaProvisionedWriteCapacityUnits", table.throughput.write);
  out.add("ReplicaProvisionedWriteCapacityAutoScalingSettings",
          describe_scaling_of(there, {table.id, "", true}));
  Value indexes = Value::list();
  for (const Index& index : table.indexes)
    if (index.global) indexes.push(describe_index(there, table, index));
  if (!indexes.empty()) out.add("ReplicaGlobalSecondaryIndexSettings", indexes);
  if (!table.table_class.empty())
    out.add("ReplicaTableClassSummary",
            {{"TableClass", table.table_class}, {"LastUpdateDateTime", table.table_class_changed}});
  return out;
}

Value describe_all(const sim::Scope& scope, const GlobalTable& group) {
  Value replicas = Value::list();
  for (const Replica& replica : group.replicas) {
    const sim::Scope there = scope.in_region(replica.region);
    if (const Table* table = there.view<Table>(group.id))
      replicas.push(describe_replica(there, *table));
  }
  return {{"GlobalTableName", group.id}, {"ReplicaSettings", replicas}};
}

Value describe_settings(Context& ctx, Input in) {
  return describe_all(ctx, legacy_table_at(ctx, in.string("GlobalTableName")));
}

// --- changing ------------------------------------------------------------------------------------

/// Sets units that a request gives, where units are what the table is paid by.
void set_units(const sim::Scope& there, const Table& table, Throughput& throughput,
               int64_t Throughput::*units, std::optional<int64_t> wanted) {
  if (!wanted || throughput.*units == *wanted) return;
  if (table.on_demand())
    throw invalid_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  (*wanted > throughput.*units ? throughput.last_increase : throughput.last_decrease) =
      there.now();
  if (*wanted < throughput.*units) ++throughput.decreases_today;
  throughput.*units = *wanted;
}

Index& index_of(Table& table, const std::string& name) {
  for (Index& index : table.indexes)
    if (index.global && index.name == name) return index;
  throw AwsError{"IndexNotFoundException",
                 cat("Index not found: Index: ", name, " of table: ", table.id, " not found")};
}

void set_billing(const sim::Scope& there, Table& table, const std::string& mode) {
  if (mode.empty() || mode == table.billing_mode) return;
  table.billing_mode = mode;
  if (!table.on_demand()) return;
  table.on_demand_since = there.now();
  table.throughput.read = table.throughput.write = 0;
  for (Index& index : table.indexes) index.throughput.read = index.throughput.write = 0;
  const WarmThroughput base;
  table.warm.read = std::max(table.warm.read, base.read);
  table.warm.write = std::max(table.warm.write, base.write);
}

/// What is the same at every replica.
void set_common(sim::Scope& there, Table& table, const Input& in) {
  set_billing(there, table, in.string("GlobalTableBillingMode"));
  set_units(there, table, table.throughput, &Throughput::write,
            in.optional_integer("GlobalTableProvisionedWriteCapacityUnits"));
  if (const Input update = in.at("GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate"))
    set_scaling(there, {table.id, "", true}, ScalingUpdate(update));
  for (const Input& wanted : in.list("GlobalTableGlobalSecondaryIndexSettingsUpdate")) {
    Index& index = index_of(table, wanted.string("IndexName"));
    set_units(there, table, index.throughput, &Throughput::write,
              wanted.optional_integer("ProvisionedWriteCapacityUnits"));
    if (const Input update = wanted.at("ProvisionedWriteCapacityAutoScalingSettingsUpdate"))
      set_scaling(there, {table.id, index.name, true}, ScalingUpdate(update));
  }
}

/// What is one replica's own.
void set_own(sim::Scope& there, Table& table, const Input& in) {
  set_units(there, table, table.throughput, &Throughput::read,
            in.optional_integer("ReplicaProvisionedReadCapacityUnits"));
  if (const Input update = in.at("ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate"))
    set_scaling(there, {table.id, "", false}, ScalingUpdate(update));
  if (const auto wanted = in.optional_string("ReplicaTableClass")) {
    table.table_class = *wanted;
    table.table_class_changed = there.now();
  }
  for (const Input& wanted : in.list("ReplicaGlobalSecondaryIndexSettingsUpdate")) {
    Index& index = index_of(table, wanted.string("IndexName"));
    set_units(there, table, index.throughput, &Throughput::read,
              wanted.optional_integer("ProvisionedReadCapacityUnits"));
    if (const Input update = wanted.at("ProvisionedReadCapacityAutoScalingSettingsUpdate"))
      set_scaling(there, {table.id, index.name, false}, ScalingUpdate(update));
  }
}

void require_units(const Table& table) {
  const auto lacks = [](const Throughput& t) { return t.read < 1 || t.write < 1; };
  if (table.on_demand()) return;
  if (lacks(table.throughput) || std::ranges::any_of(table.indexes, [&](const Index& index) {
        return index.global && lacks(index.throughput);
      }))
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
}

Value update_settings(Context& ctx, Input in) {
  const GlobalTable& group = legacy_table_at(ctx, in.string("GlobalTableName"));
  const std::vector<Input> own = in.list("ReplicaSettingsUpdate");
  for (const Input& wanted : own)
    if (!group.find(wanted.string("RegionName")))
      throw AwsError{"ReplicaNotFoundException",
                     cat("Replica not found: Replica in region '", wanted.string("RegionName"),
                         "' of global table '", group.id, "' does not exist.")};
  for (const Replica& replica : group.replicas) {
    sim::Scope there = ctx.in_region(replica.region);
    const Table* known = there.view<Table>(group.id);
    if (!known) continue;
    require_active(*known);
    check_under_way(there);
    Table& table = there.edit<Table>(group.id);
    set_common(there, table, in);
    for (const Input& wanted : own)
      if (wanted.string("RegionName") == replica.region) set_own(there, table, wanted);
    require_units(table);
    table.status = "UPDATING";
    ++table.generation;
    there.after(there.latency("dynamodb.table.updating", table.id), "dynamodb.table.updated",
                table.id, std::to_string(table.generation));
  }
  return describe_all(ctx, group);
}

}  // namespace

std::span<const api::HandlerRow> replica_legacy_settings_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeGlobalTableSettings", api::Reads, describe_settings},
      {"UpdateGlobalTableSettings", api::Writes, update_settings}};
  return rows;
}

}  // namespace squall::dynamodb
