// Global tables: replicas, replication, conflicts, rules.
#include "services/faults/faults.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class ReplicaTest : public DynamoTest {
 protected:
  void make_source() {
    ddb("CreateTable", R"({"TableName":"ttt","BillingMode":"PAY_PER_REQUEST",
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
  }
  void change(std::string_view kind, std::string_view region) {
    ddb("UpdateTable", cat(R"({"TableName":"ttt","ReplicaUpdates":[{")", kind,
                           R"(":{"RegionName":")", region, R"("}}]})"));
  }
  void in(const char* region) { use_region(region); }
  Value table() { return ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table"); }
  std::string item() { return get("ttt", R"({"pk":{"S":"a"}})"); }
  void write(int v) { put("ttt", cat(R"({"pk":{"S":"a"},"v":{"N":")", v, R"("}})")); }
  static std::string version(int v) {
    return cat(R"({"pk":{"S":"a"},"v":{"N":")", v, R"("}})");
  }
};

TEST_F(ReplicaTest, WritesReachTheOthers) {
  make_source();
  write(1);
  change("Create", "eu-west-1");
  EXPECT_EQ(table().at("GlobalTableVersion").text(), "2019.11.21");
  ASSERT_EQ(table().at("Replicas").size(), 1u);
  EXPECT_EQ(table().at("Replicas")[0].at("RegionName").text(), "eu-west-1");
  EXPECT_EQ(table().at("Replicas")[0].at("ReplicaStatus").text(), "ACTIVE");
  in("eu-west-1");
  EXPECT_EQ(item(), version(1));  // what was there before
  EXPECT_EQ(table().at("Replicas")[0].at("RegionName").text(), "us-east-1");
  write(2);
  advance(1s);
  in("us-east-1");
  EXPECT_EQ(item(), version(2));
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})");
  advance(1s);
  in("eu-west-1");
  EXPECT_EQ(item(), "null");
}

TEST_F(ReplicaTest, TheLastWriterWins) {
  make_source();
  change("Create", "eu-west-1");
  in("eu-west-1");
  write(1);
  advance(50ms);
  in("us-east-1");
  write(2);
  advance(2s);
  EXPECT_EQ(item(), version(2));
  in("eu-west-1");
  EXPECT_EQ(item(), version(2));
}

TEST_F(ReplicaTest, ThirdReplicasHearOfBoth) {
  make_source();
  change("Create", "eu-west-1");
  advance(1s);
  change("Create", "ap-south-1");
  in("ap-south-1");
  write(7);
  advance(1s);
  for (const char* region : {"us-east-1", "eu-west-1"}) {
    in(region);
    EXPECT_EQ(item(), version(7));
    EXPECT_EQ(table().at("Replicas").size(), 2u);
  }
}

TEST_F(ReplicaTest, ReplicatedWritesAreInTheReplicasStream) {
  make_source();
  change("Create", "eu-west-1");
  write(1);
  advance(1s);
  in("eu-west-1");
  const Value stream = table().at("LatestStreamArn");
  const Value shard = call("dynamodbstreams", "DescribeStream", {{"StreamArn", stream}})
                          .at("StreamDescription").at("Shards")[0].at("ShardId");
  const Value it = call("dynamodbstreams", "GetShardIterator",
                        {{"StreamArn", stream}, {"ShardId", shard},
                         {"ShardIteratorType", "TRIM_HORIZON"}});
  const Value records = call("dynamodbstreams", "GetRecords", it).at("Records");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].at("awsRegion").text(), "eu-west-1");
}

TEST_F(ReplicaTest, APauseHoldsWritesBack) {
  make_source();
  change("Create", "eu-west-1");
  std::string fault;
  {
    sim::Transaction transaction(world());
    sim::Scope here(world(), "us-east-1");
    fault = faults::faults().start(here, "dynamodb-pause-replication", {{"table", "ttt"}},
                                   Duration{});
    transaction.commit();
  }
  write(1);
  advance(30min);
  in("eu-west-1");
  EXPECT_EQ(item(), "null");
  write(2);  // later, so it wins
  {
    sim::Transaction transaction(world());
    sim::Scope here(world(), "us-east-1");
    faults::faults().stop(here, fault);
    transaction.commit();
  }
  advance(2s);
  EXPECT_EQ(item(), version(2));
  in("us-east-1");
  EXPECT_EQ(item(), version(2));
}

