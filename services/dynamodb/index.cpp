// A two-level B-tree: a directory of leaves, each with the hashes beside the pointers, so that a
// search touches few items.
#include "services/dynamodb/index.h"

#include <algorithm>
#include <span>
#include <utility>

#include "services/dynamodb/index_leaf.h"

namespace squall::dynamodb {
namespace {
constexpr size_t leaf_first = 8;
}  // namespace

uint32_t hash_key(std::string_view bytes) {
  uint64_t h = 0x9E3779B97F4A7C15ULL ^ bytes.size();
  const auto mix = [&h](uint64_t word) {
    h = (h ^ word) * 0xBF58476D1CE4E5B9ULL;
    h ^= h >> 29;
  };
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    for (int b = 7; b >= 0; --b)
      word = word << 8 | static_cast<uint8_t>(bytes[i + static_cast<size_t>(b)]);
    mix(word);
  }
  uint64_t rest = 0;
  for (; i < bytes.size(); ++i) rest = rest << 8 | static_cast<uint8_t>(bytes[i]);
  mix(rest);
  h *= 0x94D049BB133111EBULL;
  return static_cast<uint32_t>(h >> 32);
}

OrderedIndex::OrderedIndex(std::vector<std::string> components, size_t named)
    : components_(std::move(components)), named_(named) {}

OrderedIndex::OrderedIndex(const OrderedIndex& other)
    : components_(other.components_),
      named_(other.named_),
      directory_(other.directory_),
      size_(other.size_) {
  for (const Slot& slot : directory_) slot.leaf->refs.fetch_add(1, std::memory_order_relaxed);
}

OrderedIndex::OrderedIndex(OrderedIndex&& other) noexcept
    : components_(std::move(other.components_)),
      named_(other.named_),
      directory_(std::exchange(other.directory_, {})),
      size_(std::exchange(other.size_, 0)) {}

OrderedIndex& OrderedIndex::operator=(OrderedIndex other) noexcept {
  std::swap(components_, other.components_);
  std::swap(named_, other.named_);
  std::swap(directory_, other.directory_);
  std::swap(size_, other.size_);
  return *this;
}

OrderedIndex::~OrderedIndex() { clear(); }

void OrderedIndex::clear() {
  for (const Slot& slot : directory_) slot.leaf->release();
  directory_.clear();
  size_ = 0;
}

Position OrderedIndex::position_of(const Item& item, Position::Edge edge) const {
  Position p;
  p.edge = edge;
  for (size_t i = 0; i < components_.size(); ++i) p.then(component(item, i));
  p.hash = hash_key(p.parts[0]);
  return p;
}

bool OrderedIndex::is_before(uint32_t hash, const Item& item, const Position& cut) const {
  if (hash != cut.hash) return hash < cut.hash;
  Entries leading = item.entries();
  for (size_t i = 0; i < cut.count; ++i) {
    if (i > named_) leading.next();
    std::string_view have = i < named_ ? component(item, i) : leading.value().bytes();
    const std::string_view wanted = cut.parts[i];
    if (cut.edge == Position::Edge::after_prefix && i + 1U == cut.count)
      have = have.substr(0, wanted.size());
    if (const int order = compare_bytes(have, wanted)) return order < 0;
  }
  return cut.edge != Position::Edge::before;
}

/// The last leaf that begins before the cut, else the first.
size_t OrderedIndex::leaf_for(const Position& cut) const {
  size_t low = 0, high = directory_.size();
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    const Slot& slot = directory_[middle];
    // Most items are far away in memory: they are touched only where hashes do not decide.
    const bool before = slot.first_hash != cut.hash
                            ? slot.first_hash < cut.hash
                            : is_before(slot.first_hash, *slot.first, cut);
    if (before)
      low = middle;
    else
      high = middle;
  }
  return low;
}

