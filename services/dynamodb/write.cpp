// Looking at a write and making it.
#include "services/dynamodb/write.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {
namespace {

constexpr size_t item_bytes_max = 400 * 1024;

void check_index_key(const IndexPlan& index, std::string_view name, Type wanted,
                     AttributeView value, bool by_update) {
  constexpr size_t hash_max = 2048, range_max = 1024;
  if (!value) return;
  if (value.type() != wanted) {
    if (by_update)
      throw invalid(
          "The update expression attempted to update the secondary index key to unsupported type");
    throw invalid_parameter(cat("Type mismatch for Index Key ", name, " Expected: ",
                                type_name(wanted), " Actual: ", type_name(value.type()),
                                " IndexName: ", index.name));
  }
  if (value.type() != Type::N && value.bytes().empty())
    throw invalid(cat("One or more parameter values are not valid. A value specified for a "
                      "secondary index key is not supported. The AttributeValue for a key "
                      "attribute cannot contain an empty ",
                      wanted == Type::S ? "string" : "binary", " value. IndexName: ", index.name,
                      ", IndexKey: ", name));
  const bool is_hash = name == index.keys.hash;
  if (value.bytes().size() > (is_hash ? hash_max : range_max))
    throw invalid_parameter(
        is_hash ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

bool only_takes_away(const Parsed& update) {
  return std::ranges::all_of(update.actions, [](const Action& a) {
    return a.kind == Action::Kind::remove || a.kind == Action::Kind::delete_;
  });
}

ItemRef updated_item(const Write& write, const ItemRef& before, Outcome& outcome) {
  std::string attributes;
  if (!before) attributes = write.key.attributes();
  if (write.update) {
    if (!before && only_takes_away(*write.update.parsed)) {
      updated(write.update, nullptr);  // still refused where the expression is wrong
      outcome.writes = false;
      return {};
    }
    attributes += updated(write.update, before.get());
  } else if (before) {
    attributes = before->data();
  }
  ItemRef after = ItemRef::adopt(Item::make(attributes));
  check_item(write.store->plan(), *after, true);
  return after;
}

void add_units(Capacity& capacity, const Plan& plan, const std::vector<IndexEffect>& effects) {
  for (size_t i = 0; i < effects.size(); ++i) {
    double units = 0;
    if (effects[i].deleted_bytes) units += write_units(effects[i].deleted_bytes);
    if (effects[i].written_bytes) units += write_units(effects[i].written_bytes);
    if (units == 0) continue;
    auto& list = plan.indexes[i].global ? capacity.globals : capacity.locals;
    const auto at = std::ranges::find(list, plan.indexes[i].name,
                                      &std::pair<std::string, double>::first);
    if (at == list.end())
      list.emplace_back(plan.indexes[i].name, units);
    else
      at->second += units;
  }
}

}  // namespace

void set_item(Write& write, std::string_view attributes) {
  const KeySchema& keys = write.store->keys();
  std::string buffer;
  attributes = with_keys_first(attributes, keys.hash, keys.range, buffer);
  write.key = key_of_attributes(attributes, *write.store);
  write.item = ItemRef::adopt(Item::make(attributes));
}

void check_item(const Plan& plan, const Item& item, bool by_update) {
  if (item.size() > item_bytes_max)
    throw invalid(by_update ? "Item size to update has exceeded the maximum allowed size"
                            : "Item size has exceeded the maximum allowed size");
  for (const IndexPlan& index : plan.indexes) {
    check_index_key(index, index.keys.hash, index.types.hash,
                    item.find(index.keys.hash), by_update);
    if (!index.keys.range.empty())
      check_index_key(index, index.keys.range, index.types.range,
                      item.find(index.keys.range), by_update);
  }
}

void check_update_paths(const Write& write) {
  if (!write.update) return;
  const KeySchema& keys = write.store->keys();
  for (const Action& action : write.update.parsed->actions) {
    const std::string_view name =
        write.update.step_name(write.update.parsed->paths[action.path].front());
    if (name == keys.hash || (!keys.range.empty() && name == keys.range))
      throw invalid_parameter(
          cat("Cannot update attribute ", name, ". This attribute is part of the key"));
  }
}

AwsError transaction_conflict() {
  return {"TransactionConflictException", "Transaction is ongoing for the item"};
}

std::unique_lock<std::mutex> lock_for_write(const Write& write) {
  std::unique_lock lock(write.store->mutex(), std::try_to_lock);
  if (lock.owns_lock()) {
    check_active(*write.store);
    return lock;
  }
  if (write.store->held().has(write.key.text())) throw transaction_conflict();
  return lock_active(*write.store);
}

void CollectionGrowth::add(const Write& write, const Outcome& outcome) {
  if (!write.store->has_local_indexes() || !outcome.writes) return;
  int64_t& growth = growth_[{write.store.get(), std::string(write.key.hash())}];
  growth += write.store->collection_growth(outcome.before.get(), outcome.after.get());
  if (!write.store->collections().has_room(write.key.hash(), growth)) throw collection_full();
}

Outcome evaluate(const Write& write) {
  Outcome outcome;
  outcome.before = ItemRef::share(write.store->find(write.key.position()));
  if (write.condition && !is_true(write.condition, outcome.before.get())) {
    outcome.condition_held = false;
    outcome.writes = false;
    return outcome;
  }
  switch (write.kind) {
    case Write::Kind::put:
      check_item(write.store->plan(), *write.item, false);
      outcome.after = write.item;
      break;
    case Write::Kind::update: outcome.after = updated_item(write, outcome.before, outcome); break;
    case Write::Kind::remove: outcome.writes = static_cast<bool>(outcome.before); break;
    case Write::Kind::check: outcome.writes = false; break;
  }
  if (write.store->has_local_indexes()) CollectionGrowth().add(write, outcome);
  return outcome;
}

void commit(const Write& write, const Outcome& outcome, Time now, Capacity& capacity) {
  if (!outcome.paid) take_write(write, outcome);
  const size_t before = outcome.before ? outcome.before->size() : 0;
  const size_t after = outcome.after ? outcome.after->size() : 0;
  capacity.table += write_units(std::max(before, after));
  if (!outcome.writes) return;
  const Plan& plan = write.store->plan();
  if (plan.indexes.empty()) {
    write.store->apply({outcome.before, outcome.after, now});
    return;
  }
  std::vector<IndexEffect> effects;
  write.store->apply({outcome.before, outcome.after, now}, &effects);
  add_units(capacity, plan, effects);
}

void append_collection_metrics(std::string& out, const Write& write) {
  const char* at = write.key.attributes().data();
  const std::string_view name = read_text(at);
  out += "{\"ItemCollectionKey\":{";
  append_json_string(out, name);
  out += ':';
  append_json(out, AttributeView(at));
  const size_t whole = write.store->collections().bytes(write.key.hash()) / gigabyte;
  out += cat("},\"SizeEstimateRangeGB\":[", whole, ".0,", whole + 1, ".0]}");
}

}  // namespace squall::dynamodb
