// A region's records of one type, copied on write, with undo and secondary indexes.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/sim/record.h"

namespace squall::sim {

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
  using Slots = std::map<std::string, std::shared_ptr<T>, std::less<>>;

  std::string_view kind() const override { return T::kind; }
  size_t size() const override { return slots_.size(); }
  bool is_quiet() const override {
    if constexpr (requires { T::quiet; }) return T::quiet;
    return false;
  }
  bool contains(std::string_view id) const override { return slots_.find(id) != slots_.end(); }

  const T* find(std::string_view id) const {
    const auto at = slots_.find(id);
    return at == slots_.end() ? nullptr : at->second.get();
  }
  std::shared_ptr<T> share(std::string_view id) const {
    const auto at = slots_.find(id);
    return at == slots_.end() ? nullptr : at->second;
  }
  /// A private copy to change; the caller has kept the old one for undo.
  T& detach(std::string_view id) {
    auto at = slots_.find(id);
    if (at == slots_.end()) std::abort();  // edit of a record that is not there
    if (at->second.use_count() > 1) at->second = std::make_shared<T>(*at->second);
    touch(at->first);
    return *at->second;
  }
  T& insert(T record) {
    auto shared = std::make_shared<T>(std::move(record));
    const auto [at, added] = slots_.insert_or_assign(shared->id, shared);
    touch(at->first);
    return *at->second;
  }
  void erase(const std::string& id) {
    slots_.erase(id);
    touch(id);
  }
  void restore(const std::string& id, std::shared_ptr<void> record) override {
    if (record)
      slots_[id] = std::static_pointer_cast<T>(record);
    else
      slots_.erase(id);
    touch(id);
  }
  const Slots& slots() const { return slots_; }

  /// Ids of the records under an index key, in order.
  const std::set<std::string>& ids_by(const std::string& key) {
    if constexpr (Indexed<T>) {
      for (const std::string& id : stale_) reindex(id);
      // A handler may hold and go on changing what it edited last: those are looked at again. The
      // commit looks at all of them.
      if (stale_.size() > held_max)
        stale_.erase(stale_.begin(), stale_.end() - static_cast<std::ptrdiff_t>(held_max));
    }
    static const std::set<std::string> none;
    const auto at = index_.find(key);
    return at == index_.end() ? none : at->second;
  }

  void dump(std::string& out) const override {
    out += '{';
    const char* comma = "";
    for (const auto& [id, record] : slots_) {
      out += comma;
      append_json_string(out, id);
      out += ':';
      append_record_json(out, *record);
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
  void reindex(const std::string& id) {
    if constexpr (Indexed<T>) {
      auto& known = indexed_[id];
      const T* record = find(id);
      std::vector<std::string> keys = record ? record->index_keys() : std::vector<std::string>();
      if (!keys.empty() && keys == known) return;
      for (const std::string& key : known) {
        const auto at = index_.find(key);
        at->second.erase(id);
        if (at->second.empty()) index_.erase(at);
      }
      known.clear();
      for (std::string& key : keys)
        if (index_[key].insert(id).second) known.push_back(std::move(key));
      if (known.empty()) indexed_.erase(id);
    }
  }

  Slots slots_;
  std::vector<std::string> stale_;
  std::map<std::string, std::set<std::string>> index_;
  std::map<std::string, std::vector<std::string>> indexed_;
};

}  // namespace squall::sim
