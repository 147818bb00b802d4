// ElastiCache watches its nodes: a dark primary's least-lagging replica is promoted, and a node
// whose host is back is replaced in its zone and joins as a replica.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

std::string course(const NodeGroup& ng) { return cat(ng.id, ' ', ng.generation); }

/// The node group of a course that is still under way, ready to change.
struct Current {
  ReplicationGroup* group = nullptr;
  NodeGroup* node_group = nullptr;
};

Current current(sim::Scope& scope, const sim::Event& event) {
  const ReplicationGroup* before = scope.view<ReplicationGroup>(event.subject);
  if (!before || before->status == "deleting") return {};
  for (size_t i = 0; i < before->node_groups.size(); ++i) {
    if (course(before->node_groups[i]) != event.payload) continue;
    ReplicationGroup& group = scope.edit<ReplicationGroup>(event.subject);
    return {&group, &group.node_groups[i]};
  }
  return {};
}

void summarise(ReplicationGroup& group) {
  group.failover_phase.clear();
  for (const NodeGroup& ng : group.node_groups)
    if (group.failover_phase.empty()) group.failover_phase = ng.failover_phase;
}

void begin(sim::Scope& scope, ReplicationGroup& group, NodeGroup& ng, std::string_view phase,
           std::string_view latency, std::string_view event) {
  ++ng.generation;
  ng.failover_phase = phase;
  summarise(group);
  scope.after(scope.latency(latency, cat(group.id, '/', ng.id)), event, group.id, course(ng));
}

/// Replication is asynchronous: each replica is some milliseconds behind, now and then more.
void draw_lags(sim::Scope& scope, const ReplicationGroup& group, NodeGroup& ng) {
  sim::Stream& stream = scope.random(cat("elasticache/", group.id, '/', ng.id));
  for (CacheNode& node : ng.nodes)
    node.replication_lag_ms = node.role == "primary" ? 0 : stream.lognormal(1.0, 0.8);
}

CacheNode* least_lagging_replica(NodeGroup& ng) {
  CacheNode* best = nullptr;
  for (CacheNode& node : ng.nodes) {
    if (node.role == "primary" || !node.serving_since) continue;
    if (!best || node.replication_lag_ms < best->replication_lag_ms) best = &node;
  }
  return best;
}

void begin_recovery(sim::Scope& scope, CacheNode& node) {
  ++node.generation;
  node.status = "rebooting cluster nodes";
  record_event(scope, "cache-cluster", node.cluster_id, "Recovering cache nodes 0001");
  scope.after(scope.latency("elasticache.node.recovering", node.cluster_id),
              "elasticache.node.recovered", node.cluster_id, std::to_string(node.generation));
}

void detected(sim::Scope& scope, const sim::Event& event) {
  const Current at = current(scope, event);
  if (!at.group) return;
  const CacheNode* primary = primary_of(*at.node_group);
  if (!primary || !is_dark(scope, *primary)) return;
  begin_failover(scope, *at.group, *at.node_group, "The primary node does not answer.");
}

void promoted(sim::Scope& scope, const sim::Event& event) {
  const Current at = current(scope, event);
  if (!at.group) return;
  if (at.group->status == "modifying") at.group->status = "available";
  NodeGroup& ng = *at.node_group;
  CacheNode* old = primary_of(ng);
  CacheNode* replica = least_lagging_replica(ng);
  if (!replica) {  // it went dark meanwhile
    ng.failover_phase = "down";
    summarise(*at.group);
    return look_after(scope, at.group->id);
  }
  replica->role = "primary";
  replica->serving_since = scope.now();
  const std::string words = cat("Failover from primary node ", old->cluster_id, " to replica node ",
                                replica->cluster_id, " completed");
  old->role = "replica";
  ng.failover_phase.clear();
  summarise(*at.group);
  record_event(scope, "cache-cluster", replica->cluster_id, words);
  record_event(scope, "replication-group", at.group->id, words);
  if (!is_dark(scope, *old))
    begin_recovery(scope, *old);
  else
    old->status = "modifying";
  look_after(scope, at.group->id);
}

void recovered(sim::Scope& scope, const sim::Event& event) {
  const ReplicationGroup* before = group_of(scope, event.subject);
  if (!before || before->status == "deleting") return;
  const std::string id = before->id;
  ReplicationGroup& group = scope.edit<ReplicationGroup>(id);
  for (NodeGroup& ng : group.node_groups) {
    for (CacheNode& node : ng.nodes) {
      if (node.cluster_id != event.subject || event.payload != std::to_string(node.generation) ||
          is_dark(scope, node))
        continue;
      node.status = "available";
      node.serving_since = scope.now();
      if (node.role == "primary") ng.failover_phase.clear();
      record_event(scope, "cache-cluster", node.cluster_id,
                   "Finished recovery for cache nodes 0001");
    }
    // A node group that had nobody to promote has somebody now.
    const CacheNode* primary = primary_of(ng);
    if (ng.failover_phase == "down" && group.automatic_failover && primary &&
        is_dark(scope, *primary) && least_lagging_replica(ng))
      begin_failover(scope, group, ng, "A replica is back while the primary is not.");
  }
  summarise(group);
}

