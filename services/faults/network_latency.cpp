// Packets of a zone, a zone pair or one instance arrive late.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "latency";
  strike(scope, arguments, impairment);
  if (!argument(arguments, "peer_zone").empty())
    impairment.peer_zone = zone_argument(scope, arguments, "peer_zone");
  impairment.magnitude = number(arguments, "delay_ms", 200);
  impairment.jitter_ms = number(arguments, "jitter_ms", 10);
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind network_latency() {
  return {"network-latency",
          "aws:ecs:task-network-latency",
          "Packets that leave a zone or an instance are delayed.",
          {{"zone", "Name or id of the zone"},
           {"instance", "Instead of a zone: one instance"},
           {"service", "Instead of a zone: the tasks of an ECS service, as CLUSTER/NAME or ARN"},
           {"task", "Instead of a zone: the ARN of one task"},
           {"peer_zone", "Only towards this zone"},
           {"delay_ms", "Delay a packet", false, "200"},
           {"jitter_ms", "Scatter of the delay", false, "10"}},
          start,
          repair};
}

}  // namespace squall::faults
