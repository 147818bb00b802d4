// A table as CreateTable describes it.
#include "services/dynamodb/internal.h"
#include "services/kms/kms.h"

namespace squall::dynamodb {
namespace {

constexpr int64_t units_max = 1'000'000'000'000;

void check_units(int64_t value, std::string_view name) {
  if (value > units_max)
    throw invalid(cat("Given value ", value, " for ", name, " is out of bounds"));
}

std::string kms_arn(sim::Scope& scope, const std::string& key) {
  if (key.starts_with("arn:")) return key;
  if (!key.empty()) return scope.arn("kms", key.starts_with("alias/") ? key : cat("key/", key));
  return kms::managed_key_arn(scope, "dynamodb");
}

}  // namespace

KeySchema key_schema_from(const std::vector<Input>& list) {
  constexpr size_t keys_max = 2;
  if (list.empty())
    throw invalid(
        "No defined key schema.  A key schema containing at least a hash key must be defined.");
  std::string all;
  for (const Input& element : list) {
    if (!all.empty()) all += ", ";
    all += cat("KeySchemaElement(attributeName=", element.string("AttributeName"),
               ", keyType=", element.string("KeyType"), ")");
  }
  if (list.size() > keys_max)
    throw invalid(cat("1 validation error detected: Value '[", all,
                      "]' at 'keySchema' failed to satisfy constraint: Member must have length "
                      "less than or equal to 2"));
  KeySchema keys;
  keys.hash = list[0].string("AttributeName");
  if (list[0].string("KeyType") != "HASH")
    throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (list.size() == 1) return keys;
  keys.range = list[1].string("AttributeName");
  if (keys.range == keys.hash)
    throw invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  if (list[1].string("KeyType") != "RANGE")
    throw invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  return keys;
}

std::vector<std::pair<std::string, std::string>> attributes_from(const std::vector<Input>& list) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Input& a : list)
    out.emplace_back(a.string("AttributeName"), a.string("AttributeType"));
  return out;
}

Throughput throughput_from(const Input& in) {
  Throughput t;
  if (!in.is_present()) return t;
  t.read = in.integer("ReadCapacityUnits");
  t.write = in.integer("WriteCapacityUnits");
  check_units(t.read, "ReadCapacityUnits");
  check_units(t.write, "WriteCapacityUnits");
  return t;
}

OnDemandMaximum on_demand_from(const Input& in) {
  OnDemandMaximum m;
  if (!in.is_present()) return m;
  m.given = true;
  m.read = in.integer("MaxReadRequestUnits", -1);
  m.write = in.integer("MaxWriteRequestUnits", -1);
  const auto check = [](int64_t value, std::string_view name) {
    if (value != -1 && value < 1)
      throw invalid_parameter(cat(name, " must be -1 or greater than 0"));
  };
  check(m.read, "MaxReadRequestUnits");
  check(m.write, "MaxWriteRequestUnits");
  return m;
}

WarmThroughput warm_from(const Input& in, const WarmThroughput& floor) {
  WarmThroughput w = floor;
  if (!in.is_present()) return w;
  w.given = true;
  w.read = in.integer("ReadUnitsPerSecond", floor.read);
  w.write = in.integer("WriteUnitsPerSecond", floor.write);
  const auto check = [](int64_t value, int64_t least, std::string_view name) {
    if (value < least)
      throw invalid_parameter(cat("Requested ", name, " for WarmThroughput for table is lower than "
                                  "baseline value: ", least));
  };
  check(w.read, floor.read, "ReadUnitsPerSecond");
  check(w.write, floor.write, "WriteUnitsPerSecond");
  return w;
}

void read_sse(sim::Scope& scope, const Input& in, Table& table) {
  if (!in.is_present()) return;
  const bool enabled = in.boolean("Enabled");
  const std::string type = in.string("SSEType"), key = in.string("KMSMasterKeyId");
  if (!type.empty() && type != "KMS")
    throw invalid_parameter(cat("SSEType ", type, " is not supported"));
  if (!enabled && (!key.empty() || !type.empty()))
    throw invalid_parameter(
        "SSEType or KMSMasterKeyId can not be specified when SSE is not enabled");
  table.sse = enabled;
  table.sse_key_arn = enabled ? kms_arn(scope, key) : std::string();
}

void read_stream(sim::Scope& scope, const Input& in, Table& table) {
  if (!in.is_present()) return;
  const bool enabled = in.boolean("StreamEnabled");
  const std::string view = in.string("StreamViewType");
  if (enabled && view.empty())
    throw invalid_parameter("Missing required parameter: StreamViewType");
  if (!enabled && !view.empty())
    throw invalid_parameter(
        "StreamViewType can not be specified when StreamEnabled is false");
  table.stream.enabled = enabled;
  if (!enabled) {
    table.stream.view_type.clear();
    return;
  }
  table.stream.view_type = view;
  Time labelled = scope.now();
  do {  // an earlier stream of this moment keeps its name
    table.stream.label = format_iso8601_ms(labelled);
    table.stream.label.pop_back();  // the Z
    table.stream.arn = cat(table.arn, "/stream/", table.stream.label);
    labelled += 1ms;
  } while (has_stream(scope, table.stream.arn));
}

Table table_from(Context& ctx, const Input& in) {
  Table t;
  t.id = table_name(ctx, in.string("TableName"));
  t.attributes = attributes_from(in.list("AttributeDefinitions"));
  t.keys = key_schema_from(in.list("KeySchema"));
  t.billing_mode_given = in.has("BillingMode");
  t.billing_mode = in.string("BillingMode", "PROVISIONED");
  const Input throughput = in.at("ProvisionedThroughput");
  if (t.on_demand() && throughput.is_present())
    throw invalid_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  if (!t.on_demand() && !throughput.is_present())
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  t.throughput = throughput_from(throughput);
  if (t.on_demand()) t.on_demand_since = ctx.now();
  t.on_demand_maximum = on_demand_from(in.at("OnDemandThroughput"));
  if (!t.on_demand() && t.on_demand_maximum.given)
    throw invalid_parameter(
        "OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST");
  WarmThroughput floor;
  if (!t.on_demand()) floor = {t.throughput.read, t.throughput.write, "ACTIVE", false};
  t.warm = warm_from(in.at("WarmThroughput"), floor);
  if (in.has("LocalSecondaryIndexes") && in.list("LocalSecondaryIndexes").empty())
    throw invalid_parameter("List of LocalSecondaryIndexes is empty");
  if (in.has("GlobalSecondaryIndexes") && in.list("GlobalSecondaryIndexes").empty())
    throw invalid_parameter("List of GlobalSecondaryIndexes is empty");
  for (const Input& index : in.list("LocalSecondaryIndexes"))
    t.indexes.push_back(index_from(index, false, t.on_demand()));
  for (const Input& index : in.list("GlobalSecondaryIndexes"))
    t.indexes.push_back(index_from(index, true, t.on_demand()));
  check_schema(t);
  t.table_class = in.string("TableClass");
  t.deletion_protection = in.boolean("DeletionProtectionEnabled");
  t.resource_policy = in.string("ResourcePolicy");
  t.tags = tags_from(in.list("Tags"));
  if (in.has("GlobalTableSourceArn") || in.has("GlobalTableSettingsReplicationMode"))
    throw AwsError{"NotImplemented",
                   "Squall does not serve global tables of several accounts yet.", 501};
  return t;
}

}  // namespace squall::dynamodb
