// ECS tasks as hosts of the engine: their CPU, what version they run, who shares an EC2 host.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "emulator/sim/math.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/tasks.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {
namespace {

constexpr double units_per_vcpu = 1024;

struct Reservation {
  double units = 0, memory_mib = 0;
  bool hard = false;  // a limit, not only a share
};

Reservation reservation_of(const sim::Scope& scope, const ecs::Task& task) {
  const auto* definition = scope.view<ecs::TaskDefinition>(task.definition);
  Reservation r{static_cast<double>(task.cpu), static_cast<double>(task.memory),
                task.container_instance.empty()};
  if (!definition) return r;
  r.hard = r.hard || definition->cpu > 0;
  double units = 0, memory = 0;
  for (const ecs::ContainerDefinition& c : definition->containers) {
    units += static_cast<double>(c.cpu);
    memory += static_cast<double>(c.memory_reservation ? c.memory_reservation : c.memory);
  }
  if (r.units <= 0) r.units = units;
  if (r.memory_mib <= 0) r.memory_mib = memory;
  return r;
}

bool matches(const Behaviour& b, const ecs::Task& task) {
  if (!b.image.empty()) {
    const bool runs = std::ranges::any_of(
        task.containers, [&](const ecs::Container& c) { return wildcard_match(b.image, c.image); });
    if (!runs) return false;
  }
  if (!b.definition.empty() && !wildcard_match(b.definition, task.definition)) return false;
  if (b.tag.empty()) return true;
  return std::ranges::any_of(task.tags, [&](const auto& tag) {
    return wildcard_match(b.tag, cat(tag.first, '=', tag.second));
  });
}

}  // namespace

const Behaviour* behaviour_of(const Workload& workload, const ecs::Task& task) {
  for (const Behaviour& b : workload.behaviours)
    if (matches(b, task)) return &b;
  return nullptr;
}

const ServerModel& TrafficEngine::model_of(const sim::Scope& scope, const ecs::Task& task) const {
  if (const auto* own = workload_.server_of_service(task.cluster, service_name(task))) return *own;
  for (const ecs::LoadBalancerUse& use : task.load_balancers)
    if (const auto* group = scope.view<elbv2::TargetGroup>(use.target_group_arn))
      return workload_.server_of(group->id, group->name);
  return workload_.server_of("", "");
}

/// What never changes while a task lives.
void TrafficEngine::introduce(const sim::Scope& scope, const ecs::Task& task, Host& host) {
  host.is_task = true;
  host.end = cat("task:", task.id);
  host.cluster = task.cluster;
  host.service = service_name(task);
  host.service_arn = task.service;
  host.instance = instance_of(scope, task);
  host.zone = zone_of(task.zone);
  if (const auto* subnet = scope.view<ec2::Subnet>(task.subnet_id))
    host.vpc_id = subnet->vpc_id;
  else if (const auto* carrier = scope.view<ec2::Instance>(host.instance))
    host.vpc_id = carrier->vpc_id;
  host.model = &model_of(scope, task);
  host.workers = host.model->workers;
  host.queue_max = host.model->queue_max;
  host.base_cpu = host.model->base_cpu;
  const Reservation r = reservation_of(scope, task);
  host.reserved_vcpus = r.units / units_per_vcpu;
  host.memory_mib = r.memory_mib;
  int servers = host.model->vcpus;
  if (!servers && r.hard && r.units > 0) {
    servers = static_cast<int>(sim::ceil(host.reserved_vcpus));
    host.share = host.share_max = host.reserved_vcpus / servers;
  } else if (!servers) {
    const auto* instance = scope.view<ec2::Instance>(host.instance);
    servers = instance ? vcpus_of(instance->instance_type) : 1;
  }
  host.cpu.resize(servers, now_);
  if (const Behaviour* b = behaviour_of(workload_, task)) {
    host.fails_health = b->fails_health;
    host.error_share = b->error_share;
  }
  TargetResults& results = results_.targets[static_cast<size_t>(&host - hosts_.data())];
  results.zone = task.zone;
  results.vcpus = servers;
}

