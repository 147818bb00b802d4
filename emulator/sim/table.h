// A region's records of one type, copied on write, with undo and secondary indexes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/sim/record.h"

namespace squall::sim {

struct WatchRow;

/// Lets a string_view look into an unordered map of strings.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// Knows its records by their RecordType only; Scope gives them their C++ type back.
class Table {
 public:
  struct Entry {
    std::shared_ptr<void> record;
    std::string keys;  // the index keys under which it is found now (IndexKeys::text)
  };
  using Slots = std::map<std::string, Entry, std::less<>>;
  using Slot = Slots::value_type;
  struct ById {
    bool operator()(const Slot* a, const Slot* b) const { return a->first < b->first; }
  };
  using Indexing = std::set<const Slot*, ById>;

  explicit Table(const RecordType& type) : type_(type) {}

  std::string_view kind() const { return type_.kind; }
  size_t size() const { return slots_.size(); }
  /// Records in bulk (metric points, log lines): undone, dumped and kept, but not journalled.
  bool is_quiet() const { return type_.is_quiet; }
  bool contains(std::string_view id) const { return slots_.find(id) != slots_.end(); }
  const void* find(std::string_view id) const {
    const auto at = slots_.find(id);
    return at == slots_.end() ? nullptr : at->second.record.get();
  }
  const Slots& slots() const { return slots_; }
  static const Slots& no_slots();

  // Changes, each in two steps: what was there is kept for undo in between.
  /// Aborts where there is no such record.
  Slots::iterator at(std::string_view id);
  Slots::iterator make(const std::string& id) { return slots_.try_emplace(id).first; }
  /// A private copy to change.
  void* own(Slots::iterator at);
  void* put(Slots::iterator at, std::shared_ptr<void> record);
  void remove(Slots::iterator at);
  /// Puts `record` (or nothing) back under `id`: undo.
  void restore(const std::string& id, std::shared_ptr<void> record);

  /// As files or a snapshot have it: no undo, and the indexes wait for reindex_all().
  void load(const std::string& id, std::shared_ptr<void> record) {
    make(id)->second.record = std::move(record);
  }
  void unload(std::string_view id) {
    if (const auto found = slots_.find(id); found != slots_.end()) slots_.erase(found);
  }
  void reindex_all();
  const RecordType& type() const { return type_; }

  /// The records under an index key, in order of ids.
  const Indexing& indexed(std::string_view key);
  /// Called after every commit, so that readers under a shared lock find the indexes fresh.
  void refresh_indexes();
  /// The record's index keys may have changed since they were last looked at.
  void mark_stale(const std::string& id);

  /// {"id": {...}, ...} in order of ids.
  void dump(std::string& out) const;
  /// JSON of what changed since `before` (all fields if there was nothing before; empty if gone).
  std::string change_json(const std::string& id, const void* before) const;

  /// Rises with every committed change; plans built from the table compare it.
  uint64_t version = 0;
  /// Who is told of changes (Laws::watches).
  std::vector<const WatchRow*> watches;

 private:
  void reindex(const std::string& id);
  void index_under(const Slot& slot, std::string_view keys);

  const RecordType& type_;
  Slots slots_;
  std::vector<std::string> stale_;
  std::unordered_map<std::string, Indexing, TextHash, std::equal_to<>> index_;  // never walked
  IndexKeys keys_;
};

}  // namespace squall::sim
