// Taking instances out: which (termination policies), and the way from draining to removal.
#include <algorithm>
#include <map>

#include "services/autoscaling/internal.h"
#include "services/elbv2/elbv2.h"

namespace squall::autoscaling {
namespace {

bool is_candidate(const GroupInstance& i) {
  return i.lifecycle == "InService" && !i.protected_from_scale_in;
}

/// Whether `a` goes before `b` under one policy; 0 if the policy does not tell.
int compare(const Work& work, std::string_view policy, const GroupInstance& a,
            const GroupInstance& b) {
  auto order = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  const Group& g = work.group;
  if (policy == "OldestInstance") return order(a.launched, b.launched);
  if (policy == "NewestInstance") return order(b.launched, a.launched);
  auto version = [](const GroupInstance& i) {
    return parse_int(i.launch_template_version).value_or(0);
  };
  auto outdated = [&](const GroupInstance& i) {  // 0: launched otherwise than the group does now
    const bool same_template = i.launch_template_id == g.launch_template_id &&
                               i.launch_configuration == g.launch_configuration;
    return same_template ? 1 : 0;
  };
  if (policy == "OldestLaunchTemplate" || policy == "OldestLaunchConfiguration" ||
      policy == "Default") {
    if (const int c = order(outdated(a), outdated(b))) return c;
    if (const int c = order(version(a), version(b))) return c;
  }
  if (policy == "ClosestToNextInstanceHour" || policy == "Default") {
    auto to_hour = [&](const GroupInstance& i) {
      return 3600 - (unix_seconds(work.now()) - unix_seconds(i.launched)) % 3600;
    };
    return order(to_hour(a), to_hour(b));
  }
  return 0;
}

std::string removal_cause(Work& work, size_t have, const std::string& id) {
  std::string cause = work.group.cause;
  if (!cause.empty()) cause += "  ";
  return cat(cause, at_text(work.now()),
             "an instance was taken out of service in response to a difference between desired "
             "and actual capacity, shrinking the capacity from ",
             have, " to ", have - 1, ".  ", at_text(work.now()), "instance ", id,
             " was selected for termination.");
}

}  // namespace

namespace {

struct ZoneCandidates {
  size_t serving = 0;
  std::vector<const GroupInstance*> candidates;  // who goes first at the back
};

/// Unhealthy first, then from the zone with the most, there by the policies in their order.
std::vector<std::string> select_victims(const Work& work, size_t count) {
  std::map<std::string, ZoneCandidates> zones;
  for (const GroupInstance& i : work.group.instances) {
    if (i.lifecycle == "InService") ++zones[i.zone].serving;
    if (is_candidate(i)) zones[i.zone].candidates.push_back(&i);
  }
  auto later = [&](const GroupInstance* a, const GroupInstance* b) {
    if ((a->health == "Unhealthy") != (b->health == "Unhealthy")) return b->health == "Unhealthy";
    for (const std::string& policy : work.group.termination_policies)
      if (const int c = compare(work, policy, *a, *b)) return c > 0;
    return a->id > b->id;
  };
  for (auto& [name, zone] : zones) std::ranges::sort(zone.candidates, later);
  std::vector<std::string> ids;
  while (ids.size() < count) {
    ZoneCandidates* from = nullptr;
    auto rank = [](const ZoneCandidates& z) {
      return std::pair(z.candidates.back()->health == "Unhealthy", z.serving);
    };
    for (auto& [name, zone] : zones)
      if (!zone.candidates.empty() && (!from || rank(zone) > rank(*from))) from = &zone;
    if (!from) break;
    ids.push_back(from->candidates.back()->id);
    from->candidates.pop_back();
    --from->serving;
  }
  return ids;
}

}  // namespace

void choose_and_terminate(Work& work, size_t count) {
  size_t have = static_cast<size_t>(
      std::ranges::count_if(work.group.instances, [](const auto& i) { return is_counted(i); }));
  for (const std::string& id : select_victims(work, count))
    begin_termination(work, id, removal_cause(work, have--, id));
}

void begin_termination(Work& work, const std::string& id, std::string cause) {
  Group& group = work.edit();
  GroupInstance* instance = work.find(id);
  if (!instance || is_terminating(*instance)) return;
  if (!instance->activity.empty())
    finish_activity(work.scope, instance->activity, "Cancelled",
                    "The instance was terminated before it was in service.");
  instance->activity = start_activity(
      work.scope, group,
      {id, instance->zone, "", cat("Terminating EC2 instance: ", id), std::move(cause)});
  instance->lifecycle = "Terminating";
  instance->hooks.clear();
  deregister_from_target_groups(work, *instance);
  const ec2::Instance* machine = work.scope.view<ec2::Instance>(id);
  const bool runs = machine && machine->state == "running";
  if (runs && instance->drain_until && *instance->drain_until > work.now()) {
    set_activity_status(work.scope, instance->activity, "WaitingForELBConnectionDraining", 50);
    wake_at(work.scope, group.id, *instance->drain_until);
    return;
  }
  continue_termination(work, id);
}

void continue_termination(Work& work, const std::string& id) {
  GroupInstance* instance = work.find(id);
  if (!instance) return;
  work.edit();
  instance->drain_until.reset();
  if (instance->lifecycle == "Terminating" &&
      begin_hooks(work, *instance, "autoscaling:EC2_INSTANCE_TERMINATING")) {
    set_activity_status(work.scope, instance->activity, "MidLifecycleAction", 60);
    return;
  }
  instance->lifecycle = "Terminating:Proceed";
  set_activity_status(work.scope, instance->activity, "InProgress", 80);
  ec2::terminate_instance(work.scope, id, "User initiated");
  const ec2::Instance* machine = work.scope.view<ec2::Instance>(id);
  if (!machine || machine->state == "terminated") wake(work.scope, work.group.id);
}

void register_with_target_groups(Work& work, const GroupInstance& instance) {
  if (is_suspended(work.group, "AddToLoadBalancer")) return;
  for (const std::string& arn : work.group.target_group_arns) {
    if (!work.scope.has<elbv2::TargetGroup>(arn)) continue;
    try {
      elbv2::register_target(work.scope, arn, instance.id);
    } catch (const AwsError& error) {  // the instance serves all the same, as on AWS
      work.scope.announce("autoscaling.registration-failed", work.group.id,
                          cat("Failed to register ", instance.id, ": ", error.message));
    }
  }
}

void deregister_from_target_groups(Work& work, GroupInstance& instance) {
  for (const std::string& arn : work.group.target_group_arns) {
    if (!work.scope.has<elbv2::TargetGroup>(arn)) continue;
    elbv2::deregister_target(work.scope, arn, instance.id);
    for (const elbv2::Target& t : work.scope.view<elbv2::TargetGroup>(arn)->targets)
      if (t.id == instance.id && t.drain_until)
        instance.drain_until = std::max(instance.drain_until.value_or(Time{}), *t.drain_until);
  }
}

}  // namespace squall::autoscaling
