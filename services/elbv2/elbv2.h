// Elastic Load Balancing v2's public face.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::elbv2 {

const api::ServiceDefinition& service();

struct LoadBalancerZone {
  std::string zone, subnet_id;
  std::string interface_id;              // the node's network interface
  std::string private_ip, public_ip;
  std::string allocation_id;             // network load balancers
  SQUALL_FIELDS(zone, subnet_id, interface_id, private_ip, public_ip, allocation_id)
};

struct LoadBalancer {
  static constexpr std::string_view kind = "elbv2:load-balancer";
  std::string id;  // the ARN
  std::string name, type = "application", scheme = "internet-facing", state = "provisioning";
  std::string dns_name, canonical_zone_id, vpc_id, ip_address_type = "ipv4";
  std::vector<std::string> group_ids;
  std::vector<LoadBalancerZone> zones;
  std::map<std::string, std::string> attributes;  // idle_timeout.timeout_seconds...
  Time created{};
  Tags tags;
  std::vector<std::string> index_keys() const { return {"name:" + name, "dns:" + dns_name}; }
  SQUALL_FIELDS(id, name, type, scheme, state, dns_name, canonical_zone_id, vpc_id,
                ip_address_type, group_ids, zones, attributes, created, tags)
};

struct WeightedTargetGroup {
  std::string target_group_arn;
  int64_t weight = 1;
  SQUALL_FIELDS(target_group_arn, weight)
};

/// type: forward, redirect, fixed-response, authenticate-*.
struct Action {
  std::string type;
  int64_t order = 0;
  std::vector<WeightedTargetGroup> forward;
  bool stickiness = false;
  int64_t stickiness_s = 0;
  std::string redirect_protocol, redirect_host, redirect_port, redirect_path, redirect_query,
      redirect_status;
  std::string fixed_status, fixed_content_type, fixed_body;
  std::string other_json;  // authenticate-* configurations as they came
  SQUALL_FIELDS(type, order, forward, stickiness, stickiness_s, redirect_protocol, redirect_host,
                redirect_port, redirect_path, redirect_query, redirect_status, fixed_status,
                fixed_content_type, fixed_body, other_json)
};

struct Listener {
  static constexpr std::string_view kind = "elbv2:listener";
  std::string id;  // the ARN
  std::string load_balancer_arn, protocol, ssl_policy;
  int64_t port = 0;
  std::vector<std::string> certificates;  // ARNs, the default first
  std::vector<std::string> alpn;
  std::vector<Action> default_actions;
  std::map<std::string, std::string> attributes;
  Tags tags;
  std::vector<std::string> index_keys() const;
  SQUALL_FIELDS(id, load_balancer_arn, protocol, ssl_policy, port, certificates, alpn,
                default_actions, attributes, tags)
};

struct Condition {
  std::string field;  // path-pattern, host-header, http-request-method, source-ip, http-header, ...
  std::string header_name;
  std::vector<std::string> values;  // query-string: "key=value"
  SQUALL_FIELDS(field, header_name, values)
};

struct Rule {
  static constexpr std::string_view kind = "elbv2:rule";
  std::string id;  // the ARN
  std::string listener_arn;
  int64_t priority = 0;  // the default rule is not a record: it is the listener's default actions
  std::vector<Condition> conditions;
  std::vector<Action> actions;
  Tags tags;
  std::vector<std::string> index_keys() const;
  SQUALL_FIELDS(id, listener_arn, priority, conditions, actions, tags)
};

/// state: initial, healthy, unhealthy, unused, draining, unavailable. Written by the data plane's
/// health checks through set_target_health only.
struct Target {
  std::string id;    // instance id, IP address or ARN
  int64_t port = 0;
  std::string zone;
  std::string state = "initial";
  std::string reason, description;  // Elb.RegistrationInProgress, Target.Timeout...
  Time registered{};
  std::optional<Time> drain_until;
  int64_t passes = 0, failures = 0;  // consecutive health check results
  std::optional<Time> healthy_since;
  SQUALL_FIELDS(id, port, zone, state, reason, description, registered, drain_until, passes,
                failures, healthy_since)
};

struct TargetGroup {
  static constexpr std::string_view kind = "elbv2:target-group";
  std::string id;  // the ARN
  std::string name, protocol, protocol_version, vpc_id, target_type = "instance",
                                                        ip_address_type = "ipv4";
  int64_t port = 0;
  bool health_check_enabled = true;
  std::string health_check_protocol, health_check_port = "traffic-port", health_check_path,
      matcher;
  int64_t health_check_interval_s = 30, health_check_timeout_s = 5, healthy_threshold = 5,
          unhealthy_threshold = 2;
  std::map<std::string, std::string> attributes;
  std::vector<Target> targets;  // in order of registration
  Tags tags;
  std::vector<std::string> index_keys() const;  // "name:", "target:<id>"
  SQUALL_FIELDS(id, name, protocol, protocol_version, vpc_id, target_type, ip_address_type, port,
                health_check_enabled, health_check_protocol, health_check_port,
                health_check_path, matcher, health_check_interval_s, health_check_timeout_s,
                healthy_threshold, unhealthy_threshold, attributes, targets, tags)
};

/// The load balancers whose listeners or rules forward to the target group.
std::vector<std::string> load_balancers_of(const sim::Scope& scope, std::string_view target_group);

/// For the API, Auto Scaling and ECS. port 0: the group's own. Throws ELBv2's errors.
void register_target(sim::Scope& scope, std::string_view target_group, std::string_view id,
                     int64_t port = 0);
/// Starts draining (deregistration_delay.timeout_seconds); gone by event when the delay is over.
void deregister_target(sim::Scope& scope, std::string_view target_group, std::string_view id,
                       int64_t port = 0);
/// What a rule (a listener's default rule too) or a listener forwards to; for ECS's blue/green.
std::vector<WeightedTargetGroup> forward_of(const sim::Scope& scope, const std::string& arn);
/// Does nothing if the rule has gone or forwards nowhere.
void set_forward(sim::Scope& scope, const std::string& arn,
                 const std::vector<WeightedTargetGroup>& groups);
/// The data plane's verdict on one target; journals a change ("elbv2.target-health").
void set_target_health(sim::Scope& scope, std::string_view target_group, std::string_view id,
                       int64_t port, std::string_view state, std::string_view reason);

}  // namespace squall::elbv2
