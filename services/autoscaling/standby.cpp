// Standby: instances taken out of service for a while, and put back.
#include <algorithm>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

GroupInstance& in_state(Work& work, const std::string& id, std::string_view state) {
  GroupInstance* instance = work.find(id);
  if (!instance)
    throw validation_error(cat("The instance ", id, " is not part of Auto Scaling group ",
                               work.group.id, "."));
  if (instance->lifecycle != state)
    throw validation_error(cat("The instance ", id, " is not in ", state, "."));
  return *instance;
}

Value enter_standby(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  const auto ids = in.strings("InstanceIds");
  const bool decrement = in.boolean("ShouldDecrementDesiredCapacity");
  Work work(ctx, find_group(ctx, name).id);
  if (decrement &&
      work.group.desired - static_cast<int64_t>(ids.size()) < work.group.min_size)
    throw validation_error(
        cat("AutoScalingGroup ", name, " has min-size=", work.group.min_size, ", max-size=",
            work.group.max_size, ", and desired-size=", work.group.desired,
            ". To place into standby ", ids.size(),
            " instance, please update the AutoScalingGroup sizes appropriately."));
  Value list = Value::list();
  for (const std::string& id : ids) {
    GroupInstance& i = in_state(work, id, "InService");
    Group& g = work.edit();
    std::string cause = cat(at_text(ctx.now()), "instance ", id,
                            " was moved to standby in response to a user request");
    if (decrement)
      cause += cat(", shrinking the capacity from ", g.desired, " to ", g.desired - 1);
    if (decrement) --g.desired;
    const std::string activity = start_activity(
        ctx, g, {id, i.zone, "", cat("Moving EC2 instance to Standby: ", id), cause + "."});
    list.push(describe_activity(ctx, *ctx.view<Activity>(activity)));
    deregister_from_target_groups(work, i);
    i.drain_until.reset();
    i.lifecycle = "Standby";
    finish_activity(ctx, activity);
  }
  work.save();
  wake(ctx, name);
  return {{"Activities", list}};
}

Value exit_standby(Context& ctx, Input in) {
  const std::string name = in.string("AutoScalingGroupName");
  const auto ids = in.strings("InstanceIds");
  Work work(ctx, find_group(ctx, name).id);
  if (work.group.desired + static_cast<int64_t>(ids.size()) > work.group.max_size)
    throw validation_error(
        cat("AutoScalingGroup ", name, " has min-size=", work.group.min_size, ", max-size=",
            work.group.max_size, ", and desired-size=", work.group.desired, ". To exit standby ",
            ids.size(), " instance, please update the AutoScalingGroup sizes appropriately."));
  Value list = Value::list();
  for (const std::string& id : ids) {
    GroupInstance& i = in_state(work, id, "Standby");
    Group& g = work.edit();
    ++g.desired;
    i.activity = start_activity(
        ctx, g,
        {id, i.zone, "", cat("Moving EC2 instance out of Standby: ", id),
         cat(at_text(ctx.now()), "instance ", id,
             " was moved out of standby in response to a user request, increasing the capacity "
             "from ",
             g.desired - 1, " to ", g.desired, '.'),
         "PreInService"});
    list.push(describe_activity(ctx, *ctx.view<Activity>(i.activity)));
    i.lifecycle = "Pending";
    continue_launch(work, i);
  }
  work.save();
  wake(ctx, name);
  return {{"Activities", list}};
}

const api::HandlerRow rows[] = {
    {"EnterStandby", Writes, enter_standby},
    {"ExitStandby", Writes, exit_standby},
};

}  // namespace

std::span<const api::HandlerRow> standby_rows() { return rows; }

}  // namespace squall::autoscaling
