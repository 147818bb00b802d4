// Scaling activities: what a group did and why, in AWS's words.
#include <algorithm>

#include "services/autoscaling/internal.h"
#include "services/common/retention.h"

namespace squall::autoscaling {
namespace {

Value describe_activities(Context& ctx, Input in) {
  const std::string group = in.string("AutoScalingGroupName");
  const bool deleted = in.boolean("IncludeDeletedGroups");
  const auto wanted = in.strings("ActivityIds");
  PageRequest request = page_of(in);
  request.limit = std::min<size_t>(request.limit, 100);
  std::vector<const Activity*> found;
  if (!group.empty()) {
    if (!deleted && !ctx.has<Group>(group)) throw group_name_not_found(group);
    found = ctx.by<Activity>("group:" + group);
  } else {
    for (const Activity& a : ctx.all<Activity>())
      if (deleted || ctx.has<Group>(a.group)) found.push_back(&a);
  }
  Value list = Value::list(), token;
  const Activity* last = nullptr;
  for (auto at = found.rbegin(); at != found.rend(); ++at) {  // the newest first
    const Activity& a = **at;
    if (!request.after.empty() && a.id >= request.after) continue;
    if (!wanted.empty() && std::ranges::find(wanted, a.activity_id) == wanted.end()) continue;
    if (list.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", last->id)));
      break;
    }
    list.push(describe_activity(ctx, a));
    last = &a;
  }
  return {{"Activities", list}, {"NextToken", token}};
}

std::string padded(uint64_t n) {
  std::string digits = std::to_string(n);
  return std::string(12 - std::min<size_t>(12, digits.size()), '0') + digits;
}

constexpr Duration retention = std::chrono::hours{6 * 7 * 24};  // activities are shown six weeks
constexpr std::string_view forget = "autoscaling.activity.forget";

void forget_activities(sim::Scope& scope, const sim::Event&) {
  forget_old<Activity>(scope, retention, forget, [](const Activity& a) { return a.started; });
}

constexpr sim::EventRow events[] = {{forget, forget_activities}};
const api::HandlerRow rows[] = {{"DescribeScalingActivities", Reads, describe_activities}};

}  // namespace

std::string start_activity(sim::Scope& scope, const Group& group, const NewActivity& activity) {
  Activity a;
  a.id = padded(scope.next_ordinal("autoscaling-activity"));
  a.activity_id = scope.new_uuid("activity", group.id);
  a.group = group.id;
  a.instance_id = activity.instance_id;
  a.description = activity.description;
  a.cause = activity.cause.substr(0, 1023);
  a.status_code = activity.status;
  a.status_message = activity.status_message;
  Value details = Value::map();
  if (!activity.subnet_id.empty()) details.add("Subnet ID", activity.subnet_id);
  if (!activity.zone.empty()) details.add("Availability Zone", activity.zone);
  details.add("InvokingAlarms", Value::list());
  a.details = to_json(details);
  a.started = scope.now();
  const bool over = a.status_code == "Failed" || a.status_code == "Successful";
  a.progress = over ? 100 : 30;
  if (over) a.ended = scope.now();
  scope.announce(
      "autoscaling.activity", group.id, cat(a.description, ": ", a.status_code),
      to_json(Value{{"instance", a.instance_id}, {"status", a.status_code}, {"cause", a.cause}}));
  remember_for(scope, retention, forget);
  return scope.add(std::move(a)).id;
}

std::span<const sim::EventRow> activity_events() { return events; }

void set_activity_status(sim::Scope& scope, const std::string& id, std::string_view status,
                         int64_t progress) {
  const Activity* a = scope.view<Activity>(id);
  if (!a || a->ended || a->status_code == status) return;
  Activity& changed = scope.edit<Activity>(id);
  changed.status_code = status;
  changed.progress = progress;
}

void finish_activity(sim::Scope& scope, const std::string& id, std::string_view status,
                     std::string_view message) {
  const Activity* before = scope.view<Activity>(id);
  if (!before || before->ended) return;
  Activity& a = scope.edit<Activity>(id);
  a.status_code = status;
  a.status_message = message;
  a.progress = 100;
  a.ended = scope.now();
  scope.announce("autoscaling.activity", a.group, cat(a.description, ": ", a.status_code),
                 to_json(Value{{"instance", a.instance_id}, {"status", a.status_code}}));
}

Value describe_activity(const sim::Scope& scope, const Activity& a) {
  Value v{{"ActivityId", a.activity_id},
          {"AutoScalingGroupName", a.group},
          {"Description", a.description},
          {"Cause", a.cause},
          {"StartTime", a.started}};
  if (a.ended) v.add("EndTime", *a.ended);
  v.add("StatusCode", a.status_code);
  if (!a.status_message.empty()) v.add("StatusMessage", a.status_message);
  v.add("Progress", a.progress);
  v.add("Details", a.details);
  if (const Group* group = scope.view<Group>(a.group))
    v.add("AutoScalingGroupARN", group->arn);
  else
    v.add("AutoScalingGroupState", "Deleted");
  return v;
}

std::span<const api::HandlerRow> activity_rows() { return rows; }

}  // namespace squall::autoscaling
