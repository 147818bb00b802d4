// Where items are: a store a table, under the table's own lock, in an annex of the World. Every
// item change passes TableStore::apply.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/world.h"
#include "services/dynamodb/background.h"
#include "services/dynamodb/collection.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/index.h"
#include "services/dynamodb/index_lag.h"
#include "services/dynamodb/throughput.h"

namespace squall::dynamodb {

struct KeyTypes {
  Type hash = Type::S, range = Type::S;
};

/// A secondary index as item operations see it.
struct IndexPlan {
  std::string name;
  bool global = true;
  KeySchema keys;
  KeyTypes types;
  bool projects_all = true;
  std::vector<std::string> projected;  // every attribute it holds, keys included; unless all
  bool readable = true;                // not CREATING
  ThroughputLimits limits;             // of a global one
  friend bool operator==(const IndexPlan& a, const IndexPlan& b) {
    return a.name == b.name && a.keys == b.keys && a.projected == b.projected;
  }
};

/// What item operations need of a table's record; replaced whole when the record changes.
struct Plan {
  std::string region, name, arn, table_id;
  bool active = false, settled = false;  // settled: its throughput is what its record says
  ThroughputLimits limits;
  KeySchema keys;
  KeyTypes types;
  std::vector<IndexPlan> indexes;
  bool has_local_indexes = false;
  StreamSettings stream;
  const IndexPlan* find_index(std::string_view index) const;
};

/// One item put, replaced or deleted. `after` is empty for a deletion, `before` where none was.
struct ItemChange {
  ItemRef before, after;
  Time time{};
  bool by_service = false;  // deleted by TTL, not by a caller
};

/// What a change does to an index: for capacity and metrics.
struct IndexEffect {
  size_t deleted_bytes = 0, written_bytes = 0;  // zero: no such write
};
IndexEffect effect_on(const IndexPlan& index, const ItemChange& change);

class TableStore;

/// Told of every change right after it was made, under the table's lock: streams, recovery
/// history, replicas, the log. change_hooks.cpp lists them.
using ChangeHook = void (*)(TableStore& store, const ItemChange& change);
std::span<const ChangeHook> change_hooks();

/// What a hook keeps beside a table's items (a stream's records...): under the table's lock, gone
/// with the table.
class Attachment {
 public:
  virtual ~Attachment() = default;
  /// Elements of a JSON list: its part of the World's dump, where it holds what nothing else does.
  virtual void dump(std::string&) const {}
};

/// What a secondary index holds.
struct FilledIndex {
  OrderedIndex entries;
  size_t bytes = 0;
};

/// The items that a transaction is at work on while it has their table's lock, for those who find
/// the table locked: under a lock of its own.
class HeldItems {
 public:
  void hold(std::vector<std::string> keys);
  void release() { hold({}); }
  bool has(std::string_view key) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> keys_;
};

class TableStore {
 public:
  TableStore(std::shared_ptr<const Plan> plan, sim::World& world);

  /// Held by whoever calls anything below. Of several tables, locked in the order of (region,
  /// name).
  std::mutex& mutex() { return mutex_; }
  const Plan& plan() const { return *plan_; }
  const std::shared_ptr<const Plan>& shared_plan() const { return plan_; }
  /// These never change: readable without the lock.
  sim::World& world() const { return world_; }
  const std::string& region() const { return region_; }
  const std::string& name() const { return name_; }
  const KeySchema& keys() const { return keys_; }
  KeyTypes key_types() const { return types_; }
  bool has_local_indexes() const { return has_local_indexes_; }
  bool gone() const { return gone_; }

  const OrderedIndex& items() const { return items_; }
  HeldItems& held() { return held_; }
  Collections& collections() { return collections_; }
  /// What a change adds to its item's collection: the item and its places in local indexes.
  int64_t collection_growth(const Item* before, const Item* after) const;
  /// In the order of Plan::indexes. As they are read: catch_up() first.
  const OrderedIndex& index(size_t i) const { return indexes_[i].entries; }
  size_t index_bytes(size_t i) const { return indexes_[i].bytes; }
  size_t bytes() const { return bytes_; }
  const Item* find(const Position& key) const { return items_.find(key, &found_); }

  /// The one door for items: table, indexes, and the hooks. Everything was checked before.
  void apply(const ItemChange& change, std::vector<IndexEffect>* effects = nullptr);

