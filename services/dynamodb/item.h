// An item as it is kept: one allocation, shared by the table and its indexes, never changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/core/value.h"
#include "services/dynamodb/attribute.h"

namespace squall::dynamodb {

/// Attributes one behind the other (name, value), those of the table's key first.
class Item {
 public:
  static Item* make(std::string_view attributes);
  void retain() const { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) free(this);
  }
  std::string_view data() const { return {bytes(), length_}; }
  /// As AWS counts.
  size_t size() const { return size_; }
  Entries entries() const { return {bytes(), bytes() + length_}; }
  AttributeView find(std::string_view name) const {
    for (Entries e = entries(); e; e.next())
      if (e.name() == name) return e.value();
    return {};
  }

 private:
  Item() = default;
  static void free(const Item* item);
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  mutable std::atomic<uint32_t> refs_{1};
  uint32_t size_ = 0;
  uint32_t length_ = 0;
};

/// Shared ownership of an item; may be empty.
class ItemRef {
 public:
  ItemRef() = default;
  static ItemRef adopt(Item* item) { return ItemRef(item); }
  static ItemRef share(const Item* item) {
    if (item) item->retain();
    return ItemRef(item);
  }
  ItemRef(const ItemRef& other) : ItemRef(share(other.item_)) {}
  ItemRef(ItemRef&& other) noexcept : item_(std::exchange(other.item_, nullptr)) {}
  ItemRef& operator=(ItemRef other) noexcept {
    std::swap(item_, other.item_);
    return *this;
  }
  ~ItemRef() {
    if (item_) item_->release();
  }
  explicit operator bool() const { return item_; }
  const Item* get() const { return item_; }
  const Item* operator->() const { return item_; }
  const Item& operator*() const { return *item_; }

 private:
  explicit ItemRef(const Item* item) : item_(item) {}
  const Item* item_ = nullptr;
};

/// Bytes as AWS counts of attributes one behind the other.
size_t attributes_size(std::string_view attributes);
/// `{"pk":{"S":"a"},...}`
void append_attributes_json(std::string& out, std::string_view attributes);
/// From a map of AttributeValues, with the named attributes (may be empty) first.
void append_attributes(std::string& out, const Value& map, std::string_view hash,
                       std::string_view range);
/// With the named attributes first: in `buffer`, unless they are that already.
std::string_view with_keys_first(std::string_view attributes, std::string_view hash,
                                 std::string_view range, std::string& buffer);

}  // namespace squall::dynamodb
