// ModifyDBInstance: what applies at once, what waits for the maintenance window or
// ApplyImmediately, and the restarts that some changes cost.
#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

using namespace std::chrono_literals;

void want(DbInstance& db, const char* member, const std::string& value, const std::string& now) {
  if (value == now)
    db.pending.erase(member);
  else
    db.pending[member] = value;
}

void want(DbInstance& db, const char* member, int64_t value, int64_t now) {
  want(db, member, std::to_string(value), std::to_string(now));
}

void want_version(const Input& in, DbInstance& db) {
  const auto wanted = in.optional_string("EngineVersion");
  const bool may_change_major = in.boolean("AllowMajorVersionUpgrade");
  if (!wanted) return;
  const std::string version = resolve_version(*find_engine(db.engine), *wanted);
  if (version.empty())
    throw invalid_parameter_combination(cat("Cannot find version ", *wanted, " for ", db.engine));
  const EngineMajor& from = *find_major(db.engine, db.engine_version);
  const EngineMajor& to = *find_major(db.engine, version);
  if (&from != &to && !may_change_major) {
    throw invalid_parameter_combination(
        "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
  }
  const auto versions = split(to.versions, ' ');
  const auto rank = [&](std::string_view v) {
    return std::ranges::find(versions, v) - versions.begin();
  };
  const bool down = &from == &to ? rank(version) < rank(db.engine_version) : &to < &from;
  if (down) {
    throw invalid_parameter_combination(
        cat("Cannot upgrade ", db.engine, " from ", db.engine_version, " to ", version));
  }
  want(db, "EngineVersion", version, db.engine_version);
}

void want_storage(const Input& in, DbInstance& db) {
  DbInstance wished = db;
  wished.allocated_gib = in.integer("AllocatedStorage", db.allocated_gib);
  wished.storage_type = in.string("StorageType", db.storage_type);
  const bool other_type = wished.storage_type != db.storage_type;
  wished.iops = in.integer("Iops", other_type ? 0 : db.iops);
  wished.throughput_mibps = in.integer("StorageThroughput", other_type ? 0 : db.throughput_mibps);
  if (wished.allocated_gib < db.allocated_gib) {
    throw invalid_parameter_combination(cat("Requested storage size (", wished.allocated_gib,
                                            ") cannot be lower than the current storage size (",
                                            db.allocated_gib, ")."));
  }
  if (wished.allocated_gib != db.allocated_gib &&
      wished.allocated_gib * 10 < db.allocated_gib * 11) {
    throw invalid_parameter_combination(
        "The new allocated storage must be at least 10 percent greater than the current one.");
  }
  set_storage_defaults(wished);
  check_storage(wished);
  want(db, "AllocatedStorage", wished.allocated_gib, db.allocated_gib);
  want(db, "StorageType", wished.storage_type, db.storage_type);
  want(db, "Iops", wished.iops, db.iops);
  want(db, "StorageThroughput", wished.throughput_mibps, db.throughput_mibps);
}

/// Changes that wait unless ApplyImmediately says otherwise.
void want_deferred(Context& ctx, const Input& in, DbInstance& db) {
  want_version(in, db);
  if (in.has("AllocatedStorage") || in.has("StorageType") || in.has("Iops") ||
      in.has("StorageThroughput"))
    want_storage(in, db);
  if (auto wanted = in.optional_string("DBInstanceClass")) {
    if (!is_instance_class(*wanted))
      throw invalid_parameter_value(cat("Invalid DB Instance class: ", *wanted));
    want(db, "DBInstanceClass", *wanted, db.instance_class);
  }
  if (auto wanted = in.optional_boolean("MultiAZ")) {
    if (*wanted && zones_of(ctx, subnet_group_for(ctx, db.subnet_group)).size() < 2)
      throw subnet_group_does_not_cover_zones();
    want(db, "MultiAZ", *wanted ? "true" : "false", db.multi_az ? "true" : "false");
  }
  if (auto wanted = in.optional_integer("DBPortNumber")) {
    if (*wanted < 1150 || *wanted > 65535)
      throw invalid_parameter_value(cat("Invalid database port: ", *wanted));
    want(db, "Port", *wanted, db.port);
  }
  if (auto wanted = in.optional_integer("BackupRetentionPeriod")) {
    if (*wanted < 0 || *wanted > 35)
      throw invalid_parameter_value(cat("Invalid backup retention period: ", *wanted));
    if (*wanted == 0 && !db.replica_ids.empty()) {
      throw invalid_parameter_combination(
          "Automated backups cannot be disabled for an instance that has read replicas.");
    }
    want(db, "BackupRetentionPeriod", *wanted, db.backup_retention_days);
  }
  if (auto wanted = in.optional_string("CACertificateIdentifier"))
    want(db, "CACertificateIdentifier", *wanted, db.ca_certificate);
  if (auto wanted = in.optional_string("NewDBInstanceIdentifier")) {
    const std::string id = identifier(*wanted, "NewDBInstanceIdentifier");
    if (id != db.id && ctx.has<DbInstance>(id)) throw instance_already_exists();
    want(db, "DBInstanceIdentifier", id, db.id);
  }
}

void change_groups(Context& ctx, const Input& in, DbInstance& db) {
  if (in.has("VpcSecurityGroupIds")) {
    db.group_ids = in.strings("VpcSecurityGroupIds");
    for (const std::string& id : {db.primary_interface_id, db.secondary_interface_id})
      if (ctx.has<ec2::NetworkInterface>(id))
        ctx.edit<ec2::NetworkInterface>(id).group_ids = db.group_ids;
  }
  if (auto name = in.optional_string("DBParameterGroupName")) {
    if (to_lower(*name) != db.parameter_group) db.pending["parameters"] = "pending-reboot";
    db.parameter_group = to_lower(*name);
  }
  if (auto name = in.optional_string("OptionGroupName")) db.option_group = to_lower(*name);
  check_groups(ctx, db);
}

void change_logs(const Input& in, DbInstance& db) {
  const Input logs = in.at("CloudwatchLogsExportConfiguration");
  if (!logs) return;
  for (const std::string& type : logs.strings("EnableLogTypes"))
    if (std::ranges::find(db.log_exports, type) == db.log_exports.end())
      db.log_exports.push_back(type);
  for (const std::string& type : logs.strings("DisableLogTypes")) std::erase(db.log_exports, type);
}

/// Changes that apply as soon as they are asked for.
void change_at_once(Context& ctx, const Input& in, DbInstance& db) {
  change_groups(ctx, in, db);
  change_logs(in, db);
  if (auto password = in.optional_string("MasterUserPassword")) {
    check_password(*find_engine(db.engine), *password);
    db.master_password = *password;
    instance_event(ctx, db, "RDS-EVENT-0016");
  }
  db.deletion_protection = in.boolean("DeletionProtection", db.deletion_protection);
  db.copy_tags_to_snapshot = in.boolean("CopyTagsToSnapshot", db.copy_tags_to_snapshot);
  db.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", db.auto_minor_upgrade);
  db.iam_authentication = in.boolean("EnableIAMDatabaseAuthentication", db.iam_authentication);
  db.publicly_accessible = in.boolean("PubliclyAccessible", db.publicly_accessible);
  db.backup_window = in.string("PreferredBackupWindow", db.backup_window);
  db.maintenance_window = to_lower(in.string("PreferredMaintenanceWindow", db.maintenance_window));
  db.max_allocated_gib = in.integer("MaxAllocatedStorage", db.max_allocated_gib);
  if (db.max_allocated_gib && db.max_allocated_gib < db.allocated_gib)
    throw invalid_parameter_combination("Max storage size must be greater than storage size");
  if (db.max_allocated_gib == db.allocated_gib) db.max_allocated_gib = 0;  // AWS: switches it off
  db.monitoring_interval_s = in.integer("MonitoringInterval", db.monitoring_interval_s);
  db.monitoring_role_arn = in.string("MonitoringRoleArn", db.monitoring_role_arn);
  if (db.monitoring_interval_s && db.monitoring_role_arn.empty()) {
    throw invalid_parameter_combination(
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other "
        "than 0.");
  }
  db.performance_insights = in.boolean("EnablePerformanceInsights", db.performance_insights);
  if (db.performance_insights) {
    const int64_t days = db.performance_insights_retention_days;
    db.performance_insights_retention_days =
        in.integer("PerformanceInsightsRetentionPeriod", days ? days : 7);
    const std::string& key = db.performance_insights_kms_key_id;
    db.performance_insights_kms_key_id =
        in.string("PerformanceInsightsKMSKeyId", key.empty() ? default_kms_key_arn(ctx) : key);
  }
}

/// The next start of a window such as "sun:04:00-sun:04:30".
Time next_window(Time now, std::string_view window) {
  static const std::vector<std::string_view> days{"thu", "fri", "sat", "sun", "mon", "tue", "wed"};
  const int64_t day_s = 86400, week_s = 7 * day_s;
  const auto day = std::ranges::find(days, window.substr(0, 3)) - days.begin();
  const auto hour = parse_int(window.substr(std::min<size_t>(4, window.size()), 2));
  const auto minute = parse_int(window.substr(std::min<size_t>(7, window.size()), 2));
  const int64_t offset = day * day_s + hour.value_or(4) * 3600 + minute.value_or(0) * 60;
  const int64_t now_s = unix_seconds(now);  // 1970 began on a Thursday
  int64_t start = now_s - now_s % week_s + offset;
  if (start <= now_s) start += week_s;
  return from_unix_seconds(start);
}

bool has_deferred(const DbInstance& db) {
  return std::ranges::any_of(db.pending, [](const auto& p) { return p.first != "parameters"; });
}

Value modify_instance(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  require_status(before, {"available", "backing-up", "storage-optimization"});
  const std::string id = before.id;
  DbInstance& db = ctx.edit<DbInstance>(id);
  change_at_once(ctx, in, db);
  want_deferred(ctx, in, db);
  if (has_deferred(db)) {
    const bool now = in.boolean("ApplyImmediately");
    ctx.at(now ? ctx.now() : next_window(ctx.now(), db.maintenance_window), "rds.instance.modify",
           id);
  } else {
    in.ignore("ApplyImmediately");  // nothing is left to apply
  }
  return {{"DBInstance", describe(ctx, db)}};
}

void modify(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || !has_deferred(*before)) return;
  if (before->status != "available") {  // busy: as soon as it is not
    if (before->status != "deleting") scope.after(60s, "rds.instance.modify", event.subject);
    return;
  }
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.status = "modifying";
  std::string_view latency = "rds.instance.modifying";
  if (db.pending.contains("AllocatedStorage") || db.pending.contains("StorageType")) {
    instance_event(scope, db, "RDS-EVENT-0018");
    latency = "rds.instance.scaling-storage";
  }
  if (db.pending.contains("DBInstanceClass") || db.pending.contains("EngineVersion"))
    latency = "rds.instance.class-changing";
  if (db.pending.contains("DBInstanceClass")) instance_event(scope, db, "RDS-EVENT-0012");
  if (const auto multi = db.pending.find("MultiAZ"); multi != db.pending.end()) {
    instance_event(scope, db, multi->second == "true" ? "RDS-EVENT-0024" : "RDS-EVENT-0030");
    latency = "rds.instance.multi-az-converting";
  }
  scope.after(scope.latency(latency, db.id), "rds.instance.modified", db.id);
}

