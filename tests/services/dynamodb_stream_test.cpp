// DynamoDB Streams: records, iterators, shards, retention.
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class StreamTest : public DynamoTest {
 protected:
  void make_streamed(std::string_view view = "NEW_AND_OLD_IMAGES", std::string_view key = "N") {
    ddb("CreateTable", cat(R"({"TableName":"ttt","BillingMode":"PAY_PER_REQUEST",
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":")", view, R"("},
      "AttributeDefinitions":[{"AttributeName":"Id","AttributeType":")", key, R"("}],
      "KeySchema":[{"AttributeName":"Id","KeyType":"HASH"}]})"));
  }
  Value streams(std::string_view operation, Value input) {
    return call("dynamodbstreams", operation, input);
  }
  std::string arn() {
    return std::string(ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table")
                           .at("LatestStreamArn").text());
  }
  Value description(const std::string& stream) {
    return streams("DescribeStream", {{"StreamArn", stream}}).at("StreamDescription");
  }
  std::string iterator(const std::string& stream, size_t shard = 0,
                       const char* type = "TRIM_HORIZON", const char* sequence = nullptr) {
    Value input{{"StreamArn", stream},
                {"ShardId", description(stream).at("Shards")[shard].at("ShardId")},
                {"ShardIteratorType", type}};
    if (sequence) input.add("SequenceNumber", sequence);
    return std::string(streams("GetShardIterator", input).at("ShardIterator").text());
  }
  Value records(const std::string& iterator) {
    return streams("GetRecords", {{"ShardIterator", iterator}}).at("Records");
  }
  AwsError streams_error(std::string_view operation, Value input) {
    return error("dynamodbstreams", operation, input);
  }
};

/// The figures of AWS's own example (Streams' guide on Lambda's events).
TEST_F(StreamTest, RecordsAreAwss) {
  make_streamed();
  put("ttt", R"({"Id":{"N":"101"},"Message":{"S":"New item!"}})");
  put("ttt", R"({"Message":{"S":"This item has changed"},"Id":{"N":"101"}})");
  put("ttt", R"({"Id":{"N":"101"},"Message":{"S":"This item has changed"}})");  // changes nothing
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"Id":{"N":"101"}}})");
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"Id":{"N":"101"}}})");
  const Value list = records(iterator(arn()));
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].at("eventName").text(), "INSERT");
  EXPECT_EQ(list[0].at("eventVersion").text(), "1.1");
  EXPECT_EQ(list[0].at("eventSource").text(), "aws:dynamodb");
  EXPECT_EQ(list[0].at("awsRegion").text(), "us-east-1");
  const Value first = list[0].at("dynamodb");
  EXPECT_EQ(to_json(first.at("Keys")), R"({"Id":{"N":"101"}})");
  EXPECT_EQ(to_json(first.at("NewImage")), R"({"Id":{"N":"101"},"Message":{"S":"New item!"}})");
  EXPECT_TRUE(first.at("OldImage").is_absent());
  EXPECT_EQ(first.at("SizeBytes").integer(), 26);
  EXPECT_EQ(first.at("StreamViewType").text(), "NEW_AND_OLD_IMAGES");
  EXPECT_EQ(list[1].at("eventName").text(), "MODIFY");
  EXPECT_EQ(list[1].at("dynamodb").at("SizeBytes").integer(), 59);
  EXPECT_EQ(list[2].at("eventName").text(), "REMOVE");
  const Value removed = list[2].at("dynamodb");
  EXPECT_TRUE(removed.at("NewImage").is_absent());
  EXPECT_FALSE(removed.at("OldImage").is_absent());
  EXPECT_TRUE(list[2].at("userIdentity").is_absent());
  EXPECT_NE(list[0].at("eventID").text(), list[1].at("eventID").text());
  EXPECT_LT(first.at("SequenceNumber").text(), removed.at("SequenceNumber").text());
}

