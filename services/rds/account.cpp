// Small descriptions: certificates, quotas, pending maintenance, log files, automated backups.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

struct CertificateAuthority {
  std::string_view id;
  int64_t from_s, till_s;
};
constexpr CertificateAuthority authorities[] = {
    {"rds-ca-ecc384-g1", 1621900800, 4777660800},
    {"rds-ca-rsa2048-g1", 1621900800, 2883945600},
    {"rds-ca-rsa4096-g1", 1621900800, 4777660800},
};

Value describe_certificates(Context& ctx, Input in) {
  const std::string id = in.string("CertificateIdentifier");
  check_filters(in, {});
  page_from(in);  // there are fewer than the smallest page holds
  Value list = Value::list();
  for (const CertificateAuthority& ca : authorities) {
    if (!id.empty() && id != ca.id) continue;
    list.push({{"CertificateIdentifier", ca.id},
               {"CertificateType", "CA"},
               {"Thumbprint", cat(hex16(stable_hash(ca.id, 1)), hex16(stable_hash(ca.id, 2)),
                                  hex16(stable_hash(ca.id, 3)).substr(0, 8))},
               {"ValidFrom", from_unix_seconds(ca.from_s)},
               {"ValidTill", from_unix_seconds(ca.till_s)},
               {"CertificateArn", cat("arn:aws:rds:", ctx.region(), "::cert:", ca.id)},
               {"CustomerOverride", false}});
  }
  if (!id.empty() && list.empty()) throw certificate_not_found(id);
  return {{"DefaultCertificateForNewLaunches", "rds-ca-rsa2048-g1"}, {"Certificates", list}};
}

Value describe_account(Context& ctx, Input) {
  int64_t allocated = 0;
  for (const DbInstance& db : ctx.all<DbInstance>()) allocated += db.allocated_gib;
  const auto quota = [](const char* name, size_t used, int64_t max) {
    return Value{{"AccountQuotaName", name}, {"Used", used}, {"Max", max}};
  };
  return {{"AccountQuotas",
           std::vector<Value>{quota("DBInstances", ctx.all<DbInstance>().size(), 40),
                              quota("AllocatedStorage", static_cast<size_t>(allocated), 100000),
                              quota("ManualSnapshots", ctx.all<Snapshot>().size(), 100),
                              quota("DBParameterGroups", ctx.all<ParameterGroup>().size(), 50),
                              quota("DBSubnetGroups", ctx.all<SubnetGroup>().size(), 50),
                              quota("OptionGroups", ctx.all<OptionGroup>().size(), 20),
                              quota("EventSubscriptions", ctx.all<EventSubscription>().size(), 20),
                              quota("ReadReplicasPerMaster", 0, 15)}}};
}

Value describe_maintenance(Context& ctx, Input in) {
  const std::string arn = in.string("ResourceIdentifier");
  check_filters(in, {"db-cluster-id", "db-instance-id"});
  page_from(in);
  if (!arn.empty()) instance_at(ctx, arn);
  return {{"PendingMaintenanceActions", Value::list()}};  // nothing is ever due here
}

/// One error log an instance that is or was up, as of its last start.
Value describe_log_files(Context& ctx, Input in) {
  const DbInstance& db = instance_at(ctx, in.string("DBInstanceIdentifier"));
  const std::string part = in.string("FilenameContains");
  const int64_t since_ms = in.integer("FileLastWritten"), size_min = in.integer("FileSize");
  check_filters(in, {});
  page_from(in);
  if (db.status == "creating") {
    throw AwsError{"DBInstanceNotReady",
                   cat("DB instance ", db.id, " is not ready to list its log files.")};
  }
  const std::string name = db.engine == "postgres" ? "error/postgres.log"
                           : db.engine == "mysql" || db.engine == "mariadb"
                               ? "error/mysql-error.log"
                               : "log/ERROR";
  const int64_t written_ms = unix_seconds(db.serving_since.value_or(db.created)) * 1000;
  Value files = Value::list();
  const int64_t size = 0;  // no engine runs that would write to it
  if (name.find(part) != name.npos && written_ms >= since_ms && size >= size_min)
    files.push({{"LogFileName", name}, {"LastWritten", written_ms}, {"Size", size}});
  return {{"DescribeDBLogFiles", files}};
}

Value describe_backup(const sim::Scope& scope, const DbInstance& db) {
  Value window = Value::map();
  if (db.latest_restorable) {
    window.add("EarliestTime", db.created);
    window.add("LatestTime", *db.latest_restorable);
  }
  return {{"DBInstanceArn", db.arn},
          {"DbiResourceId", db.resource_id},
          {"Region", scope.region()},
          {"DBInstanceIdentifier", db.id},
          {"RestoreWindow", window},
          {"AllocatedStorage", db.allocated_gib},
          {"Status", "active"},
          {"Port", db.port},
          {"AvailabilityZone", db.shown_zone},
          {"VpcId", db.vpc_id},
          {"InstanceCreateTime", db.created},
          {"MasterUsername", db.master_username},
          {"Engine", db.engine},
          {"EngineVersion", db.engine_version},
          {"LicenseModel", db.license_model},
          {"OptionGroupName", db.option_group},
          {"Encrypted", db.encrypted},
          {"StorageType", db.storage_type},
          {"IAMDatabaseAuthenticationEnabled", db.iam_authentication},
          {"BackupRetentionPeriod", db.backup_retention_days},
          {"BackupTarget", db.backup_target},
          {"DBInstanceAutomatedBackupsArn",
           scope.arn("rds", cat("auto-backup:ab-", to_lower(db.resource_id)))}};
}

Value describe_backups(Context& ctx, Input in) {
  const std::string id = to_lower(in.string("DBInstanceIdentifier")),
                    resource = in.string("DbiResourceId"),
                    arn = in.string("DBInstanceAutomatedBackupsArn");
  check_filters(in, {"dbi-resource-id", "db-instance-id", "status"});
  const Page page = paginate(
      ctx.all<DbInstance>(), page_from(in),
      [&](const DbInstance& db) {
        return db.backup_retention_days > 0 && db.status != "creating" &&
               (id.empty() || db.id == id) && (resource.empty() || db.resource_id == resource) &&
               (arn.empty() || arn.ends_with(to_lower(db.resource_id))) &&
               passes(in, "dbi-resource-id", {db.resource_id}) &&
               passes(in, "db-instance-id", {db.id, db.arn}) && passes(in, "status", {"active"});
      },
      [&](const DbInstance& db) { return describe_backup(ctx, db); });
  return {{"DBInstanceAutomatedBackups", page.items}, {"Marker", page.next_token}};
}

}  // namespace

std::span<const api::HandlerRow> account_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeCertificates", api::Reads, describe_certificates},
      {"DescribeAccountAttributes", api::Reads, describe_account},
      {"DescribePendingMaintenanceActions", api::Reads, describe_maintenance},
      {"DescribeDBLogFiles", api::Reads, describe_log_files},
      {"DescribeDBInstanceAutomatedBackups", api::Reads, describe_backups},
  };
  return rows;
}

}  // namespace squall::rds