void apply_multi_az(sim::Scope& scope, DbInstance& db, bool wanted) {
  db.multi_az = wanted;
  if (wanted) {
    place_standby(scope, db);
    db.shown_secondary_zone = db.secondary_zone;
    db.standby_in_sync = true;  // made from a snapshot and caught up before it counts
  } else {
    release_standby(scope, db);
  }
  instance_event(scope, db, wanted ? "RDS-EVENT-0025" : "RDS-EVENT-0029");
}

void apply_version(DbInstance& db, const std::string& version) {
  const EngineMajor& from = *find_major(db.engine, db.engine_version);
  const EngineMajor& to = *find_major(db.engine, version);
  db.engine_version = version;
  if (&from == &to) return;
  if (db.parameter_group == default_parameter_group(from))
    db.parameter_group = default_parameter_group(to);
  if (db.option_group == default_option_group(from)) db.option_group = default_option_group(to);
}

/// Applies one pending value; true if the engine has to be restarted for it.
bool apply(sim::Scope& scope, DbInstance& db, const std::string& member, const std::string& text) {
  const int64_t number = parse_int(text).value_or(0);
  if (member == "AllocatedStorage") db.allocated_gib = number;
  if (member == "StorageType") db.storage_type = text;
  if (member == "Iops") db.iops = number;
  if (member == "StorageThroughput") db.throughput_mibps = number;
  if (member == "CACertificateIdentifier") db.ca_certificate = text;
  if (member == "MultiAZ") apply_multi_az(scope, db, text == "true");
  if (member == "BackupRetentionPeriod") {
    const bool was_on = db.backup_retention_days > 0;
    db.backup_retention_days = number;
    if (!was_on && number) db.latest_restorable = scope.now();
    if (was_on != (number > 0))
      instance_event(scope, db, number ? "RDS-EVENT-0032" : "RDS-EVENT-0028");
  }
  if (member == "AllocatedStorage") instance_event(scope, db, "RDS-EVENT-0017");
  if (member == "DBInstanceClass") {
    db.instance_class = text;
    instance_event(scope, db, "RDS-EVENT-0014");
  }
  if (member == "Port") db.port = number;
  if (member == "EngineVersion") apply_version(db, text);
  return member == "DBInstanceClass" || member == "Port" || member == "EngineVersion";
}