TEST_F(StreamTest, ViewTypesShowWhatTheySay) {
  for (const char* view : {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"}) {
    make_streamed(view, "S");
    put("ttt", R"({"Id":{"S":"a"},"v":{"N":"1"}})");
    put("ttt", R"({"Id":{"S":"a"},"v":{"N":"2"}})");
    const Value change = records(iterator(arn()))[1].at("dynamodb");
    EXPECT_EQ(change.at("NewImage").is_absent(), std::string_view(view) != "NEW_IMAGE");
    EXPECT_EQ(change.at("OldImage").is_absent(), std::string_view(view) != "OLD_IMAGE");
    EXPECT_EQ(change.at("StreamViewType").text(), view);
    ddb("DeleteTable", R"({"TableName":"ttt"})");
    advance(1min);
  }
}

TEST_F(StreamTest, IteratorsStandWhereTheySay) {
  make_streamed("KEYS_ONLY", "S");
  for (const char* id : {"a", "b", "c"}) put("ttt", cat(R"({"Id":{"S":")", id, R"("}})"));
  const std::string stream = arn();
  const Value all = records(iterator(stream));
  ASSERT_EQ(all.size(), 3u);
  const std::string second(all[1].at("dynamodb").at("SequenceNumber").text());
  EXPECT_EQ(records(iterator(stream, 0, "AT_SEQUENCE_NUMBER", second.c_str())).size(), 2u);
  EXPECT_EQ(records(iterator(stream, 0, "AFTER_SEQUENCE_NUMBER", second.c_str())).size(), 1u);
  const std::string latest = iterator(stream, 0, "LATEST");
  EXPECT_EQ(records(latest).size(), 0u);
  put("ttt", R"({"Id":{"S":"d"}})");
  EXPECT_EQ(records(latest).size(), 1u);
  const Value page = streams("GetRecords", {{"ShardIterator", iterator(stream)}, {"Limit", 3}});
  EXPECT_EQ(page.at("Records").size(), 3u);
  EXPECT_EQ(records(std::string(page.at("NextShardIterator").text())).size(), 1u);
}

TEST_F(StreamTest, ShardsRollAndHaveParents) {
  make_streamed("KEYS_ONLY", "S");
  put("ttt", R"({"Id":{"S":"a"}})");
  advance(5h);
  put("ttt", R"({"Id":{"S":"b"}})");
  const std::string stream = arn();
  const Value shards = description(stream).at("Shards");
  ASSERT_EQ(shards.size(), 2u);
  EXPECT_EQ(shards[1].at("ParentShardId").text(), shards[0].at("ShardId").text());
  EXPECT_FALSE(
      shards[0].at("SequenceNumberRange").at("EndingSequenceNumber").is_absent());
  const Value last = streams("GetRecords", {{"ShardIterator", iterator(stream, 0)}});
  EXPECT_EQ(last.at("Records").size(), 1u);
  EXPECT_TRUE(last.at("NextShardIterator").is_absent());
  EXPECT_EQ(records(iterator(stream, 1)).size(), 1u);
  const Value children = streams(
      "DescribeStream", {{"StreamArn", stream},
                         {"ShardFilter", {{"Type", "CHILD_SHARDS"},
                                          {"ShardId", shards[0].at("ShardId")}}}});
  EXPECT_EQ(children.at("StreamDescription").at("Shards").size(), 1u);
  const Value one = streams("DescribeStream", {{"StreamArn", stream}, {"Limit", 1}})
                        .at("StreamDescription");
  EXPECT_EQ(one.at("LastEvaluatedShardId").text(), shards[0].at("ShardId").text());
  const Value rest =
      streams("DescribeStream", {{"StreamArn", stream},
                                 {"ExclusiveStartShardId", shards[0].at("ShardId")}});
  EXPECT_EQ(rest.at("StreamDescription").at("Shards").size(), 1u);
}

TEST_F(StreamTest, ADayLaterRecordsAreGone) {
  make_streamed("KEYS_ONLY", "S");
  put("ttt", R"({"Id":{"S":"a"}})");
  put("ttt", R"({"Id":{"S":"b"}})");
  const std::string stream = arn();
  const std::string second(
      records(iterator(stream))[1].at("dynamodb").at("SequenceNumber").text());
  const Value shard = description(stream).at("Shards")[0].at("ShardId");
  advance(23h + 50min);
  const std::string kept = iterator(stream, 0, "AT_SEQUENCE_NUMBER", second.c_str());
  EXPECT_EQ(records(kept).size(), 1u);
  advance(12min);
  EXPECT_EQ(streams_error("GetRecords", {{"ShardIterator", kept}}).code,
            "TrimmedDataAccessException");
  EXPECT_EQ(streams_error("GetShardIterator", {{"StreamArn", stream},
                                               {"ShardId", shard},
                                               {"ShardIteratorType", "AT_SEQUENCE_NUMBER"},
                                               {"SequenceNumber", second}})
                .code,
            "TrimmedDataAccessException");
  EXPECT_EQ(records(iterator(stream)).size(), 0u);
  advance(5h);
  EXPECT_NE(description(stream).at("Shards")[0].at("ShardId").text(), shard.text());
}

TEST_F(StreamTest, IteratorsLiveAQuarterOfAnHour) {
  make_streamed();
  const std::string it = iterator(arn());
  advance(15min);
  records(it);
  advance(1s);
  EXPECT_EQ(streams_error("GetRecords", {{"ShardIterator", it}}).code,
            "ExpiredIteratorException");
  EXPECT_EQ(streams_error("GetRecords", {{"ShardIterator", it + "x"}}).code,
            "ValidationException");
}

TEST_F(StreamTest, ADeletedTablesStreamIsReadableForADay) {
  make_streamed("KEYS_ONLY", "S");
  put("ttt", R"({"Id":{"S":"a"}})");
  const std::string stream = arn();
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  advance(1h);
  EXPECT_EQ(description(stream).at("StreamStatus").text(), "DISABLED");
  EXPECT_EQ(records(iterator(stream)).size(), 1u);
  EXPECT_EQ(streams("ListStreams", {{"TableName", "ttt"}}).at("Streams").size(), 1u);
  advance(24h);
  EXPECT_EQ(streams_error("DescribeStream", {{"StreamArn", stream}}).code,
            "ResourceNotFoundException");
  EXPECT_EQ(streams_error("ListStreams", {{"TableName", "ttt"}}).code,
            "ResourceNotFoundException");
}

TEST_F(StreamTest, EnablingAgainMakesANewStream) {
  make_streamed("KEYS_ONLY", "S");
  const std::string first = arn();
  put("ttt", R"({"Id":{"S":"a"}})");
  ddb("UpdateTable", R"({"TableName":"ttt","StreamSpecification":{"StreamEnabled":false}})");
  put("ttt", R"({"Id":{"S":"b"}})");
  EXPECT_EQ(description(first).at("StreamStatus").text(), "DISABLED");
  ddb("UpdateTable", R"({"TableName":"ttt",
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  put("ttt", R"({"Id":{"S":"c"}})");
  const std::string second = arn();
  EXPECT_NE(first, second);
  EXPECT_EQ(description(second).at("StreamStatus").text(), "ENABLED");
  EXPECT_EQ(records(iterator(first)).size(), 1u);
  EXPECT_EQ(records(iterator(second)).size(), 1u);
  const Value page = streams("ListStreams", {{"Limit", 1}});
  EXPECT_EQ(page.at("LastEvaluatedStreamArn").text(), first);
  const Value rest = streams("ListStreams", {{"ExclusiveStartStreamArn", first}});
  EXPECT_EQ(rest.at("Streams")[0].at("StreamArn").text(), second);
}

TEST_F(StreamTest, TransactionsAndBatchesAreInTheStream) {
  make_streamed("KEYS_ONLY", "S");
  ddb("BatchWriteItem", R"({"RequestItems":{"ttt":[{"PutRequest":{"Item":{"Id":{"S":"a"}}}}]}})");
  ddb("TransactWriteItems",
      R"({"TransactItems":[{"Delete":{"TableName":"ttt","Key":{"Id":{"S":"a"}}}},
                           {"Put":{"TableName":"ttt","Item":{"Id":{"S":"b"}}}}]})");
  EXPECT_EQ(records(iterator(arn())).size(), 3u);
}

