// EC2-style filters: AND across names, OR within values, `*` and `?` as wildcards.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "emulator/sim/scope.h"
#include "services/common/tags.h"

namespace squall {

/// One filter an operation knows: its name and the values a record shows under it.
template <class T>
struct FilterRow {
  std::string_view name;
  std::vector<std::string> (*values)(const T& record);
  /// The prefix of the record's index keys that hold these values ("vpc:"), if it has such.
  std::string_view index = {};
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
/// Index keys, under one of which each record that the filter lets through is found; empty if its
/// values have wildcards.
std::vector<std::string> keys_under(const Filter& filter, std::string_view prefix);
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
  /// For each filter that an index of the record R answers: keys_under().
  template <class R>
  std::vector<std::vector<std::string>> index_keys() const {
    std::vector<std::vector<std::string>> all;
    for (const auto& [filter, row] : bound_) {
      std::string prefix{row ? row->index : ""};
      if constexpr (requires { R::indexes_tags; })
        if (!row && filter.name.starts_with("tag:")) prefix = filter.name + '=';
      if (prefix.empty()) continue;
      if (auto keys = keys_under(filter, prefix); !keys.empty()) all.push_back(std::move(keys));
    }
    return all;
  }

 private:
  static constexpr bool has_tags = requires(const T& t) { Tags(t.tags); };
  struct Bound {
    Filter filter;
    const FilterRow<T>* row;
  };
  std::vector<Bound> bound_;
};

/// The records that may match, in order of ids: those under the index keys that name the fewest.
/// Nothing if no index helps and all have to be looked at.
template <class R, class T>
std::optional<std::vector<const R*>> candidates(const sim::Scope& scope,
                                                const FilterSet<T>& filters) {
  if constexpr (sim::Indexed<R>) {
    const auto all = filters.template index_keys<R>();
    const auto count = [&](const std::vector<std::string>& keys) {
      size_t n = 0;
      for (const std::string& key : keys) n += scope.count_by<R>(key);
      return n;
    };
    const auto best = std::ranges::min_element(all, {}, count);
    if (best == all.end()) return {};
    std::vector<const R*> found;
    for (const std::string& key : *best)
      for (const R* record : scope.by<R>(key)) found.push_back(record);
    if (best->size() > 1) {
      std::ranges::sort(found, {}, [](const R* r) -> const std::string& { return r->id; });
      const auto twice = std::ranges::unique(found);
      found.erase(twice.begin(), twice.end());
    }
    return found;
  }
  return {};
}

}  // namespace squall
