// Health checks: EC2's state and status, load balancers' verdicts, and how many may go at once.
#include <algorithm>
#include <set>

#include "services/autoscaling/internal.h"
#include "services/elbv2/elbv2.h"

namespace squall::autoscaling {
namespace {

/// Ids that a load balancer holds unhealthy.
std::set<std::string> unhealthy_targets(const Work& work) {
  std::set<std::string> ids;
  if (work.group.health_check_type.find("ELB") == std::string::npos) return ids;
  for (const std::string& arn : work.group.target_group_arns)
    if (const auto* group = work.scope.view<elbv2::TargetGroup>(arn))
      for (const elbv2::Target& t : group->targets)
        if (t.state == "unhealthy" || t.state == "unhealthy.draining") ids.insert(t.id);
  return ids;
}

Time grace_end(const Group& group, const GroupInstance& i) {
  const Time since = i.in_service_since.value_or(i.launched);
  return since + std::chrono::seconds(group.health_check_grace_s);
}

/// Why the instance is not healthy, or nothing. Grace does not cover instances that do not run.
std::string find_reason(Work& work, GroupInstance& i, const std::set<std::string>& targets) {
  const ec2::Instance* instance = work.scope.view<ec2::Instance>(i.id);
  if (!instance || (instance->state != "running" && instance->state != "pending"))
    return "running";
  if (i.lifecycle != "InService") return {};
  const Time grace = grace_end(work.group, i);
  const bool impaired =
      instance->system_status == "impaired" || instance->instance_status == "impaired";
  std::string reason;
  if (!impaired && i.status_due) {
    work.edit();
    i.status_due.reset();
  }
  if (impaired && !i.status_due) {  // drawn once an impairment
    work.edit();
    i.status_due = instance->impaired_since.value_or(work.now()) +
                   work.scope.latency("autoscaling.ec2-status-check", cat("status/", i.id));
  }
  if (impaired && *i.status_due <= work.now()) reason = "status";
  if (impaired && *i.status_due > work.now()) wake_at(work.scope, work.group.id, *i.status_due);
  if (reason.empty() && targets.contains(i.id)) reason = "elb";
  if (!reason.empty() && grace > work.now()) {
    wake_at(work.scope, work.group.id, grace);
    return {};
  }
  if (reason.empty() && work.group.max_instance_lifetime_s) {
    const Time end = i.launched + std::chrono::seconds(*work.group.max_instance_lifetime_s);
    if (end <= work.now()) return "lifetime";
    wake_at(work.scope, work.group.id, end);
  }
  return reason;
}

std::string_view cause_of(std::string_view reason) {
  if (reason == "running")
    return "an instance was taken out of service in response to an EC2 health check indicating it "
           "has been terminated or stopped.";
  if (reason == "status")
    return "an instance was taken out of service in response to an EC2 instance status checks "
           "failure.";
  if (reason == "elb")
    return "an instance was taken out of service in response to an ELB system health check "
           "failure.";
  if (reason == "lifetime")
    return "an instance was taken out of service in response to the maximum instance lifetime "
           "being reached.";
  return "an instance was taken out of service in response to a user health-check.";
}

void mark_unhealthy(Work& work) {
  const std::set<std::string> targets = unhealthy_targets(work);
  for (size_t n = 0; n < work.group.instances.size(); ++n) {
    GroupInstance& i = work.group.instances[n];
    const bool checked = i.lifecycle == "InService" || is_pending(i);
    if (!checked || !i.unhealthy_reason.empty()) continue;
    const std::string reason = find_reason(work, i, targets);
    if (reason.empty()) continue;
    work.edit();
    i.unhealthy_reason = reason;
    if (reason != "lifetime") i.health = "Unhealthy";
  }
}

/// How many instances that still run may be replaced now: at most 10 % (at least one) of the
/// desired capacity may be missing or warming up at a time.
size_t replaceable(Work& work) {
  const auto limit = std::max<int64_t>(1, work.group.desired / 10);
  int64_t working = 0;
  for (const GroupInstance& i : work.group.instances) {
    if (i.lifecycle != "InService") continue;
    if (i.warm_at && *i.warm_at > work.now()) {
      wake_at(work.scope, work.group.id, *i.warm_at);
      continue;
    }
    ++working;
  }
  return static_cast<size_t>(std::max<int64_t>(0, limit - (work.group.desired - working)));
}

}  // namespace

void check_health(Work& work) {
  if (!is_suspended(work.group, "HealthCheck")) mark_unhealthy(work);
  if (is_suspended(work.group, "ReplaceUnhealthy") || is_suspended(work.group, "Terminate"))
    return;
  std::vector<std::string> down, replaced;
  for (const GroupInstance& i : work.group.instances) {
    if (i.unhealthy_reason.empty() || is_terminating(i) || i.lifecycle == "Standby") continue;
    (i.unhealthy_reason == "running" ? down : replaced).push_back(i.id);
  }
  auto take_out = [&](const std::string& id) {
    const std::string reason = work.find(id)->unhealthy_reason;
    ++work.edit().replacements;
    begin_termination(work, id, cat(at_text(work.now()), cause_of(reason)));
  };
  for (const std::string& id : down) take_out(id);  // all at once
  if (replaced.empty()) return;
  const size_t allowed = std::min(replaced.size(), replaceable(work));
  for (size_t n = 0; n < allowed; ++n) take_out(replaced[n]);
}

}  // namespace squall::autoscaling
