// A region's records of one type, copied on write, with undo and secondary indexes.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "emulator/sim/record.h"

namespace squall::sim {

/// Lets a string_view look into an unordered map of strings.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// What the World knows of a table whose type it does not know.
class TableBase {
 public:
  virtual ~TableBase() = default;
  virtual std::string_view kind() const = 0;
  virtual size_t size() const = 0;
  /// Records in bulk (metric points, log lines): undone, dumped and kept, but not journalled.
  virtual bool is_quiet() const = 0;
  /// Puts `record` (or nothing) back under `id`: undo.
  virtual void restore(const std::string& id, std::shared_ptr<void> record) = 0;
  /// {"id": {...}, ...} in order of ids.
  virtual void dump(std::string& out) const = 0;
  virtual std::string record_json(const std::string& id) const = 0;
  /// JSON of what changed since `before` (all fields if there was nothing before; empty if gone).
  virtual std::string change_json(const std::string& id, const void* before) const = 0;
  virtual bool contains(std::string_view id) const = 0;
  /// Called after every commit, so that readers under a shared lock find the indexes fresh.
  virtual void refresh_indexes() = 0;
  /// The record's index keys may have changed since they were last looked at.
  virtual void mark_stale(const std::string& id) = 0;

  /// Rises with every committed change; plans built from the table compare it.
  uint64_t version = 0;
};

template <Record T>
class Table final : public TableBase {
 public:
  struct Nothing {};
  struct Entry {
    std::shared_ptr<T> record;
    /// The index keys under which it is found now (IndexKeys::text).
    [[no_unique_address]] std::conditional_t<Indexed<T>, std::string, Nothing> keys;
  };
  using Slots = std::map<std::string, Entry, std::less<>>;
  using Slot = typename Slots::value_type;
  struct ById {
    bool operator()(const Slot* a, const Slot* b) const { return a->first < b->first; }
  };
  using Indexing = std::set<const Slot*, ById>;

  std::string_view kind() const override { return T::kind; }
  size_t size() const override { return slots_.size(); }
  bool is_quiet() const override {
    if constexpr (requires { T::quiet; }) return T::quiet;
    return false;
  }
  bool contains(std::string_view id) const override { return slots_.find(id) != slots_.end(); }

  const T* find(std::string_view id) const {
    const auto at = slots_.find(id);
    return at == slots_.end() ? nullptr : at->second.record.get();
  }
  /// A private copy to change, once `keep` has the id and the old record for undo.
  template <class Keep>
  T& edit(std::string_view id, Keep keep) {
    const auto at = slots_.find(id);
    if (at == slots_.end()) std::abort();  // edit of a record that is not there
    std::shared_ptr<T>& record = at->second.record;
    keep(at->first, record);
    if (record.use_count() > 1) record = std::make_shared<T>(*record);
    touch(at->first);
    return *record;
  }
  template <class Keep>
  T& insert(T record, Keep keep) {
    const auto [at, added] = slots_.try_emplace(record.id);
    keep(at->first, at->second.record);
    at->second.record = std::make_shared<T>(std::move(record));
    touch(at->first);
    return *at->second.record;
  }
  template <class Keep>
  void erase(std::string_view id, Keep keep) {
    const auto at = slots_.find(id);
    if (at == slots_.end()) return;
    keep(at->first, at->second.record);
    remove(at);
  }
  void restore(const std::string& id, std::shared_ptr<void> record) override {
    if (record) {
      slots_[id].record = std::static_pointer_cast<T>(record);
      touch(id);
    } else if (const auto at = slots_.find(id); at != slots_.end()) {
      remove(at);
    }
  }
  const Slots& slots() const { return slots_; }

  /// The records under an index key, in order of ids.
  const Indexing& indexed(std::string_view key) {
    if constexpr (Indexed<T>) {
      for (const std::string& id : stale_) reindex(id);
      // A handler may hold and go on changing what it edited last: those are looked at again. The
      // commit looks at all of them.
      if (stale_.size() > held_max)
        stale_.erase(stale_.begin(), stale_.end() - static_cast<std::ptrdiff_t>(held_max));
    }
    static const Indexing none;
    const auto at = index_.find(key);
    return at == index_.end() ? none : at->second;
  }

  void dump(std::string& out) const override {
    out += '{';
    const char* comma = "";
    for (const auto& [id, entry] : slots_) {
      out += comma;
      append_json_string(out, id);
      out += ':';
      append_record_json(out, *entry.record);
      comma = ",";
    }
    out += '}';
  }
  std::string record_json(const std::string& id) const override {
    std::string out;
    if (const T* record = find(id)) append_record_json(out, *record);
    return out;
  }
  std::string change_json(const std::string& id, const void* before) const override {
    const T* after = find(id);
    if (!after) return {};
    if (!before) return record_json(id);
    return changed_fields_json(*static_cast<const T*>(before), *after);
  }

  void refresh_indexes() override {
    if constexpr (Indexed<T>) {
      for (const std::string& id : stale_) reindex(id);
      stale_.clear();
    }
  }

  void mark_stale(const std::string& id) override { touch(id); }

 private:
  static constexpr size_t held_max = 4;

  void touch(const std::string& id) {
    if constexpr (Indexed<T>) {
      const size_t recent = std::min(stale_.size(), held_max);
      for (size_t i = stale_.size() - recent; i < stale_.size(); ++i)
        if (stale_[i] == id) return;
      stale_.push_back(id);
    }
  }
  void remove(typename Slots::iterator at) {
    if constexpr (Indexed<T>) index_under(*at, {});
    slots_.erase(at);
  }
  void reindex(const std::string& id) {
    if constexpr (Indexed<T>) {
      const auto at = slots_.find(id);
      if (at == slots_.end()) return;  // unindexed when it went
      keys_.clear();
      add_index_keys(keys_, *at->second.record);
      if (keys_.text() == at->second.keys) return;
      index_under(*at, keys_.text());
      at->second.keys = keys_.text();
    }
  }
  /// Moves a record from the keys that it is found under to `keys`, touching only what differs.
  void index_under(const Slot& slot, std::string_view keys) {
    const auto sorted = [](std::string_view text) {
      auto split = IndexKeys::split(text);
      std::ranges::sort(split);
      const auto twice = std::ranges::unique(split);
      split.erase(twice.begin(), twice.end());
      return split;
    };
    const auto before = sorted(slot.second.keys), after = sorted(keys);
    auto old = before.begin();
    for (auto fresh = after.begin(); old != before.end() || fresh != after.end();) {
      if (fresh == after.end() || (old != before.end() && *old < *fresh)) {
        const auto at = index_.find(*old++);
        at->second.erase(&slot);
        if (at->second.empty()) index_.erase(at);
      } else if (old == before.end() || *fresh < *old) {
        auto at = index_.find(*fresh);
        if (at == index_.end()) at = index_.try_emplace(std::string(*fresh)).first;
        at->second.insert(&slot);
        ++fresh;
      } else {
        ++old, ++fresh;
      }
    }
  }

  Slots slots_;
  std::vector<std::string> stale_;
  std::unordered_map<std::string, Indexing, TextHash, std::equal_to<>> index_;  // never walked
  IndexKeys keys_;
};

}  // namespace squall::sim
