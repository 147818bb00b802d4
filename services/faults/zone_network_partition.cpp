// Packets between two zones, or between one zone and everything else, are lost.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "network";
  impairment.zone = zone_argument(scope, arguments);
  const bool all = argument(arguments, "peer_zone").empty();
  if (!all) impairment.peer_zone = zone_argument(scope, arguments, "peer_zone");
  if (impairment.zone == impairment.peer_zone)
    throw invalid_argument("A zone cannot be cut off from itself.");
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind zone_network_partition() {
  return {"zone-network-partition",
          "aws:network:disrupt-connectivity",
          "No packet passes between two zones, or between a zone and everything outside it.",
          {{"zone", "Name or id of the zone", true},
           {"peer_zone", "The other zone; none: everything else"}},
          start,
          repair};
}

}  // namespace squall::faults
