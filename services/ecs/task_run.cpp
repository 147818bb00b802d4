// RunTask and StartTask.
#include <algorithm>

#include "services/ecs/expression.h"
#include "services/ecs/managed_instances.h"
#include "services/ecs/scheduler.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr int64_t count_max = 10;
constexpr size_t waiting_max = 500;
constexpr size_t started_by_max = 128, token_max = 64, reference_max = 1024, hosts_max = 10;

std::string group_of(const Input& in) {
  const std::string group = in.string("group");
  if (group.starts_with("service:"))
    throw invalid_parameter("Group name cannot begin with 'service:'.");
  return group;
}

std::string started_by(const Input& in) {
  const std::string by = in.string("startedBy");
  if (by.size() > started_by_max)
    throw invalid_parameter(cat("startedBy can have at most ", started_by_max, " characters."));
  const bool valid = std::ranges::all_of(by, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_/ .:@=+").find(c) != std::string_view::npos;
  });
  if (!valid) throw invalid_parameter("startedBy contains invalid characters.");
  return by;
}

Tags tags_of(const Input& in, const TaskDefinition& definition) {
  Tags tags = read_tags(in);
  const std::string from = in.string("propagateTags");
  if (from == "SERVICE")
    throw invalid_parameter("SERVICE is not a valid value for propagateTags of a standalone "
                            "task.");
  if (from == "TASK_DEFINITION") tags.insert(definition.tags.begin(), definition.tags.end());
  return tags;
}

/// What both operations take.
TaskRequest common_request(Context& ctx, const Input& in, const Cluster& cluster,
                           const TaskDefinition& definition) {
  TaskRequest request;
  request.cluster = cluster.id;
  request.definition = definition.id;
  request.group = group_of(in);
  request.started_by = started_by(in);
  request.reference_id = in.string("referenceId");
  if (request.reference_id.size() > reference_max)
    throw invalid_parameter(cat("referenceId can have at most ", reference_max, " characters."));
  request.tags = tags_of(in, definition);
  request.managed_tags = in.boolean("enableECSManagedTags");
  request.enable_execute_command = in.boolean("enableExecuteCommand");
  if (request.enable_execute_command && definition.task_role.empty() &&
      in.at("overrides").string("taskRoleArn").empty())
    throw invalid_parameter("The task couldn't be run because a valid taskRoleArn is not being "
                            "used. Specify a valid task role in your task definition and try "
                            "again.");
  (void)ctx;
  return request;
}

void require_compatible(const TaskDefinition& definition, std::string_view launch_type) {
  if (std::ranges::find(definition.compatibilities, launch_type) ==
      definition.compatibilities.end())
    throw invalid_parameter(cat("Task definition does not support launch_type ", launch_type,
                                "."));
}

bool has_hosts(const sim::Scope& scope, const std::string& cluster) {
  return std::ranges::any_of(
      scope.by<ContainerInstance>("cluster:" + cluster),
      [](const ContainerInstance* host) { return host->status == "ACTIVE"; });
}

/// How the tasks are to be launched: by a strategy of capacity providers, or by launch type.
struct Means {
  std::vector<StrategyItem> strategy;
  std::string type = "EC2";
};

Means means_of(Context& ctx, const Input& in, const Cluster& cluster,
                 const TaskDefinition& definition) {
  Means launch;
  launch.strategy =
      read_strategy(ctx, in, "capacityProviderStrategy", cluster.capacity_providers);
  const std::string type = in.string("launchType");
  if (!type.empty() && !launch.strategy.empty())
    throw invalid_parameter("Specifying both a launch type and capacity provider strategy is not "
                            "supported. Remove one and try again.");
  if (type.empty() && launch.strategy.empty()) launch.strategy = cluster.default_strategy;
  if (!type.empty()) launch.type = type;
  if (!launch.strategy.empty() && is_fargate_provider(launch.strategy.front().provider))
    launch.type = "FARGATE";
  else if (!launch.strategy.empty() &&
           is_managed_provider(ctx, launch.strategy.front().provider))
    launch.type = "MANAGED_INSTANCES";
  require_compatible(definition, launch.type);
  return launch;
}

void check_placement(const TaskRequest& request, std::string_view launch_type) {
  for (const PlacementRule& rule : request.constraints)
    if (rule.type == "memberOf") parse_expression(rule.text);
  if (launch_type != "FARGATE") return;
  if (!request.constraints.empty())
    throw invalid_parameter("Placement constraints are not supported with FARGATE launch type.");
  if (!request.strategy.empty())
    throw invalid_parameter("Placement strategies are not supported with FARGATE launch type.");
}

Value describe_failure(const PlacementFailure& failure) {
  Value shown = Value::map();
  if (!failure.arn.empty()) shown.set("arn", failure.arn);
  shown.set("reason", failure.reason);
  if (!failure.detail.empty()) shown.set("detail", failure.detail);
  return shown;
}

/// The tasks and failures of both operations' answers.
struct Answer {
  Value tasks = Value::list(), failures = Value::list();

