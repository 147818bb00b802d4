// Authorizing, revoking and changing the rules of security groups.
#include <algorithm>

#include "services/ec2/group_rules.h"

namespace squall::ec2 {
namespace {

constexpr int64_t rules_max = 60;  // a group and direction, AWS's default quota

AwsError no_such_rule(std::string_view id) {
  return {"InvalidSecurityGroupRuleId.NotFound",
          cat("The security group rule ID '", id, "' does not exist")};
}

void check_room(const SecurityGroup& group, bool egress) {
  const auto count = std::count_if(group.rules.begin(), group.rules.end(),
                                   [&](const GroupRule& r) { return r.egress == egress; });
  if (count > rules_max)
    throw AwsError{"RulesPerSecurityGroupLimitExceeded",
                   "The maximum number of rules per security group has been reached."};
}

Value authorize(Context& ctx, const Input& in, bool egress) {
  SecurityGroup& group = ctx.edit<SecurityGroup>(group_id_of(ctx, in));
  std::vector<GroupRule> added = rules_of_request(ctx, group, egress, in);
  const Tags tags = tags_for(in, "security-group-rule");
  Value shown = Value::list();
  for (GroupRule& rule : added) {
    for (const GroupRule& existing : group.rules)
      if (is_same_rule(existing, rule))
        throw AwsError{"InvalidPermission.Duplicate",
                       cat("the specified rule \"", rule_words(rule), "\" already exists")};
    rule.id = ctx.new_id("sgr", group.id);
    rule.tags = tags;
    shown.push(describe_rule(ctx, group, rule));
  }
  group.rules.insert(group.rules.end(), added.begin(), added.end());
  check_room(group, egress);
  return {{"Return", true}, {"SecurityGroupRules", shown}};
}

Value authorize_ingress(Context& ctx, Input in) { return authorize(ctx, in, false); }
Value authorize_egress(Context& ctx, Input in) { return authorize(ctx, in, true); }

GroupRule& rule_in(SecurityGroup& group, std::string_view id) {
  for (GroupRule& rule : group.rules)
    if (rule.id == id) return rule;
  throw no_such_rule(id);
}

Value revoke(Context& ctx, const Input& in, bool egress) {
  SecurityGroup& group = ctx.edit<SecurityGroup>(group_id_of(ctx, in));
  Strings ids = in.strings("SecurityGroupRuleIds");
  if (ids.empty()) {
    for (const GroupRule& wanted : rules_of_request(ctx, group, egress, in)) {
      const auto at = std::find_if(group.rules.begin(), group.rules.end(),
                                   [&](const GroupRule& r) { return is_same_rule(r, wanted); });
      if (at == group.rules.end())
        throw AwsError{"InvalidPermission.NotFound",
                       "The specified rule does not exist in this security group."};
      ids.push_back(at->id);
    }
  } else if (in.has("IpPermissions")) {
    throw invalid_parameter_combination(
        "The parameter securityGroupRuleIds cannot be used with the parameter ipPermissions");
  }
  Value revoked = Value::list();
  for (const std::string& id : ids) {
    const GroupRule& rule = rule_in(group, id);
    if (rule.egress != egress) throw no_such_rule(id);
    revoked.push(describe_revoked_rule(group, rule));
    std::erase_if(group.rules, [&](const GroupRule& r) { return r.id == id; });
  }
  return {{"Return", true}, {"RevokedSecurityGroupRules", revoked}};
}

Value revoke_ingress(Context& ctx, Input in) { return revoke(ctx, in, false); }
Value revoke_egress(Context& ctx, Input in) { return revoke(ctx, in, true); }

/// The rule that a SecurityGroupRuleRequest describes, in place of `before`.
GroupRule changed_rule(const Context& ctx, const GroupRule& before, const Input& wanted) {
  GroupRule rule;
  rule.id = before.id;
  rule.egress = before.egress;
  rule.tags = before.tags;
  rule.description = wanted.string("Description");
  check_rule_description(rule.description);
  set_protocol(rule, wanted.optional_string("IpProtocol"), wanted.optional_integer("FromPort"),
               wanted.optional_integer("ToPort"));
  int peers = 0;
  if (const auto block = wanted.optional_string("CidrIpv4")) {
    rule.cidr_ipv4 = parse_cidr(*block, "cidrIpv4").text();
    ++peers;
  }
  if (const auto block = wanted.optional_string("CidrIpv6")) {
    rule.cidr_ipv6 = canonical_ipv6_block(*block);
    ++peers;
  }
  if (const auto list = wanted.optional_string("PrefixListId")) {
    rule.prefix_list_id = *list;
    ++peers;
  }
  if (const auto group = wanted.optional_string("ReferencedGroupId")) {
    rule.group_id = require<SecurityGroup>(ctx, *group).id;
    rule.group_owner = ctx.account();
    ++peers;
  }
  if (peers != 1)
    throw invalid_parameter_value(
        "Exactly one of CidrIpv4, CidrIpv6, PrefixListId or "
        "ReferencedGroupId must be specified for a security group rule.");
  return rule;
}

Value modify_security_group_rules(Context& ctx, Input in) {
  SecurityGroup& group = require_edit<SecurityGroup>(ctx, in.string("GroupId"));
  for (const Input& update : in.list("SecurityGroupRules")) {
    GroupRule& rule = rule_in(group, update.string("SecurityGroupRuleId"));
    const GroupRule after = changed_rule(ctx, rule, update.at("SecurityGroupRule"));
    for (const GroupRule& other : group.rules)
      if (other.id != after.id && is_same_rule(other, after))
        throw AwsError{"InvalidPermission.Duplicate",
                       cat("the specified rule \"", rule_words(after), "\" already exists")};
    rule = after;
  }
  return {{"Return", true}};
}

Value update_descriptions(Context& ctx, const Input& in, bool egress) {
  SecurityGroup& group = ctx.edit<SecurityGroup>(group_id_of(ctx, in));
  const auto by_id = in.list("SecurityGroupRuleDescriptions");
  const auto permissions = in.list("IpPermissions");
  if (by_id.empty() && permissions.empty()) throw missing_parameter("ipPermissions");
  for (const Input& update : by_id) {
    GroupRule& rule = rule_in(group, update.string("SecurityGroupRuleId"));
    if (rule.egress != egress) throw no_such_rule(rule.id);
    rule.description = update.string("Description");
    check_rule_description(rule.description);
  }
  for (const GroupRule& wanted : rules_of_permissions(ctx, group, egress, permissions)) {
    const auto at = std::find_if(group.rules.begin(), group.rules.end(),
                                 [&](const GroupRule& r) { return is_same_rule(r, wanted); });
    if (at == group.rules.end())
      throw AwsError{"InvalidPermission.NotFound",
                     "The specified rule does not exist in this security group."};
    at->description = wanted.description;
  }
  return {{"Return", true}};
}

Value update_descriptions_ingress(Context& ctx, Input in) {
  return update_descriptions(ctx, in, false);
}
Value update_descriptions_egress(Context& ctx, Input in) {
  return update_descriptions(ctx, in, true);
}

}  // namespace

HandlerRows group_rule_change_rows() {
  static const HandlerRow rows[] = {
      {"AuthorizeSecurityGroupIngress", Writes, authorize_ingress},
      {"AuthorizeSecurityGroupEgress", Writes, authorize_egress},
      {"RevokeSecurityGroupIngress", Writes, revoke_ingress},
      {"RevokeSecurityGroupEgress", Writes, revoke_egress},
      {"ModifySecurityGroupRules", Writes, modify_security_group_rules},
      {"UpdateSecurityGroupRuleDescriptionsIngress", Writes, update_descriptions_ingress},
      {"UpdateSecurityGroupRuleDescriptionsEgress", Writes, update_descriptions_egress},
  };
  return rows;
}

}  // namespace squall::ec2
