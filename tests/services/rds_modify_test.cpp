// What changes at once, what waits, what restarts; replicas, restores, parameters, catalogues.
#include "services/rds/rds.h"
#include "tests/services/stores_fixture.h"

namespace squall {
namespace {

class RdsModifyTest : public StoresTest {
 protected:
  RdsModifyTest() {
    call("rds", "CreateDBSubnetGroup",
         {{"DBSubnetGroupName", "data"},
          {"DBSubnetGroupDescription", "data"},
          {"SubnetIds", std::vector<std::string>{subnet_a, subnet_b}}});
    call("rds", "CreateDBInstance",
         {{"DBInstanceIdentifier", "orders"},
          {"Engine", "postgres"},
          {"EngineVersion", "15.7"},
          {"DBInstanceClass", "db.m5.large"},
          {"AllocatedStorage", 100},
          {"MasterUsername", "app"},
          {"MasterUserPassword", "correct-horse"},
          {"DBSubnetGroupName", "data"},
          {"VpcSecurityGroupIds", std::vector<std::string>{group}}});
  }
  Value modify(Key member, Value value, bool now = true) {
    Value r{{"DBInstanceIdentifier", "orders"}, {"ApplyImmediately", now}};
    r.set(member, value);
    return call("rds", "ModifyDBInstance", r).at("DBInstance");
  }
  AwsError refused(Key member, Value value) {
    Value r{{"DBInstanceIdentifier", "orders"}, {"ApplyImmediately", true}};
    r.set(member, value);
    return error("rds", "ModifyDBInstance", r);
  }
  const rds::DbInstance& db(const std::string& id = "orders") {
    return *scope().view<rds::DbInstance>(id);
  }
  Value shown(const std::string& id = "orders") {
    return call("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", id}}).at("DBInstances")[0];
  }
};

TEST_F(RdsModifyTest, WaitsForTheMaintenanceWindow) {
  const Value answer = modify("DBInstanceClass", "db.m5.xlarge", false);
  EXPECT_EQ(answer.at("PendingModifiedValues").at("DBInstanceClass").text(), "db.m5.xlarge");
  EXPECT_EQ(db().instance_class, "db.m5.large");
  advance(8 * 24h);
  EXPECT_EQ(db().instance_class, "db.m5.xlarge");
  EXPECT_EQ(shown().at("PendingModifiedValues").size(), 0u);
}

TEST_F(RdsModifyTest, BecomesMultiAzAndBack) {
  modify("MultiAZ", true);
  EXPECT_TRUE(db().multi_az);
  EXPECT_TRUE(db().standby_in_sync);
  EXPECT_EQ(shown().at("SecondaryAvailabilityZone").text(), "us-east-1b");
  EXPECT_TRUE(announced("RDS-EVENT-0025"));
  modify("MultiAZ", false);
  EXPECT_TRUE(shown().at("SecondaryAvailabilityZone").is_absent());
}

TEST_F(RdsModifyTest, ClassChangeOfMultiAzFailsOver) {
  modify("MultiAZ", true);
  use_latency(sim::LatencyProfile::measured);
  modify("DBInstanceClass", "db.m5.2xlarge");
  advance(1s);
  EXPECT_EQ(db().status, "modifying");
  EXPECT_TRUE(rds::is_serving(scope(), db()));
  advance(1500s);
  EXPECT_EQ(db().instance_class, "db.m5.2xlarge");
  EXPECT_EQ(db().primary_zone, "us-east-1b");
  EXPECT_EQ(db().status, "available");
}

TEST_F(RdsModifyTest, RefusesInAwsWords) {
  EXPECT_EQ(refused("AllocatedStorage", 50).code, "InvalidParameterCombination");
  EXPECT_EQ(refused("AllocatedStorage", 105).code, "InvalidParameterCombination");
  EXPECT_EQ(refused("EngineVersion", "16.3").message,
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
            "version.");
  EXPECT_EQ(refused("DBInstanceClass", "db.nothing").code, "InvalidParameterValue");
  EXPECT_EQ(db().allocated_gib, 100);
}

