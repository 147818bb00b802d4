// DescribeOrderableDBInstanceOptions.
#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

struct StorageOffer {
  std::string_view type;
  bool iops, throughput;
  int64_t min_gib;
};
constexpr StorageOffer offers[] = {{"gp2", false, false, 20},
                                   {"gp3", true, true, 20},
                                   {"io1", true, false, 100},
                                   {"io2", true, false, 100}};

Value describe(const sim::Scope& scope, const Engine& engine, std::string_view version,
               std::string_view instance_class, const StorageOffer& offer) {
  Value v{{"Engine", engine.name},
          {"EngineVersion", version},
          {"DBInstanceClass", instance_class},
          {"LicenseModel", engine.license},
          {"AvailabilityZones", list_of(ec2::zones(scope.region()),
                                        [](const ec2::Zone& z) {
                                          return Value{{"Name", z.name}};
                                        })},
          {"MultiAZCapable", engine.name != "sqlserver-ex" && engine.name != "sqlserver-web"},
          {"ReadReplicaCapable", engine.name != "sqlserver-ex" && engine.name != "sqlserver-web"},
          {"Vpc", true},
          {"SupportsStorageEncryption", true},
          {"StorageType", offer.type},
          {"SupportsIops", offer.iops},
          {"SupportsStorageThroughput", offer.throughput},
          {"SupportsEnhancedMonitoring", true},
          {"SupportsIAMDatabaseAuthentication",
           engine.name == "postgres" || engine.name == "mysql" || engine.name == "mariadb"},
          {"SupportsPerformanceInsights", true},
          {"MinStorageSize", offer.min_gib},
          {"MaxStorageSize", engine.storage_max_gib},
          {"AvailableProcessorFeatures", Value::list()},
          {"SupportedEngineModes", std::vector<std::string>{"provisioned"}},
          {"SupportsStorageAutoscaling", true},
          {"SupportsKerberosAuthentication", false},
          {"OutpostCapable", false},
          {"SupportedNetworkTypes", std::vector<std::string>{"IPV4"}},
          {"SupportsGlobalDatabases", false},
          {"SupportsClusters", false},
          {"SupportsDedicatedLogVolume", false}};
  if (offer.iops) {
    v.add("MinIopsPerDbInstance", offer.type == "gp3" ? 3000 : 1000);
    v.add("MaxIopsPerDbInstance", offer.type == "gp3" ? 64000 : 256000);
  }
  if (offer.throughput) {
    v.add("MinStorageThroughputPerDbInstance", 125);
    v.add("MaxStorageThroughputPerDbInstance", 4000);
  }
  return v;
}

Value describe_options(Context& ctx, Input in) {
  const std::string name = in.string("Engine"), wanted = in.string("EngineVersion"),
                    wanted_class = in.string("DBInstanceClass"),
                    license = in.string("LicenseModel"), zones = in.string("AvailabilityZoneGroup");
  const bool vpc = in.boolean("Vpc", true);
  check_filters(in, {});
  const Engine* engine = find_engine(name);
  if (!engine) throw invalid_parameter_value(cat("Invalid DB engine: ", name));
  if (is_aurora(name)) return {{"OrderableDBInstanceOptions", Value::list()}};
  const PageRequest request = page_from(in);
  const int64_t skip = parse_int(request.after).value_or(0);
  int64_t position = 0;
  Value items = Value::list();
  const bool none = !vpc || (!license.empty() && license != engine->license) ||
                    (!zones.empty() && zones != ctx.region());
  for (const EngineMajor& major : engine_majors()) {
    if (major.engine != engine->name || none) continue;
    for (const std::string_view version : split(major.versions, ' ')) {
      if (!wanted.empty() && wanted != version && wanted != major.major) continue;
      for (const std::string_view instance_class : orderable_classes()) {
        if (!wanted_class.empty() && wanted_class != instance_class) continue;
        for (const StorageOffer& offer : offers) {
          if (position++ < skip) continue;
          if (items.size() == request.limit) {
            return {{"OrderableDBInstanceOptions", items},
                    {"Marker", base64_encode(cat("v1:", position - 1))}};
          }
          items.push(describe(ctx, *engine, version, instance_class, offer));
        }
      }
    }
  }
  return {{"OrderableDBInstanceOptions", items}};
}

}  // namespace

std::span<const api::HandlerRow> orderable_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeOrderableDBInstanceOptions", api::Reads, describe_options}};
  return rows;
}

}  // namespace squall::rds
