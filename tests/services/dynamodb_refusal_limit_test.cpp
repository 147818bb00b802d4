// The quotas of an account: what is refused while too much is under way, or there are too many.
#include "services/dynamodb/store.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

using testing::HasSubstr;

constexpr const char* stream_arn = "arn:aws:kinesis:us-east-1:000000000000:stream/one";

class DynamoLimits : public DynamoTest {
 protected:
  std::string backup(std::string_view table) {
    return std::string(
        call("dynamodb", "CreateBackup", {{"TableName", table}, {"BackupName", "bbb"}})
            .at("BackupDetails")
            .at("BackupArn")
            .text());
  }
  /// Tables with one index each: two under way by a request.
  void make_indexed_tables(int count) {
    for (int i = 0; i < count; ++i)
      ddb("CreateTable", cat(R"({"TableName":"young)", i, R"(","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"ggg","Projection":{"ProjectionType":"ALL"},
          "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}]})"));
  }
  /// ttt: everything settled, recoverable, backed up, with a Kinesis destination.
  void make_rich_table() {
    make_table();
    call("dynamodb", "EnableKinesisStreamingDestination",
         {{"TableName", "ttt"}, {"StreamArn", stream_arn}});
    ddb("UpdateContinuousBackups", R"({"TableName":"ttt","PointInTimeRecoverySpecification":
      {"PointInTimeRecoveryEnabled":true}})");
  }
  std::string arn(std::string_view table = "ttt") {
    return cat("arn:aws:dynamodb:us-east-1:000000000000:table/", table);
  }
};

TEST_F(DynamoLimits, FiveHundredTablesAndIndexesAreUnderWayAtMost) {
  make_rich_table();
  const std::string made = backup("ttt");
  use_latency(sim::LatencyProfile::documented);
  make_indexed_tables(250);
  const char* words =
      "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted "
      "simultaneously";
  const auto refused = [&](std::string_view operation, const Value& input) {
    const AwsError e = error("dynamodb", operation, input);
    EXPECT_EQ(e.code, "LimitExceededException") << operation << ": " << e.message;
    EXPECT_EQ(e.message, words) << operation;
  };
  refused("CreateTable", json(R"({"TableName":"one-more","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"));
  refused("DeleteTable", {{"TableName", "ttt"}});
  refused("UpdateTable", {{"TableName", "ttt"}, {"DeletionProtectionEnabled", true}});
  refused("UpdateTimeToLive",
          json(R"({"TableName":"ttt","TimeToLiveSpecification":{"Enabled":true,
            "AttributeName":"t"}})"));
  refused("TagResource", {{"ResourceArn", arn()}, {"Tags", json(R"([{"Key":"k","Value":"v"}])")}});
  refused("UntagResource", {{"ResourceArn", arn()}, {"TagKeys", json(R"(["k"])")}});
  refused("PutResourcePolicy", {{"ResourceArn", arn()}, {"Policy", R"({"Statement":[]})"}});
  refused("DeleteResourcePolicy", {{"ResourceArn", arn()}});
  for (const char* operation : {"EnableKinesisStreamingDestination",
                                "DisableKinesisStreamingDestination"})
    refused(operation, {{"TableName", "ttt"}, {"StreamArn", stream_arn}});
  refused("UpdateKinesisStreamingDestination",
          {{"TableName", "ttt"}, {"StreamArn", stream_arn},
           {"UpdateKinesisStreamingConfiguration",
            {{"ApproximateCreationDateTimePrecision", "MICROSECOND"}}}});
  refused("RestoreTableFromBackup", {{"TargetTableName", "back"}, {"BackupArn", made}});
  refused("RestoreTableToPointInTime",
          json(R"({"SourceTableName":"ttt","TargetTableName":"back",
            "UseLatestRestorableTime":true})"));
  advance(15min);  // all have settled
  make_table("one-more");
}

TEST_F(DynamoLimits, GlobalTablesWaitForTheOthersToo) {
  const auto make_replica = [&](std::string region, std::string_view table) {
    use_region(std::move(region));
    ddb("CreateTable", cat(R"({"TableName":")", table, R"(",
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"));
  };
  const auto create = [](std::string_view table) {
    return cat(R"({"GlobalTableName":")", table,
               R"(","ReplicationGroup":[{"RegionName":"us-east-1"},{"RegionName":"eu-west-1"}]})");
  };
  for (const char* table : {"old", "new"})
    for (const char* region : {"eu-west-1", "us-east-1"}) make_replica(region, table);
  ddb("CreateGlobalTable", create("old"));
  const char* settings = R"({"GlobalTableName":"old",
    "GlobalTableProvisionedWriteCapacityUnits":9})";
  const char* scaling = R"({"TableName":"new","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":1,"MaximumUnits":9}})";
  use_latency(sim::LatencyProfile::documented);
  make_indexed_tables(250);
  EXPECT_EQ(ddb_error("CreateGlobalTable", create("new")).code, "LimitExceededException");
  EXPECT_EQ(ddb_error("UpdateGlobalTableSettings", settings).code, "LimitExceededException");
  EXPECT_EQ(ddb_error("UpdateTableReplicaAutoScaling", scaling).code, "LimitExceededException");
  advance(15min);
  ddb("UpdateGlobalTableSettings", settings);
  EXPECT_EQ(ddb_error("UpdateGlobalTableSettings", settings).code, "ResourceInUseException");
}

