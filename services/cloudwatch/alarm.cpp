// PutMetricAlarm, DescribeAlarms, DescribeAlarmsForMetric, DeleteAlarms.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/internal.h"
#include "services/common/page.h"

namespace squall::cloudwatch {

std::string alarm_arn(const sim::Scope& scope, std::string_view name) {
  return scope.arn("cloudwatch", cat("alarm:", name));
}

void put_alarm(sim::Scope& scope, Alarm alarm) {
  const std::string name = alarm.id;
  const Alarm* before = scope.view<Alarm>(name);
  alarm.configuration_updated = scope.now();
  if (before) {  // the state and the tags stay when an alarm is updated
    alarm.state = before->state;
    alarm.state_reason = before->state_reason;
    alarm.state_reason_data = before->state_reason_data;
    alarm.state_updated = before->state_updated;
    alarm.state_transitioned = before->state_transitioned;
    alarm.tags = before->tags;
  } else {
    alarm.state_reason = "Unchecked: Initial alarm creation";
    alarm.state_updated = alarm.state_transitioned = scope.now();
  }
  add_history(scope, name, "ConfigurationUpdate",
              cat("Alarm \"", name, before ? "\" updated" : "\" created"), "");
  scope.add(std::move(alarm));
  schedule_evaluation(scope, name);
}

std::map<std::string, std::vector<std::string>> alarms_by_action(const sim::Scope& scope) {
  std::map<std::string, std::vector<std::string>> alarms;
  for (const Alarm& a : scope.all<Alarm>())
    for (const auto* actions : {&a.alarm_actions, &a.ok_actions, &a.insufficient_data_actions})
      for (const std::string& arn : *actions) {
        auto& list = alarms[arn];
        if (list.empty() || list.back() != a.id) list.push_back(a.id);
      }
  return alarms;
}

void delete_alarm(sim::Scope& scope, std::string_view name) {
  for (const HistoryItem* item : scope.by<HistoryItem>(cat("alarm:", name)))
    scope.erase<HistoryItem>(std::string(item->id));
  scope.erase<Alarm>(name);
}

namespace {

void check_metric_alarm(const Alarm& alarm, const Input& in) {
  if (!alarm.queries.empty()) {
    if (!alarm.metric_name.empty() || !alarm.name_space.empty() || in.has("Period"))
      throw validation_error(
          "Metrics list can't be combined with MetricName, Namespace or Period.");
    const auto returned = std::ranges::count_if(alarm.queries, &MetricQuery::return_data);
    if (returned != 1)
      throw validation_error("Exactly one element of the metrics list should return data.");
    return;
  }
  if (alarm.metric_name.empty() || alarm.name_space.empty() || !in.has("Period")) {
    throw validation_error(
        "Metrics list, or MetricName, Namespace and Period, should be provided for alarm creation");
  }
  if (alarm.statistic.empty() == alarm.extended_statistic.empty())
    throw validation_error("Exactly one of Statistic and ExtendedStatistic must be specified.");
  if (!alarm.extended_statistic.empty() && !is_extended_statistic(alarm.extended_statistic)) {
    throw validation_error(
        cat("The value ", alarm.extended_statistic,
            " for parameter ExtendedStatistic is not supported."));
  }
  if (alarm.period_s != 10 && alarm.period_s != 20 && alarm.period_s != 30 &&
      alarm.period_s % 60 != 0)
    throw validation_error("Metric Period must be 10, 20, 30 or a multiple of 60");
  if (alarm.period_s * alarm.evaluation_periods > 7 * 86400)
    throw validation_error("Metrics cannot be checked across more than 7 days (EvaluationPeriods * "
                           "Period must be <= 604800)");
}

Alarm alarm_from(const Input& in) {
  Alarm a;
  a.id = in.string("AlarmName");
  a.description = in.string("AlarmDescription");
  a.actions_enabled = in.boolean("ActionsEnabled", true);
  a.ok_actions = in.strings("OKActions");
  a.alarm_actions = in.strings("AlarmActions");
  a.insufficient_data_actions = in.strings("InsufficientDataActions");
  a.metric_name = in.string("MetricName");
  a.name_space = in.string("Namespace");
  a.statistic = in.string("Statistic");
  a.extended_statistic = in.string("ExtendedStatistic");
  a.dimensions = dimensions_from(in.list("Dimensions"));
  a.unit = in.string("Unit");
  a.period_s = in.integer("Period", 60);
  a.evaluation_periods = in.integer("EvaluationPeriods", 1);
  a.datapoints_to_alarm = in.integer("DatapointsToAlarm", 0);
  a.threshold = in.real("Threshold");
  a.comparison = in.string("ComparisonOperator");
  a.treat_missing_data = in.string("TreatMissingData", "missing");
  a.evaluate_low_sample_percentile = in.string("EvaluateLowSampleCountPercentile");
  a.queries = queries_from(in.list("Metrics"), 60);
  a.tags = tags_from(in.list("Tags"));
  if (a.datapoints_to_alarm > a.evaluation_periods)
    throw validation_error("DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
  static const std::vector<std::string> treatments{"breaching", "notBreaching", "ignore",
                                                   "missing"};
  if (std::ranges::find(treatments, a.treat_missing_data) == treatments.end()) {
    throw validation_error(cat("Option ", a.treat_missing_data,
                               " is not supported for treat missing data. Supported options are "
                               "[breaching, notBreaching, ignore, missing]."));
  }
  if (!a.queries.empty()) {
    for (const MetricQuery& q : a.queries)
      if (q.period_s) a.period_s = q.period_s;
  }
  return a;
}

Value put_metric_alarm(Context& ctx, Input in) {
  Alarm alarm = alarm_from(in);
  check_metric_alarm(alarm, in);
  put_alarm(ctx, std::move(alarm));
  return Value::map();
}

Value texts(const std::vector<std::string>& list) { return Value(list); }

Value describe(const sim::Scope& scope, const Alarm& a) {
  Value v{{"AlarmName", a.id},
          {"AlarmArn", alarm_arn(scope, a.id)},
          {"AlarmConfigurationUpdatedTimestamp", a.configuration_updated},
          {"ActionsEnabled", a.actions_enabled},
          {"OKActions", texts(a.ok_actions)},
          {"AlarmActions", texts(a.alarm_actions)},
          {"InsufficientDataActions", texts(a.insufficient_data_actions)},
          {"StateValue", a.state},
          {"StateReason", a.state_reason},
          {"StateUpdatedTimestamp", a.state_updated},
          {"StateTransitionedTimestamp", a.state_transitioned},
          {"EvaluationPeriods", a.evaluation_periods},
          {"Threshold", a.threshold},
          {"ComparisonOperator", a.comparison},
          {"TreatMissingData", a.treat_missing_data}};
  auto add = [&v](Key key, const std::string& text) {
    if (!text.empty()) v.add(key, text);
  };
  add("AlarmDescription", a.description);
  add("StateReasonData", a.state_reason_data);
  add("Statistic", a.statistic);
  add("ExtendedStatistic", a.extended_statistic);
  add("Unit", a.unit);
  add("EvaluateLowSampleCountPercentile", a.evaluate_low_sample_percentile);
  if (a.datapoints_to_alarm) v.add("DatapointsToAlarm", a.datapoints_to_alarm);
  if (a.queries.empty()) {
    v.add("MetricName", a.metric_name);
    v.add("Namespace", a.name_space);
    v.add("Period", a.period_s);
    v.add("Dimensions", describe_dimensions(a.dimensions));
  } else {
    v.add("Metrics", list_of(a.queries, describe_query));
    v.add("Dimensions", Value::list());
  }
  return v;
}

bool has_action(const Alarm& a, const std::string& prefix) {
  for (const auto* list : {&a.ok_actions, &a.alarm_actions, &a.insufficient_data_actions})
    for (const std::string& action : *list)
      if (action.starts_with(prefix)) return true;
  return false;
}

Value describe_alarms(Context& ctx, Input in) {
  const auto names = in.strings("AlarmNames"), types = in.strings("AlarmTypes");
  const std::string prefix = in.string("AlarmNamePrefix"), state = in.string("StateValue"),
                    action = in.string("ActionPrefix");
  if (!names.empty() && !prefix.empty())
    throw validation_error("AlarmNames and AlarmNamePrefix are mutually exclusive.");
  const PageRequest request = page_request(in.string("NextToken"),
                                           in.integer("MaxRecords", 100), invalid_next_token());
  const bool wants_metric_alarms =
      types.empty() || std::ranges::find(types, "MetricAlarm") != types.end();
  const Page page = paginate(
      ctx.all<Alarm>(), request,
      [&](const Alarm& a) {
        return wants_metric_alarms &&
               (names.empty() || std::ranges::find(names, a.id) != names.end()) &&
               a.id.starts_with(prefix) && (state.empty() || a.state == state) &&
               (action.empty() || has_action(a, action));
      },
      [&](const Alarm& a) { return describe(ctx, a); });
  return {{"MetricAlarms", page.items},
          {"CompositeAlarms", Value::list()},
          {"NextToken", page.next_token}};
}

Value describe_alarms_for_metric(Context& ctx, Input in) {
  const std::string name = in.string("MetricName"), name_space = in.string("Namespace"),
                    statistic = in.string("Statistic"),
                    extended = in.string("ExtendedStatistic"), unit = in.string("Unit");
  const Dimensions dimensions = dimensions_from(in.list("Dimensions"));
  const auto period = in.optional_integer("Period");
  Value alarms = Value::list();
  for (const Alarm& a : ctx.all<Alarm>()) {
    if (a.metric_name != name || a.name_space != name_space || a.dimensions != dimensions) continue;
    if (!statistic.empty() && a.statistic != statistic) continue;
    if (!extended.empty() && a.extended_statistic != extended) continue;
    if (!unit.empty() && a.unit != unit) continue;
    if (period && a.period_s != *period) continue;
    alarms.push(describe(ctx, a));
  }
  return {{"MetricAlarms", alarms}};
}

Value delete_alarms(Context& ctx, Input in) {
  const auto names = in.strings("AlarmNames");
  for (const std::string& name : names)
    if (!ctx.has<Alarm>(name)) throw resource_not_found(cat("Alarms not found: [", name, "]"));
  for (const std::string& name : names) delete_alarm(ctx, name);
  return Value::map();
}

}  // namespace

std::span<const api::HandlerRow> alarm_rows() {
  static const api::HandlerRow rows[] = {
      {"PutMetricAlarm", api::Writes, put_metric_alarm},
      {"DescribeAlarms", api::Reads, describe_alarms},
      {"DescribeAlarmsForMetric", api::Reads, describe_alarms_for_metric},
      {"DeleteAlarms", api::Writes, delete_alarms},
  };
  return rows;
}

}  // namespace squall::cloudwatch
