// Option groups: each engine version's default one, and empty ones of the user's.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

Value describe(const OptionGroup& g) {
  return {{"OptionGroupName", g.id},  {"OptionGroupDescription", g.description},
          {"EngineName", g.engine},   {"MajorEngineVersion", g.major_version},
          {"Options", Value::list()}, {"AllowsVpcAndNonVpcInstanceMemberships", true},
          {"OptionGroupArn", g.arn}};
}

OptionGroup default_group(const sim::Scope& scope, const EngineMajor& major) {
  OptionGroup g;
  g.id = default_option_group(major);
  g.arn = scope.arn("rds", cat("og:", g.id));
  g.engine = major.engine;
  g.major_version = major.major;
  g.description = cat("Default option group for ", major.engine, ' ', major.major);
  return g;
}

/// Both sorts in one list, by name: the default groups are never stored.
std::vector<OptionGroup> all_groups(const sim::Scope& scope) {
  std::vector<OptionGroup> groups;
  for (const EngineMajor& major : engine_majors()) groups.push_back(default_group(scope, major));
  for (const OptionGroup& g : scope.all<OptionGroup>()) groups.push_back(g);
  std::ranges::sort(groups, {}, &OptionGroup::id);
  return groups;
}

Value create_group(Context& ctx, Input in) {
  OptionGroup g;
  g.id = identifier(in.string("OptionGroupName"), "OptionGroupName", 255);
  g.arn = ctx.arn("rds", cat("og:", g.id));
  g.engine = in.string("EngineName");
  g.major_version = in.string("MajorEngineVersion");
  g.description = in.string("OptionGroupDescription");
  g.tags = tags_from(in.list("Tags"));
  const auto known = std::ranges::any_of(engine_majors(), [&](const EngineMajor& m) {
    return m.engine == g.engine && m.major == g.major_version;
  });
  if (!known) {
    throw invalid_parameter_combination(
        cat("Cannot find major version ", g.major_version, " for ", g.engine));
  }
  if (ctx.has<OptionGroup>(g.id)) throw option_group_already_exists(g.id);
  return {{"OptionGroup", describe(ctx.add(std::move(g)))}};
}

Value describe_groups(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("OptionGroupName")), engine = in.string("EngineName"),
                    major = in.string("MajorEngineVersion");
  if (!name.empty() && !has_option_group(ctx, name)) throw option_group_not_found(name);
  check_filters(in, {});
  const PageRequest request = page_from(in);
  Value items = Value::list();
  std::string last;
  for (const OptionGroup& g : all_groups(ctx)) {
    if (g.id <= request.after || (!name.empty() && g.id != name)) continue;
    if (!engine.empty() && g.engine != engine) continue;
    if (!major.empty() && g.major_version != major) continue;
    if (items.size() == request.limit)
      return {{"OptionGroupsList", items}, {"Marker", base64_encode(cat("v1:", last))}};
    items.push(describe(g));
    last = g.id;
  }
  return {{"OptionGroupsList", items}};
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("OptionGroupName"));
  if (name.starts_with("default:"))
    throw invalid_option_group_state(cat("Default option group cannot be deleted: ", name));
  if (!ctx.has<OptionGroup>(name)) throw option_group_not_found(name);
  if (!ctx.by<DbInstance>(cat("option-group:", name)).empty()) {
    throw invalid_option_group_state(
        cat("The option group '", name, "' cannot be deleted because it is in use."));
  }
  ctx.erase<OptionGroup>(name);
  return Value::map();
}

}  // namespace

bool has_option_group(const sim::Scope& scope, const std::string& name) {
  if (scope.has<OptionGroup>(name)) return true;
  return std::ranges::any_of(engine_majors(),
                             [&](const EngineMajor& m) { return default_option_group(m) == name; });
}

std::span<const api::HandlerRow> option_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateOptionGroup", api::Writes, create_group},
      {"DescribeOptionGroups", api::Reads, describe_groups},
      {"DeleteOptionGroup", api::Writes, delete_group},
  };
  return rows;
}

}  // namespace squall::rds
