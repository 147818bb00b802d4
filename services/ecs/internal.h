// What ECS's files share among themselves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/api/input.h"
#include "services/ecs/ecs.h"
#include "services/ecs/errors.h"

namespace squall::ecs {

using api::Context;
using api::Input;
using HandlerRows = std::span<const api::HandlerRow>;
using EventRows = std::span<const sim::EventRow>;

// --- clusters, task definitions, container instances (their own files) -----------------------
/// By name or ARN; empty: "default". ClusterNotFoundException.
const Cluster& require_cluster(const sim::Scope& scope, std::string_view name_or_arn);
/// By family, family:revision or ARN; the newest active revision of a family.
const TaskDefinition& require_definition(const sim::Scope& scope, std::string_view name);
const ContainerInstance& require_instance(const sim::Scope& scope, const Cluster& cluster,
                                          std::string_view id_or_arn);

// --- tasks ---------------------------------------------------------------------------------------
/// What RunTask, StartTask, a service's scheduler, a daemon and a task set ask for.
struct TaskRequest {
  std::string cluster, definition;  // Cluster::id, TaskDefinition::id
  std::string group, started_by, service, deployment;
  std::string launch_type, platform_version;
  std::string capacity_provider;   // chosen already; empty: by launch type
  std::string container_instance;  // StartTask and daemons: placed there
  TaskNetwork network;
  std::vector<LoadBalancerUse> load_balancers;
  std::vector<RegistryUse> registries;
  std::vector<PlacementRule> strategy, constraints;
  std::string overrides_json, volumes_json, reference_id, zone;  // zone: only there, if set
  std::optional<int64_t> cpu, memory, ephemeral_gib;             // overrides
  bool enable_execute_command = false;
  Tags tags;
  bool managed_tags = false;  // adds aws:ecs:clusterName and aws:ecs:serviceName
  std::string client_token, client_token_digest;
};
/// As DescribeTasks and RunTask list failures: "RESOURCE:MEMORY", "AGENT", "ATTRIBUTE", ...
struct PlacementFailure {
  std::string arn, reason, detail;
};
/// The new task's ARN, or why it could not be placed.
std::variant<std::string, PlacementFailure> start_task(sim::Scope& scope,
                                                       const TaskRequest& request);
/// Picks from a capacity provider strategy by base and weight, given what runs already.
std::string choose_provider(const std::vector<StrategyItem>& strategy,
                            const std::map<std::string, int64_t>& running);

/// The host went away (terminated, deregistered by force): its tasks are STOPPED at once.
void lose_tasks_of(sim::Scope& scope, std::string_view container_instance,
                   std::string_view stop_code, std::string_view reason);
/// Not STOPPED and not on its way there.
inline bool is_wanted(const Task& task) { return task.desired_status == "RUNNING"; }

}  // namespace squall::ecs
