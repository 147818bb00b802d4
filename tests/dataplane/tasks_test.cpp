// ECS tasks as targets: their life, their health, their share of a CPU.
#include <gtest/gtest.h>

#include "emulator/core/text.h"
#include "services/dataplane/dataplane.h"
#include "services/dataplane/engine.h"
#include "services/ec2/ec2.h"
#include "services/elbv2/elbv2.h"
#include "tests/dataplane/containers.h"

namespace squall::dataplane_test {
namespace {

using dataplane::Outcome;
using dataplane::Workload;

class Tasks : public testing::Test {
 protected:
  void make(int instances = 2) {
    stack = std::make_unique<Stack>(instances);
    stack->change([](sim::Scope& s) { clear_targets(s); });
  }
  void begin(Workload w, Duration length = 1h) {
    start = stack->world().now();
    engine = std::make_unique<dataplane::TrafficEngine>(stack->world(), "us-east-1", std::move(w),
                                                        start, start + length);
    stack->world().set_engine(engine.get());
  }
  void TearDown() override {
    if (stack) stack->world().set_engine(nullptr);
  }
  static Workload workload(double rate = 100, double cpu_ms = 2) {
    Workload w = simple_workload(rate, cpu_ms, 0);
    w.client.timeout_ms = 5000;
    return w;
  }
  static TaskSpec fargate(int number, int zone, int64_t cpu = 1024) {
    TaskSpec spec;
    spec.number = number;
    spec.zone = zone;
    spec.cpu = cpu;
    spec.target_group = Stack::tg;
    return spec;
  }
  static TaskSpec bridge(int number, const std::string& instance, int64_t host_port) {
    TaskSpec spec = fargate(number, instance == "i-1" ? 1 : 2, 512);
    spec.instance = instance;
    spec.host_port = host_port;
    return spec;
  }
  void open_ports() {  // bridge networking gives ports from the ephemeral range
    stack->change([](sim::Scope& s) {
      auto& group = s.edit<ec2::SecurityGroup>("sg-web");
      group.rules[0].to_port = 65535;
      add_container_instance(s, "i-1");
      add_container_instance(s, "i-2");
    });
  }
  std::string target_state(const std::string& id, int64_t port = 0) {
    for (const auto& t : stack->scope().view<elbv2::TargetGroup>(Stack::tg)->targets)
      if (t.id == id && (!port || t.port == port)) return t.state;
    return "absent";
  }
  double availability(Duration from, Duration to) {
    return engine->results().totals(start + from, start + to).availability();
  }
  double mean_ms(Duration from, Duration to) {
    return engine->results().totals(start + from, start + to).latency.mean_ms();
  }
  std::unique_ptr<Stack> stack;
  std::unique_ptr<dataplane::TrafficEngine> engine;
  Time start{};
};

TEST_F(Tasks, OnFargateServeThroughTheirOwnInterfaces) {
  make();
  stack->change([](sim::Scope& s) {
    add_task(s, fargate(1, 1));
    add_task(s, fargate(2, 2));
  });
  begin(workload());
  stack->advance(120s);
  EXPECT_EQ(target_state("10.0.11.101"), "healthy");
  EXPECT_EQ(target_state("10.0.12.102"), "healthy");
  EXPECT_GT(availability(40s, 110s), 0.999);
  EXPECT_NE(engine->find_host(task_arn(1)), nullptr);
}

TEST_F(Tasks, AFractionOfACpuIsSlower) {
  make();
  stack->change([](sim::Scope& s) { add_task(s, fargate(1, 1, 256)); });
  begin(workload(10, 5));
  stack->advance(120s);
  EXPECT_NEAR(mean_ms(40s, 110s), 25, 6) << "5 ms of a vCPU take 20 ms on a quarter, and queue";
}

TEST_F(Tasks, NobodyListensBeforeTheProgramHasBooted) {
  make();
  stack->change([](sim::Scope& s) {
    add_task(s, fargate(1, 1));
    TaskSpec pending = fargate(2, 2);
    pending.status = "ACTIVATING";
    add_task(s, pending);
  });
  Workload w = workload();
  w.servers[0].boot_s = 20;
  begin(std::move(w));
  stack->advance(60s);
  EXPECT_EQ(target_state("10.0.11.101"), "healthy");
  EXPECT_EQ(target_state("10.0.12.102"), "unhealthy") << "two failures";
  EXPECT_EQ(engine->find_host(task_arn(1))->ready_at, 0) << "it was there before the storm";
  stack->change([](sim::Scope& s) { set_task_status(s, task_arn(2), "RUNNING"); });
  stack->advance(1s);
  EXPECT_EQ(engine->find_host(task_arn(2))->ready_at, to_ns(start + 80s));
  stack->advance(200s);
  EXPECT_EQ(target_state("10.0.12.102"), "healthy");
}

TEST_F(Tasks, AStoppedTaskLosesWhatItHadAndRefuses) {
  make();
  stack->change([](sim::Scope& s) {
    add_task(s, fargate(1, 1));
    add_task(s, fargate(2, 2));
  });
  begin(workload());
  stack->advance(60s);
  stack->change([](sim::Scope& s) { set_task_status(s, task_arn(1), "STOPPED"); });
  stack->advance(10s);
  const auto totals = engine->results().totals(start + 60s, start + 69s);
  EXPECT_NEAR(totals.availability(), 0.5, 0.1);
}

TEST_F(Tasks, StoppingTasksFinishAndTakeNothingNew) {
  make();
  stack->change([](sim::Scope& s) { add_task(s, fargate(1, 1)); });
  begin(workload());
  stack->advance(60s);
  stack->change([](sim::Scope& s) { set_task_status(s, task_arn(1), "STOPPING"); });
  stack->advance(2s);
  const auto* host = engine->find_host(task_arn(1));
  EXPECT_TRUE(host->up);
  EXPECT_FALSE(host->accepts);
  EXPECT_EQ(host->in_flight, 0);
}

TEST_F(Tasks, ABadVersionFailsItsHealthChecks) {
  make();
  stack->change([](sim::Scope& s) {
    add_task(s, fargate(1, 1));
    TaskSpec bad = fargate(2, 2);
    bad.image = "registry/api:bad";
    add_task(s, bad);
  });
  Workload w = workload();
  w.behaviours.push_back({});
  w.behaviours[0].image = "*:bad";
  w.behaviours[0].fails_health = true;
  begin(std::move(w));
  stack->advance(120s);
  EXPECT_EQ(target_state("10.0.11.101"), "healthy");
  EXPECT_EQ(target_state("10.0.12.102"), "unhealthy");
  EXPECT_GT(availability(40s, 110s), 0.999);
}

TEST_F(Tasks, OnEc2ListenOnTheirHostsPorts) {
  make();
  open_ports();
  stack->change([](sim::Scope& s) {
    add_task(s, bridge(1, "i-1", 32768));
    add_task(s, bridge(2, "i-1", 32769));
    add_task(s, bridge(3, "i-2", 32768));
    elbv2::Target nobody;  // a port that no task has
    nobody.id = "i-2";
    nobody.port = 40000;
    nobody.zone = "us-east-1b";
    nobody.registered = s.now();
    s.edit<elbv2::TargetGroup>(Stack::tg).targets.push_back(nobody);
  });
  begin(workload());
  stack->advance(150s);
  EXPECT_EQ(target_state("i-1", 32768), "healthy");
  EXPECT_EQ(target_state("i-1", 32769), "healthy");
  EXPECT_EQ(target_state("i-2", 32768), "healthy");
  EXPECT_EQ(target_state("i-2", 40000), "unhealthy");
  EXPECT_GT(availability(90s, 140s), 0.999);
  stack->start_fault("instance-host-failure", {{"instance", "i-1"}});
  stack->advance(120s);
  EXPECT_EQ(target_state("i-1", 32768), "unhealthy");
  EXPECT_EQ(target_state("i-1", 32769), "unhealthy");
  EXPECT_GT(availability(230s, 265s), 0.999);
}

TEST_F(Tasks, ShareTheirHostByReservationWhenItIsFull) {
  make();
  open_ports();
  stack->change([](sim::Scope& s) {
    TaskSpec small = bridge(1, "i-1", 32768);
    small.cpu = 256;
    add_task(s, small);
  });
  // 1.2 of the host's two vCPUs: far above its reservation, and the host is free.
  begin(workload(120, 10));
  stack->advance(90s);
  EXPECT_LT(mean_ms(40s, 80s), 40);
  auto* host = engine->find_host(task_arn(1));
  EXPECT_EQ(host->share, 1);
  // A neighbour that wants everything leaves it little more than its reservation's share.
  TaskSpec greedy = bridge(2, "i-1", 32769);
  greedy.cpu = 1792;
  stack->change([&](sim::Scope& s) { add_task(s, greedy); });
  stack->advance(2s);
  auto* neighbour = engine->find_host(task_arn(2));
  ASSERT_NE(neighbour, nullptr);
  for (int i = 0; i < 10; ++i) {
    neighbour->wanted_s = 10;
    stack->advance(1s);
  }
  EXPECT_LT(engine->find_host(task_arn(1))->share, 0.5);
}

TEST_F(Tasks, ZonePowerLossTakesTheTasksOfTheZone) {
  make();
  stack->change([](sim::Scope& s) {
    add_task(s, fargate(1, 1));
    add_task(s, fargate(2, 2));
  });
  begin(workload());
  stack->advance(60s);
  stack->start_fault("az-power-loss", {{"zone", "us-east-1a"}});
  stack->advance(5s);
  EXPECT_TRUE(engine->find_host(task_arn(1))->dark);
  EXPECT_FALSE(engine->find_host(task_arn(2))->dark);
  stack->advance(200s);
  EXPECT_EQ(target_state("10.0.11.101"), "unhealthy");
  EXPECT_GT(availability(200s, 255s), 0.999);
}

TEST_F(Tasks, AreEndsOfReachability) {
  make();
  stack->change([](sim::Scope& s) { add_task(s, fargate(1, 1)); });
  const auto ask = [&](const std::string& from, const std::string& to, int port) {
    return dataplane::reachability().explain(stack->scope(), {from, to, "tcp", port});
  };
  const std::string task = cat("task:", task_arn(1));
  EXPECT_TRUE(ask(task, "db:main", 5432).reachable);
  EXPECT_TRUE(ask("eni-lb-1", task, 80).reachable);
  EXPECT_TRUE(ask("eni-lb-1", "10.0.11.101", 80).reachable);
  EXPECT_FALSE(ask("eni-lb-1", task, 81).reachable);
  const auto out = ask(task, "internet:pay.example.com", 443);
  EXPECT_TRUE(out.reachable);
  stack->change([](sim::Scope& s) { set_task_status(s, task_arn(1), "STOPPED"); });
  const auto gone = ask("eni-lb-1", task, 80);
  EXPECT_FALSE(gone.reachable);
  EXPECT_NE(gone.reason.find("is STOPPED"), std::string::npos) << gone.reason;
}

}  // namespace
}  // namespace squall::dataplane_test
