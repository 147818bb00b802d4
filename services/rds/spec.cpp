// CreateDBInstance's parameters: AWS's checks and defaults.
#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

void check_username(const Engine& engine, const std::string& name) {
  if (name.empty()) {
    throw invalid_parameter_value(
        "The parameter MasterUsername must be provided and must not be blank.");
  }
  const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  bool valid = is_letter(name[0]) && name.size() <= static_cast<size_t>(engine.username_length_max);
  for (const char c : name) valid = valid && (is_letter(c) || (c >= '0' && c <= '9') || c == '_');
  if (!valid)
    throw invalid_parameter_value("The parameter MasterUsername is not a valid identifier.");
  static const std::vector<std::string_view> reserved{"rdsadmin", "rdsrepladmin", "public"};
  const bool postgres_word = engine.name == "postgres" && equals_ignore_case(name, "admin");
  if (postgres_word || std::ranges::find(reserved, to_lower(name)) != reserved.end()) {
    throw invalid_parameter_value(cat(
        "MasterUsername ", name, " cannot be used as it is a reserved word used by the engine"));
  }
}

void check_database_name(const DbInstance& db) {
  if (db.db_name.empty()) return;
  if (db.engine.starts_with("sqlserver")) {
    throw invalid_parameter_value(cat("DBName must be null when engine is ", db.engine, "."));
  }
  const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  bool valid = (is_letter(db.db_name[0]) || db.db_name[0] == '_') &&
               db.db_name.size() <= (db.engine.starts_with("oracle") ? 8u : 64u);
  for (const char c : db.db_name)
    valid = valid && (is_letter(c) || (c >= '0' && c <= '9') || c == '_');
  if (!valid) {
    throw invalid_parameter_value(
        "DBName must begin with a letter and contain only alphanumeric characters.");
  }
  if (equals_ignore_case(db.db_name, "db"))
    throw invalid_parameter_value(
        "DBName db cannot be used.  It is a reserved word for this engine");
}

/// Whether the VPC reaches the internet: then an instance is public unless told otherwise.
bool has_internet_gateway(const sim::Scope& scope, const std::string& vpc_id) {
  return !scope.by<ec2::InternetGateway>(cat("vpc:", vpc_id)).empty();
}

void check_ranges(const DbInstance& db) {
  if (db.backup_retention_days < 0 || db.backup_retention_days > 35) {
    throw invalid_parameter_value(
        cat("Invalid backup retention period: ", db.backup_retention_days,
            ". The backup retention period must be between 0 and 35 days."));
  }
  if (db.port < 1150 || db.port > 65535) {
    throw invalid_parameter_value(
        cat("Invalid database port: ", db.port, ". The port must be between 1150 and 65535."));
  }
  static const std::vector<int64_t> intervals{0, 1, 5, 10, 15, 30, 60};
  if (std::ranges::find(intervals, db.monitoring_interval_s) == intervals.end()) {
    throw invalid_parameter_value(
        cat("Invalid value for MonitoringInterval: ", db.monitoring_interval_s,
            ". Valid values: 0, 1, 5, 10, 15, 30, 60."));
  }
  if (db.monitoring_interval_s && db.monitoring_role_arn.empty()) {
    throw invalid_parameter_combination(
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other "
        "than "
        "0.");
  }
  if (db.max_allocated_gib && db.max_allocated_gib <= db.allocated_gib) {
    throw invalid_parameter_combination("Max storage size must be greater than storage size");
  }
}

void set_engine(const Input& in, DbInstance& db) {
  db.engine = in.string("Engine");
  const Engine* engine = find_engine(db.engine);
  if (!engine) throw invalid_parameter_value("Invalid DB engine");
  if (is_aurora(db.engine)) {
    throw invalid_parameter_combination(
        cat("DBClusterIdentifier is required for engine ", db.engine, "."));
  }
  const std::string version = in.string("EngineVersion");
  db.engine_version = resolve_version(*engine, version);
  if (db.engine_version.empty())
    throw invalid_parameter_combination(cat("Cannot find version ", version, " for ", db.engine));
  db.instance_class = in.string("DBInstanceClass");
  if (!is_instance_class(db.instance_class))
    throw invalid_parameter_value(cat("Invalid DB Instance class: ", db.instance_class));
  db.license_model = in.string("LicenseModel", engine->license);
  static const std::vector<std::string_view> licenses{
      "license-included", "bring-your-own-license", "general-public-license", "postgresql-license"};
  const bool oracle = db.engine == "oracle-se2";
  const bool known = std::ranges::find(licenses, db.license_model) != licenses.end();
  if (!known || (db.license_model != engine->license &&
                 !(oracle && db.license_model == "license-included"))) {
    throw invalid_parameter_combination(
        cat("RDS does not support creating a DB instance with the following combination: "
            "DBInstanceClass=",
            db.instance_class, ", Engine=", db.engine, ", EngineVersion=", db.engine_version,
            ", LicenseModel=", db.license_model,
            ". For supported combinations of instance class and database engine version, see the "
            "documentation."));
  }
  db.port = in.integer("Port", engine->port);
}

