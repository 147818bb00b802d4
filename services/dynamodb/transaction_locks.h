// The tables of a transaction, locked together, and what others learn of the items that it is at
// work on.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "services/dynamodb/request.h"

namespace squall::dynamodb {

using ItemPlaces = std::vector<std::pair<TableStore*, const KeyBytes*>>;

class TransactionLocks {
 public:
  /// One that writes tells others which items it is at work on. Stops where another one has a table
  /// locked and is at work on one of the items.
  TransactionLocks(const ItemPlaces& items, bool writes);
  /// Which items those are; none: everything is locked.
  const std::vector<size_t>& conflicts() const { return conflicts_; }

 private:
  struct Release {
    void operator()(HeldItems* held) const { held->release(); }
  };
  std::vector<size_t> conflicts_;
  std::vector<std::unique_lock<std::mutex>> locks_;
  std::vector<std::unique_ptr<HeldItems, Release>> holding_;  // let go before the locks
};

}  // namespace squall::dynamodb
