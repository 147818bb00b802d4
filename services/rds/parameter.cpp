// DB parameters: a catalogue of those that people change, and what a group sets them to.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

struct DbParameter {
  std::string_view engine;  // "postgres" and "mysql" stand for their Aurora editions and MariaDB
  std::string_view name, value, apply_type, data_type, allowed, description;
};

constexpr DbParameter parameter_table[] = {
    {"mysql", "binlog_format", "", "dynamic", "string", "ROW,STATEMENT,MIXED", "Binary log format"},
    {"mysql", "character_set_server", "", "dynamic", "string", "", "The server's character set"},
    {"mysql", "general_log", "0", "dynamic", "boolean", "0,1", "Whether the general log is on"},
    {"mysql", "innodb_buffer_pool_size", "{DBInstanceClassMemory*3/4}", "static", "integer",
     "5242880-9223372036854775807", "Bytes of the buffer pool"},
    {"mysql", "innodb_flush_log_at_trx_commit", "1", "dynamic", "integer", "0-2",
     "How durable a commit is"},
    {"mysql", "innodb_lock_wait_timeout", "50", "dynamic", "integer", "1-1073741824",
     "Seconds a transaction waits for a row lock"},
    {"mysql", "long_query_time", "10", "dynamic", "float", "0-31536000",
     "Seconds from which a query is slow"},
    {"mysql", "max_allowed_packet", "", "dynamic", "integer", "1024-1073741824",
     "Largest packet in bytes"},
    {"mysql", "max_connections", "{DBInstanceClassMemory/12582880}", "dynamic", "integer",
     "1-100000", "Simultaneous client connections allowed"},
    {"mysql", "slow_query_log", "0", "dynamic", "boolean", "0,1", "Whether the slow log is on"},
    {"mysql", "time_zone", "", "dynamic", "string", "", "The server's time zone"},
    {"mysql", "wait_timeout", "28800", "dynamic", "integer", "1-31536000",
     "Seconds after which an idle connection is closed"},
    {"postgres", "autovacuum", "1", "dynamic", "boolean", "0,1", "Whether autovacuum runs"},
    {"postgres", "checkpoint_timeout", "300", "dynamic", "integer", "30-86400",
     "Seconds between automatic checkpoints"},
    {"postgres", "deadlock_timeout", "1000", "dynamic", "integer", "1-2147483647",
     "Milliseconds to wait before checking for deadlock"},
    {"postgres", "effective_cache_size", "{DBInstanceClassMemory/16384}", "dynamic", "integer",
     "1-2147483647", "The planner's assumption about caches, in 8 kB"},
    {"postgres", "idle_in_transaction_session_timeout", "86400000", "dynamic", "integer",
     "0-2147483647", "Milliseconds a transaction may idle"},
    {"postgres", "log_connections", "", "dynamic", "boolean", "0,1", "Logs each connection"},
    {"postgres", "log_disconnections", "", "dynamic", "boolean", "0,1", "Logs each disconnection"},
    {"postgres", "log_min_duration_statement", "", "dynamic", "integer", "-1-2147483647",
     "Milliseconds from which statements are logged"},
    {"postgres", "log_statement", "", "dynamic", "string", "none,ddl,mod,all",
     "Which statements are logged"},
    {"postgres", "maintenance_work_mem", "{GREATEST(DBInstanceClassMemory*1024/63963136,65536)}",
     "dynamic", "integer", "1024-2147483647", "Memory for maintenance, in kB"},
    {"postgres", "max_connections", "{LEAST(DBInstanceClassMemory/9531392,5000)}", "static",
     "integer", "6-262143", "Simultaneous client connections allowed"},
    {"postgres", "max_wal_size", "2048", "dynamic", "integer", "128-201326592",
     "Log size that triggers a checkpoint, in MB"},
    {"postgres", "rds.force_ssl", "1", "dynamic", "boolean", "0,1", "Forces TLS connections"},
    {"postgres", "rds.logical_replication", "0", "static", "boolean", "0,1",
     "Enables logical decoding"},
    {"postgres", "shared_buffers", "{DBInstanceClassMemory/32768}", "static", "integer",
     "16-1073741823", "Shared memory buffers, in 8 kB"},
    {"postgres", "shared_preload_libraries", "pg_stat_statements", "static", "list", "",
     "Libraries loaded at start"},
    {"postgres", "statement_timeout", "", "dynamic", "integer", "0-2147483647",
     "Milliseconds a statement may take"},
    {"postgres", "work_mem", "", "dynamic", "integer", "64-2147483647",
     "Memory of a sort or hash, in kB"},
    {"sqlserver", "cost threshold for parallelism", "5", "dynamic", "integer", "0-32767",
     "Cost from which queries run in parallel"},
    {"sqlserver", "max degree of parallelism", "0", "dynamic", "integer", "0-32767",
     "Processors a parallel query may use"},
    {"oracle", "open_cursors", "300", "dynamic", "integer", "0-65535",
     "Cursors a session may open"},
    {"oracle", "processes", "LEAST({DBInstanceClassMemory/9868951}, 20000)", "static", "integer",
     "80-20000", "Operating system processes that may connect"},
};

std::string_view engine_of(std::string_view family) {
  for (const std::string_view engine : {"postgres", "sqlserver", "oracle"})
    if (family.find(engine) != family.npos) return engine;
  return "mysql";
}

const DbParameter* find_parameter(std::string_view family, std::string_view name) {
  for (const DbParameter& p : parameter_table)
    if (p.engine == engine_of(family) && p.name == name) return &p;
  return nullptr;
}

