// How alarms decide: M of N over an evaluation range, missing data treated as the alarm says.
// Rules and truth tables: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing
// data" (AlarmThatSendsEmail).
#include <algorithm>

#include "emulator/core/text.h"
#include "services/cloudwatch/expression.h"
#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {
namespace {

// How many periods beyond N the evaluation looks back: the user guide's examples show 5 for N = 3.
constexpr int64_t extra_periods = 2;

bool is_breaching(const Alarm& alarm, double value) {
  const std::string& c = alarm.comparison;
  if (c == "GreaterThanOrEqualToThreshold") return value >= alarm.threshold;
  if (c == "GreaterThanThreshold") return value > alarm.threshold;
  if (c == "LessThanThreshold") return value < alarm.threshold;
  if (c == "LessThanOrEqualToThreshold") return value <= alarm.threshold;
  return false;
}

struct Verdict {
  std::string state;
  std::vector<double> points;  // the real ones looked at, newest first
};

/// `window[i]`: the value of the i-th newest period, or nothing.
Verdict decide(const Alarm& alarm, const std::vector<std::optional<double>>& window) {
  const int64_t n = alarm.evaluation_periods;
  const int64_t m = alarm.datapoints_to_alarm ? alarm.datapoints_to_alarm : n;
  // AWS/DynamoDB alarms ignore missing data whatever they say (user guide).
  const std::string treatment =
      alarm.name_space == "AWS/DynamoDB" ? "ignore" : alarm.treat_missing_data;
  Verdict verdict;
  int64_t breaching = 0, oldest_breaching_age = 0;
  for (size_t i = 0; i < window.size() && std::ssize(verdict.points) < n; ++i) {
    if (!window[i]) continue;
    verdict.points.push_back(*window[i]);
    if (!is_breaching(alarm, *window[i])) continue;
    ++breaching;
    oldest_breaching_age = static_cast<int64_t>(i) + 1;
  }
  const int64_t real = std::ssize(verdict.points), missing = n - real;
  if (missing <= 0) {
    verdict.state = breaching >= m ? "ALARM" : "OK";
  } else if (treatment == "breaching") {
    verdict.state = breaching + missing >= m ? "ALARM" : "OK";
  } else if (treatment == "notBreaching") {
    verdict.state = breaching >= m ? "ALARM" : "OK";
  } else if (real == 0) {
    verdict.state = treatment == "ignore" ? alarm.state : "INSUFFICIENT_DATA";
  } else if (breaching >= m) {
    verdict.state = "ALARM";
  } else if (breaching < real) {
    verdict.state = "OK";
  } else {
    // Only breaching data, fewer than M: old enough means that it cannot be about to be joined.
    verdict.state =
        treatment == "missing" && oldest_breaching_age >= m ? "ALARM" : alarm.state;
  }
  return verdict;
}

std::string comparison_words(const Alarm& alarm, bool breached) {
  std::string words = alarm.comparison == "GreaterThanOrEqualToThreshold"
                          ? "greater than or equal to"
                      : alarm.comparison == "GreaterThanThreshold" ? "greater than"
                      : alarm.comparison == "LessThanThreshold"    ? "less than"
                                                                   : "less than or equal to";
  return (breached ? "" : "not ") + words;
}

std::string number(double value) {
  std::string out;
  append_double(out, value);
  return out;
}

/// AWS's words: "Threshold Crossed: 3 datapoints [51.2, 50.9, 52.0] were greater than the threshold
/// (50.0)."
std::string reason_of(const Alarm& alarm, const Verdict& verdict) {
  if (verdict.state == "INSUFFICIENT_DATA" || verdict.points.empty()) {
    return cat(verdict.state == "INSUFFICIENT_DATA" ? "Insufficient Data: " : "Threshold Crossed: ",
               "no datapoints were received for ", alarm.evaluation_periods,
               alarm.evaluation_periods == 1 ? " period" : " periods",
               verdict.state == "INSUFFICIENT_DATA"
                   ? "."
                   : cat(" and ", alarm.evaluation_periods, " missing datapoints were treated as [",
                         verdict.state == "ALARM" ? "Breaching" : "NonBreaching", "]."));
  }
  std::string list;
  for (const double p : verdict.points) list += (list.empty() ? "" : ", ") + number(p);
  const bool one = verdict.points.size() == 1;
  return cat("Threshold Crossed: ", verdict.points.size(), one ? " datapoint [" : " datapoints [",
             list, one ? "] was " : "] were ",
             comparison_words(alarm, verdict.state == "ALARM"), " the threshold (",
             number(alarm.threshold), ").");
}

std::string_view arn_service(std::string_view arn) {
  const auto parts = split(arn, ':');
  const bool scales_resource = arn.find(":scalingPolicy:") != arn.npos &&
                               arn.find(":resource/") != arn.npos;
  if (scales_resource) return "application-autoscaling";
  return parts.size() > 2 ? parts[2] : std::string_view();
}

const std::vector<std::string>& actions_for(const Alarm& alarm) {
  if (alarm.state == "ALARM") return alarm.alarm_actions;
  return alarm.state == "OK" ? alarm.ok_actions : alarm.insufficient_data_actions;
}

void run_actions(sim::Scope& scope, const Alarm& alarm, bool only_repeating) {
  if (!alarm.actions_enabled) return;
  for (const std::string& arn : actions_for(alarm)) {
    const std::string_view service = arn_service(arn);
    // Auto Scaling's actions repeat every minute while the state lasts; others run on the change.
    const bool repeats = service == "autoscaling" || service == "application-autoscaling";
    if (only_repeating && !repeats) continue;
    scope.after(Duration{}, cat(service, ".alarm-action"), arn, alarm.id);
    if (!only_repeating) {
      add_history(scope, alarm.id, "Action", cat("Successfully executed action ", arn),
                  cat("{\"actionState\":\"Succeeded\",\"stateUpdateTimestamp\":",
                      unix_seconds(scope.now()) * 1000, ",\"notificationResource\":\"", arn,
                      "\"}"));
    }
  }
}

void evaluate_event(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Alarm>(event.subject)) return;
  evaluate_alarm(scope, event.subject);
  schedule_evaluation(scope, event.subject);
}

}  // namespace