void set_groups(Context& ctx, const Input& in, DbInstance& db) {
  const EngineMajor& major = *find_major(db.engine, db.engine_version);
  db.parameter_group = to_lower(in.string("DBParameterGroupName", default_parameter_group(major)));
  db.option_group = to_lower(in.string("OptionGroupName", default_option_group(major)));
  const SubnetGroup& subnets = subnet_group_for(ctx, in.string("DBSubnetGroupName"));
  db.subnet_group = subnets.id;
  db.vpc_id = subnets.vpc_id;
  db.group_ids = in.strings("VpcSecurityGroupIds");
  if (!in.strings("DBSecurityGroups").empty()) {
    throw invalid_parameter_combination(
        "DBSecurityGroups cannot be used with a DB instance in a VPC; use VpcSecurityGroupIds.");
  }
  if (db.group_ids.empty()) {
    const auto* vpc = ctx.view<ec2::Vpc>(db.vpc_id);
    if (vpc && !vpc->default_group_id.empty()) db.group_ids = {vpc->default_group_id};
  }
  db.publicly_accessible = in.boolean("PubliclyAccessible", has_internet_gateway(ctx, db.vpc_id));
  check_groups(ctx, db);
}

void set_encryption(Context& ctx, const Input& in, DbInstance& db) {
  db.encrypted = in.boolean("StorageEncrypted");
  db.kms_key_id = in.string("KmsKeyId");
  if (!db.kms_key_id.empty() && !db.encrypted) {
    throw invalid_parameter_combination(
        "You can't specify KmsKeyId unless StorageEncrypted is enabled.");
  }
  if (!db.encrypted) return;
  if (db.kms_key_id.empty())
    db.kms_key_id = default_kms_key_arn(ctx);
  else if (!db.kms_key_id.starts_with("arn:"))
    db.kms_key_id = ctx.arn(
        "kms", db.kms_key_id.starts_with("alias/") ? db.kms_key_id : cat("key/", db.kms_key_id));
}

void set_insights(Context& ctx, const Input& in, DbInstance& db) {
  db.monitoring_interval_s = in.integer("MonitoringInterval");
  db.monitoring_role_arn = in.string("MonitoringRoleArn");
  db.performance_insights = in.boolean("EnablePerformanceInsights");
  const auto days = in.optional_integer("PerformanceInsightsRetentionPeriod");
  const std::string key = in.string("PerformanceInsightsKMSKeyId");
  if (!db.performance_insights) {
    if (days || !key.empty()) {
      throw invalid_parameter_combination(
          "Performance Insights must be enabled to set its retention period or KMS key.");
    }
    return;
  }
  db.performance_insights_retention_days = days.value_or(7);
  db.performance_insights_kms_key_id = key.empty() ? default_kms_key_arn(ctx) : key;
  const int64_t d = db.performance_insights_retention_days;
  if (d != 7 && d != 731 && (d % 31 != 0 || d < 31 || d > 713))
    throw invalid_parameter_value(cat("Invalid Performance Insights retention period: ", d));
}

}  // namespace

void check_password(const Engine& engine, const std::string& password) {
  if (password.empty()) {
    throw invalid_parameter_value(
        "The parameter MasterUserPassword must be provided and must not be blank.");
  }
  if (password.size() < 8) {
    throw invalid_parameter_value(
        "The parameter MasterUserPassword is not a valid password because it is shorter than 8 "
        "characters.");
  }
  if (password.size() > static_cast<size_t>(engine.password_length_max)) {
    throw invalid_parameter_value(
        cat("The parameter MasterUserPassword is not a valid password because it is longer than ",
            engine.password_length_max, " characters."));
  }
  for (const char c : password) {
    if (c < 33 || c > 126 || c == '/' || c == '@' || c == '"') {
      throw invalid_parameter_value(
          "The parameter MasterUserPassword is not a valid password. Only printable ASCII "
          "characters besides '/', '@', '\"', ' ' may be used.");
    }
  }
}

void check_groups(const sim::Scope& scope, const DbInstance& db) {
  for (const std::string& id : db.group_ids) {
    const auto* group = scope.view<ec2::SecurityGroup>(id);
    if (!group)
      throw invalid_parameter_value(cat("Invalid security group , groupId= ", id, ", groupName=."));
    if (group->vpc_id != db.vpc_id) {
      throw invalid_vpc_network_state(cat(
          "The DB instance and EC2 security group are in different VPCs. The DB instance is in ",
          db.vpc_id, " and the EC2 security group is in ", group->vpc_id));
    }
  }
  const EngineMajor& major = *find_major(db.engine, db.engine_version);
  const std::string family = parameter_group_family(scope, db.parameter_group);
  if (family.empty()) throw parameter_group_not_found(db.parameter_group);
  if (family != major.family) {
    throw invalid_parameter_combination(
        cat("The parameter group ", db.parameter_group, " with DBParameterGroupFamily ", family,
            " can't be used for this instance. Use a parameter group with "
            "DBParameterGroupFamily ",
            major.family, "."));
  }
  if (!has_option_group(scope, db.option_group)) throw option_group_not_found(db.option_group);
}

