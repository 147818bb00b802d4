// A VPC endpoint passes nothing: what FIS does by swapping in a security group without rules.
#include "emulator/core/text.h"
#include "services/ec2/ec2.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const std::string name = argument(arguments, "endpoint");
  if (!scope.has<ec2::VpcEndpoint>(name))
    throw invalid_argument(cat("There is no VPC endpoint ", name, "."));
  sim::Impairment impairment;
  impairment.what = "network";
  impairment.resource = name;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind vpc_endpoint_failure() {
  return {"vpc-endpoint-failure",
          "aws:network:disrupt-vpc-endpoint",
          "No packet passes a VPC endpoint, of either type.",
          {{"endpoint", "VPC endpoint id", true}},
          start,
          repair};
}

}  // namespace squall::faults
