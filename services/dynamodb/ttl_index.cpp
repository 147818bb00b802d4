// Items by expiry, kept in step by the hook.
#include "services/dynamodb/ttl_index.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"

namespace squall::dynamodb {
namespace {

// Older times are taken for mistakes and left alone (AWS's guide on TTL).
constexpr int64_t too_old_s = 5LL * 365 * 24 * 3600;

/// The first moment at which an item of that expiry has expired.
Time expired_from(int64_t expiry_s) { return from_unix_seconds(expiry_s + 1); }

}  // namespace

std::optional<int64_t> ExpiryIndex::expiry_of(const Item& item) const {
  // Beyond this a time in nanoseconds overflows; such an item never expires.
  constexpr int64_t seconds_max = 9'000'000'000;
  if (attribute.empty()) return {};
  const AttributeView value = item.find(attribute);
  if (!value || value.type() != Type::N) return {};
  std::string text;
  append_number_text(text, value.bytes());
  const auto seconds = parse_int(std::string_view(text).substr(0, text.find('.')));
  if (!seconds || *seconds <= 0 || *seconds > seconds_max) return {};
  return seconds;
}

void ExpiryIndex::remove(const Item* item) {
  const auto expiry = expiry_of(*item);
  if (!expiry) return;
  waiting_.erase({*expiry, item});
  if (const auto due = due_.find(item); due != due_.end()) {
    condemned_.erase({due->second, item});
    due_.erase(due);
  }
}

void ExpiryIndex::add(const Item* item, Time now) {
  const auto expiry = expiry_of(*item);
  if (!expiry || *expiry < unix_seconds(now) - too_old_s || due_.contains(item)) return;
  waiting_.insert({*expiry, item});
}

void ExpiryIndex::change(const ItemChange& change) {
  if (attribute.empty()) return;
  if (change.before) remove(change.before.get());
  if (change.after) add(change.after.get(), change.time);
}

void ExpiryIndex::clear() {
  waiting_.clear();
  condemned_.clear();
  due_.clear();
}

const Item* ExpiryIndex::next_expired(Time now) {
  if (waiting_.empty() || expired_from(waiting_.begin()->at) > now) return nullptr;
  return waiting_.begin()->item;
}

void ExpiryIndex::condemn(const Item* item, Time due) {
  waiting_.erase(waiting_.begin());
  condemned_.insert({to_ns(due), item});
  due_[item] = to_ns(due);
}

const Item* ExpiryIndex::next_condemned(Time now) const {
  if (condemned_.empty() || condemned_.begin()->at > to_ns(now)) return nullptr;
  return condemned_.begin()->item;
}

std::optional<Time> ExpiryIndex::next_time() const {
  std::optional<Time> next;
  if (!waiting_.empty()) next = expired_from(waiting_.begin()->at);
  if (!condemned_.empty()) {
    const Time due = from_ns(condemned_.begin()->at);
    next = next ? std::min(*next, due) : due;
  }
  return next;
}

void note_expiry(TableStore& store, const ItemChange& change) {
  if (ExpiryIndex* index = store.attached_if<ExpiryIndex>()) index->change(change);
}

}  // namespace squall::dynamodb
