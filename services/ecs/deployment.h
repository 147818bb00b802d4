// Records behind a service's deployments: what was deployed, how it went, and task sets.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/ecs/ecs.h"

namespace squall::ecs {

/// What a service ran at a moment: never changes once made.
struct ServiceRevision {
  static constexpr std::string_view kind = "ecs:service-revision";
  std::string id;  // the ARN
  std::string service, cluster;
  RunSpec spec;  // its load balancers are the target groups chosen for this revision
  Time created{};
  std::vector<std::string> index_keys() const { return {"service:" + service}; }
  SQUALL_FIELDS(id, service, cluster, spec, created)
};

struct HookRun {
  std::string id, target_type, target_arn, status, timeout_action, stage;
  std::optional<Time> expires;
  SQUALL_FIELDS(id, target_type, target_arn, status, timeout_action, stage, expires)
};

struct RevisionSummary {
  std::string arn;
  int64_t requested = 0, running = 0, pending = 0;
  SQUALL_FIELDS(arn, requested, running, pending)
};

/// How the change from some revisions to another went.
struct ServiceDeployment {
  static constexpr std::string_view kind = "ecs:service-deployment";
  std::string id;  // the ARN
  std::string service, cluster;
  std::string deployment;  // Deployment::id of what it brings in
  std::string status = "PENDING", reason, stage;
  std::vector<RevisionSummary> sources;
  RevisionSummary target;
  double production_weight = 0, test_weight = 0;  // of the target, in percent
  Time stage_since{};
  int64_t step = 0;  // of a linear or canary shift
  std::vector<HookRun> hooks;
  std::string configuration_json;  // DeploymentConfiguration as it was
  std::string breaker_status = "DISABLED", alarm_status = "DISABLED";
  int64_t failures = 0, threshold = 0;
  std::vector<std::string> alarms, triggered_alarms;
  std::string rollback_reason, rollback_revision;
  std::optional<Time> rollback_started, started, finished, stopped;
  Time created{}, updated{};
  std::vector<std::string> index_keys() const { return {"service:" + service}; }
  SQUALL_FIELDS(id, service, cluster, deployment, status, reason, stage, sources, target,
                production_weight, test_weight, stage_since, step, hooks, configuration_json,
                breaker_status, alarm_status, failures, threshold, alarms, triggered_alarms,
                rollback_reason, rollback_revision, rollback_started, started, finished, stopped,
                created, updated)
};

/// Of services whose deployments are somebody else's: controllers EXTERNAL and CODE_DEPLOY.
struct TaskSet {
  static constexpr std::string_view kind = "ecs:task-set";
  std::string id;                                                            // the ARN
  std::string short_id;                                                      // "ecs-svc/..."
  std::string service, cluster, external_id, started_by, status = "ACTIVE";  // PRIMARY, DRAINING
  std::string stability = "STABILIZING";
  RunSpec spec;
  double scale = 0;  // percent of the service's desired count
  int64_t desired = 0;
  Time created{}, updated{}, stability_at{};
  Tags tags;
  std::string fingerprint;
  int64_t failures_in_a_row = 0;
  std::optional<Time> retry_at, last_failure;
  std::vector<std::string> index_keys() const {
    std::vector<std::string> keys{"service:" + service, "short:" + short_id};
    for (const LoadBalancerUse& use : spec.load_balancers)
      keys.push_back("target-group:" + use.target_group_arn);
    return keys;
  }
  SQUALL_FIELDS(id, short_id, service, cluster, external_id, started_by, status, stability, spec,
                scale, desired, created, updated, stability_at, tags, fingerprint,
                failures_in_a_row, retry_at, last_failure)
};

/// What the scheduler remembers between two passes and nobody is shown.
struct SchedulerState {
  static constexpr std::string_view kind = "ecs:scheduler-state";
  static constexpr bool quiet = true;
  std::string id;  // the service's ARN
  std::string cluster;
  std::set<std::string> registered;          // tasks that an event said are targets
  std::set<std::string> unhealthy;           // tasks that an event said are unhealthy
  std::map<std::string, std::string> moves;  // AZ rebalancing: new task -> the one it replaces
  std::map<std::string, Time> avoided;       // zones where tasks failed to start, until when
  std::string waiting;                       // why no task can be placed now
  int64_t place_failures = 0;
  std::optional<Time> place_at;  // next attempt
  std::vector<std::string> index_keys() const {
    if (waiting.empty()) return {};
    return {"waiting:" + cluster};
  }
  SQUALL_FIELDS(id, cluster, registered, unhealthy, moves, avoided, waiting, place_failures,
                place_at)
};

}  // namespace squall::ecs
