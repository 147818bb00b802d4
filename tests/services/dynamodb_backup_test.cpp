// Backups on demand and point-in-time recovery.
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class BackupTest : public DynamoTest {
 protected:
  std::string back_up(std::string_view table = "ttt", std::string_view name = "nightly") {
    return std::string(call("dynamodb", "CreateBackup",
                            {{"TableName", table}, {"BackupName", name}})
                           .at("BackupDetails").at("BackupArn").text());
  }
  void restore(std::string_view target, std::string_view arn) {
    call("dynamodb", "RestoreTableFromBackup",
         {{"TargetTableName", target}, {"BackupArn", arn}});
  }
  int64_t count(std::string_view table) {
    return call("dynamodb", "Scan", {{"TableName", table}, {"Select", "COUNT"}})
        .at("Count").integer();
  }
  void enable_recovery(bool on = true) {
    call("dynamodb", "UpdateContinuousBackups",
         {{"TableName", "ttt"},
          {"PointInTimeRecoverySpecification", {{"PointInTimeRecoveryEnabled", on}}}});
  }
  Value recovery() {
    return ddb("DescribeContinuousBackups", R"({"TableName":"ttt"})")
        .at("ContinuousBackupsDescription").at("PointInTimeRecoveryDescription");
  }
  Value table(std::string_view name) {
    return call("dynamodb", "DescribeTable", {{"TableName", name}}).at("Table");
  }
};

