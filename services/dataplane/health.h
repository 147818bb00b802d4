// Health checks of target groups, as their load balancers' nodes make them.
#pragma once

#include <span>

#include "emulator/sim/event.h"

namespace squall::dataplane {

std::span<const sim::EventRow> health_events();
std::span<const sim::WatchRow> health_watches();

}  // namespace squall::dataplane
