// The records of VPC networking.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/core/time.h"
#include "services/common/cidr.h"
#include "services/common/tags.h"

namespace squall::ec2 {

struct CidrAssociation {
  std::string association_id;
  Cidr cidr;
  SQUALL_FIELDS(association_id, cidr)
};

struct Vpc {
  static constexpr std::string_view kind = "ec2:vpc";
  std::string id;
  Cidr cidr;
  std::string state = "available";
  std::string tenancy = "default";
  bool is_default = false;
  bool dns_support = true;
  bool dns_hostnames = false;
  bool network_address_usage_metrics = false;
  std::string dhcp_options_id;
  std::vector<CidrAssociation> associations;  // the first is the primary block
  std::string main_route_table_id, default_group_id, default_acl_id;
  Tags tags;
  std::vector<std::string> index_keys() const {
    std::vector<std::string> keys{is_default ? "default" : "custom", "dhcp:" + dhcp_options_id};
    for (const CidrAssociation& a : associations) keys.push_back("cidr:" + a.association_id);
    return keys;
  }
  SQUALL_FIELDS(id, cidr, state, tenancy, is_default, dns_support, dns_hostnames,
                network_address_usage_metrics, dhcp_options_id, associations,
                main_route_table_id, default_group_id, default_acl_id, tags)
};

struct Subnet {
  static constexpr std::string_view kind = "ec2:subnet";
  static constexpr bool indexes_tags = true;
  std::string id;
  std::string vpc_id;
  Cidr cidr;
  std::string zone, zone_id;
  std::string state = "available";
  bool map_public_ip = false;
  bool is_default = false;  // DefaultForAz
  bool assign_ipv6 = false;
  bool dns64 = false;
  std::string hostname_type = "ip-name";
  bool dns_a_record = false, dns_aaaa_record = false;
  int64_t next_host = 4;    // the first four addresses and the last are AWS's
  int64_t used = 0;         // addresses of interfaces in it
  std::vector<int64_t> free_hosts;  // given back, reused last in first out
  std::string acl_id;       // its network ACL
  std::string acl_association_id;
  std::string route_table_id;  // explicitly associated; empty: the VPC's main table
  Tags tags;
  void index_keys(IndexKeys& keys) const {
    keys.add("vpc:", vpc_id);
    keys.add("acl:", acl_id);
    keys.add("route-table:", route_table_id);
    keys.add("acl-association:", acl_association_id);
    add_tag_keys(keys, tags);
  }
  SQUALL_FIELDS(id, vpc_id, cidr, zone, zone_id, state, map_public_ip, is_default, assign_ipv6,
                dns64, hostname_type, dns_a_record, dns_aaaa_record, next_host, used, free_hosts,
                acl_id, acl_association_id, route_table_id, tags)
};

struct Route {
  Cidr destination;
  std::string prefix_list_id;  // instead of a block (gateway endpoints)
  /// What kind of thing `target` is: local, gateway (igw-), nat, instance, interface, peering,
  /// transit, endpoint (vpce-), egress-only.
  std::string target_kind;
  std::string target;          // "local", "igw-...", "nat-...", ...
  std::string origin = "CreateRoute";  // CreateRouteTable, EnableVgwRoutePropagation
  bool blackhole = false;      // its target is gone
  SQUALL_FIELDS(destination, prefix_list_id, target_kind, target, origin, blackhole)
};

struct RouteTableAssociation {
  std::string association_id;
  std::string subnet_id;  // empty on the main association
  std::string gateway_id;
  bool main = false;
  SQUALL_FIELDS(association_id, subnet_id, gateway_id, main)
};

struct RouteTable {
  static constexpr std::string_view kind = "ec2:route-table";
  std::string id;
  std::string vpc_id;
  std::vector<Route> routes;
  std::vector<RouteTableAssociation> associations;
  Tags tags;
  std::vector<std::string> index_keys() const {
    std::vector<std::string> keys{"vpc:" + vpc_id};
    for (const Route& r : routes)
      if (r.target != "local") keys.push_back("target:" + r.target);
    for (const RouteTableAssociation& a : associations)
      keys.push_back("association:" + a.association_id);
    return keys;
  }
  SQUALL_FIELDS(id, vpc_id, routes, associations, tags)
};

struct InternetGateway {
  static constexpr std::string_view kind = "ec2:internet-gateway";
  std::string id;
  std::string vpc_id;  // empty: detached
  Tags tags;
  std::vector<std::string> index_keys() const { return {"vpc:" + vpc_id}; }
  SQUALL_FIELDS(id, vpc_id, tags)
};

struct NatGateway {
  static constexpr std::string_view kind = "ec2:nat-gateway";
  std::string id;
  std::string vpc_id, subnet_id;
  std::string state = "pending";  // pending, available, deleting, deleted, failed
  std::string connectivity = "public";
  std::string allocation_id, association_id, interface_id, private_ip, public_ip;
  std::string failure_code, failure_message;
  Time created{};
  std::optional<Time> deleted;
  std::string client_token;
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"vpc:" + vpc_id, "subnet:" + subnet_id, "token:" + client_token};
  }
  SQUALL_FIELDS(id, vpc_id, subnet_id, state, connectivity, allocation_id, association_id,
                interface_id, private_ip, public_ip, failure_code, failure_message, created,
                deleted, client_token, tags)
};

/// An Elastic IP; `id` is the allocation id.
struct Address {
  static constexpr std::string_view kind = "ec2:elastic-ip";
  std::string id;
  std::string public_ip;
  std::string association_id, instance_id, interface_id, private_ip;
  std::string network_border_group;
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"ip:" + public_ip, "interface:" + interface_id, "instance:" + instance_id,
            "association:" + association_id};
  }
  SQUALL_FIELDS(id, public_ip, association_id, instance_id, interface_id, private_ip,
                network_border_group, tags)
};

