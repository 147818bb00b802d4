// CloudWatch's public face: metrics in, alarms and statistics out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::cloudwatch {

const api::ServiceDefinition& service();

using Dimensions = std::map<std::string, std::string>;

/// What one period's samples add up to.
struct StatisticSet {
  double sum = 0, minimum = 0, maximum = 0;
  double sample_count = 0;
  /// Value and weight of samples, where percentiles are wanted (may be empty).
  std::vector<std::pair<double, double>> distribution;
  SQUALL_FIELDS(sum, minimum, maximum, sample_count, distribution)
  static StatisticSet of(double value) { return {value, value, value, 1, {}}; }
};

/// Adds a datum at `time` (stored by the minute, or by the second if `high_resolution`). For the
/// data plane, services' own metrics and PutMetricData. Cheap: no record copy a datum.
void put_metric(sim::Scope& scope, std::string_view name_space, std::string_view name,
                const Dimensions& dimensions, const StatisticSet& data, std::string_view unit,
                Time time, bool high_resolution = false);

/// One statistic ("Average", "Sum", "Minimum", "Maximum", "SampleCount", "p99") of [from, to) by
/// periods; periods without data are absent.
std::vector<std::pair<Time, double>> statistics(const sim::Scope& scope,
                                                std::string_view name_space,
                                                std::string_view name,
                                                const Dimensions& dimensions,
                                                std::string_view statistic, Time from, Time to,
                                                int64_t period_s);
/// Whether the metric has any datum (dashboards' and drills' check).
bool has_metric(const sim::Scope& scope, std::string_view name_space, std::string_view name,
                const Dimensions& dimensions);

/// One entry of MetricDataQueries or of an alarm's Metrics: a metric or an expression over others.
struct MetricQuery {
  std::string id, expression, label;
  bool return_data = true;
  std::string name_space, name, statistic, unit;
  Dimensions dimensions;
  int64_t period_s = 0;
  SQUALL_FIELDS(id, expression, label, return_data, name_space, name, statistic, unit, dimensions,
                period_s)
};

/// A metric alarm. When its state changes, each action ARN gets the event
/// "<service of the ARN>.alarm-action" (e.g. "autoscaling.alarm-action") with the ARN as subject
/// and the alarm's name as payload; Auto Scaling's actions repeat every minute while the state
/// lasts. ARNs of Application Auto Scaling's policies say "autoscaling" but name a resource.
struct Alarm {
  static constexpr std::string_view kind = "cloudwatch:alarm";
  std::string id;  // the name
  std::string description;
  bool actions_enabled = true;
  std::vector<std::string> ok_actions, alarm_actions, insufficient_data_actions;
  std::string state = "INSUFFICIENT_DATA", state_reason, state_reason_data;
  Time state_updated{}, state_transitioned{}, configuration_updated{};
  std::string metric_name, name_space, statistic, extended_statistic, unit;
  Dimensions dimensions;
  int64_t period_s = 60, evaluation_periods = 1, datapoints_to_alarm = 0;  // 0: all
  double threshold = 0;
  std::string comparison, treat_missing_data = "missing", evaluate_low_sample_percentile;
  std::vector<MetricQuery> queries;  // metric math; empty for a single metric
  Tags tags;
  SQUALL_FIELDS(id, description, actions_enabled, ok_actions, alarm_actions,
                insufficient_data_actions, state, state_reason, state_reason_data, state_updated,
                state_transitioned, configuration_updated, metric_name, name_space, statistic,
                extended_statistic, unit, dimensions, period_s, evaluation_periods,
                datapoints_to_alarm, threshold, comparison, treat_missing_data,
                evaluate_low_sample_percentile, queries, tags)
};

/// For policies that own alarms (target tracking) and for PutMetricAlarm.
void put_alarm(sim::Scope& scope, Alarm alarm);
void delete_alarm(sim::Scope& scope, std::string_view name);

/// What the alarm saw in its last periods, the newest first; absent where there was no data.
std::vector<std::optional<double>> alarm_window(const sim::Scope& scope, const Alarm& alarm);

/// The names of the alarms that act on an ARN, by ARN.
std::map<std::string, std::vector<std::string>> alarms_by_action(const sim::Scope& scope);

struct Dashboard {
  static constexpr std::string_view kind = "cloudwatch:dashboard";
  std::string id;  // the name
  std::string body;  // JSON text
  Time modified{};
  Tags tags;
  SQUALL_FIELDS(id, body, modified, tags)
};

}  // namespace squall::cloudwatch
