// Target groups: create with the defaults of their protocol, modify, delete, describe.
#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "services/ec2/ec2.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

bool is_grpc(const TargetGroup& g) { return g.protocol_version == "GRPC"; }
bool checks_http(const TargetGroup& g) { return is_http(g.health_check_protocol); }

Value describe(const sim::Scope& scope, const TargetGroup& g) {
  Value v{{"TargetGroupArn", g.id}, {"TargetGroupName", g.name}};
  if (g.target_type != "lambda") {
    v.add("Protocol", g.protocol);
    v.add("Port", g.port);
    v.add("VpcId", g.vpc_id);
    v.add("HealthCheckProtocol", g.health_check_protocol);
    v.add("HealthCheckPort", g.health_check_port);
  }
  v.add("HealthCheckEnabled", g.health_check_enabled);
  v.add("HealthCheckIntervalSeconds", g.health_check_interval_s);
  v.add("HealthCheckTimeoutSeconds", g.health_check_timeout_s);
  v.add("HealthyThresholdCount", g.healthy_threshold);
  v.add("UnhealthyThresholdCount", g.unhealthy_threshold);
  if (checks_http(g) || g.target_type == "lambda") {
    v.add("HealthCheckPath", g.health_check_path);
    v.add("Matcher", is_grpc(g) ? Value{{"GrpcCode", g.matcher}} : Value{{"HttpCode", g.matcher}});
  }
  v.add("LoadBalancerArns", load_balancers_of(scope, g.id));
  v.add("TargetType", g.target_type);
  if (!g.protocol_version.empty()) v.add("ProtocolVersion", g.protocol_version);
  v.add("IpAddressType", g.ip_address_type);
  return v;
}

void check_name(std::string_view name) {
  if (name.size() > 32)
    throw validation_error(
        cat("Target group name '", name, "' cannot be longer than '32' characters"));
  for (const char c : name)
    if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '-'))
      throw validation_error(cat("Target group name '", name,
                                 "' can only contain characters that are alphanumeric characters "
                                 "or hyphens(-)"));
  if (name.starts_with('-') || name.ends_with('-'))
    throw validation_error(
        cat("Target group name '", name, "' cannot begin or end with a hyphen(-)"));
}

bool is_matcher(std::string_view text, int64_t from, int64_t to) {
  for (const std::string_view part : split(text, ',')) {
    const size_t dash = part.find('-');
    const auto low = parse_int(part.substr(0, dash));
    const auto high = dash == part.npos ? low : parse_int(part.substr(dash + 1));
    if (!low || !high || *low < from || *high > to || *low > *high) return false;
  }
  return true;
}

void check_health_settings(const TargetGroup& g) {
  if (g.health_check_interval_s <= g.health_check_timeout_s && g.target_type != "lambda" &&
      is_http(g.protocol))
    throw validation_error("Health check interval must be greater than the timeout.");
  if (g.target_type == "lambda" && g.health_check_interval_s <= g.health_check_timeout_s)
    throw validation_error("Health check interval must be greater than the timeout.");
  if (!g.health_check_path.empty() && !is_grpc(g) && !g.health_check_path.starts_with('/'))
    throw validation_error(cat("Health check path '", g.health_check_path,
                               "' must begin with a '/' character, and can only contain "
                               "printable ASCII characters, without spaces"));
  if (g.health_check_port != "traffic-port" && g.target_type != "lambda") {
    const auto port = parse_int(g.health_check_port);
    if (!port || *port < 1 || *port > 65535)
      throw validation_error(cat("Health check port '", g.health_check_port,
                                 "' must be either 'traffic-port' or in the range '1-65535'"));
  }
  if (is_grpc(g) ? !is_matcher(g.matcher, 0, 99)
                 : !g.matcher.empty() && !is_matcher(g.matcher, 200, 499) &&
                       !is_matcher(g.matcher, 200, 599))
    throw validation_error(cat("Health check matcher HTTP code '", g.matcher,
                               "' must be within '200-499' inclusive"));
}

void read_matcher(TargetGroup& g, const Input& in) {
  const Input matcher = in.at("Matcher");
  if (const auto code = matcher.optional_string("HttpCode")) {
    if (!checks_http(g) && g.target_type != "lambda")
      throw invalid_configuration(
          "Health check matcher is not supported with this health check protocol");
    if (is_grpc(g)) throw invalid_configuration("A gRPC target group takes a gRPC code");
    g.matcher = *code;
  }
  if (const auto code = matcher.optional_string("GrpcCode")) {
    if (!is_grpc(g)) throw invalid_configuration("Only a gRPC target group takes a gRPC code");
    g.matcher = *code;
  }
}

