#include "emulator/sim/random.h"

#include "emulator/core/text.h"
#include "emulator/sim/math.h"

namespace squall::sim {
namespace {

uint64_t splitmix(uint64_t& x) {
  uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

constexpr uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

}  // namespace

Stream::Stream(uint64_t seed, std::string_view name) {
  uint64_t x = stable_hash(name, seed);
  for (uint64_t& word : s_) word = splitmix(x);
}

uint64_t Stream::next() {
  const uint64_t result = rotl(s_[1] * 5, 7) * 9;
  const uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = rotl(s_[3], 45);
  return result;
}

double Stream::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

Duration Stream::uniform(Duration from, Duration to) {
  if (to <= from) return from;
  return from + Duration{static_cast<int64_t>(below(static_cast<uint64_t>((to - from).count())))};
}

uint64_t Stream::below(uint64_t n) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
}

double Stream::exponential(double rate) { return -sim::log(1.0 - uniform()) / rate; }

double Stream::normal(double mean, double deviation) {
  for (;;) {
    const double u = uniform(-1, 1), v = uniform(-1, 1);
    const double s = u * u + v * v;
    if (s >= 1 || s == 0) continue;
    return mean + deviation * u * sim::sqrt(-2 * sim::log(s) / s);
  }
}

double Stream::lognormal(double median, double sigma) {
  return median * sim::exp(normal(0, sigma));
}

uint64_t Stream::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean > 30) {
    const double draw = normal(mean, sim::sqrt(mean)) + 0.5;
    return draw < 0 ? 0 : static_cast<uint64_t>(draw);
  }
  const double limit = sim::exp(-mean);
  uint64_t n = 0;
  for (double p = uniform(); p > limit; p *= uniform()) ++n;
  return n;
}

}  // namespace squall::sim
