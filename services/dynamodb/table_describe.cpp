// Tables as DescribeTable shows them: what is not set is not there.
#include "services/dynamodb/internal.h"
#include "services/dynamodb/store.h"

namespace squall::dynamodb {
namespace {

Value describe(const Throughput& t) {
  return {{"LastIncreaseDateTime", t.last_increase},
          {"LastDecreaseDateTime", t.last_decrease},
          {"NumberOfDecreasesToday", t.decreases_today},
          {"ReadCapacityUnits", t.read},
          {"WriteCapacityUnits", t.write}};
}

Value describe(const OnDemandMaximum& m) {
  if (!m.given) return {};
  return {{"MaxReadRequestUnits", m.read}, {"MaxWriteRequestUnits", m.write}};
}

Value describe(const WarmThroughput& w) {
  return {{"ReadUnitsPerSecond", w.read},
          {"WriteUnitsPerSecond", w.write},
          {"Status", w.status}};
}

Value describe_projection(const Index& index) {
  Value out{{"ProjectionType", index.projection}};
  if (!index.included.empty()) out.add("NonKeyAttributes", Value(index.included));
  return out;
}

/// Sizes as of now, where AWS counts every six hours.
struct Sizes {
  size_t items = 0, bytes = 0;
};

Sizes index_sizes(TableStore* store, const std::string& name) {
  if (!store) return {};
  const IndexPlan* index = store->plan().find_index(name);
  if (!index || !index->readable) return {};  // being filled: not waited for
  store->catch_up(store->world().now());
  const auto& indexes = store->plan().indexes;
  for (size_t i = 0; i < indexes.size(); ++i)
    if (indexes[i].name == name) return {store->index(i).size(), store->index_bytes(i)};
  return {};
}

Value describe_index(const Table& table, const Index& index, const Sizes& sizes) {
  Value out{{"IndexName", index.name},
            {"KeySchema", describe_keys(index.keys)},
            {"Projection", describe_projection(index)}};
  if (index.global) {
    out.add("IndexStatus", index.status);
    if (index.backfilling) out.add("Backfilling", true);
    out.add("ProvisionedThroughput", describe(index.throughput));
  }
  out.add("IndexSizeBytes", sizes.bytes);
  out.add("ItemCount", sizes.items);
  out.add("IndexArn", cat(table.arn, "/index/", index.name));
  if (index.global) {
    out.add("OnDemandThroughput", describe(index.on_demand_maximum));
    out.add("WarmThroughput", describe(index.warm));
  }
  return out;
}

void add_indexes(Value& out, const Table& table, TableStore* store) {
  Value locals = Value::list(), globals = Value::list();
  for (const Index& index : table.indexes)
    (index.global ? globals : locals)
        .push(describe_index(table, index, index_sizes(store, index.name)));
  if (!locals.empty()) out.add("LocalSecondaryIndexes", locals);
  if (!globals.empty()) out.add("GlobalSecondaryIndexes", globals);
}

}  // namespace

Value describe_keys(const KeySchema& keys) {
  Value list = Value::list();
  list.push({{"AttributeName", keys.hash}, {"KeyType", "HASH"}});
  if (!keys.range.empty()) list.push({{"AttributeName", keys.range}, {"KeyType", "RANGE"}});
  return list;
}

Value describe(const sim::Scope& scope, const Table& t) {
  const auto store = stores_of(scope.world()).find(scope.region(), t.id);
  std::unique_lock<std::mutex> lock;
  if (store) lock = std::unique_lock(store->mutex());
  Value out{{"AttributeDefinitions", list_of(t.attributes, [](const auto& a) {
               return Value{{"AttributeName", a.first}, {"AttributeType", a.second}};
             })},
            {"TableName", t.id},
            {"KeySchema", describe_keys(t.keys)},
            {"TableStatus", t.status},
            {"CreationDateTime", t.created},
            {"ProvisionedThroughput", describe(t.throughput)},
            {"TableSizeBytes", store ? store->bytes() : 0},
            {"ItemCount", store ? store->items().size() : 0},
            {"TableArn", t.arn},
            {"TableId", t.table_id}};
  if (t.on_demand_since)
    out.add("BillingModeSummary", {{"BillingMode", t.billing_mode},
                                   {"LastUpdateToPayPerRequestDateTime", t.on_demand_since}});
  add_indexes(out, t, store.get());
  if (t.stream.enabled)
    out.add("StreamSpecification",
            {{"StreamEnabled", true}, {"StreamViewType", t.stream.view_type}});
  if (!t.stream.arn.empty()) {
    out.add("LatestStreamLabel", t.stream.label);
    out.add("LatestStreamArn", t.stream.arn);
  }
  if (t.sse)
    out.add("SSEDescription",
            {{"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", t.sse_key_arn}});
  if (!t.table_class.empty())
    out.add("TableClassSummary",
            {{"TableClass", t.table_class}, {"LastUpdateDateTime", t.table_class_changed}});
  describe_replicas(scope, t, out);
  describe_restore(scope, t, out);
  out.add("DeletionProtectionEnabled", t.deletion_protection);
  out.add("OnDemandThroughput", describe(t.on_demand_maximum));
  out.add("WarmThroughput", describe(t.warm));
  return out;
}

}  // namespace squall::dynamodb
