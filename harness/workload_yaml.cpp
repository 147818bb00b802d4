// The traffic and workload sections of a drill file.
#include "harness/workload_yaml.h"

#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "harness/workload_parts.h"

namespace squall::harness {
namespace {

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
    for (YamlMap& map : workload->maps("operations")) w.operations.push_back(parse_operation(map));
    for (YamlMap& map : workload->maps("servers")) w.servers.push_back(parse_server(map));
    for (YamlMap& map : workload->maps("behaviours")) w.behaviours.push_back(parse_behaviour(map));
    for (YamlMap& map : workload->maps("tables")) w.tables.push_back(parse_table(map));
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
