#include "services/dataplane/topology.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/dns.h"
#include "services/dataplane/engine.h"
#include "services/ecs/ecs.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {

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
  host.id = host.end = id;
  host.stream = sim::Stream(seed_, cat("host/", id));
  host.dns_phase = sim::Stream(seed_, cat("host-dns/", id)).uniform();
  host.requests_by_node.resize(nodes_max);
  host.pools.resize(workload_.databases.size());
  host.database_requests.resize(workload_.databases.size());
  host.cache_requests.resize(workload_.caches.size());
  host.databases.resize(workload_.databases.size(), Link::unknown);
  host.caches.resize(workload_.caches.size(), Link::unknown);
  host.exits.resize(callees_.size());
  host.names.resize(callees_.size());
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
  const uint64_t version = network_version(scope) + scope.version<elbv2::Listener>() +
                           scope.version<elbv2::Rule>() + scope.version<ZoneDns>();
  const bool all = version != version_;
  version_ = version;
  if (all)
    compile(scope);
  else if (!changed_tasks_.empty() || !changed_groups_.empty())
    compile_changes(scope);
  changed_tasks_.clear();
  changed_groups_.clear();
}

/// Tasks and target groups change all the time: only those that did are looked at again.
void TrafficEngine::compile_changes(const sim::Scope& scope) {
  const size_t known = hosts_.size();
  for (const std::string& id : changed_tasks_) {
    if (const auto* task = scope.view<ecs::Task>(id)) {
      if (task->last_status != "STOPPED" || host_index_.contains(id)) compile_task(scope, *task);
    } else if (Host* host = find_host(id)) {
      compile_lost_task(*host);
    }
  }
  for (const std::string& id : changed_groups_) compile_group(scope, id);
  if (hosts_.size() > known && !scope.all<sim::Impairment>().empty()) compile_faults(scope);
}

void TrafficEngine::compile(const sim::Scope& scope) {
  ++compilation_;
  if (!balancers_.empty()) note_flows(scope);
  compile_balancers(scope);
  compile_tasks(scope);
  compile_pools(scope);
  // Hosts that left every target group still finish, or lose, what they had in hand.
  for (size_t h = 0; h < hosts_.size(); ++h)
    if (hosts_[h].compilation != compilation_)
      compile_host(scope, static_cast<int>(h), hosts_[h].id, workload_.server_of("", ""));
  compile_databases(scope);
  compile_caches(scope);
  compile_tables(scope);
  compile_faults(scope);
  const uint64_t network = network_version(scope);
  if (network != links_version_) forget_links();
  links_version_ = network;
  compile_paths(scope);
  note_ends(scope);
}

void TrafficEngine::compile_host(const sim::Scope& scope, int index, const std::string& id,
                                 const ServerModel& model) {
  Host& host = hosts_[static_cast<size_t>(index)];
  host.compilation = compilation_;
  if (host.is_task) return compile_lost_task(host);
  const ec2::Instance* instance = scope.view<ec2::Instance>(id);
  std::string zone, interface_id;
  bool runs = false;
  if (instance) {
    host.vpc_id = instance->vpc_id;
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
  host.up = host.accepts = runs && !host.dark;
  if (was_up && !host.up) lose_host(host);
  if (instance || runs) host.zone = zone_of(zone);
  host.model = &model;
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
