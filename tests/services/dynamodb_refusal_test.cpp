// Sweeps: every operation on a table that is not there, and on one that is being made.
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

struct Call {
  const char* operation;
  const char* input;  // of a table named "none"
};

std::string about(std::string_view table, std::string input) {
  for (size_t at; (at = input.find("none")) != input.npos;) input.replace(at, 4, table);
  return input;
}

constexpr const char* recovery = R"({"TableName":"none",
  "PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}})";
constexpr const char* expiry = R"({"TableName":"none",
  "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"t"}})";
constexpr const char* tags = R"({"Tags":[{"Key":"k","Value":"v"}],
  "ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/none"})";
constexpr const char* tag_keys = R"({"TagKeys":["k"],
  "ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/none"})";
constexpr const char* resource = R"({
  "ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/none"})";
constexpr const char* policy = R"({"Policy":"{\"Statement\":[]}",
  "ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/none"})";
constexpr const char* destination = R"({"TableName":"none",
  "StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one"})";
constexpr const char* precision = R"({"TableName":"none",
  "StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one",
  "UpdateKinesisStreamingConfiguration":
    {"ApproximateCreationDateTimePrecision":"MICROSECOND"}})";
constexpr const char* insights = R"({"TableName":"none","ContributorInsightsAction":"ENABLE"})";
constexpr const char* table = R"({"TableName":"none"})";
constexpr const char* protection = R"({"TableName":"none","DeletionProtectionEnabled":false})";

class DynamoRefusals : public DynamoTest {};

TEST_F(DynamoRefusals, ItemsOfNoTable) {
  const Call calls[] = {
      {"GetItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})"},
      {"PutItem", R"({"TableName":"none","Item":{"pk":{"S":"a"}}})"},
      {"UpdateItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})"},
      {"DeleteItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})"},
      {"Scan", table},
      {"Query", R"({"TableName":"none","KeyConditionExpression":"pk = :p",
        "ExpressionAttributeValues":{":p":{"S":"a"}}})"},
      {"BatchGetItem", R"({"RequestItems":{"none":{"Keys":[{"pk":{"S":"a"}}]}}})"},
      {"BatchWriteItem",
       R"({"RequestItems":{"none":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]}})"},
      {"TransactGetItems",
       R"({"TransactItems":[{"Get":{"TableName":"none","Key":{"pk":{"S":"a"}}}}]})"},
      {"TransactWriteItems",
       R"({"TransactItems":[{"Delete":{"TableName":"none","Key":{"pk":{"S":"a"}}}}]})"}};
  const auto sweep = [&](std::string_view name) {
    for (const Call& c : calls)
      EXPECT_EQ(refusal(c.operation, about(name, c.input)),
                "ResourceNotFoundException: Requested resource not found")
          << c.operation;
  };
  sweep("nothing");
  use_latency(sim::LatencyProfile::documented);
  make_table();
  sweep("ttt");  // until it is active, it has no items
}

TEST_F(DynamoRefusals, SettingsOfNoTable) {
  const Call calls[] = {{"DescribeTable", table},
                        {"DeleteTable", table},
                        {"UpdateTable", protection},
                        {"DescribeTimeToLive", table},
                        {"UpdateTimeToLive", expiry},
                        {"DescribeContributorInsights", table},
                        {"ListContributorInsights", table},
                        {"UpdateContributorInsights", insights},
                        {"DescribeKinesisStreamingDestination", table},
                        {"EnableKinesisStreamingDestination", destination},
                        {"DisableKinesisStreamingDestination", destination},
                        {"UpdateKinesisStreamingDestination", precision}};
  for (const Call& c : calls)
    EXPECT_EQ(refusal(c.operation, c.input),
              "ResourceNotFoundException: Requested resource not found: Table: none not found")
        << c.operation;
  const Call by_arn[] = {{"TagResource", tags},           {"UntagResource", tag_keys},
                         {"ListTagsOfResource", resource}, {"PutResourcePolicy", policy},
                         {"GetResourcePolicy", resource},  {"DeleteResourcePolicy", resource}};
  for (const Call& c : by_arn)
    EXPECT_EQ(ddb_error(c.operation, c.input).code, "ResourceNotFoundException") << c.operation;
  const Call backups[] = {
      {"CreateBackup", R"({"TableName":"none","BackupName":"bbb"})"},
      {"DescribeContinuousBackups", table},
      {"UpdateContinuousBackups", recovery},
      {"RestoreTableToPointInTime", R"({"SourceTableName":"none","TargetTableName":"new",
        "UseLatestRestorableTime":true})"}};
  for (const Call& c : backups)
    EXPECT_EQ(refusal(c.operation, c.input), "TableNotFoundException: Table not found: none")
        << c.operation;
}

