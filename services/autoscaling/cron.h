// Cron expressions of scheduled actions: when next.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/core/time.h"

namespace squall::autoscaling {

/// Whether "minute hour day month weekday" can be read.
bool is_cron(std::string_view expression);
/// The first match after `time`; nothing if there is none within some years.
std::optional<Time> next_cron(std::string_view expression, Time time);

}  // namespace squall::autoscaling
