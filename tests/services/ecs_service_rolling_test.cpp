// Services from creation to deletion: steady states, rolling deployments, counts, events.
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(EcsServiceTest, CreatedServiceReachesASteadyState) {
  put(definition());
  const Value created = create(fargate());
  EXPECT_EQ(created.at("status").text(), "ACTIVE");
  EXPECT_EQ(created.at("runningCount").integer(), 0);
  EXPECT_EQ(created.at("deployments")[0].at("rolloutState").text(), "IN_PROGRESS");
  EXPECT_EQ(created.at("availabilityZoneRebalancing").text(), "ENABLED");
  const Value now = describe();
  EXPECT_EQ(now.at("runningCount").integer(), 2);
  EXPECT_EQ(now.at("pendingCount").integer(), 0);
  ASSERT_EQ(now.at("deployments").size(), 1u);
  EXPECT_EQ(now.at("deployments")[0].at("rolloutState").text(), "COMPLETED");
  EXPECT_EQ(now.at("deployments")[0].at("platformVersion").text(), "1.4.0");
  EXPECT_EQ(now.at("platformVersion").text(), "LATEST");
  EXPECT_EQ(now.at("events")[0].at("message").text(),
            "(service api) has reached a steady state.");
  EXPECT_THAT(events(), Contains(HasSubstr("(service api) has started 2 tasks: (task ")));
  EXPECT_THAT(events(), Contains(HasSubstr("deployment completed.")));
  const Task& task = *live().front();
  EXPECT_EQ(task.group, "service:api");
  EXPECT_EQ(task.started_by, now.at("deployments")[0].at("id").text());
}

TEST_F(EcsServiceTest, NewRevisionReplacesTheOldOne) {
  put(definition());
  put(second());
  create(fargate());
  const Value answer = update({{"taskDefinition", "app:2"}});
  EXPECT_EQ(answer.at("deployments").size(), 2u);
  EXPECT_EQ(answer.at("deployments")[0].at("status").text(), "PRIMARY");
  EXPECT_EQ(answer.at("deployments")[1].at("status").text(), "ACTIVE");
  world().drain();
  EXPECT_EQ(count("app:2"), 2);
  EXPECT_EQ(count("app:1"), 0);
  EXPECT_EQ(describe().at("deployments").size(), 1u);
}

