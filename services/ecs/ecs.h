// Elastic Container Service's public face: its records, and what other rooms may ask of it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::ecs {

const api::ServiceDefinition& service();

struct Attribute {
  std::string name, value;
  SQUALL_FIELDS(name, value)
};

struct StrategyItem {  // of a capacity provider strategy
  std::string provider;
  int64_t weight = 0, base = 0;
  SQUALL_FIELDS(provider, weight, base)
};

struct Cluster {
  static constexpr std::string_view kind = "ecs:cluster";
  std::string id;  // the name
  std::string arn, status = "ACTIVE", configuration_json, service_connect_namespace,
              attachments_status;
  std::map<std::string, std::string> settings;  // containerInsights: disabled, enabled, enhanced
  std::vector<std::string> capacity_providers;
  std::vector<StrategyItem> default_strategy;
  Tags tags;
  SQUALL_FIELDS(id, arn, status, configuration_json, service_connect_namespace,
                attachments_status, settings, capacity_providers, default_strategy, tags)
};

/// An Auto Scaling group's provider, or managed instances. FARGATE and FARGATE_SPOT are no records.
struct CapacityProvider {
  static constexpr std::string_view kind = "ecs:capacity-provider";
  std::string id;  // the name
  std::string arn, status = "ACTIVE", update_status, update_status_reason, type, cluster;
  std::string group_arn, group_name;
  bool managed_scaling = false, termination_protection = false, managed_draining = true;
  int64_t target_capacity = 100, min_step = 1, max_step = 10000, warmup_s = 300;
  std::string scaling_policy_arn;     // of the group's target tracking policy
  std::string managed_instances_json;
  Tags tags;
  std::vector<std::string> index_keys() const { return {"group:" + group_name}; }
  SQUALL_FIELDS(id, arn, status, update_status, update_status_reason, type, cluster, group_arn,
                group_name, managed_scaling, termination_protection, managed_draining,
                target_capacity, min_step, max_step, warmup_s, scaling_policy_arn,
                managed_instances_json, tags)
};

struct PortMapping {
  int64_t container_port = 0, host_port = 0;  // host_port 0: dynamic (bridge)
  std::string protocol = "tcp", name, app_protocol;
  SQUALL_FIELDS(container_port, host_port, protocol, name, app_protocol)
};

struct Dependency {
  std::string container, condition;  // START, COMPLETE, SUCCESS, HEALTHY
  SQUALL_FIELDS(container, condition)
};

struct ContainerHealthCheck {
  int64_t interval_s = 30, timeout_s = 5, retries = 3, start_period_s = 0;
  SQUALL_FIELDS(interval_s, timeout_s, retries, start_period_s)
};

/// What the simulation acts on; every other field is in TaskDefinition::document_json.
struct ContainerDefinition {
  std::string name, image;
  int64_t cpu = 0, memory = 0, memory_reservation = 0, gpus = 0;  // CPU units, MiB
  bool essential = true;
  std::vector<PortMapping> ports;
  std::vector<Dependency> depends_on;
  std::optional<ContainerHealthCheck> health_check;
  std::optional<int64_t> start_timeout_s, stop_timeout_s;
  std::string log_driver;
  std::map<std::string, std::string> log_options;
  SQUALL_FIELDS(name, image, cpu, memory, memory_reservation, gpus, essential, ports, depends_on,
                health_check, start_timeout_s, stop_timeout_s, log_driver, log_options)
};

struct TaskDefinition {
  static constexpr std::string_view kind = "ecs:task-definition";
  std::string id;  // "family:revision"
  std::string arn, family, status = "ACTIVE";  // INACTIVE, DELETE_IN_PROGRESS
  int64_t revision = 0;
  std::string document_json;  // the TaskDefinition shape's members as Describe answers them, but
                              // for those that are fields here
  std::string network_mode;   // awsvpc, bridge, host, none; empty: not given (bridge)
  int64_t cpu = 0, memory = 0;  // of the task, CPU units and MiB; 0: not given
  std::string execution_role, task_role, os_family, cpu_architecture;
  std::vector<std::string> compatibilities, requires_compatibilities;
  std::vector<Attribute> requires_attributes;
  std::vector<std::pair<std::string, std::string>> constraints;  // type, expression
  std::vector<ContainerDefinition> containers;
  Time registered{};
  std::optional<Time> deregistered, delete_requested;
  Tags tags;
  std::vector<std::string> index_keys() const { return {"family:" + family}; }
  SQUALL_FIELDS(id, arn, family, status, revision, document_json, network_mode, cpu, memory,
                execution_role, task_role, os_family, cpu_architecture, compatibilities,
                requires_compatibilities, requires_attributes, constraints, containers, registered,
                deregistered, delete_requested, tags)
};

