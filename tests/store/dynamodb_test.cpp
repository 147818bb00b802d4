// DynamoDB's items, streams, backups, history, tokens and replicas on a data directory.
#include "services/dynamodb/store.h"
#include "tests/store/fixture.h"

namespace squall::store {
namespace {

constexpr std::string_view stream_on =
    R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"})";

class DynamoStoreTest : public StoreTest {
 protected:
  void expect_same_after_restart() {
    const std::string before = state_without_events();
    begin_again();
    EXPECT_EQ(state_without_events(), before) << "from the log";
    keeper_->checkpoint();
    begin_again();
    EXPECT_EQ(state_without_events(), before) << "from a checkpoint";
  }
  /// A start adds an event that makes the index of what expires.
  std::string state_without_events() {
    advance(Duration{});
    return world().dump();
  }
  std::string get(std::string_view key) {
    return to_json(
        ddb("GetItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":")", key, "\"}}}")).at("Item"));
  }
};

TEST_F(DynamoStoreTest, ItemsAndIndexes) {
  begin();
  ddb("CreateTable", R"({"TableName":"ttt","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
      {"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"B"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
    "LocalSecondaryIndexes":[{"IndexName":"lll","KeySchema":[
      {"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"g","KeyType":"RANGE"}],
      "Projection":{"ProjectionType":"ALL"}}],
    "GlobalSecondaryIndexes":[{"IndexName":"iii","KeySchema":[
      {"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]})");
  for (int i = 0; i < 300; ++i)
    put("ttt", cat(R"({"pk":{"S":"p)", i % 7, R"("},"sk":{"N":")", i, R"("},"g":{"B":"YQ=="}})"));
  for (int i = 0; i < 300; i += 3)
    ddb("DeleteItem",
        cat(R"({"TableName":"ttt","Key":{"pk":{"S":"p)", i % 7, R"("},"sk":{"N":")", i, "\"}}}"));
  ddb("UpdateItem", R"({"TableName":"ttt","Key":{"pk":{"S":"p1"},"sk":{"N":"1"}},
    "UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":{"L":[{"NULL":true}]}}})");
  const std::string query =
      R"({"TableName":"ttt","IndexName":"iii","KeyConditionExpression":"g = :g",
    "ExpressionAttributeValues":{":g":{"B":"YQ=="}}})";
  const std::string local =
      R"({"TableName":"ttt","IndexName":"lll","KeyConditionExpression":"pk = :p",
    "ExpressionAttributeValues":{":p":{"S":"p3"}}})";
  const auto collection_bytes = [&] {
    return dynamodb::stores_of(world()).find("us-east-1", "ttt")->collections().bytes("p1");
  };
  const size_t bytes = collection_bytes();
  const std::string found = to_json(ddb("Query", query)), here = to_json(ddb("Query", local));
  expect_same_after_restart();
  EXPECT_EQ(to_json(ddb("Query", query)), found);
  EXPECT_GT(bytes, 0U);
  EXPECT_EQ(collection_bytes(), bytes) << "places in local indexes count";
  EXPECT_EQ(to_json(ddb("Query", local)), here);
  EXPECT_EQ(ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("ItemCount").integer(),
            200);
}

TEST_F(DynamoStoreTest, StreamsGoOnWithoutAGap) {
  begin();
  make_table("ttt", stream_on);
  for (int i = 0; i < 10; ++i) put("ttt", cat(R"({"pk":{"S":"a"},"n":{"N":")", i, "\"}}"));
  advance(5h);  // the shard was replaced meanwhile
  for (int i = 0; i < 10; ++i) put("ttt", cat(R"({"pk":{"S":"a"},"n":{"N":")", i, "\"}}"));
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})");
  expect_same_after_restart();
  put("ttt", R"({"pk":{"S":"a"}})");
  expect_same_after_restart();
  ddb("UpdateTable",
      R"({"TableName":"ttt","StreamSpecification":{"StreamEnabled":false}})");
  put("ttt", R"({"pk":{"S":"unseen"}})");
  expect_same_after_restart();
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  expect_same_after_restart();
}

