#include "services/faults/ecs_targets.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/ecs/ecs.h"

namespace squall::faults {
namespace {

bool is_running(const ecs::Task& task) {
  return task.desired_status == "RUNNING" && task.last_status == "RUNNING";
}

std::string_view last_part(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

std::vector<std::string> candidates(const sim::Scope& scope,
                                    const sim::FaultArguments& arguments) {
  const std::string cluster{last_part(argument(arguments, "cluster", "default"))};
  const std::string service = argument(arguments, "service");
  if (!scope.has<ecs::Cluster>(cluster))
    throw invalid_argument(cat("There is no cluster ", cluster, "."));
  std::string key = "cluster:" + cluster;
  if (!service.empty()) {
    const auto found =
        scope.by<ecs::Service>(cat("name:", cluster, '/', last_part(service)));
    if (found.empty())
      throw invalid_argument(cat("There is no service ", service, " in cluster ", cluster, "."));
    key = "live:" + found.front()->id;
  }
  std::vector<std::string> arns;
  for (const ecs::Task* task : scope.by<ecs::Task>(key))
    if (is_running(*task)) arns.push_back(task->id);
  return arns;
}

/// At least one of those that there are, unless percent says none (FIS rounds down).
size_t wanted_count(const sim::FaultArguments& arguments, size_t available) {
  if (const std::string percent = argument(arguments, "percent"); !percent.empty()) {
    const double share = number(arguments, "percent", 100);
    if (share > 100) throw invalid_argument("More than all tasks cannot be taken.");
    return static_cast<size_t>(static_cast<double>(available) * share / 100);
  }
  return std::min(available, static_cast<size_t>(number(arguments, "count", 1)));
}

}  // namespace

std::vector<sim::FaultParameter> task_parameters() {
  return {{"task", "ARN of the one task"},
          {"cluster", "Name or ARN of the cluster", false, "default"},
          {"service", "Name of the service; else any task of the cluster"},
          {"count", "How many tasks, drawn at random", false, "1"},
          {"percent", "Instead of count: share of the running tasks, rounded down"}};
}

std::vector<std::string> choose_tasks(sim::Scope& scope, const std::string& id,
                                      const sim::FaultArguments& arguments) {
  if (const std::string task = argument(arguments, "task"); !task.empty()) {
    if (!scope.has<ecs::Task>(task)) throw invalid_argument(cat("There is no task ", task, "."));
    return {task};
  }
  std::vector<std::string> arns = candidates(scope, arguments);
  const size_t count = wanted_count(arguments, arns.size());
  sim::Stream& stream = scope.random(cat("fault/", id));
  for (size_t i = 0; i < count; ++i)
    std::swap(arns[i], arns[i + stream.below(arns.size() - i)]);
  arns.resize(count);
  return arns;
}

}  // namespace squall::faults
