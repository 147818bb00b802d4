// What the files of ECS's tasks share: lifecycle steps, placement, network, containers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/text.h"
#include "services/ecs/registry.h"

namespace squall::ecs {

// --- task.cpp ------------------------------------------------------------------------------------
bool is_fargate(const Task& task);
inline bool is_stopped(const Task& task) { return task.last_status == "STOPPED"; }
/// "0123456789abcdef0123456789abcdef" of a task's, container's or instance's ARN.
std::string_view short_id(std::string_view arn);
bool is_zero_profile(const sim::Scope& scope);
/// A duration that a definition gives rather than a latency row: nothing in profile zero.
Duration paced(const sim::Scope& scope, Duration duration);
const ContainerDefinition* find_container(const TaskDefinition& definition, std::string_view name);
Container* find_container(Task& task, std::string_view name);
const Container* find_container(const Task& task, std::string_view name);

// --- task_size.cpp -------------------------------------------------------------------------------
/// What a task takes of a container instance.
struct TaskSize {
  int64_t cpu = 0, memory = 0, gpus = 0;
};
TaskSize size_of(const TaskDefinition& definition, const TaskRequest& request);

// --- placement.cpp -------------------------------------------------------------------------------
/// A container instance for the task, or why there is none.
std::variant<std::string, PlacementFailure> place(sim::Scope& scope, const Task& task,
                                                  const TaskDefinition& definition);
/// Takes the task's share of its instance, host ports included, and gives it back.
void take_resources(sim::Scope& scope, Task& task, const TaskDefinition& definition);
void give_back_resources(sim::Scope& scope, const Task& task);
/// Tasks that wait in PROVISIONING for an instance of their capacity provider are tried again.
EventRows placement_events();
WatchRows placement_watches();

// --- task_lifecycle.cpp --------------------------------------------------------------------------
/// Announces the new state, counts the version up.
void set_status(sim::Scope& scope, Task& task, std::string_view status);
/// The first step of a task that has just been added (or placed).
void begin_lifecycle(sim::Scope& scope, std::string_view arn);
/// The containers are all up: ACTIVATING or RUNNING.
void containers_are_up(sim::Scope& scope, std::string_view arn);
/// The containers have all ended after the task was to stop.
void containers_are_down(sim::Scope& scope, std::string_view arn);
/// TaskFailedToStart.
void fail_to_start(sim::Scope& scope, std::string_view arn, std::string_view reason);
/// Its host is no more: no draining, no SIGTERM.
void lose_host(sim::Scope& scope, std::string_view arn, std::string_view stop_code,
               std::string_view reason);
/// It is to stop: leaves the load balancers, or its containers get SIGTERM.
void begin_leaving(sim::Scope& scope, std::string_view arn);
EventRows lifecycle_events();
LatencyRows lifecycle_latencies();

// --- task_containers.cpp -------------------------------------------------------------------------
/// Starts what may start by dependsOn; when all are up, tells the lifecycle.
void start_containers(sim::Scope& scope, std::string_view arn);
/// SIGTERM in the reverse order of dependsOn; when all are down, tells the lifecycle.
void stop_containers(sim::Scope& scope, std::string_view arn);
/// Ends one container here and now.
void end_container(sim::Scope& scope, Task& task, Container& container,
                   std::optional<int64_t> exit_code, std::string_view reason);
EventRows container_events();
LatencyRows container_latencies();

// --- task_network.cpp ----------------------------------------------------------------------------
/// The subnet for a Fargate task: in the zone with fewest of its group's tasks.
std::string choose_subnet(const sim::Scope& scope, const Task& task);
/// The subnet for a task of a container instance: one of the instance's zone; empty if none.
std::string subnet_in_zone(const sim::Scope& scope, const TaskNetwork& network,
                           std::string_view zone);
/// Makes the task's interface; the answer is the reason why it could not, or empty.
std::string attach_interface(sim::Scope& scope, std::string_view arn);
void release_interface(sim::Scope& scope, Task& task);
/// With load balancers and registries of names.
void register_task(sim::Scope& scope, std::string_view arn);
void deregister_task(sim::Scope& scope, std::string_view arn);
/// Its health has changed: custom health checks in Cloud Map.
void tell_registries(sim::Scope& scope, const Task& task);
/// When the last of its targets will have drained.
Time drained_at(const sim::Scope& scope, const Task& task);

// --- task_volume.cpp -----------------------------------------------------------------------------
void attach_volume(sim::Scope& scope, std::string_view arn);
void release_volume(sim::Scope& scope, const Task& task);
Value describe_volume_attachment(const Task& task);

// --- task_logs.cpp -------------------------------------------------------------------------------
/// Why the awslogs drivers cannot start, or empty; makes groups where awslogs-create-group says so.
std::string open_logs(sim::Scope& scope, const Task& task, const TaskDefinition& definition);
void log_line(sim::Scope& scope, const Task& task, std::string_view container,
              std::string message);

// --- task_image.cpp ------------------------------------------------------------------------------
/// The image's digest; nothing if its registry does not have it.
std::optional<std::string> image_digest(const sim::Scope& scope, std::string_view image);
/// AWS's words for an image that could not be pulled.
std::string pull_error(const sim::Scope& scope, std::string_view image, bool fargate);

// --- task_monitor.cpp ----------------------------------------------------------------------------
/// Fargate's own knowledge of a zone, as late as it comes.
sim::RecordTypes lost_zone_records();
bool is_known_dark(const sim::Scope& scope, std::string_view zone);
/// Whether the task's host is without power at this moment.
bool is_host_dark(const sim::Scope& scope, const Task& task);
EventRows monitor_events();
WatchRows monitor_watches();
LatencyRows monitor_latencies();

// --- task_input.cpp ------------------------------------------------------------------------------
/// awsvpcConfiguration, checked against the network as it is and against the launch type.
TaskNetwork read_task_network(const sim::Scope& scope, const Input& in,
                              const TaskDefinition& definition, std::string_view launch_type);
/// "1.4.0", or empty off Fargate. PlatformUnknownException,
/// PlatformTaskDefinitionIncompatibilityException.
std::string read_platform_version(const Input& in, const TaskDefinition& definition,
                                  std::string_view launch_type);
/// The same of Fargate's platforms only: "LATEST" (or nothing) is the newest.
std::string platform_for(const TaskDefinition& definition, const std::string& wanted);
/// `overrides` and `volumeConfigurations` into the request.
void read_overrides(const Input& in, const TaskDefinition& definition, TaskRequest& request);
void read_volume_configurations(const Input& in, const TaskDefinition& definition,
                                TaskRequest& request);

// --- the API -------------------------------------------------------------------------------------
/// Of an ARN or an id; refuses what is neither.
std::string task_arn(const sim::Scope& scope, std::string_view cluster,
                     std::string_view id_or_arn);
Value describe_task(const sim::Scope& scope, const Task& task, bool with_tags);
HandlerRows task_run_rows();
HandlerRows task_stop_rows();
HandlerRows task_view_rows();
HandlerRows task_protection_rows();
EventRows task_protection_events();

}  // namespace squall::ecs
