// What a table or a global index gives in a second, and to whom: token buckets on the World's
// clock. A pure machine; throughput_table.h puts it to work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace squall::dynamodb {

enum class Use : uint8_t { read, write };
template <class T>
using ByUse = std::array<T, 2>;

/// What stands in a request's way.
enum class Limit : uint8_t { provisioned, key_range, on_demand_maximum, account };
inline constexpr size_t limit_count = 4;

/// Capacity units a second.
struct ThroughputLimits {
  bool on_demand = false;
  ByUse<double> units{};          // provisioned; on demand: what is there from the start (warm)
  ByUse<double> maximum{-1, -1};  // on demand: what its owner allows; -1: no such limit
};

/// Refilled at a rate, up to a depth. A request takes what it needs even where less is there: its
/// cost is known only afterwards on AWS, and those behind it wait until the debt is paid.
class Bucket {
 public:
  bool has(double units, double rate, double depth, int64_t now_ns);
  void take(double units) { left_ -= units; }
  double left() const { return left_; }

 private:
  double left_ = 0;
  int64_t last_ns_ = -1;  // -1: never asked, so full
};

/// A minute's figures.
struct MeterFigures {
  ByUse<double> consumed{}, least{}, most{};
  ByUse<uint32_t> requests{};
  ByUse<std::array<uint32_t, limit_count>> throttled{};
  uint32_t throttled_of(Use use) const;
};

/// The throughput of one table, or of one global index. FACTS.md section 2, DynamoDB: a partition
/// gives 3,000 read and 1,000 write units a second whatever happens; within that it may take all
/// that the table has left (adaptive capacity); unused provisioned units last 300 seconds (burst);
/// on demand gives at once what is warm and twice the peak before.
class Meter {
 public:
  void set(const ThroughputLimits& limits, int64_t now_ns);
  /// What refuses a request for `units` with a partition key of this hash; nothing: take them.
  std::optional<Limit> refusal(Use use, uint32_t key_hash, double units, int64_t now_ns);
  void take(Use use, uint32_t key_hash, double units, int64_t now_ns);
  void note_throttled(Use use, Limit limit);

  bool on_demand() const { return limits_.on_demand; }
  const ThroughputLimits& limits() const { return limits_; }
  /// On demand: what it gives in a second by now.
  double level(Use use) const { return level_[static_cast<size_t>(use)]; }
  size_t partition_count() const { return partitions_.size(); }
  MeterFigures take_figures();

 private:
  /// A range of hashes of partition keys, up to the next one's.
  struct Partition {
    uint32_t from = 0;
    ByUse<Bucket> buckets;
    // The key that most of the load is for, if there is one (Boyer and Moore's majority vote).
    uint32_t candidate = 0;
    double votes = 0, load = 0;  // since it became hot
    int64_t hot_since_ns = -1, hot_last_ns = -1;
  };
  size_t index_of(uint32_t key_hash) const;
  uint64_t end_of(size_t partition) const;
  void note_heat(uint32_t key_hash, int64_t now_ns);
  void split(size_t partition, uint64_t at);
  void make_partitions(double wanted);
  double partitions_wanted() const;
  void roll(int64_t now_ns);
  std::optional<Limit> refused_by_owner(size_t use, double units, int64_t now_ns);

  ThroughputLimits limits_;
  bool is_set_ = false;
  ByUse<Bucket> whole_, allowed_;
  std::vector<Partition> partitions_{1};
  // On demand.
  ByUse<double> level_{}, minute_units_{}, peak_{};
  int64_t minute_ns_ = 0, window_ns_ = 0;  // beginnings
  MeterFigures figures_;
};

}  // namespace squall::dynamodb
