// Metric math: the expressions of GetMetricData and of alarms on several metrics.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/cloudwatch/internal.h"

namespace squall::cloudwatch {

/// Values by period start (Unix seconds).
using Series = std::map<int64_t, double>;

/// Evaluates all queries over [from, to) in dependency order; results in the order of the queries.
/// Throws ValidationError for unknown ids, functions and syntax. Served: + - * / ^, comparisons,
/// AND, OR, SUM, AVG, MIN, MAX, STDDEV, ABS, CEIL, FLOOR, RATE, DIFF, RUNNING_SUM, PERIOD, FILL,
/// IF, METRICS.
std::vector<std::pair<const MetricQuery*, Series>> evaluate_queries(
    const sim::Scope& scope, const std::vector<MetricQuery>& queries, int64_t from_s, int64_t to_s);

}  // namespace squall::cloudwatch