TEST_F(RdsModifyTest, ProtectsFromDeletionAndNoLonger) {
  modify("DeletionProtection", true);
  EXPECT_EQ(error("rds", "DeleteDBInstance",
                  {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}})
                .code,
            "InvalidParameterCombination");
  modify("DeletionProtection", false);
  call("rds", "DeleteDBInstance",
       {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}});
}

TEST_F(RdsModifyTest, Renames) {
  modify("NewDBInstanceIdentifier", "sales");
  EXPECT_EQ(shown("sales").at("Endpoint").at("Address").text().substr(0, 6), "sales.");
  EXPECT_EQ(error("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", "orders"}}).code,
            "DBInstanceNotFound");
}

TEST_F(RdsModifyTest, ReplicasFollowAndArePromoted) {
  call("rds", "CreateDBInstanceReadReplica",
       {{"DBInstanceIdentifier", "orders-ro"}, {"SourceDBInstanceIdentifier", "orders"}});
  EXPECT_EQ(shown("orders-ro").at("ReadReplicaSourceDBInstanceIdentifier").text(), "orders");
  EXPECT_EQ(shown().at("ReadReplicaDBInstanceIdentifiers")[0].text(), "orders-ro");
  EXPECT_EQ(error("rds", "StopDBInstance", {{"DBInstanceIdentifier", "orders"}}).code,
            "InvalidDBInstanceState");
  call("rds", "PromoteReadReplica", {{"DBInstanceIdentifier", "orders-ro"}});
  EXPECT_EQ(db("orders-ro").status, "available");
  EXPECT_TRUE(db("orders-ro").source_id.empty());
  EXPECT_TRUE(db().replica_ids.empty());
}

TEST_F(RdsModifyTest, RestoresFromSnapshotAndFromLogs) {
  call("rds", "CreateDBSnapshot",
       {{"DBSnapshotIdentifier", "before"}, {"DBInstanceIdentifier", "orders"}});
  EXPECT_EQ(db().status, "available");
  call("rds", "RestoreDBInstanceFromDBSnapshot",
       {{"DBInstanceIdentifier", "again"}, {"DBSnapshotIdentifier", "before"}});
  EXPECT_EQ(db("again").status, "available");
  EXPECT_EQ(db("again").group_ids, db().group_ids);
  EXPECT_NE(db("again").private_ip, db().private_ip);
  EXPECT_NE(db("again").resource_id, db().resource_id);
  advance(3600s);
  call("rds", "RestoreDBInstanceToPointInTime",
       {{"SourceDBInstanceIdentifier", "orders"},
        {"TargetDBInstanceIdentifier", "rewound"},
        {"UseLatestRestorableTime", true}});
  EXPECT_EQ(db("rewound").status, "available");
}

