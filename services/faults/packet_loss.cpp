// A share of the packets of a zone, a zone pair or one instance is lost and sent again.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "loss";
  strike(scope, arguments, impairment);
  if (!argument(arguments, "peer_zone").empty())
    impairment.peer_zone = zone_argument(scope, arguments, "peer_zone");
  const double percent = number(arguments, "loss_percent", 15);
  if (percent > 100) throw invalid_argument("More than all packets cannot be lost.");
  impairment.magnitude = percent / 100;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind packet_loss() {
  return {"packet-loss",
          "aws:ecs:task-network-packet-loss",
          "A share of the packets that leave a zone or an instance is lost.",
          {{"zone", "Name or id of the zone"},
           {"instance", "Instead of a zone: one instance"},
           {"service", "Instead of a zone: the tasks of an ECS service, as CLUSTER/NAME or ARN"},
           {"task", "Instead of a zone: the ARN of one task"},
           {"peer_zone", "Only towards this zone"},
           {"loss_percent", "Share of packets", false, "15"}},
          start,
          repair};
}

}  // namespace squall::faults