/// One security group rule, as DescribeSecurityGroupRules shows it: exactly one source or target.
struct GroupRule {
  std::string id;           // sgr-
  bool egress = false;
  std::string protocol;     // "tcp", "udp", "icmp", "-1" or a number
  int64_t from_port = -1;   // -1 with protocol -1
  int64_t to_port = -1;
  std::string cidr_ipv4, cidr_ipv6, prefix_list_id;
  std::string group_id, group_owner;  // the referenced group
  std::string description;
  Tags tags;
  SQUALL_FIELDS(id, egress, protocol, from_port, to_port, cidr_ipv4, cidr_ipv6, prefix_list_id,
                group_id, group_owner, description, tags)
};

struct SecurityGroup {
  static constexpr std::string_view kind = "ec2:security-group";
  static constexpr bool indexes_tags = true;
  std::string id;
  std::string name, description, vpc_id;
  std::vector<GroupRule> rules;
  Tags tags;
  void index_keys(IndexKeys& keys) const {
    keys.add("vpc:", vpc_id);
    keys.add("name:", vpc_id, "/", name);
    for (const GroupRule& r : rules)
      if (!r.group_id.empty()) keys.add("references:", r.group_id);
    for (const GroupRule& r : rules) keys.add("rule:", r.id);
    add_tag_keys(keys, tags);
  }
  SQUALL_FIELDS(id, name, description, vpc_id, rules, tags)
};

struct AclEntry {
  int64_t number = 0;        // 1 to 32766; 32767 is the final deny
  bool egress = false;
  bool allow = false;
  std::string protocol;      // "-1", "6", "17", "1"
  Cidr cidr;
  std::string ipv6_cidr;
  std::optional<int64_t> from_port, to_port;
  std::optional<int64_t> icmp_type, icmp_code;
  SQUALL_FIELDS(number, egress, allow, protocol, cidr, ipv6_cidr, from_port, to_port, icmp_type,
                icmp_code)
};

struct NetworkAcl {
  static constexpr std::string_view kind = "ec2:network-acl";
  std::string id;
  std::string vpc_id;
  bool is_default = false;
  std::vector<AclEntry> entries;  // sorted by (egress, number)
  Tags tags;
  std::vector<std::string> index_keys() const { return {"vpc:" + vpc_id}; }
  SQUALL_FIELDS(id, vpc_id, is_default, entries, tags)
};

struct NetworkInterface {
  static constexpr std::string_view kind = "ec2:network-interface";
  static constexpr bool indexes_tags = true;
  std::string id;
  std::string vpc_id, subnet_id, zone;
  std::string private_ip;
  std::string mac;
  std::vector<std::string> secondary_ips;
  std::vector<std::string> group_ids;
  std::string description;
  std::string interface_type = "interface";
  std::string requester_id;      // "amazon-elb", "amazon-rds"...; empty: the user's own
  std::string status = "available";  // in-use when attached
  std::string attachment_id, instance_id;
  int64_t device_index = 0;
  bool delete_on_termination = false;
  bool source_dest_check = true;
  std::optional<Time> attached;
  std::string public_ip;         // amazon-owned, or of the Elastic IP
  std::string allocation_id, association_id;  // of the Elastic IP
  Tags tags;
  void index_keys(IndexKeys& keys) const {
    keys.add("vpc:", vpc_id);
    keys.add("subnet:", subnet_id);
    keys.add("ip:", private_ip);
    if (!instance_id.empty()) keys.add("instance:", instance_id);
    if (!public_ip.empty()) {
      keys.add("public-ip:", public_ip);
      keys.add("public-in:", vpc_id);
    }
    for (const std::string& ip : secondary_ips) keys.add("ip:", ip);
    if (!attachment_id.empty()) keys.add("attachment:", attachment_id);
    for (const std::string& g : group_ids) keys.add("group:", g);
    add_tag_keys(keys, tags);
  }
  SQUALL_FIELDS(id, vpc_id, subnet_id, zone, private_ip, mac, secondary_ips, group_ids,
                description, interface_type, requester_id, status, attachment_id, instance_id,
                device_index, delete_on_termination, source_dest_check, attached, public_ip,
                allocation_id, association_id, tags)
};

struct FlowLog {
  static constexpr std::string_view kind = "ec2:flow-log";
  std::string id;
  std::string resource_id, resource_type;  // vpc-, subnet-, eni-
  std::string traffic_type = "ALL";        // ACCEPT, REJECT, ALL
  std::string destination_type = "cloud-watch-logs";
  std::string log_group, destination, role_arn;
  std::string log_format;
  int64_t max_aggregation_interval_s = 600;
  std::string status = "ACTIVE";
  Time created{};
  std::string client_token;
  Tags tags;
  std::vector<std::string> index_keys() const { return {"resource:" + resource_id}; }
  SQUALL_FIELDS(id, resource_id, resource_type, traffic_type, destination_type, log_group,
                destination, role_arn, log_format, max_aggregation_interval_s, status, created,
                client_token, tags)
};

/// A region's "dopt-": what the VPC's resolver and DHCP server hand out.
struct DhcpOptions {
  static constexpr std::string_view kind = "ec2:dhcp-options";
  std::string id;
  bool is_default = false;
  std::map<std::string, std::vector<std::string>> options;  // "domain-name-servers" -> values
  Tags tags;
  std::vector<std::string> index_keys() const { return {is_default ? "default" : "custom"}; }
  SQUALL_FIELDS(id, is_default, options, tags)
};

}  // namespace squall::ec2
