// DescribeDBEngineVersions.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> out;
  for (const std::string_view w : split(list, ' ')) out.emplace_back(w);
  return out;
}

/// Later versions of the same engine: of this major freely, of later ones as major upgrades.
Value upgrade_targets(const Engine& engine, const EngineMajor& major, std::string_view version) {
  Value targets = Value::list();
  bool later_major = false;
  for (const EngineMajor& m : engine_majors()) {
    if (m.engine != engine.name) continue;
    bool later = later_major;
    for (const std::string_view v : split(m.versions, ' ')) {
      if (later) {
        targets.push({{"Engine", engine.name},
                      {"EngineVersion", v},
                      {"Description", cat(engine.description, ' ', v)},
                      {"AutoUpgrade", false},
                      {"IsMajorVersionUpgrade", &m != &major}});
      }
      if (&m == &major && v == version) later = true;
    }
    if (&m == &major) later_major = true;
  }
  return targets;
}

Value describe(const sim::Scope& scope, const Engine& engine, const EngineMajor& major,
               std::string_view version) {
  return {{"Engine", engine.name},
          {"MajorEngineVersion", major.major},
          {"EngineVersion", version},
          {"DBParameterGroupFamily", major.family},
          {"DBEngineDescription", engine.description},
          {"DBEngineVersionDescription", cat(engine.description, ' ', version)},
          {"DBEngineVersionArn",
           cat("arn:aws:rds:", scope.region(), "::engine:", engine.name, ':', version)},
          {"ValidUpgradeTarget", upgrade_targets(engine, major, version)},
          {"ExportableLogTypes", words(engine.log_types)},
          {"SupportsLogExportsToCloudwatchLogs", true},
          {"SupportsReadReplica", !engine.name.starts_with("sqlserver-ex")},
          {"SupportedFeatureNames", Value::list()},
          {"Status", "available"},
          {"SupportsParallelQuery", false},
          {"SupportsGlobalDatabases", is_aurora(engine.name)},
          {"SupportedEngineModes",
           is_aurora(engine.name) ? Value(std::vector<std::string>{"provisioned"}) : Value()},
          {"SupportsCertificateRotationWithoutRestart", true},
          {"SupportedCACertificateIdentifiers",
           std::vector<std::string>{"rds-ca-rsa2048-g1", "rds-ca-ecc384-g1", "rds-ca-rsa4096-g1"}}};
}

Value describe_versions(Context& ctx, Input in) {
  const std::string wanted_engine = in.string("Engine"), wanted = in.string("EngineVersion"),
                    family = in.string("DBParameterGroupFamily");
  const bool default_only = in.boolean("DefaultOnly");
  in.ignore("IncludeAll");                  // every version known here is available
  in.ignore("ListSupportedCharacterSets");  // none of these engines lists any
  in.ignore("ListSupportedTimezones");
  check_filters(in,
                {"db-parameter-group-family", "engine", "engine-mode", "engine-version", "status"});
  const PageRequest request = page_from(in);
  Value items = Value::list();
  std::string last;
  for (const EngineMajor& major : engine_majors()) {
    const Engine& engine = *find_engine(major.engine);
    if (!wanted_engine.empty() && wanted_engine != engine.name) continue;
    if (!family.empty() && family != major.family) continue;
    if (!passes(in, "db-parameter-group-family", {std::string(major.family)}) ||
        !passes(in, "engine", {std::string(engine.name)}) ||
        !passes(in, "engine-mode", {"provisioned"}) || !passes(in, "status", {"available"}))
      continue;
    for (const std::string_view version : split(major.versions, ' ')) {
      if (!wanted.empty() && wanted != version && wanted != major.major) continue;
      if (!passes(in, "engine-version", {std::string(version)})) continue;
      // Without a version the engine's default is meant, with a major the default of that one.
      const std::string_view asked = wanted.empty() ? engine.default_major : major.major;
      if (default_only && wanted != version &&
          (major.major != asked || version != default_version(major)))
        continue;
      const std::string id = cat(engine.name, ' ', major.family, ' ', version);
      if (!request.after.empty()) {  // the table is not sorted: skip up to the marker itself
        if (last.empty()) {
          if (id == request.after) last = id;
          continue;
        }
      }
      if (items.size() == request.limit)
        return {{"DBEngineVersions", items}, {"Marker", base64_encode(cat("v1:", last))}};
      items.push(describe(ctx, engine, major, version));
      last = id;
    }
  }
  return {{"DBEngineVersions", items}};
}

}  // namespace

std::span<const api::HandlerRow> version_rows() {
  static const api::HandlerRow rows[] = {
      {"DescribeDBEngineVersions", api::Reads, describe_versions}};
  return rows;
}

}  // namespace squall::rds
