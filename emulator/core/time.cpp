#include "emulator/core/time.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace squall {
namespace {

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Duration> time;
  std::chrono::weekday weekday;
};

Civil to_civil(Time t) {
  const auto days = std::chrono::floor<std::chrono::days>(t.time_since_epoch());
  const std::chrono::sys_days sys{days};
  return {std::chrono::year_month_day{sys},
          std::chrono::hh_mm_ss<Duration>{t.time_since_epoch() - days},
          std::chrono::weekday{sys}};
}

std::string format_seconds(Time t) {
  const Civil c = to_civil(t);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(c.date.year()), static_cast<unsigned>(c.date.month()),
                static_cast<unsigned>(c.date.day()), static_cast<int>(c.time.hours().count()),
                static_cast<int>(c.time.minutes().count()),
                static_cast<int>(c.time.seconds().count()));
  return text.data();
}

constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// Reads exactly `digits` decimal digits at `at`.
std::optional<int> digits_at(std::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return {};
  int value = 0;
  for (size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return {};
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<Time> from_civil(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  if (year < 1678 || year > 2261) return {};  // what 64-bit nanoseconds can hold
  const auto days = std::chrono::sys_days{date}.time_since_epoch();
  return Time{days + std::chrono::hours{hour} + std::chrono::minutes{minute} +
              std::chrono::seconds{second}};
}

/// `+hh:mm`, `+hhmm`, `Z` or nothing.
std::optional<Duration> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z" || text == "GMT" || text == "UTC")
    return Duration{};
  if (text[0] != '+' && text[0] != '-') return {};
  const auto hours = digits_at(text, 1, 2);
  const size_t minutes_at = text.size() > 3 && text[3] == ':' ? 4 : 3;
  const auto minutes = text.size() > minutes_at ? digits_at(text, minutes_at, 2) : 0;
  if (!hours || !minutes) return {};
  const Duration offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return text[0] == '+' ? offset : -offset;
}

std::optional<Time> parse_iso8601(std::string_view text) {
  const auto year = digits_at(text, 0, 4), month = digits_at(text, 5, 2),
             day = digits_at(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return {};
  if (text.size() == 10) return from_civil(*year, *month, *day, 0, 0, 0);
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return {};
  const auto hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2);
  if (!hour || !minute || text[13] != ':') return {};
  size_t at = 16;
  int second = 0;
  Duration fraction{};
  if (at < text.size() && text[at] == ':') {
    const auto read = digits_at(text, 17, 2);
    if (!read) return {};
    second = *read;
    at = 19;
    if (at < text.size() && text[at] == '.') {
      int64_t unit = 100'000'000;
      for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
        fraction += Duration{(text[at] - '0') * unit};
    }
  }
  const auto zone = parse_zone(text.substr(at));
  const auto base = from_civil(*year, *month, *day, *hour, *minute, second);
  if (!zone || !base) return {};
  return *base + fraction - *zone;
}

std::optional<Time> parse_rfc822(std::string_view text) {
  const size_t comma = text.find(", ");
  if (comma == text.npos) return {};
  text.remove_prefix(comma + 2);
  const auto day = digits_at(text, 0, 2), year = digits_at(text, 7, 4),
             hour = digits_at(text, 12, 2), minute = digits_at(text, 15, 2),
             second = digits_at(text, 18, 2);
  if (!day || !year || !hour || !minute || !second) return {};
  for (size_t m = 0; m < months.size(); ++m)
    if (text.substr(3, 3) == months[m])
      return from_civil(*year, static_cast<int>(m) + 1, *day, *hour, *minute, *second);
  return {};
}

std::optional<Time> parse_epoch(std::string_view text) {
  const std::string copy{text};
  char* end = nullptr;
  const double seconds = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end != 0 || !(seconds > -9.2e9 && seconds < 9.2e9)) return {};
  const auto whole = static_cast<int64_t>(seconds);
  const auto micros = static_cast<int64_t>((seconds - static_cast<double>(whole)) * 1e6 +
                                           (seconds < 0 ? -0.5 : 0.5));
  return Time{std::chrono::seconds{whole} + std::chrono::microseconds{micros}};
}

}  // namespace

std::string format_iso8601_ms(Time t) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count();
  std::array<char, 16> tail{};
  std::snprintf(tail.data(), tail.size(), ".%03dZ", static_cast<int>(((ms % 1000) + 1000) % 1000));
  return format_seconds(t) + tail.data();
}

std::string format_iso8601(Time t) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(t.time_since_epoch()).count();
  const int fraction = static_cast<int>(((us % 1'000'000) + 1'000'000) % 1'000'000);
  std::string text = format_seconds(t);
  if (fraction) {
    std::array<char, 16> tail{};
    std::snprintf(tail.data(), tail.size(), ".%06d", fraction);
    text += tail.data();
    while (text.back() == '0') text.pop_back();
  }
  return text + "Z";
}

std::string format_rfc822(Time t) {
  const Civil c = to_civil(t);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                weekdays[c.weekday.c_encoding()], static_cast<unsigned>(c.date.day()),
                months[static_cast<unsigned>(c.date.month()) - 1],
                static_cast<int>(c.date.year()), static_cast<int>(c.time.hours().count()),
                static_cast<int>(c.time.minutes().count()),
                static_cast<int>(c.time.seconds().count()));
  return text.data();
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.size() >= 10 && text.size() < 64 && text[4] == '-') return parse_iso8601(text);
  if (text.find(", ") != text.npos) return parse_rfc822(text);
  return parse_epoch(text);
}

std::string format_date_basic(Time t) {
  const std::string iso = format_seconds(t);
  return iso.substr(0, 4) + iso.substr(5, 2) + iso.substr(8, 2);
}

}  // namespace squall
