// One NAT gateway goes dark: what leaves through it vanishes, and its state stays `available`.
#include "emulator/core/text.h"
#include "services/ec2/ec2.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const std::string name = argument(arguments, "nat_gateway");
  const auto* nat = scope.view<ec2::NatGateway>(name);
  if (!nat || nat->state == "deleted")
    throw invalid_argument(cat("There is no NAT gateway ", name, "."));
  sim::Impairment impairment;
  impairment.what = "host";
  impairment.resource = name;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind nat_gateway_failure() {
  return {"nat-gateway-failure",
          "",
          "A NAT gateway forwards nothing any more.",
          {{"nat_gateway", "NAT gateway id", true}},
          start,
          repair};
}

}  // namespace squall::faults
