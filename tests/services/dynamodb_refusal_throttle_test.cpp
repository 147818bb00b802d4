// Every operation on items of a table whose throughput is used up, in both billing modes.
#include "services/dynamodb/dynamodb.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

constexpr std::pair<const char*, const char*> reads[] = {
    {"GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})"},
    {"Scan", R"({"TableName":"ttt"})"},
    {"Query", R"({"TableName":"ttt","KeyConditionExpression":"pk = :a",
      "ExpressionAttributeValues":{":a":{"S":"a"}}})"},
    {"BatchGetItem", R"({"RequestItems":{"ttt":{"Keys":[{"pk":{"S":"a"}}]}}})"},
    {"ExecuteStatement", R"({"Statement":"SELECT * FROM ttt WHERE pk = 'a'"})"}};
constexpr std::pair<const char*, const char*> writes[] = {
    {"PutItem", R"({"TableName":"ttt","Item":{"pk":{"S":"a"}}})"},
    {"UpdateItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})"},
    {"DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})"},
    {"BatchWriteItem",
     R"({"RequestItems":{"ttt":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]}})"},
    {"ExecuteStatement", R"({"Statement":"DELETE FROM ttt WHERE pk = 'a'"})"}};
/// Each with its actions' parts: transactions tell reasons, batches of statements each one's error.
constexpr std::pair<const char*, const char*> transactions[] = {
    {"TransactGetItems",
     R"({"TransactItems":[{"Get":{"TableName":"ttt","Key":{"pk":{"S":"a"}}}}]})"},
    {"TransactWriteItems",
     R"({"TransactItems":[{"Delete":{"TableName":"ttt","Key":{"pk":{"S":"a"}}}}]})"},
    {"ExecuteTransaction",
     R"({"TransactStatements":[{"Statement":"SELECT * FROM ttt WHERE pk = 'a'"}]})"},
    {"ExecuteTransaction",
     R"({"TransactStatements":[{"Statement":"DELETE FROM ttt WHERE pk = 'a'"}]})"}};

class DynamoThrottles : public DynamoTest {
 protected:
  void exhaust(std::string_view operation, std::string_view input) {
    constexpr int calls_max = 2000;
    api::Local local(test_registry(), world(), "us-east-1");
    for (int i = 0; i < calls_max; ++i) {
      try {
        local.call("dynamodb", operation, json(input));
      } catch (const AwsError&) {
        return;
      }
    }
    ADD_FAILURE() << operation << " was never throttled";
  }
  void all_are_refused(std::string_view code, std::string_view reason) {
    dynamodb::enforce_throughput(world(), true);
    exhaust(reads[0].first, reads[0].second);
    exhaust(writes[0].first, writes[0].second);
    for (const auto& [operation, input] : reads)
      EXPECT_EQ(ddb_error(operation, input).code, code) << operation;
    for (const auto& [operation, input] : writes)
      EXPECT_EQ(ddb_error(operation, input).code, code) << operation << input;
    for (const auto& [operation, input] : transactions)
      EXPECT_EQ(refusal(operation, input),
                cat("TransactionCanceledException: Transaction cancelled, please refer "
                    "cancellation reasons for specific reasons [",
                    reason, "]"))
          << input;
    EXPECT_EQ(ddb("BatchExecuteStatement", R"({"Statements":[
      {"Statement":"SELECT * FROM ttt WHERE pk = 'a'"}]})")
                  .at("Responses")[0].at("Error").at("Code").text(), reason);
  }
};

TEST_F(DynamoThrottles, ProvisionedTables) {
  ddb("CreateTable", R"({"TableName":"ttt",
    "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
  all_are_refused("ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded");
}

TEST_F(DynamoThrottles, TablesOnDemand) {
  make_table();
  ddb("UpdateTable", R"({"TableName":"ttt",
    "OnDemandThroughput":{"MaxReadRequestUnits":1,"MaxWriteRequestUnits":1}})");
  all_are_refused("ThrottlingException", "ThrottlingError");
}

}  // namespace
}  // namespace squall
