// Throughput enforced: burst, partitions, on-demand growth, indexes, batches, transactions,
// metrics, and simulated use; and that nothing is, unless asked.
#include "services/cloudwatch/cloudwatch.h"
#include "services/dynamodb/dynamodb.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

// --- requests ------------------------------------------------------------------------------------

class ThroughputTest : public DynamoTest {
 protected:
  void make(int64_t read, int64_t write, std::string_view more = "",
            std::string_view attributes = "") {
    ddb("CreateTable", cat(R"({"TableName":"ttt","AttributeDefinitions":[
      {"AttributeName":"pk","AttributeType":"S"})", attributes, R"(],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":)", read, R"(,"WriteCapacityUnits":)", write,
                           "}", more, "}"));
  }
  void make_with_index(int64_t table_write, int64_t index_write) {
    make(100, table_write, cat(R"(,"GlobalSecondaryIndexes":[{"IndexName":"ggg",
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"},
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":)", index_write,
                               "}}]"),
         R"(,{"AttributeName":"g","AttributeType":"S"})");
  }
  void enforce() { dynamodb::enforce_throughput(world(), true); }
  static std::string put_of(int i, std::string_view more = "") {
    return cat(R"({"TableName":"ttt","Item":{"pk":{"S":"k)", i, R"("})", more, "}}");
  }
  /// Writes until one is refused; how many were not.
  int fill(std::string_view more = "", int most = 5000) {
    for (int i = 0; i < most; ++i)
      try {
        raw("PutItem", put_of(i, more));
      } catch (const AwsError& e) {
        refusal_ = e;
        return i;
      }
    return most;
  }
  Value raw(std::string_view operation, std::string_view input) {
    api::Local local(test_registry(), world(), "us-east-1");
    return local.call("dynamodb", operation, json(input));
  }
  double metric(std::string_view name, const cloudwatch::Dimensions& dimensions,
                std::string_view statistic = "Sum") {
    double all = 0;
    for (const auto& [time, value] :
         cloudwatch::statistics(scope(), "AWS/DynamoDB", name, dimensions, statistic,
                                sim::drill_epoch, world().now(), 60))
      all += value;
    return all;
  }
  AwsError refusal_;
};

TEST_F(ThroughputTest, NothingIsEnforcedUnlessAsked) {
  make(1, 1);
  EXPECT_EQ(fill("", 1000), 1000);
  advance(10min);
  EXPECT_EQ(metric("ConsumedWriteCapacityUnits", {{"TableName", "ttt"}}), 0);
}

TEST_F(ThroughputTest, AProvisionedTableSaysWhatIsExceeded) {
  make(1, 2);
  enforce();
  EXPECT_EQ(fill(), 600);
  EXPECT_EQ(refusal_.code, "ProvisionedThroughputExceededException");
  EXPECT_EQ(refusal_.message,
            "The level of configured provisioned throughput for the table was exceeded. Consider "
            "increasing your provisioning level with the UpdateTable API.");
  ASSERT_EQ(refusal_.members.size(), 1u);
  EXPECT_EQ(refusal_.members[0].first, "ThrottlingReasons");
  EXPECT_EQ(refusal_.members[0].second,
            R"([{"reason":"TableWriteProvisionedThroughputExceeded",)"
            R"("resource":"arn:aws:dynamodb:us-east-1:000000000000:table/ttt"}])");
  EXPECT_THAT(get("ttt", R"({"pk":{"S":"k600"}})"), "null") << "nothing was written";
  advance(3s);
  EXPECT_EQ(fill(), 6);
  // A bigger item takes what is there and leaves a debt.
  advance(1s);
  const std::string big = cat(R"(,"x":{"S":")", std::string(9000, 'x'), R"("})");
  EXPECT_EQ(fill(big), 1);
  advance(3s);
  EXPECT_EQ(fill(), 0);
  advance(2s);
  EXPECT_GT(fill(), 0);
}

TEST_F(ThroughputTest, ReadsAreThrottledToo) {
  make(1, 100);
  put("ttt", R"({"pk":{"S":"a"}})");
  enforce();
  const char* input = R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},"ConsistentRead":true})";
  for (int i = 0; i < 300; ++i) ddb("GetItem", input);
  EXPECT_EQ(ddb_error("GetItem", input).code, "ProvisionedThroughputExceededException");
  EXPECT_EQ(ddb_error("Scan", R"({"TableName":"ttt"})").code,
            "ProvisionedThroughputExceededException");
  EXPECT_EQ(ddb_error("Query", R"({"TableName":"ttt","KeyConditionExpression":"pk = :a",
    "ExpressionAttributeValues":{":a":{"S":"a"}}})").code,
            "ProvisionedThroughputExceededException");
  EXPECT_EQ(ddb_error("BatchGetItem",
                      R"({"RequestItems":{"ttt":{"Keys":[{"pk":{"S":"a"}}]}}})").code,
            "ProvisionedThroughputExceededException");
  advance(1s);
  const Value some = ddb("BatchGetItem", R"({"RequestItems":{"ttt":{"ConsistentRead":true,
    "Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}]}}})");
  EXPECT_EQ(to_json(some.at("UnprocessedKeys")),
            R"({"ttt":{"Keys":[{"pk":{"S":"b"}}],"ConsistentRead":true}})");
}

