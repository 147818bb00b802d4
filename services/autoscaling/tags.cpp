// Tags of groups.
#include <algorithm>
#include <map>

#include "services/autoscaling/internal.h"
#include "services/common/filter.h"

namespace squall::autoscaling {
namespace {

const Group& tagged_group(Context& ctx, const Input& tag) {
  if (tag.string("ResourceType", "auto-scaling-group") != "auto-scaling-group")
    throw validation_error("Invalid resource type. Valid types are: [auto-scaling-group].");
  return find_group(ctx, tag.string("ResourceId"));
}

Value create_or_update_tags(Context& ctx, Input in) {
  for (const Input& tag : in.list("Tags")) {
    const std::string name = tagged_group(ctx, tag).id, key = tag.string("Key");
    if (key.starts_with("aws:"))
      throw validation_error(
          cat("Tag keys starting with 'aws:' are reserved for internal use: ", key));
    auto& tags = ctx.edit<Group>(name).tags;
    std::erase_if(tags, [&](const GroupTag& t) { return t.key == key; });
    tags.push_back({key, tag.string("Value"), tag.boolean("PropagateAtLaunch")});
    std::ranges::sort(tags, {}, &GroupTag::key);
  }
  return Value::map();
}

Value delete_tags(Context& ctx, Input in) {
  for (const Input& tag : in.list("Tags")) {
    const std::string name = tagged_group(ctx, tag).id, key = tag.string("Key");
    tag.ignore("Value");  // a tag is deleted by its key
    tag.ignore("PropagateAtLaunch");
    std::erase_if(ctx.edit<Group>(name).tags, [&](const GroupTag& t) { return t.key == key; });
  }
  return Value::map();
}

bool matches(const Group& g, const GroupTag& tag, const std::vector<Filter>& filters) {
  for (const Filter& f : filters) {
    std::string have;
    if (f.name == "auto-scaling-group")
      have = g.id;
    else if (f.name == "key")
      have = tag.key;
    else if (f.name == "value")
      have = tag.value;
    else if (f.name == "propagate-at-launch")
      have = tag.propagate_at_launch ? "true" : "false";
    else
      throw validation_error(cat("Filter type ", f.name, " is not correct"));
    if (std::ranges::find(f.values, have) == f.values.end()) return false;
  }
  return true;
}

Value describe_tags(Context& ctx, Input in) {
  const auto filters = filters_from(in);
  const PageRequest request = page_of(in);
  Value list = Value::list();
  std::string last;
  for (const Group& g : ctx.all<Group>()) {
    for (const GroupTag& tag : g.tags) {
      const std::string key = cat(g.id, '\n', tag.key);
      if ((!request.after.empty() && key <= request.after) || !matches(g, tag, filters)) continue;
      if (list.size() == std::min<size_t>(request.limit, 100))
        return {{"Tags", list}, {"NextToken", base64_encode(cat("v1:", last))}};
      list.push({{"ResourceId", g.id},
                 {"ResourceType", "auto-scaling-group"},
                 {"Key", tag.key},
                 {"Value", tag.value},
                 {"PropagateAtLaunch", tag.propagate_at_launch}});
      last = key;
    }
  }
  return {{"Tags", list}};
}

const api::HandlerRow rows[] = {
    {"CreateOrUpdateTags", Writes, create_or_update_tags},
    {"DeleteTags", Writes, delete_tags},
    {"DescribeTags", Reads, describe_tags},
};

}  // namespace

std::span<const api::HandlerRow> tag_rows() { return rows; }

}  // namespace squall::autoscaling
