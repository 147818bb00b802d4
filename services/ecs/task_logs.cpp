// The awslogs driver: a stream a container, `prefix/container/task-id`.
#include "services/ecs/task.h"
#include "services/logs/logs.h"

namespace squall::ecs {
namespace {

std::string option(const ContainerDefinition& container, const std::string& name) {
  const auto at = container.log_options.find(name);
  return at == container.log_options.end() ? std::string() : at->second;
}

/// Where its lines go: the region of the option, else the task's.
sim::Scope scope_of(const sim::Scope& scope, const ContainerDefinition& container) {
  const std::string region = option(container, "awslogs-region");
  return scope.in_region(region.empty() ? scope.region() : region);
}

std::string stream_of(const Task& task, const ContainerDefinition& container,
                      std::string_view runtime_id) {
  const std::string prefix = option(container, "awslogs-stream-prefix");
  return prefix.empty() ? std::string(runtime_id)
                        : cat(prefix, '/', container.name, '/', short_id(task.id));
}

std::string missing_group(const sim::Scope& scope, const Task& task,
                          const ContainerDefinition& container) {
  const std::string why =
      cat("failed to create Cloudwatch log stream: operation error CloudWatch Logs: "
          "CreateLogStream, https response error StatusCode: 400, RequestID: ",
          hex16(stable_hash(task.id)), ", ResourceNotFoundException: The specified log group does "
                                       "not exist.");
  if (!is_fargate(task))
    return cat("CannotStartContainerError: Error response from daemon: failed to initialize "
               "logging driver: ",
               why, " : log group ", option(container, "awslogs-group"), " in ", scope.region());
  return cat("ResourceInitializationError: failed to validate logger args: create stream has been "
             "retried 1 times: ",
             why, " : exit status 1");
}

}  // namespace

std::string open_logs(sim::Scope& scope, const Task& task, const TaskDefinition& definition) {
  for (const ContainerDefinition& container : definition.containers) {
    if (container.log_driver != "awslogs") continue;
    sim::Scope there = scope_of(scope, container);
    const std::string group = option(container, "awslogs-group");
    if (group.empty() || there.has<logs::LogGroup>(group)) continue;
    if (option(container, "awslogs-create-group") != "true")
      return missing_group(there, task, container);
    logs::LogGroup made;
    made.id = group;
    made.created = scope.now();
    there.add(std::move(made));
  }
  return {};
}

void log_line(sim::Scope& scope, const Task& task, std::string_view container,
              std::string message) {
  const auto* definition = scope.view<TaskDefinition>(task.definition);
  const auto* d = definition ? find_container(*definition, container) : nullptr;
  if (!d || d->log_driver != "awslogs") return;
  const Container* running = find_container(task, container);
  sim::Scope there = scope_of(scope, *d);
  logs::append(there, option(*d, "awslogs-group"),
               stream_of(task, *d, running ? running->runtime_id : ""), std::move(message),
               scope.now());
}

}  // namespace squall::ecs
