// Listeners: create, modify, delete, describe.
#include <algorithm>
#include <set>

#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

constexpr std::string_view default_ssl_policy = "ELBSecurityPolicy-2016-08";

bool is_secure(std::string_view protocol) { return protocol == "HTTPS" || protocol == "TLS"; }

Value describe(const Listener& l) {
  Value v{{"ListenerArn", l.id},
          {"LoadBalancerArn", l.load_balancer_arn},
          {"Port", l.port},
          {"Protocol", l.protocol}};
  if (!l.certificates.empty()) {
    Value list = Value::list();
    list.push({{"CertificateArn", l.certificates[0]}});
    v.add("Certificates", list);
  }
  if (!l.ssl_policy.empty()) v.add("SslPolicy", l.ssl_policy);
  v.add("DefaultActions", describe_actions(l.default_actions));
  if (!l.alpn.empty()) v.add("AlpnPolicy", l.alpn);
  if (l.protocol == "HTTPS") v.add("MutualAuthentication", {{"Mode", "off"}});
  return v;
}

void check_protocol(const LoadBalancer& lb, const std::string& protocol) {
  static const std::set<std::string> network{"TCP", "TLS", "UDP", "TCP_UDP"};
  if (protocol.empty()) throw validation_error("A listener protocol must be specified");
  if (lb.type == "application" && !is_http(protocol))
    throw validation_error(cat("Listener protocol '", protocol,
                               "' must be one of 'HTTPS, HTTP'"));
  if (lb.type == "network" && !network.contains(protocol))
    throw validation_error(cat("Listener protocol '", protocol,
                               "' must be one of 'TCP, TLS, UDP, TCP_UDP'"));
}

void check_port(const sim::Scope& scope, const Listener& listener) {
  for (const Listener* other : scope.by<Listener>("lb:" + listener.load_balancer_arn))
    if (other->port == listener.port && other->id != listener.id)
      throw duplicate_listener(listener.load_balancer_arn);
}

void read_security(const sim::Scope& scope, Listener& l, const Input& in) {
  if (in.has("Certificates")) {
    const auto arns = certificate_arns(scope, in.list("Certificates"));
    if (arns.size() != 1)
      throw validation_error("You must specify exactly one certificate for the listener");
    if (l.certificates.empty()) l.certificates.resize(1);
    l.certificates[0] = arns[0];
  }
  l.ssl_policy = in.string("SslPolicy", l.ssl_policy);
  if (in.has("AlpnPolicy")) l.alpn = in.strings("AlpnPolicy");
  const Input mutual = in.at("MutualAuthentication");
  if (mutual.string("Mode", "off") != "off")
    throw AwsError{"TrustStoreNotFound", "One or more trust stores not found"};
  if (!is_secure(l.protocol)) {
    if (in.has("Certificates"))
      throw validation_error("A certificate cannot be specified for HTTP listeners");
    if (in.has("SslPolicy"))
      throw validation_error("An SSL policy cannot be specified for HTTP listeners");
    l.certificates.clear();
    l.ssl_policy.clear();
    l.alpn.clear();
    return;
  }
  if (l.certificates.empty())
    throw validation_error(cat("A certificate must be specified for ", l.protocol, " listeners"));
  if (l.ssl_policy.empty()) l.ssl_policy = default_ssl_policy;
  if (!is_ssl_policy(l.ssl_policy)) throw ssl_policy_not_found(l.ssl_policy);
  if (!l.alpn.empty() && l.protocol != "TLS")
    throw AwsError{"ALPNPolicyNotFound", "ALPN policies are only supported for TLS listeners"};
}

Value answer_with(const Listener& listener) {
  Value list = Value::list();
  list.push(describe(listener));
  return {{"Listeners", list}};
}

Value create_listener(Context& ctx, Input in) {
  Listener l;
  l.load_balancer_arn = in.string("LoadBalancerArn");
  const LoadBalancer& lb = find_load_balancer(ctx, l.load_balancer_arn);
  l.protocol = in.string("Protocol");
  check_protocol(lb, l.protocol);
  l.port = in.integer("Port");
  if (!l.port) throw validation_error("A listener port must be specified");
  read_security(ctx, l, in);
  l.default_actions = parse_actions(ctx, lb, in.list("DefaultActions"), l.protocol);
  l.tags = new_tags(in);
  check_port(ctx, l);
  l.attributes = default_attributes(l);
  l.id = ctx.arn("elasticloadbalancing", cat("listener/", arn_path(lb.id), '/',
                                             ctx.new_hex("listener", 16, lb.id)));
  return answer_with(ctx.add(std::move(l)));
}

