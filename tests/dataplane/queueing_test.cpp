// The engine against the closed forms of M/M/c (FACTS.md section 3), and its determinism.
#include <gtest/gtest.h>

#include "services/dataplane/engine.h"
#include "tests/dataplane/stack.h"

namespace squall::dataplane_test {
namespace {

using dataplane::TrafficEngine;
using dataplane::Workload;

struct Oracle {
  int servers;
  double load, mean_ms, p99_ms;
};

dataplane::Totals run(Stack& stack, const Workload& workload, Duration length,
                      uint64_t* fingerprint = nullptr) {
  const Time start = stack.world().now();
  TrafficEngine engine(stack.world(), "us-east-1", workload, start, start + length);
  stack.world().set_engine(&engine);
  stack.advance(length + 90s);
  engine.finish(stack.world().now());
  stack.world().set_engine(nullptr);
  if (fingerprint) *fingerprint = engine.results().fingerprint();
  return engine.results().totals(start, start + length);
}

class MMc : public testing::TestWithParam<Oracle> {};

TEST_P(MMc, MeanAndP99) {
  const auto [servers, load, mean_ms, p99_ms] = GetParam();
  Stack stack(1);
  const double rate = load * servers / 0.050;
  const auto length = from_seconds(200'000 / rate);
  const auto totals = run(stack, simple_workload(rate, 50, servers), length);
  // Near saturation the mean of a run itself scatters.
  const double tolerance = load >= 0.9 ? 0.12 : 0.05;
  EXPECT_NEAR(totals.latency.mean_ms(), mean_ms, tolerance * mean_ms);
  EXPECT_NEAR(totals.latency.percentile_ms(0.99), p99_ms, tolerance * p99_ms);
  EXPECT_NEAR(static_cast<double>(totals.intended), 200'000, 2'000);
}

INSTANTIATE_TEST_SUITE_P(Facts, MMc,
                         testing::Values(Oracle{1, 0.5, 100, 461}, Oracle{1, 0.9, 500, 2303},
                                         Oracle{4, 0.5, 54, 238}, Oracle{4, 0.8, 87, 345},
                                         Oracle{4, 0.9, 148, 610}, Oracle{8, 0.9, 94, 354}));

TEST(Engine, SameSeedSameFiguresOtherSeedOther) {
  const auto fingerprint = [](uint64_t seed) {
    Stack stack(4, seed);
    stack.start_fault("az-power-loss", {{"zone", "us-east-1a"}}, 60s);
    uint64_t print = 0;
    run(stack, simple_workload(200, 5, 2), 180s, &print);
    return print;
  };
  const uint64_t first = fingerprint(7);
  EXPECT_EQ(first, fingerprint(7));
  EXPECT_NE(first, fingerprint(8));
}

TEST(Engine, ArrivalsFollowTheProfile) {
  Stack stack(4);
  Workload w = simple_workload(0, 1, 2);
  w.profile.kind = dataplane::Profile::Kind::points;
  w.profile.points = {{0, 100}, {60, 100}, {60, 400}, {120, 400}, {180, 0}};
  const Time start = stack.world().now();
  TrafficEngine engine(stack.world(), "us-east-1", w, start, start + 200s);
  stack.world().set_engine(&engine);
  stack.advance(260s);
  const auto count = [&](int from, int to) {
    return static_cast<double>(
        engine.results()
            .totals(start + std::chrono::seconds{from}, start + std::chrono::seconds{to})
            .intended);
  };
  EXPECT_NEAR(count(0, 60), 6'000, 300);
  EXPECT_NEAR(count(60, 120), 24'000, 600);
  EXPECT_NEAR(count(120, 180), 12'000, 450);
  EXPECT_EQ(count(180, 200), 0);
  stack.world().set_engine(nullptr);
}

TEST(Engine, CountsEveryRequestOnce) {
  Stack stack(2);
  Workload w = simple_workload(300, 20, 2);
  w.client.timeout_ms = 1000;
  w.servers[0].workers = 20;
  w.servers[0].queue_max = 50;
  const auto totals = run(stack, w, 60s);
  uint64_t sum = 0;
  for (const uint64_t n : totals.by_outcome) sum += n;
  EXPECT_EQ(sum, totals.intended);
  EXPECT_EQ(totals.latency.count(), totals.intended);
  EXPECT_LT(totals.availability(), 0.9) << "300/s of 20 ms on four CPUs is too much";
}

TEST(Engine, RefusesRatesBeyondRequestMode) {
  Stack stack(1);
  const Time now = stack.world().now();
  EXPECT_THROW(TrafficEngine(stack.world(), "us-east-1", simple_workload(60'000, 1, 2), now,
                             now + 1s),
               AwsError);
}

TEST(Histogram, BucketsAreThreePercentWide) {
  dataplane::Histogram h;
  for (int64_t us = 1; us < 100'000'000; us += us / 7 + 1) {
    const int bucket = dataplane::Histogram::bucket_of(us);
    EXPECT_NEAR(dataplane::Histogram::value_ms(bucket), static_cast<double>(us) * 1e-3,
                static_cast<double>(us) * 1e-3 * 0.033 + 1e-3);
  }
  for (int i = 1; i <= 1000; ++i) h.add(i * 1000);
  EXPECT_NEAR(h.percentile_ms(0.5), 500, 17);
  EXPECT_NEAR(h.percentile_ms(0.99), 990, 33);
}

}  // namespace
}  // namespace squall::dataplane_test
