// Cron expressions of scheduled actions: when next, in the wall time of a zone.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/core/time.h"

namespace squall {

enum class CronDialect : uint8_t {
  unix,  // minute hour day month weekday; weekdays 0-7 from Sunday (EC2 Auto Scaling)
  aws,   // minute hour day month weekday [year]; weekdays 1-7 from Sunday, ?, L, W, #
};

/// Whether the expression can be read.
bool is_cron(std::string_view expression, CronDialect dialect = CronDialect::unix);
/// The first match after `time`; nothing if there is none within some years.
std::optional<Time> next_cron(std::string_view expression, Time time, std::string_view zone = {},
                              CronDialect dialect = CronDialect::unix);

}  // namespace squall
