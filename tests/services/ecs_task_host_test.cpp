// What becomes of tasks when power, hosts and dependencies fail.
#include "emulator/sim/impairment.h"
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class EcsTaskHostTest : public TaskTest {
 protected:
  void darken(const std::string& zone, const std::string& resource = "") {
    sim::Impairment impairment;
    impairment.id = "dark";
    impairment.what = resource.empty() ? "power" : "host";
    impairment.zone = resource.empty() ? zone : "";
    impairment.resource = resource;
    impairment.since = scope().now();
    put(impairment);
  }
  void repair() {
    change([](sim::Scope& s) { s.erase<sim::Impairment>("dark"); });
  }
  std::string zone() { return scope().view<ec2::Subnet>(subnet_)->zone; }
};

TEST_F(EcsTaskHostTest, FargateTasksInADarkZoneRunByTheApiUntilDetected) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  const std::string arn = run(request("app:1"));
  advance(2min);
  darken(zone());
  advance(30s);
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  advance(4min);
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stop_code, "TerminationNotice");
  EXPECT_FALSE(task(arn).containers[0].exit_code);
}

TEST_F(EcsTaskHostTest, FargateAvoidsAZoneOnceItIsKnownDark) {
  use_latency(sim::LatencyProfile::measured);
  put(definition());
  darken(zone());
  const std::string early = run(request("app:1"));
  advance(100s);
  EXPECT_EQ(task(early).last_status, "PROVISIONING");
  EXPECT_THAT(refusal(request("app:1")), HasSubstr("Capacity is unavailable at this time."));
  TaskRequest r = request("app:1");
  r.network.subnets = default_subnets();
  EXPECT_NE(task(run(r)).zone, zone());
  advance(5min);
  EXPECT_EQ(task(early).stopped_reason,
            "Timeout waiting for network interface provisioning to complete.");
  repair();
  world().drain();
  EXPECT_EQ(refusal(request("app:1")), "");
}

TEST_F(EcsTaskHostTest, StoppingOnADarkHostHangsUntilTheInstanceIsGone) {
  const std::string host_arn = add_host("a");
  put(bridge());
  const std::string arn = run(on_host("bridge:1"));
  world().drain();
  darken("", "i-a");
  world().drain();
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  stop(arn);
  advance(10min);
  EXPECT_EQ(task(arn).last_status, "STOPPING");
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(host_arn).status = "INACTIVE"; });
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stopped_reason, "Task stopped by user");
  EXPECT_EQ(host(host_arn).cpu_left, 2048);
}

TEST_F(EcsTaskHostTest, TasksOfATerminatedInstanceStop) {
  const std::string host_arn = add_host("a");
  put(bridge());
  const std::string arn = run(on_host("bridge:1"));
  world().drain();
  change([&](sim::Scope& s) { s.edit<ContainerInstance>(host_arn).status = "INACTIVE"; });
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stop_code, "TerminationNotice");
  EXPECT_EQ(task(arn).stopped_reason, "Host EC2 (instance i-a) terminated.");
}

TEST_F(EcsTaskHostTest, AHostThatComesBackReportsItsContainersEnded) {
  add_host("a");
  put(bridge());
  const std::string arn = run(on_host("bridge:1"));
  world().drain();
  darken("", "i-a");
  world().drain();
  repair();
  world().drain();
  EXPECT_EQ(task(arn).last_status, "STOPPED");
  EXPECT_EQ(task(arn).stop_code, "EssentialContainerExited");
}

TEST_F(EcsTaskHostTest, APullOnADarkHostWaitsForPower) {
  use_latency(sim::LatencyProfile::measured);
  add_host("a");
  put(bridge());
  darken("", "i-a");
  const std::string arn = run(on_host("bridge:1"));
  advance(2min);
  EXPECT_EQ(task(arn).last_status, "PENDING");
  repair();
  advance(1min);
  EXPECT_EQ(task(arn).last_status, "RUNNING");
}

class EcsTaskOrderTest : public TaskTest {
 protected:
  EcsTaskOrderTest() { use_latency(sim::LatencyProfile::measured); }
  /// `app` and a helper that it depends on.
  TaskDefinition pair(const std::string& condition, bool helper_essential = false) {
    TaskDefinition d = definition();
    d.containers.push_back(container("helper"));
    d.containers[1].essential = helper_essential;
    d.containers[0].depends_on = {{"helper", condition}};
    return d;
  }
  const Container& part(const std::string& arn, std::string_view name) {
    for (const Container& c : task(arn).containers)
      if (c.name == name) return c;
    throw std::runtime_error("no container");
  }
};

TEST_F(EcsTaskOrderTest, StartedBeforeItsDependents) {
  put(pair("START"));
  const std::string arn = run(request("app:1"));
  advance(2min);
  EXPECT_LT(*part(arn, "helper").started, *part(arn, "app").started);
  stop(arn);
  advance(2min);
  EXPECT_LT(*part(arn, "app").finished, *part(arn, "helper").finished);
}

TEST_F(EcsTaskOrderTest, WorkerThatCompletesFirst) {
  put(pair("SUCCESS"));
  const std::string arn = run(request("app:1"));
  advance(2min);
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  EXPECT_EQ(part(arn, "helper").status, "STOPPED");
  EXPECT_EQ(part(arn, "helper").exit_code, 0);
  EXPECT_LE(*part(arn, "helper").finished, *part(arn, "app").started);
}

TEST_F(EcsTaskOrderTest, WorkerThatFailsKeepsTheTaskFromStarting) {
  put(pair("SUCCESS"));
  const std::string arn = run(request("app:1"));
  for (int i = 0; i < 2000 && part(arn, "helper").status != "RUNNING"; ++i) advance(100ms);
  change([&](sim::Scope& s) { container_exited(s, arn, "helper", 1, ""); });
  advance(1min);
  EXPECT_EQ(task(arn).stop_code, "TaskFailedToStart");
  EXPECT_THAT(task(arn).stopped_reason, HasSubstr("did not exit successfully"));
}

TEST_F(EcsTaskOrderTest, HealthyFirst) {
  TaskDefinition d = pair("HEALTHY", true);
  d.containers[1].health_check = ContainerHealthCheck{};
  put(d);
  const std::string arn = run(request("app:1"));
  for (int i = 0; i < 2000 && part(arn, "helper").status != "RUNNING"; ++i) advance(100ms);
  EXPECT_EQ(part(arn, "helper").health, "UNKNOWN");
  advance(31s);
  EXPECT_EQ(part(arn, "helper").health, "HEALTHY");
  advance(5s);
  EXPECT_EQ(task(arn).last_status, "RUNNING");
  EXPECT_EQ(task(arn).health, "HEALTHY");
  change([&](sim::Scope& s) { set_container_health(s, arn, "helper", "UNHEALTHY"); });
  EXPECT_EQ(task(arn).health, "UNHEALTHY");
}

TEST_F(EcsTaskOrderTest, StartTimeoutGivesUp) {
  TaskDefinition d = pair("HEALTHY", true);
  d.containers[1].health_check = ContainerHealthCheck{300, 5, 3, 0};
  d.containers[1].start_timeout_s = 60;
  put(d);
  const std::string arn = run(request("app:1"));
  advance(3min);
  EXPECT_EQ(task(arn).stop_code, "TaskFailedToStart");
  EXPECT_THAT(task(arn).stopped_reason, HasSubstr("has timed out"));
}

}  // namespace
}  // namespace squall::ecs