TEST_F(ThroughputTest, AnIndexWithTooFewUnitsThrottlesTheTable) {
  make_with_index(100, 1);
  enforce();
  EXPECT_EQ(fill(R"(,"g":{"S":"g"})"), 300);
  EXPECT_EQ(refusal_.code, "ProvisionedThroughputExceededException");
  EXPECT_THAT(refusal_.message, testing::HasSubstr("one or more global secondary indexes"));
  EXPECT_THAT(refusal_.members[0].second,
              testing::HasSubstr("IndexWriteProvisionedThroughputExceeded"));
  EXPECT_THAT(refusal_.members[0].second, testing::HasSubstr("table/ttt/index/ggg"));
  ddb("PutItem", put_of(1000));  // is in no index
  const AwsError deletion = ddb_error("DeleteItem", R"({"TableName":"ttt",
    "Key":{"pk":{"S":"k1"}}})");
  EXPECT_EQ(deletion.code, "ProvisionedThroughputExceededException");
  const char* input = R"({"TableName":"ttt","IndexName":"ggg","Select":"COUNT"})";
  for (int i = 0; i < 700 && refusal_.message != "done"; ++i) {
    try {
      raw("Scan", input);
    } catch (const AwsError& e) {
      EXPECT_THAT(e.members[0].second, testing::HasSubstr("IndexReadProvisioned"));
      refusal_.message = "done";
    }
  }
  EXPECT_EQ(refusal_.message, "done");
}

TEST_F(ThroughputTest, OnDemandTablesThrottleInWordsOfTheirOwn) {
  make_table();
  ddb("UpdateTable", R"({"TableName":"ttt","OnDemandThroughput":{"MaxWriteRequestUnits":5}})");
  enforce();
  EXPECT_EQ(fill(), 5);
  EXPECT_EQ(refusal_.code, "ThrottlingException");
  EXPECT_EQ(refusal_.members[0].first, "throttlingReasons");
  EXPECT_THAT(refusal_.members[0].second,
              testing::HasSubstr("TableWriteMaxOnDemandThroughputExceeded"));
  ddb("UpdateTable", R"({"TableName":"ttt","OnDemandThroughput":{"MaxWriteRequestUnits":-1}})");
  int served = 0;
  for (; served < 3000; ++served)
    try {
      raw("PutItem", put_of(1));
    } catch (const AwsError& e) {
      refusal_ = e;
      break;
    }
  EXPECT_NEAR(served, 1000, 5) << "one key";
  EXPECT_THAT(refusal_.members[0].second, testing::HasSubstr("TableWriteKeyRangeThroughput"));
  EXPECT_THAT(refusal_.message, testing::HasSubstr("check if you have a hot key"));
}

TEST_F(ThroughputTest, BatchesGiveBackWhatIsThrottled) {
  make(1, 1);
  enforce();
  fill();
  const char* two = R"({"RequestItems":{"ttt":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},
                                              {"DeleteRequest":{"Key":{"pk":{"S":"k1"}}}}]}})";
  EXPECT_EQ(ddb_error("BatchWriteItem", two).code, "ProvisionedThroughputExceededException");
  advance(1s);
  const Value left = ddb("BatchWriteItem", two).at("UnprocessedItems");
  EXPECT_EQ(to_json(left), R"({"ttt":[{"DeleteRequest":{"Key":{"pk":{"S":"k1"}}}}]})");
  advance(1min);
  EXPECT_EQ(metric("ThrottledRequests", {{"TableName", "ttt"}, {"Operation", "BatchWriteItem"}}),
            1);
}

TEST_F(ThroughputTest, TransactionsNameTheirReasons) {
  make(1, 1);
  enforce();
  fill();
  const AwsError error = ddb_error("TransactWriteItems", R"({"TransactItems":[
    {"Put":{"TableName":"ttt","Item":{"pk":{"S":"new"}}}}]})");
  EXPECT_EQ(error.code, "TransactionCanceledException");
  EXPECT_THAT(error.message, testing::HasSubstr("[ProvisionedThroughputExceeded]"));
  EXPECT_THAT(error.members[0].second, testing::HasSubstr("The level of configured provisioned"));
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"new"}})"), "null");
  for (int i = 0; i < 400; ++i)
    try {
      raw("TransactGetItems",
          R"({"TransactItems":[{"Get":{"TableName":"ttt","Key":{"pk":{"S":"k1"}}}}]})");
    } catch (const AwsError& e) {
      EXPECT_THAT(e.message, testing::HasSubstr("[ProvisionedThroughputExceeded]"));
      return;
    }
  ADD_FAILURE() << "never throttled";
}

