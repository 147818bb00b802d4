// The host under one instance dies: the instance stays `running` with impaired checks.
#include "emulator/core/text.h"
#include "services/ec2/ec2.h"
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  const std::string name = argument(arguments, "instance");
  if (!scope.has<ec2::Instance>(name))
    throw invalid_argument(cat("There is no instance ", name, "."));
  sim::Impairment impairment;
  impairment.what = "host";
  impairment.resource = name;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind instance_host_failure() {
  return {"instance-host-failure",
          "",
          "The host of one EC2 instance fails.",
          {{"instance", "Instance id", true}},
          start,
          repair};
}

}  // namespace squall::faults
