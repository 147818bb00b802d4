// Tags of ElastiCache's resources, by their ARNs.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

template <class Scope, class F>
void with_tags(Scope& scope, const std::string& arn, bool edit, F visit) {
  const auto parts = split(arn, ':');
  if (parts.size() != 7 || parts[2] != "elasticache") throw invalid_arn(arn);
  const std::string id{parts[6]};
  const auto on = [&]<class T>(const AwsError& missing) {
    const T* found = scope.template view<T>(id);
    if (!found) throw missing;
    if (edit)
      visit(scope.template edit<T>(id).tags);
    else
      visit(const_cast<Tags&>(found->tags));
  };
  const std::string_view kind = parts[5];
  if (kind == "replicationgroup")
    return on.template operator()<ReplicationGroup>(replication_group_not_found(id));
  if (kind == "cluster") return on.template operator()<CacheCluster>(cache_cluster_not_found(id));
  if (kind == "subnetgroup") return on.template operator()<SubnetGroup>(subnet_group_not_found(id));
  if (kind == "parametergroup")
    return on.template operator()<ParameterGroup>(parameter_group_not_found(id));
  if (kind == "snapshot") return on.template operator()<Snapshot>(snapshot_not_found(id));
  throw invalid_arn(arn);
}

/// Members of replication groups carry their group's tags, default groups none.
std::string owner_of(const sim::Scope& scope, const std::string& arn) {
  const auto parts = split(arn, ':');
  if (parts.size() != 7 || parts[5] != "cluster") return arn;
  const ReplicationGroup* group = group_of(scope, parts[6]);
  return group ? group->arn : arn;
}

Value add_tags(Context& ctx, Input in) {
  const Tags added = tags_from(in.list("Tags"));
  Value list;
  with_tags(ctx, owner_of(ctx, in.string("ResourceName")), true, [&](Tags& tags) {
    for (const auto& [key, value] : added) tags[key] = value;
    if (tags.size() > 50) {
      throw AwsError{"TagQuotaPerResourceExceeded",
                     "The resource already has the maximum number of tags."};
    }
    list = describe_tags(tags);
  });
  return {{"TagList", list}};
}

Value remove_tags(Context& ctx, Input in) {
  const auto keys = in.strings("TagKeys");
  Value list;
  with_tags(ctx, owner_of(ctx, in.string("ResourceName")), true, [&](Tags& tags) {
    for (const std::string& key : keys) {
      if (!tags.erase(key)) throw AwsError{"TagNotFound", cat("Tag not found: ", key), 404};
    }
    list = describe_tags(tags);
  });
  return {{"TagList", list}};
}

Value list_tags(Context& ctx, Input in) {
  const std::string arn = in.string("ResourceName");
  if (arn.find(":parametergroup:default.") != arn.npos) return {{"TagList", Value::list()}};
  Value list;
  with_tags(ctx, owner_of(ctx, arn), false, [&](const Tags& tags) { list = describe_tags(tags); });
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

}  // namespace squall::elasticache