TEST_F(DynamoRefusals, ATableInTheMakingIsInUse) {
  const Call calls[] = {{"DeleteTable", table},
                        {"UpdateTable", protection},
                        {"UpdateTimeToLive", expiry},
                        {"TagResource", tags},
                        {"UntagResource", tag_keys},
                        {"PutResourcePolicy", policy},
                        {"DeleteResourcePolicy", resource},
                        {"EnableKinesisStreamingDestination", destination},
                        {"DisableKinesisStreamingDestination", destination},
                        {"UpdateKinesisStreamingDestination", precision}};
  use_latency(sim::LatencyProfile::documented);
  make_table();
  const auto sweep = [&](std::string_view doing) {
    for (const Call& c : calls)
      EXPECT_EQ(refusal(c.operation, about("ttt", c.input)),
                cat("ResourceInUseException: Attempt to change a resource which is still in use: "
                    "Table is being ", doing, ": ttt"))
          << c.operation;
  };
  sweep("created");
  EXPECT_EQ(refusal("CreateTable", R"({"TableName":"ttt","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"),
            "ResourceInUseException: Table already exists: ttt");
  advance(1min);
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  sweep("deleted");
}

TEST_F(DynamoRefusals, StreamsThatAreNotThere) {
  EXPECT_EQ(error("dynamodbstreams", "ListStreams", {{"TableName", "none"}}).code,
            "ResourceNotFoundException");
  make_table();
  ddb("UpdateTable", R"({"TableName":"ttt",
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}})");
  const Value arn =
      ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("LatestStreamArn");
  const Value shard = call("dynamodbstreams", "DescribeStream", {{"StreamArn", arn}})
                          .at("StreamDescription").at("Shards")[0].at("ShardId");
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  const auto iterator = [&] {
    return call("dynamodbstreams", "GetShardIterator",
                {{"StreamArn", arn}, {"ShardId", shard}, {"ShardIteratorType", "LATEST"}})
        .at("ShardIterator");
  };
  AwsError e = error("dynamodbstreams", "GetRecords",
                     {{"ShardIterator", iterator()}, {"Limit", 1001}});
  EXPECT_EQ(e.code, "LimitExceededException");
  EXPECT_EQ(
      e.message,
      "GetRecords was called with a value of more than 1000 for the limit request parameter.");
  advance(23h + 50min);
  const Value last = iterator();
  advance(11min);
  for (const char* operation : {"DescribeStream", "GetShardIterator", "GetRecords"}) {
    Value input = Value::map();
    if (std::string_view(operation) == "GetRecords") {
      input.add("ShardIterator", last);
    } else {
      input.add("StreamArn", arn);
      if (std::string_view(operation) == "GetShardIterator") {
        input.add("ShardId", shard);
        input.add("ShardIteratorType", "LATEST");
      }
    }
    e = error("dynamodbstreams", operation, input);
    EXPECT_EQ(e.code, "ResourceNotFoundException") << operation;
  }
}

}  // namespace
}  // namespace squall
