// What the files of services, deployments and task sets share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/text.h"
#include "services/ecs/deployment.h"
#include "services/ecs/internal.h"
#include "services/ecs/registry.h"

namespace squall::ecs {

HandlerRows service_rows();
HandlerRows service_update_rows();
HandlerRows service_list_rows();
HandlerRows service_deployment_rows();
HandlerRows service_deployment_stop_rows();
HandlerRows task_set_rows();
EventRows scheduler_events();
EventRows service_events();
std::span<const sim::WatchRow> scheduler_watches();
std::span<const sim::LatencyRow> scheduler_latencies();

// --- input (service_input.cpp) -------------------------------------------------------------------
std::vector<StrategyItem> read_provider_strategy(const Input& in);
TaskNetwork read_service_network(const Input& in);
std::vector<LoadBalancerUse> read_load_balancers(const Input& in);
std::vector<RegistryUse> read_registries(const Input& in);
/// volumeConfigurations, checked as those of RunTask.
void read_service_volumes(const sim::Scope& scope, const Input& in, RunSpec& spec);
std::vector<PlacementRule> read_placement_strategy(const Input& in);
std::vector<PlacementRule> read_placement_constraints(const Input& in);
Tags read_service_tags(const Input& in);
/// deploymentConfiguration, onto what the service has; defaults by its scheduling strategy.
void read_deployment_configuration(const Input& in, Service& service);
void apply_deployment_defaults(Service& service);

// --- checks (service_check.cpp) ------------------------------------------------------------------
bool is_fargate(const RunSpec& spec);
/// Resolves the launch type or the cluster's default strategy, and refuses what cannot run.
void resolve_launch(const sim::Scope& scope, const Cluster& cluster, RunSpec& spec);
void check_run_spec(const sim::Scope& scope, const Service& service, const RunSpec& spec);
void check_service(const sim::Scope& scope, const Service& service);
/// Whether nothing stands against spreading again when zones are out of balance.
bool can_rebalance(const Service& service);
/// Sets Service::namespace_arn; NamespaceNotFoundException.
void resolve_service_connect(const sim::Scope& scope, const Cluster& cluster, Service& service);

// --- records -------------------------------------------------------------------------------------
const Service& require_service(const sim::Scope& scope, std::string_view cluster,
                               std::string_view service);
const Service& require_active_service(const sim::Scope& scope, std::string_view cluster,
                                      std::string_view service);
std::string short_name(std::string_view arn_or_name);
std::string definition_arn(const sim::Scope& scope, const std::string& id);
std::string cluster_arn(const sim::Scope& scope, const std::string& id);
/// 19 digits, as ECS numbers deployments, task sets and revisions.
std::string new_number(sim::Scope& scope, std::string_view kind, std::string_view parent);

struct TaskCounts {
  int64_t running = 0, pending = 0;
};
/// Of a service's live tasks, by deployment or task set; "" is the sum.
std::map<std::string, TaskCounts> count_tasks(const sim::Scope& scope, const std::string& service);

Value describe_service(const sim::Scope& scope, const Service& service, bool with_tags);
/// "ECS" for those of Express Gateway services, else "CUSTOMER".
std::string_view resource_management(const sim::Scope& scope, const Service& service);
Value describe_task_set(const sim::Scope& scope, const TaskSet& set, bool with_tags);
Value describe_network(const TaskNetwork& network);
Value describe_load_balancers(const std::vector<LoadBalancerUse>& uses);
Value describe_registries(const std::vector<RegistryUse>& uses);
Value describe_deployment_configuration(const Service& service);
/// A namespace's ARN by its name or ARN; empty if there is none.
std::string find_namespace(const sim::Scope& scope, std::string_view name_or_arn);
Value describe_service_connect_resources(const sim::Scope& scope, const Service& service,
                                         const RunSpec& spec);
/// Makes what clients of the namespace find.
void register_service_connect(sim::Scope& scope, const Service& service);
/// Once its tasks have left.
void unregister_service_connect(sim::Scope& scope, const Service& service);

/// What a task of the service registers with for it.
std::vector<RegistryUse> connect_registries(const sim::Scope& scope, const Service& service,
                                            const RunSpec& spec);

/// "(service web) has reached a steady state.": without the service's name.
void add_event(sim::Scope& scope, const Service& service, std::string_view text);

// --- deployments (deployment.cpp) ----------------------------------------------------------------
/// The service's spec becomes its newest deployment, the primary one.
void begin_deployment(sim::Scope& scope, Service& service, std::string_view reason);
Deployment* primary_of(Service& service);
const Deployment* primary_of(const Service& service);
void complete_deployment(sim::Scope& scope, Service& service);
/// Fails the primary deployment and, if asked for and possible, goes back to the last good one.
/// cause: "tasks failed to start." and the like; by: "ECS deployment circuit breaker".
void fail_deployment(sim::Scope& scope, Service& service, std::string_view by,
                     std::string_view cause, bool rollback);
/// Starts the way back; false if there is nothing to go back to.
bool roll_back(sim::Scope& scope, Service& service, std::string_view by, std::string_view cause);
/// Its events, revisions and records of deployments, with it or before it is made anew.
void forget_history(sim::Scope& scope, const std::string& service);
void announce_rollout(sim::Scope& scope, const Service& service, const Deployment& deployment);
ServiceDeployment* edit_record(sim::Scope& scope, const Deployment& deployment);
const ServiceDeployment* record_of(const sim::Scope& scope, const Deployment& deployment);
/// What is under way ends with the service.
void close_deployments(sim::Scope& scope, const Service& service);
/// How many failures in a row trip the breaker.
int64_t breaker_threshold(int64_t desired);

// --- the scheduler -------------------------------------------------------------------------------
/// Runs the service's pass soon (at once where lifecycles take no time).
void wake_service(sim::Scope& scope, const std::string& service);
void wake_service_at(sim::Scope& scope, const std::string& service, Time time);

/// A live task as a pass sees it. `task` is as it was when the pass began.
struct LiveTask {
  const Task* task = nullptr;
  bool stopping = false;   // desired STOPPED: it only has to leave
  bool running = false;
  bool healthy = false;    // running and passing every check it has
  bool failing = false;    // a check says no, and grace is over
  bool draining = false;   // its container instance is to be emptied
  bool held = false;       // protected from scale-in and deployments
  std::string complaint;   // why it is failing, in ECS's words
};

/// One look at a service and what is done about it. Edits nothing unless something is to do.
struct Pass {
  Pass(sim::Scope& s, const std::string& service_id);
  const Service& service() const { return *scope.view<Service>(id); }
  Service& edit() { return scope.edit<Service>(id); }
  const SchedulerState& state() const { return *state_; }
  SchedulerState& edit_state();
  Time now() const { return scope.now(); }

