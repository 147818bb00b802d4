// DB subnet groups: where instances may be placed.
#include <set>

#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

constexpr size_t subnets_max = 20;

std::string group_name(const std::string& raw) {
  const std::string name = to_lower(raw);
  const bool valid = !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           c == ' ';
  });
  if (!valid) {
    throw invalid_parameter_value(
        cat("The parameter DBSubnetGroupName must be provided and must not be blank, and must "
            "contain only letters, numbers, periods, underscores, spaces and hyphens: ",
            raw));
  }
  return name;
}

/// Sets the subnets after AWS's checks: they exist, lie in one VPC and cover two zones.
void set_subnets(const sim::Scope& scope, SubnetGroup& group,
                 const std::vector<std::string>& subnet_ids) {
  std::set<std::string> zones, vpcs;
  std::vector<std::string> missing;
  for (const std::string& id : subnet_ids) {
    if (const auto* subnet = scope.view<ec2::Subnet>(id)) {
      zones.insert(subnet->zone);
      vpcs.insert(subnet->vpc_id);
    } else {
      missing.push_back(id);
    }
  }
  if (!missing.empty())
    throw invalid_subnet(cat("Some input subnets in :[", join(missing, ", "), "] are invalid."));
  if (vpcs.size() > 1) {
    throw invalid_parameter_value(
        "The DB subnet group can't span VPCs: all subnets must belong to the same VPC.");
  }
  if (zones.size() < 2) throw subnet_group_does_not_cover_zones();
  if (subnet_ids.size() > subnets_max) {
    throw AwsError{"DBSubnetQuotaExceededFault",
                   "The request would result in the user exceeding the allowed number of subnets "
                   "in a DB subnet groups."};
  }
  group.vpc_id = *vpcs.begin();
  group.subnet_ids = subnet_ids;
}

Value create_group(Context& ctx, Input in) {
  SubnetGroup group;
  group.id = group_name(in.string("DBSubnetGroupName"));
  if (group.id == "default") {
    throw invalid_parameter_value(
        "The parameter DBSubnetGroupName is not valid: 'default' is reserved.");
  }
  group.arn = ctx.arn("rds", cat("subgrp:", group.id));
  group.description = in.string("DBSubnetGroupDescription");
  if (ctx.has<SubnetGroup>(group.id)) throw subnet_group_already_exists(group.id);
  set_subnets(ctx, group, in.strings("SubnetIds"));
  group.tags = tags_from(in.list("Tags"));
  return {{"DBSubnetGroup", describe(ctx, ctx.add(std::move(group)))}};
}

Value describe_groups(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBSubnetGroupName"));
  if (!name.empty() && !ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  check_filters(in, {});
  const Page page = paginate(
      ctx.all<SubnetGroup>(), page_from(in),
      [&](const SubnetGroup& g) { return name.empty() || g.id == name; },
      [&](const SubnetGroup& g) { return describe(ctx, g); });
  return {{"DBSubnetGroups", page.items}, {"Marker", page.next_token}};
}

Value modify_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBSubnetGroupName"));
  if (!ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  SubnetGroup& group = ctx.edit<SubnetGroup>(name);
  const auto subnet_ids = in.strings("SubnetIds");
  for (const DbInstance* db : ctx.by<DbInstance>(cat("subnet-group:", name))) {
    for (const std::string& used : {db->primary_subnet, db->secondary_subnet}) {
      if (!used.empty() && std::ranges::find(subnet_ids, used) == subnet_ids.end()) {
        throw AwsError{"SubnetAlreadyInUse",
                       cat("The DB subnet is already in use: ", used, " by ", db->id, ".")};
      }
    }
  }
  const std::string vpc = group.vpc_id;
  set_subnets(ctx, group, subnet_ids);
  if (group.vpc_id != vpc && !ctx.by<DbInstance>(cat("subnet-group:", name)).empty())
    throw invalid_subnet("The new Subnets are not in the same Vpc as the existing subnet group");
  if (auto description = in.optional_string("DBSubnetGroupDescription"))
    group.description = *description;
  return {{"DBSubnetGroup", describe(ctx, group)}};
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBSubnetGroupName"));
  if (!ctx.has<SubnetGroup>(name)) throw subnet_group_not_found(name);
  const auto users = ctx.by<DbInstance>(cat("subnet-group:", name));
  if (!users.empty()) {
    throw invalid_subnet_group_state(cat(
        "Cannot delete the subnet group '", name,
        "' because at least one database instance: ", users.front()->id, " is still using it."));
  }
  ctx.erase<SubnetGroup>(name);
  return Value::map();
}

}  // namespace

Value describe(const sim::Scope& scope, const SubnetGroup& group) {
  return {{"DBSubnetGroupName", group.id},
          {"DBSubnetGroupDescription", group.description},
          {"VpcId", group.vpc_id},
          {"SubnetGroupStatus", "Complete"},
          {"Subnets", list_of(group.subnet_ids,
                              [&](const std::string& id) {
                                const auto* subnet = scope.view<ec2::Subnet>(id);
                                const std::string zone = subnet ? subnet->zone : "";
                                return Value{{"SubnetIdentifier", id},
                                             {"SubnetAvailabilityZone", Value{{"Name", zone}}},
                                             {"SubnetOutpost", Value::map()},
                                             {"SubnetStatus", "Active"}};
                              })},
          {"DBSubnetGroupArn", group.arn},
          {"SupportedNetworkTypes", std::vector<std::string>{"IPV4"}}};
}

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
  group.arn = scope.arn("rds", "subgrp:default");
  group.description = "default";
  for (const ec2::Subnet& subnet : scope.all<ec2::Subnet>()) {
    if (!subnet.is_default) continue;
    group.vpc_id = subnet.vpc_id;
    group.subnet_ids.push_back(subnet.id);
  }
  if (group.subnet_ids.empty()) {
    throw invalid_subnet(
        "No default subnet detected in VPC. Please contact AWS Support to recreate default "
        "Subnets.");
  }
  return scope.add(std::move(group));
}

std::span<const api::HandlerRow> subnet_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateDBSubnetGroup", api::Writes, create_group},
      {"DescribeDBSubnetGroups", api::Reads, describe_groups},
      {"ModifyDBSubnetGroup", api::Writes, modify_group},
      {"DeleteDBSubnetGroup", api::Writes, delete_group},
  };
  return rows;
}

}  // namespace squall::rds
