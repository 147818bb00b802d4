// A DB instance as DescribeDBInstances shows it.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

using namespace std::chrono_literals;

bool is_number(std::string_view member) {
  return member == "AllocatedStorage" || member == "Port" || member == "BackupRetentionPeriod" ||
         member == "Iops" || member == "StorageThroughput";
}

Value describe_pending(const DbInstance& db) {
  Value pending = Value::map();
  for (const auto& [member, text] : db.pending) {
    if (member == "parameters") continue;  // shown as the group's ParameterApplyStatus
    Value value = text;
    if (is_number(member)) value = parse_int(text).value_or(0);
    if (member == "MultiAZ" || member == "IAMDatabaseAuthenticationEnabled") value = text == "true";
    if (member == "MasterUserPassword") value = "****";
    pending.add(Key::copy(member), value);
  }
  return pending;
}

/// Transaction logs are archived every five minutes; while nothing is written, nothing moves.
std::optional<Time> restorable_until(const sim::Scope& scope, const DbInstance& db) {
  if (!db.latest_restorable || !db.backup_retention_days) return {};
  if (!db.serving_since) return db.latest_restorable;
  const int64_t five_minutes_s = 300;
  const int64_t now_s = unix_seconds(scope.now());
  return std::max(*db.latest_restorable, from_unix_seconds(now_s - now_s % five_minutes_s));
}

void add_optional_members(Value& v, const sim::Scope& scope, const DbInstance& db) {
  const auto add = [&v](Key key, const std::string& text) {
    if (!text.empty()) v.add(key, text);
  };
  const bool made = db.status != "creating";
  if (made) {
    v.add("Endpoint", Value{{"Address", db.endpoint_address},
                            {"Port", db.port},
                            {"HostedZoneId", "Z2R2ITUGPM61AM"}});
    v.add("InstanceCreateTime", db.created);
    add("AvailabilityZone", db.shown_zone);
    add("SecondaryAvailabilityZone", db.shown_secondary_zone);
  }
  add("DBName", db.db_name);
  add("KmsKeyId", db.kms_key_id);
  add("CharacterSetName", db.character_set);
  add("Timezone", db.timezone);
  add("MonitoringRoleArn", db.monitoring_role_arn);
  add("ReadReplicaSourceDBInstanceIdentifier", db.source_id);
  add("PerformanceInsightsKMSKeyId", db.performance_insights_kms_key_id);
  if (db.performance_insights)
    v.add("PerformanceInsightsRetentionPeriod", db.performance_insights_retention_days);
  if (db.monitoring_interval_s)
    v.add("EnhancedMonitoringResourceArn",
          scope.arn("logs", cat("log-group:RDSOSMetrics:log-stream:", db.resource_id)));
  if (db.iops) v.add("Iops", db.iops);
  if (db.throughput_mibps) v.add("StorageThroughput", db.throughput_mibps);
  if (db.max_allocated_gib) v.add("MaxAllocatedStorage", db.max_allocated_gib);
  if (!db.log_exports.empty()) v.add("EnabledCloudwatchLogsExports", db.log_exports);
  if (db.automatic_restart) v.add("AutomaticRestartTime", *db.automatic_restart);
  if (const auto latest = restorable_until(scope, db)) v.add("LatestRestorableTime", *latest);
  if (!db.source_id.empty()) {
    const bool replicating = db.serving_since.has_value();
    v.add("StatusInfos",
          std::vector<Value>{Value{{"StatusType", "read replication"},
                                   {"Normal", replicating},
                                   {"Status", replicating ? "replicating" : "stopped"}}});
  }
}

}  // namespace

Value describe(const sim::Scope& scope, const DbInstance& db) {
  const SubnetGroup* subnets = scope.view<SubnetGroup>(db.subnet_group);
  Value v{{"DBInstanceIdentifier", db.id},
          {"DBInstanceClass", db.instance_class},
          {"Engine", db.engine},
          {"DBInstanceStatus", db.status},
          {"MasterUsername", db.master_username},
          {"AllocatedStorage", db.allocated_gib},
          {"PreferredBackupWindow", db.backup_window},
          {"BackupRetentionPeriod", db.backup_retention_days},
          {"DBSecurityGroups", Value::list()},
          {"VpcSecurityGroups",
           list_of(db.group_ids,
                   [](const std::string& id) {
                     return Value{{"VpcSecurityGroupId", id}, {"Status", "active"}};
                   })},
          {"DBParameterGroups",
           std::vector<Value>{
               Value{{"DBParameterGroupName", db.parameter_group},
                     {"ParameterApplyStatus",
                      db.pending.contains("parameters") ? "pending-reboot" : "in-sync"}}}},
          {"DBSubnetGroup", subnets ? describe(scope, *subnets) : Value()},
          {"PreferredMaintenanceWindow", db.maintenance_window},
          {"PendingModifiedValues", describe_pending(db)},
          {"MultiAZ", db.multi_az},
          {"EngineVersion", db.engine_version},
          {"AutoMinorVersionUpgrade", db.auto_minor_upgrade},
          {"ReadReplicaDBInstanceIdentifiers", db.replica_ids},
          {"LicenseModel", db.license_model},
          {"OptionGroupMemberships",
           std::vector<Value>{Value{{"OptionGroupName", db.option_group}, {"Status", "in-sync"}}}},
          {"PubliclyAccessible", db.publicly_accessible},
          {"StorageType", db.storage_type},
          {"DbInstancePort", 0},
          {"StorageEncrypted", db.encrypted},
          {"DbiResourceId", db.resource_id},
          {"CACertificateIdentifier", db.ca_certificate},
          {"DomainMemberships", Value::list()},
          {"CopyTagsToSnapshot", db.copy_tags_to_snapshot},
          {"MonitoringInterval", db.monitoring_interval_s},
          {"DBInstanceArn", db.arn},
          {"IAMDatabaseAuthenticationEnabled", db.iam_authentication},
          {"PerformanceInsightsEnabled", db.performance_insights},
          {"DeletionProtection", db.deletion_protection},
          {"AssociatedRoles", Value::list()},
          {"TagList", describe_tags(db.tags)},
          {"CustomerOwnedIpEnabled", false},
          {"NetworkType", db.network_type},
          {"ActivityStreamStatus", "stopped"},
          {"BackupTarget", db.backup_target},
          {"CertificateDetails",
           Value{{"CAIdentifier", db.ca_certificate}, {"ValidTill", db.created + 365 * 24h}}},
          {"DedicatedLogVolume", false},
          {"IsStorageConfigUpgradeAvailable", false},
          {"EngineLifecycleSupport", "open-source-rds-extended-support"}};
  add_optional_members(v, scope, db);
  return v;
}

const DbInstance& instance_at(const sim::Scope& scope, const std::string& id) {
  const std::string name = to_lower(id.starts_with("arn:") ? id.substr(id.rfind(':') + 1) : id);
  const DbInstance* db = scope.view<DbInstance>(name);
  if (!db) throw instance_not_found(name);
  return *db;
}

void require_status(const DbInstance& db, std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), db.status) != allowed.end()) return;
  throw invalid_instance_state(cat("Instance ", db.id, " is not in available state."));
}

}  // namespace squall::rds
