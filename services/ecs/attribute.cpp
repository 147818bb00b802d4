// Attributes of container instances.
#include <algorithm>

#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

constexpr size_t put_max = 10, own_max = 10;

bool is_own(std::string_view name) {
  return !name.starts_with("ecs.") && !name.starts_with("com.amazonaws.ecs.");
}

bool is_spelt(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

void check_attribute(const Attribute& attribute) {
  if (attribute.name.empty() || attribute.name.size() > 128 ||
      !is_spelt(attribute.name, "-_./\\"))
    throw invalid_parameter(cat("Attribute name '", attribute.name, "' is invalid."));
  if (attribute.value.size() > 128 || !is_spelt(attribute.value, "-_./\\@: ") ||
      attribute.value.starts_with(' ') || attribute.value.ends_with(' '))
    throw invalid_parameter(cat("Attribute value '", attribute.value, "' is invalid."));
}

/// The container instance an attribute is about.
std::string target_of(const sim::Scope& scope, const Cluster& cluster, const Input& in) {
  const std::string id = in.string("targetId");
  if (id.empty()) throw invalid_parameter("targetId cannot be empty.");
  if (in.string("targetType", "container-instance") != "container-instance")
    throw invalid_parameter("targetType must be container-instance.");
  const std::string arn =
      scope.arn("ecs", cat("container-instance/", cluster.id, '/',
                           id_in(scope, cluster.id, "container-instance", id)));
  const auto* instance = scope.view<ContainerInstance>(arn);
  if (!instance || instance->status == "INACTIVE")
    throw target_not_found("The specified target wasn't found. You can view your available "
                           "container instances with ListContainerInstances.");
  return arn;
}

Value describe(const Attribute& attribute, std::string_view target) {
  Value v{{"name", attribute.name}};
  if (!attribute.value.empty()) v.add("value", attribute.value);
  v.add("targetId", target);
  return v;
}

Value put_attributes(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto entries = in.list("attributes");
  if (entries.empty()) throw invalid_parameter("Attributes cannot be empty.");
  if (entries.size() > put_max)
    throw invalid_parameter("You can put up to 10 attributes at a time.");
  Value shown = Value::list();
  for (const Input& entry : entries) {
    const Attribute attribute{entry.string("name"), entry.string("value")};
    check_attribute(attribute);
    if (!is_own(attribute.name))
      throw invalid_parameter(cat("Attribute name '", attribute.name, "' is reserved."));
    const std::string target = target_of(ctx, cluster, entry);
    ContainerInstance& instance = ctx.edit<ContainerInstance>(target);
    set_attribute(instance.attributes, attribute.name, attribute.value);
    if (static_cast<size_t>(std::ranges::count_if(instance.attributes, [](const Attribute& a) {
          return is_own(a.name);
        })) > own_max)
      throw attribute_limit_exceeded(
          "You can apply up to 10 custom attributes for each resource.");
    shown.push(describe(attribute, target));
  }
  return {{"attributes", shown}};
}

Value delete_attributes(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto entries = in.list("attributes");
  if (entries.empty()) throw invalid_parameter("Attributes cannot be empty.");
  if (entries.size() > put_max)
    throw invalid_parameter("You can delete up to 10 attributes at a time.");
  Value shown = Value::list();
  for (const Input& entry : entries) {
    const std::string name = entry.string("name");
    const auto value = entry.optional_string("value");
    const std::string target = target_of(ctx, cluster, entry);
    if (!is_own(name))
      throw invalid_parameter(cat("Attribute name '", name, "' is reserved."));
    auto& attributes = ctx.edit<ContainerInstance>(target).attributes;
    const auto found = std::ranges::find(attributes, name, &Attribute::name);
    if (found == attributes.end() || (value && found->value != *value)) continue;
    shown.push(describe(*found, target));
    attributes.erase(found);
  }
  return {{"attributes", shown}};
}

Value list_attributes(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  if (in.string("targetType") != "container-instance")
    throw invalid_parameter("targetType must be container-instance.");
  const auto name = in.optional_string("attributeName");
  const auto value = in.optional_string("attributeValue");
  if (value && !name)
    throw invalid_parameter("An attribute name is required to filter by attribute value.");
  std::vector<std::string> keys;  // instance, tab, name
  for (const auto* instance : ctx.by<ContainerInstance>("cluster:" + cluster.id)) {
    if (instance->status == "INACTIVE") continue;
    std::vector<std::string> names;
    for (const Attribute& a : instance->attributes)
      if ((!name || a.name == *name) && (!value || a.value == *value)) names.push_back(a.name);
    std::ranges::sort(names);
    for (const std::string& n : names) keys.push_back(cat(instance->id, '\t', n));
  }
  const Slice slice = slice_of(keys, in);
  return {{"attributes", list_of(slice.keys,
                                 [&](const std::string& key) {
                                   const std::string target = key.substr(0, key.find('\t'));
                                   const auto& all =
                                       ctx.view<ContainerInstance>(target)->attributes;
                                   return describe(
                                       *std::ranges::find(all, key.substr(key.find('\t') + 1),
                                                          &Attribute::name),
                                       target);
                                 })},
          {"nextToken", slice.next_token}};
}

const api::HandlerRow rows[] = {
    {"PutAttributes", Writes, put_attributes},
    {"DeleteAttributes", Writes, delete_attributes},
    {"ListAttributes", Reads, list_attributes},
};

}  // namespace

HandlerRows attribute_rows() { return rows; }

}  // namespace squall::ecs
