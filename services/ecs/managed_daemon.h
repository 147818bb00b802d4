// Daemons: one task on every container instance of some capacity providers, kept by ECS itself.
#pragma once

#include "services/ecs/registry.h"

namespace squall::ecs {

struct Daemon {
  static constexpr std::string_view kind = "ecs:daemon";
  std::string id;  // the ARN
  std::string name, cluster, status = "ACTIVE";  // DELETE_IN_PROGRESS
  std::string revision, deployment;              // the newest of each
  std::vector<std::string> providers;            // names
  double drain_percent = 25;
  std::vector<std::string> alarms;
  bool alarms_enabled = false, managed_tags = false, enable_execute_command = false;
  int64_t bake_minutes = 0;
  std::string propagate_tags = "NONE", client_token;
  Time created{}, updated{};
  Tags tags;
  std::vector<std::string> index_keys() const { return {"cluster:" + cluster}; }
  SQUALL_FIELDS(id, name, cluster, status, revision, deployment, providers, drain_percent, alarms,
                alarms_enabled, managed_tags, enable_execute_command, bake_minutes, propagate_tags,
                client_token, created, updated, tags)
};

/// What a daemon ran from some time on.
struct DaemonRevision {
  static constexpr std::string_view kind = "ecs:daemon-revision";
  std::string id;  // the ARN
  std::string daemon, cluster, definition;  // Daemon::id, Cluster::id, TaskDefinition::id
  std::string propagate_tags;
  bool managed_tags = false, enable_execute_command = false;
  Time created{};
  SQUALL_FIELDS(id, daemon, cluster, definition, propagate_tags, managed_tags,
                enable_execute_command, created)
};

struct DaemonDeployment {
  static constexpr std::string_view kind = "ecs:daemon-deployment";
  std::string id;  // the ARN
  std::string daemon, cluster, target, source;  // revisions; no source the first time
  std::string status = "PENDING", reason;
  std::vector<std::string> providers, alarms;
  bool alarms_enabled = false;
  double drain_percent = 25;
  int64_t bake_minutes = 0;
  Time created{};
  std::optional<Time> started, deployed, finished, stopped;
  std::vector<std::string> index_keys() const { return {"daemon:" + daemon}; }
  SQUALL_FIELDS(id, daemon, cluster, target, source, status, reason, providers, alarms,
                alarms_enabled, drain_percent, bake_minutes, created, started, deployed, finished,
                stopped)
};

const Daemon& require_daemon(const sim::Scope& scope, const std::string& arn);
/// Instances of the daemon's providers that take tasks.
std::vector<const ContainerInstance*> daemon_hosts(const sim::Scope& scope, const Daemon& daemon);
/// The daemon's live task on the instance; nullptr if there is none.
const Task* daemon_task(const sim::Scope& scope, const Daemon& daemon,
                        const ContainerInstance& host);
std::string provider_arn(const sim::Scope& scope, std::string_view name);

}  // namespace squall::ecs
