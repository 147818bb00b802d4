// Pagination: tokens name the last record shown, so pages stay right while records come and go.
#pragma once

#include <algorithm>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <vector>

#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "emulator/core/value.h"

namespace squall {

struct PageRequest {
  std::string after;                            // id of the last record of the page before
  size_t limit = static_cast<size_t>(-1);       // records a page
};

/// Decodes a token made by paginate(); throws `bad_token` if it is not one.
inline PageRequest page_request(std::string_view token, std::optional<int64_t> limit,
                                const AwsError& bad_token) {
  PageRequest page;
  if (limit && *limit > 0) page.limit = static_cast<size_t>(*limit);
  if (token.empty()) return page;
  auto decoded = base64_decode(token);
  if (!decoded || !decoded->starts_with("v1:")) throw bad_token;
  page.after = decoded->substr(3);
  return page;
}

/// Records found under an index (Scope::by), in order of ids, as a range that paginate() walks.
template <class T>
struct FoundRange {
  struct Iterator {
    const T* const* at;
    const T& operator*() const { return **at; }
    const T* operator->() const { return *at; }
    Iterator& operator++() { ++at; return *this; }
    bool operator==(const Iterator&) const = default;
  };
  std::vector<const T*> list;
  Iterator begin() const { return {list.data()}; }
  Iterator end() const { return {list.data() + list.size()}; }
  Iterator after(const std::string& id) const {
    const auto at = std::ranges::upper_bound(list, id, {}, [](const T* x) { return x->id; });
    return {list.data() + (at - list.begin())};
  }
};

struct Page {
  Value items = Value::list();
  Value next_token;  // absent on the last page
};

/// Chosen records in order of ids, as a range for paginate().
template <class T>
class RecordList {
 public:
  RecordList() = default;
  explicit RecordList(std::vector<const T*> records) : records_(std::move(records)) {}
  struct Iterator {
    typename std::vector<const T*>::const_iterator at;
    const T& operator*() const { return **at; }
    const T* operator->() const { return *at; }
    Iterator& operator++() { ++at; return *this; }
    bool operator==(const Iterator&) const = default;
  };
  Iterator begin() const { return {records_.begin()}; }
  Iterator end() const { return {records_.end()}; }
  Iterator after(std::string_view id) const {
    return {std::upper_bound(records_.begin(), records_.end(), id,
                             [](std::string_view wanted, const T* t) { return wanted < t->id; })};
  }

 private:
  std::vector<const T*> records_;
};

/// Walks an ordered range of records (sim::Scope::Range), shows those that `matches` by `show`.
/// The next page's token, which encodes the last id shown; absent on the last page.
template <class Range, class Matches, class Show>
Value walk_page(const Range& range, const PageRequest& request, Matches matches, Show show) {
  size_t shown = 0;
  std::string last;
  for (auto at = request.after.empty() ? range.begin() : range.after(request.after);
       at != range.end(); ++at) {
    if (!matches(*at)) continue;
    if (shown == request.limit) return Value(base64_encode(cat("v1:", last)));
    show(*at);
    last = at->id;
    ++shown;
  }
  return {};
}

/// The same, shown by what `describe` makes of each.
template <class Range, class Matches, class Describe>
Page paginate(const Range& range, const PageRequest& request, Matches matches, Describe describe) {
  Page page;
  page.next_token = walk_page(range, request, matches,
                              [&](const auto& record) { page.items.push(describe(record)); });
  return page;
}

}  // namespace squall
