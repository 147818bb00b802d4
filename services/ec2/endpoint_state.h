// The records that join VPCs to each other and to services: peerings and endpoints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/fields.h"
#include "emulator/core/time.h"
#include "services/common/cidr.h"
#include "services/common/tags.h"

namespace squall::ec2 {

/// status: initiating-request, pending-acceptance, active, rejected, deleted, failed, expired.
struct VpcPeering {
  static constexpr std::string_view kind = "ec2:vpc-peering";
  std::string id;
  std::string requester_vpc, accepter_vpc;
  std::string requester_region, accepter_region;
  std::string requester_owner, accepter_owner;
  Cidr requester_cidr, accepter_cidr;
  bool requester_dns_resolution = false, accepter_dns_resolution = false;
  std::string status = "initiating-request";
  std::string status_message;
  std::optional<Time> expires;
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"vpc:" + requester_vpc, "vpc:" + accepter_vpc};
  }
  SQUALL_FIELDS(id, requester_vpc, accepter_vpc, requester_region, accepter_region,
                requester_owner, accepter_owner, requester_cidr, accepter_cidr,
                requester_dns_resolution, accepter_dns_resolution, status, status_message,
                expires, tags)
};

/// state: pending, available, deleting, deleted.
struct VpcEndpoint {
  static constexpr std::string_view kind = "ec2:vpc-endpoint";
  std::string id;
  std::string vpc_id, service_name;
  std::string type = "Gateway";  // Gateway, Interface
  std::string state = "available";
  std::string policy;
  bool private_dns = false;
  std::string ip_address_type = "ipv4";
  std::vector<std::string> route_table_ids, subnet_ids, group_ids, interface_ids;
  Time created{};
  std::string client_token;
  Tags tags;
  std::vector<std::string> index_keys() const {
    std::vector<std::string> keys{"vpc:" + vpc_id};
    for (const std::string& t : route_table_ids) keys.push_back("route-table:" + t);
    for (const std::string& s : subnet_ids) keys.push_back("subnet:" + s);
    return keys;
  }
  SQUALL_FIELDS(id, vpc_id, service_name, type, state, policy, private_dns, ip_address_type,
                route_table_ids, subnet_ids, group_ids, interface_ids, created, client_token,
                tags)
};

}  // namespace squall::ec2
