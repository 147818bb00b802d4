// Which tasks a fault takes: by name, or drawn from a service or a cluster.
#pragma once

#include <string>
#include <vector>

#include "services/faults/kinds.h"

namespace squall::faults {

/// The parameters that name tasks: task, cluster, service, count, percent.
std::vector<sim::FaultParameter> task_parameters();
/// ARNs of running tasks, drawn from the stream of fault `id`. Throws where the arguments are wrong
/// or name what is not there; empty if nothing runs.
std::vector<std::string> choose_tasks(sim::Scope& scope, const std::string& id,
                                      const sim::FaultArguments& arguments);

}  // namespace squall::faults