void monitor(sim::Scope& scope, const sim::Event&) {
  std::vector<std::string> ids;
  for (const ReplicationGroup& group : scope.all<ReplicationGroup>()) ids.push_back(group.id);
  for (const std::string& id : ids) look_after(scope, id);
  ids.clear();
  for (const CacheCluster& cluster : scope.all<CacheCluster>()) ids.push_back(cluster.id);
  for (const std::string& id : ids) look_after_cluster(scope, id);
}

bool has_work(const sim::Scope& scope, const ReplicationGroup& group) {
  for (const NodeGroup& ng : group.node_groups)
    for (const CacheNode& node : ng.nodes)
      if (is_dark(scope, node) != node.dark) return true;
  return false;
}

void went_dark(sim::Scope& scope, ReplicationGroup& group, NodeGroup& ng, CacheNode& node) {
  node.dark = true;
  ++node.generation;  // a recovery under way is lost with the host
  node.serving_since.reset();
  if (node.role != "primary" || ng.failover_phase == "promoting") return;
  if (group.automatic_failover) {
    begin(scope, group, ng, "detecting", "elasticache.failover.detect",
          "elasticache.failover.detected");
  } else {
    ++ng.generation;
    ng.failover_phase = "down";
    summarise(group);
  }
}

void came_back(sim::Scope& scope, ReplicationGroup& group, NodeGroup& ng, CacheNode& node) {
  node.dark = false;
  if (node.role == "primary" && ng.failover_phase == "detecting") {
    ++ng.generation;  // it is back before anybody missed it: only its own restart is left
    ng.failover_phase = "down";
    summarise(group);
  }
  begin_recovery(scope, node);
}

}  // namespace

void begin_failover(sim::Scope& scope, ReplicationGroup& group, NodeGroup& ng,
                    std::string_view cause) {
  draw_lags(scope, group, ng);
  if (!least_lagging_replica(ng)) {
    ++ng.generation;
    ng.failover_phase = "down";
    summarise(group);
    scope.announce("elasticache.failover-abandoned", group.id,
                   cat("Node group ", ng.id, " has no replica that could be promoted."));
    return;
  }
  scope.announce("elasticache.failover-started", group.id, cat("Node group ", ng.id, ": ", cause));
  if (CacheNode* primary = primary_of(ng)) primary->serving_since.reset();
  begin(scope, group, ng, "promoting", "elasticache.failover.promote",
        "elasticache.failover.promoted");
}

void begin_failover(sim::Scope& scope, std::string_view id, std::string_view cause) {
  const ReplicationGroup* before = scope.view<ReplicationGroup>(id);
  if (!before || before->status == "deleting" || before->status == "creating") return;
  ReplicationGroup& group = scope.edit<ReplicationGroup>(id);
  bool any = false;
  for (NodeGroup& ng : group.node_groups) {
    const CacheNode* primary = primary_of(ng);
    if (!primary || !is_dark(scope, *primary) || ng.failover_phase == "promoting") continue;
    begin_failover(scope, group, ng, cause);
    any = true;
  }
  if (!any && !group.node_groups.empty() && group.node_groups[0].failover_phase.empty())
    begin_failover(scope, group, group.node_groups[0], cause);
}

void look_after(sim::Scope& scope, std::string_view id) {
  const ReplicationGroup* before = scope.view<ReplicationGroup>(id);
  if (!before || before->status == "deleting" || before->status == "creating") return;
  if (!has_work(scope, *before)) return;
  ReplicationGroup& group = scope.edit<ReplicationGroup>(id);
  for (NodeGroup& ng : group.node_groups) {
    for (CacheNode& node : ng.nodes) {
      const bool dark = is_dark(scope, node);
      if (dark && !node.dark) went_dark(scope, group, ng, node);
      if (!dark && node.dark) came_back(scope, group, ng, node);
    }
  }
}

std::span<const sim::EventRow> failover_events() {
  static const sim::EventRow rows[] = {
      {"elasticache.monitor", monitor},
      {"elasticache.failover.detected", detected},
      {"elasticache.failover.promoted", promoted},
      {"elasticache.node.recovered", recovered},
  };
  return rows;
}

std::span<const sim::WatchRow> failover_watches() {
  static const sim::WatchRow rows[] = {{"sim:impairment", "elasticache.monitor"}};
  return rows;
}

}  // namespace squall::elasticache