  /// The table's one T (an Attachment), made on first touch.
  template <class T>
  T& attached() {
    if (T* found = attached_if<T>()) return *found;
    attachments_.push_back(std::make_unique<T>());
    return static_cast<T&>(*attachments_.back());
  }
  template <class T>
  T* attached_if() const {
    for (const auto& a : attachments_)
      if (T* found = dynamic_cast<T*>(a.get())) return found;
    return nullptr;
  }

  void dump_attachments(std::string& out) const {
    for (const auto& a : attachments_) a->dump(out);
  }

  /// Global indexes follow the table with a lag: brings them to what they hold by now. One that is
  /// still being filled is waited for where it can be read, or left alone.
  void catch_up(Time now, bool waits = true);

  /// The record changed: indexes appear, are filled, and go.
  void adopt(std::shared_ptr<const Plan> plan);
  /// A copy of all items as of now, in a fraction of a millisecond.
  OrderedIndex copy_items() const { return items_; }
  /// What a restore brings, into a table that has never been written to; the hooks are not told.
  void load(OrderedIndex items, size_t bytes);
  void clear();
  void mark_gone() { gone_ = true; }

 private:
  friend struct StoreImage;
  struct Secondary : FilledIndex {
    IndexBacklog backlog = {};
    std::unique_ptr<BackgroundTask<FilledIndex>> filling = {};  // its entries, until then none
  };
  void count_in_collection(const Item* before, const Item* after);
  void count_collections();
  static Secondary make_secondary(const Plan& plan, const IndexPlan& index);
  Secondary fill_secondary(const Plan& plan, const IndexPlan& index);
  static bool take_filled(Secondary& secondary, bool waits);
  IndexEffect move_in(Secondary& secondary, const IndexPlan& index, const ItemChange& change);
  IndexEffect postpone(size_t index, const ItemChange& change);

  sim::World& world_;
  const std::string region_, name_;
  const KeySchema keys_;
  const KeyTypes types_;
  const bool has_local_indexes_;
  std::mutex mutex_;
  std::shared_ptr<const Plan> plan_;
  HeldItems held_;
  OrderedIndex items_;
  mutable OrderedIndex::Cursor found_;  // where find() found the last item: it is often replaced
  std::vector<Secondary> indexes_;
  Collections collections_;  // only where there are local indexes
  size_t bytes_ = 0;
  bool gone_ = false;
  std::vector<std::unique_ptr<Attachment>> attachments_;
};

/// Whether an item has the index's keys in their types.
bool is_in_index(const IndexPlan& index, const Item& item);
/// The attributes an index holds of an item; the item's own data where it holds all.
std::string_view projected_data(const IndexPlan& index, const Item& item, std::string& buffer);
size_t projected_size(const IndexPlan& index, const Item& item);

/// All stores of a World. Found by item operations without the World's lock.
class Stores final : public sim::Annex {
 public:
  explicit Stores(sim::World& world) : world_(world) {}
  std::string_view kind() const override { return "dynamodb:items"; }
  void reset() override;
  void dump(std::string_view region, std::string& out) const override;

  // With the tables' items go streams, backups and tokens (image.h, replay.cpp).
  std::vector<std::unique_lock<std::mutex>> hold() override;
  std::shared_ptr<const sim::AnnexState> capture() override;
  void restore(const sim::AnnexState& state) override;
  void replay(sim::BinaryReader& in) override;
  void settle() override;

  std::shared_ptr<TableStore> find(std::string_view region, std::string_view name) const;
  /// The store as its record wants it: made, changed, or gone with its items.
  void adopt(std::shared_ptr<const Plan> plan);
  void drop(std::string_view region, std::string_view name);
  /// In the order in which several are locked.
  std::vector<std::shared_ptr<TableStore>> all() const;
  /// As a snapshot or the log has it.
  void put_back(std::shared_ptr<TableStore> store);
  sim::World& world() const { return world_; }

 private:
  using ByName = std::map<std::string, std::shared_ptr<TableStore>, std::less<>>;
  sim::World& world_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, ByName, std::less<>> regions_;
  std::vector<ItemRef> shared_items_;  // while a snapshot is read: each is kept once
};

Stores& stores_of(sim::World& world);
std::shared_ptr<const Plan> plan_of(const Table& table, std::string_view region);

}  // namespace squall::dynamodb
