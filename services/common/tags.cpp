#include "services/common/tags.h"

namespace squall {

Tags tags_from(const std::vector<api::Input>& list, std::string_view key, std::string_view value) {
  Tags tags;
  for (const api::Input& tag : list) tags[tag.string(key)] = tag.string(value);
  return tags;
}

Tags tags_from_specifications(const api::Input& in, std::string_view resource_type,
                              std::string_view member) {
  Tags tags;
  for (const api::Input& spec : in.list(member)) {
    if (spec.string("ResourceType") != resource_type) continue;
    for (const auto& [key, value] : tags_from(spec.list("Tags"))) tags[key] = value;
  }
  return tags;
}

Value describe_tags(const Tags& tags, bool omit_empty) {
  if (tags.empty() && omit_empty) return {};
  return list_of(tags, [](const auto& tag) {
    return Value{{"Key", tag.first}, {"Value", tag.second}};
  });
}

}  // namespace squall
