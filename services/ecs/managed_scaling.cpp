// Managed scaling of Auto Scaling groups: CapacityProviderReservation each minute, the policy that
// follows it, protection of instances that run tasks, and draining before termination.
#include <algorithm>
#include <set>

#include "services/cloudwatch/cloudwatch.h"
#include "services/ecs/capacity_provider.h"
#include "services/ecs/cluster.h"
#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

/// What is left of an instance that is yet to come.
struct Bin {
  int64_t cpu, memory, interfaces;
  std::set<int64_t> ports;
};

/// The group's newest registered instance stands for the next one.
const ContainerInstance* example(const sim::Scope& scope, const CapacityProvider& provider,
                                 const std::string& cluster) {
  const ContainerInstance* newest = nullptr;
  for (const auto* i : scope.by<ContainerInstance>("cluster:" + cluster))
    if (i->capacity_provider == provider.id && (!newest || i->registered > newest->registered))
      newest = i;
  return newest;
}

bool take(Bin& bin, const Task& task, const TaskDefinition& definition) {
  if (bin.cpu < task.cpu || bin.memory < task.memory) return false;
  const bool own_interface = definition.network_mode == "awsvpc";
  if (own_interface && bin.interfaces < 1) return false;
  std::set<int64_t> ports = bin.ports;
  if (!own_interface)
    for (const ContainerDefinition& container : definition.containers)
      for (const PortMapping& port : container.ports)
        if (port.host_port > 0 && !ports.insert(port.host_port).second) return false;
  bin.cpu -= task.cpu;
  bin.memory -= task.memory;
  bin.interfaces -= own_interface;
  bin.ports = std::move(ports);
  return true;
}

bool is_distinct(const Task& task) {
  return std::ranges::find(task.constraints, "distinctInstance", &PlacementRule::type) !=
         task.constraints.end();
}

/// Instances that the waiting tasks need, by first fit.
int64_t needed(const sim::Scope& scope, const CapacityProvider& provider,
               const std::string& cluster) {
  const ContainerInstance* model = example(scope, provider, cluster);
  std::vector<Bin> bins;
  int64_t waiting = 0, distinct = 0;
  for (const Task* task : scope.by<Task>("waiting:" + cluster)) {
    if (task->capacity_provider != provider.id || !is_wanted(*task)) continue;
    ++waiting;
    distinct += is_distinct(*task);
    const auto* definition = scope.view<TaskDefinition>(task->definition);
    if (!model || !definition) continue;
    const bool fits = std::ranges::any_of(
        bins, [&](Bin& bin) { return take(bin, *task, *definition); });
    if (fits) continue;
    Bin bin{model->cpu, model->memory, 64, {}};
    if (!take(bin, *task, *definition)) continue;  // no instance of the group will ever take it
    bins.push_back(std::move(bin));
  }
  if (waiting == 0) return 0;
  if (!model) return provider.min_step;  // nothing is known of the group's instances yet
  return std::max(distinct, static_cast<int64_t>(bins.size()));
}

struct Reservation {
  int64_t wanted = 0, have = 0;  // M and N
  double percent() const {
    if (have == 0) return wanted > 0 ? 200 : 100;
    return 100.0 * static_cast<double>(wanted) / static_cast<double>(have);
  }
};

Reservation reservation(const sim::Scope& scope, const CapacityProvider& provider,
                        const std::string& cluster, const autoscaling::Group& group) {
  Reservation r;
  for (const autoscaling::GroupInstance& member : group.instances) {
    if (member.lifecycle.starts_with("Terminating")) continue;
    ++r.have;
    for (const auto* host : scope.by<ContainerInstance>("instance:" + member.id))
      r.wanted += host->status != "INACTIVE" && is_used(scope, *host);
  }
  const int64_t more = needed(scope, provider, cluster);
  if (more > 0) r.wanted += std::clamp(more, provider.min_step, provider.max_step);
  return r;
}

