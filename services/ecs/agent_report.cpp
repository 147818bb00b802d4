// Reports of agents outside the simulation (external instances, agents under test): what they say
// of containers, tasks and attachments becomes so.
#include <algorithm>

#include "services/ecs/registry.h"

namespace squall::ecs {
namespace {

constexpr std::string_view acknowledged = "ACK";

std::string task_from(const sim::Scope& scope, const Cluster& cluster, const Input& in) {
  const std::string id = in.string("task");
  if (id.empty()) throw invalid_parameter("Task cannot be empty.");
  const std::string arn = scope.arn("ecs", cat("task/", cluster.id, '/',
                                            id_in(scope, cluster.id, "task", id)));
  if (!scope.has<Task>(arn)) throw invalid_parameter("The referenced task was not found.");
  return arn;
}

std::vector<NetworkBinding> read_bindings(const Input& in) {
  std::vector<NetworkBinding> bindings;
  for (const Input& entry : in.list("networkBindings")) {
    NetworkBinding binding;
    binding.bind_ip = entry.string("bindIP", binding.bind_ip);
    binding.protocol = entry.string("protocol", binding.protocol);
    binding.container_port = entry.integer("containerPort");
    binding.host_port = entry.integer("hostPort");
    entry.ignore("containerPortRange");  // the simulation binds ports one by one
    entry.ignore("hostPortRange");
    bindings.push_back(std::move(binding));
  }
  return bindings;
}

/// One container's report, from either operation.
void report(sim::Scope& scope, const std::string& arn, const Input& in) {
  const std::string name = in.string("containerName"), status = in.string("status");
  const std::string runtime = in.string("runtimeId"), reason = in.string("reason");
  const auto exit_code = in.optional_integer("exitCode");
  auto bindings = read_bindings(in);
  const auto& containers = scope.view<Task>(arn)->containers;
  const auto found = std::ranges::find(containers, name, &Container::name);
  if (found == containers.end())
    throw invalid_parameter(cat("The referenced container was not found: ", name));
  const bool ended = found->status == "STOPPED";
  Task& task = scope.edit<Task>(arn);
  Container& container = *std::ranges::find(task.containers, name, &Container::name);
  if (!runtime.empty()) container.runtime_id = runtime;
  if (!bindings.empty()) container.bindings = std::move(bindings);
  if (status == "STOPPED" && !ended)
    container_exited(scope, arn, name, exit_code.value_or(0), reason);
}

void check_attachments(const Input& in) {
  for (const Input& attachment : in.list("attachments")) {
    const std::string status = attachment.string("status");
    if (attachment.string("attachmentArn").empty())
      throw invalid_parameter("Attachment ARN cannot be empty.");
    if (status != "ATTACHED" && status != "DETACHED" && status != "FAILED")
      throw invalid_parameter(cat("Invalid attachment status: ", status));
  }
}

Value submit_container(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  report(ctx, task_from(ctx, cluster, in), in);
  return {{"acknowledgment", acknowledged}};
}

Value submit_task(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const std::string arn = task_from(ctx, cluster, in);
  check_attachments(in);
  for (const Input& container : in.list("containers")) {
    container.ignore("imageDigest");  // the registry's word stands
    report(ctx, arn, container);
  }
  for (const Input& agent : in.list("managedAgents"))
    if (agent.string("containerName").empty() || agent.string("managedAgentName").empty() ||
        agent.string("status").empty())
      throw invalid_parameter("A managed agent needs a container, a name and a status.");
  const std::string status = in.string("status"), reason = in.string("reason");
  const auto started = in.time("pullStartedAt"), stopped = in.time("pullStoppedAt"),
             ended = in.time("executionStoppedAt");
  if (started || stopped || ended) {
    Task& task = ctx.edit<Task>(arn);
    if (started) task.pull_started = *started;
    if (stopped) task.pull_stopped = *stopped;
    if (ended) task.execution_stopped = *ended;
  }
  if (status == "STOPPED" && ctx.view<Task>(arn)->desired_status == "RUNNING")
    stop_task(ctx, arn, "EssentialContainerExited",
              reason.empty() ? std::string_view("Essential container in task exited") : reason);
  return {{"acknowledgment", acknowledged}};
}

Value submit_attachments(Context& ctx, Input in) {
  require_cluster(ctx, in.string("cluster"));
  if (in.list("attachments").empty()) throw invalid_parameter("Attachments cannot be empty.");
  check_attachments(in);
  return {{"acknowledgment", acknowledged}};
}

const api::HandlerRow rows[] = {
    {"SubmitContainerStateChange", Writes, submit_container},
    {"SubmitTaskStateChange", Writes, submit_task},
    {"SubmitAttachmentStateChanges", Writes, submit_attachments},
};

}  // namespace

HandlerRows agent_report_rows() { return rows; }

}  // namespace squall::ecs
