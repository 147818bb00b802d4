// A World seen from one region: the one door through which everything reads and changes it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/sim/world.h"

namespace squall::sim {

/// Cheap to copy. `view` reads, `edit`, `add` and `erase` change (inside a transaction, which
/// dispatch and the scheduler open); a change is committed when the handler returns and undone when
/// it throws.
class Scope {
 public:
  Scope(World& world, std::string_view region) : world_(&world), region_(&world.region(region)) {}
  virtual ~Scope() = default;

  World& world() const { return *world_; }
  const std::string& region() const { return region_->name; }
  const std::string& account() const { return world_->account(); }
  Time now() const { return world_->now(); }
  Scope in_region(std::string_view region) const { return {*world_, region}; }
  /// Where IAM, Route 53 and other global services keep their records.
  Scope global() const { return {*world_, "aws-global"}; }

  /// The record, or nullptr. The pointer is good until the record is next edited or erased.
  template <Record T>
  const T* view(std::string_view id) const {
    const Table* t = table_if<T>();
    return t ? static_cast<const T*>(t->find(id)) : nullptr;
  }
  template <Record T>
  bool has(std::string_view id) const { return view<T>(id); }

  /// The record to change; it must be there (a programmer's error aborts). Fields that make up
  /// `id` or index_keys() may change, `id` itself may not.
  template <Record T>
  T& edit(std::string_view id) {
    return *static_cast<T*>(edit_record(table<T>(), id));
  }
  /// Inserts (or replaces) under `record.id`.
  template <Record T>
  T& add(T record) {
    const std::string id = record.id;
    return *static_cast<T*>(
        add_record(table<T>(), id, std::make_shared<T>(std::move(record))));
  }
  template <Record T>
  void erase(std::string_view id) {
    erase_record(table<T>(), id);
  }

  /// All records in order of ids: `for (const Vpc& vpc : scope.all<Vpc>())`. Do not add or erase
  /// records of T while walking; take ids first.
  template <Record T>
  class Range {
   public:
    explicit Range(const Table::Slots& slots) : slots_(&slots) {}
    class Iterator {
     public:
      using Inner = Table::Slots::const_iterator;
      using value_type = T;
      using difference_type = std::ptrdiff_t;
      explicit Iterator(Inner at) : at_(at) {}
      Iterator() = default;
      const T& operator*() const { return *operator->(); }
      const T* operator->() const { return static_cast<const T*>(at_->second.record.get()); }
      Iterator& operator++() { ++at_; return *this; }
      Iterator operator++(int) { auto old = *this; ++at_; return old; }
      bool operator==(const Iterator&) const = default;

     private:
      Inner at_;
    };
    Iterator begin() const { return Iterator(slots_->begin()); }
    Iterator end() const { return Iterator(slots_->end()); }
    /// Starts after `id` (pagination).
    Iterator after(std::string_view id) const { return Iterator(slots_->upper_bound(id)); }
    size_t size() const { return slots_->size(); }
    bool empty() const { return slots_->empty(); }

   private:
    const Table::Slots* slots_;
  };
  template <Record T>
  Range<T> all() const {
    const Table* t = table_if<T>();
    return Range<T>(t ? t->slots() : Table::no_slots());
  }
  /// The records under an index key of T::index_keys(), in order of ids.
  template <Indexed T>
  std::vector<const T*> by(std::string_view key) const {
    std::vector<const T*> found;
    if (Table* t = table_if<T>()) {
      const auto& slots = t->indexed(key);
      found.reserve(slots.size());
      for (const auto* slot : slots)
        found.push_back(static_cast<const T*>(slot->second.record.get()));
    }
    return found;
  }
  template <Indexed T>
  size_t count_by(std::string_view key) const {
    Table* t = table_if<T>();
    return t ? t->indexed(key).size() : 0;
  }
  template <Record T>
  uint64_t version() const {
    const Table* t = table_if<T>();
    return t ? t->version : 0;
  }

  /// `vpc-0` + 16 hex digits, derived from (account, region, kind, parent, ordinal): the same
  /// program deploys the same ids, and adding one resource does not rename the others.
  std::string new_id(std::string_view prefix, std::string_view parent = {});
  /// `hex_digits` (<= 32) of the same derivation, for ids of other forms (UUIDs, ARN suffixes).
  std::string new_hex(std::string_view kind, size_t hex_digits, std::string_view parent = {});
  /// 8-4-4-4-12.
  std::string new_uuid(std::string_view kind, std::string_view parent = {});
  /// 1, 2, 3... for (kind, parent) in this region; undone with the transaction.
  uint64_t next_ordinal(std::string_view kind, std::string_view parent = {});

  void at(Time time, std::string_view kind, std::string_view subject,
          std::string_view payload = {});
  void after(Duration delay, std::string_view kind, std::string_view subject,
             std::string_view payload = {}) {
    at(now() + delay, kind, subject, payload);
  }
  /// Does nothing if the same (kind, subject) is already due by then: for loops.
  void at_unique(Time time, std::string_view kind, std::string_view subject);

  /// Draws the named duration (a LatencyRow) from the entity's own stream, by the World's profile.
  Duration latency(std::string_view name, std::string_view entity);
  /// The entity's stream: `random(cat("elb/", arn))`.
  Stream& random(std::string_view name) { return world_->stream(name); }

  /// Announces something in the journal (category "event"): name "rds.failover-started", AWS's
  /// words.
  void announce(std::string_view name, std::string_view subject, std::string_view message,
                std::string_view detail_json = {});

  /// `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
  std::string arn(std::string_view service, std::string_view resource) const;
  std::string global_arn(std::string_view service, std::string_view resource) const;

 private:
  template <Record T>
  Table* table_if() const {
    const TypeIndex i = type_index<T>();
    return i < region_->tables.size() ? region_->tables[i].get() : nullptr;
  }
  template <Record T>
  Table& table() { return world_->table(*region_, type_index<T>(), T::kind); }
  void* edit_record(Table& table, std::string_view id);
  void* add_record(Table& table, const std::string& id, std::shared_ptr<void> record);
  void erase_record(Table& table, std::string_view id);

  World* world_;
  Region* region_;
};

/// Opens a transaction for code that changes a World outside of dispatch and events (harness,
/// faults, tests); commits on commit(), else rolls back.
class Transaction {
 public:
  explicit Transaction(World& world) : world_(&world) { world.begin(); }
  ~Transaction() {
    if (world_) world_->rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    std::exchange(world_, nullptr)->commit();
  }

 private:
  World* world_;
};

}  // namespace squall::sim