TEST_F(RdsModifyTest, ParametersWaitForARestart) {
  call("rds", "CreateDBParameterGroup",
       {{"DBParameterGroupName", "tuned"},
        {"DBParameterGroupFamily", "postgres15"},
        {"Description", "tuned"}});
  modify("DBParameterGroupName", "tuned");
  const Value change{{"ParameterName", "max_connections"},
                     {"ParameterValue", "500"},
                     {"ApplyMethod", "pending-reboot"}};
  call("rds", "ModifyDBParameterGroup",
       {{"DBParameterGroupName", "tuned"}, {"Parameters", std::vector<Value>{change}}});
  EXPECT_EQ(shown().at("DBParameterGroups")[0].at("ParameterApplyStatus").text(), "pending-reboot");
  call("rds", "RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  EXPECT_EQ(shown().at("DBParameterGroups")[0].at("ParameterApplyStatus").text(), "in-sync");
  const Value user =
      call("rds", "DescribeDBParameters", {{"DBParameterGroupName", "tuned"}, {"Source", "user"}});
  ASSERT_EQ(user.at("Parameters").size(), 1u);
  EXPECT_EQ(user.at("Parameters")[0].at("ParameterValue").text(), "500");
  EXPECT_EQ(error("rds", "DeleteDBParameterGroup", {{"DBParameterGroupName", "tuned"}}).code,
            "InvalidDBParameterGroupState");
  EXPECT_EQ(error("rds", "ModifyDBParameterGroup",
                  {{"DBParameterGroupName", "default.postgres15"},
                   {"Parameters", std::vector<Value>{change}}})
                .code,
            "InvalidParameterValue");
}

TEST_F(RdsModifyTest, TagsByArn) {
  const std::string arn = db().arn;
  call("rds", "AddTagsToResource",
       {{"ResourceName", arn},
        {"Tags", std::vector<Value>{Value{{"Key", "team"}, {"Value", "core"}}}}});
  const Value list = call("rds", "ListTagsForResource", {{"ResourceName", arn}}).at("TagList");
  ASSERT_EQ(list.size(), 1u);
  call("rds", "RemoveTagsFromResource",
       {{"ResourceName", arn}, {"TagKeys", std::vector<std::string>{"team"}}});
  EXPECT_TRUE(db().tags.empty());
}

TEST_F(RdsModifyTest, Catalogues) {
  const Value versions =
      call("rds", "DescribeDBEngineVersions", {{"Engine", "postgres"}, {"DefaultOnly", true}});
  ASSERT_EQ(versions.at("DBEngineVersions").size(), 1u);
  EXPECT_EQ(versions.at("DBEngineVersions")[0].at("EngineVersion").text(), "17.6");
  const Value all = call("rds", "DescribeDBEngineVersions", {{"MaxRecords", 20}});
  EXPECT_EQ(all.at("DBEngineVersions").size(), 20u);
  const Value rest =
      call("rds", "DescribeDBEngineVersions", {{"MaxRecords", 20}, {"Marker", all.at("Marker")}});
  EXPECT_NE(rest.at("DBEngineVersions")[0].at("EngineVersion").text(),
            all.at("DBEngineVersions")[0].at("EngineVersion").text());
  const Value options = call("rds", "DescribeOrderableDBInstanceOptions",
                             {{"Engine", "mysql"}, {"DBInstanceClass", "db.t3.micro"}});
  EXPECT_GT(options.at("OrderableDBInstanceOptions").size(), 10u);
  EXPECT_EQ(call("rds", "DescribeCertificates").at("Certificates").size(), 3u);
  EXPECT_EQ(call("rds", "DescribeAccountAttributes").at("AccountQuotas").size(), 8u);
  EXPECT_EQ(call("rds", "DescribeOptionGroups", {{"OptionGroupName", "default:postgres-16"}})
                .at("OptionGroupsList")
                .size(),
            1u);
  EXPECT_EQ(call("rds", "DescribeDBInstanceAutomatedBackups", {{"DBInstanceIdentifier", "orders"}})
                .at("DBInstanceAutomatedBackups")
                .size(),
            1u);
  EXPECT_EQ(call("rds", "DescribeDBLogFiles", {{"DBInstanceIdentifier", "orders"}})
                .at("DescribeDBLogFiles")
                .size(),
            1u);
  EXPECT_EQ(call("rds", "DescribePendingMaintenanceActions").at("PendingMaintenanceActions").size(),
            0u);
  EXPECT_EQ(call("rds", "DescribeEventCategories", {{"SourceType", "db-instance"}})
                .at("EventCategoriesMapList")
                .size(),
            1u);
}

TEST_F(RdsModifyTest, Subscriptions) {
  call("rds", "CreateEventSubscription",
       {{"SubscriptionName", "pager"},
        {"SnsTopicArn", "arn:aws:sns:us-east-1:000000000000:pager"},
        {"SourceType", "db-instance"},
        {"EventCategories", std::vector<std::string>{"failover"}}});
  EXPECT_EQ(call("rds", "DescribeEventSubscriptions").at("EventSubscriptionsList").size(), 1u);
  call("rds", "DeleteEventSubscription", {{"SubscriptionName", "pager"}});
  EXPECT_EQ(error("rds", "DeleteEventSubscription", {{"SubscriptionName", "pager"}}).code,
            "SubscriptionNotFound");
}

}  // namespace
}  // namespace squall