TEST_F(StreamTest, Refusals) {
  make_streamed();
  const std::string stream = arn();
  const Value shard = description(stream).at("Shards")[0].at("ShardId");
  const std::string unknown = stream.substr(0, stream.size() - 3) + "999";
  for (const char* operation : {"DescribeStream", "GetShardIterator"}) {
    Value input{{"StreamArn", unknown}};
    if (std::string_view(operation) != "DescribeStream") {
      input.add("ShardId", shard);
      input.add("ShardIteratorType", "LATEST");
    }
    EXPECT_EQ(streams_error(operation, input).code, "ResourceNotFoundException");
  }
  EXPECT_EQ(streams_error("GetShardIterator",
                          {{"StreamArn", stream},
                           {"ShardId", "shardId-00000000000000000000-00000000"},
                           {"ShardIteratorType", "LATEST"}})
                .code,
            "ResourceNotFoundException");
  EXPECT_EQ(streams_error("GetShardIterator", {{"StreamArn", stream},
                                               {"ShardId", shard},
                                               {"ShardIteratorType", "AT_SEQUENCE_NUMBER"}})
                .code,
            "ValidationException");
  EXPECT_EQ(streams_error("ListStreams", {{"Limit", 101}}).code, "ValidationException");
  const std::string it = iterator(stream);
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  advance(10min);
  EXPECT_EQ(streams_error("GetRecords", {{"ShardIterator", it}, {"Limit", 1001}}).code,
            "LimitExceededException");
}

}  // namespace
}  // namespace squall
