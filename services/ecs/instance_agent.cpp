// Agents of EC2 instances: they register after boot, lose their connection and come back.
#include <algorithm>

#include "emulator/sim/impairment.h"
#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

const ContainerInstance* registered(const sim::Scope& scope, std::string_view instance_id) {
  for (const auto* i : scope.by<ContainerInstance>(cat("instance:", instance_id)))
    if (i->status != "INACTIVE") return i;
  return nullptr;
}

/// Nothing passes between the zone and the rest of the region.
bool is_cut_off(const sim::Scope& scope, std::string_view zone) {
  return std::ranges::any_of(
      scope.by<sim::Impairment>(cat("zone:", zone)), [](const sim::Impairment* i) {
        return i->what == "network" && i->peer_zone.empty() && i->resource.empty();
      });
}

bool is_gone(const ec2::Instance* instance) {
  return !instance || instance->state == "terminated";
}

bool answers(const sim::Scope& scope, const ec2::Instance& instance) {
  return instance.state == "running" && instance.booted && !is_cut_off(scope, instance.zone);
}

void set_connected(sim::Scope& scope, const std::string& arn, bool connected) {
  ContainerInstance& instance = scope.edit<ContainerInstance>(arn);
  instance.agent_connected = connected;
  ++instance.version;
  scope.announce(connected ? "ecs.agent-connected" : "ecs.agent-disconnected", arn,
                 cat("The container agent of ", instance.instance_id, " is ",
                     connected ? "connected" : "disconnected"));
}

/// Looks at one EC2 instance and schedules what its agent, or ECS about it, does next.
void look_at(sim::Scope& scope, const std::string& id) {
  const auto* instance = scope.view<ec2::Instance>(id);
  const ContainerInstance* host = registered(scope, id);
  auto in = [&](std::string_view latency, std::string_view event) {
    scope.at_unique(scope.now() + scope.latency(latency, id), event, id);
  };
  if (is_gone(instance)) {
    if (host) in("ecs.instance.gone", "ecs.instance.gone");
    return;
  }
  if (answers(scope, *instance)) {
    const Agent* agent = scope.view<Agent>(id);
    if (host && !host->agent_connected)
      in("ecs.agent.register", "ecs.agent.register");
    else if ((!agent || agent->booted != *instance->booted) &&
             !agent_config(scope, *instance).cluster.empty())
      in("ecs.agent.register", "ecs.agent.register");
    return;
  }
  if (!host || !host->agent_connected) return;
  const bool silent = instance->state == "running" &&
                      (!instance->powered || is_cut_off(scope, instance->zone));
  in(silent ? "ecs.agent.lost" : "ecs.agent.closed", "ecs.agent.lost");
}

void instance_changed(sim::Scope& scope, const sim::Event& event) {
  look_at(scope, event.subject);
}

void network_changed(sim::Scope& scope, const sim::Event&) {
  std::vector<std::string> ids;
  for (const ContainerInstance& host : scope.all<ContainerInstance>())
    if (host.status != "INACTIVE" && !host.instance_id.empty()) ids.push_back(host.instance_id);
  for (const std::string& id : ids) look_at(scope, id);
}

/// A cluster came (or changed): instances that wait for it register.
void cluster_changed(sim::Scope& scope, const sim::Event& event) {
  const Cluster* cluster = scope.view<Cluster>(event.subject);
  if (!cluster || cluster->status != "ACTIVE") return;
  std::vector<std::string> ids;
  for (const ec2::Instance* instance : scope.by<ec2::Instance>("state:running"))
    if (!instance->user_data.empty() && !scope.has<Agent>(instance->id))
      ids.push_back(instance->id);
  for (const std::string& id : ids) look_at(scope, id);
}

/// The agent of an image made for ECS creates the default cluster if there is none.
const Cluster* cluster_for(sim::Scope& scope, const AgentConfig& config) {
  const Cluster* cluster = scope.view<Cluster>(config.cluster);
  if (cluster && cluster->status == "ACTIVE") return cluster;
  if (config.cluster != "default") return nullptr;
  Cluster made;
  made.id = "default";
  made.arn = scope.arn("ecs", "cluster/default");
  made.settings["containerInsights"] = account_setting(scope, "containerInsights");
  return &scope.add(std::move(made));
}

void register_agent(sim::Scope& scope, const sim::Event& event) {
  const auto* instance = scope.view<ec2::Instance>(event.subject);
  if (!instance || !answers(scope, *instance)) return;
  const Agent* before = scope.view<Agent>(event.subject);
  if (const ContainerInstance* host = registered(scope, event.subject)) {
    if (!host->agent_connected) set_connected(scope, host->id, true);
    scope.add(Agent{instance->id, host->id, *instance->booted});
    return;
  }
  if (before && before->booted == *instance->booted) return;  // deregistered by the user
  const AgentConfig config = agent_config(scope, *instance);
  if (config.cluster.empty()) return;
  const Cluster* cluster = cluster_for(scope, config);
  if (!cluster) return;  // the agent gives up until the cluster is there
  ContainerInstance made = new_container_instance(scope, *cluster, *instance, config);
  made.registered = scope.now();
  made.id = scope.arn("ecs", cat("container-instance/", cluster->id, '/',
                                 scope.new_hex("container-instance", 32, instance->id)));
  scope.announce("ecs.container-instance", made.id,
                 cat("Container instance of ", instance->id, " joined cluster ", cluster->id));
  scope.add(Agent{instance->id, made.id, *instance->booted});
  scope.add(std::move(made));
}

void agent_lost(sim::Scope& scope, const sim::Event& event) {
  const auto* instance = scope.view<ec2::Instance>(event.subject);
  const ContainerInstance* host = registered(scope, event.subject);
  if (host && host->agent_connected && (!instance || !answers(scope, *instance)))
    set_connected(scope, host->id, false);
}

void instance_gone(sim::Scope& scope, const sim::Event& event) {
  const ContainerInstance* host = registered(scope, event.subject);
  if (host && is_gone(scope.view<ec2::Instance>(event.subject)))
    deregister_instance(scope, host->id,
                        cat("Host EC2 (instance ", event.subject, ") terminated."));
  scope.erase<Agent>(event.subject);
}

const sim::EventRow events[] = {
    {"ecs.instance.changed", instance_changed}, {"ecs.agent.network", network_changed},
    {"ecs.agent.cluster", cluster_changed},     {"ecs.agent.register", register_agent},
    {"ecs.agent.lost", agent_lost},             {"ecs.instance.gone", instance_gone},
};
const sim::WatchRow watches[] = {
    {"ec2:instance", "ecs.instance.changed", false},
    {"ecs:cluster", "ecs.agent.cluster", false},
    {"sim:impairment", "ecs.agent.network", true},
};
// K: cloud-init, Docker and the agent come up within half a minute of boot. A closed socket is seen
// at once; a silent one when heartbeats (each minute) have been missed. AWS states no figures.
const sim::LatencyRow latencies[] = {
    {"ecs.agent.register", 10s, 35s, 10s, 60s},
    {"ecs.agent.closed", 1s, 5s, 1s, 5s},
    {"ecs.agent.lost", 60s, 150s, 60s, 180s},
    {"ecs.instance.gone", 5s, 30s, 5s, 60s},
};

}  // namespace

EventRows instance_agent_events() { return events; }
WatchRows instance_agent_watches() { return watches; }
LatencyRows instance_agent_latencies() { return latencies; }

}  // namespace squall::ecs
