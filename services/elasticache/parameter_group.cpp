// Cache parameter groups, a family's default ones and the user's, and their parameters.
#include "services/elasticache/internal.h"

namespace squall::elasticache {
namespace {

struct CacheParameter {
  std::string_view engine;  // "redis" stands for Valkey too
  std::string_view name, value, type, allowed, change, description;
};

// The parameters that people change, with their defaults in Redis 7 and Memcached 1.6.
constexpr CacheParameter parameter_table[] = {
    {"redis", "activedefrag", "no", "string", "yes,no", "immediate",
     "Enabled active memory defragmentation"},
    {"redis", "activerehashing", "yes", "string", "yes,no", "immediate", "Apply rehashing or not"},
    {"redis", "appendonly", "no", "string", "yes,no", "immediate", "Enable Redis persistence"},
    {"redis", "close-on-replica-write", "yes", "string", "yes,no", "immediate",
     "Close client connection on write to replica"},
    {"redis", "cluster-enabled", "no", "string", "yes,no", "requires-reboot",
     "Enable cluster mode"},
    {"redis", "databases", "16", "integer", "1-1200000", "requires-reboot",
     "Number of logical databases"},
    {"redis", "lazyfree-lazy-eviction", "no", "string", "yes,no", "immediate",
     "Perform an asynchronous delete on evictions"},
    {"redis", "maxmemory-policy", "volatile-lru", "string",
     "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-"
     "ttl,noeviction",
     "immediate", "Max memory policy"},
    {"redis", "maxmemory-samples", "3", "integer", "1-", "immediate", "Max memory samples"},
    {"redis", "min-replicas-to-write", "0", "integer", "0-", "immediate",
     "Replicas that must be there for writes"},
    {"redis", "notify-keyspace-events", "", "string", "", "immediate",
     "Keyspace events to notify clients of"},
    {"redis", "reserved-memory-percent", "25", "integer", "0-100", "immediate",
     "Memory reserved for other than data"},
    {"redis", "slowlog-log-slower-than", "10000", "integer", "-", "immediate",
     "Slow log threshold in microseconds"},
    {"redis", "slowlog-max-len", "128", "integer", "0-", "immediate", "Slow log length"},
    {"redis", "tcp-keepalive", "300", "integer", "0-", "immediate",
     "Interval of keepalives in seconds"},
    {"redis", "timeout", "0", "integer", "0,20-", "immediate",
     "Close connection if a client is idle for so many seconds"},
    {"memcached", "backlog_queue_limit", "1024", "integer", "1-10000", "requires-reboot",
     "The backlog queue limit"},
    {"memcached", "binding_protocol", "auto", "string", "auto,binary,ascii", "requires-reboot",
     "The binding protocol"},
    {"memcached", "chunk_size", "48", "integer", "1-1024", "requires-reboot",
     "The minimum space allocated for the smallest item"},
    {"memcached", "disable_flush_all", "0", "boolean", "0,1", "requires-reboot",
     "Disable the flush_all command"},
    {"memcached", "error_on_memory_exhausted", "0", "boolean", "0,1", "requires-reboot",
     "Return an error when memory is exhausted"},
    {"memcached", "idle_timeout", "0", "integer", "0-86400", "requires-reboot",
     "Idle time-out in seconds"},
    {"memcached", "max_item_size", "1048576", "integer", "1024-1073741824", "requires-reboot",
     "Largest item in bytes"},
};

std::string_view engine_of(std::string_view family) {
  return family.starts_with("memcached") ? "memcached" : "redis";
}

const CacheParameter* find_parameter(std::string_view family, std::string_view name) {
  for (const CacheParameter& p : parameter_table)
    if (p.engine == engine_of(family) && p.name == name) return &p;
  return nullptr;
}

std::vector<std::string> default_names(const EngineVersion& version) {
  std::vector<std::string> names{cat("default.", version.family)};
  if (version.engine != "memcached")
    names.push_back(cat("default.", version.family, ".cluster.on"));
  return names;
}

Value describe(const ParameterGroup& g) {
  return {{"CacheParameterGroupName", g.id},
          {"CacheParameterGroupFamily", g.family},
          {"Description", g.description},
          {"IsGlobal", false},
          {"ARN", g.arn}};
}

/// The default groups are never stored.
std::vector<ParameterGroup> all_groups(const sim::Scope& scope) {
  std::map<std::string, ParameterGroup> groups;
  for (const EngineVersion& version : engine_versions()) {
    for (const std::string& name : default_names(version)) {
      ParameterGroup& g = groups[name];
      g.id = name;
      g.arn = scope.arn("elasticache", cat("parametergroup:", name));
      g.family = version.family;
      g.description = cat("Default parameter group for ", version.family,
                          name.ends_with(".on") ? " cluster mode on" : "");
      if (name.ends_with(".on")) g.settings["cluster-enabled"] = "yes";
    }
  }
  for (const ParameterGroup& g : scope.all<ParameterGroup>()) groups[g.id] = g;
  std::vector<ParameterGroup> list;
  for (auto& [name, g] : groups) list.push_back(std::move(g));
  return list;
}

ParameterGroup group_at(const sim::Scope& scope, const std::string& name) {
  if (const ParameterGroup* g = scope.view<ParameterGroup>(name)) return *g;
  for (ParameterGroup& g : all_groups(scope))
    if (g.id == name) return g;
  throw parameter_group_not_found(name);
}

Value create_group(Context& ctx, Input in) {
  ParameterGroup g;
  g.id = identifier(in.string("CacheParameterGroupName"), "CacheParameterGroupName", 255);
  g.family = in.string("CacheParameterGroupFamily");
  g.description = in.string("Description");
  g.arn = ctx.arn("elasticache", cat("parametergroup:", g.id));
  g.tags = tags_from(in.list("Tags"));
  if (!is_family(g.family)) {
    throw invalid_parameter_value(
        cat("CacheParameterGroupFamily ", g.family, " is not a valid parameter group family."));
  }
  if (ctx.has<ParameterGroup>(g.id)) throw parameter_group_already_exists(g.id);
  return {{"CacheParameterGroup", describe(ctx.add(std::move(g)))}};
}

Value describe_groups(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheParameterGroupName"));
  if (!name.empty()) group_at(ctx, name);
  const PageRequest request = page_from(in);
  Value items = Value::list();
  std::string last;
  for (const ParameterGroup& g : all_groups(ctx)) {
    if (g.id <= request.after || (!name.empty() && g.id != name)) continue;
    if (items.size() == request.limit)
      return {{"CacheParameterGroups", items}, {"Marker", base64_encode(cat("v1:", last))}};
    items.push(describe(g));
    last = g.id;
  }
  return {{"CacheParameterGroups", items}};
}

ParameterGroup& editable(Context& ctx, const std::string& name) {
  if (name.starts_with("default."))
    throw invalid_parameter_group_state(cat("The parameter group ", name, " cannot be modified."));
  if (!ctx.has<ParameterGroup>(name)) throw parameter_group_not_found(name);
  return ctx.edit<ParameterGroup>(name);
}

void require_parameter(const ParameterGroup& g, const std::string& name) {
  if (find_parameter(g.family, name)) return;
  throw invalid_parameter_value(
      cat("The parameter ", name, " is not one of cache parameter group family ", g.family, "."));
}

Value modify_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheParameterGroupName"));
  ParameterGroup& g = editable(ctx, name);
  for (const Input& p : in.list("ParameterNameValues")) {
    require_parameter(g, p.string("ParameterName"));
    g.settings[p.string("ParameterName")] = p.string("ParameterValue");
  }
  return {{"CacheParameterGroupName", name}};
}

Value reset_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheParameterGroupName"));
  ParameterGroup& g = editable(ctx, name);
  if (in.boolean("ResetAllParameters")) g.settings.clear();
  for (const Input& p : in.list("ParameterNameValues")) {
    p.ignore("ParameterValue");  // resetting goes by name
    require_parameter(g, p.string("ParameterName"));
    g.settings.erase(p.string("ParameterName"));
  }
  return {{"CacheParameterGroupName", name}};
}

