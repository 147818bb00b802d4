// Scheduled actions: new limits at a time, at a rate or by cron, in any time zone.
#include <algorithm>

#include "services/application_autoscaling/internal.h"
#include "services/common/cron.h"
#include "services/common/time_zone.h"

namespace squall::application_autoscaling {
namespace {

constexpr size_t actions_max = 200;  // a target
constexpr std::string_view run_kind = "application-autoscaling.scheduled-action";

/// "at(2026-01-05T09:00:00)", "rate(5 minutes)", "cron(0 9 * * ? *)": what stands inside.
std::optional<std::string_view> inside(std::string_view schedule, std::string_view form) {
  if (!schedule.starts_with(form) || !schedule.ends_with(')')) return {};
  schedule.remove_prefix(form.size());
  if (!schedule.starts_with('(')) return {};
  return trim(schedule.substr(1, schedule.size() - 2));
}

std::optional<Duration> rate_of(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 2) return {};
  const auto n = parse_int(parts[0]);
  if (!n || *n < 1) return {};
  std::string_view unit = parts[1];
  if (unit.ends_with('s') == (*n == 1)) return {};
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (unit == "minute") return std::chrono::minutes(*n);
  if (unit == "hour") return std::chrono::hours(*n);
  if (unit == "day") return std::chrono::hours(24 * *n);
  return {};
}

std::optional<Time> at_of(std::string_view text, std::string_view zone) {
  if (text.size() != 19 || text[10] != 'T') return {};
  const auto local = parse_time(cat(text, "Z"));
  if (!local) return {};
  return to_utc(zone, *local);
}

/// The first run after `now`; nothing if there is none. Throws if the schedule cannot be read.
std::optional<Time> next_run(const ScheduledAction& action, Time now) {
  std::optional<Time> next;
  const Time from = std::max(now, action.start.value_or(now) - 1ns);
  if (const auto at = inside(action.schedule, "at")) {
    const auto time = at_of(*at, action.time_zone);
    if (!time) throw validation("Invalid schedule: the time of an at expression is "
                                "yyyy-mm-ddThh:mm:ss.");
    if (*time > now) next = time;
  } else if (const auto rate = inside(action.schedule, "rate")) {
    const auto every = rate_of(*rate);
    if (!every) throw validation(cat("Invalid schedule: rate(", *rate, ")"));
    const Time first = action.start.value_or(action.created);
    const auto periods = from < first ? 0 : (from - first) / *every + 1;
    next = first + periods * *every;
  } else if (const auto cron = inside(action.schedule, "cron")) {
    if (!is_cron(*cron, CronDialect::aws))
      throw validation(cat("Invalid schedule: cron(", *cron, ")"));
    next = next_cron(*cron, from, action.time_zone, CronDialect::aws);
  } else {
    throw validation("The schedule must be an at, a rate or a cron expression.");
  }
  if (next && action.end && *next > *action.end) next.reset();
  return next;
}

void plan(sim::Scope& scope, ScheduledAction& action) {
  action.next = next_run(action, scope.now());
  if (action.next) scope.at(*action.next, run_kind, action.id);
}

void check(const Context& ctx, const Input& in, const ScheduledAction& a) {
  if (a.schedule.empty()) throw validation("Schedule is required for a new scheduled action.");
  if (!is_time_zone(a.time_zone)) throw validation(cat("Invalid time zone: ", a.time_zone));
  if (!a.min_capacity && !a.max_capacity)
    throw validation("At least one of MinCapacity and MaxCapacity is required in the "
                     "ScalableTargetAction.");
  if (a.min_capacity.value_or(0) < 0 || a.max_capacity.value_or(0) < 0)
    throw validation("Minimum and maximum capacity must be greater than or equal to 0.");
  if (a.min_capacity && a.max_capacity && *a.max_capacity < *a.min_capacity)
    throw validation("Maximum capacity cannot be less than minimum capacity.");
  if (a.start && a.end && *a.end <= *a.start)
    throw validation("The end time must be after the start time.");
  if (in.has("EndTime") && *a.end <= ctx.now())
    throw validation("The end time must be in the future.");
  if (in.has("Schedule") && inside(a.schedule, "at") && !next_run(a, ctx.now()))
    throw validation("The time of an at expression must be in the future.");
}

Value put_scheduled_action(Context& ctx, Input in) {
  const ScalableTarget& target = require_target(ctx, target_name(in));
  const std::string name = in.string("ScheduledActionName"), id = target.id + "|" + name;
  const auto* known = ctx.view<ScheduledAction>(id);
  if (!known && ctx.by<ScheduledAction>("target:" + target.id).size() >= actions_max)
    throw limit_exceeded(cat("You have reached the limit of ", actions_max,
                             " scheduled actions for this scalable target."));
  ScheduledAction a = known ? *known : ScheduledAction{};
  a.id = id;
  a.target = target.id;
  a.name = name;
  if (!known) {
    a.created = ctx.now();
    a.arn = ctx.arn("autoscaling",
                    cat("scheduledAction:", ctx.new_uuid("scheduled-action", id), ":",
                        resource_arn_part(target), ":scheduledActionName/", name));
  }
  a.schedule = in.string("Schedule", a.schedule);
  a.time_zone = in.string("Timezone", a.time_zone);
  a.start = in.time("StartTime");  // left out: the old ones are gone, as documented
  a.end = in.time("EndTime");
  if (const Input action = in.at("ScalableTargetAction")) {
    a.min_capacity = action.optional_integer("MinCapacity");
    a.max_capacity = action.optional_integer("MaxCapacity");
  }
  check(ctx, in, a);
  plan(ctx, a);
  ctx.add(std::move(a));
  return Value::map();
}

Value delete_scheduled_action(Context& ctx, Input in) {
  const TargetName name = target_name(in);
  find_adapter(name.service_namespace, name.resource_id, name.dimension);
  const std::string action = in.string("ScheduledActionName"), id = name.id() + "|" + action;
  if (!ctx.has<ScheduledAction>(id))
    throw object_not_found(cat("No scheduled action found for ", name.words(),
                               ", scheduled action name: ", action));
  ctx.erase<ScheduledAction>(id);
  return Value::map();
}

Value describe(const Context& ctx, const ScheduledAction& a) {
  const ScalableTarget& target = *ctx.view<ScalableTarget>(a.target);
  Value shown{{"ScheduledActionName", a.name},
              {"ScheduledActionARN", a.arn},
              {"ServiceNamespace", target.service_namespace},
              {"Schedule", a.schedule},
              {"ResourceId", target.resource_id},
              {"ScalableDimension", target.dimension},
              {"StartTime", a.start},
              {"EndTime", a.end},
              {"ScalableTargetAction",
               Value{{"MinCapacity", a.min_capacity}, {"MaxCapacity", a.max_capacity}}},
              {"CreationTime", a.created}};
  if (!a.time_zone.empty()) shown.add("Timezone", a.time_zone);
  return shown;
}

Value describe_scheduled_actions(Context& ctx, Input in) {
  const DescribeScope wanted(in);
  const auto names = in.strings("ScheduledActionNames");
  const Page page = paginate(
      ctx.all<ScheduledAction>(), page_of(in),
      [&](const ScheduledAction& a) {
        const auto* target = ctx.view<ScalableTarget>(a.target);
        return target && wanted.matches(*target) &&
               (names.empty() || std::ranges::find(names, a.name) != names.end() ||
                std::ranges::find(names, a.arn) != names.end());
      },
      [&](const ScheduledAction& a) { return describe(ctx, a); });
  return {{"ScheduledActions", page.items}, {"NextToken", page.next_token}};
}

/// "min capacity to 1 and max capacity to 10"
std::string limits_in_words(const ScheduledAction& a) {
  std::string words;
  if (a.min_capacity) words = cat("min capacity to ", *a.min_capacity);
  if (a.max_capacity)
    words += cat(words.empty() ? "" : " and ", "max capacity to ", *a.max_capacity);
  return words;
}

void set_limits(sim::Scope& scope, const ScheduledAction& action) {
  const std::string id = action.target, words = limits_in_words(action);
  ScalableTarget& target = scope.edit<ScalableTarget>(id);
  // One limit alone pushes the other along.
  target.min_capacity = action.min_capacity.value_or(target.min_capacity);
  target.max_capacity = action.max_capacity.value_or(target.max_capacity);
  if (!action.min_capacity) target.min_capacity = std::min(target.min_capacity,
                                                           target.max_capacity);
  if (!action.max_capacity) target.max_capacity = std::max(target.max_capacity,
                                                           target.min_capacity);
  record_activity(scope, target, cat("Setting ", words),
                  cat("scheduled action name ", action.name, " was triggered"), "Successful",
                  cat("Successfully set ", words));
  enforce_limits(scope, id);
}

void run_action(sim::Scope& scope, const sim::Event& event) {
  const auto* action = scope.view<ScheduledAction>(event.subject);
  if (!action || !action->next || *action->next != scope.now()) return;  // changed meanwhile
  const auto* target = scope.view<ScalableTarget>(action->target);
  if (target && !target->schedule_suspended) set_limits(scope, *action);
  plan(scope, scope.edit<ScheduledAction>(event.subject));
}

}  // namespace

std::span<const api::HandlerRow> scheduled_rows() {
  static const api::HandlerRow rows[] = {
      {"PutScheduledAction", api::Writes, put_scheduled_action},
      {"DeleteScheduledAction", api::Writes, delete_scheduled_action},
      {"DescribeScheduledActions", api::Reads, describe_scheduled_actions},
  };
  return rows;
}

std::span<const sim::EventRow> scheduled_events() {
  static const sim::EventRow rows[] = {{run_kind, run_action}};
  return rows;
}

}  // namespace squall::application_autoscaling
