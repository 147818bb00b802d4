// DB instances by their API: creation, AWS's refusals, deletion, snapshots, groups.
#include "services/rds/rds.h"
#include "tests/services/stores_fixture.h"

namespace squall {
namespace {

class RdsTest : public StoresTest {
 protected:
  RdsTest() {
    call("rds", "CreateDBSubnetGroup",
         {{"DBSubnetGroupName", "Data"},
          {"DBSubnetGroupDescription", "data"},
          {"SubnetIds", std::vector<std::string>{subnet_a, subnet_b}}});
  }
  Value request(const std::string& id = "orders") {
    return {{"DBInstanceIdentifier", id},
            {"Engine", "postgres"},
            {"EngineVersion", "16"},
            {"DBInstanceClass", "db.t3.medium"},
            {"AllocatedStorage", 50},
            {"MasterUsername", "app"},
            {"MasterUserPassword", "correct-horse"},
            {"DBSubnetGroupName", "data"},
            {"VpcSecurityGroupIds", std::vector<std::string>{group}}};
  }
  Value with(Key member, Value value) {
    Value r = request();
    r.set(member, value);
    return r;
  }
  AwsError refused(Key member, Value value) {
    return error("rds", "CreateDBInstance", with(member, value));
  }
  Value shown(const std::string& id = "orders") {
    return call("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", id}}).at("DBInstances")[0];
  }
};

TEST_F(RdsTest, CreatesMultiAzPostgres) {
  Value r = with("MultiAZ", true);
  r.set("StorageEncrypted", true);
  r.set("BackupRetentionPeriod", 7);
  r.set("DeletionProtection", true);
  r.set("Tags", std::vector<Value>{Value{{"Key", "Name"}, {"Value", "orders"}}});
  const Value made = call("rds", "CreateDBInstance", r).at("DBInstance");
  EXPECT_EQ(made.at("DBInstanceStatus").text(), "creating");
  EXPECT_TRUE(made.at("Endpoint").is_absent());
  const Value db = shown();
  EXPECT_EQ(db.at("DBInstanceStatus").text(), "available");
  EXPECT_EQ(db.at("EngineVersion").text(), "16.10");
  EXPECT_EQ(db.at("AvailabilityZone").text(), "us-east-1a");
  EXPECT_EQ(db.at("SecondaryAvailabilityZone").text(), "us-east-1b");
  EXPECT_THAT(std::string(db.at("Endpoint").at("Address").text()),
              testing::MatchesRegex("orders\\.c[a-z0-9]+\\.us-east-1\\.rds\\.amazonaws\\.com"));
  EXPECT_EQ(db.at("Endpoint").at("Port").integer(), 5432);
  EXPECT_EQ(db.at("DBParameterGroups")[0].at("DBParameterGroupName").text(), "default.postgres16");
  EXPECT_EQ(db.at("OptionGroupMemberships")[0].at("OptionGroupName").text(), "default:postgres-16");
  EXPECT_EQ(db.at("DBInstanceArn").text(), "arn:aws:rds:us-east-1:000000000000:db:orders");
  EXPECT_EQ(db.at("DbiResourceId").text().substr(0, 3), "db-");
  EXPECT_TRUE(db.at("KmsKeyId").text().starts_with("arn:aws:kms:us-east-1:"));
  EXPECT_EQ(db.at("PubliclyAccessible").boolean(), false);
  const Value interfaces = call(
      "ec2", "DescribeNetworkInterfaces",
      {{"Filters",
        std::vector<Value>{Value{{"Name", "description"},
                                 {"Values", std::vector<std::string>{"RDSNetworkInterface"}}}}}});
  EXPECT_EQ(interfaces.at("NetworkInterfaces").size(), 2u);
  EXPECT_EQ(
      error("rds", "DeleteDBInstance",
            {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}})
          .message,
      "Cannot delete protected DB Instance, please disable deletion protection and try again.");
}

TEST_F(RdsTest, RefusesInAwsWords) {
  EXPECT_EQ(refused("DBInstanceIdentifier", "9db").code, "InvalidParameterValue");
  EXPECT_EQ(refused("Engine", "foxpro").message, "Invalid DB engine");
  EXPECT_EQ(refused("EngineVersion", "99").message, "Cannot find version 99 for postgres");
  EXPECT_EQ(refused("DBInstanceClass", "db.q9.huge").message,
            "Invalid DB Instance class: db.q9.huge");
  EXPECT_EQ(refused("AllocatedStorage", 5).code, "InvalidParameterValue");
  EXPECT_EQ(refused("MasterUsername", "admin").message,
            "MasterUsername admin cannot be used as it is a reserved word used by the engine");
  EXPECT_EQ(refused("MasterUserPassword", "short").code, "InvalidParameterValue");
  EXPECT_EQ(refused("MasterUserPassword", "with/slash-and").code, "InvalidParameterValue");
  EXPECT_EQ(refused("BackupRetentionPeriod", 36).code, "InvalidParameterValue");
  EXPECT_EQ(refused("DBSubnetGroupName", "nowhere").code, "DBSubnetGroupNotFoundFault");
  EXPECT_EQ(refused("DBParameterGroupName", "nothing").code, "DBParameterGroupNotFound");
  EXPECT_EQ(refused("VpcSecurityGroupIds", std::vector<std::string>{"sg-1"}).code,
            "InvalidParameterValue");
  Value r = with("MultiAZ", true);
  r.set("AvailabilityZone", "us-east-1a");
  EXPECT_EQ(error("rds", "CreateDBInstance", r).code, "InvalidParameterCombination");
  call("rds", "CreateDBInstance", request());
  EXPECT_EQ(error("rds", "CreateDBInstance", request()).code, "DBInstanceAlreadyExists");
  EXPECT_EQ(error("rds", "RebootDBInstance",
                  {{"DBInstanceIdentifier", "orders"}, {"ForceFailover", true}})
                .code,
            "InvalidParameterCombination");
  EXPECT_EQ(error("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", "none"}}).code,
            "DBInstanceNotFound");
}

