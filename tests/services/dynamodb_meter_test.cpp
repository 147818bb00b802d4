// Meters of tables and indexes: burst, partitions, hot keys, growth on demand, quotas.
#include <gtest/gtest.h>

#include "services/dynamodb/throughput.h"

namespace squall {
namespace {

using dynamodb::Limit;
using dynamodb::Meter;
using dynamodb::Use;

constexpr int64_t second = 1'000'000'000;

Meter provisioned(double read, double write) {
  Meter meter;
  meter.set({false, {read, write}, {-1, -1}}, 0);
  return meter;
}

Meter on_demand(double read = 12000, double write = 4000) {
  Meter meter;
  meter.set({true, {read, write}, {-1, -1}}, 0);
  return meter;
}

/// What of `each` units a second for keys of `hash(i)` is served in [from_s, to_s).
template <class Hash>
double served(Meter& meter, Use use, int each, int64_t from_s, int64_t to_s, Hash hash) {
  double all = 0;
  for (int64_t s = from_s; s < to_s; ++s)
    for (int i = 0; i < each; ++i) {
      const int64_t now = s * second + i * (second / each);
      const uint32_t key = hash(i);
      if (meter.refusal(use, key, 1, now)) continue;
      meter.take(use, key, 1, now);
      all += 1;
    }
  return all;
}

/// What stops the next units for a key, when what is left has been taken.
std::optional<Limit> stopped_by(Meter& meter, Use use, uint32_t key, int64_t at_s) {
  constexpr int most = 100000;
  for (int i = 0; i < most; ++i) {
    if (const auto limit = meter.refusal(use, key, 1, at_s * second)) return limit;
    meter.take(use, key, 1, at_s * second);
  }
  return {};
}

uint32_t spread(int i) { return static_cast<uint32_t>(i) * 2654435761U; }
uint32_t one_key(int) { return 77; }

TEST(Throughput, UnusedUnitsLastFiveMinutes) {
  Meter meter = provisioned(10, 10);
  EXPECT_NEAR(served(meter, Use::write, 500, 0, 10, spread), 3000 + 100, 12);
  EXPECT_EQ(stopped_by(meter, Use::write, 1, 10), Limit::provisioned);
  EXPECT_NEAR(served(meter, Use::write, 50, 10, 40, spread), 300, 12);
  EXPECT_NEAR(served(meter, Use::write, 1000, 100, 101, spread), 600, 15);  // a minute's
  EXPECT_FALSE(meter.refusal(Use::read, 1, 1, 101 * second)) << "reads are counted apart";
}

TEST(Throughput, APartitionGivesAThousandWritesWhateverTheTableHas) {
  Meter meter = provisioned(100, 5000);
  EXPECT_EQ(meter.partition_count(), 6u);
  EXPECT_NEAR(served(meter, Use::write, 2000, 0, 10, one_key), 10 * 1000 + 1000, 20);
  EXPECT_EQ(stopped_by(meter, Use::write, 77, 10), Limit::key_range);
  EXPECT_FALSE(meter.refusal(Use::write, 0xF0000000U, 1, 10 * second)) << "another partition";
}

TEST(Throughput, OnePartitionMayTakeAllThatTheTableHas) {
  Meter meter = provisioned(100, 5000);
  served(meter, Use::write, 5000, 0, 1, spread);
  // A sixth of 5,000 is 833: adaptive capacity lets one partition have more of it.
  EXPECT_NEAR(served(meter, Use::write, 990, 5, 15, one_key), 9900, 5);
}

TEST(Throughput, HotKeysGetPartitionsOfTheirOwn) {
  Meter meter = provisioned(3000, 2000);
  const auto two_keys = [](int i) { return i % 2 ? 1000U : 2000U; };
  const double before = served(meter, Use::write, 1600, 0, 60, two_keys);
  EXPECT_NEAR(before, 60 * 1000 + 1000, 100) << "both live in one partition";
  served(meter, Use::write, 1600, 60, 330, two_keys);
  EXPECT_NEAR(served(meter, Use::write, 1600, 400, 460, two_keys), 1600 * 60, 5);
}

TEST(Throughput, OneKeyAloneNeverGetsMore) {
  Meter meter = on_demand();
  served(meter, Use::write, 1200, 0, 400, one_key);
  EXPECT_NEAR(served(meter, Use::write, 1200, 400, 460, one_key), 60 * 1000, 100);
}

TEST(Throughput, OnDemandGivesTwiceThePeakOfTheHalfHourBefore) {
  Meter meter = on_demand();
  EXPECT_EQ(meter.partition_count(), 4u);
  EXPECT_NEAR(served(meter, Use::write, 6000, 0, 60, spread), 60 * 4000 + 4000, 4000);
  EXPECT_DOUBLE_EQ(meter.level(Use::write), 4000);
  served(meter, Use::write, 100, 1795, 1805, spread);
  EXPECT_NEAR(meter.level(Use::write), 8100, 200);
  EXPECT_GE(meter.partition_count(), 8u);
  EXPECT_DOUBLE_EQ(meter.level(Use::read), 12000);
}

TEST(Throughput, OnDemandStopsAtItsOwnersMaximumAndAtTheQuota) {
  Meter meter;
  meter.set({true, {12000, 4000}, {-1, 10}}, 0);
  EXPECT_NEAR(served(meter, Use::write, 100, 0, 10, spread), 110, 3);
  EXPECT_EQ(stopped_by(meter, Use::write, 1, 10), Limit::on_demand_maximum);
  Meter big = on_demand(300000, 40000);  // with partitions for more writes than the quota
  served(big, Use::write, 90000, 0, 1, spread);
  std::optional<Limit> limit;
  for (int i = 0; i < 50000 && !limit; ++i) {
    limit = big.refusal(Use::write, spread(i), 1, second);
    if (!limit) big.take(Use::write, spread(i), 1, second);
  }
  EXPECT_EQ(limit, Limit::account) << big.partition_count();
}

}  // namespace
}  // namespace squall