Value delete_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("CacheParameterGroupName"));
  editable(ctx, name);
  const std::string key = cat("parameter-group:", name);
  if (!ctx.by<ReplicationGroup>(key).empty() || !ctx.by<CacheCluster>(key).empty()) {
    throw invalid_parameter_group_state(
        cat("One or more cache clusters are still members of this parameter group ", name, "."));
  }
  ctx.erase<ParameterGroup>(name);
  return Value::map();
}

Value describe_parameters(Context& ctx, Input in) {
  const ParameterGroup g = group_at(ctx, to_lower(in.string("CacheParameterGroupName")));
  const std::string source = in.string("Source");
  const PageRequest request = page_from(in);
  Value items = Value::list();
  std::string last;
  for (const CacheParameter& p : parameter_table) {
    if (p.engine != engine_of(g.family) || p.name <= request.after) continue;
    const auto set = g.settings.find(std::string(p.name));
    const std::string from =
        set != g.settings.end() && !g.id.starts_with("default.") ? "user" : "system";
    if (!source.empty() && source != from) continue;
    if (items.size() == request.limit)
      return {{"Parameters", items}, {"Marker", base64_encode(cat("v1:", last))}};
    items.push(
        {{"ParameterName", p.name},
         {"ParameterValue", set != g.settings.end() ? std::string_view(set->second) : p.value},
         {"Description", p.description},
         {"Source", from},
         {"DataType", p.type},
         {"AllowedValues", p.allowed},
         {"IsModifiable", p.name != "cluster-enabled"},
         {"MinimumEngineVersion", p.engine == "redis" ? "5.0.6" : "1.5.16"},
         {"ChangeType", p.change}});
    last = p.name;
  }
  return {{"Parameters", items}, {"CacheNodeTypeSpecificParameters", Value::list()}};
}

}  // namespace

std::string parameter_group_family(const sim::Scope& scope, const std::string& name) {
  if (const ParameterGroup* g = scope.view<ParameterGroup>(name)) return g->family;
  for (const EngineVersion& version : engine_versions())
    for (const std::string& known : default_names(version))
      if (known == name) return std::string(version.family);
  return {};
}

std::span<const api::HandlerRow> parameter_group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateCacheParameterGroup", api::Writes, create_group},
      {"DescribeCacheParameterGroups", api::Reads, describe_groups},
      {"ModifyCacheParameterGroup", api::Writes, modify_group},
      {"ResetCacheParameterGroup", api::Writes, reset_group},
      {"DeleteCacheParameterGroup", api::Writes, delete_group},
      {"DescribeCacheParameters", api::Reads, describe_parameters},
  };
  return rows;
}

}  // namespace squall::elasticache
