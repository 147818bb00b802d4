// Something else takes the CPU of an instance, or of every instance in a zone.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "stress";
  impairment.resource = argument(arguments, "instance");
  if (impairment.resource.empty()) impairment.zone = zone_argument(scope, arguments);
  const double percent = number(arguments, "percent", 80);
  if (percent > 100) throw invalid_argument("More than the whole CPU cannot be taken.");
  impairment.magnitude = percent / 100;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind cpu_stress() {
  return {"cpu-stress",
          "aws:ssm:send-command",
          "A share of the CPU is taken from an instance or from all instances of a zone.",
          {{"zone", "Name or id of the zone"},
           {"instance", "Instead of a zone: one instance"},
           {"percent", "Share of the CPU", false, "80"}},
          start,
          repair};
}

}  // namespace squall::faults
