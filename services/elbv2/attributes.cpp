// Attributes of load balancers, target groups and listeners: defaults, validation, both operations.
#include <optional>

#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

/// One attribute AWS knows. `kinds`: which of "app", "net" (load balancers, listeners) or "http",
/// "tcp", "lambda" (target groups) have it. `allowed`: "bool", "text", "A-B" for a range, or the
/// values separated by '|' (with "#A-B" for numbers among them).
struct AttributeRow {
  std::string_view kinds, key, value, allowed;
};

const AttributeRow load_balancer_attributes[] = {
    {"app net", "access_logs.s3.enabled", "false", "bool"},
    {"app net", "access_logs.s3.bucket", "", "text"},
    {"app net", "access_logs.s3.prefix", "", "text"},
    {"app", "idle_timeout.timeout_seconds", "60", "1-4000"},
    {"app net", "deletion_protection.enabled", "false", "bool"},
    {"app net", "ipv6.deny_all_igw_traffic", "false", "bool"},
    {"app", "routing.http2.enabled", "true", "bool"},
    {"app", "routing.http.drop_invalid_header_fields.enabled", "false", "bool"},
    {"app", "routing.http.xff_client_port.enabled", "false", "bool"},
    {"app", "routing.http.preserve_host_header.enabled", "false", "bool"},
    {"app", "routing.http.xff_header_processing.mode", "append", "append|preserve|remove"},
    {"app", "routing.http.desync_mitigation_mode", "defensive", "monitor|defensive|strictest"},
    {"app", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", "bool"},
    {"app", "load_balancing.cross_zone.enabled", "true", "true"},
    {"net", "load_balancing.cross_zone.enabled", "false", "bool"},
    {"app", "waf.fail_open.enabled", "false", "bool"},
    {"app", "client_keep_alive.seconds", "3600", "60-604800"},
    {"app net", "zonal_shift.config.enabled", "false", "bool"},
    {"app", "connection_logs.s3.enabled", "false", "bool"},
    {"app", "connection_logs.s3.bucket", "", "text"},
    {"app", "connection_logs.s3.prefix", "", "text"},
    {"app", "health_check_logs.s3.enabled", "false", "bool"},
    {"app", "health_check_logs.s3.bucket", "", "text"},
    {"app", "health_check_logs.s3.prefix", "", "text"},
    {"net", "dns_record.client_routing_policy", "any_availability_zone",
     "any_availability_zone|availability_zone_affinity|partial_availability_zone_affinity"},
    {"net", "secondary_ips.auto_assigned.per_subnet", "0", "0-7"},
};

const AttributeRow target_group_attributes[] = {
    {"http tcp", "deregistration_delay.timeout_seconds", "300", "0-3600"},
    {"http tcp", "stickiness.enabled", "false", "bool"},
    {"http", "stickiness.type", "lb_cookie", "lb_cookie|app_cookie"},
    {"tcp", "stickiness.type", "source_ip", "source_ip"},
    {"http", "stickiness.lb_cookie.duration_seconds", "86400", "1-604800"},
    {"http", "stickiness.app_cookie.cookie_name", "", "text"},
    {"http", "stickiness.app_cookie.duration_seconds", "86400", "1-604800"},
    {"http", "slow_start.duration_seconds", "0", "0|#30-900"},
    {"http", "load_balancing.algorithm.type", "round_robin",
     "round_robin|least_outstanding_requests|weighted_random"},
    {"http", "load_balancing.algorithm.anomaly_mitigation", "off", "on|off"},
    {"http tcp", "load_balancing.cross_zone.enabled", "use_load_balancer_configuration",
     "true|false|use_load_balancer_configuration"},
    {"http tcp lambda", "target_group_health.dns_failover.minimum_healthy_targets.count", "1",
     "off|#1-1000000"},
    {"http tcp lambda", "target_group_health.dns_failover.minimum_healthy_targets.percentage",
     "off", "off|#1-100"},
    {"http tcp lambda",
     "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1",
     "1-1000000"},
    {"http tcp lambda",
     "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off",
     "off|#1-100"},
    {"tcp", "deregistration_delay.connection_termination.enabled", "false", "bool"},
    {"tcp", "preserve_client_ip.enabled", "true", "bool"},
    {"tcp", "proxy_protocol_v2.enabled", "false", "bool"},
    {"tcp", "target_health_state.unhealthy.connection_termination.enabled", "true", "bool"},
    {"tcp", "target_health_state.unhealthy.draining_interval_seconds", "0", "0-360000"},
    {"lambda", "lambda.multi_value_headers.enabled", "false", "bool"},
};

const AttributeRow listener_attributes[] = {
    {"net", "tcp.idle_timeout.seconds", "350", "60-6000"},
    {"app", "routing.http.response.server.enabled", "true", "bool"},
    {"app", "routing.http.response.strict_transport_security.header_value", "", "text"},
    {"app", "routing.http.response.access_control_allow_origin.header_value", "", "text"},
    {"app", "routing.http.response.access_control_allow_methods.header_value", "", "text"},
    {"app", "routing.http.response.access_control_allow_headers.header_value", "", "text"},
    {"app", "routing.http.response.access_control_allow_credentials.header_value", "", "text"},
    {"app", "routing.http.response.access_control_expose_headers.header_value", "", "text"},
    {"app", "routing.http.response.access_control_max_age.header_value", "", "text"},
    {"app", "routing.http.response.content_security_policy.header_value", "", "text"},
    {"app", "routing.http.response.x_content_type_options.header_value", "", "text"},
    {"app", "routing.http.response.x_frame_options.header_value", "", "text"},
    {"https", "routing.http.request.x_amzn_tls_version.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_tls_cipher_suite.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert_subject.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert_validity.header_name", "", "text"},
    {"https", "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name", "", "text"},
};

bool is_of_kind(const AttributeRow& row, const std::vector<std::string_view>& kinds) {
  for (const std::string_view have : split(row.kinds, ' '))
    for (const std::string_view kind : kinds)
      if (kind == have) return true;
  return false;
}

std::vector<std::string_view> kinds_of(const LoadBalancer& lb) {
  return {lb.type == "network" ? "net" : "app"};
}
std::vector<std::string_view> kinds_of(const TargetGroup& group) {
  if (group.target_type == "lambda") return {"lambda"};
  return {is_http(group.protocol) ? "http" : "tcp"};
}
std::vector<std::string_view> kinds_of(const Listener& listener) {
  if (listener.protocol == "HTTPS") return {"app", "https"};
  return {is_http(listener.protocol) ? "app" : "net"};
}

std::map<std::string, std::string> defaults(std::span<const AttributeRow> rows,
                                            const std::vector<std::string_view>& kinds) {
  std::map<std::string, std::string> out;
  for (const AttributeRow& row : rows)
    if (is_of_kind(row, kinds)) out.emplace(row.key, row.value);
  return out;
}

bool in_range(std::string_view range, std::string_view value) {
  const size_t dash = range.find('-');
  const auto number = parse_int(value);
  return number && *number >= *parse_int(range.substr(0, dash)) &&
         *number <= *parse_int(range.substr(dash + 1));
}

bool is_allowed(std::string_view allowed, std::string_view value) {
  if (allowed == "text") return true;
  if (allowed == "bool") return value == "true" || value == "false";
  if (allowed.find('|') == allowed.npos && allowed.find('-') != allowed.npos)
    return in_range(allowed, value);
  for (const std::string_view one : split(allowed, '|'))
    if (one.starts_with('#') ? in_range(one.substr(1), value) : one == value) return true;
  return false;
}

/// Checks all before changing any.
void modify(std::span<const AttributeRow> rows, const std::vector<std::string_view>& kinds,
            std::string_view what, const std::vector<Input>& wanted,
            std::map<std::string, std::string>& attributes) {
  for (const Input& attribute : wanted) {
    const std::string key = attribute.string("Key"), value = attribute.string("Value");
    const AttributeRow* known = nullptr;
    bool elsewhere = false;
    for (const AttributeRow& row : rows) {
      if (row.key != key) continue;
      elsewhere = true;
      if (is_of_kind(row, kinds)) known = &row;
    }
    if (!known && elsewhere)
      throw invalid_configuration(cat(what, " attribute key '", key, "' is not supported on ",
                                      what, "s of this type"));
    if (!known) throw validation_error(cat(what, " attribute key '", key, "' is not recognized"));
    if (!is_allowed(known->allowed, value))
      throw validation_error(cat("'", key, "' value '", value, "' is not valid; must be ",
                                 known->allowed == "bool" ? "true|false" : known->allowed));
    attributes[key] = value;
  }
}

Value describe(const std::map<std::string, std::string>& attributes) {
  return list_of(attributes, [](const auto& a) {
    return Value{{"Key", a.first}, {"Value", a.second}};
  });
}

Value describe_load_balancer_attributes(Context& ctx, Input in) {
  return {{"Attributes",
           describe(find_load_balancer(ctx, in.string("LoadBalancerArn")).attributes)}};
}

Value modify_load_balancer_attributes(Context& ctx, Input in) {
  const std::string arn = in.string("LoadBalancerArn");
  const LoadBalancer& lb = find_load_balancer(ctx, arn);
  auto attributes = lb.attributes;
  modify(load_balancer_attributes, kinds_of(lb), "Load balancer", in.list("Attributes"),
         attributes);
  if (attributes["access_logs.s3.enabled"] == "true" && attributes["access_logs.s3.bucket"].empty())
    throw invalid_configuration(
        "The value of 'access_logs.s3.bucket' cannot be empty when access logs are enabled");
  ctx.edit<LoadBalancer>(arn).attributes = attributes;
  return {{"Attributes", describe(attributes)}};
}

Value describe_target_group_attributes(Context& ctx, Input in) {
  return {
      {"Attributes", describe(find_target_group(ctx, in.string("TargetGroupArn")).attributes)}};
}

Value modify_target_group_attributes(Context& ctx, Input in) {
  const std::string arn = in.string("TargetGroupArn");
  const TargetGroup& group = find_target_group(ctx, arn);
  auto attributes = group.attributes;
  modify(target_group_attributes, kinds_of(group), "Target group", in.list("Attributes"),
         attributes);
  if (attributes["load_balancing.algorithm.type"] != "round_robin" &&
      is_http(group.protocol) && attributes["slow_start.duration_seconds"] != "0")
    throw invalid_configuration(
        "Slow start mode is only supported with the round robin routing algorithm");
  ctx.edit<TargetGroup>(arn).attributes = attributes;
  return {{"Attributes", describe(attributes)}};
}

Value describe_listener_attributes(Context& ctx, Input in) {
  return {{"Attributes", describe(find_listener(ctx, in.string("ListenerArn")).attributes)}};
}

Value modify_listener_attributes(Context& ctx, Input in) {
  const std::string arn = in.string("ListenerArn");
  const Listener& listener = find_listener(ctx, arn);
  auto attributes = listener.attributes;
  modify(listener_attributes, kinds_of(listener), "Listener", in.list("Attributes"), attributes);
  ctx.edit<Listener>(arn).attributes = attributes;
  return {{"Attributes", describe(attributes)}};
}

const api::HandlerRow rows[] = {
    {"DescribeLoadBalancerAttributes", Reads, describe_load_balancer_attributes},
    {"ModifyLoadBalancerAttributes", Writes, modify_load_balancer_attributes},
    {"DescribeTargetGroupAttributes", Reads, describe_target_group_attributes},
    {"ModifyTargetGroupAttributes", Writes, modify_target_group_attributes},
    {"DescribeListenerAttributes", Reads, describe_listener_attributes},
    {"ModifyListenerAttributes", Writes, modify_listener_attributes},
};

}  // namespace

std::map<std::string, std::string> default_attributes(const LoadBalancer& lb) {
  return defaults(load_balancer_attributes, kinds_of(lb));
}
std::map<std::string, std::string> default_attributes(const TargetGroup& group) {
  auto out = defaults(target_group_attributes, kinds_of(group));
  const bool by_address = group.target_type == "ip";
  if (by_address && (group.protocol == "TCP" || group.protocol == "TLS"))
    out["preserve_client_ip.enabled"] = "false";
  return out;
}
std::map<std::string, std::string> default_attributes(const Listener& listener) {
  return defaults(listener_attributes, kinds_of(listener));
}

std::span<const api::HandlerRow> attribute_rows() { return rows; }

}  // namespace squall::elbv2
