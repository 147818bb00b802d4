// Metric storage: one record an hour of a metric, so that a write copies little.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {
namespace {

constexpr int64_t hour_s = 3600;
constexpr int64_t retention_s = 15 * 24 * hour_s;  // one-minute points are kept 15 days

std::string points_id(std::string_view metric, int64_t hour) {
  std::string digits = std::to_string(hour);
  return cat(metric, '#', std::string(10 - std::min<size_t>(10, digits.size()), '0'), digits);
}

}  // namespace

std::string metric_id(std::string_view name_space, std::string_view name,
                      const Dimensions& dimensions) {
  std::string id = cat(name_space, '\n', name);
  for (const auto& [key, value] : dimensions) id += cat('\n', key, '=', value);
  return id;
}

void add_data(StatisticSet& to, const StatisticSet& more) {
  if (more.sample_count <= 0) return;
  if (to.sample_count <= 0) {
    to = more;
    return;
  }
  to.sum += more.sum;
  to.minimum = std::min(to.minimum, more.minimum);
  to.maximum = std::max(to.maximum, more.maximum);
  // A set without a distribution spoils percentiles unless its values are all the same.
  auto weights = [](const StatisticSet& s) {
    if (!s.distribution.empty() || s.minimum != s.maximum) return s.distribution;
    return std::vector<std::pair<double, double>>{{s.minimum, s.sample_count}};
  };
  if (to.distribution.empty()) to.distribution = weights(to);
  for (const auto& w : weights(more)) to.distribution.push_back(w);
  to.sample_count += more.sample_count;
}

void put_metric(sim::Scope& scope, std::string_view name_space, std::string_view name,
                const Dimensions& dimensions, const StatisticSet& data, std::string_view unit,
                Time time, bool high_resolution) {
  const std::string id = metric_id(name_space, name, dimensions);
  if (!scope.has<Metric>(id)) {
    scope.add<Metric>({id, std::string(name_space), std::string(name), std::string(unit),
                       dimensions});
  }
  const int64_t step = high_resolution ? 1 : 60;
  const int64_t at_s = unix_seconds(time) / step * step;
  const std::string key = points_id(id, at_s / hour_s);
  if (!scope.has<Points>(key)) {
    const std::string oldest = points_id(id, (at_s - retention_s) / hour_s);
    const auto all = scope.all<Points>();
    const auto first = all.after(cat(id, '#'));
    if (first != all.end() && first->id.starts_with(cat(id, '#')) && first->id < oldest)
      scope.erase<Points>(std::string(first->id));
    scope.add<Points>({key, {}});
  }
  auto& points = scope.edit<Points>(key).points;
  auto at = std::ranges::lower_bound(points, at_s, {}, &Point::at_s);
  if (at == points.end() || at->at_s != at_s) at = points.insert(at, {at_s, {}});
  add_data(at->data, data);
}

std::vector<std::pair<int64_t, StatisticSet>> periods(const sim::Scope& scope,
                                                      const std::string& id, int64_t from_s,
                                                      int64_t to_s, int64_t period_s) {
  std::vector<std::pair<int64_t, StatisticSet>> found;
  from_s = from_s / period_s * period_s;
  for (int64_t hour = from_s / hour_s; hour * hour_s < to_s; ++hour) {
    const Points* chunk = scope.view<Points>(points_id(id, hour));
    if (!chunk) {
      // Skip to the next hour that has any: ranges may span weeks.
      const auto all = scope.all<Points>();
      const auto next = all.after(points_id(id, hour));
      if (next == all.end() || !next->id.starts_with(cat(id, '#'))) break;
      hour = *parse_int(next->id.substr(id.size() + 1)) - 1;
      continue;
    }
    for (const Point& p : chunk->points) {
      if (p.at_s < from_s || p.at_s >= to_s) continue;
      const int64_t start = p.at_s / period_s * period_s;
      if (found.empty() || found.back().first != start) found.push_back({start, {}});
      add_data(found.back().second, p.data);
    }
  }
  return found;
}

bool is_statistic(std::string_view name) {
  return name == "Average" || name == "Sum" || name == "Minimum" || name == "Maximum" ||
         name == "SampleCount";
}

bool is_extended_statistic(std::string_view name) {
  if (!name.starts_with('p')) return false;
  const auto percent = parse_double(name.substr(1));
  return percent && *percent >= 0 && *percent <= 100;
}

namespace {

double percentile(const StatisticSet& data, double percent) {
  auto weights = data.distribution;
  if (weights.empty()) return percent >= 50 ? data.maximum : data.minimum;
  std::ranges::sort(weights);
  double total = 0;
  for (const auto& [value, weight] : weights) total += weight;
  const double wanted = total * percent / 100;
  double seen = 0;
  for (const auto& [value, weight] : weights) {
    seen += weight;
    if (seen >= wanted) return value;
  }
  return weights.back().first;
}

}  // namespace

std::optional<double> statistic_of(const StatisticSet& data, std::string_view statistic) {
  if (data.sample_count <= 0) return {};
  if (statistic == "Average") return data.sum / data.sample_count;
  if (statistic == "Sum") return data.sum;
  if (statistic == "Minimum") return data.minimum;
  if (statistic == "Maximum") return data.maximum;
  if (statistic == "SampleCount") return data.sample_count;
  const auto percent = parse_double(statistic.substr(1));
  return percentile(data, percent.value_or(50));
}

std::vector<std::pair<Time, double>> statistics(const sim::Scope& scope,
                                                std::string_view name_space,
                                                std::string_view name,
                                                const Dimensions& dimensions,
                                                std::string_view statistic, Time from, Time to,
                                                int64_t period_s) {
  std::vector<std::pair<Time, double>> out;
  const std::string id = metric_id(name_space, name, dimensions);
  for (const auto& [at_s, data] :
       periods(scope, id, unix_seconds(from), unix_seconds(to), period_s)) {
    if (const auto value = statistic_of(data, statistic))
      out.emplace_back(from_unix_seconds(at_s), *value);
  }
  return out;
}

bool has_metric(const sim::Scope& scope, std::string_view name_space, std::string_view name,
                const Dimensions& dimensions) {
  return scope.has<Metric>(metric_id(name_space, name, dimensions));
}

Dimensions dimensions_from(const std::vector<Input>& list) {
  Dimensions dimensions;
  for (const Input& d : list) dimensions[d.string("Name")] = d.string("Value");
  return dimensions;
}

Value describe_dimensions(const Dimensions& dimensions) {
  return list_of(dimensions, [](const auto& d) {
    return Value{{"Name", d.first}, {"Value", d.second}};
  });
}

}  // namespace squall::cloudwatch