void TrafficEngine::compile_task(const sim::Scope& scope, const ecs::Task& task) {
  const int index = host_of(task.id);
  Host& host = hosts_[static_cast<size_t>(index)];
  if (!host.is_task) introduce(scope, task, host);
  host.compilation = compilation_;
  host.dark = sim::is_dark(scope, task.zone, task.id) ||
              sim::is_dark(scope, "", task.interface_id) ||
              (!host.instance.empty() && sim::is_dark(scope, "", host.instance));
  const ec2::Instance* instance = scope.view<ec2::Instance>(host.instance);
  const bool carried = host.instance.empty() || (instance && instance->state == "running");
  const bool was_up = host.up;
  host.up = carried && is_alive(task) && !host.dark;
  host.accepts = host.up && listens(task);
  // What was deployed, in no time, before the traffic began has long booted.
  if (task.started && to_ns(*task.started) > start_ns_)
    host.ready_at = to_ns(*task.started + from_seconds(host.model->boot_s));
  if (was_up && !host.up) lose_host(host);
  share_host(scope, index);
}

/// Its record has gone.
void TrafficEngine::compile_lost_task(Host& host) {
  const bool was_up = host.up;
  host.up = host.accepts = host.dark = false;
  if (was_up) lose_host(host);
  share_host({*world_, region_}, static_cast<int>(&host - hosts_.data()));
}

void TrafficEngine::compile_tasks(const sim::Scope& scope) {
  for (const ecs::Task& task : scope.all<ecs::Task>())
    if (task.last_status != "STOPPED" || host_index_.contains(task.id)) compile_task(scope, task);
}

/// Puts a task among those that share its instance's CPU while it is up, and takes it out after.
void TrafficEngine::share_host(const sim::Scope& scope, int index) {
  Host& host = hosts_[static_cast<size_t>(index)];
  if (host.instance.empty() || host.shares == host.up) return;
  host.shares = host.up;
  if (!host.up) {
    const auto at = shared_hosts_.find(host.instance);
    std::erase(at->second.tasks, index);
    if (at->second.tasks.empty()) shared_hosts_.erase(at);
  } else {
    SharedHost& shared = shared_hosts_[host.instance];
    const auto* instance = scope.view<ec2::Instance>(host.instance);
    shared.vcpus = instance ? vcpus_of(instance->instance_type) : 1;
    shared.tasks.push_back(index);
  }
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  if (shared_hosts_.empty())
    next_share_ = never;
  else if (next_share_ == never)
    next_share_ = now_ + share_period_ns;
}

int TrafficEngine::target_host(const sim::Scope& scope, const std::string& id, int64_t port,
                               const ServerModel& model) {
  const TaskEnd end = task_at(scope, id, port);
  if (end.task) {
    const int index = host_of(end.task->id);
    if (hosts_[static_cast<size_t>(index)].compilation != compilation_)
      compile_task(scope, *end.task);
    return index;
  }
  // Nothing listens on such a port of a cluster's instance.
  const int index = host_of(end.only_tasks ? cat(id, ':', port) : id);
  if (end.only_tasks) hosts_[static_cast<size_t>(index)].end = id;
  compile_host(scope, index, hosts_[static_cast<size_t>(index)].id, model);
  return index;
}

/// Tasks get what they ask for while their host can give it, else their reservation's share of it
/// (cgroup weights). Settled once a second from what was asked for in the last one.
void TrafficEngine::settle_shares() {
  constexpr double period_s = static_cast<double>(share_period_ns) * 1e-9;
  for (const auto& [instance, shared] : shared_hosts_) {
    struct Claim {
      Host* host;
      double wanted, weight;
    };
    std::vector<Claim> claims;
    double wanted = 0;
    for (const int index : shared.tasks) {
      Host& host = hosts_[static_cast<size_t>(index)];
      const double waiting_s = static_cast<double>(host.cpu.wait(now_)) * 1e-9 * host.cpu.servers();
      const double limit = host.cpu.servers() * host.share_max;
      Claim claim{&host, std::min(host.wanted_s / period_s + waiting_s, limit),
                  std::max(host.reserved_vcpus * 1024, 2.0)};
      host.wanted_s = 0;
      wanted += claim.wanted;
      claims.push_back(claim);
    }
    double left = shared.vcpus, weights = 0;
    for (const Claim& c : claims) weights += c.weight;
    const bool is_full = wanted > left;
    // Who wants less than its share leaves the rest to the others.
    std::ranges::stable_sort(claims, {}, [](const Claim& c) { return c.wanted / c.weight; });
    for (const Claim& c : claims) {
      const double fair = left * c.weight / weights;
      const double given = std::min(c.wanted, fair);
      c.host->share = !is_full || given >= c.wanted
                          ? c.host->share_max
                          : std::max(given / c.host->cpu.servers(), 0.01);
      left -= given;
      weights -= c.weight;
    }
  }
  next_share_ += share_period_ns;
}

}  // namespace squall::dataplane