TEST_F(EcsServiceTest, PercentsBoundARollingDeployment) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  put(second());
  create(fargate({{"desiredCount", 4},
                  {"deploymentConfiguration",
                   {{"maximumPercent", 150}, {"minimumHealthyPercent", 75}}}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  update({{"taskDefinition", "app:2"}});
  int64_t running_least = 4, wanted_most = 0;
  ASSERT_TRUE(eventually([&] {
    int64_t running = 0;
    for (const Task* task : live()) running += task->last_status == "RUNNING";
    running_least = std::min(running_least, running);
    wanted_most = std::max<int64_t>(wanted_most, static_cast<int64_t>(live().size()));
    return service().steady;
  }));
  EXPECT_EQ(running_least, 3);
  EXPECT_EQ(wanted_most, 6);
  EXPECT_EQ(count("app:2"), 4);
}

TEST_F(EcsServiceTest, DesiredCountMovesUpAndDown) {
  put(definition());
  create(fargate());
  update({{"desiredCount", 5}});
  EXPECT_EQ(describe().at("runningCount").integer(), 5);
  update({{"desiredCount", 1}});
  EXPECT_EQ(describe().at("runningCount").integer(), 1);
  EXPECT_THAT(events(), Contains(HasSubstr("has stopped 4 running tasks: (task ")));
  EXPECT_EQ(service().deployments.size(), 1u);
  sim::Scope s = scope();
  change([&](sim::Scope& inside) { set_desired_count(inside, "web", "api", 3); });
  world().drain();
  EXPECT_EQ(describe().at("runningCount").integer(), 3);
  EXPECT_EQ(find_service(s, "web", "api")->desired, 3);
}

TEST_F(EcsServiceTest, AStoppedTaskIsReplaced) {
  put(definition());
  create(fargate());
  const std::string gone = live().front()->id;
  stop(gone);
  world().drain();
  EXPECT_THAT(live(), SizeIs(2));
  EXPECT_NE(live().front()->id, gone);
}

TEST_F(EcsServiceTest, AnotherDeploymentByForce) {
  put(definition());
  const std::string first{create(fargate()).at("deployments")[0].at("id").text()};
  std::vector<std::string> before;
  for (const Task* task : live()) before.push_back(task->id);
  update({{"forceNewDeployment", true}});
  EXPECT_NE(describe().at("deployments")[0].at("id").text(), first);
  for (const Task* task : live()) EXPECT_THAT(before, Not(Contains(task->id)));
}

TEST_F(EcsServiceTest, DeletionDrainsThenLeavesAnInactiveService) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  create(fargate());
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(error("ecs", "DeleteService", {{"cluster", "web"}, {"service", "api"}}).message,
            "The service cannot be stopped while it is scaled above 0.");
  const Value answer = call("ecs", "DeleteService",
                            {{"cluster", "web"}, {"service", "api"}, {"force", true}});
  EXPECT_EQ(answer.at("service").at("status").text(), "DRAINING");
  EXPECT_EQ(error("ecs", "CreateService", fargate()).message,
            "Unable to Start a service that is still Draining.");
  EXPECT_EQ(error("ecs", "UpdateService",
                  {{"cluster", "web"}, {"service", "api"}, {"desiredCount", 1}})
                .code,
            "ServiceNotActiveException");
  ASSERT_TRUE(eventually([&] { return service().status == "INACTIVE"; }));
  EXPECT_THAT(live(), IsEmpty());
  create(fargate());
  ASSERT_TRUE(eventually([&] { return service().steady; }));
}

TEST_F(EcsServiceTest, TheSameRequestAgainIsNoError) {
  put(definition());
  create(fargate({{"clientToken", "one"}}));
  EXPECT_EQ(create(fargate({{"clientToken", "two"}})).at("runningCount").integer(), 2);
  EXPECT_EQ(error("ecs", "CreateService", fargate({{"desiredCount", 3}})).message,
            "Creation of service was not idempotent.");
}

TEST_F(EcsServiceTest, TargetsMustBeHealthyBeforeOldTasksGo) {
  use_latency(sim::LatencyProfile::measured);
  put(with_port(definition()));
  put(with_port(second()));
  const std::string group = add_target_group("blue");
  add_load_balancer({group});
  create(fargate(behind(group)));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_THAT(events(), Contains(HasSubstr(") registered 1 targets in (target-group " + group)));
  update({{"taskDefinition", "app:2"}});
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_EQ(count("app:2"), 2);
  EXPECT_THAT(events(), Contains(HasSubstr("deregistered 1 targets in (target-group " + group)));
}

TEST_F(EcsServiceTest, AnUnhealthyTargetIsReplacedAndSaidSo) {
  use_latency(sim::LatencyProfile::measured);
  put(with_port(definition()));
  const std::string group = add_target_group("blue");
  add_load_balancer({group});
  create(fargate(with(behind(group), {{"healthCheckGracePeriodSeconds", 60}})));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  advance(2min);
  const std::string ill = live().front()->id;
  const auto parts = split(live().front()->targets.front(), ' ');
  const std::string ip{parts[1]};
  change([&](sim::Scope& s) {
    elbv2::set_target_health(s, group, ip, 80, "unhealthy", "Target.FailedHealthChecks");
  });
  advance(3s);
  EXPECT_THAT(live(), SizeIs(3));  // the replacement first
  EXPECT_THAT(events(), Contains(AllOf(HasSubstr("(service api) (port 80) is unhealthy in"),
                                       HasSubstr("due to (reason "))));
}

}  // namespace
}  // namespace squall::ecs