TEST_F(ReplicaTest, ReplicationRunsOnlyWhileSomethingIsToBeTold) {
  make_source();
  change("Create", "eu-west-1");
  advance(1s);
  const auto pumping = [&] {
    int found = 0;
    for (const sim::Event& event : world().scheduler().pending())
      found += event.kind == "dynamodb.replicate";
    return found;
  };
  EXPECT_EQ(pumping(), 0);
  use_latency(sim::LatencyProfile::measured);
  for (int v = 1; v <= 20; ++v) write(v);
  advance(10ms);
  EXPECT_EQ(pumping(), 1);
  in("eu-west-1");
  EXPECT_EQ(item(), "null") << "it takes a while";
  advance(5s);
  EXPECT_EQ(item(), version(20));
  EXPECT_EQ(pumping(), 0);
}

TEST_F(ReplicaTest, AutoScalingOfAllReplicas) {
  ddb("CreateTable", R"({"TableName":"ttt",
    "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                            {"AttributeName":"g","AttributeType":"S"}],
    "GlobalSecondaryIndexes":[{"IndexName":"ggg","Projection":{"ProjectionType":"ALL"},
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
  change("Create", "eu-west-1");
  const auto scaling = [&] {
    return ddb("DescribeTableReplicaAutoScaling", R"({"TableName":"ttt"})")
        .at("TableAutoScalingDescription").at("Replicas");
  };
  ASSERT_EQ(scaling().size(), 2u);
  const char* writes = "ReplicaProvisionedWriteCapacityAutoScalingSettings";
  EXPECT_EQ(to_json(scaling()[0].at(writes)), R"({"AutoScalingDisabled":true})");
  ddb("UpdateTableReplicaAutoScaling", R"({"TableName":"ttt",
    "ProvisionedWriteCapacityAutoScalingUpdate":{"MinimumUnits":10,"MaximumUnits":100,
      "ScalingPolicyUpdate":{"TargetTrackingScalingPolicyConfiguration":{"TargetValue":60}}},
    "GlobalSecondaryIndexUpdates":[{"IndexName":"ggg",
      "ProvisionedWriteCapacityAutoScalingUpdate":{"MinimumUnits":7,"MaximumUnits":70}}],
    "ReplicaUpdates":[{"RegionName":"eu-west-1",
      "ReplicaProvisionedReadCapacityAutoScalingUpdate":{"MinimumUnits":20,"MaximumUnits":200,
        "ScalingPolicyUpdate":{"PolicyName":"mine","TargetTrackingScalingPolicyConfiguration":{
          "TargetValue":50,"DisableScaleIn":true,"ScaleInCooldown":60,"ScaleOutCooldown":30}}},
      "ReplicaGlobalSecondaryIndexUpdates":[{"IndexName":"ggg",
        "ProvisionedReadCapacityAutoScalingUpdate":{"MinimumUnits":9,"MaximumUnits":90}}]}]})");
  advance(10s);
  const Value europe = scaling()[0];
  EXPECT_EQ(europe.at("RegionName").text(), "eu-west-1");
  EXPECT_EQ(to_json(europe.at("ReplicaProvisionedReadCapacityAutoScalingSettings")
                        .at("ScalingPolicies")),
            R"([{"PolicyName":"mine","TargetTrackingScalingPolicyConfiguration":)"
            R"({"DisableScaleIn":true,"ScaleInCooldown":60,"ScaleOutCooldown":30,)"
            R"("TargetValue":50.0}}])");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(scaling()[i].at(writes).at("MaximumUnits").integer(), 100);
  EXPECT_EQ(table().at("ProvisionedThroughput").at("WriteCapacityUnits").integer(), 10);
  in("eu-west-1");
  EXPECT_EQ(table().at("ProvisionedThroughput").at("ReadCapacityUnits").integer(), 20);
  EXPECT_EQ(table().at("ProvisionedThroughput").at("WriteCapacityUnits").integer(), 10);
  const Value index = table().at("GlobalSecondaryIndexes")[0].at("ProvisionedThroughput");
  EXPECT_EQ(index.at("ReadCapacityUnits").integer(), 9);
  EXPECT_EQ(index.at("WriteCapacityUnits").integer(), 7);
  EXPECT_EQ(call("application-autoscaling", "DescribeScalingPolicies",
                 {{"ServiceNamespace", "dynamodb"}}).at("ScalingPolicies").size(), 2u);
  ddb("UpdateTableReplicaAutoScaling", R"({"TableName":"ttt",
    "ProvisionedWriteCapacityAutoScalingUpdate":{"AutoScalingDisabled":true}})");
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(to_json(scaling()[i].at(writes)), R"({"AutoScalingDisabled":true})");
}

TEST_F(ReplicaTest, AutoScalingRefusals) {
  const char* update = "UpdateTableReplicaAutoScaling";
  EXPECT_EQ(ddb_error("DescribeTableReplicaAutoScaling", R"({"TableName":"ttt"})").code,
            "ResourceNotFoundException");
  EXPECT_EQ(ddb_error(update, R"({"TableName":"ttt","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":1,"MaximumUnits":2}})").code, "ResourceNotFoundException");
  make_table();
  EXPECT_THAT(refusal(update, R"({"TableName":"ttt"})"), testing::HasSubstr("At least one of"));
  EXPECT_THAT(refusal(update, R"({"TableName":"ttt","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":1,"MaximumUnits":2}})"), testing::HasSubstr("PROVISIONED"));
  ddb("UpdateTable", R"({"TableName":"ttt","BillingMode":"PROVISIONED",
    "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}})");
  EXPECT_THAT(refusal(update, R"({"TableName":"ttt","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":1}})"), testing::HasSubstr("MaximumUnits"));
  EXPECT_THAT(refusal(update, R"({"TableName":"ttt","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":5,"MaximumUnits":2}})"), testing::HasSubstr("MaximumUnits"));
  EXPECT_THAT(refusal(update, R"({"TableName":"ttt","ReplicaUpdates":[
    {"RegionName":"eu-west-1"}]})"), testing::HasSubstr("eu-west-1"));
  EXPECT_EQ(ddb_error(update, R"({"TableName":"ttt","GlobalSecondaryIndexUpdates":[
    {"IndexName":"none"}]})").code, "ResourceNotFoundException");
  use_latency(sim::LatencyProfile::measured);
  ddb("UpdateTable", R"({"TableName":"ttt",
    "ProvisionedThroughput":{"ReadCapacityUnits":6,"WriteCapacityUnits":5}})");
  EXPECT_EQ(ddb_error(update, R"({"TableName":"ttt","ProvisionedWriteCapacityAutoScalingUpdate":
    {"MinimumUnits":1,"MaximumUnits":2}})").code, "ResourceInUseException");
}

