// What daemons, their revisions and their deployments show.
#include <algorithm>

#include "services/ecs/managed_daemon.h"

namespace squall::ecs {
namespace {

struct Counts {
  std::map<std::string, int64_t> running, draining;  // by capacity provider
  int64_t total = 0, total_draining = 0;
};

/// Tasks of one revision on the daemon's instances.
Counts count_revision(const sim::Scope& scope, const Daemon& daemon, const std::string& revision) {
  Counts counts;
  for (const ContainerInstance* host : daemon_hosts(scope, daemon)) {
    const Task* task = daemon_task(scope, daemon, *host);
    if (!task || task->deployment != revision) continue;
    if (!is_wanted(*task)) {
      ++counts.draining[host->capacity_provider];
      ++counts.total_draining;
    } else if (task->last_status == "RUNNING") {
      ++counts.running[host->capacity_provider];
      ++counts.total;
    }
  }
  return counts;
}

int64_t at(const std::map<std::string, int64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

/// A failure among the answer's, unless the ARN or its cluster is wrong already.
Value missing_in_cluster(const sim::Scope& scope, const std::string& arn) {
  check_cluster_of(scope, arn);
  return missing(arn);
}

Value describe_current(const sim::Scope& scope, const Daemon& daemon,
                       const std::string& revision) {
  const Counts counts = count_revision(scope, daemon, revision);
  return {{"arn", revision},
          {"capacityProviders", list_of(daemon.providers,
                                        [&](const std::string& name) -> Value {
                                          return {{"arn", provider_arn(scope, name)},
                                                  {"runningCount", at(counts.running, name)}};
                                        })},
          {"totalRunningCount", counts.total}};
}

Value describe_daemon(Context& ctx, Input in) {
  const Daemon& daemon = require_daemon(ctx, in.string("daemonArn"));
  Value revisions = Value::list();
  revisions.push(describe_current(ctx, daemon, daemon.revision));
  const auto* deployment = ctx.view<DaemonDeployment>(daemon.deployment);
  if (deployment && !deployment->finished && !deployment->source.empty())
    revisions.push(describe_current(ctx, daemon, deployment->source));
  return {{"daemon",
           {{"daemonArn", daemon.id},
            {"clusterArn", ctx.arn("ecs", cat("cluster/", daemon.cluster))},
            {"status", daemon.status},
            {"currentRevisions", revisions},
            {"deploymentArn", daemon.deployment},
            {"createdAt", daemon.created},
            {"updatedAt", daemon.updated}}}};
}

Value list_daemons(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("clusterArn"));
  std::vector<std::string> wanted, arns;
  for (const std::string& arn : in.strings("capacityProviderArns"))
    wanted.push_back(name_of(arn, "capacity-provider"));
  for (const Daemon* daemon : ctx.by<Daemon>("cluster:" + cluster.id)) {
    const bool uses = wanted.empty() ||
                      std::ranges::any_of(daemon->providers, [&](const std::string& name) {
                        return std::ranges::find(wanted, name) != wanted.end();
                      });
    if (uses) arns.push_back(daemon->id);
  }
  const Slice slice = slice_of(arns, in);
  return {{"daemonSummariesList", list_of(slice.keys,
                                          [&](const std::string& arn) -> Value {
                                            const Daemon& daemon = *ctx.view<Daemon>(arn);
                                            return {{"daemonArn", daemon.id},
                                                    {"status", daemon.status},
                                                    {"createdAt", daemon.created},
                                                    {"updatedAt", daemon.updated}};
                                          })},
          {"nextToken", slice.next_token}};
}

Value describe_side(const sim::Scope& scope, const DaemonDeployment& deployment,
                    const std::string& revision) {
  Counts counts;
  if (const Daemon* daemon = scope.view<Daemon>(deployment.daemon))
    counts = count_revision(scope, *daemon, revision);
  return {{"arn", revision},
          {"capacityProviders",
           list_of(deployment.providers,
                   [&](const std::string& name) -> Value {
                     return {{"arn", provider_arn(scope, name)},
                             {"runningInstanceCount", at(counts.running, name)},
                             {"drainingInstanceCount", at(counts.draining, name)}};
                   })},
          {"totalRunningInstanceCount", counts.total},
          {"totalDrainingInstanceCount", counts.total_draining}};
}

Value describe_deployment(const sim::Scope& scope, const DaemonDeployment& d) {
  Value sources = Value::list();
  if (!d.source.empty()) sources.push(describe_side(scope, d, d.source));
  const bool over = d.finished || d.stopped;
  Value v{{"daemonDeploymentArn", d.id},
          {"clusterArn", scope.arn("ecs", cat("cluster/", d.cluster))},
          {"status", d.status}};
  if (!d.reason.empty()) v.add("statusReason", d.reason);
  v.add("targetDaemonRevision", describe_side(scope, d, d.target));
  v.add("sourceDaemonRevisions", sources);
  v.add("circuitBreaker", {{"failureCount", 0},
                           {"status", over ? "MONITORING_COMPLETE" : "MONITORING"},
                           {"threshold", 3}});
  v.add("alarms", {{"status", !d.alarms_enabled ? "DISABLED"
                              : over            ? "MONITORING_COMPLETE"
                                                : "MONITORING"},
                   {"alarmNames", d.alarms},
                   {"triggeredAlarmNames", Value::list()}});
  v.add("deploymentConfiguration",
        {{"drainPercent", d.drain_percent},
         {"alarms", {{"alarmNames", d.alarms}, {"enable", d.alarms_enabled}}},
         {"bakeTimeInMinutes", d.bake_minutes}});
  v.add("createdAt", d.created);
  v.add("startedAt", d.started);
  v.add("stoppedAt", d.stopped);
  v.add("finishedAt", d.finished);
  return v;
}

Value describe_deployments(Context& ctx, Input in) {
  const auto arns = in.strings("daemonDeploymentArns");
  if (arns.empty() || arns.size() > 20)
    throw invalid_parameter("Between 1 and 20 daemon deployments can be described at a time.");
  Value found = Value::list(), failures = Value::list();
  for (const std::string& arn : arns) {
    if (const auto* deployment = ctx.view<DaemonDeployment>(arn))
      found.push(describe_deployment(ctx, *deployment));
    else
      failures.push(missing_in_cluster(ctx, arn));
  }
  return {{"daemonDeployments", found}, {"failures", failures}};
}

Value list_deployments(Context& ctx, Input in) {
  const std::string name = in.string("daemonArn");
  const Daemon* found = ctx.view<Daemon>(name);
  if (!found) {
    check_cluster_of(ctx, name);
    throw invalid_parameter("The specified daemon wasn't found.");
  }
  const Daemon& daemon = *found;
  const auto statuses = in.strings("status");
  const Input created = in.at("createdAt");
  const auto before = created.time("before"), after = created.time("after");
  std::vector<std::string> arns;
  for (const auto* d : ctx.by<DaemonDeployment>("daemon:" + daemon.id)) {
    if (!statuses.empty() && std::ranges::find(statuses, d->status) == statuses.end()) continue;
    if ((before && d->created > *before) || (after && d->created < *after)) continue;
    arns.push_back(d->id);
  }
  const Slice slice = slice_of(arns, in);
  return {{"daemonDeployments",
           list_of(slice.keys,
                   [&](const std::string& arn) -> Value {
                     const auto& d = *ctx.view<DaemonDeployment>(arn);
                     Value v{{"daemonDeploymentArn", d.id},
                             {"daemonArn", d.daemon},
                             {"clusterArn", ctx.arn("ecs", cat("cluster/", d.cluster))},
                             {"status", d.status}};
                     if (!d.reason.empty()) v.add("statusReason", d.reason);
                     v.add("targetDaemonRevisionArn", d.target);
                     v.add("createdAt", d.created);
                     v.add("startedAt", d.started);
                     v.add("stoppedAt", d.stopped);
                     v.add("finishedAt", d.finished);
                     return v;
                   })},
          {"nextToken", slice.next_token}};
}

Value describe_revision(const sim::Scope& scope, const DaemonRevision& r) {
  Value images = Value::list();
  const auto* definition = scope.view<TaskDefinition>(r.definition);
  if (definition)
    for (const ContainerDefinition& container : definition->containers)
      images.push({{"containerName", container.name}, {"image", container.image}});
  return {{"daemonRevisionArn", r.id},
          {"clusterArn", scope.arn("ecs", cat("cluster/", r.cluster))},
          {"daemonArn", r.daemon},
          {"daemonTaskDefinitionArn", scope.arn("ecs", r.definition)},
          {"createdAt", r.created},
          {"containerImages", images},
          {"propagateTags", r.propagate_tags},
          {"enableECSManagedTags", r.managed_tags},
          {"enableExecuteCommand", r.enable_execute_command}};
}

Value describe_revisions(Context& ctx, Input in) {
  const auto arns = in.strings("daemonRevisionArns");
  if (arns.empty() || arns.size() > 20)
    throw invalid_parameter("Between 1 and 20 daemon revisions can be described at a time.");
  Value found = Value::list(), failures = Value::list();
  for (const std::string& arn : arns) {
    if (const auto* revision = ctx.view<DaemonRevision>(arn))
      found.push(describe_revision(ctx, *revision));
    else
      failures.push(missing_in_cluster(ctx, arn));
  }
  return {{"daemonRevisions", found}, {"failures", failures}};
}

const api::HandlerRow rows[] = {
    {"DescribeDaemon", Reads, describe_daemon},
    {"ListDaemons", Reads, list_daemons},
    {"DescribeDaemonDeployments", Reads, describe_deployments},
    {"ListDaemonDeployments", Reads, list_deployments},
    {"DescribeDaemonRevisions", Reads, describe_revisions},
};

}  // namespace

HandlerRows managed_daemon_view_rows() { return rows; }

}  // namespace squall::ecs
