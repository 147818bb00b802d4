// The loop of Amazon ECS Managed Instances: instances come for tasks that wait, idle ones go.
#include "services/ecs/managed_instances.h"

#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/capacity_provider.h"
#include "services/ecs/instance.h"

namespace squall::ecs {
namespace {

// docs: AmazonECS/latest/APIReference/API_InfrastructureOptimization: null is "the default
// optimization behavior", which the documentation gives no number for: five minutes, as managed
// scaling's instances have.
constexpr Duration idle_default = 300s;

std::vector<std::string> hosts_of(const sim::Scope& scope, const CapacityProvider& provider) {
  std::vector<std::string> ids;
  for (const ManagedHost* host : scope.by<ManagedHost>("provider:" + provider.id))
    ids.push_back(host->id);
  return ids;
}

/// How long an instance may be idle; nothing: for ever.
std::optional<Duration> patience(const CapacityProvider& provider) {
  if (provider.status != "ACTIVE") return Duration{};
  const Value after = value_from_json(provider.managed_instances_json)
                          .at("infrastructureOptimization")
                          .at("scaleInAfter");
  if (after.is_absent() || after.is_null()) return idle_default;
  if (after.integer() < 0) return std::nullopt;
  return std::chrono::seconds(after.integer());
}

void let_go(sim::Scope& scope, const std::string& id, const std::string& host_arn) {
  if (!host_arn.empty())
    deregister_instance(scope, host_arn, "Terminated by Amazon ECS Managed Instances.");
  ec2::terminate_instance(scope, id, "Service initiated");
  scope.erase<ManagedHost>(id);
}

void look_at(sim::Scope& scope, const CapacityProvider& provider, const std::string& id) {
  const auto* instance = scope.view<ec2::Instance>(id);
  if (!instance || instance->state == "shutting-down" || instance->state == "terminated") {
    scope.erase<ManagedHost>(id);
    return;
  }
  const ManagedHost& host = *scope.view<ManagedHost>(id);
  const ContainerInstance* registered = registered_as(scope, host);
  const bool leaving = provider.status != "ACTIVE";
  if (!registered) {
    if (leaving) let_go(scope, id, "");
    return;
  }
  const std::string arn = registered->id;
  if (is_used(scope, *registered)) {
    if (leaving && registered->status == "ACTIVE") set_instance_status(scope, arn, "DRAINING");
    if (host.idle_since) scope.edit<ManagedHost>(id).idle_since.reset();
    return;
  }
  const auto wait = patience(provider);
  if (!wait) return;
  if (!host.idle_since) scope.edit<ManagedHost>(id).idle_since = scope.now();
  const Time until = scope.view<ManagedHost>(id)->idle_since.value_or(scope.now()) + *wait;
  if (until <= scope.now())
    let_go(scope, id, arn);
  else
    scope.at_unique(until, "ecs.managed-instances", provider.id);
}

void run(sim::Scope& scope, const sim::Event& event) {
  const CapacityProvider* found = scope.view<CapacityProvider>(event.subject);
  if (!found || found->managed_instances_json.empty()) return;
  const CapacityProvider provider = *found;
  for (const std::string& id : hosts_of(scope, provider)) look_at(scope, provider, id);
  if (provider.status == "ACTIVE") launch_for_waiting(scope, provider);
}

/// Tasks, instances and providers come and go.
void look(sim::Scope& scope, const sim::Event&) {
  for (const CapacityProvider& provider : scope.all<CapacityProvider>())
    if (!provider.managed_instances_json.empty())
      scope.at_unique(scope.now(), "ecs.managed-instances", provider.id);
}

const sim::EventRow events[] = {{"ecs.managed-instances", run},
                                {"ecs.managed-instances.look", look}};
const sim::WatchRow watches[] = {
    {"ecs:task", "ecs.managed-instances.look", true},
    {"ecs:container-instance", "ecs.managed-instances.look", true},
    {"ecs:capacity-provider", "ecs.managed-instances.look", true},
};

}  // namespace

const ContainerInstance* registered_as(const sim::Scope& scope, const ManagedHost& host) {
  for (const auto* i : scope.by<ContainerInstance>("instance:" + host.id))
    if (i->status != "INACTIVE") return i;
  return nullptr;
}

bool is_managed_provider(const sim::Scope& scope, std::string_view name) {
  const CapacityProvider* provider = scope.view<CapacityProvider>(name);
  return provider && !provider->managed_instances_json.empty();
}

EventRows managed_instances_events() { return events; }
WatchRows managed_instances_watches() { return watches; }

}  // namespace squall::ecs