TEST_F(ReplicaTest, TtlAndSettingsAreShared) {
  make_source();
  change("Create", "eu-west-1");
  ddb("UpdateTimeToLive", R"({"TableName":"ttt",
    "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}})");
  ddb("UpdateTable", R"({"TableName":"ttt",
    "AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],
    "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"ggg",
      "Projection":{"ProjectionType":"ALL"},
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}}]})");
  put("ttt", cat(R"({"pk":{"S":"a"},"until":{"N":")", unix_seconds(world().now() + 30s), R"("}})"));
  advance(10s);
  in("eu-west-1");
  EXPECT_NE(item(), "null");
  EXPECT_EQ(table().at("GlobalSecondaryIndexes")[0].at("IndexStatus").text(), "ACTIVE");
  EXPECT_THAT(ddb_text("DescribeTimeToLive", R"({"TableName":"ttt"})"),
              testing::HasSubstr("until"));
  advance(1min);
  EXPECT_EQ(item(), "null");
}

TEST_F(ReplicaTest, ReplicasGo) {
  make_source();
  change("Create", "eu-west-1");
  EXPECT_THAT(refusal("DeleteTable", R"({"TableName":"ttt"})"),
              testing::HasSubstr("has acted as a source region"));
  change("Delete", "eu-west-1");
  EXPECT_TRUE(table().at("Replicas").is_absent());
  in("eu-west-1");
  EXPECT_EQ(ddb_error("DescribeTable", R"({"TableName":"ttt"})").code,
            "ResourceNotFoundException");
  in("us-east-1");
  write(1);
  advance(1s);
  ddb("DeleteTable", R"({"TableName":"ttt"})");
}