Value modify_listener(Context& ctx, Input in) {
  const std::string arn = in.string("ListenerArn");
  Listener l = find_listener(ctx, arn);
  const LoadBalancer& lb = find_load_balancer(ctx, l.load_balancer_arn);
  l.protocol = in.string("Protocol", l.protocol);
  check_protocol(lb, l.protocol);
  l.port = in.integer("Port", l.port);
  read_security(ctx, l, in);
  const std::vector<Action> before = l.default_actions;
  if (in.has("DefaultActions"))
    l.default_actions = parse_actions(ctx, lb, in.list("DefaultActions"), l.protocol);
  check_port(ctx, l);
  Listener& changed = ctx.edit<Listener>(arn);
  changed = std::move(l);
  const Value answer = answer_with(changed);
  release_target_groups(ctx, before);
  return answer;
}

Value delete_listener(Context& ctx, Input in) {
  const std::string arn = in.string("ListenerArn");
  find_listener(ctx, arn);
  remove_listener(ctx, arn);
  return Value::map();
}

Value describe_listeners(Context& ctx, Input in) {
  const std::string load_balancer = in.string("LoadBalancerArn");
  const auto arns = in.strings("ListenerArns");
  const PageRequest request = page_of(in);
  if (!load_balancer.empty() && !arns.empty())
    throw validation_error(
        "Load balancer ARN and listener ARNs cannot be specified at the same time");
  if (load_balancer.empty() && arns.empty())
    throw validation_error("You must specify either listener ARNs or a load balancer ARN");
  Value list = Value::list();
  for (const std::string& arn : arns) list.push(describe(find_listener(ctx, arn)));
  if (load_balancer.empty()) return {{"Listeners", list}};
  find_load_balancer(ctx, load_balancer);
  std::string last;
  for (const Listener* l : ctx.by<Listener>("lb:" + load_balancer)) {
    if (!request.after.empty() && l->id <= request.after) continue;
    if (list.size() == request.limit)
      return {{"Listeners", list}, {"NextMarker", base64_encode(cat("v1:", last))}};
    list.push(describe(*l));
    last = l->id;
  }
  return {{"Listeners", list}};
}

const api::HandlerRow rows[] = {
    {"CreateListener", Writes, create_listener},
    {"ModifyListener", Writes, modify_listener},
    {"DeleteListener", Writes, delete_listener},
    {"DescribeListeners", Reads, describe_listeners},
};

}  // namespace

void remove_listener(sim::Scope& scope, const std::string& arn) {
  std::vector<Action> released = scope.view<Listener>(arn)->default_actions;
  std::vector<std::string> rules;
  for (const Rule* rule : scope.by<Rule>("listener:" + arn)) {
    rules.push_back(rule->id);
    released.insert(released.end(), rule->actions.begin(), rule->actions.end());
  }
  for (const std::string& id : rules) scope.erase<Rule>(id);
  scope.erase<Listener>(arn);
  release_target_groups(scope, released);
}

void release_target_groups(sim::Scope& scope, const std::vector<Action>& actions) {
  for (const std::string& arn : target_groups_of(actions)) {
    const TargetGroup* group = scope.view<TargetGroup>(arn);
    if (!group || group->targets.empty() || !load_balancers_of(scope, arn).empty()) continue;
    for (Target& t : scope.edit<TargetGroup>(arn).targets) {
      if (t.state == "draining" || t.reason == "Target.InvalidState") continue;
      t.state = "initial";
      t.reason = "Elb.RegistrationInProgress";
      t.description = "Target registration is in progress";
      t.passes = t.failures = 0;
      t.healthy_since.reset();
    }
  }
}

std::span<const api::HandlerRow> listener_rows() { return rows; }

}  // namespace squall::elbv2
