// Minute figures of ECS services and clusters.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/metrics_emit.h"
#include "services/ecs/ecs.h"

namespace squall::dataplane {
namespace {

using cloudwatch::Dimensions;
using cloudwatch::StatisticSet;

void add(StatisticSet& set, double value) {
  set.minimum = set.sample_count > 0 ? std::min(set.minimum, value) : value;
  set.maximum = std::max(set.maximum, value);
  set.sum += value;
  set.sample_count += 1;
}

struct Usage {
  StatisticSet cpu, memory;
};
struct ClusterUsage {
  double vcpus = 0, memory_mib = 0;              // registered
  double used_vcpus = 0, used_mib = 0;
  double reserved_vcpus = 0, reserved_mib = 0;
};

double memory_used_mib(const Host& host) {
  const double used = host.model->base_memory * host.memory_mib +
                      host.model->request_memory_mib * host.in_flight;
  return std::min(used, host.memory_mib);
}

/// Of what the host's CPU may give at most: its own work, what idling costs, and any stress.
double vcpus_used(const Host& host, double busy_s) {
  const double limit = host.cpu.servers() * host.share_max;
  const double idle = host.base_cpu * std::max(host.reserved_vcpus, 0.01);
  return std::min(limit, busy_s * host.share * host.speed / 60 + idle + (1 - host.speed) * limit);
}

void put_services(const Emitter& out,
                  const std::map<std::pair<std::string, std::string>, Usage>& services) {
  for (const auto& [name, usage] : services) {
    const Dimensions dimensions{{"ClusterName", name.first}, {"ServiceName", name.second}};
    out.put("CPUUtilization", dimensions, usage.cpu, "Percent");
    out.put("MemoryUtilization", dimensions, usage.memory, "Percent");
  }
}

/// Only of clusters with container instances, as on AWS: Fargate has nothing registered.
void put_clusters(const sim::Scope& scope, const Emitter& out,
                  std::map<std::string, ClusterUsage>& clusters) {
  for (const auto& instance : scope.all<ecs::ContainerInstance>()) {
    if (instance.status == "INACTIVE") continue;
    ClusterUsage& usage = clusters[instance.cluster];
    usage.vcpus += static_cast<double>(instance.cpu) / 1024;
    usage.memory_mib += static_cast<double>(instance.memory);
  }
  for (const auto& [name, u] : clusters) {
    if (u.vcpus <= 0 || u.memory_mib <= 0) continue;
    const Dimensions dimensions{{"ClusterName", name}};
    const auto put = [&](std::string_view metric, double share) {
      out.put(metric, dimensions, StatisticSet::of(100 * share), "Percent");
    };
    put("CPUUtilization", u.used_vcpus / u.vcpus);
    put("MemoryUtilization", u.used_mib / u.memory_mib);
    put("CPUReservation", u.reserved_vcpus / u.vcpus);
    put("MemoryReservation", u.reserved_mib / u.memory_mib);
  }
}

}  // namespace

void put_tasks(sim::Scope& scope, TrafficEngine& engine, Time minute) {
  const Emitter out{scope, "AWS/ECS", minute};
  std::map<std::pair<std::string, std::string>, Usage> services;
  std::map<std::string, ClusterUsage> clusters;
  for (Host& host : engine.hosts()) {
    if (!host.is_task) continue;
    const int64_t busy = host.cpu.busy(to_ns(scope.now()));
    const double busy_s = static_cast<double>(busy - host.busy_taken_ns) * 1e-9;
    host.busy_taken_ns = busy;
    host.used_vcpus = 0;
    if (!host.up) continue;
    engine.note_minute(host, busy_s, minute);
    host.used_vcpus = vcpus_used(host, busy_s);
    if (!host.service.empty() && host.reserved_vcpus > 0 && host.memory_mib > 0) {
      Usage& usage = services[{host.cluster, host.service}];
      add(usage.cpu, 100 * host.used_vcpus / host.reserved_vcpus);
      add(usage.memory, 100 * memory_used_mib(host) / host.memory_mib);
    }
    if (host.instance.empty()) continue;
    ClusterUsage& cluster = clusters[host.cluster];
    cluster.used_vcpus += host.used_vcpus;
    cluster.used_mib += memory_used_mib(host);
    cluster.reserved_vcpus += host.reserved_vcpus;
    cluster.reserved_mib += host.memory_mib;
  }
  put_services(out, services);
  put_clusters(scope, out, clusters);
}

}  // namespace squall::dataplane