struct HostPort {
  int64_t port = 0;
  std::string protocol = "tcp";
  SQUALL_FIELDS(port, protocol)
};

struct ContainerInstance {
  static constexpr std::string_view kind = "ecs:container-instance";
  std::string id;  // the ARN
  std::string cluster, instance_id, capacity_provider, zone, instance_type;
  std::string status = "ACTIVE";  // REGISTERING, DRAINING, DEREGISTERING, INACTIVE
  std::string status_reason, agent_version, agent_hash, docker_version, agent_update_status;
  bool agent_connected = true, external = false;
  int64_t version = 1, cpu = 0, memory = 0, gpus = 0;             // registered
  int64_t cpu_left = 0, memory_left = 0, gpus_left = 0;           // remaining
  std::vector<HostPort> reserved_ports, used_ports;  // of the host itself; of its tasks
  std::vector<Attribute> attributes;
  int64_t interfaces_left = 0;  // awsvpc tasks it can still take
  Time registered{};
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"cluster:" + cluster, "instance:" + instance_id};
  }
  SQUALL_FIELDS(id, cluster, instance_id, capacity_provider, zone, instance_type, status,
                status_reason, agent_version, agent_hash, docker_version, agent_update_status,
                agent_connected, external, version, cpu, memory, gpus, cpu_left, memory_left,
                gpus_left, reserved_ports, used_ports, attributes, interfaces_left, registered,
                tags)
};

struct NetworkBinding {
  std::string bind_ip = "0.0.0.0", protocol = "tcp";
  int64_t container_port = 0, host_port = 0;
  SQUALL_FIELDS(bind_ip, protocol, container_port, host_port)
};

struct Container {
  std::string arn, name, image, image_digest, runtime_id, status = "PENDING", reason, health;
  std::optional<int64_t> exit_code;
  std::vector<NetworkBinding> bindings;
  std::optional<Time> started, finished;
  bool signalled = false;  // has had its SIGTERM
  SQUALL_FIELDS(arn, name, image, image_digest, runtime_id, status, reason, health, exit_code,
                bindings, started, finished, signalled)
};

/// type: spread, binpack, random. Constraints: distinctInstance, memberOf.
struct PlacementRule {
  std::string type, text;  // field or expression
  SQUALL_FIELDS(type, text)
};

/// awsvpcConfiguration.
struct TaskNetwork {
  std::vector<std::string> subnets, groups;
  bool public_ip = false;
  SQUALL_FIELDS(subnets, groups, public_ip)
};

/// A service's wish to be behind a load balancer; a task registers at ACTIVATING and leaves at
/// DEACTIVATING.
struct LoadBalancerUse {
  std::string target_group_arn, load_balancer_name, container;
  int64_t container_port = 0;
  std::string advanced_json;  // blue/green: alternate group, listener rules, role
  SQUALL_FIELDS(target_group_arn, load_balancer_name, container, container_port, advanced_json)
};

struct RegistryUse {  // of Cloud Map
  std::string registry_arn, container;
  int64_t port = 0, container_port = 0;
  SQUALL_FIELDS(registry_arn, container, port, container_port)
};

