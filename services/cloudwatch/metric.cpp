// PutMetricData, GetMetricStatistics, ListMetrics.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/internal.h"
#include "services/common/page.h"

namespace squall::cloudwatch {
namespace {

StatisticSet data_of(const Input& datum) {
  const auto values = datum.raw("Values").items();
  const auto counts = datum.raw("Counts").items();
  const Input set = datum.at("StatisticValues");
  const auto value = datum.optional_real("Value");
  const int forms = !values.empty() + set.is_present() + value.has_value();
  if (forms != 1) {
    throw invalid_parameter_combination(
        "The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues and "
        "MetricData.member.1.Values are mutually exclusive and you have specified more than one.");
  }
  if (value) return StatisticSet::of(*value);
  if (set) {
    return {set.real("Sum"), set.real("Minimum"), set.real("Maximum"), set.real("SampleCount"), {}};
  }
  if (!counts.empty() && counts.size() != values.size())
    throw invalid_parameter_value("Counts and Values must have the same number of members.");
  StatisticSet data;
  for (size_t i = 0; i < values.size(); ++i) {
    const double v = values[i].real(), n = counts.empty() ? 1 : counts[i].real();
    add_data(data, {v * n, v, v, n, {{v, n}}});
  }
  return data;
}

void put_list(Context& ctx, const std::string& name_space, const std::vector<Input>& list) {
  for (const Input& datum : list) {
    const Time time = datum.time("Timestamp").value_or(ctx.now());
    const int64_t resolution = datum.integer("StorageResolution", 60);
    if (resolution != 1 && resolution != 60)
      throw invalid_parameter_value("The value for parameter StorageResolution must be 1 or 60.");
    put_metric(ctx, name_space, datum.string("MetricName"),
               dimensions_from(datum.list("Dimensions")), data_of(datum),
               datum.string("Unit", "None"), time, resolution == 1);
  }
}

Value put_metric_data(Context& ctx, Input in) {
  const std::string name_space = in.string("Namespace");
  if (name_space.starts_with("AWS/"))
    throw invalid_parameter_value("The value AWS/ for parameter Namespace is invalid.");
  const auto list = in.list("MetricData");
  const auto entities = in.list("EntityMetricData");
  in.ignore("StrictEntityValidation");  // entities are not modelled: their data counts
  if (list.empty() && entities.empty())
    throw missing_parameter("The parameter MetricData is required.");
  put_list(ctx, name_space, list);
  for (const Input& entity : entities) {
    entity.ignore("Entity");
    put_list(ctx, name_space, entity.list("MetricData"));
  }
  return Value::map();
}

Value get_metric_statistics(Context& ctx, Input in) {
  const int64_t period = in.integer("Period");
  const auto from = in.time("StartTime"), to = in.time("EndTime");
  const auto statistics = in.strings("Statistics"), extended = in.strings("ExtendedStatistics");
  if (*from >= *to) {
    throw invalid_parameter_combination(
        "The parameter StartTime must be less than the parameter EndTime.");
  }
  if (statistics.empty() && extended.empty())
    throw invalid_parameter_combination("Must specify either Statistics or ExtendedStatistics");
  if (period < 60 ? period != 1 && period != 5 && period != 10 && period != 20 && period != 30
                  : period % 60 != 0)
    throw invalid_parameter_value("The parameter Period must be a multiple of 60.");
  if (to_seconds(*to - *from) / static_cast<double>(period) > 1440) {
    throw invalid_parameter_combination(cat(
        "You have requested up to ", (unix_seconds(*to) - unix_seconds(*from)) / period,
        " datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested "
        "by increasing Period, or decreasing the time range."));
  }
  const std::string name = in.string("MetricName");
  const std::string unit = in.string("Unit");
  const std::string id =
      metric_id(in.string("Namespace"), name, dimensions_from(in.list("Dimensions")));
  const Metric* metric = ctx.view<Metric>(id);
  Value points = Value::list();
  if (!metric || (!unit.empty() && unit != metric->unit))
    return {{"Label", name}, {"Datapoints", points}};
  for (const auto& [at, data] : periods(ctx, id, unix_seconds(*from), unix_seconds(*to), period)) {
    Value point{{"Timestamp", from_unix_seconds(at)}, {"Unit", metric->unit}};
    for (const std::string& s : statistics)
      if (const auto v = statistic_of(data, s)) point.add(Key::copy(s), Value(*v));
    if (!extended.empty()) {
      Value map = Value::map();
      for (const std::string& s : extended)
        if (const auto v = statistic_of(data, s)) map.add(Key::copy(s), Value(*v));
      point.add("ExtendedStatistics", map);
    }
    points.push(point);
  }
  return {{"Label", name}, {"Datapoints", points}};
}

bool has_dimensions(const Metric& metric, const std::vector<Input>& wanted) {
  return std::ranges::all_of(wanted, [&](const Input& d) {
    const auto at = metric.dimensions.find(d.string("Name"));
    const auto value = d.optional_string("Value");
    return at != metric.dimensions.end() && (!value || at->second == *value);
  });
}

Value list_metrics(Context& ctx, Input in) {
  const std::string name_space = in.string("Namespace"), name = in.string("MetricName");
  const auto dimensions = in.list("Dimensions");
  in.ignore("RecentlyActive");          // metrics are as recent as the World
  in.ignore("IncludeLinkedAccounts");   // there are no linked monitoring accounts
  in.ignore("OwningAccount");
  const PageRequest request = page_request(in.string("NextToken"), 500, invalid_next_token());
  const Page page = paginate(
      ctx.all<Metric>(), request,
      [&](const Metric& m) {
        return (name_space.empty() || m.name_space == name_space) &&
               (name.empty() || m.name == name) && has_dimensions(m, dimensions);
      },
      [](const Metric& m) {
        return Value{{"Namespace", m.name_space},
                     {"MetricName", m.name},
                     {"Dimensions", describe_dimensions(m.dimensions)}};
      });
  return {{"Metrics", page.items}, {"NextToken", page.next_token}};
}

}  // namespace

std::span<const api::HandlerRow> metric_rows() {
  static const api::HandlerRow rows[] = {
      {"PutMetricData", api::Writes, put_metric_data},
      {"GetMetricStatistics", api::Reads, get_metric_statistics},
      {"ListMetrics", api::Reads, list_metrics},
  };
  return rows;
}

}  // namespace squall::cloudwatch
