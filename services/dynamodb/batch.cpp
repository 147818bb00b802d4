// BatchGetItem and BatchWriteItem. Tables are locked one after the other, as AWS promises no more.
#include <algorithm>
#include <map>
#include <set>

#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/read.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb {
namespace {

constexpr size_t keys_max = 100, writes_max = 25;
constexpr size_t answer_bytes_max = 16 * 1024 * 1024;

[[noreturn]] void duplicates() { throw invalid("Provided list of item keys contains duplicates"); }

void append_capacities(AnswerWriter& answer, ReturnCapacity wanted,
                       const std::vector<std::pair<std::string, Capacity>>& list) {
  if (wanted == ReturnCapacity::none) return;
  std::string& out = answer.member("ConsumedCapacity");
  out += '[';
  for (const auto& [table, capacity] : list) {
    if (out.back() != '[') out += ',';
    capacity.append_json(out, table, wanted);
  }
  out += ']';
}

// --- BatchGetItem --------------------------------------------------------------------------------

/// One table's part of a BatchGetItem.
struct TableKeys {
  TableKeys(const Member& member)
      : name(member.key.text),
        fields(member.value),
        keys(fields.list("Keys")),
        consistent(fields.boolean("ConsistentRead").value_or(false)),
        placeholders(fields.map("ExpressionAttributeNames"), {}) {
    check_legacy(fields, {"AttributesToGet"}, {"ProjectionExpression"});
    projection = Projection(attributes_to_get(fields));
    check_placeholder_use(fields, {"ProjectionExpression"});
    if (const auto text = fields.optional_text("ProjectionExpression"))
      projection = Projection(*text, placeholders);
    placeholders.check_all_used();
  }
  std::string_view name;
  Fields fields;
  Value keys;
  bool consistent;
  Placeholders placeholders;
  Projection projection;
  std::shared_ptr<TableStore> store;
  std::vector<KeyBytes> wanted;
};

void find_keys(const api::DirectCall& call, TableKeys& table) {
  table.store = find_store(call, table.name);
  std::set<std::string> seen;
  for (const Value& key : table.keys.items()) {
    table.wanted.push_back(key_from(encoded_map(key), *table.store));
    if (!seen.insert(table.wanted.back().text()).second) duplicates();
  }
}

struct BatchRead {
  size_t bytes = 0;
  std::string unprocessed;
  bool any_served = false;
  std::optional<AwsError> throttled;  // the first
};

/// Of a batch, what is throttled is left; the rest is served.
bool may_read(const TableKeys& table, const ReadSource& source, BatchRead& batch) {
  try {
    require_read(*table.store, source);
    return true;
  } catch (const AwsError& error) {
    if (!batch.throttled) batch.throttled = error;
    return false;
  }
}

void read_table(const TableKeys& table, Capacity& capacity, BatchRead& batch, std::string& out) {
  const auto lock = lock_active(*table.store);
  append_json_string(out, table.store->name());
  out += ":[";
  std::string left;
  for (size_t i = 0; i < table.wanted.size(); ++i) {
    const KeyBytes& key = table.wanted[i];
    const Item* item = table.store->find(key.position());
    const ReadSource source{"BatchGetItem", nullptr, key.hash};
    if (batch.bytes + (item ? item->size() : 0) > answer_bytes_max ||
        !may_read(table, source, batch)) {
      left += left.empty() ? "" : ",";
      append_attributes_json(left, key.attributes);
      continue;
    }
    const double units = read_units(item ? item->size() : 0, table.consistent);
    take_read(*table.store, source, units);
    batch.any_served = true;
    capacity.table += units;
    if (!item) continue;
    batch.bytes += item->size();
    if (out.back() != '[') out += ',';
    table.projection.append_json(out, item->data());
  }
  out += ']';
  if (left.empty()) return;
  if (!batch.unprocessed.empty()) batch.unprocessed += ',';
  append_json_string(batch.unprocessed, table.name);
  batch.unprocessed += cat(":{\"Keys\":[", left, "]");
  for (const char* member :
       {"ProjectionExpression", "ExpressionAttributeNames", "AttributesToGet"}) {
    if (!table.fields.has(member)) continue;
    batch.unprocessed += cat(",\"", member, "\":", to_json(table.fields.raw(member)));
  }
  if (table.consistent) batch.unprocessed += ",\"ConsistentRead\":true";
  batch.unprocessed += '}';
}

void batch_get_item(const api::DirectCall& call, std::string& out) {
  const Value document = checked_document(call);
  const Fields fields(document);
  const ReturnCapacity wanted = return_capacity(fields);
  std::vector<std::unique_ptr<TableKeys>> tables;
  size_t keys = 0;
  for (const Member& m : fields.required_map("RequestItems").members()) {
    tables.push_back(std::make_unique<TableKeys>(m));
    keys += tables.back()->keys.size();
  }
  if (keys > keys_max) throw invalid("Too many items requested for the BatchGetItem call");
  for (const auto& table : tables) find_keys(call, *table);
  std::vector<std::pair<std::string, Capacity>> capacities;
  BatchRead batch;
  AnswerWriter answer(out);
  answer.member("Responses") += '{';
  for (const auto& table : tables) {
    if (out.back() != '{') out += ',';
    capacities.emplace_back(table->store->name(), Capacity());
    read_table(*table, capacities.back().second, batch, out);
  }
  out += '}';
  for (const auto& table : tables) {
    const std::lock_guard lock(table->store->mutex());
    note_request(*table->store, "BatchGetItem", batch.any_served);
  }
  if (batch.throttled && !batch.any_served) throw *batch.throttled;
  answer.member("UnprocessedKeys") += cat("{", batch.unprocessed, "}");
  append_capacities(answer, wanted, capacities);
}

// --- BatchWriteItem ------------------------------------------------------------------------------

Write write_from(const Value& request, const std::shared_ptr<TableStore>& store) {
  const Fields fields(request);
  const Value put = fields.map("PutRequest"), remove = fields.map("DeleteRequest");
  if (put.is_absent() == remove.is_absent())
    throw invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly "
                  "one of the supported datatypes");
  Write write;
  write.store = store;
  write.operation = "BatchWriteItem";
  if (!remove.is_absent()) {
    write.kind = Write::Kind::remove;
    write.key = key_from(encoded_map(Fields(remove).required_map("Key")), *store);
    return write;
  }
  const KeySchema& keys = store->keys();
  append_attributes(write.attributes, Fields(put).required_map("Item"), keys.hash, keys.range);
  write.key = key_of_attributes(write.attributes, *store);
  return write;
}