TEST_F(ReplicaTest, Refusals) {
  make_table();
  const auto refused = [&](std::string_view kind, std::string_view region) {
    return refusal("UpdateTable", cat(R"({"TableName":"ttt","ReplicaUpdates":[{")", kind,
                                      R"(":{"RegionName":")", region, R"("}}]})"));
  };
  EXPECT_THAT(refused("Create", "eu-west-1"), testing::HasSubstr("NEW_AND_OLD_IMAGES"));
  EXPECT_THAT(refused("Delete", "us-east-1"), testing::HasSubstr("local region"));
  EXPECT_EQ(refused("Delete", "eu-west-1"),
            "Replica specified in the Replica Update or Replica Delete action of the request was "
            "not found.");
  ddb("UpdateTable", R"({"TableName":"ttt",
    "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})");
  EXPECT_THAT(refused("Create", "mars-1"), testing::HasSubstr("region"));
  in("eu-west-1");
  make_table();
  in("us-east-1");
  EXPECT_THAT(refused("Create", "eu-west-1"), testing::HasSubstr("already existed"));
}

// --- the version of 2017 -------------------------------------------------------------------------

class OldGlobalTableTest : public ReplicaTest {
 protected:
  void make_in(const char* region) {
    in(region);
    ddb("CreateTable", R"({"TableName":"ttt",
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
    in("us-east-1");
  }
  static constexpr const char* create = R"({"GlobalTableName":"ttt",
    "ReplicationGroup":[{"RegionName":"us-east-1"},{"RegionName":"eu-west-1"}]})";
};

TEST_F(OldGlobalTableTest, TablesAreJoined) {
  make_in("us-east-1");
  EXPECT_EQ(ddb_error("CreateGlobalTable", create).code, "TableNotFoundException");
  make_in("eu-west-1");
  const Value made = ddb("CreateGlobalTable", create).at("GlobalTableDescription");
  EXPECT_EQ(made.at("GlobalTableStatus").text(), "CREATING");
  EXPECT_EQ(made.at("GlobalTableArn").text(),
            "arn:aws:dynamodb::000000000000:global-table/ttt");
  EXPECT_EQ(made.at("ReplicationGroup").size(), 2u);
  EXPECT_EQ(ddb("DescribeGlobalTable", R"({"GlobalTableName":"ttt"})")
                .at("GlobalTableDescription").at("GlobalTableStatus").text(), "ACTIVE");
  EXPECT_EQ(table().at("GlobalTableVersion").text(), "2017.11.29");
  EXPECT_EQ(ddb_error("CreateGlobalTable", create).code, "GlobalTableAlreadyExistsException");
  EXPECT_THAT(refusal("UpdateTable", R"({"TableName":"ttt",
    "ReplicaUpdates":[{"Create":{"RegionName":"ap-south-1"}}]})"),
              testing::HasSubstr("2017.11.29"));
  write(1);
  advance(1s);
  in("eu-west-1");
  EXPECT_EQ(item(), version(1));
  EXPECT_EQ(ddb_text("ListGlobalTables", R"({"RegionName":"eu-west-1"})"),
            R"({"GlobalTables":[{"GlobalTableName":"ttt","ReplicationGroup":[)"
            R"({"RegionName":"eu-west-1"},{"RegionName":"us-east-1"}]}]})");
  EXPECT_EQ(ddb_text("ListGlobalTables", R"({"RegionName":"ap-south-1"})"),
            R"({"GlobalTables":[]})");
  ddb("UpdateGlobalTable", R"({"GlobalTableName":"ttt",
    "ReplicaUpdates":[{"Delete":{"RegionName":"eu-west-1"}}]})");
  in("us-east-1");
  write(2);
  advance(1s);
  in("eu-west-1");
  EXPECT_EQ(item(), version(1)) << "it is a table on its own";
}

