#include "services/dynamodb/transaction_locks.h"

#include <map>

namespace squall::dynamodb {

TransactionLocks::TransactionLocks(const ItemPlaces& items, bool writes) {
  std::map<std::string, TableStore*> in_order;
  for (const auto& [store, key] : items) in_order[store->name()] = store;
  for (const auto& [name, store] : in_order) {
    std::unique_lock lock(store->mutex(), std::try_to_lock);
    for (size_t i = 0; !lock && i < items.size(); ++i)
      if (items[i].first == store && store->held().has(items[i].second->text()))
        conflicts_.push_back(i);
    if (!conflicts_.empty()) return;
    if (!lock) lock.lock();
    check_active(*store);
    locks_.push_back(std::move(lock));
    if (!writes) continue;
    std::vector<std::string> keys;
    for (const auto& [other, key] : items)
      if (other == store) keys.push_back(key->text());
    holding_.emplace_back(&store->held());
    holding_.back()->hold(std::move(keys));
  }
}

}  // namespace squall::dynamodb