struct TableWrites {
  std::shared_ptr<TableStore> store;
  std::string_view name;
  std::vector<Write> writes;
  std::vector<Value> requests;  // beside them
  Capacity capacity;
};

/// One table's writes; all are looked at before the first is made.
TableWrites table_writes(const api::DirectCall& call, const Member& member) {
  TableWrites table;
  table.store = find_store(call, member.key.text);
  table.name = member.key.text;
  std::set<std::string> seen;
  for (const Value& request : member.value.items()) {
    table.requests.push_back(request);
    table.writes.push_back(write_from(request, table.store));
    if (!seen.insert(table.writes.back().key.text()).second) duplicates();
  }
  const auto lock = lock_active(*table.store);
  CollectionGrowth growth;
  for (const Write& write : table.writes) {
    if (table.store->has_local_indexes())
      growth.add(write, evaluate(write));
    else if (write.kind == Write::Kind::put)
      check_item(table.store->plan(), write.attributes, false);
  }
  return table;
}

void append_metrics(AnswerWriter& answer, const std::vector<TableWrites>& tables) {
  std::string text;
  for (const TableWrites& table : tables) {
    if (!table.store->has_local_indexes()) continue;
    if (!text.empty()) text += ',';
    append_json_string(text, table.store->name());
    text += ":[";
    const auto lock = std::lock_guard(table.store->mutex());
    for (const Write& write : table.writes) {
      if (text.back() != '[') text += ',';
      append_collection_metrics(text, write);
    }
    text += ']';
  }
  if (!text.empty()) answer.member("ItemCollectionMetrics") += cat("{", text, "}");
}

struct BatchWriteRequest {
  explicit BatchWriteRequest(const Fields& fields)
      : items(fields.required_map("RequestItems")),
        capacity(return_capacity(fields)),
        metrics(return_collection_metrics(fields)) {
    size_t writes = 0;
    if (items.empty()) throw serialization("");
    for (const Member& m : items.members()) {
      if (!m.value.is_list() || m.value.empty() || m.value.size() > writes_max)
        throw serialization("");
      for (const Value& request : m.value.items()) {
        if (!request.is_map()) throw serialization("");
        for (const Member& one : request.members()) Fields{one.value};
      }
      writes += m.value.size();
    }
    if (writes > writes_max)
      throw invalid("Too many items requested for the BatchWriteItem call");
  }
  Value items;
  ReturnCapacity capacity;
  bool metrics;
};

struct BatchWritten {
  std::string unprocessed;
  bool any_served = false;
  std::optional<AwsError> throttled;  // the first
};

/// What is throttled is left; the rest is made.
void write_table(TableWrites& table, Time now, BatchWritten& batch) {
  const auto lock = lock_active(*table.store);
  std::string left;
  for (size_t i = 0; i < table.writes.size(); ++i) {
    const Write& write = table.writes[i];
    try {
      commit(write, evaluate(write), now, table.capacity);
      batch.any_served = true;
    } catch (const AwsError& error) {
      if (!is_throttle(error)) throw;
      if (!batch.throttled) batch.throttled = error;
      left += cat(left.empty() ? "" : ",", to_json(table.requests[i]));
    }
  }
  if (left.empty()) return;
  if (!batch.unprocessed.empty()) batch.unprocessed += ',';
  append_json_string(batch.unprocessed, table.name);
  batch.unprocessed += cat(":[", left, "]");
}

void batch_write_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<BatchWriteRequest>(call);
  std::vector<TableWrites> tables;
  for (const Member& m : request.items.members()) tables.push_back(table_writes(call, m));
  std::vector<std::pair<std::string, Capacity>> capacities;
  const Time now = call.world.now();
  BatchWritten batch;
  for (TableWrites& table : tables) {
    write_table(table, now, batch);
    capacities.emplace_back(table.store->name(), table.capacity);
  }
  for (const TableWrites& table : tables) {
    const std::lock_guard lock(table.store->mutex());
    note_request(*table.store, "BatchWriteItem", batch.any_served);
  }
  if (batch.throttled && !batch.any_served) throw *batch.throttled;
  AnswerWriter answer(out);
  answer.member("UnprocessedItems") += cat("{", batch.unprocessed, "}");
  if (request.metrics) append_metrics(answer, tables);
  append_capacities(answer, request.capacity, capacities);
}

}  // namespace

std::span<const api::HandlerRow> batch_rows() {
  static const api::HandlerRow rows[] = {{"BatchGetItem", batch_get_item},
                                         {"BatchWriteItem", batch_write_item}};
  return rows;
}

}  // namespace squall::dynamodb
