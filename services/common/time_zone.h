// Time zones by IANA name, as rules compiled in: the same wall times on every machine.
#pragma once

#include <string_view>

#include "emulator/core/time.h"

namespace squall {

/// Empty and UTC's names included. The table holds the zones' present rules: history before them is
/// not kept.
bool is_time_zone(std::string_view name);
/// Wall time less UTC at the moment `utc`; zero for names that is_time_zone refuses.
Duration utc_offset(std::string_view name, Time utc);
/// The moment of a wall time; of one that clocks skip, as if they had not gone forward yet.
Time to_utc(std::string_view name, Time local);

}  // namespace squall