TEST_F(ThroughputTest, AFailedConditionCostsWhatItLookedAt) {
  make(1, 1);
  enforce();
  put("ttt", R"({"pk":{"S":"a"}})");
  const char* never = R"x({"TableName":"ttt","Key":{"pk":{"S":"a"}},
    "ConditionExpression":"attribute_exists(nothing)"})x";
  for (int i = 0; i < 299; ++i)
    EXPECT_EQ(ddb_error("DeleteItem", never).code, "ConditionalCheckFailedException");
  EXPECT_EQ(ddb_error("DeleteItem", never).code, "ProvisionedThroughputExceededException");
  advance(1min);
  EXPECT_EQ(metric("ConditionalCheckFailedRequests", {{"TableName", "ttt"}}), 299);
}

TEST_F(ThroughputTest, MetricsTellOfItByTableAndIndex) {
  make_with_index(100, 1);
  enforce();
  fill(R"(,"g":{"S":"g"})");
  ddb("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"k1"}}})");
  advance(4min);
  const cloudwatch::Dimensions table{{"TableName", "ttt"}},
      index{{"TableName", "ttt"}, {"GlobalSecondaryIndexName", "ggg"}},
      puts{{"TableName", "ttt"}, {"Operation", "PutItem"}};
  EXPECT_EQ(metric("ConsumedWriteCapacityUnits", table), 300);
  EXPECT_EQ(metric("ConsumedWriteCapacityUnits", index), 300);
  EXPECT_EQ(metric("ConsumedReadCapacityUnits", table), 0.5);
  EXPECT_EQ(metric("WriteThrottleEvents", table), 0);
  EXPECT_EQ(metric("WriteThrottleEvents", index), 1);
  EXPECT_EQ(metric("WriteProvisionedThroughputThrottleEvents", index), 1);
  EXPECT_EQ(metric("ThrottledRequests", puts), 1);
  EXPECT_EQ(metric("SuccessfulRequestLatency", puts, "SampleCount"), 300);
  EXPECT_EQ(metric("ProvisionedWriteCapacityUnits", table, "Maximum"), 100);
  EXPECT_EQ(metric("ProvisionedReadCapacityUnits", index, "Maximum"), 1);
}

TEST_F(ThroughputTest, MoreUnitsHelpOnceTheTableIsUpdated) {
  make(1, 1);
  enforce();
  EXPECT_EQ(fill(), 300);
  ddb("UpdateTable", R"({"TableName":"ttt",
    "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":50}})");
  advance(2s);
  EXPECT_EQ(fill(), 100);
  dynamodb::enforce_throughput(world(), false);
  EXPECT_EQ(fill("", 500), 500);
}

TEST_F(ThroughputTest, SimulatedProgramsShareTheSameUnits) {
  make_with_index(10, 10);
  enforce();
  int served = 0;
  const auto use = [&](bool write) {
    return dynamodb::use_throughput(
        world(), "us-east-1", "ttt",
        {write, 1, static_cast<uint32_t>(served) * 2654435761U, 4.0, world().now()});
  };
  while (use(true)) ++served;
  EXPECT_EQ(served, 1000) << "all at one instant, and the table has one partition";
  EXPECT_EQ(fill(), 0) << "they were the table's";
  EXPECT_TRUE(use(false));
  advance(1min);
  EXPECT_EQ(metric("ConsumedWriteCapacityUnits", {{"TableName", "ttt"}}), 1000);
}

// --- global indexes follow -----------------------------------------------------------------------

TEST_F(ThroughputTest, IndexesFollowTheTableWithALag) {
  make_with_index(100, 100);
  const auto count = [&] {
    return ddb("Scan", R"({"TableName":"ttt","IndexName":"ggg"})").at("Count").integer();
  };
  ddb("PutItem", put_of(1, R"(,"g":{"S":"g"})"));
  EXPECT_EQ(count(), 1) << "at once, where latencies are zero";
  use_latency(sim::LatencyProfile::measured);
  ddb("PutItem", put_of(2, R"(,"g":{"S":"g"})"));
  ddb("PutItem", put_of(1));  // leaves the index
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"k1"}})"), R"({"pk":{"S":"k1"}})");
  EXPECT_EQ(count(), 1);
  const Value stale = ddb("Scan", R"({"TableName":"ttt","IndexName":"ggg"})").at("Items");
  EXPECT_EQ(stale[0].at("pk").at("S").text(), "k1");
  advance(1s);
  const Value fresh = ddb("Scan", R"({"TableName":"ttt","IndexName":"ggg"})").at("Items");
  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_EQ(fresh[0].at("pk").at("S").text(), "k2");
  use_latency(sim::LatencyProfile::zero);
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"k2"}}})");
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace squall
