// Read replicas and restores: new instances made from others, from snapshots and from logs.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

/// The source's settings in a new instance's place: nothing of its hosts or its history.
DbInstance copy_of(const DbInstance& source, const std::string& id) {
  DbInstance db = source;
  db.id = id;
  db.status = "creating";
  db.primary_zone.clear(), db.secondary_zone.clear();
  db.primary_subnet.clear(), db.secondary_subnet.clear();
  db.primary_interface_id.clear(), db.secondary_interface_id.clear();
  db.shown_zone.clear(), db.shown_secondary_zone.clear();
  db.private_ip.clear(), db.failover_phase.clear();
  db.serving_since.reset(), db.latest_restorable.reset();
  db.writes_stalled_until.reset(), db.automatic_restart.reset();
  db.standby_in_sync = db.primary_dark = db.standby_dark = db.resyncing = false;
  db.deletion_protection = false;
  db.generation = 0;
  db.source_id.clear();
  db.replica_ids.clear();
  db.pending.clear();
  db.tags.clear();
  db.multi_az = false;
  return db;
}

std::string new_name(const Context& ctx, const std::string& raw, std::string_view parameter) {
  const std::string id = identifier(raw, parameter);
  if (ctx.has<DbInstance>(id)) throw instance_already_exists();
  return id;
}

std::string checked_zone(const Input& in, const DbInstance& db) {
  const std::string zone = in.string("AvailabilityZone");
  if (db.multi_az && !zone.empty()) {
    throw invalid_parameter_combination(
        "Requesting a specific availability zone is not valid for Multi-AZ instances.");
  }
  return zone;
}

Value create_replica(Context& ctx, Input in) {
  const std::string id = new_name(ctx, in.string("DBInstanceIdentifier"), "DBInstanceIdentifier");
  const std::string source_id = in.string("SourceDBInstanceIdentifier");
  const DbInstance source = instance_at(ctx, source_id);
  require_status(source, {"available", "backing-up", "modifying", "storage-optimization"});
  if (source.backup_retention_days == 0 && source.source_id.empty()) {
    throw invalid_instance_state(
        cat("Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero "
            "value."));
  }
  if (source.replica_ids.size() >= 15)
    throw AwsError{"InstanceQuotaExceeded", "At most 15 read replicas are allowed per source."};
  DbInstance db = copy_of(source, id);
  db.source_id = source.id;
  db.backup_retention_days = 0;
  apply_overrides(ctx, in, db);
  db.monitoring_interval_s = in.integer("MonitoringInterval", db.monitoring_interval_s);
  db.monitoring_role_arn = in.string("MonitoringRoleArn", db.monitoring_role_arn);
  const std::string zone = checked_zone(in, db);
  ctx.edit<DbInstance>(source.id).replica_ids.push_back(id);
  return launch(ctx, std::move(db), zone);
}

Value promote(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  if (before.source_id.empty()) {
    throw invalid_instance_state(cat("DB Instance is not a read replica: ", before.id));
  }
  require_status(before, {"available"});
  DbInstance& db = ctx.edit<DbInstance>(std::string(before.id));
  db.backup_retention_days = in.integer("BackupRetentionPeriod", 1);
  if (db.backup_retention_days < 0 || db.backup_retention_days > 35)
    throw invalid_parameter_value("Invalid backup retention period.");
  db.backup_window = in.string("PreferredBackupWindow", db.backup_window);
  db.status = "modifying";
  ctx.after(ctx.latency("rds.replica.promoting", db.id), "rds.replica.promoted", db.id);
  return {{"DBInstance", describe(ctx, db)}};
}

void promoted(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "modifying" || before->source_id.empty()) return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  if (scope.has<DbInstance>(db.source_id))
    std::erase(scope.edit<DbInstance>(db.source_id).replica_ids, db.id);
  db.source_id.clear();
  instance_event(scope, db, "RDS-EVENT-0057");
  db.status = "rebooting";  // promotion ends with a restart
  if (db.backup_retention_days > 0) db.latest_restorable = scope.now();
  if (!db.primary_dark && db.failover_phase.empty()) restart_engine(scope, db);
}

void set_restored(Context& ctx, const Input& in, DbInstance& db) {
  apply_overrides(ctx, in, db);
  db.db_name = in.string("DBName", db.db_name);
  db.license_model = in.string("LicenseModel", db.license_model);
  if (const std::string engine = in.string("Engine", db.engine); engine != db.engine) {
    throw invalid_parameter_combination(
        cat("Cannot restore a ", db.engine, " backup to engine ", engine, "."));
  }
  if (auto days = in.optional_integer("BackupRetentionPeriod")) db.backup_retention_days = *days;
  db.backup_window = in.string("PreferredBackupWindow", db.backup_window);
}

