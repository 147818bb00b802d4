// What CloudWatch's files share among themselves.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/cloudwatch/cloudwatch.h"

namespace squall::cloudwatch {

using api::Context;
using api::Input;

/// One metric: namespace, name and dimensions. `id` is their canonical text.
struct Metric {
  static constexpr std::string_view kind = "cloudwatch:metric";
  static constexpr bool quiet = true;
  std::string id;
  std::string name_space, name, unit;
  Dimensions dimensions;
  std::vector<std::string> index_keys() const { return {"name:" + name_space + "\n" + name}; }
  SQUALL_FIELDS(id, name_space, name, unit, dimensions)
};

struct Point {
  int64_t at_s = 0;  // start of the minute (or second), Unix time
  StatisticSet data;
  SQUALL_FIELDS(at_s, data)
};

/// The points of one metric in one hour, sorted: small enough to copy on write.
struct Points {
  static constexpr std::string_view kind = "cloudwatch:points";
  static constexpr bool quiet = true;
  std::string id;  // metric id, hour
  std::vector<Point> points;
  SQUALL_FIELDS(id, points)
};

struct HistoryItem {
  static constexpr std::string_view kind = "cloudwatch:alarm-history";
  std::string id;  // alarm name, time, ordinal: sortable
  std::string alarm, alarm_type = "MetricAlarm", type, summary, data;
  Time time{};
  std::vector<std::string> index_keys() const { return {"alarm:" + alarm}; }
  SQUALL_FIELDS(id, alarm, alarm_type, type, summary, data, time)
};

std::string metric_id(std::string_view name_space, std::string_view name,
                      const Dimensions& dimensions);
void add_data(StatisticSet& to, const StatisticSet& more);
/// One statistic of a set: Average, Sum, Minimum, Maximum, SampleCount, pNN, pNN.N. Absent if the
/// set is empty.
std::optional<double> statistic_of(const StatisticSet& data, std::string_view statistic);
bool is_statistic(std::string_view name);
bool is_extended_statistic(std::string_view name);
/// Sets by period start, [from, to), periods aligned to `period_s`; empty ones are left out.
std::vector<std::pair<int64_t, StatisticSet>> periods(const sim::Scope& scope,
                                                      const std::string& id, int64_t from_s,
                                                      int64_t to_s, int64_t period_s);
Dimensions dimensions_from(const std::vector<Input>& list);
Value describe_dimensions(const Dimensions& dimensions);

std::vector<MetricQuery> queries_from(const std::vector<Input>& list, int64_t default_period_s);
Value describe_query(const MetricQuery& query);

std::string alarm_arn(const sim::Scope& scope, std::string_view name);
std::string dashboard_arn(const sim::Scope& scope, std::string_view name);
/// Evaluates an alarm at the scope's time and changes its state if it must.
void evaluate_alarm(sim::Scope& scope, std::string_view name);
void set_alarm_state(sim::Scope& scope, Alarm& alarm, std::string_view state,
                     std::string_view reason, std::string_view reason_data);
void schedule_evaluation(sim::Scope& scope, std::string_view name);
void add_history(sim::Scope& scope, std::string_view alarm, std::string_view type,
                 std::string_view summary, std::string_view data);

std::span<const api::HandlerRow> metric_rows();
std::span<const api::HandlerRow> metric_data_rows();
std::span<const api::HandlerRow> alarm_rows();
std::span<const api::HandlerRow> alarm_state_rows();
std::span<const api::HandlerRow> dashboard_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const sim::EventRow> alarm_events();

}  // namespace squall::cloudwatch
