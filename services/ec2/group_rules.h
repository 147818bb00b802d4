// Security group rules as documents: parsed from what requests say, shown as AWS shows them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/ec2/internal.h"

namespace squall::ec2 {

/// The rules that IpPermissions (or the older flat parameters) of a request mean for `group`,
/// without ids, each checked. Throws AWS's errors.
std::vector<GroupRule> rules_of_request(const sim::Scope& scope, const SecurityGroup& group,
                                        bool egress, const Input& in);
std::vector<GroupRule> rules_of_permissions(const sim::Scope& scope, const SecurityGroup& group,
                                            bool egress, const std::vector<Input>& permissions);
/// Protocol and ports in their stored form.
void set_protocol(GroupRule& rule, const std::optional<std::string>& protocol,
                  std::optional<int64_t> from, std::optional<int64_t> to);
void check_rule_description(std::string_view description);
std::string canonical_ipv6_block(std::string_view text);

/// The same traffic from the same peer; descriptions, tags and ids do not count.
bool is_same_rule(const GroupRule& a, const GroupRule& b);
/// `peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW`.
std::string rule_words(const GroupRule& rule);

/// IpPermissions: rules of one direction grouped by protocol and ports.
Value describe_permissions(const std::vector<GroupRule>& rules, bool egress);
Value describe_rule(const sim::Scope& scope, const SecurityGroup& group, const GroupRule& rule);
Value describe_revoked_rule(const SecurityGroup& group, const GroupRule& rule);

/// The group that a request names by GroupId or, in the default VPC, by GroupName.
std::string group_id_of(const sim::Scope& scope, const Input& in);
/// nullptr if the VPC has no group of this name.
const SecurityGroup* group_by_name(const sim::Scope& scope, std::string_view vpc_id,
                                   std::string_view name);

}  // namespace squall::ec2
