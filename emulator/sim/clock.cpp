#include "emulator/sim/clock.h"

#include <chrono>
#include <ctime>

namespace squall::sim {
namespace {
int64_t real_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
}  // namespace

Time real_time_of_day() { return from_unix_seconds(std::time(nullptr)); }

std::optional<Pace> parse_pace(std::string_view text) {
  if (text == "wall") return Pace::wall;
  if (text == "virtual") return Pace::virtual_;
  if (text == "held") return Pace::held;
  return {};
}

std::string_view to_string(Pace pace) {
  switch (pace) {
    case Pace::wall: return "wall";
    case Pace::virtual_: return "virtual";
    case Pace::held: return "held";
  }
  return "";
}

void Clock::set(Time t) {
  const int64_t wanted = to_ns(t);
  int64_t seen = now_ns_.load(std::memory_order_relaxed);
  while (seen < wanted && !now_ns_.compare_exchange_weak(seen, wanted)) {
  }
}

void Clock::set_pace(Pace pace, double scale) {
  set(target());
  pace_ = pace;
  scale_ = scale;
  anchor();
}

void Clock::restore(Time now, Pace pace, double scale) {
  now_ns_.store(to_ns(now), std::memory_order_relaxed);
  pace_ = pace;
  scale_ = scale;
  anchor();
}

Time Clock::target() const {
  if (pace_ != Pace::wall) return now();
  const double passed = static_cast<double>(real_ns() - anchor_real_ns_) * scale_;
  return from_ns(anchor_ns_ + static_cast<int64_t>(passed));
}

void Clock::anchor() {
  anchor_real_ns_ = real_ns();
  anchor_ns_ = now_ns_.load(std::memory_order_relaxed);
}

}  // namespace squall::sim
