// DB parameter groups: each family's default one, and the user's.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

Value describe(const ParameterGroup& g) {
  return {{"DBParameterGroupName", g.id},
          {"DBParameterGroupFamily", g.family},
          {"Description", g.description},
          {"DBParameterGroupArn", g.arn}};
}

ParameterGroup default_group(const sim::Scope& scope, const EngineMajor& major) {
  ParameterGroup g;
  g.id = default_parameter_group(major);
  g.arn = scope.arn("rds", cat("pg:", g.id));
  g.family = major.family;
  g.description = cat("Default parameter group for ", major.family);
  return g;
}

std::vector<ParameterGroup> all_groups(const sim::Scope& scope) {
  std::vector<ParameterGroup> groups;
  for (const EngineMajor& major : engine_majors()) groups.push_back(default_group(scope, major));
  for (const ParameterGroup& g : scope.all<ParameterGroup>()) groups.push_back(g);
  std::ranges::sort(groups, {}, &ParameterGroup::id);
  return groups;
}

Value create_group(Context& ctx, Input in) {
  ParameterGroup g;
  g.id = identifier(in.string("DBParameterGroupName"), "DBParameterGroupName", 255);
  g.family = in.string("DBParameterGroupFamily");
  g.description = in.string("Description");
  g.arn = ctx.arn("rds", cat("pg:", g.id));
  g.tags = tags_from(in.list("Tags"));
  if (!find_family(g.family))
    throw invalid_parameter_value(
        cat("ParameterGroupFamily ", g.family, " is not a valid parameter group family"));
  if (ctx.has<ParameterGroup>(g.id)) throw parameter_group_already_exists(g.id);
  return {{"DBParameterGroup", describe(ctx.add(std::move(g)))}};
}

Value copy_group(Context& ctx, Input in) {
  const std::string source = to_lower(in.string("SourceDBParameterGroupIdentifier"));
  const std::string name =
      source.starts_with("arn:") ? source.substr(source.find(":pg:") + 4) : source;
  ParameterGroup g;
  if (const ParameterGroup* found = ctx.view<ParameterGroup>(name)) g = *found;
  g.family = parameter_group_family(ctx, name);
  if (g.family.empty()) throw parameter_group_not_found(name);
  g.id = identifier(in.string("TargetDBParameterGroupIdentifier"),
                    "TargetDBParameterGroupIdentifier", 255);
  if (ctx.has<ParameterGroup>(g.id)) throw parameter_group_already_exists(g.id);
  g.description = in.string("TargetDBParameterGroupDescription");
  g.arn = ctx.arn("rds", cat("pg:", g.id));
  g.tags = tags_from(in.list("Tags"));
  return {{"DBParameterGroup", describe(ctx.add(std::move(g)))}};
}

Value describe_groups(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBParameterGroupName"));
  if (!name.empty() && parameter_group_family(ctx, name).empty())
    throw parameter_group_not_found(name);
  check_filters(in, {});
  const PageRequest request = page_from(in);
  Value items = Value::list();
  std::string last;
  for (const ParameterGroup& g : all_groups(ctx)) {
    if (g.id <= request.after || (!name.empty() && g.id != name)) continue;
    if (items.size() == request.limit)
      return {{"DBParameterGroups", items}, {"Marker", base64_encode(cat("v1:", last))}};
    items.push(describe(g));
    last = g.id;
  }
  return {{"DBParameterGroups", items}};
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBParameterGroupName"));
  if (name.starts_with("default."))
    throw invalid_parameter_value(cat("Default DBParameterGroup cannot be deleted: ", name));
  if (!ctx.has<ParameterGroup>(name)) throw parameter_group_not_found(name);
  if (!ctx.by<DbInstance>(cat("parameter-group:", name)).empty())
    throw invalid_parameter_group_state(
        cat("One or more database instances are still members of this parameter group ", name,
            ", so the group cannot be deleted"));
  ctx.erase<ParameterGroup>(name);
  return Value::map();
}

}  // namespace

std::string parameter_group_family(const sim::Scope& scope, const std::string& name) {
  if (const ParameterGroup* g = scope.view<ParameterGroup>(name)) return g->family;
  for (const EngineMajor& major : engine_majors())
    if (default_parameter_group(major) == name) return std::string(major.family);
  return {};
}

std::span<const api::HandlerRow> parameter_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateDBParameterGroup", api::Writes, create_group},
      {"CopyDBParameterGroup", api::Writes, copy_group},
      {"DescribeDBParameterGroups", api::Reads, describe_groups},
      {"DeleteDBParameterGroup", api::Writes, delete_group},
  };
  return rows;
}

}  // namespace squall::rds
