// StopTask.
#include <algorithm>

#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr size_t reason_max = 1024;

Value stop_task_api(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const std::string reason = in.string("reason");
  if (reason.size() > reason_max)
    throw invalid_parameter(cat("reason can have at most ", reason_max, " characters."));
  const Task* task = ctx.view<Task>(task_arn(ctx, cluster.id, in.string("task")));
  if (!task) throw invalid_parameter("The referenced task was not found.");
  const std::string arn = task->id;
  stop_task(ctx, arn, "UserInitiated", reason.empty() ? "Task stopped by user" : reason);
  return {{"task", describe_task(ctx, *ctx.view<Task>(arn), true)}};
}

const api::HandlerRow rows[] = {{"StopTask", Writes, stop_task_api}};

}  // namespace

HandlerRows task_stop_rows() { return rows; }

std::string task_arn(const sim::Scope& scope, std::string_view cluster,
                     std::string_view id_or_arn) {
  constexpr size_t id_max = 36;
  if (id_or_arn.empty()) throw invalid_parameter("taskId cannot be empty.");
  const std::string id = id_in(scope, cluster, "task", id_or_arn);
  if (id.size() > id_max) throw invalid_parameter(cat("taskId longer than ", id_max, "."));
  return scope.arn("ecs", cat("task/", cluster, '/', id));
}

}  // namespace squall::ecs
