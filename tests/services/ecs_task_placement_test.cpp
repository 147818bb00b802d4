// Where tasks go: resources, ports, constraints, strategies, waiting for capacity.
#include <chrono>
#include <map>
#include <set>

#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

using testing::SizeIs;

class EcsTaskPlacementTest : public TaskTest {
 protected:
  std::map<std::string, int> count_by_host() {
    std::map<std::string, int> counts;
    for (const Task& task : scope().all<Task>()) ++counts[task.container_instance];
    return counts;
  }
  TaskRequest with(const PlacementRule& rule, const std::string& definition = "bridge:1") {
    TaskRequest r = on_host(definition);
    r.strategy = {rule};
    return r;
  }
};

TEST_F(EcsTaskPlacementTest, EachResourceRunsOut) {
  const std::string host_arn = add_host("a");
  TaskDefinition d = bridge();
  d.containers[0].cpu = 4096;
  put(d);
  EXPECT_EQ(refusal(on_host("bridge:1")), "RESOURCE:CPU");
  d.containers[0].cpu = 0;
  d.containers[0].memory = 4096;
  put(d);
  EXPECT_EQ(refusal(on_host("bridge:1")), "RESOURCE:MEMORY");
  d.containers[0].memory_reservation = 1024;  // what counts is the reservation
  d.containers[0].gpus = 1;
  put(d);
  EXPECT_EQ(refusal(on_host("bridge:1")), "RESOURCE:GPU");
  d.containers[0].gpus = 0;
  d.containers[0].ports[0].host_port = 22;
  put(d);
  EXPECT_EQ(refusal(on_host("bridge:1")), "RESOURCE:PORTS");
  d.containers[0].ports[0].host_port = 0;
  d.requires_attributes = {{"com.amazonaws.ecs.capability.task-iam-role", ""}};
  put(d);
  EXPECT_EQ(refusal(on_host("bridge:1")), "ATTRIBUTE");
  d.requires_attributes.clear();
  put(d);
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(host_arn).agent_connected = false; });
  EXPECT_EQ(refusal(on_host("bridge:1")), "AGENT");
  EXPECT_THAT(scope().all<Task>(), SizeIs(0));
}

TEST_F(EcsTaskPlacementTest, FixedHostPortsConflictAndDynamicOnesDoNot) {
  const std::string host_arn = add_host("a");
  TaskDefinition d = bridge();
  d.containers[0].ports[0].host_port = 8080;
  put(d);
  const std::string first = run(on_host("bridge:1"));
  EXPECT_EQ(refusal(on_host("bridge:1")), "RESOURCE:PORTS");
  d.containers[0].ports[0].host_port = 0;
  put(d);
  const std::string a = run(on_host("bridge:1"));
  const std::string b = run(on_host("bridge:1"));
  EXPECT_EQ(task(a).containers[0].bindings[0].host_port, 32768);
  EXPECT_EQ(task(b).containers[0].bindings[0].host_port, 32769);
  world().drain();
  stop(a);
  world().drain();
  const std::string c = run(on_host("bridge:1"));
  EXPECT_EQ(task(c).containers[0].bindings[0].host_port, 32768);
  stop(first);
  world().drain();
  EXPECT_THAT(host(host_arn).used_ports, SizeIs(2));
}

TEST_F(EcsTaskPlacementTest, HostModeTakesTheContainerPort) {
  add_host("a");
  TaskDefinition d = bridge("host");
  d.network_mode = "host";
  put(d);
  const std::string arn = run(on_host("host:1"));
  EXPECT_EQ(task(arn).containers[0].bindings[0].host_port, 80);
  EXPECT_EQ(refusal(on_host("host:1")), "RESOURCE:PORTS");
}

TEST_F(EcsTaskPlacementTest, InterfacesOfAHostRunOut) {
  const std::string zone = scope().view<ec2::Subnet>(subnet_)->zone;
  const std::string host_arn = add_host("a", zone);
  put(definition());
  run(on_host("app:1"));
  const std::string arn = run(on_host("app:1"));
  EXPECT_EQ(refusal(on_host("app:1")), "RESOURCE:ENI");
  EXPECT_EQ(task(arn).subnet_id, subnet_);
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  EXPECT_FALSE(task(arn).interface_id.empty());
  stop(arn);
  world().drain();
  EXPECT_EQ(host(host_arn).interfaces_left, 1);
  EXPECT_EQ(host(host_arn).cpu_left, 2048 - 256);
}

TEST_F(EcsTaskPlacementTest, AwsvpcTasksNeedASubnetInTheHostsZone) {
  const std::string zone = scope().view<ec2::Subnet>(subnet_)->zone;
  add_host("a", zone == "us-east-1a" ? "us-east-1b" : "us-east-1a");
  put(definition());
  EXPECT_EQ(refusal(on_host("app:1")), "ATTRIBUTE");
}