struct Task {
  static constexpr std::string_view kind = "ecs:task";
  std::string id;  // the ARN
  std::string cluster, definition;    // Cluster::id, TaskDefinition::id
  std::string group, started_by;      // "service:NAME" or "family:NAME"
  std::string service, deployment;    // Service::id and the deployment or task set it belongs to
  std::string launch_type, capacity_provider, platform_version, platform_family;
  std::string last_status = "PROVISIONING", desired_status = "RUNNING", health = "UNKNOWN";
  std::string container_instance, zone;                 // ContainerInstance::id
  std::string interface_id, private_ip, subnet_id, mac, private_dns_name, attachment_id;
  std::string stop_code, stopped_reason;
  std::string overrides_json, volumes_json, reference_id;
  int64_t cpu = 0, memory = 0, ephemeral_gib = 0, version = 1;
  std::vector<Container> containers;
  std::vector<LoadBalancerUse> load_balancers;
  std::vector<RegistryUse> registries;
  TaskNetwork network;
  std::vector<std::string> targets;  // "target-group-arn id port", as registered
  bool enable_execute_command = false, is_protected = false;
  std::optional<Time> protected_until;
  Time created{};
  std::optional<Time> connected, pull_started, pull_stopped, started, stopping, execution_stopped,
      stopped;
  Tags tags;
  std::string connectivity;  // CONNECTED, DISCONNECTED; empty until it was ever connected
  std::vector<PlacementRule> strategy, constraints;  // while it waits for capacity
  std::string client_token, client_token_digest;
  bool failure_counted = false;  // by its service's scheduler
  bool held = false;  // a step waits for its host's power
  std::string volume_id, volume_attachment_id;  // of EBS, configured at launch
  bool lost = false;  // its host lost power: its containers are dead, known to nobody but physics
  /// cluster:, service:, deployment:, definition:, status:CLUSTER/STATUS always;
  /// group:CLUSTER/GROUP, live:SERVICE, instance:, interface: only while it is not STOPPED;
  /// waiting:CLUSTER while it has no container instance yet; runtime:ID of its containers.
  std::vector<std::string> index_keys() const;
  SQUALL_FIELDS(id, cluster, definition, group, started_by, service, deployment, launch_type,
                capacity_provider, platform_version, platform_family, last_status, desired_status,
                health, container_instance, zone, interface_id, private_ip, subnet_id, mac,
                private_dns_name, attachment_id, stop_code, stopped_reason, overrides_json,
                volumes_json, reference_id, cpu, memory, ephemeral_gib, version, containers,
                load_balancers, registries, network, targets, enable_execute_command,
                is_protected, protected_until, created, connected, pull_started, pull_stopped,
                started, stopping, execution_stopped, stopped, tags, connectivity, strategy,
                constraints, client_token, client_token_digest, failure_counted, held,
                volume_id, volume_attachment_id, lost)
};

/// What a deployment or a task set runs: the part of a service that a revision freezes.
struct RunSpec {
  std::string definition, launch_type, platform_version, platform_family;
  std::vector<StrategyItem> strategy;
  TaskNetwork network;
  std::vector<LoadBalancerUse> load_balancers;
  std::vector<RegistryUse> registries;
  std::string service_connect_json, volumes_json, lattice_json;
  SQUALL_FIELDS(definition, launch_type, platform_version, platform_family, strategy, network,
                load_balancers, registries, service_connect_json, volumes_json, lattice_json)
};

/// One of a service's deployments: PRIMARY, ACTIVE (being replaced), INACTIVE.
struct Deployment {
  std::string id;  // "ecs-svc/..."
  std::string status = "PRIMARY", rollout_state = "IN_PROGRESS", rollout_reason, revision_arn,
              deployment_arn;  // ServiceRevision::id, ServiceDeployment::id
  RunSpec spec;
  int64_t desired = 0, failed = 0;
  int64_t failures_in_a_row = 0;  // never RUNNING: start-failure back-off
  std::optional<Time> retry_at;
  Time created{}, updated{};
  std::optional<Time> last_failure;
  SQUALL_FIELDS(id, status, rollout_state, rollout_reason, revision_arn, deployment_arn, spec,
                desired, failed, failures_in_a_row, retry_at, created, updated, last_failure)
};

