// Something else takes the CPU of one task, or of every task of a service.
#include "services/faults/kinds.h"

namespace squall::faults {
namespace {

void start(sim::Scope& scope, const std::string& id, const sim::FaultArguments& arguments) {
  sim::Impairment impairment;
  impairment.what = "stress";
  impairment.resource = task_argument(scope, arguments);
  if (impairment.resource.empty()) throw invalid_argument("Name a service or a task.");
  const double percent = number(arguments, "percent", 100);
  if (percent > 100) throw invalid_argument("More than the whole CPU cannot be taken.");
  impairment.magnitude = percent / 100;
  impair(scope, id, std::move(impairment));
}

}  // namespace

sim::FaultKind task_cpu_stress() {
  return {"task-cpu-stress",
          "aws:ecs:task-cpu-stress",
          "A share of the CPU is taken from a task or from every task of a service.",
          {{"service", "CLUSTER/NAME or ARN of the service"},
           {"task", "Instead of a service: the ARN of one task"},
           {"percent", "Share of the CPU", false, "100"}},
          start,
          repair};
}

}  // namespace squall::faults
