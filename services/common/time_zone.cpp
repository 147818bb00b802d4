// Time zones by IANA name: offsets and the rules by which summer time begins and ends.
#include "services/common/time_zone.h"

#include <algorithm>
#include <iterator>

#include "emulator/core/text.h"

namespace squall {
namespace {

enum class Summer : uint8_t { none, us, eu, australia, new_zealand, chile };

struct Zone {
  std::string_view name;
  int minutes;  // standard time less UTC
  Summer summer = Summer::none;
};

constexpr Zone zones[] = {
    {"Africa/Abidjan", 0},
    {"Africa/Accra", 0},
    {"Africa/Algiers", 60},
    {"Africa/Johannesburg", 120},
    {"Africa/Lagos", 60},
    {"Africa/Nairobi", 180},
    {"Africa/Tunis", 60},
    {"America/Anchorage", -540, Summer::us},
    {"America/Argentina/Buenos_Aires", -180},
    {"America/Bogota", -300},
    {"America/Caracas", -240},
    {"America/Chicago", -360, Summer::us},
    {"America/Denver", -420, Summer::us},
    {"America/Detroit", -300, Summer::us},
    {"America/Edmonton", -420, Summer::us},
    {"America/Halifax", -240, Summer::us},
    {"America/Lima", -300},
    {"America/Los_Angeles", -480, Summer::us},
    {"America/Mexico_City", -360},
    {"America/New_York", -300, Summer::us},
    {"America/Panama", -300},
    {"America/Phoenix", -420},
    {"America/Puerto_Rico", -240},
    {"America/Regina", -360},
    {"America/Santiago", -240, Summer::chile},
    {"America/Sao_Paulo", -180},
    {"America/St_Johns", -210, Summer::us},
    {"America/Toronto", -300, Summer::us},
    {"America/Vancouver", -480, Summer::us},
    {"America/Winnipeg", -360, Summer::us},
    {"Asia/Almaty", 300},
    {"Asia/Baghdad", 180},
    {"Asia/Baku", 240},
    {"Asia/Bangkok", 420},
    {"Asia/Calcutta", 330},
    {"Asia/Colombo", 330},
    {"Asia/Dhaka", 360},
    {"Asia/Dubai", 240},
    {"Asia/Ho_Chi_Minh", 420},
    {"Asia/Hong_Kong", 480},
    {"Asia/Jakarta", 420},
    {"Asia/Karachi", 300},
    {"Asia/Kathmandu", 345},
    {"Asia/Kolkata", 330},
    {"Asia/Kuala_Lumpur", 480},
    {"Asia/Kuwait", 180},
    {"Asia/Manila", 480},
    {"Asia/Qatar", 180},
    {"Asia/Riyadh", 180},
    {"Asia/Saigon", 420},
    {"Asia/Seoul", 540},
    {"Asia/Shanghai", 480},
    {"Asia/Singapore", 480},
    {"Asia/Taipei", 480},
    {"Asia/Tashkent", 300},
    {"Asia/Tehran", 210},
    {"Asia/Tokyo", 540},
    {"Asia/Yangon", 390},
    {"Asia/Yekaterinburg", 300},
    {"Atlantic/Azores", -60, Summer::eu},
    {"Atlantic/Reykjavik", 0},
    {"Australia/Adelaide", 570, Summer::australia},
    {"Australia/Brisbane", 600},
    {"Australia/Darwin", 570},
    {"Australia/Hobart", 600, Summer::australia},
    {"Australia/Melbourne", 600, Summer::australia},
    {"Australia/Perth", 480},
    {"Australia/Sydney", 600, Summer::australia},
    {"Etc/GMT", 0},
    {"Etc/UTC", 0},
    {"Europe/Amsterdam", 60, Summer::eu},
    {"Europe/Athens", 120, Summer::eu},
    {"Europe/Belgrade", 60, Summer::eu},
    {"Europe/Berlin", 60, Summer::eu},
    {"Europe/Brussels", 60, Summer::eu},
    {"Europe/Bucharest", 120, Summer::eu},
    {"Europe/Budapest", 60, Summer::eu},
    {"Europe/Copenhagen", 60, Summer::eu},
    {"Europe/Dublin", 0, Summer::eu},
    {"Europe/Helsinki", 120, Summer::eu},
    {"Europe/Istanbul", 180},
    {"Europe/Kiev", 120, Summer::eu},
    {"Europe/Kyiv", 120, Summer::eu},
    {"Europe/Lisbon", 0, Summer::eu},
    {"Europe/London", 0, Summer::eu},
    {"Europe/Luxembourg", 60, Summer::eu},
    {"Europe/Madrid", 60, Summer::eu},
    {"Europe/Minsk", 180},
    {"Europe/Moscow", 180},
    {"Europe/Oslo", 60, Summer::eu},
    {"Europe/Paris", 60, Summer::eu},
    {"Europe/Prague", 60, Summer::eu},
    {"Europe/Riga", 120, Summer::eu},
    {"Europe/Rome", 60, Summer::eu},
    {"Europe/Sofia", 120, Summer::eu},
    {"Europe/Stockholm", 60, Summer::eu},
    {"Europe/Tallinn", 120, Summer::eu},
    {"Europe/Vienna", 60, Summer::eu},
    {"Europe/Vilnius", 120, Summer::eu},
    {"Europe/Warsaw", 60, Summer::eu},
    {"Europe/Zurich", 60, Summer::eu},
    {"GMT", 0},
    {"Pacific/Auckland", 720, Summer::new_zealand},
    {"Pacific/Fiji", 720},
    {"Pacific/Guam", 600},
    {"Pacific/Honolulu", -600},
    {"US/Central", -360, Summer::us},
    {"US/Eastern", -300, Summer::us},
    {"US/Mountain", -420, Summer::us},
    {"US/Pacific", -480, Summer::us},
    {"UTC", 0},
};

static_assert(std::ranges::is_sorted(zones, {}, &Zone::name));

const Zone* find_zone(std::string_view name) {
  const auto at = std::ranges::lower_bound(zones, name, {}, &Zone::name);
  return at != std::end(zones) && at->name == name ? &*at : nullptr;
}

/// The nth (1-4) or last (5) Sunday of a month, at an hour of whatever clock the rule counts by.
Time sunday(std::chrono::year year, unsigned month, unsigned nth, int hour) {
  using namespace std::chrono;
  const auto first = year / std::chrono::month(month);
  const sys_days day = nth == 5 ? sys_days(first / Sunday[last]) : sys_days(first / Sunday[nth]);
  return Time{duration_cast<Duration>(day.time_since_epoch() + std::chrono::hours(hour))};
}

/// Whether summer time holds. `standard` is the wall time without it.
bool is_summer(Summer rule, Time standard, Time utc) {
  const std::chrono::sys_days day{
      std::chrono::floor<std::chrono::days>(standard.time_since_epoch())};
  const auto year = std::chrono::year_month_day(day).year();
  switch (rule) {
    case Summer::none:
      return false;
    case Summer::us:  // 2:00 wall time, second Sunday of March to first of November
      return standard >= sunday(year, 3, 2, 2) && standard < sunday(year, 11, 1, 1);
    case Summer::eu:  // 1:00 UTC, last Sundays of March and October
      return utc >= sunday(year, 3, 5, 1) && utc < sunday(year, 10, 5, 1);
    case Summer::australia:  // first Sundays of October and April, 2:00 standard time
      return standard >= sunday(year, 10, 1, 2) || standard < sunday(year, 4, 1, 2);
    case Summer::new_zealand:  // last Sunday of September, first of April
      return standard >= sunday(year, 9, 5, 2) || standard < sunday(year, 4, 1, 2);
    case Summer::chile:  // about the first Sundays of September and April
      return standard >= sunday(year, 9, 1, 0) || standard < sunday(year, 4, 1, -1);
  }
  return false;
}

}  // namespace

bool is_time_zone(std::string_view name) { return name.empty() || find_zone(name); }

Duration utc_offset(std::string_view name, Time utc) {
  const Zone* zone = find_zone(name);
  if (!zone) return {};
  const Duration standard = std::chrono::minutes(zone->minutes);
  return standard + (is_summer(zone->summer, utc + standard, utc) ? Duration{1h} : Duration{});
}

Time to_utc(std::string_view name, Time local) {
  // In summer the first guess lies an hour late; one step settles it, except in the hour skipped.
  Time utc = local - utc_offset(name, local);
  utc = local - utc_offset(name, utc);
  const Time again = local - utc_offset(name, utc);
  return std::max(utc, again);
}

}  // namespace squall
