// What the files of this service share: finding records or throwing, actions, attribute tables.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/core/text.h"
#include "services/common/page.h"
#include "services/elbv2/elbv2.h"
#include "services/elbv2/errors.h"

namespace squall::elbv2 {

using api::Context;
using api::Input;
using api::Reads;
using api::Writes;

std::span<const api::HandlerRow> load_balancer_rows();
std::span<const sim::EventRow> load_balancer_events();
std::span<const sim::LatencyRow> load_balancer_latencies();
std::span<const api::HandlerRow> load_balancer_network_rows();
std::span<const api::HandlerRow> attribute_rows();
std::span<const api::HandlerRow> target_group_rows();
std::span<const api::HandlerRow> target_rows();
std::span<const sim::EventRow> target_events();
std::span<const sim::WatchRow> target_watches();
std::span<const api::HandlerRow> listener_rows();
std::span<const api::HandlerRow> listener_certificate_rows();
std::span<const api::HandlerRow> rule_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> limit_rows();
std::span<const api::HandlerRow> capacity_rows();
std::span<const sim::EventRow> capacity_events();
std::span<const sim::LatencyRow> capacity_latencies();

/// state: pending, provisioned. Goes with its load balancer.
struct CapacityReservation {
  static constexpr std::string_view kind = "elbv2:capacity-reservation";
  std::string id;  // the load balancer's ARN
  int64_t units = 0, decreases = 0;  // decreases on `decrease_day`
  std::string state, decrease_day;
  Time modified{};
  SQUALL_FIELDS(id, units, decreases, state, decrease_day, modified)
};

/// The record of an ARN a request names; throws the kind's NotFound error.
const LoadBalancer& find_load_balancer(const sim::Scope& scope, const std::string& arn);
const TargetGroup& find_target_group(const sim::Scope& scope, const std::string& arn);
const Listener& find_listener(const sim::Scope& scope, const std::string& arn);

/// `app/web/50dc6c495c0c9188` of a load balancer's (or its listener's) ARN.
std::string_view arn_path(std::string_view arn);
bool is_arn_of(std::string_view arn, std::string_view resource);

/// [zone, node] of a load balancer in the wanted subnets, nodes made; see load_balancer_zones.cpp.
struct ZoneRequest {
  std::string subnet_id, allocation_id, private_ip;
};
std::vector<ZoneRequest> zone_requests(const Input& in);
/// Checks the subnets against each other and `lb` (type, scheme), fills vpc_id of a new one.
std::vector<LoadBalancerZone> check_zones(const sim::Scope& scope, LoadBalancer& lb,
                                          const std::vector<ZoneRequest>& wanted);
void make_node(sim::Scope& scope, const LoadBalancer& lb, LoadBalancerZone& zone);
void remove_node(sim::Scope& scope, const LoadBalancerZone& zone);
std::vector<std::string> check_groups(const sim::Scope& scope, const std::string& vpc_id,
                                      std::vector<std::string> group_ids);
Value describe_zones(const LoadBalancer& lb);

/// Actions of a listener or rule, checked against the load balancer.
std::vector<Action> parse_actions(const sim::Scope& scope, const LoadBalancer& lb,
                                  const std::vector<Input>& list, std::string_view protocol);
Value describe_actions(const std::vector<Action>& actions);
std::vector<std::string> target_groups_of(const std::vector<Action>& actions);
std::vector<Condition> parse_conditions(const std::vector<Input>& list);
Value describe_conditions(const std::vector<Condition>& conditions);
/// Puts targets of groups that no load balancer uses any more back to the beginning.
void release_target_groups(sim::Scope& scope, const std::vector<Action>& actions);

/// Removes a listener and its rules.
void remove_listener(sim::Scope& scope, const std::string& arn);
/// Checks that ACM knows each and returns their ARNs.
std::vector<std::string> certificate_arns(const sim::Scope& scope, const std::vector<Input>& list);
bool is_ssl_policy(std::string_view name);

std::map<std::string, std::string> default_attributes(const LoadBalancer& lb);
std::map<std::string, std::string> default_attributes(const TargetGroup& group);
std::map<std::string, std::string> default_attributes(const Listener& listener);

PageRequest page_of(const Input& in);
Tags new_tags(const Input& in);
inline bool is_http(std::string_view protocol) {
  return protocol == "HTTP" || protocol == "HTTPS";
}

}  // namespace squall::elbv2
