// Scheduled actions: once or by cron.
#include <algorithm>

#include "services/autoscaling/internal.h"
#include "services/common/cron.h"
#include "services/common/time_zone.h"

namespace squall::autoscaling {
namespace {

void plan(Context& ctx, ScheduledAction& a) {
  if (a.recurrence.empty())
    a.next = a.start;
  else
    a.next = next_cron(a.recurrence, std::max(ctx.now(), a.start.value_or(ctx.now())) - 1ns,
                       a.time_zone);
  if (a.next && a.end && *a.next > *a.end) a.next.reset();
  if (a.next) ctx.at(*a.next, "autoscaling.scheduled-action", a.id);
}

void put(Context& ctx, const std::string& group, const Input& in) {
  const std::string name = in.string("ScheduledActionName");
  const std::string id = cat(group, '/', name);
  const ScheduledAction* before = ctx.view<ScheduledAction>(id);
  ScheduledAction a = before ? *before : ScheduledAction{};
  a.id = id;
  a.group = group;
  a.name = name;
  if (a.arn.empty())
    a.arn = ctx.arn("autoscaling",
                    cat("scheduledUpdateGroupAction:", ctx.new_uuid("scheduled-action", id),
                        ":autoScalingGroupName/", group, ":scheduledActionName/", name));
  if (const auto start = in.time("StartTime")) a.start = start;
  if (const auto end = in.time("EndTime")) a.end = end;
  a.recurrence = in.string("Recurrence", a.recurrence);
  a.time_zone = in.string("TimeZone", a.time_zone);
  if (const auto n = in.optional_integer("MinSize")) a.min_size = n;
  if (const auto n = in.optional_integer("MaxSize")) a.max_size = n;
  if (const auto n = in.optional_integer("DesiredCapacity")) a.desired = n;
  if (!a.min_size && !a.max_size && !a.desired)
    throw validation_error("At least one of desired capacity, min size and max size must be set");
  if (!a.recurrence.empty() && !is_cron(a.recurrence))
    throw validation_error(cat("Given recurrence string: ", a.recurrence, " is invalid"));
  if (a.recurrence.empty() && !a.start)
    throw validation_error("Either a start time or a recurrence must be specified");
  if (in.has("StartTime") && *a.start < ctx.now())
    throw validation_error("Given start time is in the past");
  if (a.end && *a.end < a.start.value_or(ctx.now()))
    throw validation_error("End time must be after start time");
  if (!is_time_zone(a.time_zone))
    throw validation_error(cat("Given time zone: ", a.time_zone, " is invalid"));
  if (a.min_size && a.max_size && *a.min_size > *a.max_size)
    throw validation_error("Min size must be less than or equal to max size");
  plan(ctx, a);
  ctx.add(std::move(a));
}

Value put_action(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  if (in.has("Time") && !in.has("StartTime"))
    throw validation_error("Use StartTime instead of the deprecated Time");
  in.ignore("Time");  // equal to StartTime where both are given
  put(ctx, group, in);
  return Value::map();
}

Value put_batch(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  Value failed = Value::list();
  for (const Input& action : in.list("ScheduledUpdateGroupActions")) {
    try {
      put(ctx, group, action);
    } catch (const AwsError& error) {  // put() throws before it changes anything
      failed.push({{"ScheduledActionName", action.string("ScheduledActionName")},
                   {"ErrorCode", error.code},
                   {"ErrorMessage", error.message}});
    }
  }
  return {{"FailedScheduledUpdateGroupActions", failed}};
}

AwsError action_not_found(const std::string& name) {
  return validation_error(cat("Scheduled action name not found - ", name));
}

Value delete_action(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  const std::string id = cat(group, '/', in.string("ScheduledActionName"));
  if (!ctx.has<ScheduledAction>(id)) throw action_not_found(in.string("ScheduledActionName"));
  ctx.erase<ScheduledAction>(id);
  return Value::map();
}

Value delete_batch(Context& ctx, Input in) {
  const std::string group = find_group(ctx, in.string("AutoScalingGroupName")).id;
  Value failed = Value::list();
  for (const std::string& name : in.strings("ScheduledActionNames")) {
    const std::string id = cat(group, '/', name);
    if (ctx.has<ScheduledAction>(id)) {
      ctx.erase<ScheduledAction>(id);
      continue;
    }
    const AwsError error = action_not_found(name);
    failed.push({{"ScheduledActionName", name},
                 {"ErrorCode", error.code},
                 {"ErrorMessage", error.message}});
  }
  return {{"FailedScheduledActions", failed}};
}

Value describe(const ScheduledAction& a) {
  Value v{{"AutoScalingGroupName", a.group},
          {"ScheduledActionName", a.name},
          {"ScheduledActionARN", a.arn}};
  if (a.next || a.start) v.add("Time", a.next ? *a.next : *a.start);
  if (a.next || a.start) v.add("StartTime", a.start ? *a.start : *a.next);
  v.add("EndTime", a.end);
  if (!a.recurrence.empty()) v.add("Recurrence", a.recurrence);
  v.add("MinSize", a.min_size);
  v.add("MaxSize", a.max_size);
  v.add("DesiredCapacity", a.desired);
  if (!a.time_zone.empty()) v.add("TimeZone", a.time_zone);
  return v;
}

Value describe_actions(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  const auto names = in.strings("ScheduledActionNames");
  const auto from = in.time("StartTime"), to = in.time("EndTime");
  if (!group.empty()) find_group(ctx, group);
  PageRequest request = page_of(in);
  request.limit = std::min<size_t>(request.limit, in.has("MaxRecords") ? 100 : 50);
  const Page page = paginate(
      ctx.all<ScheduledAction>(), request,
      [&](const ScheduledAction& a) {
        if (!group.empty() && a.group != group) return false;
        if (!names.empty())
          return std::ranges::find(names, a.name) != names.end() ||
                 std::ranges::find(names, a.arn) != names.end();
        const Time at = a.next.value_or(a.start.value_or(Time{}));
        return (!from || at >= *from) && (!to || at <= *to);
      },
      describe);
  return {{"ScheduledUpdateGroupActions", page.items}, {"NextToken", page.next_token}};
}

void change_group(sim::Scope& scope, const ScheduledAction& a) {
  Group& g = scope.edit<Group>(a.group);
  const int64_t before = g.desired;
  if (a.min_size) g.min_size = *a.min_size;
  if (a.max_size) g.max_size = *a.max_size;
  g.max_size = std::max(g.max_size, g.min_size);
  const int64_t wanted = std::clamp(a.desired.value_or(g.desired), g.min_size, g.max_size);
  if (wanted != before) {
    g.desired = wanted;
    add_cause(g, cat(at_text(scope.now()),
                     "a scheduled action update of AutoScalingGroup constraints to min: ",
                     g.min_size, ", max: ", g.max_size, ", desired: ", wanted,
                     " changing the desired capacity from ", before, " to ", wanted, '.'));
  }
  scope.announce("autoscaling.scheduled-action", g.id, cat("Executed scheduled action ", a.name));
  wake(scope, a.group);
}

void run_action(sim::Scope& scope, const sim::Event& event) {
  const ScheduledAction* a = scope.view<ScheduledAction>(event.subject);
  if (!a || !a->next || *a->next != scope.now()) return;  // changed meanwhile
  const Group* g = scope.view<Group>(a->group);
  if (g && g->status.empty() && !is_suspended(*g, "ScheduledActions")) change_group(scope, *a);
  if (a->recurrence.empty()) {
    scope.erase<ScheduledAction>(event.subject);
    return;
  }
  ScheduledAction& changed = scope.edit<ScheduledAction>(event.subject);
  changed.next = next_cron(changed.recurrence, scope.now(), changed.time_zone);
  if (changed.next && changed.end && *changed.next > *changed.end) changed.next.reset();
  if (changed.next) scope.at(*changed.next, "autoscaling.scheduled-action", event.subject);
}

const api::HandlerRow rows[] = {
    {"PutScheduledUpdateGroupAction", Writes, put_action},
    {"BatchPutScheduledUpdateGroupAction", Writes, put_batch},
    {"DeleteScheduledAction", Writes, delete_action},
    {"BatchDeleteScheduledAction", Writes, delete_batch},
    {"DescribeScheduledActions", Reads, describe_actions},
};
const sim::EventRow events[] = {{"autoscaling.scheduled-action", run_action}};

}  // namespace

std::span<const api::HandlerRow> scheduled_rows() { return rows; }
std::span<const sim::EventRow> scheduled_events() { return events; }

}  // namespace squall::autoscaling
