// Lifecycle hooks: definitions, the Wait states they cause, completion, heartbeats and time-outs.
#include <algorithm>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

constexpr int64_t hooks_max = 50;
constexpr Duration global_timeout_max = 48h;  // or 100 heartbeats, whichever is less

const LifecycleHook* find_hook(const sim::Scope& scope, const std::string& group,
                               const std::string& name) {
  return scope.view<LifecycleHook>(cat(group, '/', name));
}

int64_t global_timeout_s(const LifecycleHook& hook) {
  return std::min<int64_t>(hook.heartbeat_s * 100, 172'800);
}

Value put_hook(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  find_group(ctx, group);
  add_hook(ctx, group, in);
  return Value::map();
}

Value delete_hook(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  find_group(ctx, group);
  const std::string name = in.string("LifecycleHookName");
  if (!find_hook(ctx, group, name))
    throw validation_error(cat("No Lifecycle Hook found with name: ", name,
                               " for AutoScalingGroup: ", group));
  ctx.erase<LifecycleHook>(cat(group, '/', name));
  wake(ctx, group);  // who waits for it goes on
  return Value::map();
}

Value describe(const LifecycleHook& h) {
  Value v{{"LifecycleHookName", h.name},
          {"AutoScalingGroupName", h.group},
          {"LifecycleTransition", h.transition}};
  if (!h.target_arn.empty()) v.add("NotificationTargetARN", h.target_arn);
  if (!h.role_arn.empty()) v.add("RoleARN", h.role_arn);
  if (!h.metadata.empty()) v.add("NotificationMetadata", h.metadata);
  v.add("HeartbeatTimeout", h.heartbeat_s);
  v.add("GlobalTimeout", global_timeout_s(h));
  v.add("DefaultResult", h.default_result);
  return v;
}

Value describe_hooks(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  find_group(ctx, group);
  const auto names = in.strings("LifecycleHookNames");
  Value list = Value::list();
  for (const LifecycleHook* hook : ctx.by<LifecycleHook>("group:" + group))
    if (names.empty() || std::ranges::find(names, hook->name) != names.end())
      list.push(describe(*hook));
  return {{"LifecycleHooks", list}};
}

/// The wait that a token or an instance id names; throws AWS's error if there is none.
HookWait& find_wait(Work& work, const Input& in, GroupInstance*& instance) {
  const std::string hook = in.string("LifecycleHookName");
  const std::string token = in.string("LifecycleActionToken"), id = in.string("InstanceId");
  if (token.empty() && id.empty())
    throw validation_error("Either instanceId or lifecycleActionToken must be provided");
  for (GroupInstance& i : work.group.instances)
    for (HookWait& wait : i.hooks)
      if (wait.hook == hook && (token.empty() || wait.token == token) &&
          (id.empty() || i.id == id)) {
        instance = &i;
        work.changed = true;
        return wait;
      }
  if (!token.empty())
    throw validation_error(cat("No active Lifecycle Action found with token ", token));
  throw validation_error(cat("No active Lifecycle Action found with instance ID ", id));
}

/// Ends one wait with a result; the instance goes on when it was the last.
void resolve(Work& work, const std::string& id, const std::string& hook, bool abandon) {
  GroupInstance& instance = *work.find(id);
  work.edit();
  const bool launching = is_pending(instance);
  std::erase_if(instance.hooks, [&](const HookWait& w) { return w.hook == hook || abandon; });
  if (!instance.hooks.empty()) return;
  if (!launching) {
    instance.lifecycle = "Terminating:Proceed";
    continue_termination(work, id);
  } else if (abandon) {
    begin_termination(work, id,
                      cat(at_text(work.now()), "instance ", id,
                          " was taken out of service in response to a lifecycle hook that was "
                          "abandoned."));
  } else {
    instance.lifecycle = "Pending:Proceed";
    enter_service(work, instance);
  }
}

Value complete_action(Context& ctx, Input in) {
  const std::string result = in.string("LifecycleActionResult");
  if (result != "CONTINUE" && result != "ABANDON")
    throw validation_error("Lifecycle action result must be CONTINUE or ABANDON");
  Work work(ctx, find_group(ctx, in.string("AutoScalingGroupName")).id);
  GroupInstance* instance = nullptr;
  const std::string hook = find_wait(work, in, instance).hook;
  const std::string id = instance->id;
  resolve(work, id, hook, result == "ABANDON");
  work.save();
  wake(ctx, work.group.id);
  return Value::map();
}

Value record_heartbeat(Context& ctx, Input in) {
  Work work(ctx, find_group(ctx, in.string("AutoScalingGroupName")).id);
  GroupInstance* instance = nullptr;
  HookWait& wait = find_wait(work, in, instance);
  const LifecycleHook* hook = find_hook(ctx, work.group.id, wait.hook);
  const int64_t heartbeat_s = hook ? hook->heartbeat_s : 3600;
  wait.until = std::min(ctx.now() + std::chrono::seconds(heartbeat_s), wait.until_at_most);
  wake_at(ctx, work.group.id, wait.until);
  work.save();
  return Value::map();
}

const api::HandlerRow rows[] = {
    {"PutLifecycleHook", Writes, put_hook},
    {"DeleteLifecycleHook", Writes, delete_hook},
    {"DescribeLifecycleHooks", Reads, describe_hooks},
    {"CompleteLifecycleAction", Writes, complete_action},
    {"RecordLifecycleActionHeartbeat", Writes, record_heartbeat},
};

}  // namespace

