// Many items into an ordered index at once: sorted by hash first, so that few of them are touched
// to be compared.
#include <algorithm>
#include <span>

#include "services/dynamodb/index_leaf.h"

namespace squall::dynamodb {
namespace {

struct Hashed {
  uint32_t hash;
  const Item* item;
};

/// Keeps the order of what has one hash.
void sort_by_hash(std::vector<Hashed>& entries) {
  constexpr unsigned digit_bits = 11, hash_bits = 32;
  constexpr size_t digits = size_t{1} << digit_bits;
  std::vector<Hashed> sorted(entries.size());
  for (unsigned shift = 0; shift < hash_bits; shift += digit_bits) {
    const auto digit = [shift](const Hashed& e) { return (e.hash >> shift) % digits; };
    std::array<size_t, digits> places{};
    for (const Hashed& e : entries) ++places[digit(e)];
    size_t place = 0;
    for (size_t& p : places) place += std::exchange(p, place);
    for (const Hashed& e : entries) sorted[places[digit(e)]++] = e;
    entries.swap(sorted);
  }
}

struct Keyed {
  std::array<std::string_view, components_max> parts;
  const Item* item;
};

/// Those of one hash, by their components.
void sort_group(const OrderedIndex& index, std::span<Hashed> group, std::vector<Keyed>& keyed) {
  const size_t count = index.component_count();
  size_t alike = count;  // the first components that are the same in all: mostly one
  keyed.clear();
  for (size_t n = 0; n < group.size(); ++n) {
    if (n + fetched_ahead < group.size()) fetch(group[n + fetched_ahead].item);
    Keyed& key = keyed.emplace_back();
    key.item = group[n].item;
    for (size_t i = 0; i < count; ++i) key.parts[i] = index.component(*key.item, i);
    size_t same = 0;
    while (same < alike && key.parts[same] == keyed.front().parts[same]) ++same;
    alike = same;
  }
  const auto less = [&](const Keyed& a, const Keyed& b) {
    for (size_t i = alike; i < count; ++i)
      if (const int order = compare_bytes(a.parts[i], b.parts[i])) return order < 0;
    return false;
  };
  if (std::ranges::is_sorted(keyed, less)) return;
  std::ranges::sort(keyed, less);
  for (size_t n = 0; n < group.size(); ++n) group[n].item = keyed[n].item;
}

}  // namespace

std::vector<const Item*> OrderedIndex::all() const {
  std::vector<const Item*> items;
  items.reserve(size_);
  for (const Slot& slot : directory_)
    items.insert(items.end(), slot.leaf->items(), slot.leaf->items() + slot.leaf->count);
  return items;
}

void OrderedIndex::append(const Item* item) {
  if (directory_.empty()) return insert(item);
  const size_t at = directory_.size() - 1;
  const Leaf& last = *directory_[at].leaf;
  const Position position = position_of(*item);
  if (!is_before(last.hashes()[last.count - 1U], *last.items()[last.count - 1U], position))
    return insert(item);
  Leaf* leaf = nullptr;
  if (last.count < leaf_built) {
    leaf = &writable(at, last.count + 1U);
  } else {
    leaf = Leaf::make(with_room(leaf_built));
    directory_.push_back({position.hash, leaf, item});
  }
  leaf->push(position.hash, item);
  ++size_;
}

void OrderedIndex::fill(const std::vector<const Item*>& items, const std::stop_token& stop) {
  constexpr size_t portion = 4096;
  std::vector<Hashed> entries;
  entries.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    if (i % portion == 0 && stop.stop_requested()) return;
    fetch_ahead(items, i);
    entries.push_back({hash_key(component(*items[i], 0)), items[i]});
  }
  sort_by_hash(entries);
  std::vector<Keyed> keyed;
  for (size_t i = 0; i < entries.size();) {
    if (stop.stop_requested()) return;
    size_t end = i + 1;
    while (end < entries.size() && entries[end].hash == entries[i].hash) ++end;
    if (end - i > 1) sort_group(*this, std::span(entries).subspan(i, end - i), keyed);
    i = end;
  }
  const size_t leaves = (entries.size() + leaf_built - 1) / leaf_built;
  for (size_t n = 0; n < leaves; ++n) {
    const size_t from = entries.size() * n / leaves, to = entries.size() * (n + 1) / leaves;
    Leaf* leaf = Leaf::make(with_room(to - from));
    for (size_t i = from; i < to; ++i) leaf->push(entries[i].hash, entries[i].item);
    directory_.push_back(Slot::of(leaf));
  }
  size_ = entries.size();
}

}  // namespace squall::dynamodb