TEST_F(OldGlobalTableTest, SettingsOfAllReplicas) {
  make_in("us-east-1");
  make_in("eu-west-1");
  ddb("CreateGlobalTable", create);
  ddb("UpdateGlobalTableSettings", R"({"GlobalTableName":"ttt",
    "GlobalTableProvisionedWriteCapacityUnits":9,
    "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate":
      {"MinimumUnits":9,"MaximumUnits":90},
    "ReplicaSettingsUpdate":[{"RegionName":"eu-west-1","ReplicaProvisionedReadCapacityUnits":7,
                              "ReplicaTableClass":"STANDARD_INFREQUENT_ACCESS"}]})");
  const Value all = ddb("DescribeGlobalTableSettings", R"({"GlobalTableName":"ttt"})")
                        .at("ReplicaSettings");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].at("ReplicaProvisionedReadCapacityUnits").integer(), 7);
  EXPECT_EQ(all[1].at("ReplicaProvisionedReadCapacityUnits").integer(), 5);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(all[i].at("ReplicaProvisionedWriteCapacityUnits").integer(), 9);
    EXPECT_EQ(all[i].at("ReplicaProvisionedWriteCapacityAutoScalingSettings")
                  .at("MaximumUnits").integer(), 90);
  }
  ddb("UpdateGlobalTableSettings",
      R"({"GlobalTableName":"ttt","GlobalTableBillingMode":"PAY_PER_REQUEST"})");
  in("eu-west-1");
  EXPECT_EQ(table().at("BillingModeSummary").at("BillingMode").text(), "PAY_PER_REQUEST");
}

TEST_F(OldGlobalTableTest, Refusals) {
  for (const char* operation : {"DescribeGlobalTable", "DescribeGlobalTableSettings",
                                "UpdateGlobalTableSettings"})
    EXPECT_EQ(error("dynamodb", operation, {{"GlobalTableName", "ttt"}}).code,
              "GlobalTableNotFoundException");
  const auto update = [&](std::string_view kind, std::string_view region) {
    return ddb_error("UpdateGlobalTable", cat(R"({"GlobalTableName":"ttt","ReplicaUpdates":[{")",
                                              kind, R"(":{"RegionName":")", region, R"("}}]})"));
  };
  EXPECT_EQ(update("Create", "eu-west-1").code, "GlobalTableNotFoundException");
  make_in("us-east-1");
  make_in("eu-west-1");
  write(1);
  EXPECT_THAT(refusal("CreateGlobalTable", create), testing::HasSubstr("must be empty"));
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})");
  ddb("CreateGlobalTable", create);
  EXPECT_EQ(update("Create", "eu-west-1").code, "ReplicaAlreadyExistsException");
  EXPECT_EQ(update("Delete", "ap-south-1").code, "ReplicaNotFoundException");
  EXPECT_EQ(update("Create", "ap-south-1").code, "TableNotFoundException");
  EXPECT_EQ(ddb_error("UpdateGlobalTableSettings", R"({"GlobalTableName":"ttt",
    "ReplicaSettingsUpdate":[{"RegionName":"ap-south-1"}]})").code, "ReplicaNotFoundException");
  EXPECT_EQ(ddb_error("UpdateGlobalTableSettings", R"({"GlobalTableName":"ttt",
    "GlobalTableGlobalSecondaryIndexSettingsUpdate":[{"IndexName":"none",
      "ProvisionedWriteCapacityUnits":5}]})").code, "IndexNotFoundException");
}

}  // namespace
}  // namespace squall