std::vector<std::optional<double>> alarm_window(const sim::Scope& scope, const Alarm& alarm) {
  const int64_t period = alarm.period_s;
  const int64_t end = unix_seconds(scope.now()) / period * period;
  const int64_t count = alarm.evaluation_periods + extra_periods;
  std::vector<std::optional<double>> window(static_cast<size_t>(count));
  auto place = [&](int64_t at_s, double value) {
    const int64_t age = (end - at_s) / period - 1;
    if (age >= 0 && age < count) window[static_cast<size_t>(age)] = value;
  };
  if (!alarm.queries.empty()) {
    for (const auto& [query, series] :
         evaluate_queries(scope, alarm.queries, end - count * period, end)) {
      if (!query->return_data) continue;
      for (const auto& [at_s, value] : series) place(at_s, value);
    }
    return window;
  }
  const std::string& statistic =
      alarm.statistic.empty() ? alarm.extended_statistic : alarm.statistic;
  const std::string id = metric_id(alarm.name_space, alarm.metric_name, alarm.dimensions);
  for (const auto& [at_s, data] : periods(scope, id, end - count * period, end, period))
    if (const auto value = statistic_of(data, statistic)) place(at_s, *value);
  return window;
}

void set_alarm_state(sim::Scope& scope, Alarm& alarm, std::string_view state,
                     std::string_view reason, std::string_view reason_data) {
  const std::string before = alarm.state;
  alarm.state = state;
  alarm.state_reason = reason;
  alarm.state_reason_data = reason_data;
  alarm.state_updated = scope.now();
  if (before == state) return;
  alarm.state_transitioned = scope.now();
  scope.announce("cloudwatch.alarm-state", alarm.id, cat(before, " -> ", state, ": ", reason));
  add_history(scope, alarm.id, "StateUpdate", cat("Alarm updated from ", before, " to ", state),
              cat("{\"version\":\"1.0\",\"oldState\":{\"stateValue\":\"", before,
                  "\"},\"newState\":{\"stateValue\":\"", state, "\"}}"));
  run_actions(scope, alarm, false);
}

void evaluate_alarm(sim::Scope& scope, std::string_view name) {
  const Alarm* alarm = scope.view<Alarm>(name);
  if (!alarm) return;
  const Verdict verdict = decide(*alarm, alarm_window(scope, *alarm));
  if (verdict.state == alarm->state) {
    run_actions(scope, *alarm, true);
    return;
  }
  std::string data = cat("{\"version\":\"1.0\",\"queryDate\":\"",
                         format_iso8601_ms(scope.now()), "\",\"statistic\":\"", alarm->statistic,
                         "\",\"period\":", alarm->period_s, ",\"threshold\":",
                         number(alarm->threshold), "}");
  set_alarm_state(scope, scope.edit<Alarm>(name), verdict.state, reason_of(*alarm, verdict),
                  data);
}

void schedule_evaluation(sim::Scope& scope, std::string_view name) {
  // Each alarm is evaluated once a minute (every 10 s below one-minute periods) at a phase of its
  // own, which also stands for the time metrics need to arrive.
  const Alarm* alarm = scope.view<Alarm>(name);
  const int64_t every = alarm->period_s < 60 ? 10 : 60;
  const auto phase = static_cast<int64_t>(stable_hash(name) % static_cast<uint64_t>(every));
  const int64_t now_s = unix_seconds(scope.now());
  int64_t next = now_s / every * every + phase;
  if (next <= now_s) next += every;
  scope.at_unique(from_unix_seconds(next), "cloudwatch.evaluate", name);
}

void add_history(sim::Scope& scope, std::string_view alarm, std::string_view type,
                 std::string_view summary, std::string_view data) {
  HistoryItem item;
  const std::string ordinal = std::to_string(scope.next_ordinal("alarm-history", alarm));
  item.id = cat(alarm, '#', std::string(10 - std::min<size_t>(10, ordinal.size()), '0'), ordinal);
  item.alarm = alarm;
  item.type = type;
  item.summary = summary;
  item.data = data;
  item.time = scope.now();
  scope.add(std::move(item));
}

std::span<const sim::EventRow> alarm_events() {
  static const sim::EventRow rows[] = {{"cloudwatch.evaluate", evaluate_event}};
  return rows;
}

}  // namespace squall::cloudwatch