TEST_F(RdsTest, SubnetGroupNeedsTwoZonesAndStaysWhileUsed) {
  const AwsError one = error("rds", "CreateDBSubnetGroup",
                             {{"DBSubnetGroupName", "one"},
                              {"DBSubnetGroupDescription", "one"},
                              {"SubnetIds", std::vector<std::string>{subnet_a}}});
  EXPECT_EQ(one.code, "DBSubnetGroupDoesNotCoverEnoughAZs");
  call("rds", "CreateDBInstance", request());
  EXPECT_EQ(error("rds", "DeleteDBSubnetGroup", {{"DBSubnetGroupName", "data"}}).code,
            "InvalidDBSubnetGroupStateFault");
  EXPECT_EQ(error("rds", "CreateDBSubnetGroup",
                  {{"DBSubnetGroupName", "data"},
                   {"DBSubnetGroupDescription", "again"},
                   {"SubnetIds", std::vector<std::string>{subnet_a, subnet_b}}})
                .code,
            "DBSubnetGroupAlreadyExists");
}

TEST_F(RdsTest, DeletionLeavesNothingButTheFinalSnapshot) {
  call("rds", "CreateDBInstance", request());
  EXPECT_EQ(error("rds", "DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}}).message,
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  const Value gone =
      call("rds", "DeleteDBInstance",
           {{"DBInstanceIdentifier", "orders"}, {"FinalDBSnapshotIdentifier", "orders-final"}});
  EXPECT_EQ(gone.at("DBInstance").at("DBInstanceStatus").text(), "deleting");
  EXPECT_EQ(error("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", "orders"}}).code,
            "DBInstanceNotFound");
  const Value snapshots = call("rds", "DescribeDBSnapshots").at("DBSnapshots");
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_EQ(snapshots[0].at("DBSnapshotIdentifier").text(), "orders-final");
  EXPECT_EQ(snapshots[0].at("Status").text(), "available");
  call("rds", "DeleteDBSnapshot", {{"DBSnapshotIdentifier", "orders-final"}});
  call("rds", "DeleteDBSubnetGroup", {{"DBSubnetGroupName", "data"}});
  call("ec2", "DeleteSubnet", {{"SubnetId", subnet_a}});
}

TEST_F(RdsTest, StopsAndStarts) {
  call("rds", "CreateDBInstance", request());
  call("rds", "StopDBInstance", {{"DBInstanceIdentifier", "orders"}});
  EXPECT_EQ(shown().at("DBInstanceStatus").text(), "stopped");
  EXPECT_EQ(error("rds", "StopDBInstance", {{"DBInstanceIdentifier", "orders"}}).code,
            "InvalidDBInstanceState");
  call("rds", "StartDBInstance", {{"DBInstanceIdentifier", "orders"}});
  EXPECT_EQ(shown().at("DBInstanceStatus").text(), "available");
  call("rds", "StopDBInstance", {{"DBInstanceIdentifier", "orders"}});
  advance(8 * 24h);
  EXPECT_EQ(shown().at("DBInstanceStatus").text(), "available") << "AWS starts it after 7 days";
}

TEST_F(RdsTest, PagesAndFilters) {
  for (int i = 0; i < 25; ++i) call("rds", "CreateDBInstance", request(cat("db-", i)));
  const Value first = call("rds", "DescribeDBInstances", {{"MaxRecords", 20}});
  EXPECT_EQ(first.at("DBInstances").size(), 20u);
  const Value second =
      call("rds", "DescribeDBInstances", {{"MaxRecords", 20}, {"Marker", first.at("Marker")}});
  EXPECT_EQ(second.at("DBInstances").size(), 5u);
  EXPECT_EQ(error("rds", "DescribeDBInstances", {{"MaxRecords", 10}}).code,
            "InvalidParameterValue");
  const Value filter{{"Name", "db-instance-id"}, {"Values", std::vector<std::string>{"db-7"}}};
  const Value found = call("rds", "DescribeDBInstances", {{"Filters", std::vector<Value>{filter}}});
  EXPECT_EQ(found.at("DBInstances").size(), 1u);
}

}  // namespace
}  // namespace squall
