// A zone loses its power: hosts vanish without a word, and everybody has to find out.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "power";
  impairment.zone = zone_argument(scope, arguments);
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind az_power_loss() {
  return {"az-power-loss",
          "",
          "Every host in an Availability Zone loses power; nothing there answers any more.",
          {{"zone", "Name or id of the zone (ap-south-1a)", true}},
          start,
          repair};
}

}  // namespace squall::faults
