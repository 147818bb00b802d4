// Identifiers, pages, filters and indexes: what each of RDS's operations needs.
#include "services/rds/internal.h"

namespace squall::rds {

std::vector<std::string> DbInstance::index_keys() const {
  std::vector<std::string> keys{"subnet-group:" + subnet_group, "endpoint:" + endpoint_address,
                                "zone:" + primary_zone, "parameter-group:" + parameter_group,
                                "option-group:" + option_group};
  if (!secondary_zone.empty()) keys.push_back("zone:" + secondary_zone);
  if (!source_id.empty()) keys.push_back("source:" + source_id);
  return keys;
}

std::string default_kms_key_arn(const sim::Scope& scope) {
  const std::string name = cat(scope.account(), '/', scope.region(), "/alias/aws/rds");
  const std::string hex = hex16(stable_hash(name, 1)) + hex16(stable_hash(name, 2));
  return scope.arn("kms", cat("key/", hex.substr(0, 8), '-', hex.substr(8, 4), "-4",
                              hex.substr(13, 3), "-a", hex.substr(17, 3), '-', hex.substr(20)));
}

PageRequest page_from(const Input& in) {
  const auto limit = in.optional_integer("MaxRecords");
  if (limit && (*limit < 20 || *limit > 100)) {
    throw invalid_parameter_value(
        cat("Invalid value ", *limit, " for MaxRecords. Must be between 20 and 100"));
  }
  return page_request(in.string("Marker"), limit.value_or(100), invalid_marker());
}

void check_filters(const Input& in, std::initializer_list<std::string_view> known) {
  for (const Filter& filter : filters_from(in)) {
    if (std::find(known.begin(), known.end(), filter.name) == known.end())
      throw invalid_parameter_value(cat("Unrecognized filter name: ", filter.name));
  }
}

bool passes(const Input& in, std::string_view name, const std::vector<std::string>& have) {
  for (const Filter& filter : filters_from(in)) {
    if (filter.name != name) continue;
    for (const std::string& value : filter.values)
      if (std::find(have.begin(), have.end(), value) != have.end()) return true;
    return false;
  }
  return true;
}

}  // namespace squall::rds
