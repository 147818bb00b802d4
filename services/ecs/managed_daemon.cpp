// Daemons: created, changed and deleted; the loop that keeps a task on every instance.
#include "services/ecs/managed_daemon.h"

#include <algorithm>
#include <set>

namespace squall::ecs {
namespace {

constexpr Duration restart_pause = 30s;

void read_configuration(const Input& in, Daemon& daemon) {
  if (const Input config = in.at("deploymentConfiguration")) {
    daemon.drain_percent = config.optional_real("drainPercent").value_or(daemon.drain_percent);
    if (daemon.drain_percent < 0 || daemon.drain_percent > 100)
      throw invalid_parameter("drainPercent must be between 0 and 100.");
    daemon.bake_minutes = config.integer("bakeTimeInMinutes", daemon.bake_minutes);
    if (daemon.bake_minutes < 0 || daemon.bake_minutes > 1440)
      throw invalid_parameter("bakeTimeInMinutes must be between 0 and 1440.");
    if (const Input alarms = config.at("alarms")) {
      daemon.alarms = alarms.strings("alarmNames");
      daemon.alarms_enabled = alarms.boolean("enable");
    }
  }
  daemon.propagate_tags = in.string("propagateTags", daemon.propagate_tags);
  daemon.managed_tags = in.boolean("enableECSManagedTags", daemon.managed_tags);
  daemon.enable_execute_command =
      in.boolean("enableExecuteCommand", daemon.enable_execute_command);
}

void read_providers(const sim::Scope& scope, const Input& in, Daemon& daemon) {
  daemon.providers.clear();
  for (const std::string& given : in.strings("capacityProviderArns")) {
    const std::string name = name_of(given, "capacity-provider");
    const CapacityProvider* provider = scope.view<CapacityProvider>(name);
    if (is_fargate_provider(name))
      throw unsupported_feature("Daemons are not supported on Fargate capacity providers.");
    if (!provider || provider->status != "ACTIVE")
      throw invalid_parameter("The specified capacity provider was not found. Specify a valid name "
                              "or ARN and try again.");
    daemon.providers.push_back(name);
  }
  if (daemon.providers.empty())
    throw invalid_parameter("At least one capacity provider must be specified.");
}

std::string definition_from(const sim::Scope& scope, const Input& in) {
  const std::string name =
      name_of(in.string("daemonTaskDefinitionArn"), "daemon-task-definition");
  const std::string id = cat(daemon_family, name);
  const TaskDefinition* found = scope.view<TaskDefinition>(id);
  if (!found || found->status != "ACTIVE")
    throw client_exception("Daemon task definition not found or not active.");
  return id;
}

/// A new revision of the daemon and the deployment that brings it.
void deploy(sim::Scope& scope, Daemon& daemon, const std::string& definition) {
  const std::string path = daemon.id.substr(daemon.id.find(":daemon/") + 8);
  DaemonRevision revision;
  revision.id = scope.arn("ecs", cat("daemon-revision/", path, '/',
                                     scope.new_hex("daemon-revision", 20, daemon.id)));
  revision.daemon = daemon.id;
  revision.cluster = daemon.cluster;
  revision.definition = definition;
  revision.propagate_tags = daemon.propagate_tags;
  revision.managed_tags = daemon.managed_tags;
  revision.enable_execute_command = daemon.enable_execute_command;
  revision.created = scope.now();
  if (const auto* last = scope.view<DaemonDeployment>(daemon.deployment))
    if (!last->finished && !last->stopped) {
      DaemonDeployment& stopped = scope.edit<DaemonDeployment>(daemon.deployment);
      stopped.status = "STOPPED";
      stopped.reason = "A new deployment of the daemon began.";
      stopped.stopped = scope.now();
    }
  DaemonDeployment made;
  made.id = scope.arn("ecs", cat("daemon-deployment/", path, '/',
                                 scope.new_hex("daemon-deployment", 20, daemon.id)));
  made.daemon = daemon.id;
  made.cluster = daemon.cluster;
  made.target = revision.id;
  made.source = daemon.revision;
  made.providers = daemon.providers;
  made.alarms = daemon.alarms;
  made.alarms_enabled = daemon.alarms_enabled;
  made.drain_percent = daemon.drain_percent;
  made.bake_minutes = daemon.bake_minutes;
  made.created = scope.now();
  daemon.revision = revision.id;
  daemon.deployment = made.id;
  daemon.updated = scope.now();
  scope.add(std::move(revision));
  scope.add(std::move(made));
  scope.at_unique(scope.now(), "ecs.daemon", daemon.id);
}

Value answer(const Daemon& daemon, bool with_updated) {
  Value v{{"daemonArn", daemon.id}, {"status", daemon.status}, {"createdAt", daemon.created}};
  if (with_updated) v.add("updatedAt", daemon.updated);
  v.add("deploymentArn", daemon.deployment);
  return v;
}

Value create(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("clusterArn"));
  Daemon daemon;
  daemon.name = in.string("daemonName");
  daemon.cluster = cluster.id;
  const bool spelt = std::ranges::all_of(daemon.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
  if (daemon.name.empty() || daemon.name.size() > 255 || !spelt)
    throw invalid_parameter("The daemon name is invalid.");
  daemon.id = ctx.arn("ecs", cat("daemon/", cluster.id, '/', daemon.name));
  daemon.client_token = in.string("clientToken");
  daemon.tags = read_tags(in);
  read_configuration(in, daemon);
  read_providers(ctx, in, daemon);
  const std::string definition = definition_from(ctx, in);
  if (const Daemon* before = ctx.view<Daemon>(daemon.id)) {
    if (!daemon.client_token.empty() && before->client_token == daemon.client_token)
      return answer(*before, false);
    throw invalid_parameter("Creation of daemon was not idempotent.");
  }
  daemon.created = ctx.now();
  deploy(ctx, daemon, definition);
  return answer(ctx.add(std::move(daemon)), false);
}

Value update(Context& ctx, Input in) {
  Daemon daemon = require_daemon(ctx, in.string("daemonArn"));
  if (daemon.status != "ACTIVE") throw daemon_not_active();
  read_configuration(in, daemon);
  read_providers(ctx, in, daemon);
  deploy(ctx, daemon, definition_from(ctx, in));
  Daemon& edited = ctx.edit<Daemon>(daemon.id);
  edited = std::move(daemon);
  return answer(edited, true);
}

Value remove(Context& ctx, Input in) {
  const Daemon& found = require_daemon(ctx, in.string("daemonArn"));
  if (found.status != "ACTIVE") throw daemon_not_active();
  Daemon& daemon = ctx.edit<Daemon>(found.id);
  daemon.status = "DELETE_IN_PROGRESS";
  daemon.updated = ctx.now();
  ctx.at_unique(ctx.now(), "ecs.daemon", daemon.id);
  return answer(daemon, true);
}

// --- the loop ----------------------------------------------------------------------------------

void start_on(sim::Scope& scope, const Daemon& daemon, const ContainerInstance& host) {
  const auto* revision = scope.view<DaemonRevision>(daemon.revision);
  TaskRequest request;
  request.cluster = daemon.cluster;
  request.definition = revision->definition;
  request.group = "daemon:" + daemon.name;
  request.started_by = std::string(last_part(daemon.deployment));
  request.deployment = daemon.revision;
  request.launch_type = "EC2";
  request.container_instance = host.id;
  request.enable_execute_command = daemon.enable_execute_command;
  request.managed_tags = daemon.managed_tags;
  if (daemon.propagate_tags == "DAEMON") request.tags = daemon.tags;
  start_task(scope, request);  // what does not fit is tried again when the instance changes
}

/// DELETE_IN_PROGRESS: the tasks stop, then the record goes.
void take_down(sim::Scope& scope, const Daemon& daemon) {
  std::vector<std::string> arns;
  for (const Task* task : scope.by<Task>(cat("group:", daemon.cluster, "/daemon:", daemon.name)))
    arns.push_back(task->id);
  for (const std::string& arn : arns)
    if (is_wanted(*scope.view<Task>(arn)))
      stop_task(scope, arn, "ServiceSchedulerInitiated", "Daemon deleted.");
  if (arns.empty()) scope.erase<Daemon>(daemon.id);
}

void finish(sim::Scope& scope, const Daemon& daemon, bool complete) {
  const auto* current = scope.view<DaemonDeployment>(daemon.deployment);
  if (!current || current->finished || current->stopped) return;
  const bool begins = !current->started, baked = complete && !current->deployed;
  const Time until = current->deployed.value_or(scope.now()) +
                     std::chrono::minutes(current->bake_minutes);
  const bool ends = complete && until <= scope.now();
  if (!begins && !baked && !ends) return;
  DaemonDeployment& deployment = scope.edit<DaemonDeployment>(daemon.deployment);
  if (begins) {
    deployment.started = scope.now();
    deployment.status = "IN_PROGRESS";
  }
  if (baked) deployment.deployed = scope.now();
  if (ends) {
    deployment.finished = scope.now();
    deployment.status = "SUCCESSFUL";
  } else if (baked) {
    scope.at_unique(until, "ecs.daemon", daemon.id);
  }
}

/// Instances whose task of this revision ended a moment ago: one that fails at once is not started
/// over and over.
std::set<std::string> resting(sim::Scope& scope, const Daemon& daemon) {
  std::set<std::string> hosts;
  for (const Task* task : scope.by<Task>("deployment:" + daemon.revision)) {
    if (task->last_status != "STOPPED" || !task->stopped) continue;
    const Time until = *task->stopped + restart_pause;
    if (until <= scope.now()) continue;
    hosts.insert(task->container_instance);
    scope.at_unique(until, "ecs.daemon", daemon.id);
  }
  return hosts;
}

void run_daemon(sim::Scope& scope, const sim::Event& event) {
  const Daemon* found = scope.view<Daemon>(event.subject);
  if (!found) return;
  const Daemon daemon = *found;
  if (daemon.status != "ACTIVE") return take_down(scope, daemon);
  std::vector<std::string> empty, old;
  size_t hosts = 0, current = 0, leaving = 0;
  for (const ContainerInstance* host : daemon_hosts(scope, daemon)) {
    ++hosts;
    const Task* task = daemon_task(scope, daemon, *host);
    if (!task)
      empty.push_back(host->id);
    else if (!is_wanted(*task))
      ++leaving;
    else if (task->deployment != daemon.revision)
      old.push_back(task->id);
    else
      current += task->last_status == "RUNNING";
  }
  const std::set<std::string> pausing = empty.empty() ? std::set<std::string>()
                                                      : resting(scope, daemon);
  for (const std::string& arn : empty)
    if (!pausing.contains(arn))
      start_on(scope, daemon, ContainerInstance(*scope.view<ContainerInstance>(arn)));
  const size_t at_once = std::max<size_t>(
      1, static_cast<size_t>(static_cast<double>(hosts) * daemon.drain_percent / 100));
  for (const std::string& arn : old)
    if (leaving < at_once && ++leaving)
      stop_task(scope, arn, "ServiceSchedulerInitiated", "Daemon revision replaced.");
  finish(scope, daemon, current == hosts);
}

/// Instances and tasks come and go.
void look(sim::Scope& scope, const sim::Event&) {
  for (const Daemon& daemon : scope.all<Daemon>())
    scope.at_unique(scope.now(), "ecs.daemon", daemon.id);
}

const api::HandlerRow rows[] = {
    {"CreateDaemon", Writes, create},
    {"UpdateDaemon", Writes, update},
    {"DeleteDaemon", Writes, remove},
};
const sim::EventRow events[] = {{"ecs.daemon", run_daemon}, {"ecs.daemons", look}};
const sim::WatchRow watches[] = {
    {"ecs:container-instance", "ecs.daemons", true},
    {"ecs:task", "ecs.daemons", true},
};

}  // namespace

const Daemon& require_daemon(const sim::Scope& scope, const std::string& arn) {
  if (const Daemon* daemon = scope.view<Daemon>(arn)) return *daemon;
  check_cluster_of(scope, arn);
  throw daemon_not_found();
}

std::vector<const ContainerInstance*> daemon_hosts(const sim::Scope& scope, const Daemon& daemon) {
  std::vector<const ContainerInstance*> hosts;
  for (const auto* host : scope.by<ContainerInstance>("cluster:" + daemon.cluster))
    if (host->status == "ACTIVE" && host->agent_connected &&
        std::ranges::find(daemon.providers, host->capacity_provider) != daemon.providers.end())
      hosts.push_back(host);
  return hosts;
}

const Task* daemon_task(const sim::Scope& scope, const Daemon& daemon,
                        const ContainerInstance& host) {
  for (const Task* task : scope.by<Task>("instance:" + host.id))
    if (task->group == "daemon:" + daemon.name) return task;
  return nullptr;
}

std::string provider_arn(const sim::Scope& scope, std::string_view name) {
  return scope.arn("ecs", cat("capacity-provider/", name));
}

HandlerRows managed_daemon_rows() { return rows; }
EventRows managed_daemon_events() { return events; }
WatchRows managed_daemon_watches() { return watches; }

}  // namespace squall::ecs