TEST_F(DynamoLimits, FiftyRestoresAndThreeHundredBackupsAreUnderWayAtMost) {
  make_rich_table();
  const std::string made = backup("ttt");
  for (int i = 0; i < 300; ++i) make_table(cat("source", i));
  use_latency(sim::LatencyProfile::documented);
  for (int i = 0; i < 50; ++i)
    call("dynamodb", "RestoreTableFromBackup",
         {{"TargetTableName", cat("back", i)}, {"BackupArn", made}});
  AwsError e = error("dynamodb", "RestoreTableFromBackup",
                     {{"TargetTableName", "one-more"}, {"BackupArn", made}});
  EXPECT_EQ(e.code, "LimitExceededException");
  EXPECT_THAT(e.message, HasSubstr("50"));
  e = error("dynamodb", "DeleteBackup", {{"BackupArn", made}});
  EXPECT_EQ(e.code, "BackupInUseException");  // they are being made of it
  advance(2h);
  for (int i = 0; i < 300; ++i) backup(cat("source", i));
  for (const char* operation : {"CreateBackup", "DeleteBackup"}) {
    const Value input = std::string_view(operation) == "CreateBackup"
                            ? Value{{"TableName", "ttt"}, {"BackupName", "bbb"}}
                            : Value{{"BackupArn", made}};
    e = error("dynamodb", operation, input);
    EXPECT_EQ(e.code, "LimitExceededException");
    EXPECT_THAT(e.message, HasSubstr("300"));
  }
  advance(2min);
  call("dynamodb", "DeleteBackup", {{"BackupArn", made}});
}

TEST_F(DynamoLimits, ATableHasItsBackupsOneAfterTheOther) {
  use_latency(sim::LatencyProfile::documented);
  make_table();
  advance(1s);
  EXPECT_EQ(ddb_error("CreateBackup", R"({"TableName":"ttt","BackupName":"bbb"})").code,
            "TableInUseException");
  while (ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("TableStatus").text() !=
         "ACTIVE")
    advance(1s);
  const auto status = [&] {
    return ddb("DescribeContinuousBackups", R"({"TableName":"ttt"})")
        .at("ContinuousBackupsDescription").at("ContinuousBackupsStatus").text();
  };
  EXPECT_EQ(status(), "DISABLED");
  EXPECT_EQ(refusal("CreateBackup", R"({"TableName":"ttt","BackupName":"bbb"})"),
            "ContinuousBackupsUnavailableException: Backups are being enabled for the table: ttt. "
            "Please retry later");
  advance(1min);
  EXPECT_EQ(status(), "ENABLED");
  const std::string first = backup("ttt");
  EXPECT_EQ(refusal("CreateBackup", R"({"TableName":"ttt","BackupName":"bbb"})"),
            cat("BackupInUseException: Backup is being created: ", first));
  advance(1min);
  backup("ttt");
}

TEST_F(DynamoLimits, ATableHasItsIndexesMadeOneAfterTheOther) {
  make_table();
  use_latency(sim::LatencyProfile::documented);
  const auto create = [](std::string_view index) {
    return cat(R"({"TableName":"ttt","AttributeDefinitions":[{"AttributeName":"pk",
      "AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":")", index,
               R"(","Projection":{"ProjectionType":"ALL"},
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}}]})");
  };
  const auto remove = [](std::string_view index) {
    return cat(R"({"TableName":"ttt","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":")",
               index, R"("}}]})");
  };
  const char* words =
      "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or "
      "deleted simultaneously per table";
  ddb("UpdateTable", create("one"));
  while (ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("TableStatus").text() !=
         "ACTIVE")
    advance(1s);
  EXPECT_EQ(refusal("UpdateTable", create("two")), words);
  ddb("UpdateTable", remove("one"));  // given up while it is filled
  advance(1min);
  ddb("UpdateTable", create("two"));
  advance(10min);
  ddb("UpdateTable", create("three"));
  advance(10min);
}

