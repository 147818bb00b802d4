// Groups: create, update, delete, desired capacity.
#include <algorithm>

#include "services/autoscaling/internal.h"
#include "services/elbv2/elbv2.h"

namespace squall::autoscaling {
namespace {

std::string arn_of(sim::Scope& scope, const std::string& name) {
  return scope.arn("autoscaling", cat("autoScalingGroup:", scope.new_uuid("group", name),
                                      ":autoScalingGroupName/", name));
}

std::string constraints(const Group& g) {
  return cat("constraints to min: ", g.min_size, ", max: ", g.max_size, ", desired: ", g.desired);
}

Value create_group(Context& ctx, Input in) {
  Group g;
  g.id = in.string("AutoScalingGroupName");
  if (g.id.empty() || g.id.find(':') != g.id.npos)
    throw validation_error("AutoScalingGroup name must not contain ':' and must not be empty");
  if (ctx.has<Group>(g.id)) throw group_exists(g.id);
  read_group(ctx, in, g);
  if (g.launch_configuration.empty() && g.launch_template_id.empty())
    throw validation_error("Valid requests must contain either LaunchTemplate, "
                           "LaunchConfigurationName, InstanceId or MixedInstancesPolicy "
                           "parameter.");
  if (g.subnet_ids.empty() && g.zones.empty())
    throw validation_error(
        "At least one Availability Zone or VPC Subnet is required.");
  g.desired = in.integer("DesiredCapacity", g.min_size);
  check_sizes(g);
  for (const Input& tag : in.list("Tags")) tag.ignore("ResourceType");
  g.tags = read_group_tags(in, g.id);
  g.load_balancer_names = in.strings("LoadBalancerNames");
  g.target_group_arns = in.strings("TargetGroupARNs");
  for (const Input& source : in.list("TrafficSources")) {
    if (source.string("Type", "elbv2") != "elbv2")
      throw validation_error("Only traffic sources of the type elbv2 are available");
    g.target_group_arns.push_back(source.string("Identifier"));
  }
  for (const std::string& arn : g.target_group_arns)
    if (!ctx.has<elbv2::TargetGroup>(arn))
      throw validation_error(
          cat("Provided Target Groups may not be valid. Please ensure they exist and try again."));
  if (!g.load_balancer_names.empty())
    throw validation_error(
        "Provided Load Balancers may not be valid. Please ensure they exist and try again.");
  g.arn = arn_of(ctx, g.id);
  g.service_linked_role_arn = in.string(
      "ServiceLinkedRoleARN",
      ctx.global_arn("iam", "role/aws-service-role/autoscaling.amazonaws.com/"
                            "AWSServiceRoleForAutoScaling"));
  g.created = ctx.now();
  launch_spec(ctx, g);  // the template must resolve: AWS refuses the group otherwise
  if (g.desired > 0)
    g.cause = cat(at_text(ctx.now()),
                  "a user request created an AutoScalingGroup changing the desired capacity from 0 "
                  "to ",
                  g.desired, '.');
  const Group& made = ctx.add(std::move(g));
  for (const Input& hook : in.list("LifecycleHookSpecificationList")) add_hook(ctx, made.id, hook);
  wake(ctx, made.id);
  return Value::map();
}

Value update_group(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  if (!ctx.has<Group>(name)) throw group_not_found();
  Work work(ctx, name);
  Group& g = work.edit();
  const int64_t before = g.desired;
  read_group(ctx, in, g);
  if (const auto desired = in.optional_integer("DesiredCapacity")) {
    g.desired = *desired;
  } else {
    g.desired = std::clamp(g.desired, g.min_size, std::max(g.min_size, g.max_size));
  }
  check_sizes(g);
  if (in.has("LaunchTemplate") || in.has("LaunchConfigurationName")) launch_spec(ctx, g);
  if (in.has("VPCZoneIdentifier") || in.has("AvailabilityZones")) g.zone_failures.clear();
  if (g.desired != before)
    add_cause(g, cat(at_text(ctx.now()), "a user request update of AutoScalingGroup ",
                     constraints(g), " changing the desired capacity from ", before, " to ",
                     g.desired, '.'));
  work.save();
  wake(ctx, name);
  return Value::map();
}

void erase_with_group(Context& ctx, const std::string& name) {
  std::vector<std::string> policies, hooks, actions, refreshes;
  for (const Policy* p : ctx.by<Policy>("group:" + name)) policies.push_back(p->id);
  for (const LifecycleHook* h : ctx.by<LifecycleHook>("group:" + name)) hooks.push_back(h->id);
  for (const ScheduledAction* a : ctx.by<ScheduledAction>("group:" + name))
    actions.push_back(a->id);
  for (const InstanceRefresh* r : ctx.by<InstanceRefresh>("group:" + name))
    refreshes.push_back(r->id);
  for (const std::string& id : policies) remove_policy(ctx, id);
  for (const std::string& id : hooks) ctx.erase<LifecycleHook>(id);
  for (const std::string& id : actions) ctx.erase<ScheduledAction>(id);
  for (const std::string& id : refreshes) ctx.erase<InstanceRefresh>(id);
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  if (!ctx.has<Group>(name)) throw group_name_not_found(name);
  const bool force = in.boolean("ForceDelete");
  Work work(ctx, name);
  const std::string& protection = work.group.deletion_protection;
  if (protection == "prevent-all-deletion" || (force && protection == "prevent-force-deletion"))
    throw resource_in_use(
        "You cannot delete an AutoScalingGroup while its deletion protection is enabled.");
  if (!force && !work.group.instances.empty()) {
    const bool leaving = std::ranges::all_of(work.group.instances, is_terminating);
    if (leaving)
      throw scaling_activity_in_progress(
          "You cannot delete an AutoScalingGroup while there are scaling activities in progress "
          "for that group.");
    throw resource_in_use("You cannot delete an AutoScalingGroup while there are instances or "
                          "pending Spot instance request(s) still in the group.");
  }
  erase_with_group(ctx, name);
  if (work.group.instances.empty()) {
    ctx.erase<Group>(name);
    return Value::map();
  }
  Group& g = work.edit();
  g.status = "Delete in progress";
  g.min_size = g.max_size = g.desired = 0;
  std::vector<std::string> ids;
  for (const GroupInstance& i : g.instances) ids.push_back(i.id);
  for (const std::string& id : ids)
    begin_termination(work, id,
                      cat(at_text(ctx.now()),
                          "a user request force deleted the AutoScalingGroup changing the desired "
                          "capacity to 0.  ",
                          at_text(ctx.now()), "instance ", id, " was selected for termination."));
  work.save();
  wake(ctx, name);
  return Value::map();
}

Value set_desired_capacity(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  const Group& g = find_group(ctx, name);
  const int64_t desired = in.integer("DesiredCapacity");
  if (desired < g.min_size)
    throw validation_error(cat("New SetDesiredCapacity value ", desired,
                               " is below min value ", g.min_size, " for the AutoScalingGroup."));
  if (desired > g.max_size)
    throw validation_error(cat("New SetDesiredCapacity value ", desired,
                               " is above max value ", g.max_size, " for the AutoScalingGroup."));
  if (in.boolean("HonorCooldown") && g.cooldown_until && *g.cooldown_until > ctx.now())
    throw scaling_activity_in_progress(
        cat("You cannot change the desired capacity of AutoScalingGroup ", name,
            " while it is in cooldown."));
  set_desired(ctx, name, desired, "a user request explicitly set group desired capacity");
  return Value::map();
}

const api::HandlerRow rows[] = {
    {"CreateAutoScalingGroup", Writes, create_group},
    {"UpdateAutoScalingGroup", Writes, update_group},
    {"DeleteAutoScalingGroup", Writes, delete_group},
    {"SetDesiredCapacity", Writes, set_desired_capacity},
};

}  // namespace

void set_desired(sim::Scope& scope, const std::string& group, int64_t desired,
                 std::string_view cause) {
  const Group& before = *scope.view<Group>(group);
  if (before.desired == desired) return;
  const int64_t from = before.desired;
  Group& g = scope.edit<Group>(group);
  g.desired = desired;
  add_cause(g, cat(at_text(scope.now()), cause, " changing the desired capacity from ", from,
                   " to ", desired, '.'));
  wake(scope, group);
}

const Group& find_group(const sim::Scope& scope, const std::string& name) {
  const Group* group = scope.view<Group>(name);
  if (!group) throw group_name_not_found(name);
  return *group;
}

const Group& group_of_instance(const sim::Scope& scope, const std::string& id) {
  const auto groups = scope.by<Group>("instance:" + id);
  if (groups.empty()) throw instance_not_in_group(id);
  return *groups.front();
}

std::span<const api::HandlerRow> group_rows() { return rows; }

}  // namespace squall::autoscaling
