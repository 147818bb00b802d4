// Scale-in protection of a service's tasks.
#include <algorithm>

#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr int64_t expires_default_min = 120, expires_max_min = 2880;
constexpr size_t tasks_max = 10;

Value describe_protection(const Task& task) {
  Value shown{{"taskArn", task.id}, {"protectionEnabled", task.is_protected}};
  if (task.is_protected && task.protected_until)
    shown.set("expirationDate", *task.protected_until);
  return shown;
}

Value failure(std::string_view arn, std::string_view reason, std::string_view detail) {
  Value shown{{"arn", arn}, {"reason", reason}};
  if (!detail.empty()) shown.set("detail", detail);
  return shown;
}

/// Why the task has no protection to speak of, or absent.
Value refusal(const Task* task, const std::string& arn) {
  if (!task) return failure(arn, "TASK_NOT_FOUND", "The specified task wasn't found.");
  if (task->service.empty())
    return failure(arn, "TASK_NOT_VALID",
                   "The specified task isn't part of an Amazon ECS service.");
  if (!is_wanted(*task))
    return failure(arn, "TASK_NOT_VALID", "The specified task is stopping or stopped.");
  return {};
}

void check_count(const std::vector<std::string>& tasks) {
  if (tasks.size() > tasks_max)
    throw invalid_parameter(cat("Tasks can have at most ", tasks_max, " elements."));
}

Value get_task_protection(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto names = in.strings("tasks");
  check_count(names);
  Value shown = Value::list(), failures = Value::list();
  for (const std::string& name : names) {
    const std::string arn = task_arn(ctx, cluster.id, name);
    const Task* task = ctx.view<Task>(arn);
    if (Value no = refusal(task, arn); !no.is_absent())
      failures.push(no);
    else
      shown.push(describe_protection(*task));
  }
  if (names.empty())
    for (const Task* task : ctx.by<Task>("cluster:" + cluster.id))
      if (task->is_protected && is_wanted(*task)) shown.push(describe_protection(*task));
  return {{"protectedTasks", shown}, {"failures", failures}};
}

Value update_task_protection(Context& ctx, Input in) {
  const Cluster cluster = require_cluster(ctx, in.string("cluster"));
  const auto names = in.strings("tasks");
  if (names.empty()) throw invalid_parameter("Tasks cannot be empty.");
  check_count(names);
  const bool enabled = in.boolean("protectionEnabled");
  const auto minutes = in.optional_integer("expiresInMinutes");
  if (minutes && (*minutes < 1 || *minutes > expires_max_min))
    throw invalid_parameter(cat("expiresInMinutes must be between 1 and ", expires_max_min, "."));
  Value shown = Value::list(), failures = Value::list();
  for (const std::string& name : names) {
    const std::string arn = task_arn(ctx, cluster.id, name);
    if (Value no = refusal(ctx.view<Task>(arn), arn); !no.is_absent()) {
      failures.push(no);
      continue;
    }
    Task& task = ctx.edit<Task>(arn);
    task.is_protected = enabled;
    task.protected_until.reset();
    if (enabled) {
      task.protected_until =
          ctx.now() + std::chrono::minutes(minutes.value_or(expires_default_min));
      ctx.at(*task.protected_until, "ecs.task.unprotected", arn);
    }
    shown.push(describe_protection(task));
  }
  return {{"protectedTasks", shown}, {"failures", failures}};
}

void unprotected(sim::Scope& scope, const sim::Event& event) {
  const Task* found = scope.view<Task>(event.subject);
  if (!found || !found->protected_until || *found->protected_until > scope.now()) return;
  Task& task = scope.edit<Task>(event.subject);
  task.is_protected = false;
  task.protected_until.reset();
}

const api::HandlerRow rows[] = {
    {"GetTaskProtection", Reads, get_task_protection},
    {"UpdateTaskProtection", Writes, update_task_protection},
};
const sim::EventRow events[] = {{"ecs.task.unprotected", unprotected}};

}  // namespace

HandlerRows task_protection_rows() { return rows; }
EventRows task_protection_events() { return events; }

}  // namespace squall::ecs
