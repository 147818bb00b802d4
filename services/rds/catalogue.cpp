#include "services/rds/catalogue.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace squall::rds {
namespace {

constexpr Engine engine_table[] = {
    {"postgres", "PostgreSQL", "postgresql-license", 5432, "postgresql upgrade iam-db-auth-error",
     128, 63, 20, 65536, "17"},
    {"mysql", "MySQL Community Edition", "general-public-license", 3306,
     "audit error general slowquery iam-db-auth-error", 41, 16, 20, 65536, "8.0"},
    {"mariadb", "MariaDb Community Edition", "general-public-license", 3306,
     "audit error general slowquery iam-db-auth-error", 41, 16, 20, 65536, "11.4"},
    {"oracle-ee", "Oracle Database Enterprise Edition", "bring-your-own-license", 1521,
     "alert audit listener trace", 30, 30, 20, 65536, "19"},
    {"oracle-se2", "Oracle Database Standard Edition Two", "bring-your-own-license", 1521,
     "alert audit listener trace", 30, 30, 20, 65536, "19"},
    {"sqlserver-ee", "Microsoft SQL Server Enterprise Edition", "license-included", 1433,
     "agent error", 128, 128, 20, 16384, "16.00"},
    {"sqlserver-se", "Microsoft SQL Server Standard Edition", "license-included", 1433,
     "agent error", 128, 128, 20, 16384, "16.00"},
    {"sqlserver-ex", "Microsoft SQL Server Express Edition", "license-included", 1433,
     "agent error", 128, 128, 20, 16384, "16.00"},
    {"sqlserver-web", "Microsoft SQL Server Web Edition", "license-included", 1433, "agent error",
     128, 128, 20, 16384, "16.00"},
    {"aurora-postgresql", "Aurora (PostgreSQL)", "postgresql-license", 5432, "postgresql", 128, 63,
     1, 131072, "16"},
    {"aurora-mysql", "Aurora MySQL", "general-public-license", 3306,
     "audit error general slowquery", 41, 16, 1, 131072, "8.0"},
};

constexpr std::string_view oracle_19_versions =
    "19.0.0.0.ru-2024-10.rur-2024-10.r1 19.0.0.0.ru-2025-04.rur-2025-04.r1 "
    "19.0.0.0.ru-2025-07.rur-2025-07.r1";
constexpr std::string_view sqlserver_15_versions = "15.00.4420.2.v1 15.00.4430.1.v1";
constexpr std::string_view sqlserver_16_versions = "16.00.4175.1.v1 16.00.4195.2.v1";

constexpr EngineMajor major_table[] = {
    {"postgres", "13", "postgres13", "13", "13.18 13.20 13.21 13.22"},
    {"postgres", "14", "postgres14", "14", "14.15 14.17 14.18 14.19"},
    {"postgres", "15", "postgres15", "15", "15.7 15.8 15.10 15.12 15.13 15.14"},
    {"postgres", "16", "postgres16", "16", "16.3 16.4 16.6 16.8 16.9 16.10"},
    {"postgres", "17", "postgres17", "17", "17.2 17.4 17.5 17.6"},
    {"mysql", "5.7", "mysql5.7", "5-7", "5.7.44"},
    {"mysql", "8.0", "mysql8.0", "8-0", "8.0.37 8.0.39 8.0.40 8.0.41 8.0.42 8.0.43"},
    {"mysql", "8.4", "mysql8.4", "8-4", "8.4.3 8.4.4 8.4.5 8.4.6"},
    {"mariadb", "10.6", "mariadb10.6", "10-6", "10.6.20 10.6.21 10.6.22"},
    {"mariadb", "10.11", "mariadb10.11", "10-11", "10.11.10 10.11.11 10.11.13"},
    {"mariadb", "11.4", "mariadb11.4", "11-4", "11.4.4 11.4.5 11.4.7"},
    {"oracle-ee", "19", "oracle-ee-19", "19", oracle_19_versions},
    {"oracle-se2", "19", "oracle-se2-19", "19", oracle_19_versions},
    {"sqlserver-ee", "15.00", "sqlserver-ee-15.0", "15-00", sqlserver_15_versions},
    {"sqlserver-ee", "16.00", "sqlserver-ee-16.0", "16-00", sqlserver_16_versions},
    {"sqlserver-se", "15.00", "sqlserver-se-15.0", "15-00", sqlserver_15_versions},
    {"sqlserver-se", "16.00", "sqlserver-se-16.0", "16-00", sqlserver_16_versions},
    {"sqlserver-ex", "15.00", "sqlserver-ex-15.0", "15-00", sqlserver_15_versions},
    {"sqlserver-ex", "16.00", "sqlserver-ex-16.0", "16-00", sqlserver_16_versions},
    {"sqlserver-web", "15.00", "sqlserver-web-15.0", "15-00", sqlserver_15_versions},
    {"sqlserver-web", "16.00", "sqlserver-web-16.0", "16-00", sqlserver_16_versions},
    {"aurora-postgresql", "15", "aurora-postgresql15", "15", "15.8 15.10 15.12 15.13"},
    {"aurora-postgresql", "16", "aurora-postgresql16", "16", "16.4 16.6 16.8 16.9"},
    {"aurora-mysql", "8.0", "aurora-mysql8.0", "8-0",
     "8.0.mysql_aurora.3.08.2 8.0.mysql_aurora.3.10.0"},
};

constexpr std::string_view class_families[] = {
    "t3",  "t4g", "m5",    "m5d",    "m6g",  "m6gd", "m6i",  "m6id", "m7g", "m7i", "m8g",
    "r5",  "r5b", "r5d",   "r6g",    "r6gd", "r6i",  "r6id", "r7g",  "r7i", "r8g", "x1",
    "x1e", "x2g", "x2idn", "x2iedn", "z1d",  "m4",   "r4",   "t2",   "m3",  "r3",  "c6gd"};
constexpr std::string_view class_sizes[] = {
    "micro",   "small",    "medium",   "large",    "xlarge",   "2xlarge",  "4xlarge", "8xlarge",
    "9xlarge", "10xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge", "48xlarge"};

constexpr std::string_view orderable_table[] = {
    "db.t3.micro",   "db.t3.small",   "db.t3.medium", "db.t3.large",   "db.t4g.micro",
    "db.t4g.small",  "db.t4g.medium", "db.t4g.large", "db.m5.large",   "db.m5.xlarge",
    "db.m5.2xlarge", "db.m5.4xlarge", "db.m6g.large", "db.m6g.xlarge", "db.m6g.2xlarge",
    "db.m6i.large",  "db.m6i.xlarge", "db.m7g.large", "db.m7g.xlarge", "db.r5.large",
    "db.r5.xlarge",  "db.r5.2xlarge", "db.r6g.large", "db.r6g.xlarge", "db.r6i.large",
    "db.r6i.xlarge", "db.r7g.large",  "db.r7g.xlarge"};

}  // namespace

