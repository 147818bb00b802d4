// Scaling activities: what was set, why, and what came of it, in AWS's words.
#include <algorithm>

#include "services/application_autoscaling/internal.h"
#include "services/common/retention.h"

namespace squall::application_autoscaling {
namespace {

constexpr Duration kept_for = 6 * 7 * 24h;  // activities are shown six weeks
constexpr std::string_view forget_kind = "application-autoscaling.activity.forget";
constexpr std::string_view check_kind = "application-autoscaling.activity.check";
constexpr Duration check_every = 15s, fulfilled_within = 30min;

std::string target_key(const ScalableTarget& target) { return "target:" + target.id; }

Activity new_activity(sim::Scope& scope, const ScalableTarget& target, std::string description,
                      std::string_view cause) {
  Activity a;
  std::string ordinal = std::to_string(scope.next_ordinal("application-autoscaling:activity"));
  ordinal.insert(0, 12 - std::min<size_t>(12, ordinal.size()), '0');
  a.id = ordinal;
  a.activity_id = scope.new_uuid("scaling-activity", target.id);
  a.service_namespace = target.service_namespace;
  a.resource_id = target.resource_id;
  a.dimension = target.dimension;
  a.description = std::move(description);
  a.cause = cause;
  a.started = scope.now();
  return a;
}

void add(sim::Scope& scope, const ScalableTarget& target, Activity activity) {
  scope.announce("application-autoscaling.activity", target.resource_id,
                 cat(activity.description, " ", activity.status_code, ". Cause: ",
                     activity.cause));
  scope.add(std::move(activity));
  remember_for(scope, kept_for, forget_kind);
}

void finish(sim::Scope& scope, const std::string& id, const char* status, std::string message) {
  Activity& a = scope.edit<Activity>(id);
  a.status_code = status;
  a.status_message = std::move(message);
  a.ended = scope.now();
}

std::string_view what_of(const Activity& a) {
  return find_adapter(a.service_namespace, a.resource_id, a.dimension).what;
}

/// What an earlier activity still waits for will not come: another capacity was set since.
void override_earlier(sim::Scope& scope, const ScalableTarget& target) {
  std::vector<std::string> open;
  for (const Activity* a : scope.by<Activity>(target_key(target)))
    if (a->status_code == "InProgress") open.push_back(a->id);
  for (const std::string& id : open) {
    const Activity& a = *scope.view<Activity>(id);
    finish(scope, id, "Overridden",
           cat("Successfully set ", what_of(a), " to ", a.capacity,
               ". Change was overridden by a newer scaling activity."));
  }
}

void check(sim::Scope& scope, const sim::Event& event) {
  const Activity* a = scope.view<Activity>(event.subject);
  if (!a || a->status_code != "InProgress") return;
  const Adapter& adapter = find_adapter(a->service_namespace, a->resource_id, a->dimension);
  const ResourceParts parts = parts_of(adapter, a->resource_id);
  const auto capacity = adapter.read(scope, parts);
  const std::string was_set = cat("Successfully set ", adapter.what, " to ", a->capacity, ". ");
  if (!capacity || *capacity != a->capacity) {
    finish(scope, event.subject, "Overridden",
           cat(was_set, "Change was overridden by another change to the resource."));
  } else if (adapter.is_settled(scope, parts)) {
    finish(scope, event.subject, "Successful",
           cat(was_set, "Change successfully fulfilled by ", a->service_namespace, "."));
  } else if (scope.now() >= a->started + fulfilled_within) {
    finish(scope, event.subject, "Unfulfilled",
           cat(was_set, "Change was not fulfilled by ", a->service_namespace, "."));
  } else {
    scope.at_unique(scope.now() + check_every, check_kind, event.subject);
  }
}

void forget(sim::Scope& scope, const sim::Event&) {
  forget_old<Activity>(scope, kept_for, forget_kind, [](const Activity& a) { return a.started; });
}

Value describe(const Activity& a) {
  Value shown{{"ActivityId", a.activity_id},
              {"ServiceNamespace", a.service_namespace},
              {"ResourceId", a.resource_id},
              {"ScalableDimension", a.dimension},
              {"Description", a.description},
              {"Cause", a.cause},
              {"StartTime", a.started},
              {"EndTime", a.ended},
              {"StatusCode", a.status_code}};
  if (!a.status_message.empty()) shown.add("StatusMessage", a.status_message);
  if (!a.not_scaled_code.empty())
    shown.add("NotScaledReasons",
              std::vector<Value>{Value{{"Code", a.not_scaled_code},
                                       {"MaxCapacity", a.not_scaled_max},
                                       {"MinCapacity", a.not_scaled_min},
                                       {"CurrentCapacity", a.not_scaled_current}}});
  return shown;
}

Value describe_scaling_activities(Context& ctx, Input in) {
  const DescribeScope wanted(in);
  const PageRequest request = page_of(in);
  const bool all = in.boolean("IncludeNotScaledActivities");
  std::vector<const Activity*> found;
  for (const Activity& a : ctx.all<Activity>()) {
    const bool fits = a.service_namespace == wanted.service_namespace &&
                      (wanted.resource_id.empty() || a.resource_id == wanted.resource_id) &&
                      (wanted.dimension.empty() || a.dimension == wanted.dimension);
    if (fits && (all || a.not_scaled_code.empty())) found.push_back(&a);
  }
  Value list = Value::list(), token;
  std::string last;
  for (auto at = found.rbegin(); at != found.rend(); ++at) {  // the newest first
    if (!request.after.empty() && (*at)->id >= request.after) continue;
    if (list.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    list.push(describe(**at));
    last = (*at)->id;
  }
  return {{"ScalingActivities", list}, {"NextToken", token}};
}

}  // namespace

bool change_capacity(sim::Scope& scope, const std::string& target_id, int64_t capacity,
                     std::string_view cause) {
  const ScalableTarget target = *scope.view<ScalableTarget>(target_id);
  const Adapter& adapter = adapter_of(target);
  override_earlier(scope, target);
  Activity a =
      new_activity(scope, target, cat("Setting ", adapter.what, " to ", capacity, "."), cause);
  a.capacity = capacity;
  try {
    adapter.set(scope, parts_of(adapter, target.resource_id), capacity);
  } catch (const AwsError& error) {
    a.status_code = "Failed";
    a.status_message = cat("Failed to set ", adapter.what, " to ", capacity, ". Reason: ",
                           error.message, " (", error.code, ")");
    a.ended = scope.now();
    add(scope, target, std::move(a));
    return false;
  }
  a.status_code = "InProgress";
  a.status_message = cat("Successfully set ", adapter.what, " to ", capacity,
                         ". Waiting for change to be fulfilled by ", target.service_namespace, ".");
  scope.at_unique(scope.now(), check_kind, a.id);
  add(scope, target, std::move(a));
  refresh_alarms(scope, target_id);
  return true;
}

void record_activity(sim::Scope& scope, const ScalableTarget& target, std::string_view description,
                     std::string_view cause, std::string_view status, std::string_view message) {
  Activity a = new_activity(scope, target, std::string(description), cause);
  a.status_code = status;
  a.status_message = message;
  a.ended = scope.now();
  add(scope, target, std::move(a));
}

void record_not_scaled(sim::Scope& scope, const ScalableTarget& target, std::string_view cause,
                       const NotScaled& reason) {
  const auto before = scope.by<Activity>(target_key(target));
  if (!before.empty() && before.back()->cause == cause &&
      before.back()->not_scaled_code == reason.code)
    return;
  Activity a = new_activity(scope, target, "Attempting to scale due to alarm triggered", cause);
  a.status_code = "Failed";
  a.not_scaled_code = reason.code;
  a.not_scaled_min = reason.min;
  a.not_scaled_max = reason.max;
  a.not_scaled_current = reason.current;
  a.ended = scope.now();
  add(scope, target, std::move(a));
}

std::span<const api::HandlerRow> activity_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeScalingActivities", api::Reads, describe_scaling_activities}};
  return rows;
}

std::span<const sim::EventRow> activity_events() {
  static const sim::EventRow rows[] = {{check_kind, check}, {forget_kind, forget}};
  return rows;
}

}  // namespace squall::application_autoscaling
