// Clusters: create, describe, list, delete.
#include <algorithm>
#include <set>

#include "services/common/value_json.h"
#include "services/ecs/cluster.h"

namespace squall::ecs {
namespace {

constexpr size_t described_max = 100;

/// The idempotent answer to a create of what is there: refused if it asks for something else.
bool is_same(const Cluster& a, const Cluster& wanted, const Input& in) {
  return (!in.has("tags") || a.tags == wanted.tags) &&
         (!in.has("settings") || a.settings == wanted.settings) &&
         (!in.has("capacityProviders") || a.capacity_providers == wanted.capacity_providers) &&
         (!in.has("configuration") || a.configuration_json == wanted.configuration_json);
}

Value create_cluster(Context& ctx, Input in) {
  Cluster cluster;
  cluster.id = in.string("clusterName", "default");
  if (cluster.id.empty()) throw invalid_parameter("Cluster name cannot be blank.");
  if (cluster.id.starts_with("arn:"))
    throw invalid_parameter("Identifier contains invalid characters.");
  cluster.id = name_of(cluster.id, "cluster");
  cluster.arn = ctx.arn("ecs", cat("cluster/", cluster.id));
  cluster.tags = read_tags(in);
  cluster.settings["containerInsights"] = account_setting(ctx, "containerInsights");
  read_settings(in, cluster);
  read_configuration(in, cluster);
  cluster.capacity_providers = read_providers(ctx, in.strings("capacityProviders"), cluster.id);
  cluster.default_strategy =
      read_strategy(ctx, in, "defaultCapacityProviderStrategy", cluster.capacity_providers);
  if (!cluster.capacity_providers.empty()) cluster.attachments_status = "UPDATE_IN_PROGRESS";
  const Cluster* before = ctx.view<Cluster>(cluster.id);
  if (before && before->status == "ACTIVE") {
    in.raw("serviceConnectDefaults");
    if (!is_same(*before, cluster, in))
      throw invalid_parameter(
          "Arguments on this idempotent request are inconsistent with arguments used in previous "
          "request(s).");
    return {{"cluster", describe(ctx, *before, ClusterParts::all())}};
  }
  read_service_connect(ctx, in, cluster);
  if (!cluster.attachments_status.empty())
    ctx.after(ctx.latency("ecs.cluster.attach", cluster.id), "ecs.cluster.attached", cluster.id);
  const std::string id = cluster.id;
  auto providers = std::exchange(cluster.capacity_providers, {});
  ctx.add(std::move(cluster));
  set_providers(ctx, id, std::move(providers));
  return {{"cluster", describe(ctx, *ctx.view<Cluster>(id), ClusterParts::all())}};
}

Value describe_clusters(Context& ctx, Input in) {
  ClusterParts parts;
  for (const std::string& what : in.strings("include")) {
    parts.attachments |= what == "ATTACHMENTS";
    parts.configuration |= what == "CONFIGURATIONS";
    parts.settings |= what == "SETTINGS";
    parts.statistics |= what == "STATISTICS";
    parts.tags |= what == "TAGS";
  }
  auto names = in.strings("clusters");
  if (names.empty()) names.push_back("default");
  if (names.size() > described_max)
    throw invalid_parameter("You can describe up to 100 clusters at a time.");
  Value clusters = Value::list(), failures = Value::list();
  std::set<std::string> shown;
  for (const std::string& name : names) {
    const Cluster* cluster = find_cluster(ctx, name);
    if (!cluster)
      failures.push(missing(name.starts_with("arn:")
                                ? name
                                : ctx.arn("ecs", cat("cluster/", name))));
    else if (shown.insert(cluster->id).second)
      clusters.push(describe(ctx, *cluster, parts));
  }
  return {{"clusters", clusters}, {"failures", failures}};
}

Value list_clusters(Context& ctx, Input in) {
  std::vector<std::string> names;
  for (const Cluster& cluster : ctx.all<Cluster>())
    if (cluster.status != "INACTIVE") names.push_back(cluster.id);
  const Slice slice = slice_of(names, in);
  return {{"clusterArns", list_of(slice.keys,
                                  [&](const std::string& name) {
                                    return Value(ctx.view<Cluster>(name)->arn);
                                  })},
          {"nextToken", slice.next_token}};
}

// "May remain discoverable in your account for a period of time": a day.
constexpr Duration inactive_visible = 24h;

Value delete_cluster(Context& ctx, Input in) {
  const Cluster* found = find_cluster(ctx, in.string("cluster"));
  if (!found) throw cluster_not_found();
  const Cluster& cluster = *found;
  if (cluster.status == "INACTIVE") return {{"cluster", describe(ctx, cluster, {})}};
  if (cluster.attachments_status == "UPDATE_IN_PROGRESS")
    throw update_in_progress("The specified cluster is in a busy state. Wait and try again.");
  const ClusterCounts counts = count(ctx, cluster.id);
  if (counts.active_services > 0 || counts.draining_services > 0)
    throw cluster_contains_services();
  if (counts.instances > 0) throw cluster_contains_instances();
  if (counts.running + counts.pending > 0) throw cluster_contains_tasks();
  for (const CapacityProvider& provider : ctx.all<CapacityProvider>())
    if (provider.cluster == cluster.id && provider.status != "INACTIVE")
      throw cluster_contains_capacity_providers();
  const std::string id = cluster.id;
  set_providers(ctx, id, {});
  Cluster& edited = ctx.edit<Cluster>(id);
  edited.status = "INACTIVE";
  edited.default_strategy.clear();
  edited.attachments_status.clear();
  edited.tags.clear();
  ctx.after(inactive_visible, "ecs.cluster.forget", id);
  return {{"cluster", describe(ctx, edited, {})}};
}

void forget(sim::Scope& scope, const sim::Event& event) {
  const Cluster* cluster = scope.view<Cluster>(event.subject);
  if (cluster && cluster->status == "INACTIVE") scope.erase<Cluster>(event.subject);
}

void cluster_attached(sim::Scope& scope, const sim::Event& event) {
  const Cluster* cluster = scope.view<Cluster>(event.subject);
  if (!cluster || cluster->attachments_status != "UPDATE_IN_PROGRESS") return;
  scope.edit<Cluster>(event.subject).attachments_status = "UPDATE_COMPLETE";
}

Value describe_attachments(const sim::Scope& scope, const Cluster& cluster) {
  Value list = Value::list();
  for (const std::string& name : cluster.capacity_providers) {
    const CapacityProvider* provider = scope.view<CapacityProvider>(name);
    if (!provider || !provider->managed_scaling) continue;
    auto attach = [&](std::string_view type, std::string_view key, std::string_view value) {
      const std::string seed = cat(cluster.arn, '/', name, '/', type);
      const std::string hex = cat(hex16(stable_hash(seed)), hex16(stable_hash(seed, 1)));
      list.push({{"id", cat(hex.substr(0, 8), '-', hex.substr(8, 4), '-', hex.substr(12, 4), '-',
                            hex.substr(16, 4), '-', hex.substr(20, 12))},
                 {"type", type},
                 {"status", "CREATED"},
                 {"details", Value(std::vector<Value>{
                                 {{"name", "capacityProviderName"}, {"value", name}},
                                 {{"name", key}, {"value", value}}})}});
    };
    if (!provider->scaling_policy_arn.empty()) {
      const std::string& arn = provider->scaling_policy_arn;
      attach("as_policy", "scalingPolicyName", arn.substr(arn.rfind("policyName/") + 11));
    }
    if (provider->managed_draining)
      attach("managed_draining", "lifecycleHookName", "ecs-managed-draining-termination-hook");
  }
  return list;
}

Value describe_statistics(const ClusterCounts& c) {
  Value list = Value::list();
  auto add = [&](std::string_view name, int64_t n) {
    list.push({{"name", name}, {"value", std::to_string(n)}});
  };
  add("runningEC2TasksCount", c.by_type[0].running);
  add("runningFargateTasksCount", c.by_type[1].running);
  add("runningExternalTasksCount", c.by_type[2].running);
  add("runningManagedInstancesTasksCount", c.by_type[3].running);
  add("pendingEC2TasksCount", c.by_type[0].pending);
  add("pendingFargateTasksCount", c.by_type[1].pending);
  add("pendingExternalTasksCount", c.by_type[2].pending);
  add("pendingManagedInstancesTasksCount", c.by_type[3].pending);
  add("activeEC2ServiceCount", c.by_type[0].active);
  add("activeFargateServiceCount", c.by_type[1].active);
  add("activeExternalServiceCount", c.by_type[2].active);
  add("drainingEC2ServiceCount", c.by_type[0].draining);
  add("drainingFargateServiceCount", c.by_type[1].draining);
  add("drainingExternalServiceCount", c.by_type[2].draining);
  return list;
}

size_t type_of(std::string_view launch_type, std::string_view provider) {
  if (launch_type == "FARGATE" || is_fargate_provider(provider)) return 1;
  if (launch_type == "EXTERNAL") return 2;
  return launch_type == "MANAGED_INSTANCES" ? 3 : 0;
}

constexpr sim::LatencyRow latencies[] = {
    // K: attachments of Auto Scaling groups are updated within half a minute.
    {"ecs.cluster.attach", 2s, 10s, 2s, 30s},
};
const api::HandlerRow rows[] = {
    {"CreateCluster", Writes, create_cluster},
    {"DescribeClusters", Reads, describe_clusters},
    {"ListClusters", Reads, list_clusters},
    {"DeleteCluster", Writes, delete_cluster},
};
const sim::EventRow events[] = {{"ecs.cluster.attached", cluster_attached},
                                {"ecs.cluster.forget", forget}};

}  // namespace

const Cluster* find_cluster(const sim::Scope& scope, std::string_view name_or_arn) {
  const std::string name = name_or_arn.empty() ? "default" : name_of(name_or_arn, "cluster");
  check_owner(scope, name_or_arn);
  return scope.view<Cluster>(name);
}

const Cluster& require_cluster(const sim::Scope& scope, std::string_view name_or_arn) {
  const Cluster* cluster = find_cluster(scope, name_or_arn);
  if (!cluster) throw cluster_not_found();
  if (cluster->status != "ACTIVE") throw cluster_inactive();
  return *cluster;
}

ClusterCounts count(const sim::Scope& scope, const std::string& cluster) {
  ClusterCounts counts;
  for (const ContainerInstance* instance : scope.by<ContainerInstance>("cluster:" + cluster))
    if (instance->status != "INACTIVE") ++counts.instances;
  const std::string prefix = cat("status:", cluster, '/');
  for (const std::string_view status : {"RUNNING", "PROVISIONING", "PENDING", "ACTIVATING"}) {
    for (const Task* task : scope.by<Task>(cat(prefix, status))) {
      auto& of_type = counts.by_type[type_of(task->launch_type, task->capacity_provider)];
      const bool running = status == "RUNNING";
      ++(running ? counts.running : counts.pending);
      ++(running ? of_type.running : of_type.pending);
    }
  }
  for (const Service* service : scope.by<Service>("cluster:" + cluster)) {
    const std::string provider =
        service->spec.strategy.empty() ? std::string() : service->spec.strategy[0].provider;
    auto& of_type = counts.by_type[type_of(service->spec.launch_type, provider)];
    if (service->status == "ACTIVE") {
      ++counts.active_services;
      ++of_type.active;
    } else if (service->status == "DRAINING") {
      ++counts.draining_services;
      ++of_type.draining;
    }
  }
  return counts;
}

Value describe(const sim::Scope& scope, const Cluster& cluster, ClusterParts parts) {
  const ClusterCounts counts = count(scope, cluster.id);
  Value v{{"clusterArn", cluster.arn}, {"clusterName", cluster.id}};
  if (parts.configuration && !cluster.configuration_json.empty())
    v.add("configuration", value_from_json(cluster.configuration_json));
  v.add("status", cluster.status);
  v.add("registeredContainerInstancesCount", counts.instances);
  v.add("runningTasksCount", counts.running);
  v.add("pendingTasksCount", counts.pending);
  v.add("activeServicesCount", counts.active_services);
  v.add("statistics", parts.statistics ? describe_statistics(counts) : Value::list());
  v.add("tags", parts.tags ? describe_tags_of(cluster.tags) : Value::list());
  Value settings = Value::list();
  if (parts.settings)
    for (const auto& [name, value] : cluster.settings)
      settings.push({{"name", name}, {"value", value}});
  v.add("settings", settings);
  v.add("capacityProviders", cluster.capacity_providers);
  v.add("defaultCapacityProviderStrategy", describe_strategy(cluster.default_strategy));
  if (parts.attachments) {
    v.add("attachments", describe_attachments(scope, cluster));
    if (!cluster.attachments_status.empty())
      v.add("attachmentsStatus", cluster.attachments_status);
  }
  if (!cluster.service_connect_namespace.empty())
    v.add("serviceConnectDefaults", {{"namespace", cluster.service_connect_namespace}});
  return v;
}

HandlerRows cluster_rows() { return rows; }
EventRows cluster_events() { return events; }
LatencyRows cluster_latencies() { return latencies; }

}  // namespace squall::ecs
