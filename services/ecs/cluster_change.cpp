// Changes of clusters: settings, configuration, capacity providers and the default strategy.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/cluster.h"
#include "services/ecs/scheduler.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::ecs {
namespace {

constexpr int64_t weight_max = 1000, base_max = 100'000;
constexpr size_t strategy_max = 20;

Value update_cluster(Context& ctx, Input in) {
  const std::string id = require_cluster(ctx, in.string("cluster")).id;
  Cluster cluster = *ctx.view<Cluster>(id);
  read_settings(in, cluster);
  read_configuration(in, cluster);
  read_service_connect(ctx, in, cluster);
  Cluster& edited = ctx.edit<Cluster>(id);
  edited = std::move(cluster);
  return {{"cluster", describe(ctx, edited, ClusterParts::all())}};
}

Value update_settings(Context& ctx, Input in) {
  const std::string id = require_cluster(ctx, in.string("cluster")).id;
  if (in.list("settings").empty()) throw invalid_parameter("Settings cannot be empty.");
  check_attachments(*ctx.view<Cluster>(id));
  Cluster& cluster = ctx.edit<Cluster>(id);
  read_settings(in, cluster);
  return {{"cluster", describe(ctx, cluster, ClusterParts::all())}};
}

Value put_providers(Context& ctx, Input in) {
  const Cluster* cluster = find_cluster(ctx, in.string("cluster"));
  if (!cluster) throw cluster_not_found();
  if (cluster->status != "ACTIVE")
    throw invalid_parameter(
        "The specified cluster is inactive. Specify an active cluster and try again.");
  check_attachments(*cluster);
  const std::string id = cluster->id;
  auto providers = read_providers(ctx, in.strings("capacityProviders"), id);
  auto strategy = read_strategy(ctx, in, "defaultCapacityProviderStrategy", providers);
  for (const std::string& before : cluster->capacity_providers) {
    if (std::ranges::find(providers, before) != providers.end()) continue;
    for (const Service* service : ctx.by<Service>("cluster:" + id))
      for (const StrategyItem& item : service->spec.strategy)
        if (item.provider == before && service->status != "INACTIVE")
          throw resource_in_use(
              "The specified capacity provider is in use and cannot be removed.");
  }
  set_providers(ctx, id, std::move(providers));
  Cluster& edited = ctx.edit<Cluster>(id);
  edited.default_strategy = std::move(strategy);
  edited.attachments_status = "UPDATE_IN_PROGRESS";
  ctx.after(ctx.latency("ecs.cluster.attach", id), "ecs.cluster.attached", id);
  return {{"cluster", describe(ctx, edited, ClusterParts::all())}};
}

void check_strategy(const std::vector<StrategyItem>& strategy) {
  if (strategy.size() > strategy_max)
    throw invalid_parameter(cat("The specified capacity provider strategy cannot contain more "
                                "than ", strategy_max, " capacity providers."));
  int64_t bases = 0, weights = 0, fargate = 0;
  for (const StrategyItem& item : strategy) {
    if (item.weight < 0 || item.weight > weight_max)
      throw invalid_parameter("The specified capacity provider strategy contains an invalid "
                              "weight value. Specify a value between 0 and 1000 and try again.");
    if (item.base < 0 || item.base > base_max)
      throw invalid_parameter("The specified capacity provider strategy contains an invalid base "
                              "value. Specify a value between 0 and 100000 and try again.");
    bases += item.base > 0;
    weights += item.weight;
    fargate += is_fargate_provider(item.provider);
    if (std::ranges::count(strategy, item.provider, &StrategyItem::provider) > 1)
      throw invalid_parameter("The specified capacity provider strategy cannot contain duplicate "
                              "capacity providers. Specify unique capacity providers and try "
                              "again.");
  }
  if (bases > 1)
    throw invalid_parameter("The specified capacity provider strategy cannot contain more than "
                            "one capacity provider with a base value. Specify a base value only "
                            "on one capacity provider and try again.");
  if (strategy.size() > 1 && weights == 0)
    throw invalid_parameter("The specified capacity provider strategy cannot contain only capacity "
                            "providers with a weight value of 0. Specify a weight value greater "
                            "than 0 on at least one of the capacity providers and try again.");
  if (fargate > 0 && fargate < static_cast<int64_t>(strategy.size()))
    throw invalid_parameter("The specified capacity provider strategy cannot contain both Fargate "
                            "and Auto Scaling group capacity providers. Specify one or the other "
                            "and try again.");
}

const api::HandlerRow rows[] = {
    {"UpdateCluster", Writes, update_cluster},
    {"UpdateClusterSettings", Writes, update_settings},
    {"PutClusterCapacityProviders", Writes, put_providers},
};

}  // namespace

