#include "services/dataplane/health.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/tasks.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {
namespace {

using elbv2::Target;
using elbv2::TargetGroup;

struct Finding {
  bool passed = false;
  bool timed_out = false;  // known only once the time-out is over
  std::string reason;
};

std::string target_key(const TargetGroup& group, const Target& target) {
  return cat(group.id, '|', target.id, '|', target.port);
}

/// The group and the target that an event names; nullptrs if they have gone.
std::pair<const TargetGroup*, const Target*> find(const sim::Scope& scope,
                                                  std::string_view subject) {
  const auto parts = split(subject, '|');
  if (parts.size() != 3) return {};
  const TargetGroup* group = scope.view<TargetGroup>(parts[0]);
  if (!group) return {};
  for (const Target& t : group->targets)
    if (t.id == parts[1] && cat(t.port) == parts[2]) return {group, &t};
  return {};
}

bool is_storm(const sim::Scope& scope) {
  return engine_of(scope) ||
         scope.world().options().latency != sim::LatencyProfile::zero;
}

Connectivity::Verdict check_link(const sim::Scope& scope, const std::string& from,
                                 const std::string& to, int port) {
  if (TrafficEngine* engine = engine_of(scope))
    return engine->connectivity().check(scope, from, to, port);
  const auto answer = reachability().explain(scope, {from, to, "tcp", port});
  return {answer.reachable, answer.timed_out};
}

/// Whether a program takes connections at a target that packets reach.
bool answers(const sim::Scope& scope, const std::string& target, const TaskEnd& end) {
  if (end.task || end.only_tasks) return end.task && listens(*end.task);
  const ec2::Instance* instance = scope.view<ec2::Instance>(target);
  return !instance || (instance->booted && *instance->booted <= scope.now());
}

/// Nodes that have power ask; one that gets through is enough.
Finding look(const sim::Scope& scope, const TargetGroup& group, const Target& target,
             const std::vector<std::string>& load_balancers) {
  const auto own_port = parse_int(group.health_check_port);
  const int port = static_cast<int>(own_port ? *own_port
                                             : target.port ? target.port : group.port);
  const TaskEnd end = task_at(scope, target.id, port);
  const std::string to = end.task ? cat("task:", end.task->id) : target.id;
  bool reached = false;
  for (const std::string& arn : load_balancers) {
    const auto* lb = scope.view<elbv2::LoadBalancer>(arn);
    if (!lb) continue;
    for (const auto& zone : lb->zones) {
      if (reached || sim::is_dark(scope, zone.zone, zone.interface_id)) continue;
      reached = check_link(scope, zone.interface_id, to, port).reachable;
    }
  }
  if (!reached) return {false, true, "Target.Timeout"};
  if (!answers(scope, target.id, end)) return {false, false, "Target.FailedHealthChecks"};
  if (TrafficEngine* engine = engine_of(scope)) {
    const std::string complaint =
        engine->health_complaint(scope, group.id, end.task ? end.task->id : target.id,
                                 std::chrono::seconds{group.health_check_timeout_s});
    if (!complaint.empty()) return {false, complaint == "Target.Timeout", complaint};
  }
  return {true, false, ""};
}

/// Counts one result; the state changes where a threshold is reached.
void apply(sim::Scope& scope, const TargetGroup& group, const Target& target, bool passed,
           const std::string& reason) {
  const int64_t passes = passed ? std::min(target.passes + 1, group.healthy_threshold) : 0;
  const int64_t failures = passed ? 0 : std::min(target.failures + 1, group.unhealthy_threshold);
  const bool is_new = target.state == "initial";
  std::string state = target.state, why = target.reason;
  if (passed && (is_new || (state == "unhealthy" && passes >= group.healthy_threshold))) {
    state = "healthy";  // a new target needs one pass
    why.clear();
  } else if (!passed && state != "unhealthy" && failures >= group.unhealthy_threshold) {
    state = "unhealthy";
    why = reason;
  } else if (!passed && is_new) {
    why = "Elb.InitialHealthChecking";
  } else if (!passed && state == "unhealthy") {
    why = reason;
  }
  const std::string group_id = group.id, id = target.id;
  const int64_t port = target.port;
  if (state != target.state || why != target.reason)
    elbv2::set_target_health(scope, group_id, id, port, state, why);
  const auto [now_group, now_target] = find(scope, cat(group_id, '|', id, '|', port));
  if (!now_target || (now_target->passes == passes && now_target->failures == failures)) return;
  for (Target& t : scope.edit<TargetGroup>(group_id).targets) {
    if (t.id != id || t.port != port) continue;
    t.passes = passes;
    t.failures = failures;
  }
}

/// Each target has a phase of its own within the interval.
Time next_check(const sim::Scope& scope, const TargetGroup& group, const Target& target) {
  const auto interval = Duration{std::chrono::seconds{group.health_check_interval_s}};
  sim::Stream stream(scope.world().seed(), cat("health/", target_key(group, target)));
  const auto phase = stream.uniform(Duration{}, interval);
  const Time first = target.registered + phase;
  if (first > scope.now()) return first;
  const auto periods = (scope.now() - first) / interval + 1;
  return first + periods * interval;
}

bool is_settled(const Target& target, const TargetGroup& group, bool passes) {
  if (passes) return target.state == "healthy" && target.failures == 0;
  return target.state == "unhealthy" && target.failures >= group.unhealthy_threshold;
}

/// States that follow from what exists, without any check. True if the target is to be checked.
bool is_checkable(sim::Scope& scope, const TargetGroup& group, const Target& target,
                  const std::vector<std::string>& load_balancers) {
  if (target.state == "draining") return false;
  std::string state, reason;
  const ec2::Instance* instance = scope.view<ec2::Instance>(target.id);
  if (load_balancers.empty()) {
    state = "unused";
    reason = "Target.NotInUse";
  } else if (instance && instance->state != "running" && instance->state != "pending") {
    state = "unused";
    reason = "Target.InvalidState";
  } else if (!group.health_check_enabled) {
    state = "unavailable";
    reason = "Target.HealthCheckDisabled";
  } else if (target.state == "unused") {
    state = "initial";
    reason = "Elb.InitialHealthChecking";
  }
  if (state.empty()) return true;
  if (state != target.state || reason != target.reason)
    elbv2::set_target_health(scope, group.id, target.id, target.port, state, reason);
  return state == "initial";
}

/// Looks after one target: decides at once what can be, and sees to its next check.
void tend(sim::Scope& scope, const std::string& subject,
          const std::vector<std::string>& load_balancers) {
  auto [group, target] = find(scope, subject);
  if (!target || !is_checkable(scope, *group, *target, load_balancers)) return;
  std::tie(group, target) = find(scope, subject);  // it may have been edited
  if (is_storm(scope)) {
    scope.at_unique(next_check(scope, *group, *target), "dataplane.health.check", subject);
    return;
  }
  // Without latencies a new target is known at once; the others only when something disagrees.
  const Finding finding = look(scope, *group, *target, load_balancers);
  if (target->state == "initial" && finding.passed) {
    apply(scope, *group, *target, true, "");
    return;
  }
  if (!is_settled(*target, *group, finding.passed))
    scope.at_unique(next_check(scope, *group, *target), "dataplane.health.check", subject);
}

void tend_group(sim::Scope& scope, const std::string& id) {
  const TargetGroup* group = scope.view<TargetGroup>(id);
  if (!group) return;
  const auto load_balancers = elbv2::load_balancers_of(scope, id);
  const bool storm = is_storm(scope);
  std::vector<std::string> subjects;
  for (const Target& t : group->targets) {
    // In serve, healthy ones are looked at when something they depend on changes (sync).
    const bool idle = !storm && t.state == "healthy" && t.failures == 0 && !load_balancers.empty();
    if (!idle) subjects.push_back(target_key(*group, t));
  }
  for (const std::string& subject : subjects) tend(scope, subject, load_balancers);
}

void on_group(sim::Scope& scope, const sim::Event& event) {
  if (TrafficEngine* engine = engine_of(scope)) engine->note_group(event.subject);
  tend_group(scope, event.subject);
}

void on_instance(sim::Scope& scope, const sim::Event& event) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const TargetGroup* group : scope.by<TargetGroup>(cat("target:", event.subject)))
    for (const Target& t : group->targets)
      if (t.id == event.subject) found.emplace_back(group->id, target_key(*group, t));
  for (const auto& [group, subject] : found)
    tend(scope, subject, elbv2::load_balancers_of(scope, group));
}

