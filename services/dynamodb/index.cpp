// A two-level B-tree: a directory of leaves, each with the hashes beside the pointers, so that a
// search touches few items.
#include "services/dynamodb/index.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace squall::dynamodb {
namespace {
constexpr size_t leaf_max = 256;
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

/// Header, then capacity pointers, then capacity hashes.
struct OrderedIndex::Leaf {
  std::atomic<uint32_t> refs{1};
  uint16_t count = 0;
  uint16_t capacity = 0;

  static Leaf* make(size_t capacity) {
    void* memory =
        std::malloc(sizeof(Leaf) + capacity * (sizeof(const Item*) + sizeof(uint32_t)));
    if (!memory) throw std::bad_alloc();
    Leaf* leaf = new (memory) Leaf();
    leaf->capacity = static_cast<uint16_t>(capacity);
    return leaf;
  }
  const Item** items() { return reinterpret_cast<const Item**>(this + 1); }
  const Item* const* items() const { return reinterpret_cast<const Item* const*>(this + 1); }
  uint32_t* hashes() { return reinterpret_cast<uint32_t*>(items() + capacity); }
  const uint32_t* hashes() const {
    return reinterpret_cast<const uint32_t*>(items() + capacity);
  }
  void release() {
    if (refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    for (size_t i = 0; i < count; ++i) items()[i]->release();
    std::free(this);
  }
  /// Takes over the entries [from, from + n) of another leaf.
  void append(const Leaf& other, size_t from, size_t n) {
    std::memcpy(items() + count, other.items() + from, n * sizeof(const Item*));
    std::memcpy(hashes() + count, other.hashes() + from, n * sizeof(uint32_t));
    count = static_cast<uint16_t>(count + n);
  }
};

OrderedIndex::OrderedIndex(std::vector<std::string> components)
    : components_(std::move(components)) {}

OrderedIndex::OrderedIndex(const OrderedIndex& other)
    : components_(other.components_), directory_(other.directory_), size_(other.size_) {
  for (const Slot& slot : directory_) slot.leaf->refs.fetch_add(1, std::memory_order_relaxed);
}

OrderedIndex& OrderedIndex::operator=(OrderedIndex other) noexcept {
  std::swap(components_, other.components_);
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
  for (size_t i = 0; i < cut.count; ++i) {
    std::string_view have = component(item, i);
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
    // A leaf is mostly far away in memory: it is touched only where hashes do not decide.
    const bool before = slot.first_hash != cut.hash
                            ? slot.first_hash < cut.hash
                            : is_before(slot.first_hash, *slot.leaf->items()[0], cut);
    if (before)
      low = middle;
    else
      high = middle;
  }
  return low;
}

size_t OrderedIndex::place_in(const Leaf& leaf, const Position& cut) const {
  size_t low = 0, high = leaf.count;
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

OrderedIndex::Cursor OrderedIndex::seek(const Position& position) const {
  if (directory_.empty()) return end();
  Cursor c;
  c.leaf = leaf_for(position);
  c.at = place_in(*directory_[c.leaf].leaf, position);
  if (c.at == directory_[c.leaf].leaf->count) c = {c.leaf + 1, 0};
  return c;
}

const Item* OrderedIndex::find(const Position& position) const {
  const Cursor c = seek(position);
  if (c == end() || hash(c) != position.hash) return nullptr;
  const Item* found = item(c);
  for (size_t i = 0; i < position.count; ++i)
    if (component(*found, i) != position.parts[i]) return nullptr;
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
  Leaf* right = Leaf::make(moved + moved / 4);
  right->append(leaf, kept, moved);
  Leaf* left = Leaf::make(kept + kept / 4);
  left->append(leaf, 0, kept);
  std::free(&leaf);
  directory_[at].leaf = left;
  directory_.insert(directory_.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                    Slot{right->hashes()[0], right});
}

void OrderedIndex::insert(const Item* item) {
  const Position position = position_of(*item);
  if (directory_.empty()) directory_.push_back({position.hash, Leaf::make(leaf_first)});
  size_t at = leaf_for(position);
  if (directory_[at].leaf->count == leaf_max) {
    split(at);
    at = leaf_for(position);
  }
  Leaf& leaf = writable(at, directory_[at].leaf->count + 1U);
  const size_t place = place_in(leaf, position);
  const size_t behind = leaf.count - place;
  std::memmove(leaf.items() + place + 1, leaf.items() + place, behind * sizeof(const Item*));
  std::memmove(leaf.hashes() + place + 1, leaf.hashes() + place, behind * sizeof(uint32_t));
  leaf.items()[place] = item;
  leaf.hashes()[place] = position.hash;
  ++leaf.count;
  directory_[at].first_hash = leaf.hashes()[0];
  item->retain();
  ++size_;
}

void OrderedIndex::replace(const Item* old, const Item* item) {
  const Cursor c = seek(position_of(*old));
  Leaf& leaf = writable(c.leaf, 0);
  item->retain();
  leaf.items()[c.at]->release();
  leaf.items()[c.at] = item;
}

void OrderedIndex::erase(const Item* item) {
  const Cursor c = seek(position_of(*item));
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
    directory_[c.leaf].first_hash = leaf.hashes()[0];
  }
  gone->release();
}

}  // namespace squall::dynamodb
