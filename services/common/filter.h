// EC2-style filters: AND across names, OR within values, `*` and `?` as wildcards.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "services/common/tags.h"

namespace squall {

/// One filter an operation knows: its name and the values a record shows under it.
template <class T>
struct FilterRow {
  std::string_view name;
  std::vector<std::string> (*values)(const T& record);
};

struct Filter {
  std::string name;
  std::vector<std::string> values;
};

/// `Filters=[{Name, Values}]` of a request.
std::vector<Filter> filters_from(const api::Input& in, std::string_view member = "Filters");

/// Whether any of `have` matches any of the filter's values.
bool matches_any(const std::vector<std::string>& wanted, const std::vector<std::string>& have);
bool matches_tags(const Filter& filter, const Tags& tags);
/// EC2's `InvalidParameterValue`: The filter 'x' is invalid.
AwsError invalid_filter(std::string_view name);

/// A request's filters bound to the rows that an operation serves. Unknown names are refused.
/// Records with a member `tags` also answer to `tag:KEY`, `tag-key` and `tag-value`.
template <class T>
class FilterSet {
 public:
  FilterSet(const api::Input& in, std::span<const FilterRow<T>> rows,
            std::string_view member = "Filters") {
    for (Filter& filter : filters_from(in, member)) {
      const FilterRow<T>* found = nullptr;
      for (const FilterRow<T>& row : rows)
        if (row.name == filter.name) found = &row;
      const bool on_tags = filter.name.starts_with("tag:") || filter.name == "tag-key" ||
                           filter.name == "tag-value";
      if (!found && !(on_tags && has_tags)) throw invalid_filter(filter.name);
      bound_.push_back({std::move(filter), found});
    }
  }
  bool matches(const T& record) const {
    for (const auto& [filter, row] : bound_) {
      if (row) {
        if (!matches_any(filter.values, row->values(record))) return false;
      } else if constexpr (has_tags) {
        if (!matches_tags(filter, record.tags)) return false;
      }
    }
    return true;
  }
  bool empty() const { return bound_.empty(); }

 private:
  static constexpr bool has_tags = requires(const T& t) { Tags(t.tags); };
  struct Bound {
    Filter filter;
    const FilterRow<T>* row;
  };
  std::vector<Bound> bound_;
};

}  // namespace squall