std::span<const Engine> engines() { return engine_table; }
std::span<const EngineMajor> engine_majors() { return major_table; }

const Engine* find_engine(std::string_view name) {
  for (const Engine& e : engine_table)
    if (e.name == name) return &e;
  return nullptr;
}

const EngineMajor* find_major(std::string_view engine, std::string_view version) {
  for (const EngineMajor& m : major_table) {
    if (m.engine != engine) continue;
    const auto versions = split(m.versions, ' ');
    if (std::ranges::find(versions, version) != versions.end()) return &m;
  }
  return nullptr;
}

std::string_view default_version(const EngineMajor& major) {
  return split(major.versions, ' ').back();
}

std::string resolve_version(const Engine& engine, std::string_view wanted) {
  if (find_major(engine.name, wanted)) return std::string(wanted);
  const std::string_view major = wanted.empty() ? engine.default_major : wanted;
  for (const EngineMajor& m : major_table)
    if (m.engine == engine.name && m.major == major) return std::string(default_version(m));
  return {};
}

std::string default_parameter_group(const EngineMajor& major) {
  return cat("default.", major.family);
}

std::string default_option_group(const EngineMajor& major) {
  return cat("default:", major.engine, '-', major.option_version);
}

const EngineMajor* find_family(std::string_view family) {
  for (const EngineMajor& m : major_table)
    if (m.family == family) return &m;
  return nullptr;
}

bool is_instance_class(std::string_view name) {
  const auto parts = split(name, '.');
  return parts.size() >= 3 && parts[0] == "db" &&
         std::ranges::find(class_families, parts[1]) != std::ranges::end(class_families) &&
         std::ranges::find(class_sizes, parts[2]) != std::ranges::end(class_sizes);
}

bool is_burstable(std::string_view instance_class) { return instance_class.starts_with("db.t"); }

std::span<const std::string_view> orderable_classes() { return orderable_table; }

}  // namespace squall::rds
