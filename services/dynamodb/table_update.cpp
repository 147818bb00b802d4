// UpdateTable: throughput, billing, streams, encryption, class, protection and global indexes.
#include <algorithm>

#include "services/dynamodb/internal.h"

namespace squall::dynamodb {
namespace {

void change_throughput(const sim::Scope& scope, Throughput& to, const Throughput& wanted) {
  if (wanted.read > to.read || wanted.write > to.write) to.last_increase = scope.now();
  if (wanted.read < to.read || wanted.write < to.write) {
    to.last_decrease = scope.now();
    ++to.decreases_today;
  }
  to.read = wanted.read;
  to.write = wanted.write;
}

void update_throughput(const sim::Scope& scope, const Input& in, Table& table) {
  const Throughput wanted = throughput_from(in);
  const Throughput& have = table.throughput;
  if (wanted.read == have.read && wanted.write == have.write)
    throw invalid(cat(
        "The provisioned throughput for the table will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for the table: ",
        have.read, ". Requested ReadCapacityUnits: ", wanted.read,
        ". Current WriteCapacityUnits provisioned for the table: ", have.write,
        ". Requested WriteCapacityUnits: ", wanted.write,
        ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
        "higher limits."));
  change_throughput(scope, table.throughput, wanted);
  table.warm.read = std::max(table.warm.read, wanted.read);
  table.warm.write = std::max(table.warm.write, wanted.write);
}

void update_billing(const sim::Scope& scope, const Input& in, Table& table) {
  const std::string mode = in.string("BillingMode", table.billing_mode);
  const Input throughput = in.at("ProvisionedThroughput");
  if (mode == "PAY_PER_REQUEST") {
    if (throughput.is_present())
      throw invalid_parameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    if (!table.on_demand()) {
      table.on_demand_since = scope.now();
      table.throughput.read = table.throughput.write = 0;
      for (Index& index : table.indexes) index.throughput.read = index.throughput.write = 0;
      constexpr int64_t read = 12000, write = 4000;
      table.warm.read = std::max(table.warm.read, read);
      table.warm.write = std::max(table.warm.write, write);
    }
  } else if (table.on_demand() && !throughput.is_present()) {
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  table.billing_mode = mode;
  if (throughput.is_present()) update_throughput(scope, throughput, table);
  if (const Input maximum = in.at("OnDemandThroughput"); maximum.is_present()) {
    if (!table.on_demand())
      throw invalid_parameter(
          "OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST");
    table.on_demand_maximum = on_demand_from(maximum);
  }
  if (const Input warm = in.at("WarmThroughput"); warm.is_present())
    table.warm = warm_from(warm, table.warm);
}

Index& index_at(Table& table, const std::string& name) {
  for (Index& index : table.indexes)
    if (index.global && index.name == name) return index;
  throw AwsError{"ResourceNotFoundException",
                 cat("Requested resource not found: Table: ", table.id, " not found")};
}

AwsError one_at_a_time() {
  return limit_exceeded(
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
      "table");
}

/// While an index is filled or taken away no other one is; it may itself be given up.
void require_no_other_change(const Table& table, const std::string& name) {
  for (const Index& index : table.indexes)
    if (index.status == "DELETING" || (index.status == "CREATING" && index.name != name))
      throw one_at_a_time();
}

void create_index(Context& ctx, const Input& in, Table& table) {
  Index index = index_from(in, true, table.on_demand());
  require_no_other_change(table, {});
  if (table.find_index(index.name))
    throw invalid("Attempting to create an index which already exists");
  index.status = "CREATING";
  index.backfilling = true;
  table.indexes.push_back(index);
  ctx.after(ctx.latency("dynamodb.index.creating", cat(table.id, "/", index.name)),
            "dynamodb.index.active", table.id, index.name);
}

void delete_index(Context& ctx, const Input& in, Table& table) {
  Index& index = index_at(table, in.string("IndexName"));
  require_no_other_change(table, index.name);
  index.status = "DELETING";
  ctx.after(ctx.latency("dynamodb.index.deleting", cat(table.id, "/", index.name)),
            "dynamodb.index.deleted", table.id, index.name);
}

void update_index(Context& ctx, const Input& in, Table& table) {
  Index& index = index_at(table, in.string("IndexName"));
  if (const Input throughput = in.at("ProvisionedThroughput"); throughput.is_present()) {
    if (table.on_demand())
      throw invalid_parameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
          index.name + " when BillingMode is PAY_PER_REQUEST");
    change_throughput(ctx, index.throughput, throughput_from(throughput));
  }
  if (const Input maximum = in.at("OnDemandThroughput"); maximum.is_present())
    index.on_demand_maximum = on_demand_from(maximum);
  if (const Input warm = in.at("WarmThroughput"); warm.is_present())
    index.warm = warm_from(warm, index.warm);
  index.status = "UPDATING";
}

void update_indexes(Context& ctx, const Input& in, Table& table) {
  int structural = 0;
  for (const Input& change : in.list("GlobalSecondaryIndexUpdates")) {
    const Input create = change.at("Create"), update = change.at("Update"),
                remove = change.at("Delete");
    const int given = create.is_present() + update.is_present() + remove.is_present();
    if (given != 1)
      throw invalid_parameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    structural += create.is_present() + remove.is_present();
    if (structural > 1) throw one_at_a_time();
    if (create) create_index(ctx, create, table);
    if (update) update_index(ctx, update, table);
    if (remove) delete_index(ctx, remove, table);
  }
  if (structural == 0) return;
  Table rest = table;
  std::erase_if(rest.indexes, [](const Index& i) { return i.status == "DELETING"; });
  // A definition that only a dying index uses may stay; one that nothing ever used may not.
  if (rest.indexes.size() == table.indexes.size()) check_schema(rest);
}

void update_stream(Context& ctx, const Input& in, Table& table) {
  if (!in.is_present()) return;
  const bool enable = in.boolean("StreamEnabled");
  if (enable && table.stream.enabled)
    throw invalid(cat("Table already has an enabled stream: TableName: ", table.id));
  if (!enable && !table.stream.enabled)
    throw invalid(cat("Table has no stream to disable: TableName: ", table.id));
  read_stream(ctx, in, table);
}

void require_something(const Input& in) {
  for (const char* member :
       {"BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates",
        "StreamSpecification", "SSESpecification", "ReplicaUpdates", "TableClass",
        "DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput",
        "MultiRegionConsistency", "GlobalTableWitnessUpdates",
        "GlobalTableSettingsReplicationMode"})
    if (in.has(member)) return;
  throw invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
}

void refuse_unserved(const Input& in) {
  for (const char* member : {"MultiRegionConsistency", "GlobalTableWitnessUpdates",
                             "GlobalTableSettingsReplicationMode"})
    if (in.has(member))
      throw AwsError{"NotImplemented",
                     cat("Squall does not serve UpdateTable's ", member, " yet."), 501};
}

Value update_table(Context& ctx, Input in) {
  require_something(in);
  refuse_unserved(in);
  const Table& there = table_at(ctx, in.string("TableName"));
  require_active(there);
  check_under_way(ctx);
  Table& table = ctx.edit<Table>(there.id);
  if (const auto protection = in.optional_boolean("DeletionProtectionEnabled"))
    table.deletion_protection = *protection;
  if (in.has("AttributeDefinitions")) {
    for (auto& definition : attributes_from(in.list("AttributeDefinitions"))) {
      const std::string_view known = table.type_of(definition.first);
      if (known.empty())
        table.attributes.push_back(definition);
      else if (known != definition.second)
        throw invalid_parameter(cat("Attribute ", definition.first, " is already defined as ",
                                    known));
    }
  }
  update_billing(ctx, in, table);
  update_indexes(ctx, in, table);
  update_stream(ctx, in.at("StreamSpecification"), table);
  read_sse(ctx, in.at("SSESpecification"), table);
  if (const auto wanted = in.optional_string("TableClass")) {
    table.table_class = *wanted;
    table.table_class_changed = ctx.now();
  }
  update_replicas(ctx, in, table);
  table.status = "UPDATING";
  ++table.generation;
  ctx.after(ctx.latency("dynamodb.table.updating", table.id), "dynamodb.table.updated", table.id,
            std::to_string(table.generation));
  return {{"TableDescription", describe(ctx, table)}};
}

// --- events ------------------------------------------------------------------------------------

void table_updated(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  if (!table || table->status != "UPDATING" ||
      std::to_string(table->generation) != event.payload)
    return;
  Table& edited = scope.edit<Table>(event.subject);
  edited.status = "ACTIVE";
  for (Index& index : edited.indexes)
    if (index.status == "UPDATING") index.status = "ACTIVE";
}

void index_active(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  const Index* index = table ? table->find_index(event.payload) : nullptr;
  if (!index || index->status != "CREATING") return;
  for (Index& edited : scope.edit<Table>(event.subject).indexes)
    if (edited.name == event.payload) {
      edited.status = "ACTIVE";
      edited.backfilling = false;
    }
}

void index_deleted(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  const Index* index = table ? table->find_index(event.payload) : nullptr;
  if (!index || index->status != "DELETING") return;
  Table& edited = scope.edit<Table>(event.subject);
  std::erase_if(edited.indexes, [&](const Index& i) { return i.name == event.payload; });
  forget_unused_attributes(edited);
}

}  // namespace

void forget_unused_attributes(Table& table) {
  std::erase_if(table.attributes, [&](const auto& a) {
    const auto uses = [&](const KeySchema& keys) {
      return keys.hash == a.first || keys.range == a.first;
    };
    return !uses(table.keys) &&
           std::ranges::none_of(table.indexes, [&](const Index& i) { return uses(i.keys); });
  });
}

std::optional<ScalableThroughput> throughput_of(const sim::Scope& scope, std::string_view name,
                                                std::string_view index) {
  const Table* table = scope.view<Table>(name);
  if (!table) return {};
  const bool settled = table->status == "ACTIVE";
  if (index.empty())
    return ScalableThroughput{table->throughput.read, table->throughput.write, table->on_demand(),
                              settled};
  const Index* found = table->find_index(index);
  if (!found || !found->global) return {};
  return ScalableThroughput{found->throughput.read, found->throughput.write, table->on_demand(),
                            settled && found->status == "ACTIVE"};
}

void set_throughput(sim::Scope& scope, std::string_view name, std::string_view index_name,
                    std::optional<int64_t> read, std::optional<int64_t> write) {
  const Table& there = table_at(scope, name);
  require_active(there);
  if (there.on_demand())
    throw invalid_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  Table& table = scope.edit<Table>(there.id);
  Throughput& to =
      index_name.empty() ? table.throughput : index_at(table, std::string(index_name)).throughput;
  Throughput wanted = to;
  wanted.read = read.value_or(to.read);
  wanted.write = write.value_or(to.write);
  change_throughput(scope, to, wanted);
  table.status = "UPDATING";
  ++table.generation;
  scope.after(scope.latency("dynamodb.table.updating", table.id), "dynamodb.table.updated",
              table.id, std::to_string(table.generation));
}

std::span<const api::HandlerRow> table_update_rows() {
  static const api::HandlerRow rows[] = {{"UpdateTable", api::Writes, update_table}};
  return rows;
}

std::span<const sim::EventRow> table_update_events() {
  static const sim::EventRow rows[] = {{"dynamodb.table.updated", table_updated},
                                       {"dynamodb.index.active", index_active},
                                       {"dynamodb.index.deleted", index_deleted}};
  return rows;
}

}  // namespace squall::dynamodb
