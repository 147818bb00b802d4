// Security groups, network ACLs and route tables: what each says about one packet.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/reachability.h"

namespace squall::dataplane {
namespace {

std::string protocol_number(std::string_view protocol) {
  if (protocol == "tcp") return "6";
  if (protocol == "udp") return "17";
  if (protocol == "icmp") return "1";
  return std::string(protocol);
}

std::string ports_text(int64_t from, int64_t to) {
  return from == to ? cat(from) : cat(from, '-', to);
}

bool covers(const ec2::GroupRule& rule, std::string_view protocol, int port) {
  if (rule.protocol == "-1") return true;
  if (protocol_number(rule.protocol) != protocol_number(protocol)) return false;
  if (protocol == "icmp" || rule.from_port == -1) return true;
  return rule.from_port <= port && port <= rule.to_port;
}

bool in_prefix_list(const sim::Scope& scope, std::string_view id, uint32_t address) {
  for (const std::string& block : ec2::prefix_list_blocks(scope, id))
    if (const auto cidr = Cidr::parse(block); cidr && cidr->contains(address)) return true;
  return false;
}

bool names_peer(const sim::Scope& scope, const ec2::GroupRule& rule, const Endpoint& peer,
                uint32_t peer_ip) {
  if (!rule.prefix_list_id.empty()) return in_prefix_list(scope, rule.prefix_list_id, peer_ip);
  if (!rule.group_id.empty()) {
    return !peer.internet && std::ranges::find(peer.group_ids, rule.group_id) !=
                                 peer.group_ids.end();
  }
  const auto block = Cidr::parse(rule.cidr_ipv4);
  return block && block->contains(peer_ip);
}

std::string rule_text(const ec2::GroupRule& rule, std::string_view group) {
  const std::string traffic =
      rule.protocol == "-1" ? "all traffic"
      : rule.from_port == -1 ? rule.protocol
                             : cat(rule.protocol, ' ', ports_text(rule.from_port, rule.to_port));
  const std::string& peer = !rule.group_id.empty()         ? rule.group_id
                            : !rule.prefix_list_id.empty() ? rule.prefix_list_id
                                                           : rule.cidr_ipv4;
  return cat(rule.id, " of ", group, " allows ", traffic, rule.egress ? " to " : " from ", peer);
}

std::string acl_text(const ec2::AclEntry& entry) {
  const std::string ports =
      entry.from_port ? cat(' ', ports_text(*entry.from_port, entry.to_port.value_or(0))) : "";
  const std::string protocol = entry.protocol == "-1"   ? "all traffic"
                               : entry.protocol == "6"  ? "tcp"
                               : entry.protocol == "17" ? "udp"
                                                        : cat("protocol ", entry.protocol);
  const std::string number = entry.number == 32767 ? "*" : cat(entry.number);
  return cat("rule ", number, entry.allow ? " allows " : " denies ", protocol, ports,
             entry.egress ? " to " : " from ", entry.cidr.text());
}

using Ports = std::pair<int64_t, int64_t>;

/// Takes an entry's ports out of those still undecided; whether it spoke of any of them.
bool subtract(std::vector<Ports>& undecided, const ec2::AclEntry& entry) {
  const int64_t low = entry.from_port.value_or(0), high = entry.to_port.value_or(65535);
  std::vector<Ports> rest;
  bool matched = false;
  for (const auto& [from, to] : undecided) {
    if (high < from || to < low) {
      rest.emplace_back(from, to);
      continue;
    }
    matched = true;
    if (from < low) rest.emplace_back(from, low - 1);
    if (high < to) rest.emplace_back(high + 1, to);
  }
  undecided = std::move(rest);
  return matched;
}

}  // namespace

Decision decide_groups(const sim::Scope& scope, const Endpoint& own, const Endpoint& peer,
                       uint32_t peer_ip, bool egress, std::string_view protocol, int port) {
  for (const std::string& id : own.group_ids) {
    const ec2::SecurityGroup* group = scope.view<ec2::SecurityGroup>(id);
    if (!group) continue;
    for (const ec2::GroupRule& rule : group->rules) {
      if (rule.egress != egress || !covers(rule, protocol, port)) continue;
      if (names_peer(scope, rule, peer, peer_ip)) return {true, id, rule_text(rule, id)};
    }
  }
  const std::string groups = join(own.group_ids, ", ");
  return {false, groups,
          cat("no ", egress ? "egress" : "ingress", " rule of ",
              groups.empty() ? "any security group" : groups, " allows ", protocol, ' ', port,
              egress ? " to " : " from ", format_ipv4(peer_ip))};
}

Decision decide_acl(const sim::Scope& scope, const ec2::Subnet& subnet, bool egress,
                    std::string_view protocol, int from_port, int to_port, uint32_t peer_ip) {
  const ec2::NetworkAcl* acl = scope.view<ec2::NetworkAcl>(subnet.acl_id);
  if (!acl) return {true, subnet.acl_id, "no network ACL"};
  const std::string number = protocol_number(protocol);
  std::vector<Ports> undecided{{from_port, to_port}};
  std::string allowed_by;
  for (const ec2::AclEntry& entry : acl->entries) {
    if (entry.egress != egress || !entry.cidr.contains(peer_ip) || !entry.ipv6_cidr.empty())
      continue;
    if (entry.protocol != "-1" && entry.protocol != number) continue;
    const Ports first = undecided.front();
    const bool partly = first.first != from_port || first.second != to_port;
    if (!subtract(undecided, entry)) continue;
    if (!entry.allow) {
      return {false, acl->id,
              acl_text(entry) + (partly ? cat(", ports ", ports_text(first.first, first.second))
                                        : "")};
    }
    allowed_by += (allowed_by.empty() ? "" : ", ") + acl_text(entry);
    if (undecided.empty()) return {true, acl->id, allowed_by};
  }
  const auto [from, to] = undecided.front();
  return {false, acl->id,
          cat("rule * denies ", protocol, ' ', ports_text(from, to), egress ? " to " : " from ",
              format_ipv4(peer_ip))};
}

RouteChoice choose_route(const sim::Scope& scope, const ec2::Subnet& subnet, uint32_t address) {
  std::string table_id = subnet.route_table_id;
  if (table_id.empty()) {
    const ec2::Vpc* vpc = scope.view<ec2::Vpc>(subnet.vpc_id);
    if (vpc) table_id = vpc->main_route_table_id;
  }
  RouteChoice choice{table_id, nullptr};
  const ec2::RouteTable* table = scope.view<ec2::RouteTable>(table_id);
  if (!table) return choice;
  for (const ec2::Route& route : table->routes) {
    // A list's blocks are longer than any other route that holds an address of AWS's.
    if (!route.prefix_list_id.empty()) {
      if (in_prefix_list(scope, route.prefix_list_id, address)) return {table_id, &route};
      continue;
    }
    if (!route.destination.contains(address)) continue;
    if (!choice.route || route.destination.prefix > choice.route->destination.prefix)
      choice.route = &route;
  }
  return choice;
}

std::string route_text(const ec2::Route& route) {
  const std::string to =
      route.prefix_list_id.empty() ? route.destination.text() : route.prefix_list_id;
  return cat(to, " -> ", route.target,
             route.blackhole ? " (blackhole)" : "");
}

}  // namespace squall::dataplane
