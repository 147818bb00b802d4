// A table's items by their time of expiry, so that a sweep touches only what has expired.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "services/dynamodb/background.h"
#include "services/dynamodb/store.h"

namespace squall::dynamodb {

class ExpiryIndex final : public Attachment {
 public:
  /// Whoever calls anything here holds the table's lock.
  const std::string& attribute() const { return attribute_; }  // empty: off
  /// By that attribute from now on, and nothing yet.
  void begin(std::string attribute);
  void change(const ItemChange& change);
  /// What is there already: on a thread of its own, where that is much.
  void fill(OrderedIndex items, Time now);
  static bool is_much(size_t items);

  /// An item that has expired and has no time of deletion yet, or nullptr.
  const Item* next_expired(Time now);
  /// Deletes it at that time unless it changes before.
  void condemn(const Item* item, Time due);
  const Item* next_condemned(Time now);
  /// When the next item is due, one way or the other.
  std::optional<Time> next_time();

 private:
  struct Entry {
    int64_t at = 0;  // seconds of expiry; nanoseconds of deletion
    const Item* item = nullptr;
    // Items begin with their keys: no two are equal.
    bool operator<(const Entry& other) const {
      return at != other.at ? at < other.at : item->data() < other.item->data();
    }
  };
  using Entries = std::set<Entry>;
  static Entries filled(const OrderedIndex& items, const std::string& attribute, Time now,
                        const std::stop_token& stop);
  void add(const Item* item, Time now);
  void remove(const Item* item);
  void make(const ItemChange& change);
  /// Until it is filled, what changes waits, in order.
  void settle();

  std::string attribute_;
  Entries waiting_, condemned_;
  std::map<const Item*, int64_t> due_;  // of condemned_; looked up, never walked
  std::deque<ItemChange> changes_;
  std::unique_ptr<BackgroundTask<Entries>> filling_;
};

/// The hook.
void note_expiry(TableStore& store, const ItemChange& change);

}  // namespace squall::dynamodb