/// "target-group-arn id port", as the task was registered.
void on_task(sim::Scope& scope, const sim::Event& event) {
  const ecs::Task* task = scope.view<ecs::Task>(event.subject);
  if (!task) return;
  for (const std::string& registered : std::vector<std::string>(task->targets)) {
    const auto parts = split(registered, ' ');
    if (parts.size() == 3)
      tend(scope, cat(parts[0], '|', parts[1], '|', parts[2]),
           elbv2::load_balancers_of(scope, parts[0]));
  }
}

void on_sync(sim::Scope& scope, const sim::Event&) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const TargetGroup& group : scope.all<TargetGroup>())
    for (const Target& t : group.targets) all.emplace_back(group.id, target_key(group, t));
  std::string last;
  std::vector<std::string> load_balancers;
  for (const auto& [group, subject] : all) {
    if (group != last) load_balancers = elbv2::load_balancers_of(scope, group);
    last = group;
    tend(scope, subject, load_balancers);
  }
}

void on_check(sim::Scope& scope, const sim::Event& event) {
  auto [group, target] = find(scope, event.subject);
  if (!target) return;
  const auto load_balancers = elbv2::load_balancers_of(scope, group->id);
  if (!is_checkable(scope, *group, *target, load_balancers)) return;
  std::tie(group, target) = find(scope, event.subject);
  const Finding finding = look(scope, *group, *target, load_balancers);
  const Time next = next_check(scope, *group, *target);
  if (finding.timed_out) {
    scope.after(std::chrono::seconds{group->health_check_timeout_s}, "dataplane.health.result",
                event.subject, finding.reason);
  } else {
    apply(scope, *group, *target, finding.passed, finding.reason);
    std::tie(group, target) = find(scope, event.subject);
  }
  if (is_storm(scope) || (target && !is_settled(*target, *group, finding.passed)))
    scope.at_unique(next, "dataplane.health.check", event.subject);
}

