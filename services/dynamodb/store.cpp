// A table's items and indexes, kept in step.
#include "services/dynamodb/store.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/durable.h"

namespace squall::dynamodb {
namespace {

std::vector<std::string> components_of(const KeySchema& keys) {
  std::vector<std::string> out{keys.hash};
  if (!keys.range.empty()) out.push_back(keys.range);
  return out;
}

Type key_type(const Table& table, std::string_view attribute) {
  const std::string_view name = table.type_of(attribute);
  return name == "N" ? Type::N : name == "B" ? Type::B : Type::S;
}

KeyTypes key_types(const Table& table, const KeySchema& keys) {
  return {key_type(table, keys.hash), key_type(table, keys.range)};
}

ThroughputLimits limits_of(bool on_demand, const Throughput& provisioned,
                           const OnDemandMaximum& maximum, const WarmThroughput& warm) {
  const auto units = [](int64_t n) { return static_cast<double>(n); };
  ThroughputLimits limits;
  limits.on_demand = on_demand;
  limits.units = on_demand ? ByUse<double>{units(warm.read), units(warm.write)}
                           : ByUse<double>{units(provisioned.read), units(provisioned.write)};
  if (on_demand) limits.maximum = {units(maximum.read), units(maximum.write)};
  return limits;
}

IndexPlan index_plan(const Table& table, const Index& index) {
  IndexPlan plan;
  plan.name = index.name;
  plan.global = index.global;
  plan.keys = index.keys;
  plan.types = key_types(table, index.keys);
  plan.projects_all = index.projection == "ALL";
  plan.readable = index.status != "CREATING";
  plan.limits = limits_of(table.on_demand(), index.throughput, index.on_demand_maximum, index.warm);
  if (plan.projects_all) return plan;
  plan.projected = index.included;
  for (const KeySchema* keys : {&table.keys, &index.keys})
    for (const std::string& name : components_of(*keys)) plan.projected.push_back(name);
  std::ranges::sort(plan.projected);
  const auto [first, last] = std::ranges::unique(plan.projected);
  plan.projected.erase(first, last);
  return plan;
}


}  // namespace

std::shared_ptr<const Plan> plan_of(const Table& table, std::string_view region) {
  auto plan = std::make_shared<Plan>();
  plan->region = region;
  plan->name = table.id;
  plan->arn = table.arn;
  plan->table_id = table.table_id;
  plan->active = table.status != "CREATING" && table.status != "DELETING";
  plan->settled = table.status == "ACTIVE";
  plan->limits =
      limits_of(table.on_demand(), table.throughput, table.on_demand_maximum, table.warm);
  plan->keys = table.keys;
  plan->types = key_types(table, table.keys);
  plan->stream = table.stream;
  for (const Index& index : table.indexes) {
    if (index.status == "DELETING") continue;
    plan->indexes.push_back(index_plan(table, index));
    if (!index.global) plan->has_local_indexes = true;
  }
  return plan;
}

const IndexPlan* Plan::find_index(std::string_view index) const {
  for (const IndexPlan& i : indexes)
    if (i.name == index) return &i;
  return nullptr;
}

bool is_in_index(const IndexPlan& index, const Item& item) {
  const AttributeView hash = item.find(index.keys.hash);
  if (!hash || hash.type() != index.types.hash) return false;
  if (index.keys.range.empty()) return true;
  const AttributeView range = item.find(index.keys.range);
  return range && range.type() == index.types.range;
}

namespace {

bool projects(const IndexPlan& index, std::string_view name) {
  constexpr size_t few = 8;  // their lengths tell most of them apart
  if (index.projected.size() > few) return std::ranges::binary_search(index.projected, name);
  return std::ranges::find(index.projected, name) != index.projected.end();
}

}  // namespace

std::string_view projected_data(const IndexPlan& index, const Item& item, std::string& buffer) {
  if (index.projects_all) return item.data();
  buffer.clear();
  for (Entries e = item.entries(); e; e.next()) {
    if (!projects(index, e.name())) continue;
    append_name(buffer, e.name());
    buffer += e.value().encoded();
  }
  return buffer;
}

size_t projected_size(const IndexPlan& index, const Item& item) {
  if (index.projects_all) return item.size();
  size_t size = 0;
  for (Entries e = item.entries(); e; e.next())
    if (projects(index, e.name()))
      size += e.name().size() + attribute_size(e.value());
  return size;
}

TableStore::TableStore(std::shared_ptr<const Plan> plan, sim::World& world)
    : world_(world),
      region_(plan->region),
      name_(plan->name),
      keys_(plan->keys),
      types_(plan->types),
      has_local_indexes_(plan->has_local_indexes),
      plan_(std::move(plan)),
      items_(components_of(keys_), 0) {
  for (const IndexPlan& index : plan_->indexes) indexes_.push_back(make_secondary(*plan_, index));
}

TableStore::Secondary TableStore::make_secondary(const Plan& plan, const IndexPlan& index) {
  std::vector<std::string> components = components_of(index.keys);
  const size_t named = components.size();
  for (std::string& name : components_of(plan.keys)) components.push_back(std::move(name));
  return Secondary{{OrderedIndex(std::move(components), named)}};
}

namespace {

/// What a change is to an index: the items that it holds before and after, if any.
struct IndexMove {
  const Item* before;
  const Item* after;
  size_t before_size, after_size;
  bool stays;  // at its place