void check_attachments(const Cluster& cluster) {
  if (cluster.attachments_status == "UPDATE_IN_PROGRESS")
    throw update_in_progress(
        "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE "
        "or UPDATE_FAILED state before they can be updated. Wait and try again.");
}

bool is_fargate_provider(std::string_view name) {
  return name == "FARGATE" || name == "FARGATE_SPOT";
}

void read_settings(const Input& in, Cluster& cluster) {
  for (const Input& setting : in.list("settings")) {
    const std::string name = setting.string("name"), value = setting.string("value");
    if (name != "containerInsights")
      throw invalid_parameter(cat("Invalid setting name: ", name));
    if (value != "enabled" && value != "disabled" && value != "enhanced")
      throw invalid_parameter(cat("Invalid value for setting containerInsights: ", value,
                                  ". Valid values are enhanced, enabled and disabled."));
    cluster.settings[name] = value;
  }
}

void read_configuration(const Input& in, Cluster& cluster) {
  const Input configuration = in.at("configuration");
  if (!configuration) return;
  const Input command = configuration.at("executeCommandConfiguration");
  const std::string logging = command.string("logging");
  const Input log = command.at("logConfiguration");
  if (logging == "OVERRIDE" && !log)
    throw invalid_parameter("A log configuration is required when logging is set to OVERRIDE.");
  if (logging != "OVERRIDE" && log)
    throw invalid_parameter("A log configuration is only valid when logging is set to OVERRIDE.");
  if (log && !log.has("cloudWatchLogGroupName") && !log.has("s3BucketName"))
    throw invalid_parameter("At least one of cloudWatchLogGroupName and s3BucketName must be "
                            "specified in the log configuration.");
  cluster.configuration_json = to_json(in.raw("configuration"));
}

void read_service_connect(sim::Scope& scope, const Input& in, Cluster& cluster) {
  const Input defaults = in.at("serviceConnectDefaults");
  if (!defaults) return;
  const std::string name = defaults.string("namespace");
  cluster.service_connect_namespace.clear();
  if (name.empty()) return;  // takes the default away
  cluster.service_connect_namespace = find_namespace(scope, name);
  if (!cluster.service_connect_namespace.empty()) return;
  if (name.starts_with("arn:")) throw namespace_not_found();
  servicediscovery::Namespace made;  // a new name is created, without DNS
  made.id = cat("ns-", scope.new_hex("ns", 16, cluster.id));
  made.name = made.http_name = name;
  made.type = "HTTP";
  made.active = true;
  made.created = scope.now();
  cluster.service_connect_namespace =
      scope.arn("servicediscovery", cat("namespace/", made.id));
  scope.add(std::move(made));
}

std::vector<std::string> read_providers(const sim::Scope& scope,
                                        const std::vector<std::string>& names,
                                        const std::string& cluster) {
  std::vector<std::string> providers;
  for (const std::string& given : names) {
    const std::string name = name_of(given, "capacity-provider");
    const CapacityProvider* provider = scope.view<CapacityProvider>(name);
    const bool is_foreign = provider && !provider->cluster.empty() && provider->cluster != cluster;
    if (!is_fargate_provider(name) && (!provider || is_foreign || provider->status != "ACTIVE"))
      throw invalid_parameter("The specified capacity provider was not found. Specify a valid name "
                              "or ARN and try again.");
    if (std::ranges::find(providers, name) != providers.end())
      throw invalid_parameter("The specified capacity providers contain duplicates. Specify unique "
                              "capacity providers and try again.");
    providers.push_back(name);
  }
  if (providers.size() > strategy_max)
    throw invalid_parameter(cat("A cluster cannot have more than ", strategy_max,
                                " capacity providers."));
  return providers;
}

std::vector<StrategyItem> read_strategy(const sim::Scope&, const Input& in,
                                        std::string_view member,
                                        const std::vector<std::string>& providers_of_cluster) {
  std::vector<StrategyItem> strategy;
  for (const Input& entry : in.list(member)) {
    StrategyItem item;
    item.provider = name_of(entry.string("capacityProvider"), "capacity-provider");
    item.weight = entry.integer("weight", 0);
    item.base = entry.integer("base", 0);
    if (std::ranges::find(providers_of_cluster, item.provider) == providers_of_cluster.end())
      throw invalid_parameter(
          "The specified capacity provider strategy cannot contain a capacity provider that is not "
          "associated with the cluster. Associate the capacity provider with the cluster and try "
          "again.");
    strategy.push_back(std::move(item));
  }
  check_strategy(strategy);
  return strategy;
}

Value describe_strategy(const std::vector<StrategyItem>& strategy) {
  return list_of(strategy, [](const StrategyItem& item) -> Value {
    return {{"capacityProvider", item.provider}, {"weight", item.weight}, {"base", item.base}};
  });
}

HandlerRows cluster_change_rows() { return rows; }

}  // namespace squall::ecs
