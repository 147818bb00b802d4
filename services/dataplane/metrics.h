// Per-minute figures of the data plane, emitted into CloudWatch.
#pragma once

#include <span>

#include "emulator/sim/event.h"

namespace squall::dataplane {

std::span<const sim::EventRow> metrics_events();

}  // namespace squall::dataplane
