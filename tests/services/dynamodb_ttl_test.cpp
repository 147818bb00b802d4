// Time to live: its switch, and items that go on the clock.
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class TtlTest : public DynamoTest {
 protected:
  void enable(std::string_view table = "ttt") {
    ddb("UpdateTimeToLive", cat(R"({"TableName":")", table,
        R"(","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}})"));
  }
  void put_until(std::string_view id, Duration from_now) {
    put("ttt", cat(R"({"pk":{"S":")", id, R"("},"until":{"N":")",
                   unix_seconds(world().now() + from_now), R"("}})"));
  }
  int64_t count() {
    return ddb("Scan", R"({"TableName":"ttt","Select":"COUNT"})").at("Count").integer();
  }
  std::string status() { return ddb_text("DescribeTimeToLive", R"({"TableName":"ttt"})"); }
};

TEST_F(TtlTest, ExpiredItemsGo) {
  make_table();
  put_until("old", 10s);
  enable();
  put_until("a", 30s);
  put_until("b", 30s);
  put_until("c", 1h);
  put("ttt", R"({"pk":{"S":"never"},"until":{"S":"12"}})");
  EXPECT_EQ(status(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED",)"
                      R"("AttributeName":"until"}})");
  EXPECT_EQ(count(), 5);
  advance(15s);
  EXPECT_EQ(count(), 4);
  put_until("b", 1h);
  advance(30s);
  EXPECT_EQ(count(), 3);
  advance(2h);
  EXPECT_EQ(count(), 1);
}

TEST_F(TtlTest, VeryOldTimesAreLeftAlone) {
  make_table();
  enable();
  put("ttt", R"({"pk":{"S":"a"},"until":{"N":"12"}})");
  put("ttt", R"({"pk":{"S":"b"},"until":{"N":"99999999999999999999"}})");
  put_until("c", -1h);
  advance(1h);
  EXPECT_EQ(count(), 2);
}

TEST_F(TtlTest, TheStreamNamesTheService) {
  make_table();
  ddb("UpdateTable", R"({"TableName":"ttt",
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"OLD_IMAGE"}})");
  enable();
  put_until("a", 30s);
  advance(1min);
  const Value stream =
      ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("LatestStreamArn");
  const Value shard = call("dynamodbstreams", "DescribeStream", {{"StreamArn", stream}})
                          .at("StreamDescription").at("Shards")[0].at("ShardId");
  const Value it = call("dynamodbstreams", "GetShardIterator",
                        {{"StreamArn", stream}, {"ShardId", shard},
                         {"ShardIteratorType", "TRIM_HORIZON"}});
  const Value records = call("dynamodbstreams", "GetRecords", it).at("Records");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].at("eventName").text(), "REMOVE");
  EXPECT_EQ(records[1].at("userIdentity").at("Type").text(), "Service");
  EXPECT_EQ(records[1].at("userIdentity").at("PrincipalId").text(), "dynamodb.amazonaws.com");
}

TEST_F(TtlTest, WithRealisticTimesItTakesAWhile) {
  make_table();
  use_latency(sim::LatencyProfile::documented);
  enable();
  EXPECT_THAT(status(), testing::HasSubstr("ENABLING"));
  advance(1h);
  for (int i = 0; i < 50; ++i) put_until(std::to_string(i), 1s);
  advance(10s);
  EXPECT_GT(count(), 40);
  advance(24h);
  EXPECT_GT(count(), 5);
  EXPECT_LT(count(), 45);
  advance(24h + 1min);
  EXPECT_EQ(count(), 0);
}

TEST_F(TtlTest, Refusals) {
  make_table();
  const std::string on = R"({"TableName":"ttt",
    "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}})";
  const std::string off = R"({"TableName":"ttt",
    "TimeToLiveSpecification":{"Enabled":false,"AttributeName":"until"}})";
  EXPECT_EQ(status(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  EXPECT_EQ(refusal("UpdateTimeToLive", off), "TimeToLive is already disabled");
  ddb("UpdateTimeToLive", on);
  EXPECT_EQ(refusal("UpdateTimeToLive", on), "TimeToLive is already enabled");
  EXPECT_EQ(refusal("UpdateTimeToLive", R"({"TableName":"ttt",
    "TimeToLiveSpecification":{"Enabled":false,"AttributeName":"other"}})"),
            "TimeToLive is active on a different AttributeName: current AttributeName is until");
  EXPECT_EQ(refusal("UpdateTimeToLive", off),
            "Time to live has been modified multiple times within a fixed interval");
  advance(1h);
  ddb("UpdateTimeToLive", off);
  EXPECT_EQ(status(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  for (const char* operation : {"UpdateTimeToLive", "DescribeTimeToLive"}) {
    Value input{{"TableName", "none"}};
    if (std::string_view(operation) == "UpdateTimeToLive")
      input.add("TimeToLiveSpecification", {{"Enabled", true}, {"AttributeName", "a"}});
    EXPECT_EQ(error("dynamodb", operation, input).code, "ResourceNotFoundException");
  }
}

TEST_F(TtlTest, ATableBeingMadeIsInUse) {
  use_latency(sim::LatencyProfile::documented);
  make_table();
  EXPECT_EQ(ddb_error("UpdateTimeToLive", R"({"TableName":"ttt",
    "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}})").code,
            "ResourceInUseException");
}

TEST_F(TtlTest, SettingsGoWithTheTable) {
  make_table();
  enable();
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  make_table();
  EXPECT_EQ(status(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
}

}  // namespace
}  // namespace squall
