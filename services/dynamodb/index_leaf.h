// The leaves of an ordered index: internal to it.
#pragma once

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "services/dynamodb/index.h"

namespace squall::dynamodb {

constexpr size_t leaf_max = 256;
constexpr size_t leaf_built = leaf_max * 3 / 4;  // of many made at once: some find room later
constexpr size_t with_room(size_t entries) { return entries + entries / 4; }

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
  /// Takes a share of the item.
  void push(uint32_t hash, const Item* item) {
    item->retain();
    items()[count] = item;
    hashes()[count] = hash;
    ++count;
  }
  /// Takes over the entries [from, from + n) of another leaf.
  void append(const Leaf& other, size_t from, size_t n) {
    std::memcpy(items() + count, other.items() + from, n * sizeof(const Item*));
    std::memcpy(hashes() + count, other.hashes() + from, n * sizeof(uint32_t));
    count = static_cast<uint16_t>(count + n);
  }
};

inline OrderedIndex::Slot OrderedIndex::Slot::of(Leaf* leaf) {
  return {leaf->hashes()[0], leaf, leaf->items()[0]};
}

}  // namespace squall::dynamodb
