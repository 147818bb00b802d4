// How long lifecycles take: named rows with a documented and a measured range, chosen by profile.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/core/time.h"

namespace squall::sim {

enum class LatencyProfile : uint8_t { zero, measured, documented };
std::optional<LatencyProfile> parse_latency_profile(std::string_view text);
std::string_view to_string(LatencyProfile profile);

/// One duration of one lifecycle. Ranges are drawn uniformly; equal ends give a constant. State the
/// source of the figures (FACTS.md) in a comment beside the row. `{"ec2.instance.pending", 5s, 18s,
/// ..}`
struct LatencyRow {
  std::string_view name;
  Duration measured_min, measured_max;
  Duration documented_min, documented_max;
};

}  // namespace squall::sim
