// DescribeCacheEngineVersions, and what there is to say about updates and node types.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

Value describe_versions(Context&, Input in) {
  const std::string engine = in.string("Engine"), version = in.string("EngineVersion"),
                    family = in.string("CacheParameterGroupFamily");
  const bool default_only = in.boolean("DefaultOnly");
  page_from(in);  // there are fewer than the smallest page holds
  Value list = Value::list();
  for (const EngineVersion& v : engine_versions()) {
    if (!engine.empty() && v.engine != engine) continue;
    if (!version.empty() && v.version != version && !v.version.starts_with(cat(version, '.')))
      continue;
    if (!family.empty() && v.family != family) continue;
    if (default_only && find_version(v.engine, version) != &v) continue;
    list.push({{"Engine", v.engine},
               {"EngineVersion", v.version},
               {"CacheParameterGroupFamily", v.family},
               {"CacheEngineDescription", engine_description(v.engine)},
               {"CacheEngineVersionDescription",
                cat(engine_description(v.engine), " version ", v.version)}});
  }
  return {{"CacheEngineVersions", list}};
}

Value describe_updates(Context&, Input in) {
  const std::string name = in.string("ServiceUpdateName");
  in.ignore("ServiceUpdateStatus");  // whichever: no update is ever due here
  page_from(in);
  if (!name.empty())
    throw AwsError{"ServiceUpdateNotFoundFault", cat("Service update ", name, " not found."), 404};
  return {{"ServiceUpdates", Value::list()}};
}

/// A cluster may change to any other type; by position in the catalogue, up or down.
Value list_allowed_types(Context& ctx, Input in) {
  const std::string group_id = in.string("ReplicationGroupId"),
                    cluster_id = to_lower(in.string("CacheClusterId"));
  if (group_id.empty() == cluster_id.empty()) {
    throw invalid_parameter_combination(
        "Exactly one of ReplicationGroupId and CacheClusterId must be specified.");
  }
  std::string current;
  if (!group_id.empty()) {
    current = replication_group_at(ctx, group_id).node_type;
  } else if (const ReplicationGroup* group = group_of(ctx, cluster_id)) {
    current = group->node_type;
  } else {
    const CacheCluster* cluster = ctx.view<CacheCluster>(cluster_id);
    if (!cluster) throw cache_cluster_not_found(cluster_id);
    current = cluster->node_type;
  }
  Value up = Value::list(), down = Value::list();
  bool above = false;
  for (const std::string_view type : node_types()) {
    if (type == current)
      above = true;
    else
      (above ? up : down).push(type);
  }
  return {{"ScaleUpModifications", up}, {"ScaleDownModifications", down}};
}

}  // namespace

std::span<const api::HandlerRow> version_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeCacheEngineVersions", api::Reads, describe_versions},
      {"DescribeServiceUpdates", api::Reads, describe_updates},
      {"ListAllowedNodeTypeModifications", api::Reads, list_allowed_types},
  };
  return rows;
}

}  // namespace squall::elasticache
