// Random streams that give the same draws on every machine (DESIGN: Determinism).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "emulator/core/time.h"

namespace squall::sim {

/// xoshiro256** seeded by splitmix64. One stream an entity, derived from (seed, stable name).
class Stream {
 public:
  Stream() : Stream(0, "") {}
  Stream(uint64_t seed, std::string_view name);

  uint64_t next();
  /// Uniform in [0, 1) with 53 bits.
  double uniform();
  double uniform(double from, double to) { return from + (to - from) * uniform(); }
  Duration uniform(Duration from, Duration to);
  /// Uniform in [0, n); n > 0. No modulo bias worth mentioning (multiply-shift).
  uint64_t below(uint64_t n);
  bool chance(double probability) { return uniform() < probability; }
  /// Mean 1/rate.
  double exponential(double rate);
  /// Marsaglia's polar method.
  double normal(double mean, double deviation);
  /// Median and sigma of the underlying normal.
  double lognormal(double median, double sigma);
  /// Knuth below 30, normal approximation with rounding above.
  uint64_t poisson(double mean);

  /// Where it is, to go on from there later.
  const std::array<uint64_t, 4>& state() const { return s_; }
  void set_state(const std::array<uint64_t, 4>& state) { s_ = state; }

 private:
  std::array<uint64_t, 4> s_{};
};

}  // namespace squall::sim
