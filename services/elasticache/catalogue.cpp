#include "services/elasticache/catalogue.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace squall::elasticache {
namespace {

constexpr EngineVersion version_table[] = {
    {"memcached", "1.5.16", "memcached1.5"},
    {"memcached", "1.6.6", "memcached1.6"},
    {"memcached", "1.6.12", "memcached1.6"},
    {"memcached", "1.6.17", "memcached1.6"},
    {"memcached", "1.6.22", "memcached1.6"},
    {"redis", "5.0.6", "redis5.0"},
    {"redis", "6.0.5", "redis6.x"},
    {"redis", "6.2.6", "redis6.x"},
    {"redis", "7.0.7", "redis7"},
    {"redis", "7.1.0", "redis7"},
    {"valkey", "7.2.6", "valkey7"},
    {"valkey", "8.0.1", "valkey8"},
    {"valkey", "8.1.0", "valkey8"},
};

constexpr std::string_view node_type_table[] = {
    "cache.t2.micro",    "cache.t2.small",     "cache.t2.medium",    "cache.t3.micro",
    "cache.t3.small",    "cache.t3.medium",    "cache.t4g.micro",    "cache.t4g.small",
    "cache.t4g.medium",  "cache.m4.large",     "cache.m4.xlarge",    "cache.m5.large",
    "cache.m5.xlarge",   "cache.m5.2xlarge",   "cache.m5.4xlarge",   "cache.m5.12xlarge",
    "cache.m5.24xlarge", "cache.m6g.large",    "cache.m6g.xlarge",   "cache.m6g.2xlarge",
    "cache.m6g.4xlarge", "cache.m6g.8xlarge",  "cache.m6g.12xlarge", "cache.m6g.16xlarge",
    "cache.m7g.large",   "cache.m7g.xlarge",   "cache.m7g.2xlarge",  "cache.m7g.4xlarge",
    "cache.m7g.8xlarge", "cache.r4.large",     "cache.r4.xlarge",    "cache.r5.large",
    "cache.r5.xlarge",   "cache.r5.2xlarge",   "cache.r5.4xlarge",   "cache.r5.12xlarge",
    "cache.r5.24xlarge", "cache.r6g.large",    "cache.r6g.xlarge",   "cache.r6g.2xlarge",
    "cache.r6g.4xlarge", "cache.r6g.8xlarge",  "cache.r6g.12xlarge", "cache.r6g.16xlarge",
    "cache.r6gd.xlarge", "cache.r6gd.2xlarge", "cache.r7g.large",    "cache.r7g.xlarge",
    "cache.r7g.2xlarge", "cache.r7g.4xlarge",  "cache.r7g.8xlarge",  "cache.c7gn.large",
    "cache.c7gn.xlarge",
};

}  // namespace

std::span<const EngineVersion> engine_versions() { return version_table; }
std::span<const std::string_view> node_types() { return node_type_table; }

const EngineVersion* find_version(std::string_view engine, std::string_view wanted) {
  if (wanted.ends_with(".x")) wanted.remove_suffix(2);
  const EngineVersion* newest = nullptr;
  for (const EngineVersion& v : version_table) {
    if (v.engine != engine) continue;
    if (v.version == wanted) return &v;
    if (wanted.empty() || v.version.starts_with(cat(wanted, '.'))) newest = &v;
  }
  // Without a version, Redis OSS gets its last one, not Valkey's.
  return newest;
}

bool is_family(std::string_view family) {
  return std::ranges::any_of(version_table,
                             [&](const EngineVersion& v) { return v.family == family; });
}

std::string_view engine_description(std::string_view engine) {
  return engine == "redis" ? "Redis" : engine == "valkey" ? "Valkey" : "memcached";
}

bool is_node_type(std::string_view name) {
  return std::ranges::find(node_type_table, name) != std::ranges::end(node_type_table);
}

bool is_burstable(std::string_view node_type) { return node_type.starts_with("cache.t"); }

}  // namespace squall::elasticache
