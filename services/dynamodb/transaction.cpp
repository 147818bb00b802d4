// TransactWriteItems and TransactGetItems: every table locked, everything looked at, then all of it
// made or nothing.
#include <algorithm>
#include <map>
#include <set>

#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/read.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/transaction.h"
#include "services/dynamodb/transaction_token.h"

namespace squall::dynamodb {
namespace {
constexpr size_t bytes_max = 4 * 1024 * 1024;
}  // namespace

AwsError cancelled(const std::vector<Reason>& reasons) {
  std::string codes, json = "[";
  for (const Reason& r : reasons) {
    codes += cat(codes.empty() ? "" : ", ", r.code);
    if (json.size() > 1) json += ',';
    json += "{\"Code\":";
    append_json_string(json, r.code);
    if (!r.message.empty()) {
      json += ",\"Message\":";
      append_json_string(json, r.message);
    }
    if (!r.item_json.empty()) json += cat(",\"Item\":", r.item_json);
    json += '}';
  }
  AwsError error{"TransactionCanceledException",
                 cat("Transaction cancelled, please refer cancellation reasons for specific "
                     "reasons [",
                     codes, "]")};
  error.members.emplace_back("CancellationReasons", json + "]");
  return error;
}

bool any_failed(const std::vector<Reason>& reasons) {
  return std::ranges::any_of(reasons, [](const Reason& r) { return r.code != "None"; });
}

bool becomes_reason(Reason& reason, const AwsError& error) {
  if (error.code == "ValidationException")
    reason.code = "ValidationError";
  else if (error.code == "ItemCollectionSizeLimitExceededException")
    reason.code = "ItemCollectionSizeLimitExceeded";
  else if (is_throttle(error))
    reason.code = cancellation_code(error);
  else
    return false;
  reason.message = error.message;
  return true;
}

void check_conflicts(const TransactionLocks& locks, std::vector<Reason>& reasons) {
  for (const size_t i : locks.conflicts())
    reasons[i] = {"TransactionConflict", "Transaction is ongoing for the item", {}};
  if (any_failed(reasons)) throw cancelled(reasons);
}

void check_distinct(const ItemPlaces& items) {
  std::set<std::string> seen;
  for (const auto& [store, key] : items) {
    if (key->hash().empty()) continue;  // its key was refused already
    if (!seen.insert(cat(store->name(), '/', key->text())).second)
      throw invalid("Transaction request cannot include multiple operations on one item");
  }
}

void append_capacities(AnswerWriter& answer, ReturnCapacity wanted, const Capacities& list) {
  if (wanted == ReturnCapacity::none) return;
  std::string& out = answer.member("ConsumedCapacity");
  out += '[';
  for (const auto& [table, capacity] : list) {
    if (out.back() != '[') out += ',';
    capacity.append_json(out, table, wanted);
  }
  out += ']';
}

namespace {

void double_units(Capacity& capacity) {  // a transaction prepares and commits
  capacity.table *= 2;
  for (auto* list : {&capacity.locals, &capacity.globals})
    for (auto& [name, units] : *list) units *= 2;
}

// --- writing -------------------------------------------------------------------------------------

constexpr std::string_view action_names[] = {"Put", "Update", "Delete", "ConditionCheck"};
constexpr std::string_view on_failure_names[] = {"NONE", "ALL_OLD"};

WriteAction action_from(const Value& request) {
  const Fields one(request);
  WriteAction action;
  Value given;
  for (size_t i = 0; i < std::size(action_names); ++i) {
    const Value member = one.map(action_names[i]);
    if (member.is_absent()) continue;
    if (!given.is_absent())
      throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    given = member;
    action.write.kind = static_cast<Write::Kind>(i);
  }
  if (given.is_absent())
    throw invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update "
                  "request");
  const Fields fields(given);
  action.table = fields.text("TableName");
  const bool puts = action.write.kind == Write::Kind::put;
  action.key_or_item = fields.required_map(puts ? "Item" : "Key");
  action.item_on_failure =
      fields.choice("ReturnValuesOnConditionCheckFailure", on_failure_names, 0) == 1;
  if (puts) action.item = encoded_map(action.key_or_item);
  check_placeholder_use(fields, {"UpdateExpression", "ConditionExpression"});
  action.placeholders = std::make_unique<Placeholders>(fields.map("ExpressionAttributeNames"),
                                                       fields.map("ExpressionAttributeValues"));
  if (const auto text = fields.optional_text("UpdateExpression"))
    action.write.update = bind_expression(parsed_expression(ExpressionKind::update, *text),
                                          *action.placeholders);
  if (const auto text = fields.optional_text("ConditionExpression"))
    action.write.condition = bind_expression(parsed_expression(ExpressionKind::condition, *text),
                                             *action.placeholders);
  action.placeholders->check_all_used();
  return action;
}

}  // namespace