TEST_F(DynamoStoreTest, WhatExpiresGoes) {
  begin();
  make_table("ttt", stream_on);
  ddb("UpdateTimeToLive", R"({"TableName":"ttt","TimeToLiveSpecification":{"Enabled":true,
    "AttributeName":"x"}})");
  const int64_t soon = unix_seconds(world().now()) + 60;
  put("ttt", cat(R"({"pk":{"S":"goes"},"x":{"N":")", soon, "\"}}"));
  put("ttt", R"({"pk":{"S":"stays"}})");
  expect_same_after_restart();
  EXPECT_NE(get("goes"), "null");
  advance(120s);
  EXPECT_EQ(ddb("Scan", R"({"TableName":"ttt"})").at("Count").integer(), 1);
  expect_same_after_restart();
}

TEST_F(DynamoStoreTest, TokensHold) {
  begin();
  make_table("ttt");
  const std::string request = R"({"ClientRequestToken":"tok","TransactItems":[{"Update":{
    "TableName":"ttt","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :one",
    "ExpressionAttributeValues":{":one":{"N":"1"}}}},{"Put":{"TableName":"ttt",
    "Item":{"pk":{"S":"b"}}}}]})";
  ddb("TransactWriteItems", request);
  expect_same_after_restart();
  ddb("TransactWriteItems", request);
  EXPECT_EQ(get("a"), R"({"pk":{"S":"a"},"n":{"N":"1"}})");
  std::string other = request;
  other.replace(other.find(R"("b")"), 3, R"("c")");
  EXPECT_EQ(ddb_error("TransactWriteItems", other), "IdempotentParameterMismatchException");
  advance(11min);
  begin_again();
  ddb("TransactWriteItems", request);
  EXPECT_EQ(get("a"), R"({"pk":{"S":"a"},"n":{"N":"2"}})");
}

TEST_F(DynamoStoreTest, BackupsHistoryAndRestores) {
  begin();
  make_table("ttt");
  ddb("UpdateContinuousBackups", R"({"TableName":"ttt","PointInTimeRecoverySpecification":{
    "PointInTimeRecoveryEnabled":true}})");
  for (int i = 0; i < 5; ++i) put("ttt", cat(R"({"pk":{"S":"a)", i, "\"}}"));
  const std::string arn(ddb("CreateBackup", R"({"TableName":"ttt","BackupName":"bbb"})")
                            .at("BackupDetails").at("BackupArn").text());
  const Time then = world().now();
  advance(10min);
  put("ttt", R"({"pk":{"S":"later"}})");
  advance(10min);
  expect_same_after_restart();
  ddb("RestoreTableFromBackup",
      cat(R"({"TargetTableName":"fromBackup","BackupArn":")", arn, "\"}"));
  const Value to_then{{"TargetTableName", "fromHistory"},
                      {"SourceTableName", "ttt"},
                      {"RestoreDateTime", then}};
  call_with("dynamodb", "RestoreTableToPointInTime", to_then);
  put("fromBackup", R"({"pk":{"S":"more"}})");
  expect_same_after_restart();
  EXPECT_EQ(ddb("Scan", R"({"TableName":"fromBackup"})").at("Count").integer(), 6);
  EXPECT_EQ(ddb("Scan", R"({"TableName":"fromHistory"})").at("Count").integer(), 5);
  ddb("DeleteBackup", cat(R"({"BackupArn":")", arn, "\"}"));
  expect_same_after_restart();
}

TEST_F(DynamoStoreTest, Replicas) {
  begin();
  make_table("ttt", stream_on);
  put("ttt", R"({"pk":{"S":"a"}})");
  ddb("UpdateTable", R"({"TableName":"ttt","ReplicaUpdates":[{"Create":{
    "RegionName":"eu-west-1"}}]})");
  put("ttt", R"({"pk":{"S":"b"}})");
  advance(5s);
  expect_same_after_restart();
  ddb("PutItem", R"({"TableName":"ttt","Item":{"pk":{"S":"c"}}})", "eu-west-1");
  advance(5s);
  expect_same_after_restart();
  EXPECT_EQ(ddb("Scan", R"({"TableName":"ttt"})").at("Count").integer(), 3);
  EXPECT_EQ(ddb("Scan", R"({"TableName":"ttt"})", "eu-west-1").at("Count").integer(), 3);
}

TEST_F(DynamoStoreTest, ATableMadeAnewIsEmpty) {
  begin();
  for (int i = 0; i < 3; ++i) {
    make_table("ttt");
    put("ttt", R"({"pk":{"S":"a"}})");
    if (i < 2) ddb("DeleteTable", R"({"TableName":"ttt"})");
    if (i == 1) expect_same_after_restart();
  }
  expect_same_after_restart();
}

}  // namespace
}  // namespace squall::store
