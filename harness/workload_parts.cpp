// The parts of a drill's workload: classes, operations and their calls, servers, data stores.
#include "harness/workload_parts.h"

#include "emulator/core/text.h"

namespace squall::harness {
namespace {

using dataplane::Call;
using dataplane::Demand;

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

/// Who is called: exactly one of `service`, `load_balancer`, `table`, `third_party`.
void parse_callee(YamlMap& map, Call& call) {
  struct Row {
    const char* key;
    Call::Kind kind;
  };
  static constexpr Row rows[] = {{"service", Call::Kind::service},
                                 {"load_balancer", Call::Kind::load_balancer},
                                 {"table", Call::Kind::table},
                                 {"third_party", Call::Kind::external}};
  int named = 0;
  for (const Row& row : rows) {
    const std::string target = map.text(row.key, "");
    if (target.empty()) continue;
    ++named;
    call.target = target;
    call.kind = row.kind;
  }
  if (named != 1)
    map.fail("service", "a call names one of service, load_balancer, table and third_party");
}

/// `backoff_ms: 50` (the first; full jitter, doubling) or `backoff_ms: {base: 50, cap: 1000}`.
void parse_backoff(YamlMap& map, Call& call) {
  if (!map.has("backoff_ms") || map.node("backoff_ms").IsScalar()) {
    call.backoff_base_ms = map.number("backoff_ms", call.backoff_base_ms);
    return;
  }
  YamlMap inner = *map.map("backoff_ms");
  call.backoff_base_ms = inner.number("base", call.backoff_base_ms);
  call.backoff_cap_ms = inner.number("cap", call.backoff_cap_ms);
  inner.finish();
}

/// `keys: {count: 100000, hot: 1, hot_share: 80 %}`: partition keys, some of them hot.
void parse_keys(YamlMap& map, dataplane::KeyModel& keys) {
  std::optional<YamlMap> inner = map.map("keys");
  if (!inner) return;
  keys.count = inner->integer("count", keys.count);
  keys.hot = inner->integer("hot", keys.hot);
  keys.hot_share = inner->share("hot_share").value_or(keys.hot_share);
  if (keys.count < 1 || keys.hot < 1) inner->fail("count", "there is at least one key of a kind");
  inner->finish();
}

Call parse_call_of(YamlMap map) {
  Call call;
  parse_callee(map, call);
  call.name = map.text("name", "");
  const std::string record = map.text("record", "A");
  if (record != "A" && record != "SRV") map.fail("record", "must be A or SRV");
  call.srv = record == "SRV";
  call.port = static_cast<int>(map.integer("port", 0));
  call.method = map.text("method", call.method);
  call.scheme = map.text("scheme", call.scheme);
  call.path = map.text("path", call.path);
  call.operation = map.text("operation", "");
  call.reads = map.number("reads", 0);
  call.writes = map.number("writes", 0);
  parse_keys(map, call.keys);
  call.latency = parse_demand(map, "latency_ms", call.latency.mean_ms);
  call.share = map.share("share").value_or(call.share);
  call.timeout_ms = map.number("timeout_ms", call.timeout_ms);
  call.attempts_max = static_cast<int>(map.integer("attempts", call.attempts_max));
  parse_backoff(map, call);
  const std::string otherwise = map.text("on_failure", "fail");
  if (otherwise != "fail" && otherwise != "degrade")
    map.fail("on_failure", "must be fail or degrade");
  call.required = otherwise == "fail";
  map.finish();
  return call;
}

void parse_work(YamlMap& map, dataplane::Work& work) {
  work.cpu = parse_demand(map, "cpu_ms", work.cpu.mean_ms);
  work.io = parse_demand(map, "io_ms", work.io.mean_ms);
  work.cache = map.text("cache", "");
  work.cache_hit_ratio = map.share("cache_hit_ratio").value_or(work.cache_hit_ratio);
  work.cache_required = map.boolean("cache_required", false);
  work.database = map.text("database", "");
  work.queries = map.number("queries", work.queries);
  work.write_share = map.share("write_share").value_or(0);
  work.calls_internet = map.boolean("calls_internet", false);
  for (YamlMap& call : map.maps("calls")) work.calls.push_back(parse_call_of(call));
}

}  // namespace

/// `rate: 300`, `points: [[0s, 50], [5m, 50], [6m, 500]]` or `diurnal: {mean: ..., amplitude:
/// ...}`.
dataplane::Profile parse_profile(YamlMap& map) {
  using dataplane::Profile;
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
  if (auto profile = map.map("profile")) {
    c.has_own_profile = true;
    c.profile = parse_profile(*profile);
    profile->finish();
  }
  parse_work(map, c);
  c.objective_ms = map.number("objective_ms", 0);
  c.tier = map.text("tier", "");
  map.finish();
  return c;
}

dataplane::Operation parse_operation(YamlMap map) {
  dataplane::Operation o;
  o.name = map.text("name");
  parse_work(map, o);
  map.finish();
  return o;
}

dataplane::Behaviour parse_behaviour(YamlMap map) {
  dataplane::Behaviour b;
  b.image = map.text("image", "");
  b.definition = map.text("definition", "");
  b.tag = map.text("tag", "");
  if (b.image.empty() && b.definition.empty() && b.tag.empty())
    map.fail("image", "a behaviour names an image, a definition or a tag");
  const std::string health = map.text("health", "pass");
  if (health != "pass" && health != "fail") map.fail("health", "must be pass or fail");
  b.fails_health = health == "fail";
  b.error_share = map.share("errors").value_or(0);
  b.exit_code = static_cast<int>(map.integer("exit_code", -1));
  b.exit_after_s = to_seconds(map.duration("exit_after", 0s));
  map.finish();
  return b;
}

dataplane::TableModel parse_table(YamlMap map) {
  dataplane::TableModel t;
  t.name = map.text("name");
  t.read_ms = map.number("read_ms", t.read_ms);
  t.write_ms = map.number("write_ms", t.write_ms);
  map.finish();
  return t;
}

dataplane::ServerModel parse_server(YamlMap map) {
  dataplane::ServerModel s;
  s.target_group = map.text("target_group", "");
  s.service = map.text("service", "");
  s.boot_s = to_seconds(map.duration("boot", 0s));
  s.base_memory = map.share("base_memory").value_or(s.base_memory);
  s.request_memory_mib = map.number("request_memory_mib", s.request_memory_mib);
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

}  // namespace squall::harness
