// BatchGetItem and BatchWriteItem. Tables are locked one after the other, as AWS promises no more.
#include <map>

#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/plain_text.h"
#include "services/dynamodb/read.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb {
namespace {

constexpr size_t keys_max = 100, writes_max = 25;
constexpr size_t answer_bytes_max = 16 * 1024 * 1024;

/// The keys of a request that are asked for one by one.
class DistinctKeys {
 public:
  /// Throws where the key is one of those before; `at` gives those by their number.
  template <class KeyAt>
  void add(const KeyBytes& key, KeyAt at) {
    const uint32_t code = key.hash_code() ^ hash_key(key.range());
    for (size_t i = 0; i < codes_.size(); ++i)
      if (codes_[i] == code && at(i) == key)
        throw invalid("Provided list of item keys contains duplicates");
    codes_.push_back(code);
  }

 private:
  std::vector<uint32_t> codes_;
};

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
  DistinctKeys distinct;
  for (const Value& key : table.keys.items()) {
    table.wanted.push_back(key_from(encoded_map(key), *table.store));
    distinct.add(table.wanted.back(), [&](size_t i) -> auto& { return table.wanted[i]; });
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
    const ReadSource source{"BatchGetItem", nullptr, key.hash()};
    if (batch.bytes + (item ? item->size() : 0) > answer_bytes_max ||
        !may_read(table, source, batch)) {
      left += left.empty() ? "" : ",";
      append_attributes_json(left, key.attributes());
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

/// One write as it was asked for: an item or a key, in stored form.
struct WriteText {
  bool puts;
  std::string_view attributes;
};
struct TableTexts {
  std::string_view table;
  std::vector<WriteText> writes;
};

WriteText write_text(const Value& request) {
  const Fields fields(request);
  const Value put = fields.map("PutRequest"), remove = fields.map("DeleteRequest");
  if (put.is_absent() == remove.is_absent())
    throw invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly "
                  "one of the supported datatypes");
  const bool puts = !put.is_absent();
  const Value attributes = puts ? Fields(put).required_map("Item")
                                : Fields(remove).required_map("Key");
  return {puts, Arena::current().copy(encoded_map(attributes))};
}

struct BatchWriteRequest {
  BatchWriteRequest() = default;
  explicit BatchWriteRequest(const Fields& fields)
      : capacity(return_capacity(fields)), metrics(return_collection_metrics(fields)) {
    const Value items = fields.required_map("RequestItems");
    size_t writes = 0;
    if (items.empty()) throw serialization("");
    for (const Member& m : items.members()) {
      if (!m.value.is_list() || m.value.empty() || m.value.size() > writes_max)
        throw serialization("");
      writes += m.value.size();
    }
    if (writes > writes_max)
      throw invalid("Too many items requested for the BatchWriteItem call");
    for (const Member& m : items.members()) {
      tables.push_back({m.key.text, {}});
      for (const Value& request : m.value.items())
        tables.back().writes.push_back(write_text(request));
    }
  }
  std::vector<TableTexts> tables;
  ReturnCapacity capacity = ReturnCapacity::none;
  bool metrics = false;
};

/// Most requests: one table, plain items, nothing else asked for.
bool read_plain(std::string_view json, BatchWriteRequest& request) {
  PlainText in(json);
  std::vector<WriteText> writes;
  const auto write = [&] {
    bool puts = false;
    std::string_view attributes;
    const auto content = [&](std::string_view name) {
      return attributes.empty() && name == (puts ? "Item" : "Key") && in.attributes(attributes);
    };
    const auto kind = [&](std::string_view name) {
      puts = name == "PutRequest";
      return attributes.empty() && (puts || name == "DeleteRequest") && in.object(content);
    };
    if (!in.object(kind) || attributes.empty()) return false;
    writes.push_back({puts, attributes});
    return writes.size() <= writes_max;
  };
  const auto table = [&](std::string_view name) {
    request.tables.push_back({name, {}});
    return in.list(write);
  };
  const auto member = [&](std::string_view name) {
    return name == "RequestItems" && request.tables.empty() && in.object(table);
  };
  writes.reserve(writes_max);
  if (!in.object(member) || !in.at_end() || request.tables.size() != 1 || writes.empty())
    return false;
  request.tables.front().writes = std::move(writes);
  return true;
}

BatchWriteRequest read_batch(const api::DirectCall& call) {
  check_body_size(call);
  BatchWriteRequest plain;
  if (read_plain(call.request.body, plain)) return plain;
  return read_request<BatchWriteRequest>(call);
}

struct TableWrites {
  std::shared_ptr<TableStore> store;
  std::string_view name;
  std::vector<Write> writes;
  Capacity capacity;
};

/// One table's writes; all are looked at before the first is made.
TableWrites table_writes(const api::DirectCall& call, const TableTexts& texts) {
  TableWrites table;
  table.store = find_store(call, texts.table);
  table.name = texts.table;
  table.writes.reserve(texts.writes.size());
  DistinctKeys distinct;
  for (const auto& [puts, attributes] : texts.writes) {
    Write& write = table.writes.emplace_back();
    write.store = table.store;
    write.operation = "BatchWriteItem";
    write.kind = puts ? Write::Kind::put : Write::Kind::remove;
    if (puts)
      set_item(write, attributes);
    else
      write.key = key_from(attributes, *table.store);
    distinct.add(write.key, [&](size_t i) -> auto& { return table.writes[i].key; });
  }
  const auto lock = lock_active(*table.store);
  CollectionGrowth growth;
  for (const Write& write : table.writes) {
    if (table.store->has_local_indexes())
      growth.add(write, evaluate(write));
    else if (write.item)
      check_item(table.store->plan(), *write.item, false);
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

struct BatchWritten {
  std::string unprocessed;
  bool any_served = false;
  std::optional<AwsError> throttled;  // the first
};

/// As it was asked for.
void append_request(std::string& out, const Write& write) {
  out += write.item ? "{\"PutRequest\":{\"Item\":" : "{\"DeleteRequest\":{\"Key\":";
  append_attributes_json(out, write.item ? write.item->data() : write.key.attributes());
  out += "}}";
}

/// What is throttled is left; the rest is made.
void write_table(TableWrites& table, Time now, BatchWritten& batch) {
  const auto lock = lock_active(*table.store);
  std::string left;
  for (const Write& write : table.writes) {
    try {
      commit(write, evaluate(write), now, table.capacity);
      batch.any_served = true;
    } catch (const AwsError& error) {
      if (!is_throttle(error)) throw;
      if (!batch.throttled) batch.throttled = error;
      left += left.empty() ? "" : ",";
      append_request(left, write);
    }
  }
  if (left.empty()) return;
  if (!batch.unprocessed.empty()) batch.unprocessed += ',';
  append_json_string(batch.unprocessed, table.name);
  batch.unprocessed += cat(":[", left, "]");
}

void batch_write_item(const api::DirectCall& call, std::string& out) {
  const BatchWriteRequest request = read_batch(call);
  std::vector<TableWrites> tables;
  for (const TableTexts& texts : request.tables) tables.push_back(table_writes(call, texts));
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