TEST_F(DynamoLimits, ThereAreTwoThousandFiveHundredTablesAtMost) {
  for (int i = 0; i < 2500; ++i) make_table(cat("table", i));
  EXPECT_EQ(refusal("CreateTable", R"({"TableName":"one-more","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"),
            "LimitExceededException: Subscriber limit exceeded: Only 2500 tables can exist in an "
            "account and Region");
  use_region("eu-west-1");
  make_table();
}

// --- item collections ----------------------------------------------------------------------------

/// Tests cannot store 10 GB: theirs are full at 1,000 bytes.
class DynamoCollections : public DynamoTest {
 protected:
  DynamoCollections() {
    ddb("CreateTable", R"({"TableName":"lll","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"lk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                   {"AttributeName":"sk","KeyType":"RANGE"}],
      "LocalSecondaryIndexes":[{"IndexName":"loc","Projection":{"ProjectionType":"ALL"},
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                     {"AttributeName":"lk","KeyType":"RANGE"}]}]})");
    auto store = dynamodb::stores_of(world()).find("us-east-1", "lll");
    const std::lock_guard lock(store->mutex());
    store->collections().set_limit(1000);
  }
  std::string item(std::string_view pk, std::string_view sk, size_t bytes, bool indexed = false) {
    return cat(R"({"pk":{"S":")", pk, R"("},"sk":{"S":")", sk, R"("},"v":{"S":")",
               std::string(bytes, 'x'), R"("})", indexed ? R"(,"lk":{"S":"k"}})" : "}");
  }
};

TEST_F(DynamoCollections, AreFullAtTheirLimit) {
  const char* full = "ItemCollectionSizeLimitExceededException: Collection size exceeded.";
  const auto put_of = [](const std::string& item) {
    return cat(R"({"TableName":"lll","Item":)", item, "}");
  };
  put("lll", item("a", "1", 300, true));  // counted twice: in the table and in its index
  EXPECT_EQ(refusal("PutItem", put_of(item("a", "2", 400))), full);
  put("lll", item("b", "2", 400));  // another collection
  put("lll", item("a", "2", 300));
  EXPECT_EQ(refusal("UpdateItem", cat(R"({"TableName":"lll","Key":{"pk":{"S":"a"},
    "sk":{"S":"2"}},"UpdateExpression":"SET v = :v","ExpressionAttributeValues":{":v":{"S":")",
                                      std::string(400, 'y'), R"("}}})")), full);
  const auto batch = [&](const std::string& one, const std::string& two) {
    return cat(R"({"RequestItems":{"lll":[{"PutRequest":{"Item":)", one,
               R"(}},{"PutRequest":{"Item":)", two, "}}]}}");
  };
  EXPECT_EQ(refusal("BatchWriteItem", batch(item("b", "3", 200), item("b", "4", 400))), full);
  EXPECT_EQ(get("lll", R"({"pk":{"S":"b"},"sk":{"S":"3"}})"), "null");  // nothing was made
  EXPECT_EQ(refusal("ExecuteStatement",
                    cat(R"({"Statement":"INSERT INTO lll VALUE {'pk':'b','sk':'9','v':'x)",
                        std::string(800, 'x'), R"('}"})")), full);
  // It may shrink, and then there is room.
  put("lll", item("a", "1", 300));
  put("lll", item("a", "2", 600));
  ddb("DeleteItem", R"({"TableName":"lll","Key":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_EQ(ddb_text("PutItem", cat(R"({"TableName":"lll","Item":)", item("a", "1", 300),
                                    R"(,"ReturnItemCollectionMetrics":"SIZE"})")),
            R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"pk":{"S":"a"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}})");
}

TEST_F(DynamoCollections, CancelTransactionsThatWouldOverfillThem) {
  const auto action = [&](const std::string& item) {
    return cat(R"({"Put":{"TableName":"lll","Item":)", item, "}}");
  };
  const AwsError e =
      ddb_error("TransactWriteItems", cat(R"({"TransactItems":[)", action(item("a", "1", 500)), ",",
                                          action(item("a", "2", 500)), "]}"));
  EXPECT_EQ(e.message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ItemCollectionSizeLimitExceeded]");
  EXPECT_EQ(e.members.at(0).second,
            R"([{"Code":"None"},{"Code":"ItemCollectionSizeLimitExceeded",)"
            R"("Message":"Collection size exceeded."}])");
}

TEST_F(DynamoCollections, AreCountedAgainWhenATableIsRestored) {
  put("lll", item("a", "1", 600));
  const Value arn = ddb("CreateBackup", R"({"TableName":"lll","BackupName":"bbb"})")
                        .at("BackupDetails").at("BackupArn");
  call("dynamodb", "RestoreTableFromBackup", {{"TargetTableName", "back"}, {"BackupArn", arn}});
  auto store = dynamodb::stores_of(world()).find("us-east-1", "back");
  const std::lock_guard lock(store->mutex());
  EXPECT_EQ(store->collections().bytes("a"), store->bytes());
}

}  // namespace
}  // namespace squall
