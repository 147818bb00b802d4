// Instances of a group by hand: terminate, health, protection, attach, detach.
#include <algorithm>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

GroupInstance& required(Work& work, const std::string& id) {
  GroupInstance* instance = work.find(id);
  if (!instance)
    throw validation_error(cat("The instance ", id, " is not part of Auto Scaling group ",
                               work.group.id, "."));
  return *instance;
}

Value terminate_instance(Context& ctx, Input in) {
  const std::string id = in.string("InstanceId");
  const bool decrement = in.boolean("ShouldDecrementDesiredCapacity");
  Work work(ctx, group_of_instance(ctx, id).id);
  GroupInstance& instance = required(work, id);
  if (is_terminating(instance))
    throw scaling_activity_in_progress(
        cat("The instance ", id, " is already being terminated."));
  std::string cause =
      cat(at_text(ctx.now()), "instance ", id, " was taken out of service in response to a user "
                                               "request.");
  if (decrement) {
    if (work.group.desired <= work.group.min_size)
      throw validation_error(
          cat("Currently, desiredSize equals minSize (", work.group.min_size,
              "). Terminating instance without replacement will violate group's min size "
              "constraint. Either set shouldDecrementDesiredCapacity flag to false or lower "
              "group's min size."));
    --work.edit().desired;
    cause = cat(at_text(ctx.now()), "instance ", id,
                " was taken out of service in response to a user request, shrinking the capacity "
                "from ",
                work.group.desired + 1, " to ", work.group.desired, '.');
  }
  begin_termination(work, id, cause);
  work.save();
  wake(ctx, work.group.id);
  const GroupInstance* after = work.find(id);
  return {{"Activity", describe_activity(ctx, *ctx.view<Activity>(after->activity))}};
}

Value set_instance_health(Context& ctx, Input in) {
  const std::string id = in.string("InstanceId"), status = in.string("HealthStatus");
  if (status != "Healthy" && status != "Unhealthy")
    throw validation_error("Valid instance health states are: [Healthy, Unhealthy].");
  Work work(ctx, group_of_instance(ctx, id).id);
  GroupInstance& instance = required(work, id);
  const Time since = instance.in_service_since.value_or(instance.launched);
  const bool in_grace =
      since + std::chrono::seconds(work.group.health_check_grace_s) > ctx.now();
  if (status == "Unhealthy" && in.boolean("ShouldRespectGracePeriod", true) && in_grace)
    return Value::map();  // ignored, as AWS documents it
  work.edit();
  instance.health = status;
  instance.unhealthy_reason = status == "Healthy" ? "" : "user";
  work.save();
  wake(ctx, work.group.id);
  return Value::map();
}

Value set_instance_protection(Context& ctx, Input in) {
  Work work(ctx, find_group(ctx, in.string("AutoScalingGroupName")).id);
  const bool is_protected = in.boolean("ProtectedFromScaleIn");
  for (const std::string& id : in.strings("InstanceIds"))
    required(work, id).protected_from_scale_in = is_protected;
  work.edit();
  work.save();
  wake(ctx, work.group.id);
  return Value::map();
}

void check_attachable(Context& ctx, const Group& group, const std::string& id) {
  const ec2::Instance* instance = ctx.view<ec2::Instance>(id);
  if (!instance || instance->state != "running")
    throw validation_error(cat("Invalid Instance ID(s): [", id, "] specified or the instance is "
                                                               "not in the running state."));
  if (!ctx.by<Group>("instance:" + id).empty())
    throw validation_error(cat("Instance ", id, " is already part of an Auto Scaling group"));
  if (std::ranges::find(group.zones, instance->zone) == group.zones.end())
    throw validation_error(cat("The instance ", id, " is not in an Availability Zone of the "
                                                    "group: ",
                               instance->zone));
}

