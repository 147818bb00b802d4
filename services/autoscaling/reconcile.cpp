// The group's loop: brings the instances to what the group asks for. It runs when what it watches
// changes and at times it asked for; when nothing is to do it changes nothing.
#include <algorithm>
#include <map>

#include "services/autoscaling/internal.h"
#include "services/elbv2/elbv2.h"

namespace squall::autoscaling {

GroupInstance* Work::find(std::string_view id) {
  const auto at = std::ranges::find(group.instances, id, &GroupInstance::id);
  return at == group.instances.end() ? nullptr : &*at;
}

bool is_pending(const GroupInstance& i) { return i.lifecycle.starts_with("Pending"); }
bool is_terminating(const GroupInstance& i) { return i.lifecycle.starts_with("Terminating"); }
bool is_counted(const GroupInstance& i) { return is_pending(i) || i.lifecycle == "InService"; }

bool is_suspended(const Group& group, std::string_view process) {
  return std::ranges::find(group.suspended, process) != group.suspended.end();
}

void wake(sim::Scope& scope, std::string_view group) { wake_at(scope, group, scope.now()); }
void wake_at(sim::Scope& scope, std::string_view group, Time time) {
  scope.at_unique(time, "autoscaling.reconcile", group);
}

std::string at_text(Time time) {
  return cat("At ", format_iso8601(std::chrono::floor<std::chrono::seconds>(time)), ' ');
}

void add_cause(Group& group, std::string_view sentence) {
  if (!group.cause.empty()) group.cause += "  ";
  group.cause += sentence;
}

Duration warmup_of(const Group& group) {
  return std::chrono::seconds(group.default_warmup_s.value_or(0));
}

void continue_launch(Work& work, GroupInstance& instance) {
  if (instance.lifecycle == "Pending" &&
      begin_hooks(work, instance, "autoscaling:EC2_INSTANCE_LAUNCHING")) {
    set_activity_status(work.scope, instance.activity, "MidLifecycleAction", 60);
    return;
  }
  enter_service(work, instance);
}

void enter_service(Work& work, GroupInstance& instance) {
  work.edit();
  instance.lifecycle = "InService";
  instance.in_service_since = work.now();
  instance.warm_at = work.now() + warmup_of(work.group);
  instance.hooks.clear();
  instance.rebalancing = false;
  register_with_target_groups(work, instance);
  finish_activity(work.scope, instance.activity);
  instance.activity.clear();
  if (work.group.health_check_grace_s)
    wake_at(work.scope, work.group.id,
            work.now() + std::chrono::seconds(work.group.health_check_grace_s));
}

void advance_instances(Work& work) {
  std::vector<std::string> proceed, gone;
  for (size_t n = 0; n < work.group.instances.size(); ++n) {
    const GroupInstance& i = work.group.instances[n];
    const ec2::Instance* instance = work.scope.view<ec2::Instance>(i.id);
    const std::string_view state = instance ? std::string_view(instance->state) : "terminated";
    if (i.lifecycle == "Pending" && state == "running")
      continue_launch(work, work.edit().instances[n]);
    else if (i.lifecycle == "Terminating" && (!i.drain_until || *i.drain_until <= work.now()))
      proceed.push_back(i.id);
    else if (i.lifecycle == "Terminating" && i.drain_until)
      wake_at(work.scope, work.group.id, *i.drain_until);
    else if (i.lifecycle == "Terminating:Proceed" && state == "terminated")
      gone.push_back(i.id);
  }
  for (const std::string& id : proceed) continue_termination(work, id);
  if (gone.empty()) return;
  for (const std::string& id : gone) finish_activity(work.scope, work.find(id)->activity);
  std::ranges::sort(gone);
  std::erase_if(work.edit().instances, [&](const GroupInstance& i) {
    return std::ranges::binary_search(gone, i.id);
  });
}

namespace {

void balance_capacity(Work& work) {
  int64_t counted = 0, extra = 0;
  for (const GroupInstance& i : work.group.instances) {
    counted += is_counted(i);
    extra += i.rebalancing && is_pending(i);  // until they serve, nothing is taken out for them
  }
  const int64_t effective = counted - extra;
  if (effective < work.group.desired && !is_suspended(work.group, "Launch"))
    launch(work, static_cast<size_t>(work.group.desired - effective), false);
  else if (effective > work.group.desired && !is_suspended(work.group, "Terminate"))
    choose_and_terminate(work, static_cast<size_t>(effective - work.group.desired));
  for (const auto& [zone, failure] : work.group.zone_failures)
    if (failure.retry_at > work.now()) wake_at(work.scope, work.group.id, failure.retry_at);
}

void balance_zones(Work& work) {
  for (const std::string_view process : {"AZRebalance", "Launch", "Terminate"})
    if (is_suspended(work.group, process)) return;
  std::map<std::string, int64_t> counts;
  for (const auto& [zone, subnet] : launch_zones(work.scope, work.group)) {
    const auto failed = work.group.zone_failures.find(zone);
    if (failed == work.group.zone_failures.end() || failed->second.retry_at <= work.now())
      counts[zone] = 0;
  }
  int64_t total = 0;
  for (const GroupInstance& i : work.group.instances) {
    if (i.lifecycle != "InService" || i.health != "Healthy") return;  // something is under way
    ++counts[i.zone];
    ++total;
  }
  if (total != work.group.desired || counts.size() < 2) return;
  const auto [fewest, most] = std::ranges::minmax_element(
      counts, {}, [](const auto& zone) { return zone.second; });
  const int64_t surplus = (most->second - fewest->second) / 2;
  if (surplus < 1) return;
  const int64_t over = std::max<int64_t>(1, work.group.max_size / 10);
  launch(work, static_cast<size_t>(std::min(surplus, over)), true);
}

void reconcile(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Group>(event.subject)) return;
  Work work(scope, event.subject);
  if (work.group.status.empty()) {
    check_hooks(work);
    advance_instances(work);
    check_health(work);
    advance_refresh(work);
    balance_capacity(work);
    balance_zones(work);
  } else {  // being deleted: only terminations go on
    check_hooks(work);
    advance_instances(work);
  }
  const auto counted = std::ranges::count_if(work.group.instances,
                                             [](const auto& i) { return is_counted(i); });
  if (counted == work.group.desired && !work.group.cause.empty()) work.edit().cause.clear();
  work.save();
  if (!work.group.status.empty() && work.group.instances.empty()) scope.erase<Group>(event.subject);
}

void instance_changed(sim::Scope& scope, const sim::Event& event) {
  for (const Group* group : scope.by<Group>("instance:" + event.subject)) wake(scope, group->id);
}

void target_group_changed(sim::Scope& scope, const sim::Event& event) {
  const elbv2::TargetGroup* target_group = scope.view<elbv2::TargetGroup>(event.subject);
  if (!target_group) return;
  const bool unhealthy = std::ranges::any_of(target_group->targets, [](const auto& t) {
    return t.state.starts_with("unhealthy");
  });
  if (!unhealthy) return;
  for (const Group* group : scope.by<Group>("target-group:" + event.subject))
    if (group->health_check_type.find("ELB") != std::string::npos) wake(scope, group->id);
}

const sim::EventRow events[] = {
    {"autoscaling.reconcile", reconcile},
    {"autoscaling.instance-changed", instance_changed},
    {"autoscaling.target-group-changed", target_group_changed},
};
const sim::WatchRow watches[] = {
    {"ec2:instance", "autoscaling.instance-changed", false},
    {"elbv2:target-group", "autoscaling.target-group-changed", false},
};
// FACTS section 2: an impaired status check waits "a few minutes" before the instance is replaced.
const sim::LatencyRow latencies[] = {
    {"autoscaling.ec2-status-check", 120s, 300s, 120s, 300s},
};

}  // namespace

std::span<const sim::EventRow> reconcile_events() { return events; }
std::span<const sim::WatchRow> reconcile_watches() { return watches; }
std::span<const sim::LatencyRow> reconcile_latencies() { return latencies; }

}  // namespace squall::autoscaling