void set_storage_defaults(DbInstance& db) {
  if (db.storage_type.empty()) db.storage_type = db.iops ? "io1" : "gp3";
  if (db.storage_type != "gp3") return;
  // Larger volumes are striped over four, which quadruples the baseline.
  const int64_t striped_from_gib = db.engine.starts_with("oracle")      ? 200
                                   : db.engine.starts_with("sqlserver") ? db.allocated_gib + 1
                                                                        : 400;
  const bool striped = db.allocated_gib >= striped_from_gib;
  if (!db.iops) db.iops = striped ? 12000 : 3000;
  if (!db.throughput_mibps) db.throughput_mibps = striped ? 500 : 125;
}

void check_storage(const DbInstance& db) {
  static const std::vector<std::string_view> types{"gp2", "gp3", "io1", "io2", "standard"};
  if (std::ranges::find(types, db.storage_type) == types.end())
    throw invalid_parameter_value(cat("Invalid storage type: ", db.storage_type));
  const Engine& engine = *find_engine(db.engine);
  const bool provisioned = db.storage_type.starts_with("io");
  const int64_t least = db.storage_type == "standard" ? 5
                        : provisioned                 ? 100
                                                      : engine.storage_min_gib;
  const int64_t most = db.storage_type == "standard" ? 3072 : engine.storage_max_gib;
  if (db.allocated_gib < least || db.allocated_gib > most) {
    throw invalid_parameter_value(cat("Invalid storage size for engine name ", db.engine,
                                      " and storage type ", db.storage_type, ": ",
                                      db.allocated_gib));
  }
  if (provisioned && (db.iops < 1000 || db.iops > 256000)) {
    throw invalid_parameter_combination(cat("Invalid iops value for engine name ", db.engine,
                                            " and storage type ", db.storage_type, ": ", db.iops));
  }
  if (!provisioned && db.storage_type != "gp3" && db.iops) {
    throw invalid_parameter_combination(
        cat("You can't specify IOPS or storage throughput for engine ", db.engine,
            " and a storage type of ", db.storage_type, "."));
  }
}

DbInstance instance_from(Context& ctx, const Input& in) {
  DbInstance db;
  db.id = identifier(in.string("DBInstanceIdentifier"), "DBInstanceIdentifier");
  set_engine(in, db);
  if (!in.has("AllocatedStorage")) {
    throw invalid_parameter_value(
        "The parameter AllocatedStorage must be provided and must not be blank.");
  }
  db.allocated_gib = in.integer("AllocatedStorage");
  db.max_allocated_gib = in.integer("MaxAllocatedStorage");
  db.iops = in.integer("Iops");
  db.throughput_mibps = in.integer("StorageThroughput");
  db.storage_type = in.string("StorageType");
  set_storage_defaults(db);
  check_storage(db);
  const Engine& engine = *find_engine(db.engine);
  db.master_username = in.string("MasterUsername");
  check_username(engine, db.master_username);
  db.master_password = in.string("MasterUserPassword");
  check_password(engine, db.master_password);
  db.db_name = in.string("DBName");
  if (db.db_name.empty() && db.engine.starts_with("oracle")) db.db_name = "ORCL";
  check_database_name(db);
  db.character_set = in.string("CharacterSetName");
  db.timezone = in.string("Timezone");
  db.backup_retention_days = in.integer("BackupRetentionPeriod", 1);
  db.backup_window = in.string("PreferredBackupWindow", "03:00-03:30");
  db.maintenance_window = to_lower(in.string("PreferredMaintenanceWindow", "sun:04:00-sun:04:30"));
  db.backup_target = in.string("BackupTarget", "region");
  db.multi_az = in.boolean("MultiAZ");
  db.auto_minor_upgrade = in.boolean("AutoMinorVersionUpgrade", true);
  db.copy_tags_to_snapshot = in.boolean("CopyTagsToSnapshot");
  db.iam_authentication = in.boolean("EnableIAMDatabaseAuthentication");
  db.deletion_protection = in.boolean("DeletionProtection");
  db.network_type = in.string("NetworkType", "IPV4");
  db.promotion_tier = in.integer("PromotionTier", 1);
  db.ca_certificate = in.string("CACertificateIdentifier", db.ca_certificate);
  db.log_exports = in.strings("EnableCloudwatchLogsExports");
  set_insights(ctx, in, db);
  check_ranges(db);
  set_encryption(ctx, in, db);
  if (ctx.has<DbInstance>(db.id)) throw instance_already_exists();
  set_groups(ctx, in, db);
  db.tags = tags_from(in.list("Tags"));
  return db;
}

}  // namespace squall::rds
