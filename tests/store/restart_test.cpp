// What a server on a data directory was told is there when it is begun again.
#include "tests/store/fixture.h"

#include "emulator/sim/scope.h"

namespace squall::store {
namespace {

TEST_F(StoreTest, AnEmptyDirectoryIsAFreshWorld) {
  begin();
  EXPECT_TRUE(worlds_->accounts().empty());
  call("ec2", "DescribeVpcs", "{}");
  const std::string before = state();
  begin_again();
  EXPECT_EQ(worlds_->accounts(), std::vector<std::string>{"000000000000"});
  EXPECT_EQ(state(), before) << "a region's ground was made by a read";
}

TEST_F(StoreTest, ResourcesOfManyServicesAreThere) {
  begin();
  const std::string vpc(
      call("ec2", "CreateVpc", R"({"CidrBlock":"10.0.0.0/16"})").at("Vpc").at("VpcId").text());
  call("ec2", "CreateSubnet", cat(R"({"CidrBlock":"10.0.1.0/24","VpcId":")", vpc, "\"}"));
  call("iam", "CreateUser", R"({"UserName":"someone"})");
  call("iam", "CreateAccessKey", R"({"UserName":"someone"})");
  call("ecs", "CreateCluster", R"({"clusterName":"c"})", "eu-west-1");
  call("ecs", "RegisterTaskDefinition",
       R"({"family":"f","containerDefinitions":[{"name":"c","image":"i","memory":64}]})");
  call("logs", "CreateLogGroup", R"({"logGroupName":"g"})");
  call("ec2", "DeleteSubnet", cat(R"({"SubnetId":")",
      call("ec2", "CreateSubnet", cat(R"({"CidrBlock":"10.0.2.0/24","VpcId":")", vpc, "\"}"))
          .at("Subnet").at("SubnetId").text(), "\"}"));
  advance(90s);
  const std::string before = state();
  begin_again();
  EXPECT_EQ(state(), before);
  begin_again();
  EXPECT_EQ(state(), before);
  const std::string next = to_json(call("ec2", "CreateVpc", R"({"CidrBlock":"10.9.0.0/16"})"));
  EXPECT_EQ(next.find(vpc), next.npos) << "ordinals go on: no id is given twice";
}

TEST_F(StoreTest, AnUndoneRequestLeavesNothing) {
  begin();
  call("iam", "CreateUser", R"({"UserName":"someone"})");
  const std::string before = state();
  api::Local local(test_registry(), world(), "us-east-1");
  Value input;
  ASSERT_TRUE(protocol::parse_json(R"({"UserName":"someone"})", input));
  EXPECT_THROW(local.call("iam", "CreateUser", input), AwsError);
  begin_again();
  EXPECT_EQ(state(), before);
}

TEST_F(StoreTest, AccountsAreKeptApart) {
  begin();
  call("iam", "CreateUser", R"({"UserName":"one"})", "us-east-1", "111111111111");
  call("iam", "CreateUser", R"({"UserName":"two"})", "us-east-1", "222222222222");
  const std::string one = world("111111111111").dump(), two = world("222222222222").dump();
  wait();
  keeper_->checkpoint();
  call("iam", "CreateUser", R"({"UserName":"three"})", "us-east-1", "333333333333");
  const std::string three = world("333333333333").dump();
  begin_again();
  EXPECT_EQ(world("111111111111").dump(), one);
  EXPECT_EQ(world("222222222222").dump(), two);
  EXPECT_EQ(world("333333333333").dump(), three);
}

TEST_F(StoreTest, AResetIsKept) {
  begin();
  call("iam", "CreateUser", R"({"UserName":"someone"})");
  make_table("ttt");
  put("ttt", R"({"pk":{"S":"a"}})");
  {
    const std::unique_lock lock(world().mutex());
    world().reset();
  }
  make_table("uuu");
  const std::string before = state();
  begin_again();
  EXPECT_EQ(state(), before);
  EXPECT_EQ(ddb_error("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}}})"),
            "ResourceNotFoundException");
}

TEST_F(StoreTest, PaceAndTimeGoOn) {
  begin();
  {
    const std::unique_lock lock(world().mutex());
    world().set_pace(sim::Pace::virtual_, 1);
    world().advance_to(world().now() + 1h);
  }
  const Time then = world().now();
  begin_again();
  EXPECT_EQ(world().now(), then);
  EXPECT_EQ(world().clock().pace(), sim::Pace::virtual_);
}

TEST_F(StoreTest, ACheckpointStandsForTheLog) {
  log_bytes_max_ = 20'000;
  begin();
  make_table("ttt");
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i)
      put("ttt", cat(R"({"pk":{"S":"k)", i, R"("},"n":{"N":")", round, R"("},"x":{"S":")",
                   std::string(40, 'x'), "\"}}"));
    call("iam", "CreateUser", cat(R"({"UserName":"u)", round, "\"}"));
    if (round % 5 == 4) keeper_->checkpoint();
  }
  const std::string before = state();
  begin_again();
  EXPECT_EQ(state(), before);
  put("ttt", R"({"pk":{"S":"after"}})");
  const std::string after = state();
  begin_again();
  EXPECT_EQ(state(), after);
}

TEST_F(StoreTest, CheckpointsUnderLoadLoseNothing) {
  log_bytes_max_ = 4'000;
  begin();
  make_table("ttt", R"(,"StreamSpecification":{"StreamEnabled":true,
      "StreamViewType":"NEW_AND_OLD_IMAGES"})");
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w)
    writers.emplace_back([this, w] {
      Arena arena;
      const Arena::Use use(arena);
      for (int i = 0; i < 400; ++i) {
        put("ttt", cat(R"({"pk":{"S":"w)", w, "-", i % 20, R"("},"n":{"N":")", i, "\"}}"));
        arena.reset();
      }
    });
  for (int i = 0; i < 10; ++i) keeper_->checkpoint();
  for (std::thread& writer : writers) writer.join();
  const std::string before = state();
  begin_again();
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace squall::store
