// How AWS shows security group rules: grouped into permissions, and one by one.
#include "services/ec2/group_rules.h"

namespace squall::ec2 {
namespace {

struct Permission {
  const GroupRule* first;
  Value pairs = Value::list(), blocks = Value::list(), blocks6 = Value::list(),
        lists = Value::list();
};

Value with_description(Value shown, const GroupRule& rule) {
  if (!rule.description.empty()) shown.set("Description", rule.description);
  return shown;
}

}  // namespace

Value describe_permissions(const std::vector<GroupRule>& rules, bool egress) {
  std::vector<Permission> permissions;
  for (const GroupRule& rule : rules) {
    if (rule.egress != egress) continue;
    Permission* at = nullptr;
    for (Permission& p : permissions)
      if (p.first->protocol == rule.protocol && p.first->from_port == rule.from_port &&
          p.first->to_port == rule.to_port)
        at = &p;
    if (!at) at = &permissions.emplace_back(Permission{&rule});
    if (!rule.cidr_ipv4.empty())
      at->blocks.push(with_description({{"CidrIp", rule.cidr_ipv4}}, rule));
    else if (!rule.cidr_ipv6.empty())
      at->blocks6.push(with_description({{"CidrIpv6", rule.cidr_ipv6}}, rule));
    else if (!rule.prefix_list_id.empty())
      at->lists.push(with_description({{"PrefixListId", rule.prefix_list_id}}, rule));
    else
      at->pairs.push(
          with_description({{"UserId", rule.group_owner}, {"GroupId", rule.group_id}}, rule));
  }
  return list_of(permissions, [](const Permission& p) {
    Value shown{{"IpProtocol", p.first->protocol}};
    const bool has_ports = p.first->protocol == "tcp" || p.first->protocol == "udp" ||
                           p.first->protocol.starts_with("icmp");
    if (has_ports) {
      shown.set("FromPort", p.first->from_port);
      shown.set("ToPort", p.first->to_port);
    }
    shown.set("UserIdGroupPairs", p.pairs);
    shown.set("IpRanges", p.blocks);
    shown.set("Ipv6Ranges", p.blocks6);
    shown.set("PrefixListIds", p.lists);
    return shown;
  });
}

namespace {

Value rule_base(const SecurityGroup& group, const GroupRule& rule) {
  Value shown{{"SecurityGroupRuleId", rule.id}, {"GroupId", group.id},
              {"IsEgress", rule.egress},        {"IpProtocol", rule.protocol},
              {"FromPort", rule.from_port},     {"ToPort", rule.to_port}};
  if (!rule.cidr_ipv4.empty()) shown.set("CidrIpv4", rule.cidr_ipv4);
  if (!rule.cidr_ipv6.empty()) shown.set("CidrIpv6", rule.cidr_ipv6);
  if (!rule.prefix_list_id.empty()) shown.set("PrefixListId", rule.prefix_list_id);
  return with_description(shown, rule);
}

}  // namespace

Value describe_rule(const sim::Scope& scope, const SecurityGroup& group, const GroupRule& rule) {
  Value shown = rule_base(group, rule);
  shown.set("GroupOwnerId", scope.account());
  if (!rule.group_id.empty())
    shown.set("ReferencedGroupInfo",
              Value{{"GroupId", rule.group_id}, {"UserId", rule.group_owner}});
  shown.set("SecurityGroupRuleArn", scope.arn("ec2", cat("security-group-rule/", rule.id)));
  shown.set("Tags", describe_tags(rule.tags));
  return shown;
}

Value describe_revoked_rule(const SecurityGroup& group, const GroupRule& rule) {
  Value shown = rule_base(group, rule);
  if (!rule.group_id.empty()) shown.set("ReferencedGroupId", rule.group_id);
  return shown;
}

}  // namespace squall::ec2
