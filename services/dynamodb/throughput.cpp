// Buckets, partitions, and how they grow.
#include "services/dynamodb/throughput.h"

#include <algorithm>
#include <utility>

namespace squall::dynamodb {
namespace {

constexpr ByUse<double> partition_max{3000, 1000};
constexpr double burst_s = 300;
// Partitions have no store of unused units beyond the second.
constexpr double second = 1;
// A table's quota, where nobody asked AWS for more.
constexpr double table_max = 40000;
constexpr int64_t minute = 60'000'000'000;
// "Throttling can occur if you exceed double your previous peak within 30 minutes": a peak counts
// as previous when the half hour in which it came is over.
constexpr int64_t peak_window = 30 * minute;
// AWS gives no figure for how long a partition must be too hot before it is split; from minutes to
// half an hour has been told. A minute's pause ends the heat.
constexpr int64_t split_after = 5 * minute, heat_gap = minute;
constexpr uint64_t hashes = uint64_t{1} << 32;

size_t at(Use use) { return static_cast<size_t>(use); }

}  // namespace

bool Bucket::has(double units, double rate, double depth, int64_t now_ns) {
  if (last_ns_ < 0)
    left_ = depth;
  else if (now_ns > last_ns_)
    left_ += rate * (static_cast<double>(now_ns - last_ns_) * 1e-9);
  left_ = std::min(left_, depth);
  last_ns_ = std::max(last_ns_, now_ns);
  return left_ >= std::min(units, 1.0);
}

uint32_t MeterFigures::throttled_of(Use use) const {
  uint32_t all = 0;
  for (const uint32_t n : throttled[at(use)]) all += n;
  return all;
}

void Meter::set(const ThroughputLimits& limits, int64_t now_ns) {
  const bool changed_mode = is_set_ && limits.on_demand != limits_.on_demand;
  limits_ = limits;
  if (!is_set_ || changed_mode) {
    minute_ns_ = window_ns_ = now_ns;
    whole_ = allowed_ = {};
    level_ = {};
  }
  is_set_ = true;
  for (size_t u = 0; u < 2; ++u) level_[u] = std::max(level_[u], limits.units[u]);
  make_partitions(partitions_wanted());
}

double Meter::partitions_wanted() const {
  if (limits_.on_demand)
    return std::max(level_[0] / partition_max[0], level_[1] / partition_max[1]);
  return limits_.units[0] / partition_max[0] + limits_.units[1] / partition_max[1];
}

/// There are never fewer than before. The widest, of several the first, is split in the middle.
void Meter::make_partitions(double wanted) {
  constexpr size_t most = 4096;
  while (static_cast<double>(partitions_.size()) < wanted && partitions_.size() < most) {
    size_t widest = 0;
    const auto width = [this](size_t i) { return end_of(i) - partitions_[i].from; };
    for (size_t i = 1; i < partitions_.size(); ++i)
      if (width(i) > width(widest)) widest = i;
    split(widest, partitions_[widest].from + width(widest) / 2);
  }
}

size_t Meter::index_of(uint32_t key_hash) const {
  const auto next = std::ranges::upper_bound(partitions_, key_hash, {}, &Partition::from);
  return static_cast<size_t>(next - partitions_.begin()) - 1;
}

uint64_t Meter::end_of(size_t partition) const {
  return partition + 1 < partitions_.size() ? partitions_[partition + 1].from : hashes;
}

void Meter::split(size_t partition, uint64_t where) {
  if (where <= partitions_[partition].from || where >= end_of(partition)) return;
  Partition right;
  right.from = static_cast<uint32_t>(where);
  partitions_.insert(partitions_.begin() + static_cast<std::ptrdiff_t>(partition) + 1, right);
}

/// A partition that stays too hot is split: around the key that makes it so, if one does, else in
/// the middle. A key that has a partition of its own gets no more than that.
void Meter::note_heat(uint32_t key_hash, int64_t now_ns) {
  const size_t hot = index_of(key_hash);
  Partition& p = partitions_[hot];
  if (p.hot_since_ns < 0 || now_ns - p.hot_last_ns > heat_gap) {
    p.hot_since_ns = now_ns;
    p.votes = p.load = 0;
  }
  p.hot_last_ns = now_ns;
  if (now_ns - p.hot_since_ns < split_after) return;
  p.hot_since_ns = now_ns;
  const uint64_t from = p.from, end = end_of(hot);
  if (end - from < 2) return;
  const bool by_one_key = p.votes * 10 > p.load;
  p.votes = p.load = 0;
  if (by_one_key) {
    const uint64_t key = p.candidate;
    split(hot, key + 1);
    split(hot, key);
  } else {
    split(hot, from + (end - from) / 2);
  }
}

/// Minutes and half hours that are over; on demand, the level follows the peaks.
void Meter::roll(int64_t now_ns) {
  if (now_ns - minute_ns_ < minute) return;
  for (size_t u = 0; u < 2; ++u) {
    peak_[u] = std::max(peak_[u], minute_units_[u] / 60);
    minute_units_[u] = 0;
  }
  minute_ns_ += (now_ns - minute_ns_) / minute * minute;
  if (now_ns - window_ns_ < peak_window) return;
  window_ns_ += (now_ns - window_ns_) / peak_window * peak_window;
  for (size_t u = 0; u < 2; ++u) {
    const double quota = std::max(table_max, limits_.units[u]);
    level_[u] = std::max(level_[u], std::min(2 * std::exchange(peak_[u], 0), quota));
  }
  make_partitions(partitions_wanted());
}

std::optional<Limit> Meter::refused_by_owner(size_t u, double units, int64_t now_ns) {
  if (!limits_.on_demand) {
    const double rate = limits_.units[u];
    if (whole_[u].has(units, rate, rate * burst_s, now_ns)) return {};
    return Limit::provisioned;
  }
  const double most = limits_.maximum[u];
  if (most >= 0 && !allowed_[u].has(units, most, most * second, now_ns))
    return Limit::on_demand_maximum;
  if (whole_[u].has(units, level_[u], level_[u] * second, now_ns)) return {};
  return level_[u] >= table_max ? Limit::account : Limit::key_range;
}

std::optional<Limit> Meter::refusal(Use use, uint32_t key_hash, double units, int64_t now_ns) {
  const size_t u = at(use);
  if (limits_.on_demand) roll(now_ns);
  if (const auto limit = refused_by_owner(u, units, now_ns)) return limit;
  const double most = partition_max[u];
  if (partitions_[index_of(key_hash)].buckets[u].has(units, most, most * second, now_ns)) return {};
  note_heat(key_hash, now_ns);
  return Limit::key_range;
}

void Meter::take(Use use, uint32_t key_hash, double units, int64_t now_ns) {
  const size_t u = at(use);
  if (limits_.on_demand) roll(now_ns);
  whole_[u].take(units);
  if (limits_.maximum[u] >= 0) allowed_[u].take(units);
  minute_units_[u] += units;
  Partition& p = partitions_[index_of(key_hash)];
  p.buckets[u].take(units);
  p.load += units;
  if (p.candidate == key_hash) {
    p.votes += units;
  } else if (p.votes < units) {
    p.candidate = key_hash;
    p.votes = units - p.votes;
  } else {
    p.votes -= units;
  }
  figures_.least[u] = figures_.requests[u] ? std::min(figures_.least[u], units) : units;
  figures_.most[u] = std::max(figures_.most[u], units);
  figures_.consumed[u] += units;
  ++figures_.requests[u];
}

void Meter::note_throttled(Use use, Limit limit) {
  ++figures_.throttled[at(use)][static_cast<size_t>(limit)];
}

MeterFigures Meter::take_figures() { return std::exchange(figures_, {}); }

}  // namespace squall::dynamodb