TEST_F(BackupTest, ABackupIsTheTableAsItWas) {
  make_table();
  put("ttt", R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  const std::string arn = back_up();
  EXPECT_THAT(arn, testing::MatchesRegex(
                       "arn:aws:dynamodb:us-east-1:000000000000:table/ttt/backup/[0-9]{14}-"
                       "[0-9a-f]{8}"));
  put("ttt", R"({"pk":{"S":"a"},"v":{"N":"2"}})");
  put("ttt", R"({"pk":{"S":"b"}})");
  const Value shown = call("dynamodb", "DescribeBackup", {{"BackupArn", arn}})
                          .at("BackupDescription");
  EXPECT_EQ(shown.at("BackupDetails").at("BackupStatus").text(), "AVAILABLE");
  EXPECT_EQ(shown.at("SourceTableDetails").at("ItemCount").integer(), 1);
  restore("back", arn);
  EXPECT_EQ(get("back", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  EXPECT_EQ(count("back"), 1);
  EXPECT_EQ(count("ttt"), 2);
  const Value summary = table("back").at("RestoreSummary");
  EXPECT_EQ(summary.at("SourceBackupArn").text(), arn);
  EXPECT_FALSE(summary.at("RestoreInProgress").boolean());
  put("back", R"({"pk":{"S":"c"}})");
  EXPECT_EQ(count("back"), 2);
  restore("again", arn);
  EXPECT_EQ(count("again"), 1);
}

TEST_F(BackupTest, ListsAndDeletes) {
  make_table();
  const std::string first = back_up();
  advance(1min);
  const std::string second = back_up();  // names need not be unique
  make_table("uuu");
  back_up("uuu");
  EXPECT_EQ(ddb("ListBackups", "{}").at("BackupSummaries").size(), 3u);
  const Value page = ddb("ListBackups", R"({"TableName":"ttt","Limit":1})");
  EXPECT_EQ(page.at("LastEvaluatedBackupArn").text(), first);
  const Value rest = call("dynamodb", "ListBackups", {{"TableName", "ttt"},
                                                      {"ExclusiveStartBackupArn", first}});
  EXPECT_EQ(rest.at("BackupSummaries")[0].at("BackupArn").text(), second);
  EXPECT_EQ(call("dynamodb", "ListBackups",
                 {{"TimeRangeLowerBound", world().now()}, {"TableName", "ttt"}})
                .at("BackupSummaries").size(), 1u);
  EXPECT_EQ(ddb("ListBackups", R"({"BackupType":"SYSTEM"})").at("BackupSummaries").size(), 0u);
  const Value gone = call("dynamodb", "DeleteBackup", {{"BackupArn", first}});
  EXPECT_EQ(gone.at("BackupDescription").at("BackupDetails").at("BackupStatus").text(),
            "DELETED");
  EXPECT_EQ(error("dynamodb", "DescribeBackup", {{"BackupArn", first}}).code,
            "BackupNotFoundException");
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  restore("ttt", second);  // backups outlive their tables
}

TEST_F(BackupTest, RestoresTakeOverrides) {
  ddb("CreateTable", R"({"TableName":"ttt","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                            {"AttributeName":"g","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
    "GlobalSecondaryIndexes":[{"IndexName":"ggg","Projection":{"ProjectionType":"ALL"},
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}]})");
  put("ttt", R"({"pk":{"S":"a"},"g":{"S":"x"}})");
  const std::string arn = back_up();
  restore("kept", arn);
  EXPECT_EQ(call("dynamodb", "Query", {{"TableName", "kept"}, {"IndexName", "ggg"},
                 {"KeyConditionExpression", "g = :g"},
                 {"ExpressionAttributeValues", json(R"({":g":{"S":"x"}})")}})
                .at("Count").integer(), 1);
  call("dynamodb", "RestoreTableFromBackup",
       {{"TargetTableName", "bare"}, {"BackupArn", arn},
        {"GlobalSecondaryIndexOverride", Value::list()},
        {"BillingModeOverride", "PROVISIONED"},
        {"ProvisionedThroughputOverride", {{"ReadCapacityUnits", 5}, {"WriteCapacityUnits", 6}}}});
  const Value bare = table("bare");
  EXPECT_TRUE(bare.at("GlobalSecondaryIndexes").is_absent());
  EXPECT_EQ(bare.at("AttributeDefinitions").size(), 1u);
  EXPECT_EQ(bare.at("ProvisionedThroughput").at("WriteCapacityUnits").integer(), 6);
  EXPECT_EQ(error("dynamodb", "RestoreTableFromBackup",
                  {{"TargetTableName", "other"}, {"BackupArn", arn},
                   {"GlobalSecondaryIndexOverride",
                    json(R"([{"IndexName":"new","Projection":{"ProjectionType":"ALL"},
                      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}])")}}).code,
            "ValidationException");
}

TEST_F(BackupTest, Refusals) {
  make_table();
  EXPECT_EQ(ddb_error("CreateBackup", R"({"TableName":"none","BackupName":"bbb"})").code,
            "TableNotFoundException");
  const std::string arn = back_up();
  const std::string none = arn.substr(0, arn.size() - 8) + "00000000";
  for (const char* operation : {"DescribeBackup", "DeleteBackup"})
    EXPECT_EQ(error("dynamodb", operation, {{"BackupArn", none}}).code,
              "BackupNotFoundException");
  const auto refused = [&](std::string_view target, const std::string& backup) {
    return error("dynamodb", "RestoreTableFromBackup",
                 {{"TargetTableName", target}, {"BackupArn", backup}}).code;
  };
  EXPECT_EQ(refused("new", none), "BackupNotFoundException");
  EXPECT_EQ(refused("ttt", arn), "TableAlreadyExistsException");
  use_latency(sim::LatencyProfile::documented);
  const std::string young = back_up();
  EXPECT_EQ(refused("new", young), "BackupInUseException");
  EXPECT_EQ(error("dynamodb", "DeleteBackup", {{"BackupArn", young}}).code,
            "BackupInUseException");
  restore("new", arn);
  EXPECT_EQ(refused("new", arn), "TableInUseException");
  EXPECT_EQ(ddb_error("CreateBackup", R"({"TableName":"new","BackupName":"bbb"})").code,
            "TableInUseException");
  EXPECT_EQ(error("dynamodb", "UpdateContinuousBackups",
                  json(R"({"TableName":"new","PointInTimeRecoverySpecification":
                    {"PointInTimeRecoveryEnabled":true}})")).code,
            "ContinuousBackupsUnavailableException");
}

TEST_F(BackupTest, AnySecondOfThePastComesBack) {
  make_table();
  put("ttt", R"({"pk":{"S":"before"}})");
  enable_recovery();
  for (int i = 0; i < 5; ++i) {
    advance(1min);
    put("ttt", cat(R"({"pk":{"S":"a"},"v":{"N":")", i, R"("}})"));
    put("ttt", cat(R"({"pk":{"S":"i)", i, R"("}})"));
  }
  advance(1min);
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"before"}}})");
  const Time deleted = world().now();
  advance(10min);
  call("dynamodb", "RestoreTableToPointInTime",
       {{"SourceTableName", "ttt"}, {"TargetTableName", "past"},
        {"RestoreDateTime", deleted - 3min - 30s}});
  EXPECT_EQ(count("past"), 4);  // before, a, i0, i1
  EXPECT_EQ(get("past", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  call("dynamodb", "RestoreTableToPointInTime",
       {{"SourceTableName", "ttt"}, {"TargetTableName", "latest"},
        {"UseLatestRestorableTime", true}});
  EXPECT_EQ(count("latest"), 6);
  EXPECT_EQ(count("ttt"), 6);
  EXPECT_EQ(table("past").at("TableSizeBytes").integer(), 22);
}

TEST_F(BackupTest, RecoveryIsDescribed) {
  make_table();
  EXPECT_EQ(to_json(recovery()), R"({"PointInTimeRecoveryStatus":"DISABLED"})");
  enable_recovery();
  const Time enabled = world().now();
  advance(1h);
  EXPECT_EQ(recovery().at("EarliestRestorableDateTime").time(), enabled);
  EXPECT_EQ(recovery().at("LatestRestorableDateTime").time(), world().now() - 5min);
  EXPECT_EQ(recovery().at("RecoveryPeriodInDays").integer(), 35);
  ddb("UpdateContinuousBackups", R"({"TableName":"ttt","PointInTimeRecoverySpecification":
    {"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":2}})");
  advance(72h);
  EXPECT_EQ(recovery().at("EarliestRestorableDateTime").time(), world().now() - 48h);
  enable_recovery(false);
  EXPECT_EQ(to_json(recovery()), R"({"PointInTimeRecoveryStatus":"DISABLED"})");
}

TEST_F(BackupTest, RecoveryRefusals) {
  make_table();
  const auto refused = [&](Value input) {
    return error("dynamodb", "RestoreTableToPointInTime", input).code;
  };
  EXPECT_EQ(refused({{"SourceTableName", "ttt"}, {"TargetTableName", "new"},
                     {"UseLatestRestorableTime", true}}),
            "PointInTimeRecoveryUnavailableException");
  enable_recovery();
  advance(1h);
  EXPECT_EQ(refused({{"SourceTableName", "ttt"}, {"TargetTableName", "new"},
                     {"RestoreDateTime", world().now()}}),
            "InvalidRestoreTimeException");
  EXPECT_EQ(refused({{"SourceTableName", "none"}, {"TargetTableName", "new"},
                     {"UseLatestRestorableTime", true}}),
            "TableNotFoundException");
  EXPECT_EQ(refused({{"SourceTableName", "ttt"}, {"TargetTableName", "ttt"},
                     {"UseLatestRestorableTime", true}}),
            "TableAlreadyExistsException");
  EXPECT_EQ(refused({{"SourceTableName", "ttt"}, {"TargetTableName", "new"}}),
            "ValidationException");
  for (const char* operation : {"DescribeContinuousBackups", "UpdateContinuousBackups"}) {
    Value input{{"TableName", "none"}};
    if (std::string_view(operation) == "UpdateContinuousBackups")
      input.add("PointInTimeRecoverySpecification", {{"PointInTimeRecoveryEnabled", true}});
    EXPECT_EQ(error("dynamodb", operation, input).code, "TableNotFoundException");
  }
  use_latency(sim::LatencyProfile::documented);
  const Value latest{{"SourceTableName", "ttt"}, {"TargetTableName", "new"},
                     {"UseLatestRestorableTime", true}};
  call("dynamodb", "RestoreTableToPointInTime", latest);
  EXPECT_EQ(refused(latest), "TableInUseException");
}

TEST_F(BackupTest, ADeletedTableWithRecoveryLeavesABackup) {
  make_table();
  enable_recovery();
  put("ttt", R"({"pk":{"S":"a"}})");
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  const Value list = ddb("ListBackups", R"({"TableName":"ttt","BackupType":"SYSTEM"})")
                         .at("BackupSummaries");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("BackupName").text(), "ttt$DeletedTableBackup");
  restore("ttt", list[0].at("BackupArn").text());
  EXPECT_EQ(count("ttt"), 1);
  advance(24h * 36);
  EXPECT_EQ(ddb("ListBackups", R"({"BackupType":"ALL"})").at("BackupSummaries").size(), 0u);
}

TEST_F(BackupTest, StateIsInTheDumpAndGoesWithAReset) {
  make_table();
  enable_recovery();
  put("ttt", R"({"pk":{"S":"precious"}})");
  back_up();
  ddb("DeleteTable", R"({"TableName":"ttt"})");
  ddb("ListTables", "{}");
  EXPECT_THAT(world().dump(), testing::HasSubstr("precious"));
  world().reset();
  EXPECT_THAT(world().dump(), testing::Not(testing::HasSubstr("precious")));
}

}  // namespace
}  // namespace squall
