// Load balancers, their nodes and target groups, compiled for the engine.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/dns.h"
#include "services/dataplane/engine.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {
namespace {

const elbv2::LoadBalancer* find_load_balancer(const sim::Scope& scope, const std::string& name) {
  for (const auto& lb : scope.all<elbv2::LoadBalancer>())
    if (name.empty() || lb.id == name || lb.name == name || lb.dns_name == name) return &lb;
  return nullptr;
}

std::string attribute(const std::map<std::string, std::string>& attributes, const char* key,
                      const char* fallback) {
  const auto at = attributes.find(key);
  return at == attributes.end() || at->second.empty() ? fallback : at->second;
}

bool cross_zone_on(const elbv2::TargetGroup& group, const elbv2::LoadBalancer* lb) {
  const std::string own =
      attribute(group.attributes, "load_balancing.cross_zone.enabled",
                "use_load_balancer_configuration");
  if (own == "true" || own == "false") return own == "true";
  const bool is_network = lb && lb->type == "network";
  return !lb || attribute(lb->attributes, "load_balancing.cross_zone.enabled",
                          is_network ? "false" : "true") == "true";
}

}  // namespace

void TrafficEngine::compile_balancers(const sim::Scope& scope) {
  for (Balancer& balancer : balancers_) {
    const elbv2::LoadBalancer* lb = find_load_balancer(scope, balancer.wanted);
    balancer.arn = lb ? lb->id : "";
    if (lb) {
      const auto idle = parse_int(attribute(lb->attributes, "idle_timeout.timeout_seconds", "60"));
      balancer.idle_timeout_ns = idle.value_or(60) * 1'000'000'000;
    }
    compile_nodes(scope, lb, balancer);
  }
}

void TrafficEngine::compile_nodes(const sim::Scope& scope, const elbv2::LoadBalancer* lb,
                                  Balancer& balancer) {
  const size_t count = lb ? std::min<size_t>(lb->zones.size(), nodes_max) : 0;
  balancer.nodes.resize(count);
  balancer.dns_mask = 0;
  for (size_t i = 0; i < count; ++i) {
    const elbv2::LoadBalancerZone& zone = lb->zones[i];
    Node& node = balancer.nodes[i];
    if (node.interface_id != zone.interface_id) node.connections = 0;
    node.interface_id = zone.interface_id;
    node.zone_name = zone.zone;
    node.private_ip = zone.private_ip;
    node.public_ip = zone.public_ip;
    node.zone = zone_of(zone.zone);
    node.dark = sim::is_dark(scope, zone.zone, zone.interface_id);
    node.in_dns = !is_withdrawn(scope, lb->id, zone.zone);
    if (node.in_dns) balancer.dns_mask |= 1u << i;
  }
}

/// Which of the engine's load balancers forwards to a target group; -1 if none does.
int TrafficEngine::balancer_of(const sim::Scope& scope, const std::string& group) const {
  const auto users = elbv2::load_balancers_of(scope, group);
  for (size_t b = 0; b < balancers_.size(); ++b)
    if (!balancers_[b].arn.empty() && std::ranges::find(users, balancers_[b].arn) != users.end())
      return static_cast<int>(b);
  return -1;
}

void TrafficEngine::compile_pools(const sim::Scope& scope) {
  for (const auto& group : scope.all<elbv2::TargetGroup>()) {
    if (!pool_index_.contains(group.id)) {
      const int balancer = balancer_of(scope, group.id);
      if (balancer < 0) continue;
      pool_index_.emplace(group.id, static_cast<int>(pools_.size()));
      Pool& pool = pools_.emplace_back();
      pool.arn = group.id;
      pool.balancer = balancer;
    }
    compile_group(scope, group.id);
  }
  for (const Pool& pool : pools_)
    if (!scope.has<elbv2::TargetGroup>(pool.arn)) compile_group(scope, pool.arn);
}

void TrafficEngine::compile_group(const sim::Scope& scope, const std::string& arn) {
  const auto known = pool_index_.find(arn);
  if (known == pool_index_.end()) return;  // nothing of ours leads to it
  Pool& pool = pools_[static_cast<size_t>(known->second)];
  const auto* group = scope.view<elbv2::TargetGroup>(arn);
  const auto* lb =
      scope.view<elbv2::LoadBalancer>(balancers_[static_cast<size_t>(pool.balancer)].arn);
  if (!group) {
    pool.targets.clear();
    pool.usable.clear();
    pool.usable_in = {};
  }
  if (!group || !lb) return;
  pool.name = group->name;
  pool.cross_zone = cross_zone_on(*group, lb);
  pool.least_outstanding =
      attribute(group->attributes, "load_balancing.algorithm.type", "round_robin") ==
      "least_outstanding_requests";
  compile_pool(scope, *group, pool);
}

void TrafficEngine::compile_pool(const sim::Scope& scope, const elbv2::TargetGroup& group,
                                 Pool& pool) {
  const ServerModel& model = workload_.server_of(group.id, group.name);
  pool.targets.clear();
  pool.usable.clear();
  pool.usable_in = {};
  pool.healthy = pool.unhealthy = 0;
  std::vector<int> any;
  for (const elbv2::Target& t : group.targets) {
    Target target;
    target.port = t.port ? t.port : group.port;
    target.host = target_host(scope, t.id, target.port, model);
    target.zone = hosts_[static_cast<size_t>(target.host)].zone;
    target.from.fill(Link::unknown);
    hosts_[static_cast<size_t>(target.host)].balancer = pool.balancer;
    const int index = static_cast<int>(pool.targets.size());
    pool.targets.push_back(target);
    if (t.state == "draining" || t.state == "unused") continue;
    any.push_back(index);
    if (t.state == "healthy" || t.state == "unavailable") {
      ++pool.healthy;
      pool.usable.push_back(index);
      pool.usable_in[static_cast<size_t>(target.zone)].push_back(index);
    } else if (t.state == "unhealthy") {
      ++pool.unhealthy;
    }
  }
  pool.failing_open = pool.usable.empty() && !any.empty();
  if (pool.failing_open) pool.usable = any;  // nobody healthy: everybody is tried
  if (!pool.cross_zone)
    for (const int index : any) {
      const auto zone = static_cast<size_t>(pool.targets[static_cast<size_t>(index)].zone);
      const bool none_healthy = std::ranges::none_of(pool.usable_in[zone], [&](int i) {
        return std::ranges::find(pool.usable, i) != pool.usable.end();
      });
      if (pool.failing_open || none_healthy) pool.usable_in[zone].push_back(index);
    }
}

}  // namespace squall::dataplane
