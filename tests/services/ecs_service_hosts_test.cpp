// Services on container instances: spread, full clusters, draining, daemons, zones.
#include <map>

#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::map<std::string, int> by_zone(const std::vector<const Task*>& tasks) {
  std::map<std::string, int> zones;
  for (const Task* task : tasks) ++zones[task->zone];
  return zones;
}

TEST_F(EcsServiceTest, TasksAreSpreadOverZones) {
  put(bridge());
  add_host("a", "us-east-1a");
  add_host("b", "us-east-1b");
  create(bridged({{"desiredCount", 4}}));
  EXPECT_EQ(by_zone(live()), (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
}

TEST_F(EcsServiceTest, AFullClusterIsToldOfAndTriedAgain) {
  put(bridge());
  create(bridged());
  EXPECT_THAT(events(),
              Contains(HasSubstr("was unable to place a task because no container instance met "
                                 "all of its requirements.")));
  EXPECT_THAT(live(), IsEmpty());
  add_host("a");
  world().drain();
  EXPECT_THAT(live(), SizeIs(2));
  EXPECT_TRUE(service().steady);
}

TEST_F(EcsServiceTest, ADrainedInstanceIsEmptiedOnceOthersServe) {
  use_latency(sim::LatencyProfile::measured);
  put(bridge());
  const std::string first = add_host("a");
  create(bridged());
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  add_host("b");
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(first).status = "DRAINING"; });
  ASSERT_TRUE(eventually([&] {
    int64_t running = 0;
    for (const Task* task : live()) running += task->last_status == "RUNNING";
    EXPECT_GE(running, 2);
    return scope().by<Task>("instance:" + first).empty();
  }));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  EXPECT_THAT(live(), SizeIs(2));
}

TEST_F(EcsServiceTest, ProtectedTasksOutliveScaleIn) {
  put(bridge());
  add_host("a");
  create(bridged({{"desiredCount", 4}}));
  const std::string held = live().back()->id;
  change([&](sim::Scope& s) {
    Task& task = s.edit<Task>(held);
    task.is_protected = true;
    task.protected_until = s.now() + 2h;
  });
  update({{"desiredCount", 1}});
  ASSERT_THAT(live(), SizeIs(1));
  EXPECT_EQ(live().front()->id, held);
}

TEST_F(EcsServiceTest, DaemonsRunOnEveryInstance) {
  put(bridge());
  add_host("a");
  add_host("b", "us-east-1b");
  Value input = bridged({{"schedulingStrategy", "DAEMON"}});
  input.set("desiredCount", Value());
  create(input);
  EXPECT_THAT(live(), SizeIs(2));
  EXPECT_EQ(describe().at("desiredCount").integer(), 2);
  EXPECT_EQ(describe().at("deployments")[0].at("rolloutState").text(), "COMPLETED");
  const std::string third = add_host("c");
  world().drain();
  EXPECT_THAT(live(), SizeIs(3));
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(third).status = "DRAINING"; });
  world().drain();
  EXPECT_THAT(live(), SizeIs(2));
  EXPECT_TRUE(service().steady);
  EXPECT_EQ(error("ecs", "UpdateService",
                  {{"cluster", "web"}, {"service", "api"}, {"desiredCount", 1}})
                .message,
            "The daemon scheduling strategy does not support a desired count. Remove the desired "
            "count value and try again.");
  update({{"forceNewDeployment", true}});
  EXPECT_THAT(live(), SizeIs(2));
  EXPECT_EQ(describe().at("deployments").size(), 1u);
}

TEST_F(EcsServiceTest, ZonesAreBalancedAgainWhenOneComesBack) {
  use_latency(sim::LatencyProfile::measured);
  put(bridge());
  add_host("a", "us-east-1a");
  create(bridged({{"desiredCount", 4}}));
  ASSERT_TRUE(eventually([&] { return service().steady; }));
  add_host("b", "us-east-1b");
  ASSERT_TRUE(eventually([&] {
    int64_t running = 0;
    for (const Task* task : live()) running += task->last_status == "RUNNING";
    EXPECT_GE(running, 4);
    return service().steady && by_zone(live())["us-east-1b"] == 2;
  }));
  EXPECT_THAT(live(), SizeIs(4));
  EXPECT_THAT(events(), Contains(HasSubstr("is not AZ balanced with 4 tasks in us-east-1a, 0 tasks "
                                           "in us-east-1b. AZ Rebalancing in progress.")));
}

}  // namespace
}  // namespace squall::ecs