/// What Create and Modify share.
void read_health_check(TargetGroup& g, const Input& in) {
  g.health_check_port = in.string("HealthCheckPort", g.health_check_port);
  g.health_check_enabled = in.boolean("HealthCheckEnabled", g.health_check_enabled);
  g.health_check_interval_s = in.integer("HealthCheckIntervalSeconds", g.health_check_interval_s);
  g.health_check_timeout_s = in.integer("HealthCheckTimeoutSeconds", g.health_check_timeout_s);
  g.healthy_threshold = in.integer("HealthyThresholdCount", g.healthy_threshold);
  g.unhealthy_threshold = in.integer("UnhealthyThresholdCount", g.unhealthy_threshold);
  const bool takes_path = checks_http(g) || g.target_type == "lambda";
  if (const auto path = in.optional_string("HealthCheckPath")) {
    if (!takes_path)
      throw invalid_configuration(cat("Health check path is not supported for health check "
                                      "protocol '",
                                      g.health_check_protocol, "'"));
    g.health_check_path = *path;
  } else if (takes_path && g.health_check_path.empty()) {
    g.health_check_path = is_grpc(g) ? "/AWS.ALB/healthcheck" : "/";
  }
  if (takes_path && g.matcher.empty())
    g.matcher = is_grpc(g) ? "12" : is_http(g.protocol) || g.protocol.empty() ? "200" : "200-399";
  read_matcher(g, in);
  if (!g.health_check_enabled && g.target_type != "lambda")
    throw validation_error(cat("Health check enabled must be true for target groups with target "
                               "type '",
                               g.target_type, "'"));
  check_health_settings(g);
}

void set_defaults(TargetGroup& g, const Input& in) {
  const bool http = is_http(g.protocol), lambda = g.target_type == "lambda";
  g.health_check_protocol =
      lambda ? "" : in.string("HealthCheckProtocol", http ? g.protocol : "TCP");
  if (!lambda && http && !checks_http(g))
    throw validation_error(cat("Health check protocol '", g.health_check_protocol,
                               "' must be HTTP or HTTPS for target groups with protocol '",
                               g.protocol, "'"));
  if (lambda) {
    g.health_check_enabled = false;
    g.health_check_interval_s = 35;
    g.health_check_timeout_s = 30;
  } else if (!http) {
    g.health_check_timeout_s = g.health_check_protocol == "HTTP" ? 6 : 10;
  }
  g.healthy_threshold = 5;
  g.unhealthy_threshold = 2;
}

void read_identity(Context& ctx, TargetGroup& g, const Input& in) {
  static const std::set<std::string> protocols{"HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"};
  g.target_type = in.string("TargetType", "instance");
  g.ip_address_type = in.string("IpAddressType", "ipv4");
  if (g.target_type == "lambda") return;
  g.protocol = in.string("Protocol");
  g.port = in.integer("Port");
  g.vpc_id = in.string("VpcId");
  if (g.protocol.empty()) throw validation_error("A protocol must be specified");
  if (!protocols.contains(g.protocol)) throw unsupported_protocol(g.protocol);
  if (!g.port) throw validation_error("A port must be specified");
  if (g.vpc_id.empty()) throw validation_error("A VPC ID must be specified");
  if (!ctx.has<ec2::Vpc>(g.vpc_id))
    throw validation_error(cat("The VPC ID '", g.vpc_id, "' is not found"));
  if (is_http(g.protocol))
    g.protocol_version = in.string("ProtocolVersion", "HTTP1");
  else if (in.has("ProtocolVersion"))
    throw invalid_configuration("Protocol version is only supported for HTTP and HTTPS");
}

bool same_settings(const TargetGroup& a, const TargetGroup& b) {
  auto key = [](const TargetGroup& g) {
    return std::tie(g.protocol, g.protocol_version, g.vpc_id, g.target_type, g.ip_address_type,
                    g.port, g.health_check_enabled, g.health_check_protocol, g.health_check_port,
                    g.health_check_path, g.matcher, g.health_check_interval_s,
                    g.health_check_timeout_s, g.healthy_threshold, g.unhealthy_threshold);
  };
  return key(a) == key(b);
}

Value answer_with(const sim::Scope& scope, const TargetGroup& group) {
  Value list = Value::list();
  list.push(describe(scope, group));
  return {{"TargetGroups", list}};
}

