// Cron expressions of scheduled actions: when next.
#include "services/common/cron.h"

#include <algorithm>
#include <bitset>
#include <string>
#include <vector>

#include "emulator/core/text.h"
#include "services/common/time_zone.h"

namespace squall {
namespace {

using std::chrono::days;
using Date = std::chrono::year_month_day;
using Field = std::bitset<256>;

struct Schedule {
  Field minutes, hours, days, months, weekdays, years;  // years since 1970
  bool any_day = true, any_weekday = true;
  bool last_day = false, last_weekday = false;  // L
  int64_t near = 0;                             // the weekday nearest to this day: 15W
  int64_t nth = 0;                              // weekday#nth
};

struct Range {
  int64_t low, high;
  std::string_view names = {};
};

std::optional<int64_t> number_or_name(std::string_view text, const Range& range) {
  if (const auto n = parse_int(text)) return n;
  const std::string lower = to_lower(text);
  if (lower.size() != 3) return {};
  const size_t at = range.names.find(lower);
  if (at == range.names.npos || at % 3) return {};
  return static_cast<int64_t>(at / 3) + range.low;
}

bool read_field(std::string_view text, const Range& range, Field& field) {
  for (std::string_view part : split(text, ',')) {
    int64_t step = 1;
    if (const size_t slash = part.find('/'); slash != part.npos) {
      const auto n = parse_int(part.substr(slash + 1));
      if (!n || *n < 1) return false;
      step = *n;
      part = part.substr(0, slash);
    }
    int64_t from = range.low, to = range.high;
    if (part != "*") {
      const size_t dash = part.find('-');
      const auto a = number_or_name(part.substr(0, dash), range);
      const auto b = dash == part.npos ? a : number_or_name(part.substr(dash + 1), range);
      if (!a || !b || *a < range.low || *b > range.high || *a > *b) return false;
      from = *a;
      to = dash == part.npos && step > 1 ? range.high : *b;
    }
    for (int64_t n = from; n <= to; n += step) field.set(static_cast<size_t>(n - range.low));
  }
  return true;
}

constexpr Range minutes{0, 59}, hours{0, 23}, month_days{1, 31}, years{1970, 2199},
    months{1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    unix_weekdays{0, 7, "sunmontuewedthufrisat"}, aws_weekdays{1, 7, "sunmontuewedthufrisat"};

/// Day of the month with L and W.
bool read_day(std::string_view text, Schedule& s) {
  s.any_day = text == "*" || text == "?";
  if (s.any_day) text = "*";
  if (text == "L") return s.last_day = true;
  if (text.size() > 1 && text.back() == 'W') {
    s.near = parse_int(text.substr(0, text.size() - 1)).value_or(0);
    return s.near >= 1 && s.near <= 31;
  }
  return read_field(text, month_days, s.days);
}

/// Weekdays of 1-7 with L and #.
bool read_weekday(std::string_view text, Schedule& s) {
  s.any_weekday = text == "*" || text == "?";
  if (s.any_weekday) text = "*";
  if (text == "L") text = "7";
  if (text.size() > 1 && text.back() == 'L') {
    s.last_weekday = true;
    text.remove_suffix(1);
  } else if (const size_t hash = text.find('#'); hash != text.npos) {
    s.nth = parse_int(text.substr(hash + 1)).value_or(0);
    if (s.nth < 1 || s.nth > 5) return false;
    text = text.substr(0, hash);
  }
  return read_field(text, aws_weekdays, s.weekdays);
}

std::optional<Schedule> parse(std::string_view expression, CronDialect dialect) {
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(expression, ' '))
    if (!part.empty()) fields.push_back(part);
  const bool aws = dialect == CronDialect::aws;
  if (fields.size() != 5 && !(aws && fields.size() == 6)) return {};
  Schedule s;
  bool good = read_field(fields[0], minutes, s.minutes) && read_field(fields[1], hours, s.hours) &&
              read_field(fields[3], months, s.months);
  if (aws) {
    good = good && read_day(fields[2], s) && read_weekday(fields[4], s) &&
           read_field(fields.size() == 6 ? fields[5] : "*", years, s.years);
    // One of the two days, and only one, is left open by a question mark.
    good = good && (fields[2] == "?") != (fields[4] == "?");
    return good ? std::optional(s) : std::nullopt;
  }
  s.any_day = fields[2] == "*";
  s.any_weekday = fields[4] == "*";
  s.years.set();
  good = good && read_field(fields[2], month_days, s.days) &&
         read_field(fields[4], unix_weekdays, s.weekdays);
  if (s.weekdays.test(7)) s.weekdays.set(0);
  return good ? std::optional(s) : std::nullopt;
}

unsigned last_day_of(Date date) {
  return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
}

/// The weekday nearest to day `near` of the date's month, within that month.
unsigned nearest_weekday(Date date, int64_t near) {
  const unsigned last = last_day_of(date);
  unsigned day = std::min(static_cast<unsigned>(near), last);
  const std::chrono::weekday weekday(date.year() / date.month() / std::chrono::day(day));
  if (weekday == std::chrono::Saturday) day = day > 1 ? day - 1 : day + 2;
  if (weekday == std::chrono::Sunday) day = day < last ? day + 1 : day - 2;
  return day;
}

bool is_month_day(const Schedule& s, Date date) {
  const auto day = static_cast<unsigned>(date.day());
  if (s.last_day) return day == last_day_of(date);
  if (s.near) return day == nearest_weekday(date, s.near);
  return s.days.test(day - 1);
}

bool is_weekday(const Schedule& s, Date date, std::chrono::weekday weekday) {
  const auto day = static_cast<unsigned>(date.day());
  if (!s.weekdays.test(weekday.c_encoding())) return false;
  if (s.last_weekday) return day + 7 > last_day_of(date);
  return s.nth == 0 || (day + 6) / 7 == s.nth;
}

bool is_day(const Schedule& s, Date date, std::chrono::weekday weekday) {
  const int year = static_cast<int>(date.year());
  if (year > years.high || !s.years.test(static_cast<size_t>(year - years.low))) return false;
  if (!s.months.test(static_cast<unsigned>(date.month()) - 1)) return false;
  const bool day = is_month_day(s, date), week = is_weekday(s, date, weekday);
  // Cron's rule: if both are restricted, either will do.
  if (!s.any_day && !s.any_weekday) return day || week;
  return day && week;
}

/// The first match after `time`, both in the wall time of a zone.
std::optional<Time> next_match(const Schedule& s, Time time) {
  const auto start = std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()) +
                     std::chrono::minutes(1);
  const auto first_day = std::chrono::floor<days>(start);
  constexpr int days_max = 8 * 366;
  for (int n = 0; n < days_max; ++n) {
    const auto day = first_day + days(n);
    const std::chrono::sys_days date{day};
    if (!is_day(s, Date(date), std::chrono::weekday(date))) continue;
    const auto from = n == 0 ? (start - day).count() : 0;
    for (int64_t minute = from; minute < 24 * 60; ++minute)
      if (s.hours.test(static_cast<size_t>(minute / 60)) &&
          s.minutes.test(static_cast<size_t>(minute % 60)))
        return Time{std::chrono::duration_cast<Duration>(day + std::chrono::minutes(minute))};
  }
  return {};
}

}  // namespace

bool is_cron(std::string_view expression, CronDialect dialect) {
  return parse(expression, dialect).has_value();
}

std::optional<Time> next_cron(std::string_view expression, Time time, std::string_view zone,
                              CronDialect dialect) {
  const auto schedule = parse(expression, dialect);
  if (!schedule) return {};
  Time from = time + utc_offset(zone, time);
  // A wall time that comes twice (clocks go back) may lie before `time`: then take the next.
  for (int tries = 0; tries < 4; ++tries) {
    const auto local = next_match(*schedule, from);
    if (!local) return {};
    if (const Time at = to_utc(zone, *local); at > time) return at;
    from = *local;
  }
  return {};
}

}  // namespace squall
