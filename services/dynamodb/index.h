// Items in order: by hash of the partition key, then by the keys themselves. One structure serves
// tables and secondary indexes: a partition is a range, a parallel segment is a range of hashes,
// and a query walks. Leaves are shared between copies and copied when written, so a copy of a
// million items (a backup, a snapshot) takes a fraction of a millisecond.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/item.h"

namespace squall::dynamodb {

/// Stable on every machine and in every version: the order of scans is made of it.
uint32_t hash_key(std::string_view bytes);

constexpr size_t components_max = 4;  // hash, range, and in an index the table's own two

/// A cut between items: before or behind all that begin with these key components.
struct Position {
  enum class Edge : uint8_t {
    before,
    after,
    after_prefix,  // behind all whose last given component begins with these bytes
  };
  uint32_t hash = 0;
  uint8_t count = 0;  // components given; none: a cut at the hash
  Edge edge = Edge::before;
  std::array<std::string_view, components_max> parts{};

  static Position at_hash(uint32_t hash) {
    Position p;
    p.hash = hash;
    return p;
  }
  static Position of(std::string_view hash_bytes, Edge edge = Edge::before) {
    Position p;
    p.hash = hash_key(hash_bytes);
    p.parts[p.count++] = hash_bytes;
    p.edge = edge;
    return p;
  }
  Position& then(std::string_view bytes) {
    parts.at(count++) = bytes;
    return *this;
  }
};

class OrderedIndex {
 public:
  /// The attributes by which items are ordered, the partition key first. Those behind the first
  /// `named` are the item's first attributes, in this order: an item begins with its table's key.
  explicit OrderedIndex(std::vector<std::string> components, size_t named = components_max);
  OrderedIndex(const OrderedIndex& other);
  OrderedIndex& operator=(OrderedIndex other) noexcept;
  OrderedIndex(OrderedIndex&& other) noexcept;
  ~OrderedIndex();

  size_t size() const { return size_; }
  size_t component_count() const { return components_.size(); }
  const std::vector<std::string>& components() const { return components_; }
  std::string_view component(const Item& item, size_t i) const {
    if (i < named_) return item.find(components_[i]).bytes();
    Entries e = item.entries();
    for (; i > named_; --i) e.next();
    return e.value().bytes();
  }
  /// The position of an item that has all components.
  Position position_of(const Item& item, Position::Edge edge = Position::Edge::before) const;

  struct Cursor {
    size_t leaf = 0, at = 0;
    friend bool operator==(const Cursor&, const Cursor&) = default;
    friend auto operator<=>(const Cursor&, const Cursor&) = default;
  };
  /// The item with exactly these components, or nullptr; `where` is then its place.
  const Item* find(const Position& position, Cursor* where = nullptr) const;
  /// The item must not be there yet; takes a share of it.
  void insert(const Item* item);
  /// Puts `item` where the one with the same components is: mostly where it was found last.
  void replace(const Item* old, const Item* item, Cursor found);
  void replace(const Item* old, const Item* item) { replace(old, item, begin()); }
  void erase(const Item* item, Cursor found);
  void erase(const Item* item) { erase(item, begin()); }
  void clear();

  /// As insert(); cheap where it is behind all that are there.
  void append(const Item* item);
  /// As insert() of each, in whatever order they are, while it is empty. Cut short, it stays empty.
  void fill(const std::vector<const Item*>& items, const std::stop_token& stop = {});
  /// All of them, in order.
  std::vector<const Item*> all() const;

  /// The first item not before the cut.
  Cursor seek(const Position& position) const;
  Cursor begin() const { return {}; }
  Cursor end() const { return {directory_.size(), 0}; }
  const Item* item(const Cursor& c) const;
  uint32_t hash(const Cursor& c) const;
  void next(Cursor& c) const;
  /// Must not stand at begin().
  void previous(Cursor& c) const;

 private:
  struct Leaf;
  struct Slot {
    uint32_t first_hash;
    Leaf* leaf;
    const Item* first;  // here as well: a leaf is mostly far away in memory
    static Slot of(Leaf* leaf);
  };
  friend class ItemWalk;
  bool is_before(uint32_t hash, const Item& item, const Position& cut) const;
  size_t leaf_for(const Position& cut) const;
  /// The first of its entries [low, high) that is not before the cut, else high.
  size_t place_in(const Leaf& leaf, const Position& cut, size_t low, size_t high) const;
  Cursor place_of(const Item* item, Cursor found) const;
  Leaf& writable(size_t at, size_t capacity);
  void split(size_t at);

  std::vector<std::string> components_;
  size_t named_;
  std::vector<Slot> directory_;
  size_t size_ = 0;
};

/// Items are far apart in memory: where all of them are looked at, each is fetched while those
/// before it are.
constexpr size_t fetched_ahead = 12;
inline void fetch(const Item* item) {
  constexpr size_t line = 64;
  for (size_t i = 0; i < 4; ++i)
    __builtin_prefetch(reinterpret_cast<const char*>(item) + i * line);
}
inline void fetch_ahead(const std::vector<const Item*>& items, size_t i) {
  if (i + fetched_ahead < items.size()) fetch(items[i + fetched_ahead]);
}

/// Goes from a cursor to a cut. The cut is looked for only as far as the walk gets: a page of ten
/// items out of a partition of thousands touches few others.
class ItemWalk {
 public:
  /// Forward: from the item at `start` to the last before the cut. Backward: from the one before
  /// `start` to the first that is not.
  ItemWalk(const OrderedIndex& index, OrderedIndex::Cursor start, const Position& end, bool forward)
      : index_(index), at_(start), end_(end), forward_(forward) {}
  /// The next item, or nullptr.
  const Item* next() {
    if (sure_ == 0 && !reach()) return nullptr;
    --sure_;
    if (!forward_) index_.previous(at_);
    const Item* item = index_.item(at_);
    if (forward_) index_.next(at_);
    if (forward_ && sure_ > 0) fetch(index_.item(at_));
    return item;
  }

 private:
  bool reach();

  const OrderedIndex& index_;
  OrderedIndex::Cursor at_;
  const Position& end_;
  const bool forward_;
  bool met_end_ = false;
  size_t sure_ = 0;  // so many items more are on this side of the cut
  size_t stride_ = 1;
};

}  // namespace squall::dynamodb