void on_result(sim::Scope& scope, const sim::Event& event) {
  const auto [group, target] = find(scope, event.subject);
  if (!target || target->state == "draining" || target->state == "unused") return;
  apply(scope, *group, *target, false, event.payload);
}

constexpr sim::EventRow events[] = {
    {"dataplane.health.sync", on_sync},       {"dataplane.health.group", on_group},
    {"dataplane.health.target", on_instance}, {"dataplane.health.task", on_task},
    {"dataplane.health.check", on_check},     {"dataplane.health.result", on_result},
};
constexpr sim::WatchRow watches[] = {
    {"elbv2:target-group", "dataplane.health.group", false},
    {"ec2:instance", "dataplane.health.target", false},
    {"ecs:task", "dataplane.health.task", false},
    {"elbv2:listener", "dataplane.health.sync"},
    {"elbv2:rule", "dataplane.health.sync"},
    {"elbv2:load-balancer", "dataplane.health.sync"},
    {"ec2:security-group", "dataplane.health.sync"},
    {"ec2:network-acl", "dataplane.health.sync"},
    {"ec2:route-table", "dataplane.health.sync"},
    {"sim:impairment", "dataplane.health.sync"},
};

}  // namespace

std::string TrafficEngine::health_complaint(const sim::Scope& scope,
                                            const std::string& target_group,
                                            const std::string& instance_id, Duration timeout) {
  const auto* group = scope.view<TargetGroup>(target_group);
  if (!group) return {};
  const ServerModel& model = workload_.server_of(group->id, group->name);
  refresh(scope.world());
  Host* host = find_host(instance_id);
  if (!host) return {};
  if (now_ < host->ready_at) return "Target.FailedHealthChecks";
  if (host->fails_health) return "Target.ResponseCodeMismatch [503]";
  const int64_t patience = timeout.count();
  if (host->cpu.wait(now_) > patience) return "Target.Timeout";
  if (host->in_flight >= host->workers && !host->queue.empty()) {
    const Ticket oldest = host->queue.front();
    if (is_current(oldest) && now_ - requests_[oldest.slot].sent > patience)
      return "Target.Timeout";
  }
  for (size_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].id != model.health_needs_database) continue;
    if (database_link(*host, i) != Link::open || !databases_[i].serving)
      return "Target.ResponseCodeMismatch [503]";
  }
  return {};
}

std::span<const sim::EventRow> health_events() { return events; }
std::span<const sim::WatchRow> health_watches() { return watches; }

}  // namespace squall::dataplane