TEST_F(EcsTaskPlacementTest, SpreadOverZonesThenInstances) {
  add_host("a1", "us-east-1a");
  add_host("a2", "us-east-1a");
  add_host("b1", "us-east-1b");
  put(bridge());
  TaskRequest r = with({"spread", "attribute:ecs.availability-zone"});
  r.strategy.push_back({"spread", "instanceId"});
  for (int i = 0; i < 4; ++i) run(r);
  std::map<std::string, int> zones;
  for (const Task& task : scope().all<Task>()) ++zones[task.zone];
  EXPECT_EQ(zones["us-east-1a"], 2);
  EXPECT_EQ(zones["us-east-1b"], 2);
  EXPECT_THAT(count_by_host(), SizeIs(3));
}

TEST_F(EcsTaskPlacementTest, BinpackFillsOneHostFirst) {
  for (const char* name : {"a", "b", "c"}) add_host(name);
  put(bridge());
  for (int i = 0; i < 7; ++i) run(with({"binpack", "memory"}));
  EXPECT_THAT(count_by_host(), SizeIs(1));
  run(with({"binpack", "memory"}));
  EXPECT_THAT(count_by_host(), SizeIs(2));
}

TEST_F(EcsTaskPlacementTest, DistinctInstanceAndMemberOf) {
  add_host("a");
  add_host("b", "us-east-1b");
  put(bridge());
  TaskRequest r = on_host("bridge:1");
  r.constraints = {{"distinctInstance", ""}};
  run(r);
  run(r);
  EXPECT_THAT(count_by_host(), SizeIs(2));
  EXPECT_EQ(refusal(r), "distinctInstance placement constraint unsatisfied.");
  r.constraints = {{"memberOf", "attribute:ecs.os-type == windows"}};
  EXPECT_EQ(refusal(r), "MemberOf placement constraint unsatisfied.");
}

TEST_F(EcsTaskPlacementTest, NoHostsAtAll) {
  put(bridge());
  EXPECT_EQ(refusal(on_host("bridge:1")), "No Container Instances were found in your cluster.");
}

TEST_F(EcsTaskPlacementTest, TasksOfAProviderWaitForCapacity) {
  put(bridge());
  TaskRequest r = on_host("bridge:1");
  r.capacity_provider = "asg";
  const std::string arn = run(r);
  world().drain();
  EXPECT_EQ(task(arn).last_status, "PROVISIONING");
  add_host("other");
  world().drain();
  EXPECT_EQ(task(arn).last_status, "PROVISIONING");
  const std::string host_arn = add_host("mine");
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(host_arn).capacity_provider = "asg"; });
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  EXPECT_EQ(task(arn).container_instance, host_arn);
}

TEST_F(EcsTaskPlacementTest, FargateSpreadsOverTheZonesOfItsSubnets) {
  put(definition());
  TaskRequest r = request("app:1");
  r.network.subnets = default_subnets();
  std::set<std::string> zones;
  for (size_t i = 0; i < r.network.subnets.size(); ++i) zones.insert(task(run(r)).zone);
  EXPECT_THAT(zones, SizeIs(r.network.subnets.size()));
}

TEST_F(EcsTaskPlacementTest, ProvidersAreChosenByBaseAndWeight) {
  const std::vector<StrategyItem> strategy{{"FARGATE", 1, 2}, {"FARGATE_SPOT", 3, 0}};
  std::map<std::string, int64_t> running;
  for (int i = 0; i < 10; ++i) ++running[choose_provider(strategy, running)];
  EXPECT_EQ(running["FARGATE"], 4);
  EXPECT_EQ(running["FARGATE_SPOT"], 6);
}

TEST_F(EcsTaskPlacementTest, AThousandTasksOverFiftyHosts) {
  for (int i = 0; i < 50; ++i) {
    const std::string arn =
        add_host("h" + std::to_string(100 + i), i % 2 ? "us-east-1a" : "us-east-1b");
    change([&](sim::Scope& s) {
      auto& host = s.edit<ContainerInstance>(arn);
      host.cpu = host.cpu_left = 32768;
      host.memory = host.memory_left = 65536;
    });
  }
  put(bridge());
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    TaskRequest r = with({"spread", "attribute:ecs.availability-zone"});
    r.strategy.push_back({"binpack", "memory"});
    r.group = "service:s" + std::to_string(i % 100);
    run(r);
  }
  world().drain();
  int running = 0;
  for (const Task& task : scope().all<Task>()) running += task.last_status == "RUNNING";
  EXPECT_EQ(running, 1000);
  const auto took = std::chrono::steady_clock::now() - before;
  std::printf(
      "1000 tasks: %lld ms\n",
      static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace squall::ecs
