// Databases, caches, links between hosts and the faults on them, compiled for the engine.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/engine.h"
#include "services/elasticache/elasticache.h"
#include "services/rds/rds.h"

namespace squall::dataplane {
namespace {

// RDS's default for PostgreSQL: LEAST({DBInstanceClassMemory/9531392}, 5000).
int default_max_connections(const std::string& instance_class) {
  const double bytes = memory_gib_of(instance_class) * 1024 * 1024 * 1024;
  return static_cast<int>(std::min(bytes / 9531392, 5000.0));
}

/// A copy took over: what it had not received is gone.
void count_lost(CommitLedger& ledger) {
  for (const auto& [second, commits] : ledger.unreplicated) {
    const Time at = from_unix_seconds(second);
    if (!ledger.oldest_lost) ledger.oldest_lost = at;
    ledger.newest_lost = at;
    ledger.lost += commits;
  }
  ledger.unreplicated.clear();
}

/// Whether something done to a resource is done to the host.
bool is_of(const Host& host, const std::string& resource) {
  return host.id == resource ||
         (host.is_task && (host.instance == resource || host.service_arn == resource));
}

}  // namespace

void TrafficEngine::compile_databases(const sim::Scope& scope) {
  databases_.resize(workload_.databases.size());
  for (size_t i = 0; i < databases_.size(); ++i) {
    const DatabaseModel& model = workload_.databases[i];
    Database& db = databases_[i];
    const bool is_new = db.id.empty();
    if (is_new) {
      db.id = model.name;
      db.stream = sim::Stream(seed_, cat("database/", model.name));
      db.ledger = &results_.ledgers[model.name];
      db.ledger->database = model.name;
    }
    const rds::DbInstance* record = scope.view<rds::DbInstance>(model.name);
    const bool was_serving = db.serving;
    db.exists = record != nullptr;
    db.serving = record && rds::is_serving(scope, *record);
    if (was_serving && !db.serving) {
      ++db.epoch;
      db.cpu.clear(now_);
    }
    if (!record) continue;
    db.serving_from = record->serving_since ? to_ns(*record->serving_since) : 0;
    db.commits_held_until =
        record->writes_stalled_until ? to_ns(*record->writes_stalled_until) : 0;
    db.port = static_cast<int>(record->port);
    db.zone = zone_of(record->primary_zone);
    db.standby_zone = record->secondary_zone.empty() ? db.zone : zone_of(record->secondary_zone);
    db.multi_az = record->multi_az;
    if (!db.primary.empty() && db.primary != record->primary_interface_id) {
      ++db.epoch;
      db.switched_at = now_;
      count_lost(*db.ledger);
    }
    db.primary = record->primary_interface_id;
    db.in_sync = record->standby_in_sync;
    if (db.in_sync) db.ledger->unreplicated.clear();
    db.max_connections = model.max_connections ? model.max_connections
                                               : default_max_connections(record->instance_class);
    db.cpu.resize(model.vcpus ? model.vcpus : vcpus_of(record->instance_class), now_);
  }
}

void TrafficEngine::compile_caches(const sim::Scope& scope) {
  caches_.resize(workload_.caches.size());
  for (size_t i = 0; i < caches_.size(); ++i) {
    const CacheModel& model = workload_.caches[i];
    Cache& cache = caches_[i];
    if (cache.id.empty()) {
      cache.id = model.name;
      cache.stream = sim::Stream(seed_, cat("cache/", model.name));
    }
    const auto* group = scope.view<elasticache::ReplicationGroup>(model.name);
    cache.exists = group != nullptr;
    cache.serving = false;
    if (!group) continue;
    cache.port = static_cast<int>(group->port);
    for (const auto& shard : group->node_groups) {
      for (const auto& node : shard.nodes) {
        if (node.role != "primary") continue;
        cache.serving = node.serving_since && *node.serving_since <= scope.now();
        cache.zone = zone_of(node.zone);
        const std::string primary = cat(node.cluster_id, '/', node.interface_id);
        if (!cache.primary.empty() && cache.primary != primary) cache.switched_at = now_;
        cache.primary = primary;
        cache.lag_s = node.replication_lag_ms * 1e-3;
      }
      if (!shard.nodes.empty()) break;  // the first shard stands for all
    }
  }
}

void TrafficEngine::compile_faults(const sim::Scope& scope) {
  for (auto& row : path_fault_)
    for (PathFault& fault : row) fault = {};
  for (Host& host : hosts_) {
    host.fault = {};
    host.speed = 1;
  }
  has_path_faults_ = false;
  const auto put = [&](PathFault& fault, const sim::Impairment& i) {
    has_path_faults_ = true;
    if (i.what == "loss") {
      fault.loss = 1 - (1 - fault.loss) * (1 - i.magnitude);
      return;
    }
    fault.delay_ns += static_cast<int64_t>(i.magnitude * 1e6);
    fault.jitter_ns += static_cast<int64_t>(i.jitter_ms * 1e6);
  };
  for (const auto& i : scope.all<sim::Impairment>()) {
    const bool is_path = i.what == "latency" || i.what == "loss";
    if (!is_path && i.what != "stress") continue;
    if (is_path && i.resource.empty()) {
      const int zone = zone_of(i.zone);
      for (int other = 0; other < zones_max; ++other)
        if (i.peer_zone.empty() || zone_of(i.peer_zone) == other)
          put(path_fault_[zone][other], i);
      continue;
    }
    for (Host& host : hosts_) {
      const bool meant = i.resource.empty() ? zones_[static_cast<size_t>(host.zone)] == i.zone
                                            : is_of(host, i.resource);
      if (!meant) continue;
      if (is_path)
        put(host.fault, i);
      else
        host.speed = std::max(0.01, host.speed - i.magnitude);
    }
  }
}

}  // namespace squall::dataplane
