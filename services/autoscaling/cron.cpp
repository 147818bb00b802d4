// Cron expressions of scheduled actions: when next.
#include "services/autoscaling/cron.h"

#include <bitset>
#include <string>
#include <vector>

#include "emulator/core/text.h"

namespace squall::autoscaling {
namespace {

using Field = std::bitset<64>;

struct Schedule {
  Field minutes, hours, days, months, weekdays;
  bool any_day = true, any_weekday = true;
};

std::optional<int64_t> number_or_name(std::string_view text, std::string_view names,
                                      int64_t first) {
  if (const auto n = parse_int(text)) return n;
  const std::string lower = to_lower(text);
  if (lower.size() != 3) return {};
  const size_t at = names.find(lower);
  if (at == names.npos || at % 3) return {};
  return static_cast<int64_t>(at / 3) + first;
}

bool read_field(std::string_view text, int64_t low, int64_t high, std::string_view names,
                Field& field) {
  for (std::string_view part : split(text, ',')) {
    int64_t step = 1;
    if (const size_t slash = part.find('/'); slash != part.npos) {
      const auto n = parse_int(part.substr(slash + 1));
      if (!n || *n < 1) return false;
      step = *n;
      part = part.substr(0, slash);
    }
    int64_t from = low, to = high;
    if (part != "*") {
      const size_t dash = part.find('-');
      const auto a = number_or_name(part.substr(0, dash), names, low);
      const auto b = dash == part.npos ? a : number_or_name(part.substr(dash + 1), names, low);
      if (!a || !b || *a < low || *b > high || *a > *b) return false;
      from = *a;
      to = dash == part.npos && step > 1 ? high : *b;
    }
    for (int64_t n = from; n <= to; n += step) field.set(static_cast<size_t>(n));
  }
  return true;
}

std::optional<Schedule> parse(std::string_view expression) {
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(expression, ' '))
    if (!part.empty()) fields.push_back(part);
  if (fields.size() != 5) return {};
  Schedule s;
  s.any_day = fields[2] == "*";
  s.any_weekday = fields[4] == "*";
  const bool good =
      read_field(fields[0], 0, 59, "", s.minutes) && read_field(fields[1], 0, 23, "", s.hours) &&
      read_field(fields[2], 1, 31, "", s.days) &&
      read_field(fields[3], 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", s.months) &&
      read_field(fields[4], 0, 7, "sunmontuewedthufrisat", s.weekdays);
  if (!good) return {};
  if (s.weekdays.test(7)) s.weekdays.set(0);
  return s;
}

bool is_day(const Schedule& s, std::chrono::year_month_day date, std::chrono::weekday weekday) {
  if (!s.months.test(static_cast<unsigned>(date.month()))) return false;
  const bool day = s.days.test(static_cast<unsigned>(date.day()));
  const bool week = s.weekdays.test(weekday.c_encoding());
  // Cron's rule: if both are restricted, either will do.
  if (!s.any_day && !s.any_weekday) return day || week;
  return day && week;
}

}  // namespace

bool is_cron(std::string_view expression) { return parse(expression).has_value(); }

std::optional<Time> next_cron(std::string_view expression, Time time) {
  const auto s = parse(expression);
  if (!s) return {};
  using std::chrono::days;
  const auto start = std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()) +
                     std::chrono::minutes(1);
  const auto first_day = std::chrono::floor<days>(start);
  constexpr int days_max = 4 * 366;
  for (int n = 0; n < days_max; ++n) {
    const auto day = first_day + days(n);
    const std::chrono::sys_days date{day};
    if (!is_day(*s, std::chrono::year_month_day(date), std::chrono::weekday(date))) continue;
    const auto from = n == 0 ? (start - day).count() : 0;
    for (int64_t minute = from; minute < 24 * 60; ++minute)
      if (s->hours.test(static_cast<size_t>(minute / 60)) &&
          s->minutes.test(static_cast<size_t>(minute % 60)))
        return Time{std::chrono::duration_cast<Duration>(day + std::chrono::minutes(minute))};
  }
  return {};
}

}  // namespace squall::autoscaling
