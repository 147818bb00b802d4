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

std::optional<int64_t> expiry_of(const Item& item, const std::string& attribute) {
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

/// None where the item does not expire, or long ago.
std::optional<int64_t> expiry_to_come(const Item& item, const std::string& attribute, Time now) {
  const auto expiry = expiry_of(item, attribute);
  return expiry && *expiry < unix_seconds(now) - too_old_s ? std::nullopt : expiry;
}

}  // namespace

bool ExpiryIndex::is_much(size_t items) { return items > at_once_max; }

void ExpiryIndex::remove(const Item* item) {
  const auto expiry = expiry_of(*item, attribute_);
  if (!expiry) return;
  waiting_.erase({*expiry, item});
  if (const auto due = due_.find(item); due != due_.end()) {
    condemned_.erase({due->second, item});
    due_.erase(due);
  }
}

void ExpiryIndex::add(const Item* item, Time now) {
  const auto expiry = expiry_to_come(*item, attribute_, now);
  if (expiry && !due_.contains(item)) waiting_.insert({*expiry, item});
}

void ExpiryIndex::make(const ItemChange& change) {
  if (change.before) remove(change.before.get());
  if (change.after) add(change.after.get(), change.time);
}

void ExpiryIndex::change(const ItemChange& change) {
  if (attribute_.empty()) return;
  if (filling_ && filling_->done()) settle();
  if (filling_)
    changes_.push_back(change);
  else
    make(change);
}

void ExpiryIndex::begin(std::string attribute) {
  if (filling_) discard(std::move(filling_));
  changes_.clear();
  if (is_much(waiting_.size())) discard(std::exchange(waiting_, {}));
  waiting_.clear();
  condemned_.clear();
  due_.clear();
  attribute_ = std::move(attribute);
}

ExpiryIndex::Entries ExpiryIndex::filled(const OrderedIndex& items, const std::string& attribute,
                                         Time now, const std::stop_token& stop) {
  constexpr size_t portion = 4096;
  std::vector<Entry> entries;
  const std::vector<const Item*> all = items.all();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i % portion == 0 && stop.stop_requested()) return {};
    fetch_ahead(all, i);
    if (const auto expiry = expiry_to_come(*all[i], attribute, now))
      entries.push_back({*expiry, all[i]});
  }
  std::ranges::sort(entries, std::less<>());
  Entries made;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i % portion == 0 && stop.stop_requested()) return {};
    made.insert(made.end(), entries[i]);
  }
  return made;
}

void ExpiryIndex::fill(OrderedIndex items, Time now) {
  if (!is_much(items.size())) {
    waiting_ = filled(items, attribute_, now, {});
    return;
  }
  filling_ = std::make_unique<BackgroundTask<Entries>>(
      [items = std::move(items), attribute = attribute_, now](const std::stop_token& stop) mutable {
        Entries entries = filled(items, attribute, now, stop);
        items.clear();  // from here on the table's leaves are its own again
        return entries;
      });
}

void ExpiryIndex::settle() {
  if (!filling_) return;
  waiting_ = filling_->take();
  filling_.reset();
  for (const ItemChange& change : changes_) make(change);
  changes_.clear();
}

const Item* ExpiryIndex::next_expired(Time now) {
  settle();
  if (waiting_.empty() || expired_from(waiting_.begin()->at) > now) return nullptr;
  return waiting_.begin()->item;
}

void ExpiryIndex::condemn(const Item* item, Time due) {
  waiting_.erase(waiting_.begin());
  condemned_.insert({to_ns(due), item});
  due_[item] = to_ns(due);
}

const Item* ExpiryIndex::next_condemned(Time now) {
  settle();
  if (condemned_.empty() || condemned_.begin()->at > to_ns(now)) return nullptr;
  return condemned_.begin()->item;
}

std::optional<Time> ExpiryIndex::next_time() {
  settle();
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