Value attach_instances(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  const auto ids = in.strings("InstanceIds");
  const Group& group = find_group(ctx, name);
  for (const std::string& id : ids) check_attachable(ctx, group, id);
  const int64_t after = group.desired + static_cast<int64_t>(ids.size());
  if (after > group.max_size)
    throw validation_error(
        cat("AttachInstances request will violate the group's max size constraint: ", after,
            " exceeds ", group.max_size));
  Work work(ctx, name);
  for (const std::string& id : ids) {
    Group& g = work.edit();
    const ec2::Instance& machine = *ctx.view<ec2::Instance>(id);
    GroupInstance i;
    i.id = id;
    i.zone = machine.zone;
    i.instance_type = machine.instance_type;
    i.image_id = machine.image_id;
    i.launched = machine.launched;
    i.lifecycle = "Pending";
    i.activity = start_activity(
        ctx, g,
        {id, i.zone, "", cat("Attaching an existing EC2 instance: ", id),
         cat(at_text(ctx.now()), "an instance was attached in response to a user request, "
                                 "increasing the capacity from ",
             g.desired, " to ", g.desired + 1, '.')});
    ++g.desired;
    g.instances.push_back(std::move(i));
    ctx.edit<ec2::Instance>(id).auto_scaling_group = name;
    ctx.edit<ec2::Instance>(id).tags["aws:autoscaling:groupName"] = name;
    enter_service(work, g.instances.back());
  }
  work.save();
  wake(ctx, name);
  return Value::map();
}

Value detach_instances(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  const auto ids = in.strings("InstanceIds");
  const bool decrement = in.boolean("ShouldDecrementDesiredCapacity");
  Work work(ctx, find_group(ctx, name).id);
  if (decrement &&
      work.group.desired - static_cast<int64_t>(ids.size()) < work.group.min_size)
    throw validation_error(
        cat("Detaching ", ids.size(), " instance(s) without replacement will violate the group's "
                                      "min size constraint ",
            work.group.min_size));
  Value list = Value::list();
  for (const std::string& id : ids) {
    GroupInstance& i = required(work, id);
    Group& g = work.edit();
    std::string cause = cat(at_text(ctx.now()), "instance ", id,
                            " was detached in response to a user request");
    if (decrement)
      cause += cat(", shrinking the capacity from ", g.desired, " to ", g.desired - 1);
    if (decrement) --g.desired;
    deregister_from_target_groups(work, i);
    const std::string activity = start_activity(
        ctx, g, {id, i.zone, "", cat("Detaching EC2 instance: ", id), cause + "."});
    list.push(describe_activity(ctx, *ctx.view<Activity>(activity)));
    finish_activity(ctx, activity);
    std::erase_if(g.instances, [&](const GroupInstance& x) { return x.id == id; });
    if (ctx.has<ec2::Instance>(id)) {
      ctx.edit<ec2::Instance>(id).auto_scaling_group.clear();
      ctx.edit<ec2::Instance>(id).tags.erase("aws:autoscaling:groupName");
    }
  }
  work.save();
  wake(ctx, name);
  return {{"Activities", list}};
}

const api::HandlerRow rows[] = {
    {"TerminateInstanceInAutoScalingGroup", Writes, terminate_instance},
    {"SetInstanceHealth", Writes, set_instance_health},
    {"SetInstanceProtection", Writes, set_instance_protection},
    {"AttachInstances", Writes, attach_instances},
    {"DetachInstances", Writes, detach_instances},
};

}  // namespace

void set_protected(sim::Scope& scope, const std::string& group, const std::string& instance,
                   bool is_protected) {
  if (!scope.has<Group>(group)) return;
  Work work(scope, group);
  GroupInstance* found = work.find(instance);
  if (!found || found->protected_from_scale_in == is_protected) return;
  work.edit();
  found->protected_from_scale_in = is_protected;
  work.save();
}

std::span<const api::HandlerRow> instance_rows() { return rows; }

}  // namespace squall::autoscaling
