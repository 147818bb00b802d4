// Security groups: created, found and deleted. Their rules are in the group_rule files.
#include <algorithm>

#include "services/ec2/group_rules.h"

namespace squall::ec2 {
namespace {

std::string group_arn(const sim::Scope& scope, const SecurityGroup& group) {
  return scope.arn("ec2", cat("security-group/", group.id));
}

void check_text(std::string_view what, std::string_view plural, std::string_view text) {
  constexpr std::string_view signs = ". _-:/()#,@[]+=&;{}!$*";
  const bool fits = text.size() <= 255 && std::all_of(text.begin(), text.end(), [&](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || signs.find(c) != signs.npos;
                    });
  if (!fits)
    throw invalid_parameter_value(cat("Invalid security group ", what, ". Valid ", plural,
                                      " are strings less than 256 characters from the following "
                                      "set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"));
}

const Vpc& vpc_or_default(const sim::Scope& scope, const std::string& id) {
  if (!id.empty()) return require<Vpc>(scope, id);
  const Vpc* vpc = default_vpc(scope);
  if (!vpc) throw AwsError{"VPCIdNotSpecified", "No default VPC for this user"};
  return *vpc;
}

Value create_security_group(Context& ctx, Input in) {
  const std::string name = in.string("GroupName"), description = in.string("Description");
  if (trim(name).empty()) throw missing_parameter("groupName");
  if (trim(description).empty()) throw missing_parameter("groupDescription");
  if (name.starts_with("sg-"))
    throw invalid_parameter_value(cat("Value (", name,
                                      ") for parameter GroupName is invalid. "
                                      "Group names may not be in the format sg-*."));
  check_text("name", "names", name);
  check_text("description", "descriptions", description);
  const Vpc& vpc = vpc_or_default(ctx, in.string("VpcId"));
  if (name == "default")
    throw AwsError{"InvalidGroup.Reserved", "Cannot use reserved security group name: default"};
  if (group_by_name(ctx, vpc.id, name))
    throw AwsError{"InvalidGroup.Duplicate",
                   cat("The security group '", name, "' already exists for VPC '", vpc.id, "'")};
  SecurityGroup group;
  group.id = ctx.new_id("sg", vpc.id);
  group.name = name;
  group.description = description;
  group.vpc_id = vpc.id;
  group.tags = tags_for(in, "security-group");
  GroupRule out;
  out.id = ctx.new_id("sgr", group.id);
  out.egress = true;
  out.protocol = "-1";
  out.cidr_ipv4 = "0.0.0.0/0";
  group.rules.push_back(out);
  Value answer{{"GroupId", group.id},
               {"Tags", describe_tags(group.tags, true)},
               {"SecurityGroupArn", group_arn(ctx, group)}};
  ctx.add(std::move(group));
  return answer;
}

bool is_in_use(const sim::Scope& scope, const std::string& id) {
  if (!scope.by<NetworkInterface>("group:" + id).empty()) return true;
  for (const SecurityGroup* other : scope.by<SecurityGroup>("references:" + id))
    if (other->id != id) return true;
  return false;
}

Value delete_security_group(Context& ctx, Input in) {
  const std::string id = group_id_of(ctx, in);
  if (ctx.view<SecurityGroup>(id)->name == "default")
    throw AwsError{"CannotDelete", cat("the specified group: \"", id,
                                       "\" name: \"default\" cannot be deleted by a user")};
  if (is_in_use(ctx, id))
    throw dependency_violation(cat("resource ", id, " has a dependent object"));
  ctx.erase<SecurityGroup>(id);
  return {{"Return", true}, {"GroupId", id}};
}

Value describe(const sim::Scope& scope, const SecurityGroup& group) {
  return {{"GroupId", group.id},
          {"GroupName", group.name},
          {"Description", group.description},
          {"VpcId", group.vpc_id},
          {"OwnerId", scope.account()},
          {"SecurityGroupArn", group_arn(scope, group)},
          {"IpPermissions", describe_permissions(group.rules, false)},
          {"IpPermissionsEgress", describe_permissions(group.rules, true)},
          {"Tags", describe_tags(group.tags, true)}};
}

using S = Shown<SecurityGroup>;

/// The values of one field over the rules of one direction.
template <bool egress, class Field>
Strings of_rules(const S& s, Field field) {
  Strings out;
  for (const GroupRule& rule : s->rules) {
    if (rule.egress != egress) continue;
    std::string text = field(rule);
    if (!text.empty()) out.push_back(std::move(text));
  }
  return out;
}
std::string cidr_of(const GroupRule& r) { return r.cidr_ipv4; }
std::string cidr6_of(const GroupRule& r) { return r.cidr_ipv6; }
std::string group_of(const GroupRule& r) { return r.group_id; }
std::string list_of_rule(const GroupRule& r) { return r.prefix_list_id; }
std::string owner_of(const GroupRule& r) { return r.group_owner; }
std::string protocol_of(const GroupRule& r) { return r.protocol; }
std::string from_of(const GroupRule& r) { return r.protocol == "-1" ? "" : cat(r.from_port); }
std::string to_of(const GroupRule& r) { return r.protocol == "-1" ? "" : cat(r.to_port); }

template <bool egress>
Strings group_names(const S& s) {
  Strings names;
  for (const GroupRule& rule : s->rules) {
    if (rule.egress != egress || rule.group_id.empty()) continue;
    if (const SecurityGroup* peer = s.scope->view<SecurityGroup>(rule.group_id))
      names.push_back(peer->name);
  }
  return names;
}

const ShownFilter<SecurityGroup> filters[] = {
    {"group-id", [](const S& s) { return Strings{s->id}; }},
    {"group-name", [](const S& s) { return Strings{s->name}; }},
    {"description", [](const S& s) { return Strings{s->description}; }},
    {"vpc-id", [](const S& s) { return Strings{s->vpc_id}; }, "vpc:"},
    {"owner-id", [](const S& s) { return Strings{s.scope->account()}; }},
    {"ip-permission.cidr", [](const S& s) { return of_rules<false>(s, cidr_of); }},
    {"ip-permission.ipv6-cidr", [](const S& s) { return of_rules<false>(s, cidr6_of); }},
    {"ip-permission.from-port", [](const S& s) { return of_rules<false>(s, from_of); }},
    {"ip-permission.to-port", [](const S& s) { return of_rules<false>(s, to_of); }},
    {"ip-permission.protocol", [](const S& s) { return of_rules<false>(s, protocol_of); }},
    {"ip-permission.group-id", [](const S& s) { return of_rules<false>(s, group_of); }},
    {"ip-permission.group-name", group_names<false>},
    {"ip-permission.prefix-list-id", [](const S& s) { return of_rules<false>(s, list_of_rule); }},
    {"ip-permission.user-id", [](const S& s) { return of_rules<false>(s, owner_of); }},
    {"egress.ip-permission.cidr", [](const S& s) { return of_rules<true>(s, cidr_of); }},
    {"egress.ip-permission.ipv6-cidr", [](const S& s) { return of_rules<true>(s, cidr6_of); }},
    {"egress.ip-permission.from-port", [](const S& s) { return of_rules<true>(s, from_of); }},
    {"egress.ip-permission.to-port", [](const S& s) { return of_rules<true>(s, to_of); }},
    {"egress.ip-permission.protocol", [](const S& s) { return of_rules<true>(s, protocol_of); }},
    {"egress.ip-permission.group-id", [](const S& s) { return of_rules<true>(s, group_of); }},
    {"egress.ip-permission.group-name", group_names<true>},
    {"egress.ip-permission.prefix-list-id",
     [](const S& s) { return of_rules<true>(s, list_of_rule); }},
    {"egress.ip-permission.user-id", [](const S& s) { return of_rules<true>(s, owner_of); }},
};

Value describe_security_groups(Context& ctx, Input in) {
  Strings ids = in.strings("GroupIds");
  for (const std::string& name : in.strings("GroupNames")) {
    const Vpc* vpc = default_vpc(ctx);
    const SecurityGroup* group = vpc ? group_by_name(ctx, vpc->id, name) : nullptr;
    if (!group)
      throw AwsError{"InvalidGroup.NotFound",
                     cat("The security group '", name, "' does not exist in default VPC '",
                         vpc ? vpc->id : "none", "'")};
    ids.push_back(group->id);
  }
  return describe_records_by<SecurityGroup>(
      ctx, in, ids, "SecurityGroups", filters,
      [&](const SecurityGroup& g) { return describe(ctx, g); });
}

}  // namespace

Strings groups_or_default(const sim::Scope& scope, const Vpc& vpc, const Strings& wanted) {
  if (wanted.empty()) return {vpc.default_group_id};
  for (const std::string& id : wanted)
    if (require<SecurityGroup>(scope, id).vpc_id != vpc.id)
      throw invalid_parameter_value(
          cat("You have specified two resources that belong to different networks."));
  return wanted;
}

Value describe_group_identifiers(const sim::Scope& scope, const Strings& group_ids) {
  return list_of(group_ids, [&](const std::string& id) {
    const SecurityGroup* group = scope.view<SecurityGroup>(id);
    return Value{{"GroupId", id}, {"GroupName", group ? group->name : std::string()}};
  });
}

HandlerRows security_group_rows() {
  static const HandlerRow rows[] = {
      {"CreateSecurityGroup", Writes, create_security_group},
      {"DeleteSecurityGroup", Writes, delete_security_group},
      {"DescribeSecurityGroups", Reads, describe_security_groups},
  };
  return rows;
}

}  // namespace squall::ec2
