// What becomes of tasks when hosts go dark or away: physics at once, Fargate and the agents later.
#include "emulator/sim/impairment.h"
#include "emulator/sim/record_type.h"
#include "services/ec2/ec2.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr std::string_view infrastructure_lost =
    "ECS is performing maintenance on the underlying infrastructure hosting the task";

/// A zone that Fargate has found to be without power: it starts no tasks there.
struct LostZone {
  static constexpr std::string_view kind = "ecs:lost-zone";
  std::string id;  // the zone's name
  Time since{};
  SQUALL_FIELDS(id, since)
};

bool is_moving(const Task& task) { return task.last_status != "RUNNING" && !is_stopped(task); }

/// Looks again at what a dark host had to leave.
void resume(sim::Scope& scope, const std::string& arn) {
  Task& task = scope.edit<Task>(arn);
  task.held = false;
  for (Container& container : task.containers) {
    container.signalled = false;
    if (container.status == "PENDING") container.runtime_id.clear();
  }
  if (task.last_status == "STOPPING") return stop_containers(scope, arn);
  if (task.last_status == "PENDING" && task.pull_stopped) return start_containers(scope, arn);
  scope.after(Duration{}, "ecs.task.next", arn, task.last_status);
}

void host_went_dark(sim::Scope& scope, const std::string& arn) {
  const Task& task = *scope.view<Task>(arn);
  if (task.lost) return;
  scope.edit<Task>(arn).lost = true;
  if (is_fargate(*scope.view<Task>(arn)))
    scope.after(scope.latency("ecs.fargate.host-detect", arn), "ecs.task.host-lost", arn);
}

/// What ran is dead, though nobody knows; what was about to move waits.
void look_at(sim::Scope& scope, const std::string& arn) {
  const Task& task = *scope.view<Task>(arn);
  const bool dark = is_host_dark(scope, task);
  const bool had_containers =
      (is_fargate(task) ? task.pull_started : task.pull_stopped).has_value();
  if (dark && had_containers) return host_went_dark(scope, arn);
  if (!dark && task.lost && !is_fargate(task))
    scope.at_unique(scope.now() + scope.latency("ecs.agent.restart", arn), "ecs.task.agent-back",
                    arn);
  else if (!dark && task.held && is_moving(task))
    resume(scope, arn);
}

void look_at_zones(sim::Scope& scope) {
  for (const ec2::Zone& zone : ec2::zones(scope.region())) {
    const bool dark = sim::is_dark(scope, zone.name);
    const bool known = scope.has<LostZone>(zone.name);
    if (dark && !known)
      scope.at_unique(scope.now() + scope.latency("ecs.fargate.zone-detect", zone.name),
                      "ecs.zone.lost", zone.name);
    if (!dark && known) scope.erase<LostZone>(zone.name);
  }
}

void power_changed(sim::Scope& scope, const sim::Event&) {
  if (scope.all<Cluster>().empty()) return;
  look_at_zones(scope);
  std::vector<std::string> arns;
  for (const Task& task : scope.all<Task>())
    if (!is_stopped(task)) arns.push_back(task.id);
  for (const std::string& arn : arns) look_at(scope, arn);
}

void zone_lost(sim::Scope& scope, const sim::Event& event) {
  if (sim::is_dark(scope, event.subject) && !scope.has<LostZone>(event.subject))
    scope.add(LostZone{event.subject, scope.now()});
}

/// Fargate has noticed. The microVM is gone for good, even if power is back.
void host_lost(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<Task>(event.subject))
    lose_host(scope, event.subject, "TerminationNotice", infrastructure_lost);
}

/// The host booted again, and its agent reports that the containers have ended.
void agent_back(sim::Scope& scope, const sim::Event& event) {
  const Task* task = scope.view<Task>(event.subject);
  if (task && !is_host_dark(scope, *task))
    lose_host(scope, event.subject, "EssentialContainerExited",
              "Essential container in task exited");
}

