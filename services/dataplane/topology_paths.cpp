// Listeners and rules decided once for each class of requests.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {
namespace {

struct Ask {
  std::string method, scheme, host, path;
  int64_t port = 0;
};

bool holds(const elbv2::Condition& condition, const Ask& ask) {
  return std::ranges::any_of(condition.values, [&](const std::string& value) {
    if (condition.field == "path-pattern") return wildcard_match(value, ask.path);
    if (condition.field == "host-header")
      return wildcard_match(to_lower(value), to_lower(ask.host));
    if (condition.field == "http-request-method") return value == ask.method;
    if (condition.field == "source-ip") return value == "0.0.0.0/0";
    return false;  // a class of requests carries no headers and no query
  });
}

const std::vector<elbv2::Action>& actions_for(const sim::Scope& scope,
                                              const elbv2::Listener& listener, const Ask& ask) {
  const elbv2::Rule* first = nullptr;
  for (const auto& rule : scope.all<elbv2::Rule>()) {
    if (rule.listener_arn != listener.id || (first && first->priority <= rule.priority)) continue;
    if (std::ranges::all_of(rule.conditions,
                            [&](const elbv2::Condition& c) { return holds(c, ask); }))
      first = &rule;
  }
  return first ? first->actions : listener.default_actions;
}

const elbv2::Action* deciding(const std::vector<elbv2::Action>& actions) {
  for (const elbv2::Action& action : actions)
    if (!action.type.starts_with("authenticate")) return &action;
  return nullptr;
}

/// Where a redirect sends the client; false if away from this load balancer.
bool follow(const elbv2::Action& action, Ask& ask) {
  const auto given = [](const std::string& text) {
    return !text.empty() && !text.starts_with("#{");
  };
  if (given(action.redirect_host) && !equals_ignore_case(action.redirect_host, ask.host))
    return false;
  if (given(action.redirect_protocol)) ask.scheme = to_lower(action.redirect_protocol);
  if (given(action.redirect_port)) ask.port = parse_int(action.redirect_port).value_or(0);
  if (!action.redirect_path.empty() && action.redirect_path.find("#{") == std::string::npos)
    ask.path = action.redirect_path;
  return true;
}

bool speaks(const elbv2::Listener& listener, const Ask& ask) {
  if (listener.port != ask.port) return false;
  const bool plain = listener.protocol == "HTTP", tls = listener.protocol == "HTTPS";
  if (!plain && !tls) return true;  // network load balancers pass everything on
  return plain == (ask.scheme == "http");
}

std::vector<elbv2::Listener> listeners_of(const sim::Scope& scope, const std::string& lb) {
  std::vector<elbv2::Listener> listeners;
  for (const auto& listener : scope.all<elbv2::Listener>())
    if (!lb.empty() && listener.load_balancer_arn == lb) listeners.push_back(listener);
  return listeners;
}

}  // namespace

void TrafficEngine::compile_paths(const sim::Scope& scope) {
  const Balancer& balancer = balancers_.front();
  const auto* lb = scope.view<elbv2::LoadBalancer>(balancer.arn);
  const std::vector<Node>& nodes = balancer.nodes;
  const std::vector<elbv2::Listener> listeners = listeners_of(scope, balancer.arn);
  for (size_t i = 0; i < classes_.size(); ++i) {
    ClassState& state = classes_[i];
    RequestClass c = workload_.classes[i];
    if (c.port == 0) c.port = c.scheme == "https" ? 443 : 80;
    if (c.host.empty() && lb) c.host = lb->dns_name;
    state.path = Path{};
    compile_path(scope, listeners, c, state.path);
    state.path.entry.fill(Link::open);
    for (size_t n = 0; n < nodes.size() && lb->scheme != "internal"; ++n) {
      const auto verdict =
          connectivity_.check(scope, "internet", nodes[n].interface_id, c.port);
      if (!verdict.reachable) state.path.entry[n] = Link::silent;
    }
  }
  for (Callee& callee : callees_) {
    if (callee.balancer < 0) continue;
    const std::string& arn = balancers_[static_cast<size_t>(callee.balancer)].arn;
    const auto* internal = scope.view<elbv2::LoadBalancer>(arn);
    RequestClass c;
    c.method = callee.model->method;
    c.scheme = callee.model->scheme;
    c.path = callee.model->path;
    c.port = callee.port();
    c.host = internal ? internal->dns_name : "";
    callee.path = Path{};
    compile_path(scope, listeners_of(scope, arn), c, callee.path);
  }
}

void TrafficEngine::compile_path(const sim::Scope& scope,
                                 const std::vector<elbv2::Listener>& listeners,
                                 const RequestClass& c, Path& path) {
  constexpr int redirects_max = 4;
  Ask ask{c.method, c.scheme, c.host, c.path, c.port};
  for (path.redirects = 0; path.redirects <= redirects_max; ++path.redirects) {
    const auto listener = std::ranges::find_if(
        listeners, [&](const elbv2::Listener& l) { return speaks(l, ask); });
    if (listener == listeners.end()) return;
    const elbv2::Action* action = deciding(actions_for(scope, *listener, ask));
    if (!action) return;
    if (action->type == "redirect") {
      path.kind = Path::Kind::redirected_away;
      if (!follow(*action, ask)) return;
      path.kind = Path::Kind::no_listener;
      continue;
    }
    if (action->type == "fixed-response") {
      path.kind = Path::Kind::fixed;
      path.status = static_cast<int>(parse_int(action->fixed_status).value_or(200));
      return;
    }
    path.kind = Path::Kind::forward;
    for (const auto& choice : action->forward) {
      const auto pool = std::ranges::find(pools_, choice.target_group_arn, &Pool::arn);
      if (pool == pools_.end() || choice.weight <= 0) continue;
      path.pools.emplace_back(static_cast<int>(pool - pools_.begin()), choice.weight);
      path.weight += choice.weight;
    }
    return;
  }
}

}  // namespace squall::dataplane
