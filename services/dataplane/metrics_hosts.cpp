// Minute figures of instances, databases, caches and NAT gateways.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/flow_logs.h"
#include "services/dataplane/metrics_emit.h"
#include "services/dataplane/nat.h"
#include "services/elasticache/elasticache.h"
#include "services/rds/rds.h"

namespace squall::dataplane {
namespace {

using cloudwatch::Dimensions;
using cloudwatch::StatisticSet;

// A database and a cache are never quite idle.
constexpr double database_base_percent = 2, cache_base_percent = 1, idle_cpu_percent = 1;

double cpu_percent(double busy_s, int vcpus, double base, double speed) {
  const double used = 100 * busy_s / (60.0 * std::max(vcpus, 1));
  return std::min(100.0, 100 * base + 100 * (1 - speed) + used * speed);
}

/// Busy seconds since the last emission.
double take_busy(const Station& station, int64_t& taken_ns, int64_t now) {
  const int64_t busy = station.busy(now);
  const int64_t delta = busy - taken_ns;
  taken_ns = busy;
  return static_cast<double>(delta) * 1e-9;
}

void put_checks(const Emitter& out, const ec2::Instance& instance) {
  const Dimensions dimensions{{"InstanceId", instance.id}};
  const int system = instance.system_status == "impaired";
  const int own = instance.instance_status == "impaired";
  out.put("StatusCheckFailed_System", dimensions, StatisticSet::of(system), "Count");
  out.put("StatusCheckFailed_Instance", dimensions, StatisticSet::of(own), "Count");
  out.put("StatusCheckFailed", dimensions, StatisticSet::of(system || own), "Count");
}

}  // namespace

void put_instances(sim::Scope& scope, TrafficEngine& engine, Time minute) {
  const Emitter out{scope, "AWS/EC2", minute};
  std::map<std::string, StatisticSet> groups;
  std::map<std::string, double> carried;  // vCPUs that tasks use
  for (const Host& host : engine.hosts())
    if (!host.instance.empty()) carried[host.instance] += host.used_vcpus;
  const bool fifth = unix_seconds(scope.now()) / 60 % 5 == 0;  // basic monitoring
  for (const auto& instance : scope.all<ec2::Instance>()) {
    Host* host = engine.find_host(instance.id);
    double busy_s = 0;
    if (host) {
      busy_s = take_busy(host->cpu, host->busy_taken_ns, to_ns(scope.now()));
      engine.note_minute(*host, busy_s, minute);
    }
    if (instance.state != "running") continue;
    put_checks(out, instance);
    // A host without power reports nothing.
    if (sim::is_dark(scope, instance.zone, instance.id)) continue;
    double percent = host ? cpu_percent(busy_s, host->cpu.servers(), host->base_cpu, host->speed)
                          : idle_cpu_percent;
    if (const auto tasks = carried.find(instance.id); tasks != carried.end())
      percent = std::min(100.0, percent + 100 * tasks->second / vcpus_of(instance.instance_type));
    if (!instance.auto_scaling_group.empty()) {
      StatisticSet& group = groups[instance.auto_scaling_group];
      group.minimum = group.sample_count > 0 ? std::min(group.minimum, percent) : percent;
      group.maximum = std::max(group.maximum, percent);
      group.sum += percent;
      group.sample_count += 1;
    }
    if (!instance.monitoring && !fifth) continue;
    const Dimensions dimensions{{"InstanceId", instance.id}};
    const double requests = host ? host->requests : 0;
    out.put("CPUUtilization", dimensions, StatisticSet::of(percent), "Percent");
    out.put("NetworkIn", dimensions, StatisticSet::of(requests * flow_bytes_in), "Bytes");
    out.put("NetworkOut", dimensions, StatisticSet::of(requests * flow_bytes_out), "Bytes");
  }
  for (const auto& [name, data] : groups)
    out.put("CPUUtilization", {{"AutoScalingGroupName", name}}, data, "Percent");
}

void put_databases(sim::Scope& scope, TrafficEngine& engine, Time minute) {
  const Emitter out{scope, "AWS/RDS", minute};
  for (Database& db : engine.databases()) {
    const double busy_s = take_busy(db.cpu, db.busy_taken_ns, to_ns(scope.now()));
    const Dimensions dimensions{{"DBInstanceIdentifier", db.id}};
    if (db.exists && db.serving) {
      const double percent = std::min(
          100.0, database_base_percent + 100 * busy_s / (60.0 * std::max(db.cpu.servers(), 1)));
      const uint32_t writes = std::max<uint32_t>(db.writes, 1);
      const uint32_t reads = std::max<uint32_t>(db.reads, 1);
      const double pooled = [&] {  // pools keep what they opened
        double most = 0;
        for (const Host& host : engine.hosts())
          if (host.up) most += std::min<double>(host.requests, 20);
        return std::min<double>(most, db.max_connections);
      }();
      out.put("CPUUtilization", dimensions, StatisticSet::of(percent), "Percent");
      out.put("DatabaseConnections", dimensions,
              StatisticSet::of(std::max<double>(pooled, db.connections)), "Count");
      out.put("ReadLatency", dimensions, StatisticSet::of(db.read_s / reads), "Seconds");
      out.put("WriteLatency", dimensions, StatisticSet::of(db.write_s / writes), "Seconds");
      out.put("CommitLatency", dimensions, StatisticSet::of(1e3 * db.commit_s / writes),
              "Milliseconds");
      out.put("ReadIOPS", dimensions, StatisticSet::of(db.reads / 60.0), "Count/Second");
      out.put("WriteIOPS", dimensions, StatisticSet::of(db.writes / 60.0), "Count/Second");
    }
    db.reads = db.writes = db.failures = 0;
    db.read_s = db.write_s = db.commit_s = 0;
  }
}

void put_caches(sim::Scope& scope, TrafficEngine& engine, Time minute) {
  const Emitter out{scope, "AWS/ElastiCache", minute};
  for (Cache& cache : engine.caches()) {
    const auto* group = scope.view<elasticache::ReplicationGroup>(cache.id);
    if (!group) continue;
    for (const auto& shard : group->node_groups) {
      for (const auto& node : shard.nodes) {
        if (!node.serving_since || sim::is_dark(scope, node.zone, node.interface_id)) continue;
        const bool primary = node.role == "primary";
        const double load = primary ? cache.hits + cache.misses : 0;
        const Dimensions dimensions{{"CacheClusterId", node.cluster_id}, {"CacheNodeId", "0001"}};
        const double percent = std::min(100.0, cache_base_percent + load / 60 * 0.001);
        for (const Dimensions& d : {dimensions, Dimensions{{"CacheClusterId", node.cluster_id}}}) {
          out.put("CPUUtilization", d, StatisticSet::of(percent), "Percent");
          out.put("EngineCPUUtilization", d, StatisticSet::of(percent), "Percent");
          out.put("CurrConnections", d, StatisticSet::of(primary ? engine.hosts().size() : 1),
                  "Count");
          out.sum("CacheHits", d, primary ? cache.hits : 0, "Count");
          out.sum("CacheMisses", d, primary ? cache.misses : 0, "Count");
        }
      }
    }
    cache.hits = cache.misses = cache.failures = 0;
  }
}

void put_nat_gateways(sim::Scope& scope, TrafficEngine& engine, Time minute) {
  const Emitter out{scope, "AWS/NATGateway", minute};
  for (const auto& nat : scope.all<ec2::NatGateway>()) {
    if (nat.state != "available") continue;
    const auto* subnet = scope.view<ec2::Subnet>(nat.subnet_id);
    if (!subnet || sim::is_dark(scope, subnet->zone, nat.id)) continue;
    double calls = 0, established = 0;
    for (const NatFlow& flow : engine.nats()) {
      if (flow.id != nat.id) continue;
      calls = flow.attempts;
      established = flow.established;
    }
    const Dimensions dimensions{{"NatGatewayId", nat.id}};
    const double held = static_cast<double>(nat_connections(scope, nat.id));
    out.put("ActiveConnectionCount", dimensions,
            StatisticSet::of(held + sim::ceil(established / 60)), "Count");
    out.sum("BytesOutToDestination", dimensions, established * flow_bytes_in, "Bytes");
    out.sum("BytesInFromDestination", dimensions, established * flow_bytes_out, "Bytes");
    out.sum("ConnectionAttemptCount", dimensions, calls, "Count");
    out.sum("ConnectionEstablishedCount", dimensions, established, "Count");
    out.sum("ErrorPortAllocation", dimensions, 0, "Count");
  }
}

}  // namespace squall::dataplane