std::string host_ended(std::string_view instance, std::string_view how) {
  return cat("Host EC2 (instance ", instance, ") ", how, ".");
}

void follow_agent(sim::Scope& scope, const std::string& arn, std::string_view connectivity) {
  std::vector<std::string> changed;
  for (const Task* task : scope.by<Task>("instance:" + arn))
    if (!task->connectivity.empty() && task->connectivity != connectivity)
      changed.push_back(task->id);
  for (const std::string& id : changed) {
    Task& task = scope.edit<Task>(id);
    task.connectivity = connectivity;
    task.connected = scope.now();
    ++task.version;
  }
}

/// A container instance's record changed.
void host_changed(sim::Scope& scope, const sim::Event& event) {
  const auto* host = scope.view<ContainerInstance>(event.subject);
  if (host && host->status != "INACTIVE")
    return follow_agent(scope, host->id, host->agent_connected ? "CONNECTED" : "DISCONNECTED");
  const std::string instance{host ? std::string_view(host->instance_id)
                                  : short_id(event.subject)};
  const bool by_user = host && host->status_reason == "Deregistered by the user.";
  lose_tasks_of(scope, event.subject, "TerminationNotice",
                by_user ? "Container instance deregistered forcefully by user."
                        : host_ended(instance, "terminated"));
}

void instance_changed(sim::Scope& scope, const sim::Event& event) {
  const auto hosts = scope.by<ContainerInstance>("instance:" + event.subject);
  if (hosts.empty()) return;
  const auto* instance = scope.view<ec2::Instance>(event.subject);
  const std::string state = instance ? instance->state : "terminated";
  if (state != "terminated" && state != "stopped") return;
  lose_tasks_of(scope, std::string(hosts.front()->id), "TerminationNotice",
                host_ended(event.subject, state));
}

const sim::EventRow events[] = {
    {"ecs.task.power-changed", power_changed},
    {"ecs.zone.lost", zone_lost},
    {"ecs.task.host-lost", host_lost},
    {"ecs.task.host-changed", host_changed},
    {"ecs.task.agent-back", agent_back},
    {"ecs.task.instance-changed", instance_changed},
};
const sim::WatchRow watches[] = {
    {"sim:impairment", "ecs.task.power-changed", true},
    {"ecs:container-instance", "ecs.task.host-changed", false},
    {"ec2:instance", "ecs.task.instance-changed", false},
};

// AWS states no figures. Fargate's hosts report to their control plane as EC2's do (status checks
// each minute, two misses); a whole zone is recognised sooner than each of its hosts.
const sim::LatencyRow latencies[] = {
    {"ecs.fargate.host-detect", 60s, 180s, 60s, 180s},
    {"ecs.fargate.zone-detect", 30s, 90s, 30s, 90s},
    {"ecs.agent.restart", 15s, 45s, 15s, 45s},  // boot (FACTS 4, V8), Docker, the agent
};

}  // namespace

sim::RecordTypes lost_zone_records() { return sim::records<LostZone>(); }

bool is_known_dark(const sim::Scope& scope, std::string_view zone) {
  return scope.has<LostZone>(zone);
}

bool is_host_dark(const sim::Scope& scope, const Task& task) {
  if (task.zone.empty()) return false;
  const auto* host = scope.view<ContainerInstance>(task.container_instance);
  return sim::is_dark(scope, task.zone, host ? host->instance_id : task.id);
}

void lose_tasks_of(sim::Scope& scope, std::string_view container_instance,
                   std::string_view stop_code, std::string_view reason) {
  std::vector<std::string> arns;
  for (const Task* task : scope.by<Task>(cat("instance:", container_instance)))
    arns.push_back(task->id);
  for (const std::string& arn : arns) lose_host(scope, arn, stop_code, reason);
}

EventRows monitor_events() { return events; }
WatchRows monitor_watches() { return watches; }
LatencyRows monitor_latencies() { return latencies; }

}  // namespace squall::ecs
