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

TEST_F(ElastiCacheTest, TestFailoverSwapsTheRoles) {
  call("elasticache", "CreateReplicationGroup", request());
  use_latency(sim::LatencyProfile::measured);
  call("elasticache", "TestFailover",
       {{"ReplicationGroupId", "sessions"}, {"NodeGroupId", "0001"}});
  EXPECT_EQ(shown().at("Status").text(), "modifying");
  advance(10s);
  EXPECT_EQ(node(1).role, "primary");
  EXPECT_EQ(shown().at("Status").text(), "available");
  advance(400s);
  EXPECT_TRUE(node(0).serving_since.has_value());
  const Value events =
      call("elasticache", "DescribeEvents",
           {{"SourceIdentifier", "sessions"}, {"SourceType", "replication-group"}});
  EXPECT_EQ(events.at("Events").size(), 3u);
  EXPECT_EQ(error("elasticache", "TestFailover",
                  {{"ReplicationGroupId", "sessions"}, {"NodeGroupId", "0009"}})
                .code,
            "NodeGroupNotFoundFault");
}

TEST_F(ElastiCacheTest, ReplicasComeAndGo) {
  call("elasticache", "CreateReplicationGroup", request());
  call("elasticache", "IncreaseReplicaCount",
       {{"ReplicationGroupId", "sessions"}, {"NewReplicaCount", 2}, {"ApplyImmediately", true}});
  EXPECT_EQ(shown().at("MemberClusters").size(), 3u);
  EXPECT_EQ(node(2).cluster_id, "sessions-003");
  EXPECT_TRUE(node(2).serving_since.has_value());
  call("elasticache", "DecreaseReplicaCount",
       {{"ReplicationGroupId", "sessions"}, {"NewReplicaCount", 1}, {"ApplyImmediately", true}});
  EXPECT_EQ(shown().at("MemberClusters").size(), 2u);
  EXPECT_EQ(
      error(
          "elasticache", "DecreaseReplicaCount",
          {{"ReplicationGroupId", "sessions"}, {"NewReplicaCount", 0}, {"ApplyImmediately", true}})
          .code,
      "InvalidParameterCombination")
      << "automatic failover needs a replica";
  call("elasticache", "ModifyReplicationGroup",
       {{"ReplicationGroupId", "sessions"},
        {"ReplicationGroupDescription", "new words"},
        {"ApplyImmediately", true}});
  EXPECT_EQ(shown().at("Description").text(), "new words");
}

TEST_F(ElastiCacheTest, ShardsFailOverOnTheirOwn) {
  Value r = request();
  Value sharded = Value::map();
  for (const Member& m : r.members())
    if (m.key.text != "NumCacheClusters") sharded.add(m.key, m.value);
  sharded.set("NumNodeGroups", 2);
  sharded.set("ReplicasPerNodeGroup", 1);
  call("elasticache", "CreateReplicationGroup", sharded);
  EXPECT_TRUE(shown().at("ClusterEnabled").boolean());
  EXPECT_TRUE(shown().at("ConfigurationEndpoint").at("Address").text().starts_with("clustercfg."));
  EXPECT_EQ(shown().at("NodeGroups")[1].at("Slots").text(), "8192-16383");
  use_latency(sim::LatencyProfile::measured);
  cut_power("us-east-1a");
  advance(60s);
  for (const auto& ng : scope().view<elasticache::ReplicationGroup>("sessions")->node_groups)
    for (const auto& n : ng.nodes) EXPECT_EQ(n.role == "primary", n.zone == "us-east-1b");
}

TEST_F(ElastiCacheTest, MemcachedClusterOfItsOwn) {
  call("elasticache", "CreateCacheCluster",
       {{"CacheClusterId", "pages"},
        {"Engine", "memcached"},
        {"CacheNodeType", "cache.t3.micro"},
        {"NumCacheNodes", 3},
        {"AZMode", "cross-az"},
        {"CacheSubnetGroupName", "cache"},
        {"SecurityGroupIds", std::vector<std::string>{group}}});
  call("elasticache", "CreateReplicationGroup", request());
  const Value all = call("elasticache", "DescribeCacheClusters", {{"ShowCacheNodeInfo", true}});
  ASSERT_EQ(all.at("CacheClusters").size(), 3u) << "members of groups are shown too";
  const Value pages = all.at("CacheClusters")[0];
  EXPECT_EQ(pages.at("CacheClusterStatus").text(), "available");
  EXPECT_EQ(pages.at("CacheNodes").size(), 3u);
  EXPECT_EQ(pages.at("PreferredAvailabilityZone").text(), "Multiple");
  EXPECT_EQ(all.at("CacheClusters")[1].at("ReplicationGroupId").text(), "sessions");
  call("elasticache", "RebootCacheCluster",
       {{"CacheClusterId", "pages"}, {"CacheNodeIdsToReboot", std::vector<std::string>{"0001"}}});
  call("elasticache", "ModifyCacheCluster",
       {{"CacheClusterId", "pages"},
        {"NumCacheNodes", 2},
        {"CacheNodeIdsToRemove", std::vector<std::string>{"0002"}}});
  call("elasticache", "DeleteCacheCluster", {{"CacheClusterId", "pages"}});
  EXPECT_EQ(error("elasticache", "DescribeCacheClusters", {{"CacheClusterId", "pages"}}).code,
            "CacheClusterNotFound");
  EXPECT_EQ(error("elasticache", "DeleteCacheCluster", {{"CacheClusterId", "sessions-001"}}).code,
            "InvalidCacheClusterState");
}

TEST_F(ElastiCacheTest, ParametersTagsAndVersions) {
  call("elasticache", "CreateCacheParameterGroup",
       {{"CacheParameterGroupName", "tuned"},
        {"CacheParameterGroupFamily", "redis7"},
        {"Description", "tuned"}});
  const Value change{{"ParameterName", "maxmemory-policy"}, {"ParameterValue", "allkeys-lru"}};
  call("elasticache", "ModifyCacheParameterGroup",
       {{"CacheParameterGroupName", "tuned"}, {"ParameterNameValues", std::vector<Value>{change}}});
  const Value user = call("elasticache", "DescribeCacheParameters",
                          {{"CacheParameterGroupName", "tuned"}, {"Source", "user"}});
  ASSERT_EQ(user.at("Parameters").size(), 1u);
  Value r = request();
  r.set("CacheParameterGroupName", "tuned");
  call("elasticache", "CreateReplicationGroup", r);
  EXPECT_EQ(
      error("elasticache", "DeleteCacheParameterGroup", {{"CacheParameterGroupName", "tuned"}})
          .code,
      "InvalidCacheParameterGroupState");
  const Value arn = shown().at("ARN");
  call("elasticache", "AddTagsToResource",
       {{"ResourceName", arn},
        {"Tags", std::vector<Value>{Value{{"Key", "team"}, {"Value", "core"}}}}});
  EXPECT_EQ(
      call("elasticache", "ListTagsForResource", {{"ResourceName", arn}}).at("TagList").size(), 1u);
  const Value newest = call("elasticache", "DescribeCacheEngineVersions",
                            {{"Engine", "redis"}, {"DefaultOnly", true}});
  ASSERT_EQ(newest.at("CacheEngineVersions").size(), 1u);
  EXPECT_EQ(newest.at("CacheEngineVersions")[0].at("EngineVersion").text(), "7.1.0");
  EXPECT_EQ(call("elasticache", "DescribeServiceUpdates").at("ServiceUpdates").size(), 0u);
}

}  // namespace
}  // namespace squall