  IndexMove(const IndexPlan& index, const ItemChange& change)
      : before(change.before.get()), after(change.after.get()) {
    if (before && !is_in_index(index, *before)) before = nullptr;
    if (after && !is_in_index(index, *after)) after = nullptr;
    before_size = before ? projected_size(index, *before) : 0;
    after_size = after ? projected_size(index, *after) : 0;
    const auto same = [this](const std::string& name) {
      return name.empty() || before->find(name).bytes() == after->find(name).bytes();
    };
    stays = before && after && same(index.keys.hash) && same(index.keys.range);
  }
  IndexEffect effect(const IndexPlan& index) const {
    if (!stays) return {before_size, after_size};
    std::string a, b;
    const bool equal = projected_data(index, *before, a) == projected_data(index, *after, b);
    return {0, equal ? 0 : std::max(before_size, after_size)};
  }
};

}  // namespace

IndexEffect effect_on(const IndexPlan& index, const ItemChange& change) {
  return IndexMove(index, change).effect(index);
}

IndexEffect TableStore::move_in(Secondary& secondary, const IndexPlan& index,
                                const ItemChange& change) {
  const IndexMove move(index, change);
  secondary.bytes = secondary.bytes - move.before_size + move.after_size;
  if (move.stays) {
    secondary.entries.replace(move.before, move.after);
  } else {
    if (move.before) secondary.entries.erase(move.before);
    if (move.after) secondary.entries.insert(move.after);
  }
  return move.effect(index);
}

void HeldItems::hold(std::vector<std::string> keys) {
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

bool HeldItems::has(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(keys_, key) != keys_.end();
}

int64_t TableStore::collection_growth(const Item* before, const Item* after) const {
  const auto size = [&](const Item* item) {
    if (!item) return int64_t{0};
    size_t bytes = item->size();
    for (const IndexPlan& index : plan_->indexes)
      if (!index.global && is_in_index(index, *item)) bytes += projected_size(index, *item);
    return static_cast<int64_t>(bytes);
  };
  return size(after) - size(before);
}

void TableStore::count_in_collection(const Item* before, const Item* after) {
  if (has_local_indexes_)
    collections_.change(items_.component(after ? *after : *before, 0),
                        collection_growth(before, after));
}

void TableStore::apply(const ItemChange& change, std::vector<IndexEffect>* effects) {
  const Item* before = change.before.get();
  const Item* after = change.after.get();
  note_item(*this, change);  // first: whoever sees the change waits for it
  count_in_collection(before, after);
  if (effects) effects->assign(indexes_.size(), {});
  for (size_t i = 0; i < indexes_.size(); ++i) {
    IndexEffect effect;
    const Secondary& index = indexes_[i];
    if (plan_->indexes[i].global && (index.filling || lags(index.backlog, world_)))
      effect = postpone(i, change);
    else
      effect = move_in(indexes_[i], plan_->indexes[i], change);
    if (effects) (*effects)[i] = effect;
  }
  if (before && after)
    items_.replace(before, after, found_);
  else if (after)
    items_.insert(after);
  else if (before)
    items_.erase(before, found_);
  bytes_ = bytes_ - (before ? before->size() : 0) + (after ? after->size() : 0);
  for (const ChangeHook hook : change_hooks()) hook(*this, change);
}

namespace {

void empty(OrderedIndex& index) {
  if (index.size() > at_once_max) discard(OrderedIndex(index));
  index.clear();
}

}  // namespace

void TableStore::adopt(std::shared_ptr<const Plan> plan) {
  std::vector<Secondary> indexes;
  bool has_new_local = false;  // only where items were read back before the table's record was
  for (const IndexPlan& index : plan->indexes) {
    const auto old = std::ranges::find(plan_->indexes, index);
    if (old != plan_->indexes.end()) {
      indexes.push_back(std::move(indexes_[static_cast<size_t>(old - plan_->indexes.begin())]));
      continue;
    }
    indexes.push_back(fill_secondary(*plan, index));
    has_new_local = has_new_local || !index.global;
  }
  for (Secondary& gone : indexes_) {
    empty(gone.entries);
    if (gone.filling) discard(std::move(gone.filling));  // it is told to stop, and waited for there
  }
  indexes_ = std::move(indexes);
  plan_ = std::move(plan);
  if (has_new_local) count_collections();
}

void TableStore::count_collections() {
  collections_.clear();
  for (auto c = items_.begin(); has_local_indexes_ && c != items_.end(); items_.next(c))
    count_in_collection(nullptr, items_.item(c));
}

void TableStore::clear() {
  for (Secondary& secondary : indexes_) {
    if (secondary.filling) discard(std::move(secondary.filling));
    empty(secondary.entries);
    secondary.bytes = 0;
    secondary.backlog.clear();
  }
  empty(items_);
  collections_.clear();
  bytes_ = 0;
  attachments_.clear();
}

Stores& stores_of(sim::World& world) { return world.annex<Stores>(); }

std::shared_ptr<TableStore> Stores::find(std::string_view region, std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto in_region = regions_.find(region);
  if (in_region == regions_.end()) return nullptr;
  const auto found = in_region->second.find(name);
  return found == in_region->second.end() ? nullptr : found->second;
}

void Stores::adopt(std::shared_ptr<const Plan> plan) {
  if (const auto store = find(plan->region, plan->name)) {
    std::unique_lock lock(store->mutex());
    if (store->plan().table_id == plan->table_id) return store->adopt(std::move(plan));
    lock.unlock();
    drop(plan->region, plan->name);  // deleted and made again at one instant
  }
  const std::unique_lock lock(mutex_);
  auto& slot = regions_[plan->region][plan->name];
  slot = std::make_shared<TableStore>(std::move(plan), world_);
  note_made(*slot);
}

std::vector<std::shared_ptr<TableStore>> Stores::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<TableStore>> stores;
  for (const auto& [region, tables] : regions_)
    for (const auto& [name, store] : tables) stores.push_back(store);
  return stores;
}

void Stores::put_back(std::shared_ptr<TableStore> store) {
  const std::unique_lock lock(mutex_);
  regions_[store->region()][store->name()] = std::move(store);
}

void Stores::drop(std::string_view region, std::string_view name) {
  std::shared_ptr<TableStore> store = find(region, name);
  if (!store) return;
  {
    const std::unique_lock lock(mutex_);
    regions_.find(region)->second.erase(std::string(name));
  }
  const std::lock_guard lock(store->mutex());
  note_dropped(*store);
  store->mark_gone();
  store->clear();
}

void Stores::reset() {
  std::map<std::string, ByName, std::less<>> old;
  {
    const std::unique_lock lock(mutex_);
    old.swap(regions_);
  }
  for (auto& [region, tables] : old)
    for (auto& [name, store] : tables) {
      const std::lock_guard lock(store->mutex());
      store->mark_gone();
      store->clear();
    }
}

void Stores::dump(std::string_view region, std::string& out) const {
  const std::shared_lock lock(mutex_);
  const auto in_region = regions_.find(region);
  if (in_region == regions_.end() || in_region->second.empty()) return;
  out += '{';
  const char* comma = "";
  for (const auto& [name, store] : in_region->second) {
    const std::lock_guard table_lock(store->mutex());
    out += comma;
    append_json_string(out, name);
    out += ":[";
    const OrderedIndex& items = store->items();
    for (auto c = items.begin(); c != items.end();) {
      append_attributes_json(out, items.item(c)->data());
      items.next(c);
      if (c != items.end()) out += ",\n";
    }
    out += ']';
    comma = ",";
    std::string beside;
    store->dump_attachments(beside);
    if (beside.empty()) continue;
    out += ',';
    append_json_string(out, cat(name, "/beside"));
    out += cat(":[", beside, "]");
  }
  out += '}';
}

}  // namespace squall::dynamodb