/// Instances with tasks may not be scaled in, the others may.
void protect(sim::Scope& scope, const CapacityProvider& provider,
             const autoscaling::Group& group) {
  std::vector<std::pair<std::string, bool>> changes;
  for (const autoscaling::GroupInstance& member : group.instances) {
    const auto hosts = scope.by<ContainerInstance>("instance:" + member.id);
    if (hosts.empty() || member.lifecycle != "InService") continue;  // it may be about to be used
    const bool used = std::ranges::any_of(hosts, [&](const ContainerInstance* host) {
      return host->status != "INACTIVE" && is_used(scope, *host);
    });
    if (used != member.protected_from_scale_in) changes.emplace_back(member.id, used);
  }
  for (const auto& [id, used] : changes)
    autoscaling::set_protected(scope, provider.group_name, id, used);
}

Time next_minute(Time now) {
  return std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(1);
}

void each_minute(sim::Scope& scope, const sim::Event& event) {
  const CapacityProvider* provider = scope.view<CapacityProvider>(event.subject);
  if (!provider || provider->scaling_policy_arn.empty()) return;
  const std::string cluster = cluster_using(scope, provider->id);
  const autoscaling::Group* group = group_of(scope, *provider);
  if (cluster.empty() || !group) return;
  const Reservation r = reservation(scope, *provider, cluster, *group);
  cloudwatch::put_metric(scope, "AWS/ECS/ManagedScaling", "CapacityProviderReservation",
                         {{"CapacityProviderName", provider->id}, {"ClusterName", cluster}},
                         cloudwatch::StatisticSet::of(r.percent()), "Percent", scope.now());
  if (provider->termination_protection) protect(scope, *provider, *group);
  scope.at_unique(next_minute(scope.now()), "ecs.managed-scaling", event.subject);
}

/// An instance waits for the hook: drained first, then let go.
void drain(sim::Scope& scope, const CapacityProvider& provider) {
  const autoscaling::Group* group = group_of(scope, provider);
  if (!group) return;
  std::vector<std::string> waiting;
  for (const autoscaling::GroupInstance& member : group->instances)
    if (member.lifecycle == "Terminating:Wait" &&
        std::ranges::find(member.hooks, draining_hook, &autoscaling::HookWait::hook) !=
            member.hooks.end())
      waiting.push_back(member.id);
  const std::string name = provider.group_name;
  for (const std::string& id : waiting) {
    bool busy = false;
    std::vector<std::string> arns;
    for (const auto* host : scope.by<ContainerInstance>("instance:" + id)) {
      if (host->status == "ACTIVE") arns.push_back(host->id);
      busy |= host->status != "INACTIVE" && is_used(scope, *host) && host->agent_connected;
    }
    for (const std::string& arn : arns) set_instance_status(scope, arn, "DRAINING");
    if (!busy) autoscaling::complete_hook(scope, name, std::string(draining_hook), id);
  }
}

void group_changed(sim::Scope& scope, const sim::Event& event) {
  for (const CapacityProvider* provider : scope.by<CapacityProvider>("group:" + event.subject))
    if (provider->managed_draining && provider->status == "ACTIVE")
      return drain(scope, CapacityProvider(*provider));
}

/// A draining instance's record changes when its tasks leave.
void host_changed(sim::Scope& scope, const sim::Event& event) {
  const auto* host = scope.view<ContainerInstance>(event.subject);
  if (!host || host->status != "DRAINING" || host->capacity_provider.empty()) return;
  const auto* provider = scope.view<CapacityProvider>(host->capacity_provider);
  if (provider && provider->managed_draining) drain(scope, CapacityProvider(*provider));
}

const sim::EventRow events[] = {
    {"ecs.managed-scaling", each_minute},
    {"ecs.draining.group", group_changed},
    {"ecs.draining.host", host_changed},
};
const sim::WatchRow watches[] = {
    {"autoscaling:group", "ecs.draining.group", false},
    {"ecs:container-instance", "ecs.draining.host", false},
};

}  // namespace