size_t OrderedIndex::place_in(const Leaf& leaf, const Position& cut, size_t low,
                              size_t high) const {
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const uint32_t hash = leaf.hashes()[middle];
    if (hash != cut.hash ? hash < cut.hash : is_before(hash, *leaf.items()[middle], cut))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

namespace {

/// Between which entries a hash stands, if they are spread evenly over [from, to): those before
/// `low` are smaller, that at `high` is greater. What is near the guess is in one or two lines of
/// the cache; a search by halves would fetch four.
struct Neighbourhood {
  size_t low, high;

  Neighbourhood(std::span<const uint32_t> hashes, uint32_t hash, uint64_t from, uint64_t to) {
    constexpr size_t step_first = 4;
    const bool is_inside = from < hash && hash < to;
    low = high = is_inside ? (hash - from) * hashes.size() / (to - from) : 0;
    for (size_t step = step_first; low > 0 && hashes[low - 1] >= hash; step *= 2)
      low -= std::min(low, step);
    for (size_t step = step_first; high < hashes.size() && hashes[high] <= hash; step *= 2)
      high = std::min(hashes.size(), high + step);
  }
};

}  // namespace

OrderedIndex::Cursor OrderedIndex::seek(const Position& position) const {
  if (directory_.empty()) return end();
  Cursor c;
  c.leaf = leaf_for(position);
  const Leaf& leaf = *directory_[c.leaf].leaf;
  constexpr uint64_t hashes_end = uint64_t{1} << 32;
  const uint64_t to =
      c.leaf + 1 < directory_.size() ? directory_[c.leaf + 1].first_hash : hashes_end;
  const Neighbourhood near({leaf.hashes(), leaf.count}, position.hash,
                           directory_[c.leaf].first_hash, to);
  c.at = place_in(leaf, position, near.low, near.high);
  if (c.at == leaf.count) c = {c.leaf + 1, 0};
  return c;
}

/// Where an item is that is there: among those of one hash the pointer tells it, and no other item
/// is touched.
OrderedIndex::Cursor OrderedIndex::place_of(const Item* item, Cursor found) const {
  const auto stands_at = [&](const Cursor& c) {
    const Leaf* leaf = c.leaf < directory_.size() ? directory_[c.leaf].leaf : nullptr;
    return leaf && c.at < leaf->count && leaf->items()[c.at] == item;
  };
  if (stands_at(found)) return found;
  const Position behind = position_of(*item, Position::Edge::after);
  Cursor c;
  c.leaf = leaf_for(behind);
  const Leaf& leaf = *directory_[c.leaf].leaf;
  const uint32_t* hashes = leaf.hashes();
  const uint32_t* at = std::lower_bound(hashes, hashes + leaf.count, behind.hash);
  c.at = static_cast<size_t>(at - hashes);
  while (c.at < leaf.count && hashes[c.at] == behind.hash && leaf.items()[c.at] != item) ++c.at;
  if (stands_at(c)) return c;
  return seek(position_of(*item));  // another one of the same key
}

const Item* OrderedIndex::find(const Position& position, Cursor* where) const {
  const Cursor c = seek(position);
  if (c == end() || hash(c) != position.hash) return nullptr;
  const Item* found = item(c);
  fetch(found);  // whoever looks for an item reads more of it than its key
  Entries leading = found->entries();
  for (size_t i = 0; i < position.count; ++i) {
    if (i > named_) leading.next();
    if ((i < named_ ? component(*found, i) : leading.value().bytes()) != position.parts[i])
      return nullptr;
  }
  if (where) *where = c;
  return found;
}

const Item* OrderedIndex::item(const Cursor& c) const {
  return directory_[c.leaf].leaf->items()[c.at];
}

uint32_t OrderedIndex::hash(const Cursor& c) const {
  return directory_[c.leaf].leaf->hashes()[c.at];
}

void OrderedIndex::next(Cursor& c) const {
  if (++c.at == directory_[c.leaf].leaf->count) c = {c.leaf + 1, 0};
}

void OrderedIndex::previous(Cursor& c) const {
  if (c.at == 0) c.at = directory_[--c.leaf].leaf->count;
  --c.at;
}

/// The leaf for this index alone, with room for `capacity` entries.
OrderedIndex::Leaf& OrderedIndex::writable(size_t at, size_t capacity) {
  Leaf* leaf = directory_[at].leaf;
  const bool shared = leaf->refs.load(std::memory_order_acquire) > 1;
  if (!shared && leaf->capacity >= capacity) return *leaf;
  const size_t grown = std::min(leaf_max, std::max(capacity, leaf->capacity * size_t{5} / 4));
  Leaf* own = Leaf::make(leaf->capacity >= capacity ? leaf->capacity : grown);
  own->append(*leaf, 0, leaf->count);
  if (shared) {
    for (size_t i = 0; i < own->count; ++i) own->items()[i]->retain();
    leaf->release();
  } else {
    std::free(leaf);
  }
  directory_[at].leaf = own;
  return *own;
}

void OrderedIndex::split(size_t at) {
  Leaf& leaf = writable(at, leaf_max);
  const size_t kept = leaf.count / 2U, moved = leaf.count - kept;
  Leaf* right = Leaf::make(with_room(moved));
  right->append(leaf, kept, moved);
  Leaf* left = Leaf::make(with_room(kept));
  left->append(leaf, 0, kept);
  std::free(&leaf);
  directory_[at].leaf = left;
  directory_.insert(directory_.begin() + static_cast<std::ptrdiff_t>(at) + 1, Slot::of(right));
}

void OrderedIndex::insert(const Item* item) {
  const Position position = position_of(*item);
  if (directory_.empty()) directory_.push_back({position.hash, Leaf::make(leaf_first), item});
  size_t at = leaf_for(position);
  if (directory_[at].leaf->count == leaf_max) {
    split(at);
    at = leaf_for(position);
  }
  Leaf& leaf = writable(at, directory_[at].leaf->count + 1U);
  const size_t place = place_in(leaf, position, 0, leaf.count);
  const size_t behind = leaf.count - place;
  std::memmove(leaf.items() + place + 1, leaf.items() + place, behind * sizeof(const Item*));
  std::memmove(leaf.hashes() + place + 1, leaf.hashes() + place, behind * sizeof(uint32_t));
  leaf.items()[place] = item;
  leaf.hashes()[place] = position.hash;
  ++leaf.count;
  directory_[at] = Slot::of(&leaf);
  item->retain();
  ++size_;
}

void OrderedIndex::replace(const Item* old, const Item* item, Cursor found) {
  const Cursor c = place_of(old, found);
  Leaf& leaf = writable(c.leaf, 0);
  item->retain();
  leaf.items()[c.at]->release();
  leaf.items()[c.at] = item;
  if (c.at == 0) directory_[c.leaf].first = item;
}

void OrderedIndex::erase(const Item* item, Cursor found) {
  const Cursor c = place_of(item, found);
  Leaf& leaf = writable(c.leaf, 0);
  const Item* gone = leaf.items()[c.at];
  const size_t behind = leaf.count - c.at - 1;
  std::memmove(leaf.items() + c.at, leaf.items() + c.at + 1, behind * sizeof(const Item*));
  std::memmove(leaf.hashes() + c.at, leaf.hashes() + c.at + 1, behind * sizeof(uint32_t));
  --leaf.count;
  --size_;
  if (leaf.count == 0) {
    std::free(&leaf);
    directory_.erase(directory_.begin() + static_cast<std::ptrdiff_t>(c.leaf));
  } else {
    directory_[c.leaf] = Slot::of(&leaf);
  }
  gone->release();
}

/// Sees to it that there is a next item on this side of the cut: looks twice as far each time.
bool ItemWalk::reach() {
  if (met_end_ || at_ == (forward_ ? index_.end() : index_.begin())) return false;
  const bool stands_behind = !forward_ && at_.at == 0;  // of the leaf before
  const auto& leaf = *index_.directory_[at_.leaf - (stands_behind ? 1 : 0)].leaf;
  const size_t from = stands_behind ? leaf.count : at_.at;
  const size_t wanted = std::min(stride_, forward_ ? leaf.count - from : from);
  stride_ *= 2;
  const auto is_before = [&](size_t i) {
    return index_.is_before(leaf.hashes()[i], *leaf.items()[i], end_);
  };
  if (forward_)
    sure_ = is_before(from + wanted - 1)
                ? wanted
                : index_.place_in(leaf, end_, from, from + wanted - 1) - from;
  else
    sure_ = !is_before(from - wanted)
                ? wanted
                : from - index_.place_in(leaf, end_, from - wanted + 1, from);
  met_end_ = sure_ < wanted;
  return sure_ > 0;
}

}  // namespace squall::dynamodb
