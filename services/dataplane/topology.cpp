#include "services/dataplane/topology.h"

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

int TrafficEngine::zone_of(std::string_view name) {
  for (size_t i = 0; i < zones_.size(); ++i)
    if (zones_[i] == name) return static_cast<int>(i);
  if (zones_.size() == zones_max) return zones_max - 1;
  zones_.emplace_back(name);
  return static_cast<int>(zones_.size()) - 1;
}

int TrafficEngine::host_of(const std::string& id) {
  const auto [at, added] = host_index_.emplace(id, static_cast<int>(hosts_.size()));
  if (!added) return at->second;
  Host& host = hosts_.emplace_back();
  host.id = id;
  host.stream = sim::Stream(seed_, cat("host/", id));
  host.dns_phase = sim::Stream(seed_, cat("host-dns/", id)).uniform();
  host.requests_by_node.resize(nodes_max);
  host.pools.resize(workload_.databases.size());
  host.database_requests.resize(workload_.databases.size());
  host.cache_requests.resize(workload_.caches.size());
  host.databases.resize(workload_.databases.size(), Link::silent);
  host.caches.resize(workload_.caches.size(), Link::silent);
  TargetResults results;
  results.id = id;
  results_.targets.push_back(std::move(results));
  return at->second;
}

Host* TrafficEngine::find_host(std::string_view id) {
  const auto at = host_index_.find(id);
  return at == host_index_.end() ? nullptr : &hosts_[static_cast<size_t>(at->second)];
}

void TrafficEngine::note_minute(const Host& host, double busy_s, Time minute) {
  const auto m = std::chrono::floor<std::chrono::minutes>(minute - results_.start).count();
  const auto at = static_cast<size_t>(std::max<int64_t>(m, 0));
  auto& minutes = results_.targets[static_cast<size_t>(&host - hosts_.data())].minutes;
  if (at >= minutes.size()) minutes.resize(at + 1);
  minutes[at].requests += host.requests;
  minutes[at].errors += host.errors;
  minutes[at].cpu_busy_s += busy_s;
}

void TrafficEngine::refresh(sim::World& world) {
  const sim::Scope scope(world, region_);
  const uint64_t version = network_version(scope) + scope.version<elbv2::TargetGroup>() +
                           scope.version<elbv2::Listener>() + scope.version<elbv2::Rule>() +
                           scope.version<ZoneDns>();
  if (version == version_) return;
  version_ = version;
  compile(scope);
}

void TrafficEngine::compile(const sim::Scope& scope) {
  const elbv2::LoadBalancer* lb = find_load_balancer(scope, workload_.load_balancer);
  load_balancer_ = lb ? lb->id : "";
  if (lb) {
    const auto idle = parse_int(attribute(lb->attributes, "idle_timeout.timeout_seconds", "60"));
    idle_timeout_ns_ = idle.value_or(60) * 1'000'000'000;
  }
  compile_nodes(scope, lb);
  compile_pools(scope, lb);
  compile_databases(scope);
  compile_caches(scope);
  compile_faults(scope);
  compile_links(scope);
  compile_paths(scope, lb);
}

void TrafficEngine::compile_nodes(const sim::Scope& scope, const elbv2::LoadBalancer* lb) {
  const size_t count = lb ? std::min<size_t>(lb->zones.size(), nodes_max) : 0;
  nodes_.resize(count);
  dns_mask_ = 0;
  for (size_t i = 0; i < count; ++i) {
    const elbv2::LoadBalancerZone& zone = lb->zones[i];
    Node& node = nodes_[i];
    if (node.interface_id != zone.interface_id) node.connections = 0;
    node.interface_id = zone.interface_id;
    node.zone_name = zone.zone;
    node.private_ip = zone.private_ip;
    node.public_ip = zone.public_ip;
    node.zone = zone_of(zone.zone);
    node.dark = sim::is_dark(scope, zone.zone, zone.interface_id);
    node.in_dns = !is_withdrawn(scope, lb->id, zone.zone);
    if (node.in_dns) dns_mask_ |= 1u << i;
  }
}

