#include "services/dataplane/metrics.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/dataplane/engine.h"
#include "services/dataplane/flow_logs.h"
#include "services/dataplane/metrics_emit.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {

using cloudwatch::Dimensions;
using cloudwatch::StatisticSet;

void Emitter::put(std::string_view name, const Dimensions& dimensions, const StatisticSet& data,
                  std::string_view unit) const {
  cloudwatch::put_metric(scope, name_space, name, dimensions, data, unit, time);
}

void Emitter::sum(std::string_view name, const Dimensions& dimensions, double value,
                  std::string_view unit) const {
  // AWS's count metrics: Sum is the figure, SampleCount the number of reports.
  put(name, dimensions, {value, value, value, 1, {}}, unit);
}

namespace {

/// "app/web/50dc6c495c0c9188" of a load balancer's ARN.
std::string arn_tail(const std::string& arn, std::string_view after) {
  const size_t at = arn.find(after);
  return at == std::string::npos ? arn : arn.substr(at + after.size());
}

void add(Counters& all, const Counters& c) {
  all.requests += c.requests;
  all.target_2xx += c.target_2xx;
  all.target_5xx += c.target_5xx;
  all.elb_4xx += c.elb_4xx;
  all.elb_502 += c.elb_502;
  all.elb_503 += c.elb_503;
  all.elb_504 += c.elb_504;
  all.redirects += c.redirects;
  all.connection_errors += c.connection_errors;
  if (c.responses) {
    all.response_min_s =
        all.responses ? std::min(all.response_min_s, c.response_min_s) : c.response_min_s;
    all.response_max_s = std::max(all.response_max_s, c.response_max_s);
  }
  all.response_sum_s += c.response_sum_s;
  all.responses += c.responses;
}

/// Values and weights, for percentiles.
std::vector<std::pair<double, double>> distribution_s(const Histogram* latency) {
  std::vector<std::pair<double, double>> out;
  for (int i = 0; latency && i < Histogram::buckets; ++i)
    if (const uint32_t n = latency->counts()[static_cast<size_t>(i)])
      out.emplace_back(Histogram::value_ms(i) * 1e-3, n);
  return out;
}

/// What AWS reports by target group, zone and load balancer. Metrics of things that did not happen
/// have no data point, as on AWS (RequestCount has one while there are requests).
void put_counters(const Emitter& out, const Dimensions& dimensions, const Counters& c,
                  const Histogram* latency = nullptr) {
  if (c.requests) out.sum("RequestCount", dimensions, c.requests, "Count");
  if (c.target_2xx) out.sum("HTTPCode_Target_2XX_Count", dimensions, c.target_2xx, "Count");
  if (c.target_5xx) out.sum("HTTPCode_Target_5XX_Count", dimensions, c.target_5xx, "Count");
  if (c.connection_errors)
    out.sum("TargetConnectionErrorCount", dimensions, c.connection_errors, "Count");
  if (c.responses) {
    out.put("TargetResponseTime", dimensions,
            {c.response_sum_s, c.response_min_s, c.response_max_s,
             static_cast<double>(c.responses), distribution_s(latency)},
            "Seconds");
  }
  if (dimensions.contains("TargetGroup")) return;
  const uint32_t elb_5xx = c.elb_502 + c.elb_503 + c.elb_504;
  if (elb_5xx) out.sum("HTTPCode_ELB_5XX_Count", dimensions, elb_5xx, "Count");
  if (c.elb_502) out.sum("HTTPCode_ELB_502_Count", dimensions, c.elb_502, "Count");
  if (c.elb_503) out.sum("HTTPCode_ELB_503_Count", dimensions, c.elb_503, "Count");
  if (c.elb_504) out.sum("HTTPCode_ELB_504_Count", dimensions, c.elb_504, "Count");
  if (c.elb_4xx) out.sum("HTTPCode_ELB_4XX_Count", dimensions, c.elb_4xx, "Count");
  if (c.redirects) out.sum("HTTP_Redirect_Count", dimensions, c.redirects, "Count");
}

void put_group(const Emitter& out, TrafficEngine& engine, Pool& pool, const std::string& balancer,
               std::vector<Counters>& by_zone, Histogram& latency) {
  const std::string group = cat("targetgroup/", arn_tail(pool.arn, ":targetgroup/"));
  const Dimensions both{{"LoadBalancer", balancer}, {"TargetGroup", group}};
  Counters all;
  for (int z = 0; z < engine.zone_count(); ++z) {
    Counters& counters = pool.counters[static_cast<size_t>(z)];
    add(all, counters);
    add(by_zone[static_cast<size_t>(z)], counters);
    if (counters.requests) {
      Dimensions zoned = both;
      zoned["AvailabilityZone"] = engine.zone_name(z);
      put_counters(out, zoned, counters);
    }
    counters = {};
  }
  put_counters(out, both, all, &pool.latency);
  latency.add(pool.latency);
  pool.latency.clear();
  const auto registered = static_cast<double>(std::max(1, pool.healthy));
  if (all.requests) {
    out.put("RequestCountPerTarget", both, StatisticSet::of(all.requests / registered), "Count");
    out.put("RequestCountPerTarget", {{"TargetGroup", group}},
            StatisticSet::of(all.requests / registered), "Count");
  }
}

void put_hosts(const Emitter& out, const elbv2::TargetGroup& group, const std::string& balancer) {
  const std::string name = cat("targetgroup/", arn_tail(group.id, ":targetgroup/"));
  std::map<std::string, std::pair<int, int>> zones;
  int healthy = 0, unhealthy = 0;
  for (const elbv2::Target& t : group.targets) {
    const bool good = t.state == "healthy", bad = t.state == "unhealthy";
    healthy += good;
    unhealthy += bad;
    zones[t.zone].first += good;
    zones[t.zone].second += bad;
  }
  Dimensions dimensions{{"LoadBalancer", balancer}, {"TargetGroup", name}};
  out.put("HealthyHostCount", dimensions, StatisticSet::of(healthy), "Count");
  out.put("UnHealthyHostCount", dimensions, StatisticSet::of(unhealthy), "Count");
  for (const auto& [zone, counts] : zones) {
    dimensions["AvailabilityZone"] = zone;
    out.put("HealthyHostCount", dimensions, StatisticSet::of(counts.first), "Count");
    out.put("UnHealthyHostCount", dimensions, StatisticSet::of(counts.second), "Count");
  }
}

void put_load_balancer(sim::Scope& scope, TrafficEngine& engine, size_t index, Time time) {
  Balancer& balancer = engine.balancers()[index];
  const std::string& arn = balancer.arn;
  if (arn.empty()) return;
  const Emitter out{scope, "AWS/ApplicationELB", time};
  const std::string name = arn_tail(arn, ":loadbalancer/");
  std::vector<Counters> by_zone(static_cast<size_t>(engine.zone_count()));
  Histogram latency;
  for (Pool& pool : engine.pools())
    if (pool.balancer == static_cast<int>(index))
      put_group(out, engine, pool, name, by_zone, latency);
  Counters all = balancer.front;
  all.requests = 0;
  balancer.front = {};
  for (int z = 0; z < engine.zone_count(); ++z) {
    const Counters& counters = by_zone[static_cast<size_t>(z)];
    add(all, counters);
    if (counters.requests) {
      put_counters(out, {{"AvailabilityZone", engine.zone_name(z)}, {"LoadBalancer", name}},
                   counters);
    }
  }
  const Dimensions whole{{"LoadBalancer", name}};
  put_counters(out, whole, all, &latency);
  if (all.requests) {
    const double mean_s = all.responses ? all.response_sum_s / all.responses : 0;
    out.sum("ActiveConnectionCount", whole, sim::ceil(all.requests / 60.0 * (1 + mean_s)), "Count");
    out.sum("NewConnectionCount", whole, sim::ceil(all.requests / 10.0), "Count");
    out.sum("ProcessedBytes", whole, all.requests * double(flow_bytes_in + flow_bytes_out),
            "Bytes");
  }
}

/// Host counts are sampled six times a minute: a target that was unhealthy for half a minute shows
/// in the minute's Maximum, as the load balancer's nodes make it on AWS.
constexpr Duration host_sample = 10s;

void on_host_sample(sim::Scope& scope, const sim::Event&) {
  TrafficEngine* engine = engine_of(scope);
  if (!engine || !engine->is_active(scope.now())) return;
  const Emitter out{scope, "AWS/ApplicationELB", scope.now() - 1s};
  for (const auto& group : scope.all<elbv2::TargetGroup>()) {
    const auto users = elbv2::load_balancers_of(scope, group.id);
    for (const Balancer& balancer : engine->balancers())
      if (std::ranges::find(users, balancer.arn) != users.end())
        put_hosts(out, group, arn_tail(balancer.arn, ":loadbalancer/"));
  }
  scope.at_unique(scope.now() + host_sample, "dataplane.host-counts", "");
}

void on_minute(sim::Scope& scope, const sim::Event&) {
  TrafficEngine* engine = engine_of(scope);
  if (!engine || !engine->is_active(scope.now())) return;
  const Time minute = scope.now() - 1min;  // the one that has just ended
  for (size_t b = 0; b < engine->balancers().size(); ++b)
    put_load_balancer(scope, *engine, b, minute);
  put_tasks(scope, *engine, minute);
  put_instances(scope, *engine, minute);
  put_databases(scope, *engine, minute);
  put_caches(scope, *engine, minute);
  put_nat_gateways(scope, *engine, minute);
  write_flow_logs(scope, *engine);
  for (NatFlow& nat : engine->nats()) nat.attempts = nat.established = 0;
  for (Host& host : engine->hosts()) host.requests = host.errors = 0;
  scope.at_unique(scope.now() + 1min, "dataplane.metrics", "");
}

constexpr sim::EventRow events[] = {{"dataplane.metrics", on_minute},
                                    {"dataplane.host-counts", on_host_sample}};

}  // namespace

std::span<const sim::EventRow> metrics_events() { return events; }

}  // namespace squall::dataplane
