// A World's clock: the only source of time for everything in it.
#pragma once

#include <atomic>
#include <optional>
#include <string_view>

#include "emulator/core/time.h"

namespace squall::sim {

/// wall: virtual time follows real time, scaled. virtual: the harness advances it. held: it stands.
enum class Pace : uint8_t { wall, virtual_, held };
std::optional<Pace> parse_pace(std::string_view text);
std::string_view to_string(Pace pace);

/// Drills start here unless told otherwise: 2026-01-05T09:00:00Z, a Monday.
inline constexpr Time drill_epoch = from_unix_seconds(1767603600);

/// The real time of day, asked once when a server at wall pace starts: from then on the monotonic
/// clock carries the World.
Time real_time_of_day();

class Clock {
 public:
  Clock(Pace pace, Time start) : now_ns_(to_ns(start)), pace_(pace) { anchor(); }

  Time now() const { return from_ns(now_ns_.load(std::memory_order_relaxed)); }
  /// Never goes back.
  void set(Time t);
  Pace pace() const { return pace_; }
  double scale() const { return scale_; }
  void set_pace(Pace pace, double scale = 1);
  /// Back to what a snapshot holds, and on from there.
  void restore(Time now, Pace pace, double scale);
  /// Where the clock should be by now: real time passed since the anchor times the scale in wall
  /// pace, now() otherwise. The World runs what is due and then calls set().
  Time target() const;

 private:
  void anchor();

  std::atomic<int64_t> now_ns_;
  Pace pace_;
  double scale_ = 1;
  int64_t anchor_real_ns_ = 0;
  int64_t anchor_ns_ = 0;
};

}  // namespace squall::sim
