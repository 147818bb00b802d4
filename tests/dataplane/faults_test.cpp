// Faults write physical truth only, check their arguments and end by themselves.
#include <gtest/gtest.h>

#include "emulator/sim/impairment.h"
#include "services/dataplane/engine.h"
#include "services/ec2/ec2.h"
#include "services/faults/faults.h"
#include "services/rds/rds.h"
#include "tests/dataplane/stack.h"

namespace squall::dataplane_test {
namespace {

TEST(Faults, RefuseWrongArgumentsAndChangeNothing) {
  Stack stack(2);
  const auto code = [&](const char* fault, std::map<std::string, std::string> arguments) {
    try {
      stack.start_fault(fault, std::move(arguments));
      return std::string("accepted");
    } catch (const AwsError& error) {
      return error.code;
    }
  };
  EXPECT_EQ(code("az-power-loss", {}), "ValidationException");
  EXPECT_EQ(code("az-power-loss", {{"zone", "mars-1a"}}), "ValidationException");
  EXPECT_EQ(code("az-power-loss", {{"zone", "us-east-1a"}, {"colour", "red"}}),
            "ValidationException");
  EXPECT_EQ(code("earthquake", {}), "ValidationException");
  EXPECT_EQ(code("db-host-failure", {{"db", "nobody"}}), "ValidationException");
  EXPECT_EQ(code("packet-loss", {{"zone", "us-east-1a"}, {"loss_percent", "120"}}),
            "ValidationException");
  EXPECT_TRUE(stack.scope().all<sim::Impairment>().empty());
  EXPECT_TRUE(stack.scope().all<sim::FaultRecord>().empty());
}

TEST(Faults, EndByThemselvesAndAreRemembered) {
  Stack stack(2);
  const std::string id = stack.start_fault("az-power-loss", {{"zone", "use1-az1"}}, 60s);
  EXPECT_TRUE(sim::is_dark(stack.scope(), "us-east-1a", "i-1"));
  EXPECT_FALSE(sim::is_dark(stack.scope(), "us-east-1b", "i-2"));
  EXPECT_EQ(stack.scope().view<ec2::Instance>("i-1")->state, "running") << "nobody said a word";
  stack.advance(61s);
  EXPECT_FALSE(sim::is_dark(stack.scope(), "us-east-1a", "i-1"));
  const auto* record = stack.scope().view<sim::FaultRecord>(id);
  ASSERT_TRUE(record && record->stopped);
  EXPECT_EQ(*record->stopped - record->started, Duration{60s});
}

TEST(Faults, DatabaseHostIsTheOneOfTheMoment) {
  Stack stack(2);
  stack.start_fault("db-host-failure", {{"db", "main"}});
  EXPECT_TRUE(sim::is_dark(stack.scope(), "us-east-1a", "eni-db-1"));
  EXPECT_FALSE(sim::is_dark(stack.scope(), "us-east-1b", "eni-db-2"));
}

double mean_ms(const char* fault, std::map<std::string, std::string> arguments) {
  Stack stack(2);
  auto workload = simple_workload(50, 5, 2);
  workload.in_zone_ms = 0.1;
  workload.cross_zone_ms = 0.4;
  const Time start = stack.world().now();
  dataplane::TrafficEngine engine(stack.world(), "us-east-1", workload, start, start + 60s);
  stack.world().set_engine(&engine);
  if (*fault) stack.start_fault(fault, std::move(arguments));
  stack.advance(120s);
  stack.world().set_engine(nullptr);
  return engine.results().totals(start, start + 60s).latency.mean_ms();
}

TEST(Faults, LatencyLossAndStressAreFelt) {
  const double calm = mean_ms("", {});
  EXPECT_LT(calm, 7);
  // Each answer of i-1 (half of them) is 100 ms late.
  EXPECT_NEAR(mean_ms("network-latency", {{"instance", "i-1"}, {"delay_ms", "100"}}), calm + 50, 4);
  // One in ten exchanges waits 200 ms and more for a retransmission.
  EXPECT_NEAR(mean_ms("packet-loss", {{"instance", "i-1"}, {"loss_percent", "10"}}), calm + 12, 4);
  EXPECT_GT(mean_ms("cpu-stress", {{"zone", "us-east-1a"}, {"percent", "80"}}), calm + 8);
}

}  // namespace
}  // namespace squall::dataplane_test