Value describe(const DbParameter& p, const ParameterSetting* set) {
  Value v{{"ParameterName", p.name},
          {"Description", p.description},
          {"Source", set               ? "user"
                     : p.value.empty() ? "engine-default"
                                       : "system"},
          {"ApplyType", p.apply_type},
          {"DataType", p.data_type},
          {"IsModifiable", true},
          {"ApplyMethod", set                         ? std::string_view(set->apply_method)
                          : p.apply_type == "dynamic" ? "immediate"
                                                      : "pending-reboot"}};
  if (set)
    v.add("ParameterValue", set->value);
  else if (!p.value.empty())
    v.add("ParameterValue", p.value);
  if (!p.allowed.empty()) v.add("AllowedValues", p.allowed);
  return v;
}

struct ParameterPage {
  Value items = Value::list(), marker;
};

ParameterPage list_parameters(const Input& in, const std::string& family,
                              const ParameterGroup* group, const std::string& source) {
  const PageRequest request = page_from(in);
  ParameterPage page;
  std::string last;
  for (const DbParameter& p : parameter_table) {
    if (p.engine != engine_of(family) || p.name <= request.after) continue;
    const ParameterSetting* set = nullptr;
    if (group)
      if (const auto at = group->settings.find(std::string(p.name)); at != group->settings.end())
        set = &at->second;
    const Value shown = describe(p, set);
    if (!source.empty() && shown.at("Source").text() != source) continue;
    if (page.items.size() == request.limit) {
      page.marker = base64_encode(cat("v1:", last));
      break;
    }
    page.items.push(shown);
    last = p.name;
  }
  return page;
}

Value describe_parameters(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBParameterGroupName"));
  const std::string family = parameter_group_family(ctx, name);
  if (family.empty()) throw parameter_group_not_found(name);
  check_filters(in, {});
  const ParameterPage page =
      list_parameters(in, family, ctx.view<ParameterGroup>(name), in.string("Source"));
  return {{"Parameters", page.items}, {"Marker", page.marker}};
}

Value describe_engine_defaults(Context&, Input in) {
  const std::string family = in.string("DBParameterGroupFamily");
  if (!find_family(family))
    throw invalid_parameter_value(cat("Invalid DB parameter group family: ", family));
  check_filters(in, {});
  const ParameterPage page = list_parameters(in, family, nullptr, "");
  return {{"EngineDefaults", Value{{"DBParameterGroupFamily", family},
                                   {"Parameters", page.items},
                                   {"Marker", page.marker}}}};
}

ParameterGroup& editable(Context& ctx, const std::string& name) {
  if (name.starts_with("default.")) {
    throw invalid_parameter_value(
        cat("The default DBParameterGroup '", name, "' cannot be modified."));
  }
  if (!ctx.has<ParameterGroup>(name)) throw parameter_group_not_found(name);
  return ctx.edit<ParameterGroup>(name);
}

/// Instances of the group show that static parameters wait for their next restart.
void mark_instances(Context& ctx, const std::string& name) {
  std::vector<std::string> ids;
  for (const DbInstance* db : ctx.by<DbInstance>(cat("parameter-group:", name)))
    ids.push_back(db->id);
  for (const std::string& id : ids)
    ctx.edit<DbInstance>(id).pending["parameters"] = "pending-reboot";
}

std::string checked_method(const ParameterGroup& g, const Input& p) {
  const std::string name = p.string("ParameterName"), method = p.string("ApplyMethod");
  const DbParameter* known = find_parameter(g.family, name);
  if (!known) throw invalid_parameter_value(cat("Could not find parameter with name: ", name));
  if (method.empty())
    throw invalid_parameter_value(cat("The parameter ApplyMethod must be provided for ", name));
  if (known->apply_type == "static" && method == "immediate") {
    throw invalid_parameter_combination("cannot use immediate apply method for static parameter");
  }
  return method;
}

Value modify_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBParameterGroupName"));
  ParameterGroup& g = editable(ctx, name);
  const auto changes = in.list("Parameters");
  if (changes.size() > 20)
    throw invalid_parameter_value("At most 20 parameters can be modified in a single request.");
  bool waits = false;
  for (const Input& p : changes) {
    const std::string method = checked_method(g, p);
    const std::string parameter = p.string("ParameterName"), value = p.string("ParameterValue");
    g.settings[parameter] = {value, method};
    waits = waits || method == "pending-reboot";
    record_event(
        ctx, "RDS-EVENT-0037", "db-parameter-group", g.id, g.arn, {"configuration change"},
        cat("Updated parameter ", parameter, " to ", value, " with apply method ", method));
  }
  if (waits) mark_instances(ctx, name);
  return {{"DBParameterGroupName", name}};
}

Value reset_group(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("DBParameterGroupName"));
  ParameterGroup& g = editable(ctx, name);
  bool waits = false;
  if (in.boolean("ResetAllParameters")) {
    waits = !g.settings.empty();
    g.settings.clear();
  }
  for (const Input& p : in.list("Parameters")) {
    waits = checked_method(g, p) == "pending-reboot" || waits;
    g.settings.erase(p.string("ParameterName"));
  }
  if (waits) mark_instances(ctx, name);
  return {{"DBParameterGroupName", name}};
}

}  // namespace

std::span<const api::HandlerRow> parameter_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeDBParameters", api::Reads, describe_parameters},
      {"DescribeEngineDefaultParameters", api::Reads, describe_engine_defaults},
      {"ModifyDBParameterGroup", api::Writes, modify_group},
      {"ResetDBParameterGroup", api::Writes, reset_group},
  };
  return rows;
}

}  // namespace squall::rds
