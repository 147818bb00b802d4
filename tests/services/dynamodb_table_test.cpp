#include "tests/services/dynamodb_fixture.h"

#include "services/dynamodb/dynamodb.h"

namespace squall {
namespace {

class DynamoTable : public DynamoTest {};

TEST_F(DynamoTable, IsCreatedDescribedListedAndDeleted) {
  const Value made = ddb("CreateTable", R"({"TableName":"music","ProvisionedThroughput":
      {"ReadCapacityUnits":5,"WriteCapacityUnits":6},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})").at("TableDescription");
  EXPECT_EQ(made.at("TableStatus").text(), "CREATING");
  EXPECT_TRUE(made.at("BillingModeSummary").is_absent());
  EXPECT_TRUE(made.at("GlobalSecondaryIndexes").is_absent());
  EXPECT_TRUE(made.at("TableId").is_string());
  const Value there = ddb("DescribeTable", R"({"TableName":"music"})").at("Table");
  EXPECT_EQ(there.at("TableStatus").text(), "ACTIVE");
  EXPECT_EQ(there.at("TableArn").text(), "arn:aws:dynamodb:us-east-1:000000000000:table/music");
  EXPECT_EQ(there.at("ProvisionedThroughput").at("WriteCapacityUnits").integer(), 6);
  EXPECT_EQ(ddb_text("ListTables", "{}"), R"({"TableNames":["music"]})");
  EXPECT_EQ(ddb_error("CreateTable", R"({"TableName":"music","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})").code, "ResourceInUseException");
  put("music", R"({"pk":{"S":"a"}})");
  EXPECT_EQ(ddb("DeleteTable", R"({"TableName":"music"})")
                .at("TableDescription").at("TableStatus").text(), "DELETING");
  EXPECT_EQ(ddb_error("DescribeTable", R"({"TableName":"music"})").message,
            "Requested resource not found: Table: music not found");
  EXPECT_EQ(ddb_error("GetItem", R"({"TableName":"music","Key":{"pk":{"S":"a"}}})").message,
            "Requested resource not found");
}

TEST_F(DynamoTable, RefusesSchemasThatDoNotFit) {
  const auto create = [&](std::string_view rest) {
    return refusal("CreateTable", cat(R"({"TableName":"abc","BillingMode":"PAY_PER_REQUEST",)",
                                      rest, "}"));
  };
  EXPECT_EQ(create(R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
      {"AttributeName":"b","AttributeType":"S"},{"AttributeName":"c","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"byb","KeySchema":
        [{"AttributeName":"b","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}])"),
            "One or more parameter values were invalid: Some AttributeDefinitions are not used. "
            "AttributeDefinitions: [a, b, c], keys used: [a, b]");
  EXPECT_EQ(create(R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"a","KeyType":"RANGE"}])"),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  EXPECT_EQ(create(R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
            "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  EXPECT_EQ(refusal("CreateTable", "{}"),
            "The parameter 'TableName' is required but was not present in the request");
}

TEST_F(DynamoTable, GainsAndLosesAnIndex) {
  make_table();
  put("ttt", R"({"pk":{"S":"a"},"g":{"S":"x"}})");
  put("ttt", R"({"pk":{"S":"b"}})");
  ddb("UpdateTable", R"({"TableName":"ttt",
      "AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],
      "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byg",
        "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"}}}]})");
  const Value index = ddb("DescribeTable", R"({"TableName":"ttt"})")
                          .at("Table").at("GlobalSecondaryIndexes")[0];
  EXPECT_EQ(index.at("IndexStatus").text(), "ACTIVE");
  EXPECT_EQ(index.at("ItemCount").integer(), 1);
  EXPECT_EQ(ddb("Query", R"({"TableName":"ttt","IndexName":"byg",
      "KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"x"}}})")
                .at("Count").integer(), 1);
  ddb("UpdateTable", R"({"TableName":"ttt",
      "GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byg"}}]})");
  EXPECT_TRUE(ddb("DescribeTable", R"({"TableName":"ttt"})")
                  .at("Table").at("GlobalSecondaryIndexes").is_absent());
}

TEST_F(DynamoTable, IsTaggedByItsArn) {
  make_table();
  const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/ttt";
  ddb("TagResource", cat(R"({"ResourceArn":")", arn, R"(","Tags":[{"Key":"k","Value":"v"}]})"));
  EXPECT_EQ(ddb_text("ListTagsOfResource", cat(R"({"ResourceArn":")", arn, R"("})")),
            R"({"Tags":[{"Key":"k","Value":"v"}]})");
  EXPECT_EQ(ddb_error("ListTagsOfResource",
                      R"({"ResourceArn":"arn:aws:dynamodb:us-east-1:111111111111:table/ttt"})")
                .code, "AccessDeniedException");
}

TEST_F(DynamoTable, IsGoneAfterAResetWithItsItems) {
  make_table();
  put("ttt", R"({"pk":{"S":"a"}})");
  EXPECT_NE(world().dump().find(R"("dynamodb:items":{"ttt":[{"pk":{"S":"a"}}]})"),
            std::string::npos);
  world().reset();
  make_table();
  EXPECT_EQ(ddb("Scan", R"({"TableName":"ttt"})").at("Count").integer(), 0);
}

TEST_F(DynamoTable, ThroughputIsReadAndSetByItsName) {
  ddb("CreateTable", R"({"TableName":"music","ProvisionedThroughput":
      {"ReadCapacityUnits":5,"WriteCapacityUnits":6},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
  sim::Scope here = scope();
  sim::Transaction transaction(world());
  dynamodb::set_throughput(here, "music", "", 10, std::nullopt);
  transaction.commit();
  world().drain();
  const auto now = dynamodb::throughput_of(here, "music");
  EXPECT_EQ(now->read, 10);
  EXPECT_EQ(now->write, 6);
  EXPECT_TRUE(now->settled);
}

}  // namespace
}  // namespace squall