TransactWrite::TransactWrite(const Fields& fields)
    : capacity(return_capacity(fields)),
      metrics(return_collection_metrics(fields)),
      token(fields.optional_text("ClientRequestToken")),
      items(fields.list("TransactItems")) {
  for (const Value& item : items.items()) actions.push_back(action_from(item));
}

namespace {

void find_key(WriteAction& action) {
  Write& write = action.write;
  if (write.kind != Write::Kind::put) {
    write.key = key_from(encoded_map(action.key_or_item), *write.store);
    return check_update_paths(write);
  }
  set_item(write, action.item);
}

void check_size(const std::vector<Outcome>& outcomes) {
  size_t bytes = 0;
  for (const Outcome& o : outcomes)
    bytes += std::max(o.before ? o.before->size() : 0, o.after ? o.after->size() : 0);
  if (bytes > bytes_max)
    throw invalid("Transaction request cannot be larger than 4 MB in aggregate size of items");
}

/// What the actions add together to one collection is judged together.
void judge_growth(const TransactWrite& request, const std::vector<Outcome>& outcomes,
                  std::vector<Reason>& reasons) {
  CollectionGrowth growth;
  for (size_t i = 0; i < outcomes.size(); ++i)
    judge(reasons[i], [&] { growth.add(request.actions[i].write, outcomes[i]); });
}

/// Before anything is made: all of it is served, or nothing.
void pay(const TransactWrite& request, std::vector<Outcome>& outcomes,
         std::vector<Reason>& reasons) {
  if (!request.actions.front().write.store->world().enforces_throughput()) return;
  std::map<std::string, TableStore*> stores;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    judge(reasons[i], [&] {
      take_write(request.actions[i].write, outcomes[i], request.operation, 2);
    });
    outcomes[i].paid = true;
    TableStore& store = *request.actions[i].write.store;
    stores[store.name()] = &store;
  }
  const bool served = !any_failed(reasons);
  for (const auto& [name, store] : stores) note_request(*store, request.operation, served);
  if (!served) throw cancelled(reasons);
}

/// Under all locks: what each action would do, or why the transaction is cancelled.
std::vector<Outcome> look(const TransactWrite& request, std::vector<Reason>& reasons) {
  std::vector<Outcome> outcomes(request.actions.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    judge(reasons[i], [&] { outcomes[i] = evaluate(request.actions[i].write); });
    if (reasons[i].code != "None" || outcomes[i].condition_held) continue;
    const bool inserts = request.actions[i].inserts;
    reasons[i].code = inserts ? "DuplicateItem" : "ConditionalCheckFailed";
    reasons[i].message = inserts ? "Duplicate primary key exists in table"
                                 : "The conditional request failed";
    if (request.actions[i].item_on_failure && outcomes[i].before)
      append_attributes_json(reasons[i].item_json, outcomes[i].before->data());
  }
  judge_growth(request, outcomes, reasons);
  if (any_failed(reasons)) throw cancelled(reasons);
  check_size(outcomes);
  pay(request, outcomes, reasons);
  return outcomes;
}

void append_metrics(AnswerWriter& answer, const TransactWrite& request) {
  std::map<std::string, std::string> by_table;
  for (const WriteAction& action : request.actions) {
    if (!action.write.store->has_local_indexes()) continue;
    std::string& text = by_table[action.write.store->name()];
    if (!text.empty()) text += ',';
    const std::lock_guard lock(action.write.store->mutex());
    append_collection_metrics(text, action.write);
  }
  if (by_table.empty()) return;
  std::string& out = answer.member("ItemCollectionMetrics");
  out += '{';
  for (const auto& [table, text] : by_table) {
    if (out.back() != '{') out += ',';
    append_json_string(out, table);
    out += cat(":[", text, "]");
  }
  out += '}';
}

/// AWS reads what is there to answer a request that was made before, and counts it as reads.
Capacities reading_again(const TransactWrite& request) {
  Capacities capacities;
  for (const WriteAction& action : request.actions) {
    const auto lock = lock_active(*action.write.store);
    const Item* item = action.write.store->find(action.write.key.position());
    Capacity& capacity = capacities[action.write.store->name()];
    capacity.split = Capacity::Split::read;
    capacity.table += 2 * read_units(item ? item->size() : 0, true);
  }
  return capacities;
}

}  // namespace

Capacities transact(const api::DirectCall& call, const TransactWrite& request,
                    std::vector<Reason>& reasons, uint64_t hash) {
  auto& tokens = call.world.annex<TransactionTokens>();  // before the tables: annexes lock first
  std::optional<TransactionTokens::UnderWay> under_way;
  if (request.token) under_way.emplace(tokens, *request.token, hash);
  // Made before: nothing is changed, so no other transaction is in its way.
  if (request.token && tokens.was_made(*request.token, hash, call.world.now()))
    return reading_again(request);
  ItemPlaces items;
  for (const WriteAction& action : request.actions)
    items.emplace_back(action.write.store.get(), &action.write.key);
  const TransactionLocks locks(items, true);
  check_conflicts(locks, reasons);
  const sim::ChangeGroup whole(call.world);  // kept whole or not at all
  const Time now = call.world.now();
  Capacities capacities;
  const std::vector<Outcome> outcomes = look(request, reasons);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Write& write = request.actions[i].write;
    commit(write, outcomes[i], now, capacities[write.store->name()]);
  }
  if (request.token) tokens.remember(*request.token, hash, now);
  for (auto& [table, capacity] : capacities) {
    double_units(capacity);
    capacity.split = Capacity::Split::write;
  }
  return capacities;
}

