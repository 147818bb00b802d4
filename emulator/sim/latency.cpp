#include "emulator/sim/latency.h"

namespace squall::sim {

std::optional<LatencyProfile> parse_latency_profile(std::string_view text) {
  if (text == "zero") return LatencyProfile::zero;
  if (text == "measured") return LatencyProfile::measured;
  if (text == "documented") return LatencyProfile::documented;
  return {};
}

std::string_view to_string(LatencyProfile profile) {
  switch (profile) {
    case LatencyProfile::zero: return "zero";
    case LatencyProfile::measured: return "measured";
    case LatencyProfile::documented: return "documented";
  }
  return "";
}

}  // namespace squall::sim
