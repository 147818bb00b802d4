// Replication groups: by their API, and what a dark zone does to them.
#include "services/elasticache/elasticache.h"

#include "tests/services/stores_fixture.h"

namespace squall {
namespace {

class ElastiCacheTest : public StoresTest {
 protected:
  ElastiCacheTest() {
    call("elasticache", "CreateCacheSubnetGroup",
         {{"CacheSubnetGroupName", "cache"},
          {"CacheSubnetGroupDescription", "cache"},
          {"SubnetIds", std::vector<std::string>{subnet_a, subnet_b}}});
  }
  Value request() {
    return {{"ReplicationGroupId", "sessions"},
            {"ReplicationGroupDescription", "sessions"},
            {"Engine", "redis"},
            {"CacheNodeType", "cache.m5.large"},
            {"NumCacheClusters", 2},
            {"AutomaticFailoverEnabled", true},
            {"MultiAZEnabled", true},
            {"AtRestEncryptionEnabled", true},
            {"TransitEncryptionEnabled", true},
            {"CacheSubnetGroupName", "cache"},
            {"SecurityGroupIds", std::vector<std::string>{group}}};
  }
  AwsError refused(Key member, Value value) {
    Value r = request();
    r.set(member, value);
    return error("elasticache", "CreateReplicationGroup", r);
  }
  Value shown() {
    return call("elasticache", "DescribeReplicationGroups", {{"ReplicationGroupId", "sessions"}})
        .at("ReplicationGroups")[0];
  }
  const elasticache::CacheNode& node(size_t i) {
    return scope().view<elasticache::ReplicationGroup>("sessions")->node_groups[0].nodes[i];
  }
};

TEST_F(ElastiCacheTest, CreatesAnEncryptedGroup) {
  const Value made =
      call("elasticache", "CreateReplicationGroup", request()).at("ReplicationGroup");
  EXPECT_EQ(made.at("Status").text(), "creating");
  const Value g = shown();
  EXPECT_EQ(g.at("Status").text(), "available");
  EXPECT_EQ(g.at("AutomaticFailover").text(), "enabled");
  EXPECT_EQ(g.at("MemberClusters").size(), 2u);
  const Value ng = g.at("NodeGroups")[0];
  EXPECT_THAT(
      std::string(ng.at("PrimaryEndpoint").at("Address").text()),
      testing::MatchesRegex("master\\.sessions\\.[a-z0-9]+\\.use1\\.cache\\.amazonaws\\.com"));
  EXPECT_EQ(ng.at("NodeGroupMembers")[0].at("CurrentRole").text(), "primary");
  EXPECT_EQ(ng.at("NodeGroupMembers")[0].at("PreferredAvailabilityZone").text(), "us-east-1a");
  EXPECT_EQ(ng.at("NodeGroupMembers")[1].at("PreferredAvailabilityZone").text(), "us-east-1b");
  EXPECT_EQ(g.at("ARN").text(),
            "arn:aws:elasticache:us-east-1:000000000000:replicationgroup:sessions");
}

TEST_F(ElastiCacheTest, RefusesInAwsWords) {
  EXPECT_EQ(refused("NumCacheClusters", 1).code, "InvalidParameterCombination");
  EXPECT_EQ(refused("AutomaticFailoverEnabled", false).code, "InvalidParameterCombination");
  EXPECT_EQ(refused("Engine", "memcached").code, "InvalidParameterValue");
  EXPECT_EQ(refused("CacheNodeType", "cache.q1.huge").code, "InvalidParameterValue");
  EXPECT_EQ(refused("CacheSubnetGroupName", "none").code, "CacheSubnetGroupNotFoundFault");
  EXPECT_EQ(refused("AuthToken", "short").code, "InvalidParameterValue");
  EXPECT_EQ(refused("ReplicationGroupId", "-bad-").code, "InvalidParameterValue");
  call("elasticache", "CreateReplicationGroup", request());
  EXPECT_EQ(error("elasticache", "CreateReplicationGroup", request()).code,
            "ReplicationGroupAlreadyExists");
  EXPECT_EQ(
      error("elasticache", "DeleteCacheSubnetGroup", {{"CacheSubnetGroupName", "cache"}}).code,
      "CacheSubnetGroupInUse");
}

TEST_F(ElastiCacheTest, DarkPrimaryIsReplacedByItsReplica) {
  call("elasticache", "CreateReplicationGroup", request());
  use_latency(sim::LatencyProfile::measured);
  cut_power("us-east-1a");
  EXPECT_FALSE(node(0).serving_since.has_value());
  EXPECT_EQ(node(0).role, "primary") << "nobody knows yet";
  advance(8s);
  EXPECT_EQ(node(0).role, "primary");
  advance(20s);
  EXPECT_EQ(node(1).role, "primary");
  EXPECT_TRUE(node(1).serving_since.has_value());
  EXPECT_GT(node(1).replication_lag_ms, 0) << "replication is asynchronous";
  EXPECT_TRUE(
      announced("Failover from primary node sessions-001 to replica node sessions-002 completed"));
  advance(600s);
  EXPECT_FALSE(node(0).serving_since.has_value());
  restore("us-east-1a");
  advance(600s);
  EXPECT_TRUE(node(0).serving_since.has_value());
  EXPECT_EQ(node(0).role, "replica");
  EXPECT_TRUE(announced("Finished recovery for cache nodes 0001"));
}

TEST_F(ElastiCacheTest, WithoutReplicaItWaitsForThePower) {
  Value r = request();
  r.set("NumCacheClusters", 1);
  r.set("AutomaticFailoverEnabled", false);
  r.set("MultiAZEnabled", false);
  call("elasticache", "CreateReplicationGroup", r);
  use_latency(sim::LatencyProfile::measured);
  cut_power("us-east-1a");
  advance(900s);
  EXPECT_FALSE(node(0).serving_since.has_value());
  restore("us-east-1a");
  advance(400s);
  EXPECT_TRUE(node(0).serving_since.has_value());
  EXPECT_EQ(node(0).role, "primary");
}

TEST_F(ElastiCacheTest, DeletionLeavesNothing) {
  call("elasticache", "CreateReplicationGroup", request());
  const Value gone =
      call("elasticache", "DeleteReplicationGroup",
           {{"ReplicationGroupId", "sessions"}, {"FinalSnapshotIdentifier", "last"}});
  EXPECT_EQ(gone.at("ReplicationGroup").at("Status").text(), "deleting");
  EXPECT_EQ(
      error("elasticache", "DescribeReplicationGroups", {{"ReplicationGroupId", "sessions"}}).code,
      "ReplicationGroupNotFoundFault");
  EXPECT_EQ(call("elasticache", "DescribeSnapshots").at("Snapshots").size(), 1u);
  call("elasticache", "DeleteSnapshot", {{"SnapshotName", "last"}});
  call("elasticache", "DeleteCacheSubnetGroup", {{"CacheSubnetGroupName", "cache"}});
  call("ec2", "DeleteSubnet", {{"SubnetId", subnet_a}});
}

}  // namespace
}  // namespace squall
