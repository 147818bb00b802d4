// A thousand tasks in a hundred services over fifty instances: started, deployed anew, moved off
// half of the instances and deleted within an hour of virtual time.
#include "tests/services/ecs_service_fixture.h"

namespace squall::ecs {
namespace {

constexpr int services = 100, tasks_each = 10, hosts = 50;

class EcsScaleTest : public EcsServiceTest {
 protected:
  void add_hosts() {
    sim::Scope s = scope();
    sim::Transaction t(world());
    for (int n = 0; n < hosts; ++n) {
      ContainerInstance host;
      host.id = s.arn("ecs", cat("container-instance/web/", hex16(static_cast<uint64_t>(n))));
      host.cluster = "web";
      host.instance_id = cat("i-", n);
      host.zone = n % 2 ? "us-east-1b" : "us-east-1a";
      host.cpu = host.cpu_left = 32768;
      host.memory = host.memory_left = 65536;
      s.add(host);
      ids_.push_back(host.id);
    }
    t.commit();
  }
  int64_t running() {
    int64_t count = 0;
    for (const Task& task : scope().all<Task>())
      count += task.last_status == "RUNNING" && task.desired_status == "RUNNING";
    return count;
  }
  int64_t steady() {
    int64_t count = 0;
    for (const Service& service : scope().all<Service>()) count += service.steady;
    return count;
  }
  std::vector<std::string> ids_;
};

TEST_F(EcsScaleTest, AThousandTasksDeployAndDrainWithinTheHour) {
  use_latency(sim::LatencyProfile::measured);
  const Time start = world().now();
  put(bridge());
  TaskDefinition next = bridge();
  next.revision = 2;
  next.id = "bridge:2";
  put(next);
  add_hosts();
  for (int n = 0; n < services; ++n)
    create(bridged({{"serviceName", cat("s", n)}, {"desiredCount", tasks_each}}));
  advance(10min);
  EXPECT_EQ(running(), services * tasks_each);
  EXPECT_EQ(steady(), services);

  for (int n = 0; n < services; ++n)
    call("ecs", "UpdateService",
         {{"cluster", "web"}, {"service", cat("s", n)}, {"taskDefinition", "bridge:2"}});
  advance(15min);
  EXPECT_EQ(running(), services * tasks_each);
  EXPECT_EQ(steady(), services);
  EXPECT_EQ(count("bridge:2", "s42"), tasks_each);

  change([&](sim::Scope& s) {
    for (int n = 0; n < hosts / 2; ++n)
      s.edit<ContainerInstance>(ids_[static_cast<size_t>(n)]).status = "DRAINING";
  });
  advance(20min);
  EXPECT_EQ(running(), services * tasks_each);
  for (int n = 0; n < hosts / 2; ++n)
    EXPECT_TRUE(scope().by<Task>("instance:" + ids_[static_cast<size_t>(n)]).empty());

  for (int n = 0; n < services; ++n)
    call("ecs", "DeleteService",
         {{"cluster", "web"}, {"service", cat("s", n)}, {"force", true}});
  advance(15min);
  EXPECT_EQ(running(), 0);
  EXPECT_EQ(world().now() - start, 60min);
}

}  // namespace
}  // namespace squall::ecs
