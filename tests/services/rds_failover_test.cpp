// Multi-AZ: what a forced failover, a dark host and a dark standby do, in AWS's order and time.
#include "services/rds/rds.h"
#include "tests/services/stores_fixture.h"

namespace squall {
namespace {

class RdsFailoverTest : public StoresTest {
 protected:
  RdsFailoverTest() {
    call("rds", "CreateDBSubnetGroup",
         {{"DBSubnetGroupName", "data"},
          {"DBSubnetGroupDescription", "data"},
          {"SubnetIds", std::vector<std::string>{subnet_a, subnet_b}}});
  }
  void create(bool multi_az) {
    call("rds", "CreateDBInstance",
         {{"DBInstanceIdentifier", "orders"},
          {"Engine", "postgres"},
          {"DBInstanceClass", "db.m6g.large"},
          {"AllocatedStorage", 100},
          {"MasterUsername", "app"},
          {"MasterUserPassword", "correct-horse"},
          {"DBSubnetGroupName", "data"},
          {"VpcSecurityGroupIds", std::vector<std::string>{group}},
          {"MultiAZ", multi_az}});
    use_latency(sim::LatencyProfile::measured);
  }
  const rds::DbInstance& db() { return *scope().view<rds::DbInstance>("orders"); }
  bool serving() { return rds::is_serving(scope(), db()); }
  /// Seconds until the endpoint answers (again); -1 if it does not within `limit_s`.
  int seconds_until(bool wanted, int limit_s) {
    for (int s = 0; s <= limit_s; ++s) {
      if (serving() == wanted) return s;
      advance(1s);
    }
    return -1;
  }
  std::vector<std::string> messages() {
    std::vector<std::string> out;
    const Value answer = call("rds", "DescribeEvents",
                              {{"SourceIdentifier", "orders"}, {"SourceType", "db-instance"}});
    for (const Value& e : answer.at("Events").items()) out.emplace_back(e.at("Message").text());
    return out;
  }
};

TEST_F(RdsFailoverTest, ForcedFailoverTakesWhatWasMeasured) {
  create(true);
  call("rds", "RebootDBInstance", {{"DBInstanceIdentifier", "orders"}, {"ForceFailover", true}});
  EXPECT_EQ(db().status, "rebooting");
  EXPECT_TRUE(serving()) << "the primary serves until it is fenced";
  const int fenced = seconds_until(false, 60);
  EXPECT_GE(fenced, 14);
  EXPECT_LE(fenced, 19);
  const int usable = seconds_until(true, 60);
  EXPECT_GE(usable, 12);
  EXPECT_LE(usable, 20);
  EXPECT_EQ(db().primary_zone, "us-east-1b");
  EXPECT_EQ(db().shown_zone, "us-east-1a") << "Describe lags behind";
  EXPECT_FALSE(db().standby_in_sync);
  advance(600s);
  EXPECT_EQ(db().shown_zone, "us-east-1b");
  EXPECT_EQ(db().status, "available");
  EXPECT_TRUE(db().standby_in_sync);
  EXPECT_THAT(
      messages(),
      testing::IsSupersetOf(
          {"Multi-AZ instance failover started.", "DB instance restarted",
           "Multi-AZ failover to standby complete - DNS propagation may take a few minutes.",
           "Multi-AZ instance failover completed"}));
  EXPECT_TRUE(announced("RDS-EVENT-0013"));
  EXPECT_TRUE(announced("RDS-EVENT-0049"));
}

TEST_F(RdsFailoverTest, DarkPrimaryIsFoundOutAndReplaced) {
  create(true);
  cut_power("us-east-1a");
  EXPECT_FALSE(serving()) << "a dark host serves nobody";
  EXPECT_EQ(db().status, "available") << "and nobody knows yet";
  const int outage = seconds_until(true, 300);
  EXPECT_GE(outage, 50);
  EXPECT_LE(outage, 120) << "AWS: 60 to 120 seconds";
  EXPECT_EQ(db().primary_zone, "us-east-1b");
  advance(900s);
  EXPECT_FALSE(db().standby_in_sync) << "the zone of the standby is still dark";
  EXPECT_TRUE(serving());
  restore("us-east-1a");
  advance(600s);
  EXPECT_TRUE(db().standby_in_sync);
  EXPECT_EQ(db().secondary_zone, "us-east-1a");
}

TEST_F(RdsFailoverTest, DarkHostIsNamedByThePrimarysInterface) {
  create(true);
  lose_host("us-east-1a", db().primary_interface_id);
  EXPECT_FALSE(serving());
  EXPECT_GT(seconds_until(true, 300), 0);
}

TEST_F(RdsFailoverTest, DarkStandbyOnlyStallsWritesForAMoment) {
  create(true);
  cut_power("us-east-1b");
  EXPECT_TRUE(serving());
  EXPECT_FALSE(db().standby_in_sync);
  ASSERT_TRUE(db().writes_stalled_until.has_value());
  EXPECT_LE(*db().writes_stalled_until - world().now(), 5s);
  call("rds", "RebootDBInstance", {{"DBInstanceIdentifier", "orders"}, {"ForceFailover", true}});
  advance(60s);
  EXPECT_EQ(db().primary_zone, "us-east-1a") << "there is nothing to fail over to";
  EXPECT_TRUE(announced("RDS-EVENT-0034"));
  restore("us-east-1b");
  advance(600s);
  EXPECT_TRUE(db().standby_in_sync);
}

TEST_F(RdsFailoverTest, SingleZoneIsDownUntilThePowerReturns) {
  create(false);
  cut_power("us-east-1a");
  EXPECT_EQ(seconds_until(true, 900), -1);
  restore("us-east-1a");
  const int recovery = seconds_until(true, 600);
  EXPECT_GE(recovery, 60);
  EXPECT_LE(recovery, 180);
  EXPECT_THAT(messages(), testing::Contains("Recovery of the DB instance is complete."));
}

TEST_F(RdsFailoverTest, PowerBackBeforeDetectionOnlyRecovers) {
  create(true);
  cut_power("us-east-1a");
  advance(5s);
  restore("us-east-1a");
  advance(300s);
  EXPECT_TRUE(serving());
  EXPECT_EQ(db().primary_zone, "us-east-1a");
  EXPECT_FALSE(announced("RDS-EVENT-0013"));
}

TEST_F(RdsFailoverTest, BothZonesDarkComeBackByThemselves) {
  create(true);
  cut_power("us-east-1a");
  cut_power("us-east-1b");
  EXPECT_EQ(seconds_until(true, 600), -1);
  restore("us-east-1b");
  EXPECT_EQ(seconds_until(true, 600), -1) << "the standby was not synchronised";
  restore("us-east-1a");
  EXPECT_GT(seconds_until(true, 600), 0);
  advance(900s);
  EXPECT_TRUE(db().standby_in_sync);
}

TEST_F(RdsFailoverTest, ZeroLatencyFailsOverAtOnce) {
  create(true);
  use_latency(sim::LatencyProfile::zero);
  call("rds", "RebootDBInstance", {{"DBInstanceIdentifier", "orders"}, {"ForceFailover", true}});
  EXPECT_EQ(db().status, "available");
  EXPECT_EQ(db().primary_zone, "us-east-1b");
  EXPECT_EQ(db().shown_zone, "us-east-1b");
  EXPECT_TRUE(serving());
}

}  // namespace
}  // namespace squall
