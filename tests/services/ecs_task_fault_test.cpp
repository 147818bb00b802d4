// Faults that end tasks and containers, and the task metadata documents.
#include "emulator/sim/plane.h"
#include "services/faults/faults.h"
#include "tests/services/ecs_task_fixture.h"

namespace squall::ecs {
namespace {

using testing::HasSubstr;

class EcsTaskFaultTest : public TaskTest {
 protected:
  EcsTaskFaultTest() {
    put(definition());
    Service service;
    service.id = scope().arn("ecs", "service/web/shop");
    service.name = "shop";
    service.cluster = "web";
    service.status = "INACTIVE";  // its scheduler lets the tasks be
    put(service);
  }
  std::vector<std::string> run_shop(int count) {
    TaskRequest r = request("app:1");
    r.group = "service:shop";
    r.service = scope().arn("ecs", "service/web/shop");
    std::vector<std::string> arns;
    for (int i = 0; i < count; ++i) arns.push_back(run(r));
    world().drain();
    return arns;
  }
  void start_fault(std::string_view name, const sim::FaultArguments& arguments) {
    change([&](sim::Scope& s) { faults::faults().start(s, name, arguments, Duration{}); });
    world().drain();
  }
  std::string fault_error(std::string_view name, const sim::FaultArguments& arguments) {
    try {
      start_fault(name, arguments);
    } catch (const AwsError& e) {
      return e.message;
    }
    return {};
  }
  int count(std::string_view status) {
    int n = 0;
    for (const Task& task : scope().all<Task>()) n += task.last_status == status;
    return n;
  }
};

TEST_F(EcsTaskFaultTest, KillsOneAShareOrAll) {
  run_shop(10);
  start_fault("ecs-task-kill", {{"cluster", "web"}, {"service", "shop"}});
  EXPECT_EQ(count("STOPPED"), 1);
  start_fault("ecs-task-kill", {{"cluster", "web"}, {"service", "shop"}, {"percent", "50"}});
  EXPECT_EQ(count("STOPPED"), 5);
  start_fault("ecs-task-kill", {{"cluster", "web"}, {"count", "99"}});
  EXPECT_EQ(count("RUNNING"), 0);
}

TEST_F(EcsTaskFaultTest, KillsAgainUntilItIsStopped) {
  run_shop(6);
  std::string fault;
  change([&](sim::Scope& s) {
    fault = faults::faults().start(
        s, "ecs-task-kill", {{"cluster", "web"}, {"service", "shop"}, {"every_seconds", "30"}},
        Duration{});
  });
  world().drain();
  EXPECT_EQ(count("STOPPED"), 1);
  advance(29s);
  EXPECT_EQ(count("STOPPED"), 1);
  advance(1s);
  EXPECT_EQ(count("STOPPED"), 2);
  advance(1min);
  EXPECT_EQ(count("STOPPED"), 4);
  change([&](sim::Scope& s) { faults::faults().stop(s, fault); });
  advance(5min);
  EXPECT_EQ(count("STOPPED"), 4);
  EXPECT_EQ(count("RUNNING"), 2);
}

TEST_F(EcsTaskFaultTest, KillsForAsLongAsItWasAsked) {
  run_shop(6);
  change([](sim::Scope& s) {
    faults::faults().start(s, "ecs-task-kill", {{"cluster", "web"}, {"every_seconds", "20"}}, 50s);
  });
  advance(10min);
  EXPECT_EQ(count("STOPPED"), 3);  // at once, after 20 s and after 40 s
}

TEST_F(EcsTaskFaultTest, NamedTaskAndWrongArguments) {
  const auto arns = run_shop(2);
  start_fault("ecs-task-kill", {{"task", arns[1]}});
  EXPECT_EQ(task(arns[0]).last_status, "RUNNING");
  EXPECT_EQ(task(arns[1]).last_status, "STOPPED");
  EXPECT_THAT(fault_error("ecs-task-kill", {{"cluster", "no"}}), HasSubstr("no cluster no"));
  EXPECT_THAT(fault_error("ecs-task-kill", {{"cluster", "web"}, {"service", "x"}}),
              HasSubstr("no service x"));
  EXPECT_THAT(fault_error("ecs-task-kill", {{"task", "x"}}), HasSubstr("no task x"));
  EXPECT_THAT(fault_error("ecs-task-kill", {{"cluster", "web"}, {"percent", "200"}}),
              HasSubstr("More than all"));
}

TEST_F(EcsTaskFaultTest, ContainerExitTakesAnEssentialContainersTask) {
  const auto arns = run_shop(1);
  start_fault("ecs-container-exit", {{"cluster", "web"},
                                     {"service", "shop"},
                                     {"exit_code", "139"},
                                     {"reason", "segmentation fault"}});
  EXPECT_EQ(task(arns[0]).stop_code, "EssentialContainerExited");
  EXPECT_EQ(task(arns[0]).containers[0].exit_code, 139);
  EXPECT_EQ(task(arns[0]).containers[0].reason, "segmentation fault");
  run_shop(1);
  EXPECT_THAT(fault_error("ecs-container-exit", {{"cluster", "web"}, {"container", "none"}}),
              HasSubstr("no container none"));
}

TEST_F(EcsTaskFaultTest, MetadataOfATaskAndItsContainers) {
  const auto arns = run_shop(1);
  const std::string id = task(arns[0]).containers[0].runtime_id;
  const std::string whole = task_metadata_document(scope(), id + "/task");
  EXPECT_THAT(whole, HasSubstr("\"TaskARN\":\"" + arns[0] + '"'));
  EXPECT_THAT(whole, HasSubstr("\"Family\":\"app\",\"Revision\":\"1\""));
  EXPECT_THAT(whole, HasSubstr("\"KnownStatus\":\"RUNNING\""));
  EXPECT_THAT(whole, HasSubstr("\"ServiceName\":\"shop\""));
  EXPECT_THAT(whole, HasSubstr("\"LaunchType\":\"FARGATE\""));
  const std::string own = task_metadata_document(scope(), id);
  EXPECT_THAT(own, HasSubstr("\"DockerId\":\"" + id + '"'));
  EXPECT_THAT(own, HasSubstr("\"IPv4Addresses\":[\"" + task(arns[0]).private_ip + "\"]"));
  EXPECT_THAT(task_metadata_document(scope(), id + "/stats"), HasSubstr("\"memory_stats\""));
  EXPECT_THAT(task_metadata_document(scope(), id + "/task/stats"), HasSubstr(id));
  EXPECT_EQ(task_metadata_document(scope(), id + "/nothing"), "");
  EXPECT_EQ(task_metadata_document(scope(), "nobody/task"), "");
}

}  // namespace
}  // namespace squall::ecs
