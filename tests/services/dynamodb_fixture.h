// Tables and items in few words, for DynamoDB's tests.
#pragma once

#include "emulator/protocol/json.h"
#include "tests/services/fixture.h"

namespace squall {

/// A document from JSON text.
inline Value json(std::string_view text) {
  Value value;
  if (!protocol::parse_json(text, value)) ADD_FAILURE() << "not JSON: " << text;
  return value;
}

class DynamoTest : public ServiceTest {
 protected:
  Value ddb(std::string_view operation, std::string_view input) {
    return call("dynamodb", operation, json(input));
  }
  std::string ddb_text(std::string_view operation, std::string_view input) {
    return to_json(ddb(operation, input));
  }
  AwsError ddb_error(std::string_view operation, std::string_view input) {
    return error("dynamodb", operation, json(input));
  }
  std::string refusal(std::string_view operation, std::string_view input) {
    const AwsError e = ddb_error(operation, input);
    return e.code == "ValidationException" ? e.message : cat(e.code, ": ", e.message);
  }
  /// Key `pk` (S), on demand.
  void make_table(std::string_view name = "ttt") {
    ddb("CreateTable", cat(R"({"TableName":")", name, R"(","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"));
  }
  /// Keys `pk` (S) and `sk` (the type given), named "rangeS", "rangeN".
  void make_range_table(std::string_view type) {
    ddb("CreateTable", cat(R"({"TableName":"range)", type, R"(","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                              {"AttributeName":"sk","AttributeType":")", type, R"("}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                   {"AttributeName":"sk","KeyType":"RANGE"}]})"));
  }
  void put(std::string_view table, std::string_view item) {
    ddb("PutItem", cat(R"({"TableName":")", table, R"(","Item":)", item, "}"));
  }
  std::string get(std::string_view table, std::string_view key) {
    return to_json(
        ddb("GetItem", cat(R"({"TableName":")", table, R"(","Key":)", key, "}")).at("Item"));
  }
};

}  // namespace squall
