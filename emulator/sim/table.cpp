#include "emulator/sim/table.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "emulator/core/text.h"

namespace squall::sim {
namespace {

// A handler may hold and go on changing what it edited last: those are looked at again.
constexpr size_t held_max = 4;

/// The keys of IndexKeys::text, each once, into `keys`.
void sort_keys(std::string_view text, std::vector<std::string_view>& keys) {
  keys.clear();
  IndexKeys::each(text, [&](std::string_view key) { keys.push_back(key); });
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
}

}  // namespace

const Table::Slots& Table::no_slots() {
  static const Slots none;
  return none;
}

Table::Slots::iterator Table::at(std::string_view id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) std::abort();  // edit of a record that is not there
  return found;
}

void* Table::own(Slots::iterator at) {
  std::shared_ptr<void>& record = at->second.record;
  if (record.use_count() > 1) record = type_.copy(record.get());
  mark_stale(at->first);
  return record.get();
}

void* Table::put(Slots::iterator at, std::shared_ptr<void> record) {
  at->second.record = std::move(record);
  mark_stale(at->first);
  return at->second.record.get();
}

void Table::remove(Slots::iterator at) {
  if (type_.is_indexed) index_under(*at, {});
  slots_.erase(at);
}

void Table::restore(const std::string& id, std::shared_ptr<void> record) {
  if (record)
    put(make(id), std::move(record));
  else if (const auto at = slots_.find(id); at != slots_.end())
    remove(at);
}

const Table::Indexing& Table::indexed(std::string_view key) {
  for (const std::string& id : stale_) reindex(id);
  // The commit looks at all of them.
  if (stale_.size() > held_max)
    stale_.erase(stale_.begin(), stale_.end() - static_cast<std::ptrdiff_t>(held_max));
  static const Indexing none;
  const auto at = index_.find(key);
  return at == index_.end() ? none : at->second;
}

void Table::refresh_indexes() {
  for (const std::string& id : stale_) reindex(id);
  stale_.clear();
}

void Table::reindex_all() {
  if (!type_.is_indexed) return;
  for (const auto& [id, entry] : slots_) reindex(id);
}

void Table::mark_stale(const std::string& id) {
  if (!type_.is_indexed) return;
  const size_t recent = std::min(stale_.size(), held_max);
  for (size_t i = stale_.size() - recent; i < stale_.size(); ++i)
    if (stale_[i] == id) return;
  stale_.push_back(id);
}

void Table::reindex(const std::string& id) {
  const auto at = slots_.find(id);
  if (at == slots_.end()) return;  // unindexed when it went
  keys_.clear();
  type_.add_keys(keys_, at->second.record.get());
  if (keys_.text() == at->second.keys) return;
  index_under(*at, keys_.text());
  at->second.keys = keys_.text();
}

/// Moves a record from the keys that it is found under to `keys`, touching only what differs.
void Table::index_under(const Slot& slot, std::string_view keys) {
  thread_local std::vector<std::string_view> before, after;  // keep their room
  sort_keys(slot.second.keys, before);
  sort_keys(keys, after);
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

void Table::dump(std::string& out) const {
  out += '{';
  const char* comma = "";
  for (const auto& [id, entry] : slots_) {
    out += comma;
    append_json_string(out, id);
    out += ':';
    type_.append_json(out, entry.record.get());
    comma = ",";
  }
  out += '}';
}

std::string Table::change_json(const std::string& id, const void* before) const {
  const void* after = find(id);
  if (!after) return {};
  if (before) return type_.changes_json(before, after);
  std::string out;
  type_.append_json(out, after);
  return out;
}

}  // namespace squall::sim
