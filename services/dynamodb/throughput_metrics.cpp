// AWS/DynamoDB: what meters counted in a minute, into CloudWatch.
#include "services/cloudwatch/cloudwatch.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {
namespace {

using cloudwatch::Dimensions;
using cloudwatch::StatisticSet;

constexpr std::string_view metrics_event = "dynamodb.metrics";

struct Emitter {
  sim::Scope& scope;
  Time minute;
  void put(std::string_view name, const Dimensions& dimensions, const StatisticSet& data,
           std::string_view unit = "Count") const {
    cloudwatch::put_metric(scope, "AWS/DynamoDB", name, dimensions, data, unit, minute);
  }
  /// What did not happen has no data point, as on AWS.
  void count(std::string_view name, const Dimensions& dimensions, uint32_t n) const {
    const double value = n;
    if (n) put(name, dimensions, {value, 1, 1, value, {}});
  }
};

constexpr std::string_view use_names[] = {"Read", "Write"};
constexpr std::string_view limit_metrics[limit_count] = {
    "ProvisionedThroughputThrottleEvents", "KeyRangeThroughputThrottleEvents",
    "MaxOnDemandThroughputThrottleEvents", "AccountLimitThrottleEvents"};

void put_meter(const Emitter& out, const Dimensions& dimensions, Meter& meter) {
  const MeterFigures figures = meter.take_figures();
  for (const Use use : {Use::read, Use::write}) {
    const auto u = static_cast<size_t>(use);
    const std::string_view name = use_names[u];
    if (figures.requests[u])
      out.put(cat("Consumed", name, "CapacityUnits"), dimensions,
              {figures.consumed[u], figures.least[u], figures.most[u],
               static_cast<double>(figures.requests[u]), {}});
    out.count(cat(name, "ThrottleEvents"), dimensions, figures.throttled_of(use));
    for (size_t l = 0; l < limit_count; ++l)
      out.count(cat(name, limit_metrics[l]), dimensions, figures.throttled[u][l]);
    // AWS tells what is provisioned every five minutes.
    if (unix_seconds(out.minute) % 300) continue;
    const ThroughputLimits& limits = meter.limits();
    if (!limits.on_demand)
      out.put(cat("Provisioned", name, "CapacityUnits"), dimensions,
              StatisticSet::of(limits.units[u]));
    else if (limits.maximum[u] >= 0)
      out.put(cat("OnDemandMax", name, "RequestUnits"), dimensions,
              StatisticSet::of(limits.maximum[u]));
  }
}

void put_table(const Emitter& out, const std::string& name, TableMeter& meter) {
  const Dimensions whole{{"TableName", name}};
  put_meter(out, whole, meter.table);
  for (auto& [index, indexed] : meter.indexes) {
    Dimensions dimensions = whole;
    dimensions["GlobalSecondaryIndexName"] = index;
    put_meter(out, dimensions, indexed);
  }
  out.count("ConditionalCheckFailedRequests", whole, std::exchange(meter.failed_conditions, 0));
  for (auto& [operation, figures] : meter.operations) {
    Dimensions dimensions = whole;
    dimensions["Operation"] = operation;
    if (figures.served)
      out.put("SuccessfulRequestLatency", dimensions,
              {figures.sum_ms, figures.least_ms, figures.most_ms,
               static_cast<double>(figures.served), {}},
              "Milliseconds");
    out.count("ThrottledRequests", dimensions, figures.throttled);
  }
  meter.operations.clear();
}

Time whole_minute(Time t) {
  return Time{std::chrono::floor<std::chrono::minutes>(t.time_since_epoch())};
}

void on_minute(sim::Scope& scope, const sim::Event&) {
  if (!scope.world().enforces_throughput() || scope.all<Table>().empty()) return;
  const Emitter out{scope, whole_minute(scope.now()) - 1min};  // the one that has just ended
  for (const Table& table : scope.all<Table>()) {
    const auto store = stores_of(scope.world()).find(scope.region(), table.id);
    if (!store) continue;
    const std::lock_guard lock(store->mutex());
    if (TableMeter* meter = meter_of(*store, scope.now())) put_table(out, table.id, *meter);
  }
  schedule_metrics(scope);
}

}  // namespace

void schedule_metrics(sim::Scope& scope) {
  if (scope.world().enforces_throughput())
    scope.at_unique(whole_minute(scope.now()) + 1min, metrics_event, "");
}

void enforce_throughput(sim::World& world, bool on) {
  world.set_enforces_throughput(on);
  for (const auto& [name, region] : world.regions()) {
    sim::Scope scope(world, name);
    if (!scope.all<Table>().empty()) schedule_metrics(scope);
  }
}

std::span<const sim::EventRow> throughput_events() {
  static const sim::EventRow rows[] = {{metrics_event, on_minute}};
  return rows;
}

}  // namespace squall::dynamodb
