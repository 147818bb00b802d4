// A table's changes of up to 35 days, newest last: any second of them is reached by undoing.
#pragma once

#include <deque>
#include <utility>

#include "services/dynamodb/store.h"

namespace squall::dynamodb {

class RecoveryLog final : public Attachment {
 public:
  struct Change {
    Time time;
    ItemRef before, after;
  };
  bool enabled = false;
  Duration period{};

  void append(const ItemChange& change);
  void clear() { changes_.clear(); }
  void dump(std::string& out) const override;
  /// The table as it was at the end of that moment, and its bytes.
  std::pair<OrderedIndex, size_t> at(const TableStore& store, Time time) const;
  const std::deque<Change>& changes() const { return changes_; }
  void put_back(Change change) { changes_.push_back(std::move(change)); }

 private:
  std::deque<Change> changes_;
};

/// The hook.
void note_for_recovery(TableStore& store, const ItemChange& change);

}  // namespace squall::dynamodb