struct Service {
  static constexpr std::string_view kind = "ecs:service";
  std::string id;  // the ARN
  std::string name, cluster, status = "ACTIVE";  // DRAINING, INACTIVE
  std::string scheduling = "REPLICA", controller = "ECS", role_arn, created_by,
              propagate_tags = "NONE", zone_rebalancing = "DISABLED";
  int64_t desired = 0, grace_s = 0;
  std::optional<int64_t> maximum_percent, minimum_healthy_percent;
  bool circuit_breaker = false, circuit_rollback = false;
  bool alarms_enabled = false, alarms_rollback = false;
  std::vector<std::string> alarms;
  std::string strategy = "ROLLING", strategy_json;  // blue/green, linear, canary and their hooks
  int64_t bake_minutes = 0;
  bool enable_execute_command = false, managed_tags = false;
  RunSpec spec;                         // what the next deployment would run
  std::vector<Deployment> deployments;  // newest first; controller ECS
  std::vector<PlacementRule> placement_strategy, placement_constraints;
  bool steady = false;
  Time created{};
  Tags tags;
  std::string namespace_arn;  // of Service Connect
  std::string fingerprint;    // of what CreateService asked for: the same again is no error
  std::vector<std::string> index_keys() const;  // cluster:, name:CLUSTER/NAME, definition:,
                                                // target-group:, namespace:, alarm:,
                                                // daemon:CLUSTER
  SQUALL_FIELDS(id, name, cluster, status, scheduling, controller, role_arn, created_by,
                propagate_tags, zone_rebalancing, desired, grace_s, maximum_percent,
                minimum_healthy_percent, circuit_breaker, circuit_rollback, alarms_enabled,
                alarms_rollback, alarms, strategy, strategy_json, bake_minutes,
                enable_execute_command, managed_tags, spec, deployments, placement_strategy,
                placement_constraints, steady, created, tags, namespace_arn, fingerprint)
};

/// The last hundred of a service are shown.
struct ServiceEvent {
  static constexpr std::string_view kind = "ecs:service-event";
  std::string id;  // service ARN, then a zero-padded ordinal
  std::string service, event_id, message;
  Time created{};
  std::vector<std::string> index_keys() const { return {"service:" + service}; }
  SQUALL_FIELDS(id, service, event_id, message, created)
};

/// desiredCount, for Application Auto Scaling and the API. Throws ECS's errors.
void set_desired_count(sim::Scope& scope, std::string_view cluster, std::string_view service,
                       int64_t desired);
/// nullptr if there is none; by short names or ARNs.
const Service* find_service(const sim::Scope& scope, std::string_view cluster,
                            std::string_view service);
struct ConnectEnd {
  std::string ip;
  int64_t port = 0;
};
/// The tasks to which the Service Connect proxy beside a task of `caller` (a service's ARN) takes a
/// connection to `host`:`port`; nullopt where that is no client alias in the caller's namespace, or
/// the caller has no proxy: then the name is DNS's.
std::optional<std::vector<ConnectEnd>> connect_ends(const sim::Scope& scope,
                                                    std::string_view caller,
                                                    std::string_view host, int64_t port);
/// Stops a task as the API, a scheduler or a fault would. stop_code: UserInitiated,
/// ServiceSchedulerInitiated, EssentialContainerExited, TaskFailedToStart, SpotInterruption,
/// TerminationNotice.
void stop_task(sim::Scope& scope, std::string_view task_arn, std::string_view stop_code,
               std::string_view reason);
/// A container of the task ends by itself (a fault, a failing program): an essential one takes the
/// task with it, exit code and reason as ECS reports them.
void container_exited(sim::Scope& scope, std::string_view task_arn, std::string_view container,
                      int64_t exit_code, std::string_view reason);
/// What a container's own health check finds: HEALTHY or UNHEALTHY. The task's health is the worst
/// of its essential containers'.
void set_container_health(sim::Scope& scope, std::string_view task_arn, std::string_view container,
                          std::string_view health);
/// The task metadata endpoint's documents (version 4): "" (the container named), "/task", "/stats",
/// "/task/stats". Empty if there is no such task or container.
std::string task_metadata_json(const sim::Scope& scope, std::string_view task_arn,
                               std::string_view container, std::string_view path);
/// The same by "RUNTIME-ID", "RUNTIME-ID/task", ...: what ECS_CONTAINER_METADATA_URI_V4 ends with.
std::string task_metadata_document(const sim::Scope& scope, std::string_view path);

}  // namespace squall::ecs
