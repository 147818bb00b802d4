// Pagination: tokens name the last record shown, so pages stay right while records come and go.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

struct Page {
  Value items = Value::list();
  Value next_token;  // absent on the last page
};

/// Walks an ordered range of records (sim::Scope::Range), keeps those that `matches`, shows them by
/// `describe`. The token encodes the last id shown.
template <class Range, class Matches, class Describe>
Page paginate(const Range& range, const PageRequest& request, Matches matches, Describe describe) {
  Page page;
  size_t shown = 0;
  std::string last;
  for (auto at = request.after.empty() ? range.begin() : range.after(request.after);
       at != range.end(); ++at) {
    if (!matches(*at)) continue;
    if (shown == request.limit) {
      page.next_token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    page.items.push(describe(*at));
    last = at->id;
    ++shown;
  }
  return page;
}

}  // namespace squall
