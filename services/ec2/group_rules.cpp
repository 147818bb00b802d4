// Security group rules as documents: parsed from what requests say, shown as AWS shows them.
#include "services/ec2/group_rules.h"

#include <arpa/inet.h>

#include <algorithm>

namespace squall::ec2 {
namespace {

struct ProtocolName {
  std::string_view number, name;
};
constexpr ProtocolName protocol_names[] = {{"6", "tcp"},     {"17", "udp"}, {"1", "icmp"},
                                           {"58", "icmpv6"}, {"-1", "-1"},  {"-1", "all"}};

std::string canonical_protocol(const std::string& text) {
  const std::string lower = to_lower(text);
  for (const ProtocolName& p : protocol_names)
    if (lower == p.number || lower == p.name)
      return std::string(p.number == "-1" ? p.number : p.name);
  const auto number = parse_int(lower);
  if (!number || *number < 0 || *number > 255)
    throw invalid_parameter_value(
        cat("Invalid value '", text, "' for IP protocol. Unknown protocol."));
  return cat(*number);
}

void check_port(int64_t port) {
  if (port < 0 || port > 65535)
    throw invalid_parameter_value(cat("TCP/UDP port (", port, ") out of range"));
}

void check_icmp(int64_t value) {
  if (value < -1 || value > 255)
    throw invalid_parameter_value(cat("ICMP code (", value, ") out of range"));
}

std::string canonical_block(std::string_view text) {
  const auto cidr = Cidr::parse(text);
  if (!cidr) throw invalid_parameter_value(cat("CIDR block ", text, " is malformed"));
  return cidr->canonical().text();
}

void set_peer_group(const sim::Scope& scope, const SecurityGroup& group, const Input& pair,
                    GroupRule& rule) {
  const auto id = pair.optional_string("GroupId");
  const auto name = pair.optional_string("GroupName");
  rule.group_owner = pair.string("UserId", scope.account());
  for (const std::string_view told : {"VpcId", "VpcPeeringConnectionId", "PeeringStatus"})
    pair.ignore(told);  // follow from the group
  if (id) {
    rule.group_id = *id;
    if (rule.group_owner != scope.account()) return;  // a peer account's group
    const SecurityGroup& peer = require<SecurityGroup>(scope, *id);
    if (peer.vpc_id == group.vpc_id) return;
    for (const VpcPeering* p : scope.by<VpcPeering>("vpc:" + group.vpc_id))
      if (p->status == "active" &&
          (p->requester_vpc == peer.vpc_id || p->accepter_vpc == peer.vpc_id))
        return;
    throw AwsError{"InvalidGroup.NotFound",
                   "You have specified two resources that belong to different networks."};
  }
  if (!name) throw missing_parameter_words("Source group ID missing.");
  const SecurityGroup* peer = group_by_name(scope, group.vpc_id, *name);
  if (!peer)
    throw AwsError{"InvalidGroup.NotFound", cat("The security group '", *name, "' does not exist")};
  rule.group_id = peer->id;
}

/// Adds one rule a peer that the permission names.
void add_rules(const sim::Scope& scope, const SecurityGroup& group, bool egress,
               const Input& permission, std::vector<GroupRule>& rules) {
  GroupRule base;
  base.egress = egress;
  set_protocol(base, permission.optional_string("IpProtocol"),
               permission.optional_integer("FromPort"), permission.optional_integer("ToPort"));
  const size_t before = rules.size();
  auto add = [&](const Input& peer) -> GroupRule& {
    GroupRule& rule = rules.emplace_back(base);
    rule.description = peer.string("Description");
    check_rule_description(rule.description);
    return rule;
  };
  for (const Input& range : permission.list("IpRanges"))
    add(range).cidr_ipv4 = canonical_block(range.string("CidrIp"));
  for (const Input& range : permission.list("Ipv6Ranges"))
    add(range).cidr_ipv6 = canonical_ipv6_block(range.string("CidrIpv6"));
  for (const Input& list : permission.list("PrefixListIds"))
    add(list).prefix_list_id = list.string("PrefixListId");
  for (const Input& pair : permission.list("UserIdGroupPairs"))
    set_peer_group(scope, group, pair, add(pair));
  if (rules.size() == before) throw missing_parameter_words("Source group ID missing.");
}

void check_distinct(const std::vector<GroupRule>& rules) {
  for (size_t i = 0; i < rules.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (is_same_rule(rules[i], rules[j]))
        throw invalid_parameter_value("The same permission must not appear multiple times");
}

/// The flat parameters of the API's first years.
GroupRule flat_rule(const sim::Scope& scope, const SecurityGroup& group, bool egress,
                    const Input& in) {
  GroupRule rule;
  rule.egress = egress;
  set_protocol(rule, in.optional_string("IpProtocol"), in.optional_integer("FromPort"),
               in.optional_integer("ToPort"));
  if (const auto block = in.optional_string("CidrIp")) {
    rule.cidr_ipv4 = canonical_block(*block);
    return rule;
  }
  const auto name = in.optional_string("SourceSecurityGroupName");
  if (!name) throw missing_parameter_words("Source group ID missing.");
  const SecurityGroup* peer = group_by_name(scope, group.vpc_id, *name);
  if (!peer)
    throw AwsError{"InvalidGroup.NotFound", cat("The security group '", *name, "' does not exist")};
  rule.group_id = peer->id;
  rule.group_owner = in.string("SourceSecurityGroupOwnerId", scope.account());
  return rule;
}

}  // namespace

std::string canonical_ipv6_block(std::string_view text) {
  const size_t slash = text.find('/');
  const auto prefix = slash == text.npos ? std::nullopt : parse_int(text.substr(slash + 1));
  in6_addr address{};
  const std::string host(text.substr(0, slash));
  if (!prefix || *prefix < 0 || *prefix > 128 || inet_pton(AF_INET6, host.c_str(), &address) != 1)
    throw invalid_parameter_value(cat("CIDR block ", text, " is malformed"));
  for (int bit = static_cast<int>(*prefix); bit < 128; ++bit)
    address.s6_addr[bit / 8] &= static_cast<uint8_t>(~(0x80 >> (bit % 8)));
  char shown[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &address, shown, sizeof shown);
  return cat(std::string_view(shown), '/', *prefix);
}

void set_protocol(GroupRule& rule, const std::optional<std::string>& protocol,
                  std::optional<int64_t> from, std::optional<int64_t> to) {
  if (!protocol)
    throw invalid_parameter_value(
        "Invalid value 'null' for protocol. VPC security group rules "
        "must specify protocols explicitly.");
  rule.protocol = canonical_protocol(*protocol);
  rule.from_port = rule.to_port = -1;
  if (rule.protocol == "tcp" || rule.protocol == "udp") {
    if (!from || !to)
      throw invalid_parameter_value(
          "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.");
    check_port(*from);
    check_port(*to);
    if (*from > *to)
      throw invalid_parameter_value(cat("Invalid TCP/UDP port range (", *from, ":", *to, ")"));
    rule.from_port = *from;
    rule.to_port = *to;
  } else if (rule.protocol == "icmp" || rule.protocol == "icmpv6") {
    rule.from_port = from.value_or(-1);
    rule.to_port = to.value_or(-1);
    check_icmp(rule.from_port);
    check_icmp(rule.to_port);
  }
}

void check_rule_description(std::string_view description) {
  constexpr std::string_view signs = ". _-:/()#,@[]+=&;{}!$*";
  const bool fits =
      description.size() <= 255 && std::all_of(description.begin(), description.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               signs.find(c) != signs.npos;
      });
  if (!fits)
    throw invalid_parameter_value(
        "Invalid rule description. Valid descriptions are strings less than 256 characters from "
        "the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

std::vector<GroupRule> rules_of_permissions(const sim::Scope& scope, const SecurityGroup& group,
                                            bool egress, const std::vector<Input>& permissions) {
  std::vector<GroupRule> rules;
  for (const Input& permission : permissions) add_rules(scope, group, egress, permission, rules);
  check_distinct(rules);
  return rules;
}

std::vector<GroupRule> rules_of_request(const sim::Scope& scope, const SecurityGroup& group,
                                        bool egress, const Input& in) {
  const bool flat = in.has("IpProtocol") || in.has("CidrIp") || in.has("FromPort") ||
                    in.has("ToPort") || in.has("SourceSecurityGroupName");
  if (!in.has("IpPermissions")) {
    if (!flat) throw missing_parameter("ipPermissions");
    return {flat_rule(scope, group, egress, in)};
  }
  if (flat)
    throw invalid_parameter_combination(
        "The parameter ipPermissions cannot be used with the parameter ipProtocol");
  const auto permissions = in.list("IpPermissions");
  if (permissions.empty()) throw missing_parameter("ipPermissions");
  return rules_of_permissions(scope, group, egress, permissions);
}

bool is_same_rule(const GroupRule& a, const GroupRule& b) {
  return a.egress == b.egress && a.protocol == b.protocol && a.from_port == b.from_port &&
         a.to_port == b.to_port && a.cidr_ipv4 == b.cidr_ipv4 && a.cidr_ipv6 == b.cidr_ipv6 &&
         a.prefix_list_id == b.prefix_list_id && a.group_id == b.group_id;
}

std::string rule_words(const GroupRule& rule) {
  std::string words =
      cat("peer: ", rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.group_id, ", ");
  auto shown = [](int64_t n) { return n < 0 ? std::string("ALL") : cat(n); };
  if (rule.protocol == "-1")
    words += "ALL";
  else if (rule.protocol == "tcp" || rule.protocol == "udp")
    words += cat(rule.protocol == "tcp" ? "TCP" : "UDP", ", from port: ", rule.from_port,
                 ", to port: ", rule.to_port);
  else if (rule.protocol.starts_with("icmp"))
    words += cat(rule.protocol == "icmp" ? "ICMP" : "ICMPv6", ", type: ", shown(rule.from_port),
                 ", code: ", shown(rule.to_port));
  else
    words += cat("protocol: ", rule.protocol);
  return words + ", ALLOW";
}

const SecurityGroup* group_by_name(const sim::Scope& scope, std::string_view vpc_id,
                                   std::string_view name) {
  const auto found = scope.by<SecurityGroup>(cat("name:", vpc_id, "/", name));
  return found.empty() ? nullptr : found.front();
}

std::string group_id_of(const sim::Scope& scope, const Input& in) {
  const auto id = in.optional_string("GroupId");
  const auto name = in.shape().find("GroupName") ? in.optional_string("GroupName") : std::nullopt;
  if (id) return require<SecurityGroup>(scope, *id).id;
  if (!name)
    throw missing_parameter_words("The request must contain the parameter groupName or groupId");
  const Vpc* vpc = default_vpc(scope);
  const SecurityGroup* group = vpc ? group_by_name(scope, vpc->id, *name) : nullptr;
  if (!group)
    throw AwsError{"InvalidGroup.NotFound",
                   cat("The security group '", *name, "' does not exist in default VPC '",
                       vpc ? vpc->id : "none", "'")};
  return group->id;
}

}  // namespace squall::ec2