Value create_target_group(Context& ctx, Input in) {
  TargetGroup g;
  g.name = in.string("Name");
  check_name(g.name);
  read_identity(ctx, g, in);
  set_defaults(g, in);
  read_health_check(g, in);
  g.tags = new_tags(in);
  for (const TargetGroup* other : ctx.by<TargetGroup>("name:" + g.name)) {
    if (!same_settings(*other, g)) throw duplicate_target_group_name(g.name);
    return answer_with(ctx, *other);
  }
  g.id = ctx.arn("elasticloadbalancing", cat("targetgroup/", g.name, '/',
                                             ctx.new_hex("target-group", 16, g.name)));
  g.attributes = default_attributes(g);
  return answer_with(ctx, ctx.add(std::move(g)));
}

Value modify_target_group(Context& ctx, Input in) {
  const std::string arn = in.string("TargetGroupArn");
  TargetGroup g = find_target_group(ctx, arn);
  if (const auto protocol = in.optional_string("HealthCheckProtocol")) {
    if (is_http(g.protocol) && !is_http(*protocol))
      throw validation_error(cat("Health check protocol '", *protocol,
                                 "' must be HTTP or HTTPS for target groups with protocol '",
                                 g.protocol, "'"));
    g.health_check_protocol = *protocol;
    if (!checks_http(g)) g.health_check_path = g.matcher = "";
  }
  read_health_check(g, in);
  TargetGroup& changed = ctx.edit<TargetGroup>(arn);
  g.targets = changed.targets;
  changed = std::move(g);
  return answer_with(ctx, changed);
}

Value delete_target_group(Context& ctx, Input in) {
  const std::string arn = in.string("TargetGroupArn");
  if (!is_arn_of(arn, "targetgroup"))
    throw validation_error(cat("'", arn, "' is not a valid target group ARN"));
  if (!ctx.by<Listener>("tg:" + arn).empty() || !ctx.by<Rule>("tg:" + arn).empty())
    throw target_group_in_use(arn);
  ctx.erase<TargetGroup>(arn);
  return Value::map();
}

Value groups_of_load_balancer(Context& ctx, const std::string& load_balancer) {
  if (!ctx.has<LoadBalancer>(load_balancer)) throw load_balancers_not_found();
  std::set<std::string> arns;
  for (const Listener* l : ctx.by<Listener>("lb:" + load_balancer)) {
    for (const std::string& arn : target_groups_of(l->default_actions)) arns.insert(arn);
    for (const Rule* rule : ctx.by<Rule>("listener:" + l->id))
      for (const std::string& arn : target_groups_of(rule->actions)) arns.insert(arn);
  }
  Value list = Value::list();
  for (const std::string& arn : arns)
    if (const auto* group = ctx.view<TargetGroup>(arn)) list.push(describe(ctx, *group));
  return {{"TargetGroups", list}};
}

Value describe_target_groups(Context& ctx, Input in) {
  const auto arns = in.strings("TargetGroupArns");
  const auto names = in.strings("Names");
  const PageRequest request = page_of(in);
  const std::string load_balancer = in.string("LoadBalancerArn");
  if ((!arns.empty()) + (!names.empty()) + (!load_balancer.empty()) > 1)
    throw validation_error("Load balancer ARN, target group ARNs and names cannot be specified at "
                           "the same time");
  if (!load_balancer.empty()) return groups_of_load_balancer(ctx, load_balancer);
  if (arns.empty() && names.empty()) {
    const Page page =
        paginate(ctx.all<TargetGroup>(), request, [](const auto&) { return true; },
                 [&](const TargetGroup& g) { return describe(ctx, g); });
    return {{"TargetGroups", page.items}, {"NextMarker", page.next_token}};
  }
  Value list = Value::list();
  for (const std::string& arn : arns) {
    if (!is_arn_of(arn, "targetgroup"))
      throw validation_error(cat("'", arn, "' is not a valid target group ARN"));
    const TargetGroup* group = ctx.view<TargetGroup>(arn);
    if (!group) throw target_groups_not_found();
    list.push(describe(ctx, *group));
  }
  for (const std::string& name : names) {
    const auto found = ctx.by<TargetGroup>("name:" + name);
    if (found.empty()) throw target_groups_not_found();
    list.push(describe(ctx, *found.front()));
  }
  return {{"TargetGroups", list}};
}

const api::HandlerRow rows[] = {
    {"CreateTargetGroup", Writes, create_target_group},
    {"ModifyTargetGroup", Writes, modify_target_group},
    {"DeleteTargetGroup", Writes, delete_target_group},
    {"DescribeTargetGroups", Reads, describe_target_groups},
};

}  // namespace

std::span<const api::HandlerRow> target_group_rows() { return rows; }

}  // namespace squall::elbv2