Value restore_snapshot(Context& ctx, Input in) {
  const std::string id = new_name(ctx, in.string("DBInstanceIdentifier"), "DBInstanceIdentifier");
  std::string name = in.string("DBSnapshotIdentifier");
  if (name.empty()) throw invalid_parameter_combination("DBSnapshotIdentifier must be specified.");
  if (const size_t at = name.find(":snapshot:"); at != name.npos) name = name.substr(at + 10);
  const Snapshot* snapshot = ctx.view<Snapshot>(to_lower(name));
  if (!snapshot) throw snapshot_not_found(name);
  if (snapshot->status != "available") {
    throw invalid_snapshot_state(cat("Snapshot ", snapshot->id, " is not in the available state."));
  }
  DbInstance db = copy_of(snapshot->instance, id);
  db.encrypted = snapshot->encrypted;
  db.kms_key_id = snapshot->kms_key_id;
  set_restored(ctx, in, db);
  const std::string zone = checked_zone(in, db);
  const Value answer = launch(ctx, std::move(db), zone);
  instance_event(ctx, *ctx.view<DbInstance>(id), "RDS-EVENT-0043");
  return answer;
}

Value restore_to_time(Context& ctx, Input in) {
  const std::string id =
      new_name(ctx, in.string("TargetDBInstanceIdentifier"), "TargetDBInstanceIdentifier");
  const std::string resource = in.string("SourceDbiResourceId");
  std::string source_id = in.string("SourceDBInstanceIdentifier");
  if (!resource.empty()) {
    for (const DbInstance& db : ctx.all<DbInstance>())
      if (db.resource_id == resource) source_id = db.id;
  }
  if (source_id.empty()) throw instance_not_found(resource);
  const DbInstance& source = instance_at(ctx, source_id);
  const auto time = in.time("RestoreTime");
  const bool latest = in.boolean("UseLatestRestorableTime");
  if (time.has_value() == latest) {
    throw invalid_parameter_combination(
        "Exactly one of RestoreTime and UseLatestRestorableTime must be specified.");
  }
  if (source.backup_retention_days == 0 || !source.latest_restorable) {
    throw AwsError{"PointInTimeRestoreNotEnabled",
                   cat("Point in time restore is not enabled for the instance ", source.id)};
  }
  if (time && (*time > ctx.now() || *time < source.created)) {
    throw AwsError{"InvalidRestoreFault",
                   cat("The specified instance cannot be restored to a time ",
                       *time > ctx.now() ? "later" : "earlier", " than its restore window.")};
  }
  DbInstance db = copy_of(source, id);
  set_restored(ctx, in, db);
  db.max_allocated_gib = in.integer("MaxAllocatedStorage", db.max_allocated_gib);
  const std::string zone = checked_zone(in, db);
  const Value answer = launch(ctx, std::move(db), zone);
  instance_event(ctx, *ctx.view<DbInstance>(id), "RDS-EVENT-0019");
  return answer;
}

}  // namespace

void apply_overrides(Context& ctx, const Input& in, DbInstance& db) {
  db.instance_class = in.string("DBInstanceClass", db.instance_class);
  if (!is_instance_class(db.instance_class))
    throw invalid_parameter_value(cat("Invalid DB Instance class: ", db.instance_class));
  db.port = in.integer("Port", db.port);
  db.multi_az = in.boolean("MultiAZ");
  db.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", db.auto_minor_upgrade);
  db.copy_tags_to_snapshot = in.boolean("CopyTagsToSnapshot", db.copy_tags_to_snapshot);
  db.iam_authentication = in.boolean("EnableIAMDatabaseAuthentication", db.iam_authentication);
  db.deletion_protection = in.boolean("DeletionProtection");
  db.network_type = in.string("NetworkType", db.network_type);
  db.backup_target = in.string("BackupTarget", db.backup_target);
  db.ca_certificate = in.string("CACertificateIdentifier", db.ca_certificate);
  if (in.has("EnableCloudwatchLogsExports"))
    db.log_exports = in.strings("EnableCloudwatchLogsExports");
  db.allocated_gib = in.integer("AllocatedStorage", db.allocated_gib);
  const std::string type = in.string("StorageType", db.storage_type);
  const bool other_type = type != db.storage_type;
  db.storage_type = type;
  db.iops = in.integer("Iops", other_type ? 0 : db.iops);
  db.throughput_mibps = in.integer("StorageThroughput", other_type ? 0 : db.throughput_mibps);
  set_storage_defaults(db);
  check_storage(db);
  db.parameter_group = to_lower(in.string("DBParameterGroupName", db.parameter_group));
  db.option_group = to_lower(in.string("OptionGroupName", db.option_group));
  const SubnetGroup& subnets =
      subnet_group_for(ctx, in.string("DBSubnetGroupName", db.subnet_group));
  const bool other_vpc = db.vpc_id != subnets.vpc_id;
  db.subnet_group = subnets.id;
  db.vpc_id = subnets.vpc_id;
  if (in.has("VpcSecurityGroupIds"))
    db.group_ids = in.strings("VpcSecurityGroupIds");
  else if (other_vpc)
    db.group_ids.clear();
  check_groups(ctx, db);
  db.publicly_accessible = in.boolean("PubliclyAccessible", db.publicly_accessible);
  db.tags = tags_from(in.list("Tags"));
}

std::span<const api::HandlerRow> replica_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateDBInstanceReadReplica", api::Writes, create_replica},
      {"PromoteReadReplica", api::Writes, promote},
      {"RestoreDBInstanceFromDBSnapshot", api::Writes, restore_snapshot},
      {"RestoreDBInstanceToPointInTime", api::Writes, restore_to_time},
  };
  return rows;
}

std::span<const sim::EventRow> replica_events() {
  static const sim::EventRow rows[] = {{"rds.replica.promoted", promoted}};
  return rows;
}

}  // namespace squall::rds
