// What certain versions of a task's program do by themselves: end, or fail their health checks.
#pragma once

#include <span>

#include "emulator/sim/event.h"

namespace squall::dataplane {

std::span<const sim::EventRow> behaviour_events();
std::span<const sim::WatchRow> behaviour_watches();

}  // namespace squall::dataplane
