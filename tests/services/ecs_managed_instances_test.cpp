// Amazon ECS Managed Instances: ECS launches what its tasks need and takes it away again.
#include "services/ecs/managed_instances.h"

#include "tests/services/ecs_instance_fixture.h"

namespace squall::ecs {
namespace {

using testing::StartsWith;

class EcsManagedInstancesTest : public EcsProviderTest {
 protected:
  EcsManagedInstancesTest() {
    call("ecs", "RegisterTaskDefinition",
         {{"family", "app"},
          {"networkMode", "awsvpc"},
          {"requiresCompatibilities", Texts{"MANAGED_INSTANCES"}},
          {"cpu", "1024"},
          {"memory", "2048"},
          {"containerDefinitions", Values{{{"name", "app"}, {"image", "nginx"}}}}});
  }
  void add_provider(const Value& requirements, const Value& more = Value::map()) {
    Value managed{
        {"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
        {"instanceLaunchTemplate",
         {{"ec2InstanceProfileArn", "arn:aws:iam::000000000000:instance-profile/ecs"},
          {"networkConfiguration", {{"subnets", Texts{subnet_}}}},
          {"instanceRequirements", requirements}}}};
    for (const Member& m : more.members()) managed.set(m.key, m.value);
    call("ecs", "CreateCapacityProvider",
         {{"name", "mi"}, {"cluster", "web"}, {"managedInstancesProvider", managed}});
  }
  static Value at_least(int64_t vcpus, const Texts& types) {
    return {{"vCpuCount", {{"min", vcpus}}},
            {"memoryMiB", {{"min", 1024}}},
            {"allowedInstanceTypes", types}};
  }
  Texts run(int64_t count) {
    const Value out = call(
        "ecs", "RunTask",
        {{"cluster", "web"},
         {"taskDefinition", "app"},
         {"count", count},
         {"capacityProviderStrategy", Values{{{"capacityProvider", "mi"}, {"weight", 1}}}},
         {"networkConfiguration",
          {{"awsvpcConfiguration", {{"subnets", Texts{subnet_}}}}}}});
    EXPECT_EQ(out.at("failures").size(), 0u);
    Texts list;
    for (const Value& task : out.at("tasks").items()) {
      EXPECT_EQ(task.at("launchType").text(), "MANAGED_INSTANCES");
      list.emplace_back(task.at("taskArn").text());
    }
    return list;
  }
  size_t count(const std::string& status) {
    return scope().by<Task>("status:web/" + status).size();
  }
};

TEST_F(EcsManagedInstancesTest, ComeForTheTasksThatWait) {
  add_provider(at_least(2, {"m5.*"}));
  run(1);
  advance(1min);
  ASSERT_EQ(arns().size(), 1u);
  const Value host = describe(arns()[0]);
  EXPECT_EQ(host.at("capacityProviderName").text(), "mi");
  EXPECT_EQ(attribute(host, "ecs.instance-type"), "m5.large");
  EXPECT_EQ(count("RUNNING"), 1u);
  run(1);  // there is room for a second one on the same instance
  EXPECT_EQ(count("RUNNING"), 2u);
  EXPECT_EQ(arns().size(), 1u);
  run(3);
  advance(1min);
  EXPECT_EQ(count("RUNNING"), 5u);
}

TEST_F(EcsManagedInstancesTest, GoWhenTheyHaveBeenIdleForLongEnough) {
  add_provider(at_least(2, {"c5.large"}),
               {{"infrastructureOptimization", {{"scaleInAfter", 600}}}});
  const Texts tasks = run(1);
  advance(1min);
  const std::string instance{describe(arns()[0]).at("ec2InstanceId").text()};
  call("ecs", "StopTask", {{"cluster", "web"}, {"task", tasks[0]}});
  advance(9min);
  EXPECT_EQ(scope().view<ec2::Instance>(instance)->state, "running");
  advance(2min);
  EXPECT_EQ(scope().view<ec2::Instance>(instance)->state, "terminated");
  EXPECT_TRUE(arns().empty());
  EXPECT_TRUE(scope().all<ManagedHost>().empty());
}

TEST_F(EcsManagedInstancesTest, GoWithTheirProvider) {
  add_provider(at_least(2, {"c5.large"}),
               {{"infrastructureOptimization", {{"scaleInAfter", -1}}}});
  const Texts tasks = run(1);
  advance(1min);
  call("ecs", "DeleteCapacityProvider", {{"capacityProvider", "mi"}});
  advance(1min);
  ASSERT_EQ(arns().size(), 1u);
  EXPECT_EQ(describe(arns()[0]).at("status").text(), "DRAINING");
  call("ecs", "StopTask", {{"cluster", "web"}, {"task", tasks[0]}});
  advance(1min);
  EXPECT_TRUE(arns().empty());
  call("ecs", "DeleteCluster", {{"cluster", "web"}});
}

TEST_F(EcsManagedInstancesTest, AnUpdateKeepsWhatItDoesNotName) {
  add_provider(at_least(2, {"c5.large"}));
  auto update = [](int64_t scale_in_after) {
    return Value{
        {"name", "mi"},
        {"managedInstancesProvider",
         {{"infrastructureRoleArn", "arn:aws:iam::000000000000:role/infra"},
          {"instanceLaunchTemplate", {{"monitoring", "DETAILED"}}},
          {"infrastructureOptimization", {{"scaleInAfter", scale_in_after}}}}}};
  };
  const Value now = call("ecs", "UpdateCapacityProvider", update(60))
                        .at("capacityProvider")
                        .at("managedInstancesProvider");
  const Value launch = now.at("instanceLaunchTemplate");
  EXPECT_EQ(launch.at("monitoring").text(), "DETAILED");
  EXPECT_EQ(launch.at("instanceRequirements").at("allowedInstanceTypes")[0].text(), "c5.large");
  EXPECT_EQ(now.at("infrastructureOptimization").at("scaleInAfter").integer(), 60);
  EXPECT_EQ(error("ecs", "UpdateCapacityProvider", update(3601)).code,
            "InvalidParameterException");
}

TEST_F(EcsManagedInstancesTest, WhatNoAllowedTypeTakesWaits) {
  add_provider({{"vCpuCount", {{"min", 1}, {"max", 1}}}, {"memoryMiB", {{"min", 512}}}});
  EXPECT_FALSE(meets(*ec2::find_instance_type("m5.large"),
                     Value{{"vCpuCount", {{"min", 1}, {"max", 1}}}}));
  EXPECT_FALSE(meets(*ec2::find_instance_type("t3.large"), Value::map()));
  EXPECT_TRUE(meets(*ec2::find_instance_type("t3.large"),
                    Value{{"burstablePerformance", "included"}}));
  EXPECT_FALSE(meets(*ec2::find_instance_type("m5.large"),
                     Value{{"excludedInstanceTypes", Texts{"m*"}}}));
  run(1);
  advance(5min);
  EXPECT_EQ(count("PROVISIONING"), 1u);
  EXPECT_TRUE(scope().all<ManagedHost>().empty());
}

}  // namespace
}  // namespace squall::ecs
