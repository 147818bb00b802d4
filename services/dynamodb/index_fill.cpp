// Filling secondary indexes with the items that are there already.
#include "services/dynamodb/store.h"

namespace squall::dynamodb {
namespace {

/// Adds to an index what it holds of a table's items.
void fill(FilledIndex& made, const OrderedIndex& items, const IndexPlan& index,
          const std::stop_token& stop) {
  constexpr size_t portion = 4096;
  const std::vector<const Item*> all = items.all();
  std::vector<const Item*> held;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i % portion == 0 && stop.stop_requested()) return;
    fetch_ahead(all, i);
    if (!is_in_index(index, *all[i])) continue;
    held.push_back(all[i]);
    made.bytes += projected_size(index, *all[i]);
  }
  made.entries.fill(held, stop);
}

}  // namespace

TableStore::Secondary TableStore::fill_secondary(const Plan& plan, const IndexPlan& index) {
  Secondary made = make_secondary(plan, index);
  if (!index.global || items_.size() <= at_once_max) {
    fill(made, items_, index, {});
    return made;
  }
  made.filling = std::make_unique<BackgroundTask<FilledIndex>>(
      [empty = made.entries, items = items_, index](const std::stop_token& stop) mutable {
        FilledIndex filled{std::move(empty)};
        fill(filled, items, index, stop);
        items.clear();  // from here on the table's leaves are its own again
        return filled;
      });
  return made;
}

/// What changed meanwhile is in the backlog.
bool TableStore::take_filled(Secondary& secondary, bool waits) {
  if (!secondary.filling) return true;
  if (!waits && !secondary.filling->done()) return false;
  static_cast<FilledIndex&>(secondary) = secondary.filling->take();
  secondary.filling.reset();
  return true;
}

void TableStore::load(OrderedIndex items, size_t bytes) {
  items_ = std::move(items);
  bytes_ = bytes;
  count_collections();
  for (size_t i = 0; i < indexes_.size(); ++i)
    indexes_[i] = fill_secondary(*plan_, plan_->indexes[i]);
}

}  // namespace squall::dynamodb