  void add(const sim::Scope& scope, const std::variant<std::string, PlacementFailure>& started) {
    if (const auto* arn = std::get_if<std::string>(&started))
      tasks.push(describe_task(scope, *scope.view<Task>(*arn), true));
    else
      failures.push(describe_failure(std::get<PlacementFailure>(started)));
  }
  Value value() const { return {{"tasks", tasks}, {"failures", failures}}; }
};

/// The answer of an earlier request with the same token; nothing if this one is new.
std::optional<Value> earlier(const sim::Scope& scope, const TaskRequest& request) {
  if (request.client_token.empty()) return std::nullopt;
  Answer answer;
  for (const Task* task : scope.by<Task>("token:" + request.client_token)) {
    if (task->client_token_digest != request.client_token_digest ||
        task->cluster != request.cluster)
      throw AwsError{"ConflictException",
                     "The RunTask request could not be processed due to conflicts. The provided "
                     "clientToken is already in use with a different RunTask request."};
    answer.tasks.push(describe_task(scope, *task, true));
  }
  if (answer.tasks.empty()) return std::nullopt;
  return answer.value();
}

void read_token(const Input& in, TaskRequest& request) {
  request.client_token = in.string("clientToken");
  if (request.client_token.size() > token_max)
    throw invalid_parameter(cat("clientToken can have at most ", token_max, " characters."));
  if (request.client_token.empty()) return;
  std::string text;
  for (const Member& member : in.value().members())
    if (member.key.text != "clientToken")
      text += cat(member.key.text, '=', to_json(member.value), '\n');
  request.client_token_digest = hex16(stable_hash(text));
}

/// "Tasks in PROVISIONING state per cluster", which those that wait for an instance are in.
void check_waiting(const sim::Scope& scope, const std::string& cluster, const Means& launch,
                   int64_t count) {
  if (launch.strategy.empty() || launch.type == "FARGATE") return;
  const size_t waiting = scope.by<Task>("waiting:" + cluster).size();
  if (waiting + static_cast<size_t>(count) > waiting_max)
    throw client_exception("Tasks provisioning capacity limit exceeded.");
}

Value run_task(Context& ctx, Input in) {
  const Cluster cluster = require_cluster(ctx, in.string("cluster"));
  const TaskDefinition definition = require_definition(ctx, in.string("taskDefinition"));
  const int64_t count = in.integer("count", 1);
  if (count < 1 || count > count_max)
    throw invalid_parameter(cat("Count should be between 1 and ", count_max, "."));
  TaskRequest request = common_request(ctx, in, cluster, definition);
  read_token(in, request);
  const Means launch = means_of(ctx, in, cluster, definition);
  request.launch_type = launch.type;
  request.network = read_task_network(ctx, in, definition, launch.type);
  request.platform_version = read_platform_version(in, definition, launch.type);
  request.constraints = read_placement_constraints(in);
  request.strategy = read_placement_strategy(in);
  check_placement(request, launch.type);
  read_overrides(in, definition, request);
  read_volume_configurations(in, definition, request);
  if (auto before = earlier(ctx, request)) return *before;
  if (launch.strategy.empty() && launch.type != "FARGATE" && !has_hosts(ctx, cluster.id))
    throw invalid_parameter("No Container Instances were found in your cluster.");
  check_waiting(ctx, cluster.id, launch, count);
  Answer answer;
  std::map<std::string, int64_t> running;
  for (int64_t i = 0; i < count && answer.failures.empty(); ++i) {
    if (!launch.strategy.empty()) {
      request.capacity_provider = choose_provider(launch.strategy, running);
      ++running[request.capacity_provider];
    }
    answer.add(ctx, start_task(ctx, request));
  }
  return answer.value();
}

Value start_task_api(Context& ctx, Input in) {
  const Cluster cluster = require_cluster(ctx, in.string("cluster"));
  const TaskDefinition definition = require_definition(ctx, in.string("taskDefinition"));
  const auto hosts = in.strings("containerInstances");
  if (hosts.empty()) throw invalid_parameter("Container Instances cannot be empty.");
  if (hosts.size() > hosts_max)
    throw invalid_parameter(cat("Container instances can have at most ", hosts_max, " items."));
  TaskRequest request = common_request(ctx, in, cluster, definition);
  request.launch_type = "EC2";
  request.network = read_task_network(ctx, in, definition, request.launch_type);
  read_overrides(in, definition, request);
  read_volume_configurations(in, definition, request);
  Answer answer;
  for (const std::string& name : hosts) {
    const std::string arn =
        ctx.arn("ecs", cat("container-instance/", cluster.id, '/',
                           id_in(ctx, cluster.id, "container-instance", name)));
    const auto* host = ctx.view<ContainerInstance>(arn);
    if (!host || host->status == "INACTIVE") {
      answer.add(ctx, PlacementFailure{arn, host ? "INACTIVE" : "MISSING", ""});
      continue;
    }
    request.container_instance = arn;
    if (host->external) request.launch_type = "EXTERNAL";
    answer.add(ctx, start_task(ctx, request));
    request.launch_type = "EC2";
  }
  return answer.value();
}

const api::HandlerRow rows[] = {
    {"RunTask", Writes, run_task},
    {"StartTask", Writes, start_task_api},
};

}  // namespace

HandlerRows task_run_rows() { return rows; }

}  // namespace squall::ecs
