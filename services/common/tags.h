// Tags, in the forms that AWS's services take and give them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "emulator/core/index_keys.h"
#include "emulator/core/value.h"

namespace squall {

using Tags = std::map<std::string, std::string>;

/// For records whose describe operation filters by tags: FilterSet looks exact values up.
inline void add_tag_keys(IndexKeys& keys, const Tags& tags) {
  for (const auto& [key, value] : tags) keys.add("tag:", key, "=", value);
}

/// From `[{Key, Value}]`.
Tags tags_from(const std::vector<api::Input>& list, std::string_view key = "Key",
               std::string_view value = "Value");
/// From EC2's TagSpecifications: the tags for `resource_type` ("vpc", "security-group").
Tags tags_from_specifications(const api::Input& in, std::string_view resource_type,
                              std::string_view member = "TagSpecifications");
/// To `[{Key, Value}]`; absent if there are none and `omit_empty`.
Value describe_tags(const Tags& tags, bool omit_empty = false);

}  // namespace squall