/// A new name is a new record: everything that refers to the instance by name follows.
void rename(sim::Scope& scope, const std::string& from, const std::string& to) {
  DbInstance db = *scope.view<DbInstance>(from);
  set_name(scope, db, to);
  for (const std::string& id : db.replica_ids)
    if (scope.has<DbInstance>(id)) scope.edit<DbInstance>(id).source_id = to;
  if (!db.source_id.empty() && scope.has<DbInstance>(db.source_id))
    std::ranges::replace(scope.edit<DbInstance>(db.source_id).replica_ids, from, to);
  scope.erase<DbInstance>(from);
  scope.add(std::move(db));
}

void modified(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "modifying") return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  const auto pending = db.pending;
  bool restart = false;
  std::string new_id;
  for (const auto& [member, text] : pending) {
    if (member == "parameters") continue;
    if (member == "DBInstanceIdentifier") new_id = text;
    restart = apply(scope, db, member, text) || restart;
    db.pending.erase(member);
  }
  db.status = "available";
  std::string id = db.id;
  if (!new_id.empty()) rename(scope, id, new_id), id = new_id;
  DbInstance& after = scope.edit<DbInstance>(id);
  if (!restart || !after.serving_since || !after.failover_phase.empty())
    return look_after(scope, id);
  // Multi-AZ: the standby is changed first and takes over; else the engine restarts in place.
  after.status = "rebooting";
  if (after.multi_az && after.standby_in_sync && pending.contains("DBInstanceClass"))
    begin_failover(scope, id, "Change of the DB instance class.");
  else
    restart_engine(scope, after);
}

}  // namespace

std::span<const api::HandlerRow> modify_rows() {
  static const api::HandlerRow rows[] = {{"ModifyDBInstance", api::Writes, modify_instance}};
  return rows;
}

std::span<const sim::EventRow> modify_events() {
  static const sim::EventRow rows[] = {{"rds.instance.modify", modify},
                                       {"rds.instance.modified", modified}};
  return rows;
}

}  // namespace squall::rds
