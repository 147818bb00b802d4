// Virtual time: nanoseconds since the Unix epoch. Only sim::Clock produces "now".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall {

struct SimClock {  // tag only: it has no now(), so nobody can ask it for the wall clock
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimClock, duration>;
  static constexpr bool is_steady = true;
};
using Duration = SimClock::duration;
using Time = SimClock::time_point;

using namespace std::chrono_literals;

constexpr int64_t to_ns(Time t) { return t.time_since_epoch().count(); }
constexpr Time from_ns(int64_t ns) { return Time{Duration{ns}}; }
constexpr double to_seconds(Duration d) { return static_cast<double>(d.count()) * 1e-9; }
constexpr Duration from_seconds(double s) { return Duration{static_cast<int64_t>(s * 1e9)}; }
constexpr int64_t unix_seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
}
constexpr Time from_unix_seconds(int64_t s) { return Time{std::chrono::seconds{s}}; }

/// `2026-11-21T05:31:45.123Z`, milliseconds always shown (EC2's form).
std::string format_iso8601_ms(Time t);
/// `2026-11-21T05:31:45Z`; a fraction is shown only if there is one (`.5`, `.123`).
std::string format_iso8601(Time t);
/// `Sat, 21 Nov 2026 05:31:45 GMT`.
std::string format_rfc822(Time t);
/// Accepts ISO 8601 (with or without fraction, zone offset), RFC 822 and epoch seconds.
std::optional<Time> parse_time(std::string_view text);
/// `20261121` of a time, as SigV4 scopes and log names want it.
std::string format_date_basic(Time t);

}  // namespace squall