void TrafficEngine::compile_pools(const sim::Scope& scope, const elbv2::LoadBalancer* lb) {
  for (const auto& group : scope.all<elbv2::TargetGroup>()) {
    auto at = std::ranges::find(pools_, group.id, &Pool::arn);
    const bool known = at != pools_.end();
    const auto used_by = known ? std::vector<std::string>{load_balancer_}
                               : elbv2::load_balancers_of(scope, group.id);
    if (!lb || std::ranges::find(used_by, load_balancer_) == used_by.end()) continue;
    if (!known) at = pools_.insert(pools_.end(), Pool{});
    at->arn = group.id;
    at->name = group.name;
    at->cross_zone = cross_zone_on(group, lb);
    at->least_outstanding =
        attribute(group.attributes, "load_balancing.algorithm.type", "round_robin") ==
        "least_outstanding_requests";
    compile_pool(scope, group, *at);
  }
  for (Pool& pool : pools_)
    if (!scope.has<elbv2::TargetGroup>(pool.arn)) {
      pool.targets.clear();
      pool.usable.clear();
      pool.usable_in = {};
    }
  // Hosts that left every target group still finish, or lose, what they had in hand.
  for (size_t h = 0; h < hosts_.size(); ++h) {
    const bool listed = std::ranges::any_of(pools_, [&](const Pool& p) {
      return std::ranges::any_of(p.targets,
                                 [&](const Target& t) { return t.host == static_cast<int>(h); });
    });
    if (!listed)
      compile_host(scope, static_cast<int>(h), hosts_[h].id, workload_.server_of("", ""));
  }
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
    const int host = host_of(t.id);
    compile_host(scope, host, t.id, model);
    Target target;
    target.host = host;
    target.zone = hosts_[static_cast<size_t>(host)].zone;
    target.port = t.port ? t.port : group.port;
    target.from.fill(Link::silent);
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

void TrafficEngine::compile_host(const sim::Scope& scope, int index, const std::string& id,
                                 const ServerModel& model) {
  Host& host = hosts_[static_cast<size_t>(index)];
  const ec2::Instance* instance = scope.view<ec2::Instance>(id);
  std::string zone, interface_id;
  bool runs = false;
  if (instance) {
    zone = instance->zone;
    interface_id = instance->primary_interface_id;
    host.type = instance->instance_type;
    host.group = instance->auto_scaling_group;
    runs = instance->state == "running" && instance->booted && *instance->booted <= scope.now();
  } else {
    for (const auto* interface : scope.by<ec2::NetworkInterface>(cat("ip:", id))) {
      zone = interface->zone;
      interface_id = interface->id;
      runs = true;
    }
  }
  const bool was_up = host.up;
  host.dark = sim::is_dark(scope, zone, id) || sim::is_dark(scope, "", interface_id);
  host.up = runs && !host.dark;
  if (was_up && !host.up) lose_host(host);
  if (instance || runs) host.zone = zone_of(zone);
  host.workers = model.workers;
  host.queue_max = model.queue_max;
  host.base_cpu = model.base_cpu;
  host.cpu.resize(model.vcpus ? model.vcpus : vcpus_of(host.type), now_);
  TargetResults& results = results_.targets[static_cast<size_t>(index)];
  if (!zone.empty()) results.zone = zone;
  results.vcpus = host.cpu.servers();
}

void TrafficEngine::lose_host(Host& host) {
  ++host.epoch;
  host.cpu.clear(now_);
  host.in_flight = 0;
  for (size_t i = 0; i < host.pools.size(); ++i) {
    if (i < databases_.size()) databases_[i].connections -= host.pools[i].in_use;
    host.pools[i].in_use = 0;
    while (!host.pools[i].waiting.empty()) host.pools[i].waiting.pop();
  }
  while (!host.queue.empty()) {  // the others find out when their next step comes
    const Ticket t = host.queue.pop();
    if (is_current(t)) lost_host(t.slot);
  }
}

}  // namespace squall::dataplane
