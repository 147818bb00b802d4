// Deployments that fail: start failures and their back-off, the circuit breaker, alarms, rollback.
#include "services/cloudwatch/cloudwatch.h"
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

Value breaker(bool rollback) {
  return {{"deploymentConfiguration",
           {{"deploymentCircuitBreaker", {{"enable", true}, {"rollback", rollback}}}}}};
}

TEST_F(EcsServiceTest, BreakerRollsBackWhileOldTasksServe) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  put(broken());
  create(fargate(breaker(true)));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  const std::string good = service().deployments.front().id;
  const std::string bad{update({{"taskDefinition", "app:2"}}).at("deployments")[0].at("id").text()};
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(count("app:1"), 2);
    return service().steady;
  }));
  EXPECT_EQ(service().deployments.size(), 1u);
  EXPECT_EQ(service().deployments.front().id, good);
  EXPECT_EQ(service().deployments.front().rollout_state, "COMPLETED");
  EXPECT_EQ(service().spec.definition, "app:1");
  EXPECT_THAT(events(), Contains("(service api) (deployment " + bad +
                                 ") deployment failed: tasks failed to start."));
  EXPECT_THAT(events(), Contains("(service api) rolling back to deployment " + good + "."));
  const auto records = scope().by<ServiceDeployment>("service:" + service().id);
  ASSERT_THAT(records, SizeIs(2));
  const Value listed = call("ecs", "ListServiceDeployments",
                            {{"cluster", "web"},
                             {"service", "api"},
                             {"status", std::vector<std::string>{"ROLLBACK_SUCCESSFUL"}}});
  ASSERT_EQ(listed.at("serviceDeployments").size(), 1u);
  const Value shown = call(
      "ecs", "DescribeServiceDeployments",
      {{"serviceDeploymentArns",
        std::vector<Value>{listed.at("serviceDeployments")[0].at("serviceDeploymentArn")}}});
  const Value one = shown.at("serviceDeployments")[0];
  EXPECT_EQ(one.at("deploymentCircuitBreaker").at("status").text(), "TRIGGERED");
  EXPECT_EQ(one.at("deploymentCircuitBreaker").at("threshold").integer(), 3);
  EXPECT_THAT(std::string(one.at("rollback").at("reason").text()),
              HasSubstr("tasks failed to start"));
}

TEST_F(EcsServiceTest, BreakerWithoutRollbackStopsTrying) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  put(broken());
  create(fargate(breaker(false)));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(
      eventually([&] { return service().deployments.front().rollout_state == "FAILED"; }));
  advance(10min);
  EXPECT_EQ(count("app:1"), 2);
  EXPECT_EQ(count("app:2"), 0);
  EXPECT_EQ(describe().at("deployments").size(), 2u);
}

TEST_F(EcsServiceTest, WithoutABreakerStartsAreTriedEverMoreSlowly) {
  use_latency(sim::LatencyProfile::measured);
  put(broken());
  create(fargate({{"taskDefinition", "app:2"}, {"desiredCount", 1}}));
  advance(1h);
  const auto& deployment = service().deployments.front();
  EXPECT_GE(deployment.failed, 6);
  EXPECT_LE(deployment.failed, 14);  // every 40 s it would be ninety
  EXPECT_THAT(events(), Contains(HasSubstr("is unable to consistently start tasks successfully")));
}

TEST_F(EcsServiceTest, AnAlarmTurnsTheDeploymentRound) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  put(second());
  call("cloudwatch", "PutMetricAlarm",
       {{"AlarmName", "errors"},
        {"Namespace", "App"},
        {"MetricName", "Errors"},
        {"Statistic", "Sum"},
        {"Period", 60},
        {"EvaluationPeriods", 2},
        {"Threshold", 1.0},
        {"ComparisonOperator", "GreaterThanThreshold"}});
  create(fargate(
      {{"deploymentConfiguration",
        {{"alarms",
          {{"alarmNames", std::vector<std::string>{"errors"}},
           {"enable", true},
           {"rollback", true}}}}}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] { return count("app:2") == 2 && count("app:1") == 0; }));
  EXPECT_EQ(service().deployments.front().rollout_state, "IN_PROGRESS");  // bakes
  call("cloudwatch", "SetAlarmState",
       {{"AlarmName", "errors"}, {"StateValue", "ALARM"}, {"StateReason", "test"}});
  ASSERT_TRUE(eventually([&] { return service().steady && count("app:1") == 2; }));
  EXPECT_EQ(count("app:2"), 0);
  EXPECT_THAT(events(), Contains(HasSubstr("deployment failed: alarm detected.")));
}

TEST_F(EcsServiceTest, AFailedHealthCheckCountsForTheBreaker) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  TaskDefinition checked = second();
  checked.containers[0].health_check = ContainerHealthCheck{};
  put(checked);
  create(fargate(breaker(true)));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] {  // no task of the second revision ever passes
    std::vector<std::string> ill;
    for (const Task* task : live())
      if (task->definition == "app:2" && task->last_status == "RUNNING" &&
          task->health != "UNHEALTHY")
        ill.push_back(task->id);
    if (!ill.empty())
      change([&](sim::Scope& s) {
        for (const std::string& arn : ill) s.edit<Task>(arn).health = "UNHEALTHY";
      });
    EXPECT_EQ(count("app:1"), 2);
    return service().steady;
  }));
  EXPECT_EQ(service().spec.definition, "app:1");
  EXPECT_THAT(events(), Contains(HasSubstr("failed container health checks.")));
}

TEST_F(EcsServiceTest, StoppingADeploymentRollsItBack) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  put(broken());
  create(fargate());
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  const Value answer = update({{"taskDefinition", "app:2"}});
  const std::string arn{answer.at("currentServiceDeployment").text()};
  call("ecs", "StopServiceDeployment", {{"serviceDeploymentArn", arn}});
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(service().spec.definition, "app:1");
  EXPECT_EQ(scope().view<ServiceDeployment>(arn)->status, "ROLLBACK_SUCCESSFUL");
  EXPECT_EQ(error("ecs", "StopServiceDeployment", {{"serviceDeploymentArn", arn}}).code,
            "ConflictException");
}

}  // namespace
}  // namespace squall::ecs
