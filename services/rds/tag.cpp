// Tags of RDS's resources, by their ARNs.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

/// Runs `visit` on the tags behind an ARN; `edit` says whether they are about to change.
template <class Scope, class F>
void with_tags(Scope& scope, const std::string& arn, bool edit, F visit) {
  const auto parts = split(arn, ':');
  if (parts.size() < 7 || parts[2] != "rds")
    throw invalid_parameter_value(
        cat("The specified resource name does not match an RDS resource in this region."));
  const std::string_view kind = parts[5];
  const std::string id{arn.substr(static_cast<size_t>(parts[6].data() - arn.data()))};
  const auto on = [&]<class T>(const AwsError& missing) {
    const T* found = scope.template view<T>(id);
    if (!found) throw missing;
    if (edit)
      visit(scope.template edit<T>(id).tags);
    else
      visit(const_cast<Tags&>(found->tags));
  };
  if (kind == "db") return on.template operator()<DbInstance>(instance_not_found(id));
  if (kind == "subgrp") return on.template operator()<SubnetGroup>(subnet_group_not_found(id));
  if (kind == "pg") return on.template operator()<ParameterGroup>(parameter_group_not_found(id));
  if (kind == "og") return on.template operator()<OptionGroup>(option_group_not_found(id));
  if (kind == "snapshot") return on.template operator()<Snapshot>(snapshot_not_found(id));
  if (kind == "es") return on.template operator()<EventSubscription>(subscription_not_found(id));
  throw invalid_parameter_value(cat("Invalid resource name: ", arn));
}

Value add_tags(Context& ctx, Input in) {
  const Tags added = tags_from(in.list("Tags"));
  with_tags(ctx, in.string("ResourceName"), true, [&](Tags& tags) {
    for (const auto& [key, value] : added) tags[key] = value;
    if (tags.size() > 50) throw invalid_parameter_value("A resource can have at most 50 tags.");
  });
  return Value::map();
}

Value remove_tags(Context& ctx, Input in) {
  const auto keys = in.strings("TagKeys");
  with_tags(ctx, in.string("ResourceName"), true, [&](Tags& tags) {
    for (const std::string& key : keys) tags.erase(key);
  });
  return Value::map();
}

Value list_tags(Context& ctx, Input in) {
  check_filters(in, {});
  const std::string arn = in.string("ResourceName");
  // The default groups exist without a record and carry no tags.
  const std::string name = arn.substr(std::min(arn.size(), arn.find(":pg:") + 4));
  const bool is_default =
      arn.find(":og:default:") != arn.npos ||
      (arn.find(":pg:default.") != arn.npos && !parameter_group_family(ctx, name).empty());
  if (is_default) return {{"TagList", Value::list()}};
  Value list;
  with_tags(ctx, arn, false, [&](const Tags& tags) { list = describe_tags(tags); });
  return {{"TagList", list}};
}

}  // namespace

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {
      {"AddTagsToResource", api::Writes, add_tags},
      {"RemoveTagsFromResource", api::Writes, remove_tags},
      {"ListTagsForResource", api::Reads, list_tags},
  };
  return rows;
}

}  // namespace squall::rds
