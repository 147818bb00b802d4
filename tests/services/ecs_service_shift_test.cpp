// Blue/green, linear and canary deployments: stages, traffic, hooks, the way back.
#include <set>

#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;

class EcsShiftTest : public EcsServiceTest {
 protected:
  EcsShiftTest() {
    put(with_port(definition()));
    put(with_port(second()));
    blue_ = add_target_group("blue");
    green_ = add_target_group("green");
    listener_ = add_load_balancer({blue_, green_});
  }
  Value shifting(const Value& configuration, const Value& more = Value::map()) {
    return with(
        fargate(with(behind(blue_, {{"advancedConfiguration",
                                     {{"alternateTargetGroupArn", green_},
                                      {"productionListenerRule", listener_},
                                      {"roleArn", "arn:aws:iam::000000000000:role/ecs"}}}}),
                     {{"deploymentConfiguration", configuration}})),
        more);
  }
  int64_t weight(const std::string& group) {
    for (const auto& g : elbv2::forward_of(scope(), listener_))
      if (g.target_group_arn == group) return g.weight;
    return -1;
  }
  const ServiceDeployment& record() {
    return *scope().view<ServiceDeployment>(primary()->deployment_arn);
  }
  const Deployment* primary() {
    return &*std::ranges::find(service().deployments, "PRIMARY", &Deployment::status);
  }
  std::string blue_, green_, listener_;
};

TEST_F(EcsShiftTest, BlueGreenShiftsAllTrafficThenBakes) {
  use_latency(sim::LatencyProfile::measured);
  create(shifting({{"strategy", "BLUE_GREEN"}, {"bakeTimeInMinutes", 5}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(weight(blue_), 100);
  const std::string arn{
      update({{"taskDefinition", "app:2"}}).at("currentServiceDeployment").text()};
  std::set<std::string> stages;
  std::optional<Time> shifted;
  ASSERT_TRUE(eventually([&] {
    stages.insert(scope().view<ServiceDeployment>(arn)->stage);
    if (!shifted && weight(green_) == 100) {
      shifted = world().now();
      EXPECT_EQ(count("app:1"), 2);  // both colours are there
      EXPECT_EQ(count("app:2"), 2);
    }
    return service().steady;
  }));
  ASSERT_TRUE(shifted);
  EXPECT_GE(world().now() - *shifted, 5min);
  EXPECT_THAT(stages, IsSupersetOf({"SCALE_UP", "BAKE_TIME", "CLEAN_UP"}));
  EXPECT_EQ(count("app:1"), 0);
  EXPECT_EQ(weight(blue_), 0);
  const Value shown = call("ecs", "DescribeServiceDeployments",
                           {{"serviceDeploymentArns", std::vector<std::string>{arn}}})
                          .at("serviceDeployments")[0];
  EXPECT_EQ(shown.at("status").text(), "SUCCESSFUL");
  EXPECT_EQ(shown.at("targetServiceRevision").at("requestedProductionTrafficWeight").real(), 100);
  // The next one goes back to the first target group.
  update({{"taskDefinition", "app:1"}});
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(weight(blue_), 100);
  const Value revision =
      call("ecs", "DescribeServiceRevisions",
           {{"serviceRevisionArns", std::vector<std::string>{primary()->revision_arn}}})
          .at("serviceRevisions")[0];
  EXPECT_EQ(revision.at("resolvedConfiguration").at("loadBalancers")[0].at("targetGroupArn").text(),
            blue_);
}

TEST_F(EcsShiftTest, CanaryGetsItsShareFirst) {
  use_latency(sim::LatencyProfile::measured);
  create(shifting({{"strategy", "CANARY"},
                   {"bakeTimeInMinutes", 0},
                   {"canaryConfiguration",
                    {{"canaryPercent", 10.0}, {"canaryBakeTimeInMinutes", 3}}}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  std::optional<Time> first, all;
  ASSERT_TRUE(eventually([&] {
    if (!first && weight(green_) == 10) first = world().now();
    if (!all && weight(green_) == 100) all = world().now();
    return service().steady;
  }));
  ASSERT_TRUE(first && all);
  EXPECT_GE(*all - *first, 3min);
}

TEST_F(EcsShiftTest, LinearGoesStepByStep) {
  use_latency(sim::LatencyProfile::measured);
  create(shifting({{"strategy", "LINEAR"},
                   {"bakeTimeInMinutes", 0},
                   {"linearConfiguration",
                    {{"stepPercent", 25.0}, {"stepBakeTimeInMinutes", 1}}}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  std::set<int64_t> weights;
  ASSERT_TRUE(eventually([&] {
    weights.insert(weight(green_));
    return service().steady;
  }));
  EXPECT_THAT(weights, IsSupersetOf({25, 50, 75, 100}));
}

TEST_F(EcsShiftTest, APauseWaitsForContinue) {
  use_latency(sim::LatencyProfile::measured);
  create(shifting(
      {{"strategy", "BLUE_GREEN"},
       {"bakeTimeInMinutes", 0},
       {"lifecycleHooks",
        std::vector<Value>{
            {{"targetType", "PAUSE"},
             {"lifecycleStages", std::vector<std::string>{"POST_SCALE_UP"}},
             {"timeoutConfiguration", {{"timeoutInMinutes", 60}, {"action", "ROLLBACK"}}}}}}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] { return record().stage == "POST_SCALE_UP"; }));
  advance(10min);
  EXPECT_EQ(weight(green_), 0);
  const HookRun hook = record().hooks.back();
  EXPECT_EQ(hook.status, "AWAITING_ACTION");
  call("ecs", "ContinueServiceDeployment",
       {{"serviceDeploymentArn", record().id}, {"hookId", hook.id}, {"action", "CONTINUE"}});
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(weight(green_), 100);
}

TEST_F(EcsShiftTest, ARollbackReturnsTheTrafficAtOnce) {
  use_latency(sim::LatencyProfile::measured);
  create(shifting({{"strategy", "BLUE_GREEN"}, {"bakeTimeInMinutes", 30}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] { return weight(green_) == 100; }));
  const std::string arn = record().id;
  call("ecs", "StopServiceDeployment", {{"serviceDeploymentArn", arn}, {"stopType", "ROLLBACK"}});
  EXPECT_EQ(weight(blue_), 100);
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(count("app:2"), 0);
  EXPECT_EQ(count("app:1"), 2);
  EXPECT_EQ(scope().view<ServiceDeployment>(arn)->status, "ROLLBACK_SUCCESSFUL");
}

TEST_F(EcsShiftTest, ProfileZeroShiftsAtOnce) {
  create(shifting({{"strategy", "BLUE_GREEN"}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }, 5s));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] { return service().steady; }, 5s));
  EXPECT_EQ(weight(green_), 100);
  EXPECT_EQ(count("app:2"), 2);
  EXPECT_EQ(describe().at("deployments").size(), 1u);
}

TEST_F(EcsShiftTest, WhatAShiftNeedsIsAskedFor) {
  EXPECT_EQ(error("ecs", "CreateService",
                  fargate(with(behind(blue_),
                               {{"deploymentConfiguration", {{"strategy", "BLUE_GREEN"}}}})))
                .code,
            "InvalidParameterException");
  EXPECT_EQ(error("ecs", "CreateService",
                  shifting({{"strategy", "LINEAR"},
                            {"canaryConfiguration", {{"canaryPercent", 5.0}}}}))
                .message,
            "canaryConfiguration is only valid for the CANARY deployment strategy.");
}

}  // namespace
}  // namespace squall::ecs