  sim::Scope& scope;
  const std::string id;         // the service's
  std::vector<LiveTask> tasks;  // not stopped, in order of ids
  bool acted = false;           // something was started, stopped or changed

 private:
  const SchedulerState* state_;
  SchedulerState none_;
};

void load_tasks(Pass& pass);
/// What to run and for whom: of a deployment or a task set.
struct Launch {
  const RunSpec* spec = nullptr;
  std::string id;            // Deployment::id or TaskSet::short_id
  std::string zone, instance;  // only there, if set
  int64_t count = 0;
};
/// Starts up to `count` tasks (a batch at most); tells of them in one event. Returns their ARNs.
std::vector<std::string> start_tasks(Pass& pass, const Launch& launch);
/// Stops them all and tells of it.
void stop_tasks(Pass& pass, const std::vector<const LiveTask*>& tasks, std::string_view reason);
/// Whether start failures forbid another attempt now; wakes the pass when they no longer do.
bool is_held_back(Pass& pass, const std::optional<Time>& retry_at);
/// Tasks fail to start there: other zones come first for some minutes.
void avoid_zone(sim::Scope& scope, const std::string& service, const std::string& zone);
/// Up to `count` of the candidates, those first that are the least loss.
std::vector<const LiveTask*> choose_stops(std::vector<const LiveTask*> candidates, int64_t count);
/// One failure of the deployment that brought the task.
void note_failure(sim::Scope& scope, const std::string& service, const std::string& deployment,
                  Time task_created, bool never_ran);
void announce_targets(Pass& pass);
void announce_health(Pass& pass);

/// The service is DRAINING: its tasks leave, then it is INACTIVE.
void finish_draining(Pass& pass);
void add_first_task_set(sim::Scope& scope, const Service& service);
void run_rolling(Pass& pass);
void run_daemon(Pass& pass);
void run_task_sets(Pass& pass);
/// False if the service has no such deployment under way.
bool run_blue_green(Pass& pass);
/// Blue/green: the target groups that the next revision's tasks go to.
void choose_target_groups(const sim::Scope& scope, const Service& service, RunSpec& spec);
void balance_zones(Pass& pass);
/// Breaker and alarms: may turn the deployment round.
void guard_deployment(Pass& pass);
/// Steady states and completed deployments.
void settle(Pass& pass);

}  // namespace squall::ecs
