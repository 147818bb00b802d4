// DescribeSecurityGroupRules, and what refers to a group.
#include <algorithm>
#include <set>

#include "services/ec2/group_rules.h"

namespace squall::ec2 {
namespace {

struct ShownRule {
  std::string id;
  const SecurityGroup* group;
  const GroupRule* rule;
  const Tags& tags;
};

const FilterRow<ShownRule> filters[] = {
    {"group-id", [](const ShownRule& r) { return Strings{r.group->id}; }},
    {"security-group-rule-id", [](const ShownRule& r) { return Strings{r.id}; }},
};

void add_rules(std::vector<ShownRule>& rules, const SecurityGroup& group) {
  for (const GroupRule& rule : group.rules) rules.push_back({rule.id, &group, &rule, rule.tags});
}

/// The rules to look through: of the named groups only, where exact names are given.
std::vector<ShownRule> candidates(const Context& ctx, const Input& in, const Strings& ids) {
  std::vector<ShownRule> rules;
  for (const std::string& id : ids) {
    const auto found = ctx.by<SecurityGroup>("rule:" + id);
    if (found.empty())
      throw AwsError{"InvalidSecurityGroupRuleId.NotFound",
                     cat("The security group rule ID '", id, "' does not exist")};
    for (const GroupRule& rule : found.front()->rules)
      if (rule.id == id) rules.push_back({rule.id, found.front(), &rule, rule.tags});
  }
  if (!ids.empty()) return rules;
  for (const Filter& filter : filters_from(in)) {
    const bool exact = std::none_of(filter.values.begin(), filter.values.end(), [](const auto& v) {
      return v.find_first_of("*?\\") != v.npos;
    });
    if (filter.name != "group-id" || !exact) continue;
    for (const std::string& id : std::set<std::string>(filter.values.begin(), filter.values.end()))
      if (const SecurityGroup* group = ctx.view<SecurityGroup>(id)) add_rules(rules, *group);
    return rules;
  }
  for (const SecurityGroup& group : ctx.all<SecurityGroup>()) add_rules(rules, group);
  return rules;
}

Value describe_security_group_rules(Context& ctx, Input in) {
  const FilterSet<ShownRule> wanted(in, filters);
  const PageRequest page = page_of(in);
  SortedRange<ShownRule> rules{candidates(ctx, in, in.strings("SecurityGroupRuleIds"))};
  const Page found = paginate(
      rules, page, [&](const ShownRule& r) { return wanted.matches(r); },
      [&](const ShownRule& r) { return describe_rule(ctx, *r.group, *r.rule); });
  return {{"SecurityGroupRules", found.items}, {"NextToken", found.next_token}};
}

}  // namespace

HandlerRows group_rule_rows() {
  static const HandlerRow rows[] = {
      {"DescribeSecurityGroupRules", Reads, describe_security_group_rules},
  };
  return rows;
}

}  // namespace squall::ec2
