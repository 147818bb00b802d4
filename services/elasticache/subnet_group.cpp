// Cache subnet groups: where nodes may be placed.
#include <set>

#include "services/ec2/ec2.h"
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

void set_subnets(const sim::Scope& scope, SubnetGroup& group,
                 const std::vector<std::string>& subnet_ids) {
  std::set<std::string> vpcs;
  for (const std::string& id : subnet_ids) {
    const auto* subnet = scope.view<ec2::Subnet>(id);
    if (!subnet) throw invalid_subnet(cat("Some input subnets in :[", id, "] are invalid."));
    vpcs.insert(subnet->vpc_id);
  }
  if (subnet_ids.empty()) throw invalid_parameter_value("The SubnetIds list must not be empty.");
  if (vpcs.size() > 1) throw invalid_subnet("Subnets must all be in the same VPC.");
  if (!group.vpc_id.empty() && group.vpc_id != *vpcs.begin())
    throw invalid_subnet("The new subnets are not in the VPC of the existing cache subnet group.");
  group.vpc_id = *vpcs.begin();
  group.subnet_ids = subnet_ids;
}

Value describe(const sim::Scope& scope, const SubnetGroup& group) {
  const std::vector<std::string> network_types{"ipv4"};
  return {{"CacheSubnetGroupName", group.id},
          {"CacheSubnetGroupDescription", group.description},
          {"VpcId", group.vpc_id},
          {"Subnets", list_of(group.subnet_ids,
                              [&](const std::string& id) {
                                const auto* subnet = scope.view<ec2::Subnet>(id);
                                const std::string zone = subnet ? subnet->zone : "";
                                return Value{{"SubnetIdentifier", id},
                                             {"SubnetAvailabilityZone", Value{{"Name", zone}}},
                                             {"SupportedNetworkTypes", network_types}};
                              })},
          {"ARN", group.arn},
          {"SupportedNetworkTypes", network_types}};
}

bool is_used(const sim::Scope& scope, const std::string& name) {
  const std::string key = cat("subnet-group:", name);
  return !scope.by<ReplicationGroup>(key).empty() || !scope.by<CacheCluster>(key).empty();
}

Value create_group(Context& ctx, Input in) {
  SubnetGroup group;
  group.id = to_lower(in.string("CacheSubnetGroupName"));
  const bool valid =
      !group.id.empty() && group.id.size() <= 255 && std::ranges::all_of(group.id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  if (!valid) {
    throw invalid_parameter_value(
        cat("The parameter CacheSubnetGroupName must contain no more than 255 alphanumeric "
            "characters or hyphens: ",
            group.id));
  }
  group.arn = ctx.arn("elasticache", cat("subnetgroup:", group.id));
  group.description = in.string("CacheSubnetGroupDescription");
  if (ctx.has<SubnetGroup>(group.id)) throw subnet_group_already_exists(group.id);
  set_subnets(ctx, group, in.strings("SubnetIds"));
  group.tags = tags_from(in.list("Tags"));
  return {{"CacheSubnetGroup", describe(ctx, ctx.add(std::move(group)))}};
}

Value describe_groups(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheSubnetGroupName"));
  if (!name.empty() && !ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  const Page page = paginate(
      ctx.all<SubnetGroup>(), page_from(in),
      [&](const SubnetGroup& g) { return name.empty() || g.id == name; },
      [&](const SubnetGroup& g) { return describe(ctx, g); });
  return {{"CacheSubnetGroups", page.items}, {"Marker", page.next_token}};
}

Value modify_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheSubnetGroupName"));
  if (!ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  SubnetGroup& group = ctx.edit<SubnetGroup>(name);
  if (auto description = in.optional_string("CacheSubnetGroupDescription"))
    group.description = *description;
  if (in.has("SubnetIds")) {
    const auto ids = in.strings("SubnetIds");
    for (const ReplicationGroup* user : ctx.by<ReplicationGroup>(cat("subnet-group:", name)))
      for (const NodeGroup& ng : user->node_groups)
        for (const CacheNode& node : ng.nodes)
          if (std::ranges::find(ids, node.subnet_id) == ids.end())
            throw AwsError{"SubnetInUse", cat("Subnet is currently in use: ", node.subnet_id)};
    set_subnets(ctx, group, ids);
  }
  return {{"CacheSubnetGroup", describe(ctx, group)}};
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheSubnetGroupName"));
  if (!ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  if (is_used(ctx, name)) throw subnet_group_in_use(name);
  ctx.erase<SubnetGroup>(name);
  return Value::map();
}

}  // namespace

std::vector<std::string> zones_of(const sim::Scope& scope, const SubnetGroup& group) {
  std::set<std::string> zones;
  for (const std::string& id : group.subnet_ids)
    if (const auto* subnet = scope.view<ec2::Subnet>(id)) zones.insert(subnet->zone);
  return {zones.begin(), zones.end()};
}

const SubnetGroup& subnet_group_for(sim::Scope& scope, const std::string& name) {
  const std::string id = name.empty() ? "default" : to_lower(name);
  if (const SubnetGroup* group = scope.view<SubnetGroup>(id)) return *group;
  if (id != "default") throw subnet_group_not_found(id);
  SubnetGroup group;
  group.id = id;
  group.arn = scope.arn("elasticache", "subnetgroup:default");
  group.description = "Default CacheSubnetGroup";
  for (const ec2::Subnet& subnet : scope.all<ec2::Subnet>()) {
    if (!subnet.is_default) continue;
    group.vpc_id = subnet.vpc_id;
    group.subnet_ids.push_back(subnet.id);
  }
  if (group.subnet_ids.empty())
    throw AwsError{"InvalidVPCNetworkStateFault", "No default subnet detected in VPC."};
  return scope.add(std::move(group));
}

std::span<const api::HandlerRow> subnet_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateCacheSubnetGroup", api::Writes, create_group},
      {"DescribeCacheSubnetGroups", api::Reads, describe_groups},
      {"ModifyCacheSubnetGroup", api::Writes, modify_group},
      {"DeleteCacheSubnetGroup", api::Writes, delete_group},
  };
  return rows;
}

}  // namespace squall::elasticache
