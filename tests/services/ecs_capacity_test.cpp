// Capacity providers: what they show and refuse, managed scaling, draining before termination.
#include "tests/services/ecs_instance_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;

TEST_F(EcsProviderTest, ProvidersAreCheckedAndShown) {
  group(0, 4, 1, false);
  EXPECT_THAT(error("ecs", "CreateCapacityProvider",
                    provider({{"managedScaling", {{"status", "ENABLED"}}},
                              {"managedTerminationProtection", "ENABLED"}}))
                  .message,
              HasSubstr("must have instance protection from scale in enabled"));
  Value reserved = provider(Value::map());
  reserved.set("name", "ecs-own");
  EXPECT_EQ(error("ecs", "CreateCapacityProvider", reserved).code, "InvalidParameterException");
  const Value made =
      call("ecs", "CreateCapacityProvider",
           provider({{"managedScaling", {{"status", "ENABLED"}, {"targetCapacity", 80}}}}))
          .at("capacityProvider");
  EXPECT_EQ(made.at("status").text(), "ACTIVE");
  EXPECT_EQ(made.at("autoScalingGroupProvider").at("managedScaling").at("targetCapacity").integer(),
            80);
  EXPECT_EQ(made.at("autoScalingGroupProvider").at("managedDraining").text(), "ENABLED");
  EXPECT_EQ(error("ecs", "CreateCapacityProvider", provider(Value::map())).code,
            "ClientException");
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders").at("capacityProviders").size(), 3u);
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders", {{"capacityProviders", Texts{"none"}}})
                .at("failures")[0]
                .at("reason")
                .text(),
            "MISSING");
  associate();
  EXPECT_THAT(error("ecs", "DeleteCapacityProvider", {{"capacityProvider", "cp"}}).message,
              HasSubstr("associated with cluster: web"));
  EXPECT_EQ(error("ecs", "DeleteCapacityProvider", {{"capacityProvider", "FARGATE"}}).code,
            "ClientException");
  EXPECT_EQ(error("ecs", "UpdateCapacityProvider",
                  {{"name", "none"},
                   {"autoScalingGroupProvider", {{"managedDraining", "DISABLED"}}}})
                .code,
            "ClientException");
  EXPECT_EQ(call("ecs", "UpdateCapacityProvider",
                 {{"name", "cp"}, {"autoScalingGroupProvider", {{"managedDraining", "DISABLED"}}}})
                .at("capacityProvider")
                .at("updateStatus")
                .text(),
            "UPDATE_COMPLETE");
  call("ecs", "PutClusterCapacityProviders",
       {{"cluster", "web"},
        {"capacityProviders", Texts{}},
        {"defaultCapacityProviderStrategy", Values{}}});
  EXPECT_TRUE(scope().by<autoscaling::Policy>("group:asg").empty());
  call("ecs", "DeleteCapacityProvider", {{"capacityProvider", "cp"}});
  EXPECT_EQ(call("ecs", "DescribeCapacityProviders", {{"capacityProviders", Texts{"cp"}}})
                .at("capacityProviders")[0]
                .at("status")
                .text(),
            "INACTIVE");
}

TEST_F(EcsProviderTest, WaitingTasksScaleTheGroupOutAndIdleInstancesIn) {
  group(0, 4, 1, true);
  call("ecs", "CreateCapacityProvider",
       provider({{"managedScaling", {{"status", "ENABLED"}}},
                 {"managedTerminationProtection", "ENABLED"}}));
  associate();
  EXPECT_EQ(scope().by<autoscaling::Policy>("group:asg").size(), 1u);
  EXPECT_EQ(scope().by<autoscaling::LifecycleHook>("group:asg").size(), 1u);
  advance(6min);
  ASSERT_EQ(arns().size(), 1u);
  EXPECT_EQ(describe(arns()[0]).at("capacityProviderName").text(), "cp");
  call("ecs", "RegisterTaskDefinition",
       {{"family", "big"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"cpu", 1536}, {"memory", 512}}}}});
  const Value run = call("ecs", "RunTask",
                         {{"cluster", "web"}, {"taskDefinition", "big"}, {"count", 3}});
  ASSERT_EQ(run.at("tasks").size(), 3u);
  advance(15min);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->desired, 3);
  EXPECT_EQ(arns().size(), 3u);
  EXPECT_EQ(scope().by<Task>("status:web/RUNNING").size(), 3u);
  for (const Value& task : run.at("tasks").items())
    call("ecs", "StopTask", {{"cluster", "web"}, {"task", task.at("taskArn")}});
  advance(2h);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->desired, 0);
  EXPECT_EQ(arns().size(), 0u);
}

TEST_F(EcsProviderTest, GroupsTerminateOnlyDrainedInstances) {
  use_latency(sim::LatencyProfile::measured);
  group(0, 2, 1, false);
  call("ecs", "CreateCapacityProvider", provider(Value::map()));
  associate();
  advance(10min);
  ASSERT_EQ(arns().size(), 1u);
  call("ecs", "RegisterTaskDefinition",
       {{"family", "app"},
        {"containerDefinitions",
         Values{{{"name", "c"}, {"image", "nginx"}, {"cpu", 128}, {"memory", 128}}}}});
  const Value task = call("ecs", "RunTask", {{"cluster", "web"}, {"taskDefinition", "app"}})
                         .at("tasks")[0]
                         .at("taskArn");
  advance(5min);
  ASSERT_EQ(scope().by<Task>("status:web/RUNNING").size(), 1u);
  call("autoscaling", "SetDesiredCapacity",
       {{"AutoScalingGroupName", "asg"}, {"DesiredCapacity", 0}});
  advance(10min);
  EXPECT_EQ(describe(arns()[0]).at("status").text(), "DRAINING");
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->instances.size(), 1u);
  call("ecs", "StopTask", {{"cluster", "web"}, {"task", task}});
  advance(10min);
  EXPECT_EQ(scope().view<autoscaling::Group>("asg")->instances.size(), 0u);
  EXPECT_EQ(arns().size(), 0u);
}

}  // namespace
}  // namespace squall::ecs
