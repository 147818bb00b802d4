// By which name a program calls another, and how long it believes the answer.
#include "tests/dataplane/calls.h"

namespace squall::dataplane_test {
namespace {

TEST_F(Calls, AServiceIsFoundByItsSrvRecord) {
  Workload w = workload(to_processor());
  w.classes[0].calls[0].operation = "process";
  w.operations.push_back({});
  w.operations[0].name = "process";
  w.operations[0].cpu = {10};
  begin(std::move(w));
  EXPECT_GT(availability(35s, 55s), 0.999);
  const auto totals = calls(35s, 55s);
  EXPECT_NEAR(static_cast<double>(totals.calls), 1000, 150);
  EXPECT_EQ(totals.calls, totals.attempts);
  stack->advance(5s);
  EXPECT_GT(engine->find_host(task_arn(3))->requests, 0u);
  EXPECT_GT(engine->find_host(task_arn(4))->requests, 0u);
  EXPECT_GT(engine->results().totals(start + 35s, start + 55s).latency.mean_ms(), 11);
}

TEST_F(Calls, ADeadTaskIsCalledUntilItsNameIsForgotten) {
  begin(workload(to_processor()));
  stack->advance(4s);  // the names, asked for at the start and kept for 10 s, are fresh
  stack->change([](sim::Scope& s) {
    set_task_status(s, task_arn(3), "STOPPED");
    s.erase<servicediscovery::Instance>(cat(processor, "/3"));
  });
  stack->advance(60s);
  const auto early = calls(64s, 69s), late = calls(80s, 110s);
  EXPECT_GT(early.attempts, early.calls) << "the stale address is tried for its time to live";
  EXPECT_EQ(late.attempts, late.calls);
  EXPECT_GT(availability(64s, 74s), 0.8);
}

TEST_F(Calls, AServiceConnectProxyForgetsADeadTaskAtOnce) {
  stack->change([](sim::Scope& s) {
    for (int n = 3; n <= 4; ++n) {
      auto instance = *s.view<servicediscovery::Instance>(cat(processor, '/', n));
      instance.service_id = "alias:processor";
      instance.id = cat("alias/", n);
      s.add(instance);
    }
  });
  Call call = to_processor();
  call.target = "processor";
  call.srv = false;
  begin(workload(call));
  EXPECT_GT(availability(35s, 55s), 0.999);
  stack->advance(4s);
  stack->change([](sim::Scope& s) {
    set_task_status(s, task_arn(3), "STOPPED");
    s.erase<servicediscovery::Instance>("alias/3");
  });
  stack->advance(60s);
  const auto at_once = calls(64s, 65s), late = calls(66s, 110s);
  EXPECT_GT(at_once.attempts, at_once.calls);
  EXPECT_EQ(late.attempts, late.calls);
  EXPECT_EQ(late.good, late.calls);
}

}  // namespace
}  // namespace squall::dataplane_test