void add_hook(Context& ctx, const std::string& group, const Input& in) {
  const std::string name = in.string("LifecycleHookName");
  const LifecycleHook* before = find_hook(ctx, group, name);
  LifecycleHook hook = before ? *before : LifecycleHook{};
  hook.id = cat(group, '/', name);
  hook.group = group;
  hook.name = name;
  hook.transition = in.string("LifecycleTransition", hook.transition);
  if (hook.transition != "autoscaling:EC2_INSTANCE_LAUNCHING" &&
      hook.transition != "autoscaling:EC2_INSTANCE_TERMINATING")
    throw validation_error("Lifecycle transition must be autoscaling:EC2_INSTANCE_LAUNCHING or "
                           "autoscaling:EC2_INSTANCE_TERMINATING");
  hook.target_arn = in.string("NotificationTargetARN", hook.target_arn);
  hook.role_arn = in.string("RoleARN", hook.role_arn);
  hook.metadata = in.string("NotificationMetadata", hook.metadata);
  hook.heartbeat_s = in.integer("HeartbeatTimeout", hook.heartbeat_s);
  if (hook.heartbeat_s < 30 || hook.heartbeat_s > 7200)
    throw validation_error("Heartbeat timeout must be between 30 and 7200 seconds");
  hook.default_result = in.string("DefaultResult", hook.default_result);
  if (hook.default_result != "CONTINUE" && hook.default_result != "ABANDON")
    throw validation_error("Default result must be CONTINUE or ABANDON");
  if (!before && ctx.by<LifecycleHook>("group:" + group).size() >= hooks_max)
    throw AwsError{"LimitExceeded", "You have exceeded the limit of lifecycle hooks of a group"};
  ctx.add(std::move(hook));
}

bool begin_hooks(Work& work, GroupInstance& instance, std::string_view transition) {
  std::vector<HookWait> waits;
  for (const LifecycleHook* hook : work.scope.by<LifecycleHook>("group:" + work.group.id)) {
    if (hook->transition != transition) continue;
    HookWait wait;
    wait.hook = hook->name;
    wait.token = work.scope.new_uuid("lifecycle-action", instance.id);
    wait.until = work.now() + std::chrono::seconds(hook->heartbeat_s);
    wait.until_at_most = work.now() + std::min<Duration>(
                                          std::chrono::seconds(global_timeout_s(*hook)),
                                          global_timeout_max);
    wake_at(work.scope, work.group.id, wait.until);
    waits.push_back(std::move(wait));
  }
  if (waits.empty()) return false;
  work.edit();
  instance.hooks = std::move(waits);
  instance.lifecycle = cat(is_pending(instance) ? "Pending" : "Terminating", ":Wait");
  work.scope.announce("autoscaling.lifecycle-action", work.group.id,
                      cat("EC2 Instance ", instance.id, " is in ", instance.lifecycle));
  return true;
}

void check_hooks(Work& work) {
  struct Due {
    std::string instance, hook;
    bool abandon;
  };
  std::vector<Due> due;
  for (const GroupInstance& i : work.group.instances) {
    for (const HookWait& wait : i.hooks) {
      const LifecycleHook* hook = find_hook(work.scope, work.group.id, wait.hook);
      if (hook && wait.until > work.now())
        wake_at(work.scope, work.group.id, wait.until);
      else
        due.push_back({i.id, wait.hook, hook && hook->default_result == "ABANDON"});
    }
  }
  for (const Due& d : due) {
    const GroupInstance* instance = work.find(d.instance);
    if (instance && !instance->hooks.empty()) resolve(work, d.instance, d.hook, d.abandon);
  }
}

void put_hook(sim::Scope& scope, LifecycleHook hook) {
  hook.id = cat(hook.group, '/', hook.name);
  scope.add(std::move(hook));
}

void remove_hook(sim::Scope& scope, const std::string& group, const std::string& hook) {
  if (!find_hook(scope, group, hook)) return;
  scope.erase<LifecycleHook>(cat(group, '/', hook));
  if (scope.has<Group>(group)) wake(scope, group);
}

void complete_hook(sim::Scope& scope, const std::string& group, const std::string& hook,
                   const std::string& instance) {
  if (!scope.has<Group>(group)) return;
  Work work(scope, group);
  const GroupInstance* found = work.find(instance);
  if (!found || std::ranges::find(found->hooks, hook, &HookWait::hook) == found->hooks.end())
    return;
  resolve(work, instance, hook, false);
  work.save();
  wake(scope, group);
}

std::span<const api::HandlerRow> hook_rows() { return rows; }

}  // namespace squall::autoscaling