namespace {

void transact_write_items(const api::DirectCall& call, std::string& out) {
  TransactWrite request{Fields(checked_document(call))};
  std::vector<Reason> reasons(request.actions.size());
  ItemPlaces items;
  for (size_t i = 0; i < request.actions.size(); ++i) {
    WriteAction& action = request.actions[i];
    action.write.store = find_store(call, action.table);
    judge(reasons[i], [&] { find_key(action); });
    items.emplace_back(action.write.store.get(), &action.write.key);
  }
  check_distinct(items);
  if (any_failed(reasons)) throw cancelled(reasons);
  const uint64_t hash = stable_hash(to_json(request.items));
  const Capacities capacities = transact(call, request, reasons, hash);
  AnswerWriter answer(out);
  append_capacities(answer, request.capacity, capacities);
  if (request.metrics) append_metrics(answer, request);
}

// --- reading -------------------------------------------------------------------------------------

struct ReadAction {
  std::shared_ptr<TableStore> store;
  KeyBytes key;
  Projection projection;
};

ReadAction read_action(const api::DirectCall& call, const Value& request, Reason& reason) {
  const Fields fields(Fields(request).required_map("Get"));
  ReadAction action;
  const Value key = fields.required_map("Key");
  check_placeholder_use(fields, {"ProjectionExpression"});
  Placeholders placeholders(fields.map("ExpressionAttributeNames"), {});
  if (const auto text = fields.optional_text("ProjectionExpression"))
    action.projection = Projection(*text, placeholders);
  placeholders.check_all_used();
  action.store = find_store(call, fields.text("TableName"));
  judge(reason, [&] { action.key = key_from(encoded_map(key), *action.store); });
  return action;
}

/// Before anything is read. Throws the reasons where something is throttled.
void pay(const ItemPlaces& reads, std::vector<Reason>& reasons) {
  constexpr std::string_view operation = "TransactGetItems";
  if (!reads.front().first->world().enforces_throughput()) return;
  std::set<TableStore*> stores;
  for (size_t i = 0; i < reads.size(); ++i) {
    const auto& [store, key] = reads[i];
    const ReadSource source{operation, nullptr, key->hash()};
    const Item* item = store->find(key->position());
    judge(reasons[i], [&, store = store] {
      require_read(*store, source);
      take_read(*store, source, 2 * read_units(item ? item->size() : 0, true));
    });
    stores.insert(store);
  }
  const bool served = !any_failed(reasons);
  for (TableStore* store : stores) note_request(*store, operation, served);
  if (!served) throw cancelled(reasons);
}

void append_responses(std::string& out, const std::vector<ReadAction>& actions,
                      Capacities& capacities) {
  size_t bytes = 0;
  out += '[';
  for (const ReadAction& action : actions) {
    if (out.back() != '[') out += ',';
    const Item* item = action.store->find(action.key.position());
    Capacity& capacity = capacities[action.store->name()];
    capacity.split = Capacity::Split::read;
    capacity.table += 2 * read_units(item ? item->size() : 0, true);
    out += '{';
    if (item) {
      bytes += item->size();
      out += "\"Item\":";
      action.projection.append_json(out, item->data());
    }
    out += '}';
  }
  out += ']';
  if (bytes > bytes_max)
    throw invalid("Transaction request cannot be larger than 4 MB in aggregate size of items");
}

void transact_get_items(const api::DirectCall& call, std::string& out) {
  const Value document = checked_document(call);
  const Fields fields(document);
  const ReturnCapacity wanted = return_capacity(fields);
  const Value list = fields.list("TransactItems");
  std::vector<Reason> reasons(list.size());
  std::vector<ReadAction> actions;
  for (const Value& item : list.items())
    actions.push_back(read_action(call, item, reasons[actions.size()]));
  ItemPlaces items;
  for (const ReadAction& action : actions) items.emplace_back(action.store.get(), &action.key);
  check_distinct(items);
  if (any_failed(reasons)) throw cancelled(reasons);
  const TransactionLocks locks(items, false);
  check_conflicts(locks, reasons);
  pay(items, reasons);
  Capacities capacities;
  AnswerWriter answer(out);
  append_responses(answer.member("Responses"), actions, capacities);
  append_capacities(answer, wanted, capacities);
}

}  // namespace

std::span<const api::HandlerRow> transaction_rows() {
  static const api::HandlerRow rows[] = {{"TransactWriteItems", transact_write_items},
                                         {"TransactGetItems", transact_get_items}};
  return rows;
}

}  // namespace squall::dynamodb
