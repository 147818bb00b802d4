// GetMetricData, and the queries that it shares with alarms on several metrics.
#include <algorithm>
#include <set>

#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/expression.h"
#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {

std::vector<MetricQuery> queries_from(const std::vector<Input>& list, int64_t default_period_s) {
  std::vector<MetricQuery> queries;
  std::set<std::string> ids;
  for (const Input& in : list) {
    MetricQuery q;
    q.id = in.string("Id");
    if (!ids.insert(q.id).second)
      throw validation_error(
          cat("The values for parameter id in parameter MetricDataQueries must be "
              "unique: ",
              q.id));
    q.expression = in.string("Expression");
    q.label = in.string("Label");
    q.return_data = in.boolean("ReturnData", true);
    in.ignore("AccountId");  // one account a World
    const Input stat = in.at("MetricStat");
    if (stat.is_present() == !q.expression.empty()) {
      throw validation_error(
          "The parameters MetricDataQueries.member.1.MetricStat and Expression are mutually "
          "exclusive and exactly one must be given.");
    }
    q.period_s = in.integer("Period", default_period_s);
    if (stat) {
      const Input metric = stat.at("Metric");
      q.name_space = metric.string("Namespace");
      q.name = metric.string("MetricName");
      q.dimensions = dimensions_from(metric.list("Dimensions"));
      q.statistic = stat.string("Stat");
      q.unit = stat.string("Unit");
      q.period_s = stat.integer("Period");
      if (!is_statistic(q.statistic) && !is_extended_statistic(q.statistic))
        throw validation_error(
            cat("The value ", q.statistic, " for parameter Stat is not supported."));
    }
    queries.push_back(std::move(q));
  }
  return queries;
}

Value describe_query(const MetricQuery& q) {
  Value out{{"Id", q.id}};
  if (!q.label.empty()) out.add("Label", q.label);
  out.add("ReturnData", q.return_data);
  if (!q.expression.empty()) {
    out.add("Expression", q.expression);
    return out;
  }
  Value stat{{"Metric", Value{{"Namespace", q.name_space},
                              {"MetricName", q.name},
                              {"Dimensions", describe_dimensions(q.dimensions)}}},
             {"Period", q.period_s},
             {"Stat", q.statistic}};
  if (!q.unit.empty()) stat.add("Unit", q.unit);
  out.add("MetricStat", stat);
  return out;
}

namespace {

Value get_metric_data(Context& ctx, Input in) {
  const auto from = in.time("StartTime"), to = in.time("EndTime");
  if (*from >= *to)
    throw validation_error("The parameter StartTime must be less than the parameter EndTime.");
  const auto queries = queries_from(in.list("MetricDataQueries"), 60);
  const bool ascending = in.string("ScanBy", "TimestampDescending") == "TimestampAscending";
  const int64_t points_max = in.integer("MaxDatapoints", 100'800);
  in.ignore("LabelOptions");  // a time zone for labels' dates; labels are given as they came
  if (!in.string("NextToken").empty()) throw invalid_next_token();  // everything fits one page
  Value results = Value::list();
  int64_t shown = 0;
  for (const auto& [query, series] :
       evaluate_queries(ctx, queries, unix_seconds(*from), unix_seconds(*to))) {
    if (!query->return_data) continue;
    Value times = Value::list(), values = Value::list();
    auto add = [&](const std::pair<const int64_t, double>& point) {
      if (shown++ >= points_max) return;
      times.push(from_unix_seconds(point.first));
      values.push(point.second);
    };
    if (ascending)
      std::ranges::for_each(series, add);
    else
      std::for_each(series.rbegin(), series.rend(), add);
    const std::string label = !query->label.empty()        ? query->label
                              : !query->expression.empty() ? query->id
                                                           : query->name;
    results.push(Value{{"Id", query->id},
                       {"Label", label},
                       {"Timestamps", times},
                       {"Values", values},
                       {"StatusCode", "Complete"}});
  }
  return {{"MetricDataResults", results}, {"Messages", Value::list()}};
}

}  // namespace

std::span<const api::HandlerRow> metric_data_rows() {
  static const api::HandlerRow rows[] = {{"GetMetricData", api::Reads, get_metric_data}};
  return rows;
}

}  // namespace squall::cloudwatch
