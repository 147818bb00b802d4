// A port of a service's tasks becomes a black hole: packets to it (or from it) vanish.
#include "emulator/core/text.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.resource = task_argument(scope, arguments);
  if (impairment.resource.empty()) throw invalid_argument("Name a service or a task.");
  const std::string traffic = argument(arguments, "traffic", "ingress");
  if (traffic != "ingress" && traffic != "egress")
    throw invalid_argument(cat("The argument traffic is not ingress or egress: ", traffic));
  impairment.what = cat("blackhole-", traffic);
  impairment.magnitude = number(arguments, "port", 0);
  if (impairment.magnitude > 65535) throw invalid_argument("There is no such port.");
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind service_unreachable() {
  return {"service-unreachable",
          "aws:ecs:task-network-blackhole-port",
          "Packets to or from the tasks of an ECS service, or one task, vanish.",
          {{"service", "CLUSTER/NAME or ARN of the service"},
           {"task", "Instead of a service: the ARN of one task"},
           {"port", "Only this port, as packets carry it; 0: all", false, "0"},
           {"traffic", "ingress or egress", false, "ingress"}},
          start,
          repair};
}

}  // namespace squall::faults
