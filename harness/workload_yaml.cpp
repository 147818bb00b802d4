// The traffic and workload sections of a drill file.
#include "harness/workload_yaml.h"

#include "emulator/core/error.h"
#include "emulator/core/text.h"

namespace squall::harness {
namespace {

using dataplane::Demand;
using dataplane::Profile;

/// `cpu_ms: 8` (exponential) or `cpu_ms: {mean: 8, shape: lognormal, sigma: 0.4}`.
Demand parse_demand(YamlMap& map, const std::string& key, double fallback_ms) {
  Demand demand;
  demand.mean_ms = fallback_ms;
  if (!map.has(key)) {
    map.number(key, 0);
    return demand;
  }
  if (map.node(key).IsScalar()) {
    demand.mean_ms = map.number(key);
    return demand;
  }
  YamlMap inner = *map.map(key);
  demand.mean_ms = inner.number("mean");
  demand.sigma = inner.number("sigma", demand.sigma);
  const std::string shape = inner.text("shape", "exponential");
  if (shape == "constant")
    demand.shape = Demand::Shape::constant;
  else if (shape == "lognormal")
    demand.shape = Demand::Shape::lognormal;
  else if (shape != "exponential")
    inner.fail("shape", "must be constant, exponential or lognormal");
  inner.finish();
  return demand;
}

/// `rate: 300`, `points: [[0s, 50], [5m, 50], [6m, 500]]` or `diurnal: {mean: ..., amplitude:
/// ...}`.
Profile parse_profile(YamlMap& map) {
  Profile profile;
  profile.rate = map.number("rate", 0);
  profile.is_poisson = map.text("arrivals", "poisson") == "poisson";
  if (const YAML::Node points = map.node("points")) {
    profile.kind = Profile::Kind::points;
    for (const YAML::Node& point : points) {
      const auto at = point.IsSequence() && point.size() == 2
                          ? parse_duration(point[0].Scalar())
                          : std::nullopt;
      const auto rate = at ? parse_double(point[1].Scalar()) : std::nullopt;
      if (!rate) map.fail("points", "must be pairs such as [5m, 300]");
      profile.points.push_back({to_seconds(*at), *rate});
    }
  }
  if (auto diurnal = map.map("diurnal")) {
    profile.kind = Profile::Kind::diurnal;
    profile.rate = diurnal->number("mean");
    profile.amplitude = diurnal->number("amplitude", profile.amplitude);
    profile.period_s = to_seconds(diurnal->duration("period", 24h));
    diurnal->finish();
  }
  return profile;
}

dataplane::RequestClass parse_class(YamlMap map) {
  dataplane::RequestClass c;
  c.name = map.text("name");
  c.method = map.text("method", c.method);
  c.scheme = map.text("scheme", "https");
  c.host = map.text("host", "");
  c.path = map.text("path", c.path);
  c.port = static_cast<int>(map.integer("port", 0));
  c.weight = map.number("weight", 1);
  c.cpu = parse_demand(map, "cpu_ms", c.cpu.mean_ms);
  c.io = parse_demand(map, "io_ms", c.io.mean_ms);
  c.objective_ms = map.number("objective_ms", 0);
  c.cache = map.text("cache", "");
  c.cache_hit_ratio = map.share("cache_hit_ratio").value_or(c.cache_hit_ratio);
  c.cache_required = map.boolean("cache_required", false);
  c.database = map.text("database", "");
  c.queries = map.number("queries", c.queries);
  c.write_share = map.share("write_share").value_or(0);
  c.calls_internet = map.boolean("calls_internet", false);
  c.tier = map.text("tier", "");
  map.finish();
  return c;
}

dataplane::ServerModel parse_server(YamlMap map) {
  dataplane::ServerModel s;
  s.target_group = map.text("target_group", "");
  s.workers = static_cast<int>(map.integer("workers", s.workers));
  s.queue_max = static_cast<int>(map.integer("queue_max", s.queue_max));
  s.vcpus = static_cast<int>(map.integer("vcpus", 0));
  s.base_cpu = map.share("base_cpu").value_or(s.base_cpu);
  s.health_needs_database = map.text("health_needs_database", "");
  s.health_cpu_ms = map.number("health_cpu_ms", s.health_cpu_ms);
  map.finish();
  return s;
}

dataplane::DatabaseModel parse_database(YamlMap map) {
  dataplane::DatabaseModel d;
  d.name = map.text("name");
  d.vcpus = static_cast<int>(map.integer("vcpus", 0));
  d.query_cpu_ms = map.number("query_cpu_ms", d.query_cpu_ms);
  d.query_io_ms = map.number("query_io_ms", d.query_io_ms);
  d.commit_ms = map.number("commit_ms", d.commit_ms);
  d.max_connections = static_cast<int>(map.integer("max_connections", 0));
  d.pool_size = static_cast<int>(map.integer("pool_size", d.pool_size));
  d.connect_timeout_ms = map.number("connect_timeout_ms", d.connect_timeout_ms);
  d.query_timeout_ms = map.number("query_timeout_ms", d.query_timeout_ms);
  d.dns_ttl_s = map.number("dns_ttl_s", d.dns_ttl_s);
  map.finish();
  return d;
}

dataplane::CacheModel parse_cache(YamlMap map) {
  dataplane::CacheModel c;
  c.name = map.text("name");
  c.operation_ms = map.number("operation_ms", c.operation_ms);
  c.timeout_ms = map.number("timeout_ms", c.timeout_ms);
  c.dns_ttl_s = map.number("dns_ttl_s", c.dns_ttl_s);
  map.finish();
  return c;
}

dataplane::ClientModel parse_client(YamlMap map) {
  dataplane::ClientModel c;
  c.groups = static_cast<int>(map.integer("groups", c.groups));
  c.dns_ttl_s = map.number("dns_ttl_s", c.dns_ttl_s);
  c.timeout_ms = map.number("timeout_ms", c.timeout_ms);
  c.connect_timeout_ms = map.number("connect_timeout_ms", c.connect_timeout_ms);
  c.rtt_ms = map.number("rtt_ms", c.rtt_ms);
  c.attempts_max = static_cast<int>(map.integer("attempts_max", c.attempts_max));
  c.backoff_base_ms = map.number("backoff_base_ms", c.backoff_base_ms);
  c.backoff_cap_ms = map.number("backoff_cap_ms", c.backoff_cap_ms);
  c.retry_budget = map.number("retry_budget", c.retry_budget);
  map.finish();
  return c;
}

}  // namespace

dataplane::Workload parse_workload(YamlMap& traffic, std::optional<YamlMap> workload) {
  dataplane::Workload w;
  w.load_balancer = traffic.text("load_balancer", "");
  w.profile = parse_profile(traffic);
  if (auto client = traffic.map("client")) w.client = parse_client(*client);
  if (workload) {
    for (YamlMap& map : workload->maps("classes")) w.classes.push_back(parse_class(map));
    for (YamlMap& map : workload->maps("servers")) w.servers.push_back(parse_server(map));
    for (YamlMap& map : workload->maps("databases")) w.databases.push_back(parse_database(map));
    for (YamlMap& map : workload->maps("caches")) w.caches.push_back(parse_cache(map));
    w.in_zone_ms = workload->number("in_zone_ms", w.in_zone_ms);
    w.cross_zone_ms = workload->number("cross_zone_ms", w.cross_zone_ms);
    workload->finish();
  }
  if (w.classes.empty()) w.classes.emplace_back();
  try {
    dataplane::check(w);
  } catch (const AwsError& error) {
    traffic.fail("load_balancer", cat("and its workload make no sense: ", error.message));
  }
  return w;
}

}  // namespace squall::harness
