// A table's items by their time of expiry, so that a sweep touches only what has expired.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "services/dynamodb/store.h"

namespace squall::dynamodb {

class ExpiryIndex final : public Attachment {
 public:
  /// Whoever sets it holds the table's lock, as for everything below.
  std::string attribute;  // empty: off

  void change(const ItemChange& change);
  void add(const Item* item, Time now);
  void clear();

  /// An item that has expired and has no time of deletion yet, or nullptr.
  const Item* next_expired(Time now);
  /// Deletes it at that time unless it changes before.
  void condemn(const Item* item, Time due);
  const Item* next_condemned(Time now) const;
  /// When the next item is due, one way or the other.
  std::optional<Time> next_time() const;

 private:
  struct Entry {
    int64_t at = 0;  // seconds of expiry; nanoseconds of deletion
    const Item* item = nullptr;
    // Items begin with their keys: no two are equal.
    bool operator<(const Entry& other) const {
      return at != other.at ? at < other.at : item->data() < other.item->data();
    }
  };
  std::optional<int64_t> expiry_of(const Item& item) const;
  void remove(const Item* item);

  std::set<Entry> waiting_, condemned_;
  std::map<const Item*, int64_t> due_;  // of condemned_; looked up, never walked
};

/// The hook.
void note_expiry(TableStore& store, const ItemChange& change);

}  // namespace squall::dynamodb
