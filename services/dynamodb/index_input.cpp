// Secondary indexes as requests describe them, and the rules that bind keys, indexes and attribute
// definitions together.
#include <algorithm>
#include <set>

#include "services/dynamodb/internal.h"

namespace squall::dynamodb {
namespace {

constexpr size_t local_max = 5, global_max = 20, included_max = 100;

std::string shown_list(const std::vector<std::string>& names) {
  return cat("[", join(names, ", "), "]");
}

void read_projection(const Input& in, Index& index) {
  const auto type = in.optional_string("ProjectionType");
  if (!type) throw invalid_parameter("Unknown ProjectionType: null");
  index.projection = *type;
  index.included = in.strings("NonKeyAttributes");
  const bool given = in.has("NonKeyAttributes");
  if (*type == "INCLUDE" && !given)
    throw invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  if (*type != "INCLUDE" && given)
    throw invalid_parameter(
        cat("ProjectionType is ", *type, ", but NonKeyAttributes is specified"));
}

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& [name, type] : table.attributes) names.push_back(name);
  return names;
}

void check_defined(const Table& table, const KeySchema& keys) {
  std::vector<std::string> names{keys.hash};
  if (!keys.range.empty()) names.push_back(keys.range);
  for (const std::string& name : names) {
    if (!table.type_of(name).empty()) continue;
    throw invalid_parameter(
        cat("Some index key attributes are not defined in AttributeDefinitions. Keys: ",
            shown_list(names), ", AttributeDefinitions: ", shown_list(names_of(table))));
  }
}

void check_index(const Table& table, const Index& index) {
  check_defined(table, index.keys);
  if (index.global) return;
  if (index.keys.range.empty())
    throw invalid_parameter(
        cat("Index KeySchema does not have a range key for index: ", index.name));
  if (index.keys.hash != table.keys.hash)
    throw invalid_parameter(cat(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: ",
        index.name, ". index hash key: ", index.keys.hash, ", table hash key: ", table.keys.hash));
}

void check_counts(const Table& table) {
  std::set<std::string> names;
  size_t locals = 0, globals = 0, included = 0;
  for (const Index& index : table.indexes) {
    if (!names.insert(index.name).second)
      throw invalid_parameter(cat("Duplicate index name: ", index.name));
    (index.global ? globals : locals) += 1;
    included += index.included.size();
  }
  if (locals && table.keys.range.empty())
    throw invalid_parameter(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  if (locals > local_max)
    throw invalid_parameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  if (globals > global_max)
    throw invalid_parameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  if (included > included_max)
    throw invalid_parameter("Number of user specified NonKeyAttributes exceeds the limit of 100");
}

}  // namespace

Index index_from(const Input& in, bool global, bool on_demand) {
  Index index;
  index.name = in.string("IndexName");
  index.global = global;
  index.keys = key_schema_from(in.list("KeySchema"));
  read_projection(in.at("Projection"), index);
  if (!global) return index;
  index.throughput = throughput_from(in.at("ProvisionedThroughput"));
  const bool given = in.at("ProvisionedThroughput").is_present();
  if (on_demand && given)
    throw invalid_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
        index.name + " when BillingMode is PAY_PER_REQUEST");
  if (!on_demand && !given)
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified for index: " + index.name);
  index.on_demand_maximum = on_demand_from(in.at("OnDemandThroughput"));
  WarmThroughput floor;
  if (!on_demand) floor = {index.throughput.read, index.throughput.write, "ACTIVE", false};
  index.warm = warm_from(in.at("WarmThroughput"), floor);
  return index;
}

void check_schema(const Table& table) {
  std::set<std::string> defined;
  for (const auto& [name, type] : table.attributes)
    if (!defined.insert(name).second)
      throw invalid_parameter("Cannot have two attributes with the same name");
  check_defined(table, table.keys);
  check_counts(table);
  std::vector<std::string> used{table.keys.hash};
  const auto use = [&used](const std::string& name) {
    if (!name.empty() && std::ranges::find(used, name) == used.end()) used.push_back(name);
  };
  use(table.keys.range);
  for (const Index& index : table.indexes) {
    check_index(table, index);
    use(index.keys.hash);
    use(index.keys.range);
  }
  if (used.size() == table.attributes.size()) return;
  if (table.indexes.empty())
    throw invalid_parameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  throw invalid_parameter(
      cat("Some AttributeDefinitions are not used. AttributeDefinitions: ",
          shown_list(names_of(table)), ", keys used: ", shown_list(used)));
}

}  // namespace squall::dynamodb
