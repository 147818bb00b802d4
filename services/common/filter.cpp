#include "services/common/filter.h"

namespace squall {

std::vector<Filter> filters_from(const api::Input& in, std::string_view member) {
  std::vector<Filter> filters;
  for (const api::Input& f : in.list(member))
    filters.push_back({f.string("Name"), f.strings("Values")});
  return filters;
}

bool matches_any(const std::vector<std::string>& wanted, const std::vector<std::string>& have) {
  for (const std::string& pattern : wanted)
    for (const std::string& text : have)
      if (wildcard_match(pattern, text)) return true;
  return false;
}

bool matches_tags(const Filter& filter, const Tags& tags) {
  constexpr std::string_view prefix = "tag:";
  const auto matches = [&](const std::string& text) {
    return std::ranges::any_of(filter.values,
                               [&](const auto& wanted) { return wildcard_match(wanted, text); });
  };
  if (filter.name.starts_with(prefix)) {
    const auto at = tags.find(filter.name.substr(prefix.size()));
    return at != tags.end() && matches(at->second);
  }
  for (const auto& [key, value] : tags)
    if (matches(filter.name == "tag-key" ? key : value)) return true;
  return false;
}

std::vector<std::string> keys_under(const Filter& filter, std::string_view prefix) {
  std::vector<std::string> keys;
  for (const std::string& value : filter.values) {
    if (value.find_first_of("*?\\") != value.npos) return {};
    keys.push_back(cat(prefix, value));
  }
  return keys;
}

AwsError invalid_filter(std::string_view name) {
  return {"InvalidParameterValue", cat("The filter '", name, "' is invalid")};
}

}  // namespace squall