bool is_used(const sim::Scope& scope, const ContainerInstance& instance) {
  for (const Task* task : scope.by<Task>("instance:" + instance.id)) {
    if (task->group.starts_with("daemon:")) continue;
    const Service* service = scope.view<Service>(task->service);
    if (!service || service->scheduling != "DAEMON") return true;
  }
  return false;
}

/// Instances of the group that were quicker than the association.
static void adopt(sim::Scope& scope, const CapacityProvider& provider,
                  const std::string& cluster) {
  std::vector<std::string> arns;
  for (const autoscaling::GroupInstance& member : group_of(scope, provider)->instances)
    for (const auto* host : scope.by<ContainerInstance>("instance:" + member.id))
      if (host->cluster == cluster && host->capacity_provider.empty() &&
          host->status != "INACTIVE")
        arns.push_back(host->id);
  for (const std::string& arn : arns) {
    ContainerInstance& host = scope.edit<ContainerInstance>(arn);
    host.capacity_provider = provider.id;
    ++host.version;
  }
}

void attach(sim::Scope& scope, const std::string& name, const std::string& cluster) {
  const CapacityProvider provider = *scope.view<CapacityProvider>(name);
  if (provider.group_name.empty() || !group_of(scope, provider)) return;
  adopt(scope, provider, cluster);
  if (provider.managed_draining) {
    autoscaling::LifecycleHook hook;
    hook.group = provider.group_name;
    hook.name = draining_hook;
    hook.transition = "autoscaling:EC2_INSTANCE_TERMINATING";
    hook.default_result = "CONTINUE";
    autoscaling::put_hook(scope, std::move(hook));
  }
  if (!provider.managed_scaling) return;
  autoscaling::Policy policy;
  policy.group = provider.group_name;
  policy.name = cat("ECSManagedAutoScalingPolicy-",
                    scope.new_uuid("managed-scaling", cat(cluster, '/', name)));
  policy.target = static_cast<double>(provider.target_capacity);
  policy.warmup_s = provider.warmup_s;
  policy.name_space = "AWS/ECS/ManagedScaling";
  policy.metric_name = "CapacityProviderReservation";
  policy.statistic = "Average";
  policy.dimensions = {{"CapacityProviderName", name}, {"ClusterName", cluster}};
  const std::string arn = autoscaling::add_tracking_policy(scope, std::move(policy));
  scope.edit<CapacityProvider>(name).scaling_policy_arn = arn;
  scope.at_unique(next_minute(scope.now()), "ecs.managed-scaling", name);
}

void detach(sim::Scope& scope, const std::string& name) {
  const CapacityProvider provider = *scope.view<CapacityProvider>(name);
  if (provider.group_name.empty()) return;
  autoscaling::remove_hook(scope, provider.group_name, std::string(draining_hook));
  if (provider.scaling_policy_arn.empty()) return;
  autoscaling::remove_policy(scope, provider.scaling_policy_arn);
  scope.edit<CapacityProvider>(name).scaling_policy_arn.clear();
}

void set_providers(sim::Scope& scope, const std::string& cluster,
                   std::vector<std::string> providers) {
  const std::vector<std::string> before = scope.view<Cluster>(cluster)->capacity_providers;
  auto lacks = [](const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::find(list, name) == list.end();
  };
  for (const std::string& name : before)
    if (lacks(providers, name) && scope.has<CapacityProvider>(name)) detach(scope, name);
  for (const std::string& name : providers)
    if (lacks(before, name) && scope.has<CapacityProvider>(name)) attach(scope, name, cluster);
  scope.edit<Cluster>(cluster).capacity_providers = std::move(providers);
}

EventRows managed_scaling_events() { return events; }
WatchRows managed_scaling_watches() { return watches; }

}  // namespace squall::ecs
