// PutItem, UpdateItem and DeleteItem.
#include "services/dynamodb/internal.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb {
namespace {

enum class ReturnValues : uint8_t { none, all_old, updated_old, all_new, updated_new };
constexpr std::string_view return_values_names[] = {"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW",
                                                    "UPDATED_NEW"};
constexpr std::string_view on_failure_names[] = {"NONE", "ALL_OLD"};

/// The members that the three operations share.
struct WriteRequest {
  explicit WriteRequest(const Fields& fields)
      : table(fields.text("TableName")),
        capacity(return_capacity(fields)),
        metrics(return_collection_metrics(fields)),
        return_values(
            static_cast<ReturnValues>(fields.choice("ReturnValues", return_values_names, 0))),
        item_on_failure(fields.choice("ReturnValuesOnConditionCheckFailure", on_failure_names, 0)),
        condition(fields.optional_text("ConditionExpression")),
        names(fields.map("ExpressionAttributeNames")),
        values(fields.map("ExpressionAttributeValues")) {}

  std::string_view table;
  ReturnCapacity capacity;
  bool metrics;
  ReturnValues return_values;
  bool item_on_failure;
  std::optional<std::string_view> condition;
  Bound expected;  // the legacy form of the condition
  Value names, values;
};

void require_old_or_none(ReturnValues wanted) {
  if (wanted != ReturnValues::none && wanted != ReturnValues::all_old)
    throw invalid("ReturnValues can only be ALL_OLD or NONE");
}

void append_returned(AnswerWriter& answer, const WriteRequest& request, const Write& write,
                     const Outcome& outcome) {
  const auto whole = [&](const ItemRef& item) {
    if (item) append_attributes_json(answer.member("Attributes"), item->data());
  };
  const auto touched = [&](const ItemRef& item) {
    if (!item || !write.update) return;
    std::vector<uint32_t> paths;
    for (const Action& action : write.update.parsed->actions) paths.push_back(action.path);
    const std::string shown = project(path_tree(write.update, paths), item->data());
    if (!shown.empty()) append_attributes_json(answer.member("Attributes"), shown);
  };
  switch (request.return_values) {
    case ReturnValues::none: return;
    case ReturnValues::all_old: return whole(outcome.before);
    case ReturnValues::all_new: return whole(outcome.after);
    case ReturnValues::updated_old: return touched(outcome.before);
    case ReturnValues::updated_new: return touched(outcome.after);
  }
}

/// Under the table's lock: looks, writes, answers.
void run(const api::DirectCall& call, const WriteRequest& request, const Write& write,
         std::string& out) {
  const auto lock = lock_for_write(write);
  const Outcome outcome = evaluate(write);
  if (!outcome.condition_held) {
    take_write(write, outcome);
    std::string item;
    if (request.item_on_failure && outcome.before)
      append_attributes_json(item, outcome.before->data());
    throw condition_failed(std::move(item));
  }
  Capacity capacity;
  commit(write, outcome, call.world.now(), capacity);
  AnswerWriter answer(out);
  append_returned(answer, request, write, outcome);
  if (request.capacity != ReturnCapacity::none)
    capacity.append_json(answer.member("ConsumedCapacity"), write.store->name(), request.capacity);
  if (request.metrics && write.store->has_local_indexes())
    append_collection_metrics(answer.member("ItemCollectionMetrics"), write);
}

void bind_condition(const WriteRequest& request, Placeholders& placeholders, Write& write) {
  write.condition = request.expected;
  if (request.condition)
    write.condition = bind_expression(
        parsed_expression(ExpressionKind::condition, *request.condition), placeholders);
}

// --- PutItem -------------------------------------------------------------------------------------

struct PutRequest : WriteRequest {
  explicit PutRequest(const Fields& fields)
      : WriteRequest(fields), attributes(encoded_map(fields.required_map("Item"))) {
    check_legacy(fields, {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
    expected = expected_condition(fields);
    require_old_or_none(return_values);
    check_placeholder_use(fields, {"ConditionExpression"});
  }
  std::string attributes;
};

void put_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<PutRequest>(call);
  Placeholders placeholders(request.names, request.values);
  Write write;
  bind_condition(request, placeholders, write);
  placeholders.check_all_used();
  write.store = find_store(call, request.table);
  set_item(write, request.attributes);
  run(call, request, write, out);
}

// --- DeleteItem ----------------------------------------------------------------------------------

struct DeleteRequest : WriteRequest {
  explicit DeleteRequest(const Fields& fields)
      : WriteRequest(fields), key(encoded_map(fields.required_map("Key"))) {
    check_legacy(fields, {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
    expected = expected_condition(fields);
    require_old_or_none(return_values);
    check_placeholder_use(fields, {"ConditionExpression"});
  }
  std::string key;
};

void delete_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<DeleteRequest>(call);
  Placeholders placeholders(request.names, request.values);
  Write write;
  write.kind = Write::Kind::remove;
  bind_condition(request, placeholders, write);
  placeholders.check_all_used();
  write.store = find_store(call, request.table);
  write.key = key_from(request.key, *write.store);
  run(call, request, write, out);
}

// --- UpdateItem ----------------------------------------------------------------------------------

struct UpdateRequest : WriteRequest {
  explicit UpdateRequest(const Fields& fields)
      : WriteRequest(fields),
        key(encoded_map(fields.required_map("Key"))),
        update(fields.optional_text("UpdateExpression")) {
    check_legacy(fields, {"AttributeUpdates", "Expected", "ConditionalOperator"},
                 {"UpdateExpression", "ConditionExpression"});
    updates = attribute_updates(fields);
    expected = expected_condition(fields);
    check_placeholder_use(fields, {"UpdateExpression", "ConditionExpression"});
  }
  std::string key;
  std::optional<std::string_view> update;
  Bound updates;  // the legacy form of the update
};

void update_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<UpdateRequest>(call);
  Placeholders placeholders(request.names, request.values);
  Write write;
  write.kind = Write::Kind::update;
  write.update = request.updates;
  if (request.update)
    write.update = bind_expression(parsed_expression(ExpressionKind::update, *request.update),
                                   placeholders);
  bind_condition(request, placeholders, write);
  placeholders.check_all_used();
  write.store = find_store(call, request.table);
  write.key = key_from(request.key, *write.store);
  check_update_paths(write);
  run(call, request, write, out);
}

}  // namespace

std::span<const api::HandlerRow> item_rows() {
  static const api::HandlerRow rows[] = {
      {"PutItem", put_item}, {"DeleteItem", delete_item}, {"UpdateItem", update_item}};
  return rows;
}

}  // namespace squall::dynamodb
