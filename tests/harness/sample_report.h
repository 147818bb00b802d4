// A made-up drill whose figures look like a real one's: what the report tests print and look at.
#pragma once

#include "emulator/sim/journal.h"
#include "harness/report.h"

namespace squall::harness {

/// 30 minutes, one zone lost from minute 5 to 20, one check failed.
Report sample_report();
/// A journal of `entries` events.
sim::Journal sample_journal(size_t entries);

}  // namespace squall::harness
