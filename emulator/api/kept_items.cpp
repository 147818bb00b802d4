#include "emulator/api/kept_items.h"

namespace squall::api {

void KeptItems::reset() {
  const std::lock_guard lock(mutex_);
  lists_.clear();
}

std::shared_ptr<const KeptList> KeptItems::find(const std::string& list, uint64_t version,
                                                bool& again) {
  const std::lock_guard lock(mutex_);
  Slot& slot = lists_[list];
  again = slot.asked_for == version;
  slot.asked_for = version;
  if (slot.items && slot.items->version != version) slot.items.reset();
  return slot.items;
}

void KeptItems::keep(const std::string& list, std::shared_ptr<const KeptList> items) {
  constexpr size_t bytes_max = 16 * 1024 * 1024;
  if (items->items.empty() || items->memory.bytes_reserved() > bytes_max) return;
  const std::lock_guard lock(mutex_);
  Slot& slot = lists_[list];
  if (slot.asked_for != items->version) return;
  if (!slot.items || slot.items->items.size() < items->items.size()) slot.items = std::move(items);
}

}  // namespace squall::api
