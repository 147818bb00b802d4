// Capacity providers: create, describe, update, delete.
#include "services/ecs/capacity_provider.h"

#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/cluster.h"

namespace squall::ecs {
namespace {

constexpr size_t described_max = 100, page_default = 10, per_cluster_max = 20;
constexpr int64_t scale_in_max_s = 3600;
constexpr Duration deleted_visible = 1h;

std::string read_name(const Input& in) {
  const std::string name = in.string("name");
  const std::string lower = to_lower(name);
  const bool spelt = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
  if (name.empty() || name.size() > 255 || !spelt || lower.starts_with("aws") ||
      lower.starts_with("ecs") || lower.starts_with("fargate"))
    throw invalid_parameter(
        "The specified capacity provider name is invalid. Up to 255 characters are allowed, "
        "including letters (upper and lowercase), numbers, underscores, and hyphens. The name "
        "cannot be prefixed with \"aws\", \"ecs\", or \"fargate\". Specify a valid name and try "
        "again.");
  return name;
}

bool enabled(const Input& in, std::string_view member, bool fallback) {
  const std::string value = in.string(member);
  return value.empty() ? fallback : value == "ENABLED";
}

void read_scaling(const Input& in, CapacityProvider& provider) {
  const Input scaling = in.at("managedScaling");
  if (scaling) {
    provider.managed_scaling = enabled(scaling, "status", provider.managed_scaling);
    provider.target_capacity = scaling.integer("targetCapacity", provider.target_capacity);
    provider.min_step = scaling.integer("minimumScalingStepSize", provider.min_step);
    provider.max_step = scaling.integer("maximumScalingStepSize", provider.max_step);
    provider.warmup_s = scaling.integer("instanceWarmupPeriod", provider.warmup_s);
  }
  auto check = [](bool holds, std::string_view what) {
    if (!holds)
      throw invalid_parameter(cat("The managed scaling ", what,
                                  " for the capacity provider is invalid. Specify a valid value "
                                  "and try again."));
  };
  check(provider.target_capacity >= 1 && provider.target_capacity <= 100, "target capacity");
  check(provider.min_step >= 1 && provider.min_step <= 10'000, "minimum scaling step size");
  check(provider.max_step >= provider.min_step && provider.max_step <= 10'000,
        "maximum scaling step size");
  check(provider.warmup_s >= 0 && provider.warmup_s <= 10'000, "instance warmup period");
}

void read_protection(const sim::Scope& scope, const Input& in, CapacityProvider& provider) {
  provider.termination_protection =
      enabled(in, "managedTerminationProtection", provider.termination_protection);
  provider.managed_draining = enabled(in, "managedDraining", provider.managed_draining);
  if (!provider.termination_protection) return;
  if (!provider.managed_scaling)
    throw invalid_parameter(
        "The managed termination protection setting for the capacity provider is invalid. To "
        "enable managed termination protection for a capacity provider, managed scaling must be "
        "enabled.");
  const autoscaling::Group* group = group_of(scope, provider);
  if (!group || !group->new_instances_protected)
    throw invalid_parameter(
        "The managed termination protection setting for the capacity provider is invalid. To "
        "enable managed termination protection for a capacity provider, the Auto Scaling group "
        "must have instance protection from scale in enabled.");
}

void read_group(const sim::Scope& scope, const Input& in, CapacityProvider& provider) {
  provider.group_arn = in.string("autoScalingGroupArn");
  constexpr std::string_view marker = ":autoScalingGroupName/";
  const size_t at = provider.group_arn.find(marker);
  const std::string name =  // the name alone is taken as well
      at == std::string::npos ? provider.group_arn : provider.group_arn.substr(at + marker.size());
  const auto* group = scope.view<autoscaling::Group>(name);
  if (!group || (at != std::string::npos && group->arn != provider.group_arn))
    throw client_exception("The specified Auto Scaling group ARN is invalid or does not exist. "
                           "Specify a valid Auto Scaling group ARN and try again.");
  provider.group_arn = group->arn;
  provider.group_name = name;
  for (const CapacityProvider* other : scope.by<CapacityProvider>("group:" + name))
    if (other->status == "ACTIVE" && other->id != provider.id)
      throw client_exception("The specified Auto Scaling group ARN is already being used by "
                             "another capacity provider. Specify a unique Auto Scaling group ARN "
                             "and try again.");
}

/// What an update does not name stays as it was.
Value merged(const Value& before, const Value& given) {
  Value all = Value::map();
  for (const Member& m : before.members()) all.set(m.key, m.value);
  for (const Member& m : given.members()) {
    const bool in_parts = m.key.text == "instanceLaunchTemplate";
    all.set(m.key, in_parts ? merged(before.at(m.key.text), m.value) : m.value);
  }
  return all;
}

void read_managed_instances(const Context& ctx, const Input& in, CapacityProvider& provider) {
  const Input managed = in.at("managedInstancesProvider");
  if (provider.cluster.empty())
    throw invalid_parameter("A cluster must be specified for a capacity provider of Amazon ECS "
                            "Managed Instances.");
  if (managed.string("infrastructureRoleArn").find(":role/") == std::string::npos)
    throw invalid_parameter("The infrastructure role ARN is invalid.");
  const Input launch = managed.at("instanceLaunchTemplate");
  for (const std::string& subnet : launch.at("networkConfiguration").strings("subnets"))
    if (!ctx.has<ec2::Subnet>(subnet))
      throw invalid_parameter(cat("The subnet ID '", subnet, "' does not exist."));
  const int64_t idle_s =
      managed.at("infrastructureOptimization").integer("scaleInAfter", scale_in_max_s);
  if (idle_s < -1 || idle_s > scale_in_max_s)
    throw invalid_parameter(cat("scaleInAfter must be -1 or between 0 and ", scale_in_max_s, '.'));
  provider.managed_instances_json =
      to_json(merged(value_from_json(provider.managed_instances_json),
                     in.raw("managedInstancesProvider")));
}

Value describe_group_provider(const CapacityProvider& p) {
  auto status = [](bool on) { return on ? "ENABLED" : "DISABLED"; };
  return {{"autoScalingGroupArn", p.group_arn},
          {"managedScaling",
           {{"status", status(p.managed_scaling)},
            {"targetCapacity", p.target_capacity},
            {"minimumScalingStepSize", p.min_step},
            {"maximumScalingStepSize", p.max_step},
            {"instanceWarmupPeriod", p.warmup_s}}},
          {"managedTerminationProtection", status(p.termination_protection)},
          {"managedDraining", status(p.managed_draining)}};
}

Value describe(const sim::Scope& scope, const CapacityProvider& p, bool with_tags) {
  Value v{{"capacityProviderArn", p.arn}, {"name", p.id}};
  if (!p.cluster.empty()) v.add("cluster", scope.arn("ecs", cat("cluster/", p.cluster)));
  v.add("status", p.status);
  if (!p.group_arn.empty()) v.add("autoScalingGroupProvider", describe_group_provider(p));
  if (!p.managed_instances_json.empty())
    v.add("managedInstancesProvider", value_from_json(p.managed_instances_json));
  if (!p.update_status.empty()) v.add("updateStatus", p.update_status);
  v.add("tags", with_tags ? describe_tags_of(p.tags) : Value::list());
  v.add("type", p.type);
  return v;
}

Value describe_fargate(const sim::Scope& scope, const std::string& name) {
  return {{"capacityProviderArn", scope.arn("ecs", cat("capacity-provider/", name))},
          {"name", name},
          {"status", "ACTIVE"},
          {"tags", Value::list()},
          {"type", name}};
}

Value create(Context& ctx, Input in) {
  CapacityProvider provider;
  provider.id = read_name(in);
  provider.tags = read_tags(in);
  const Input group = in.at("autoScalingGroupProvider");
  if (group.is_present() == in.has("managedInstancesProvider"))
    throw invalid_parameter("Exactly one of autoScalingGroupProvider and managedInstancesProvider "
                            "must be specified.");
  const std::string cluster = in.string("cluster");
  if (!cluster.empty()) provider.cluster = require_cluster(ctx, cluster).id;
  const CapacityProvider* before = ctx.view<CapacityProvider>(provider.id);
  if (before && before->status == "ACTIVE")
    throw client_exception("The specified capacity provider already exists. To change the "
                           "configuration of an existing capacity provider, update the capacity "
                           "provider.");
  if (group) {
    if (!provider.cluster.empty())
      throw invalid_parameter("A cluster cannot be specified for a capacity provider of an Auto "
                              "Scaling group.");
    provider.type = "EC2_AUTOSCALING";
    read_group(ctx, group, provider);
    read_scaling(group, provider);
    read_protection(ctx, group, provider);
  } else {
    provider.type = "MANAGED_INSTANCES";
    read_managed_instances(ctx, in, provider);
    const Cluster& host = *ctx.view<Cluster>(provider.cluster);
    check_attachments(host);
    if (host.capacity_providers.size() >= per_cluster_max)
      throw limit_exceeded("The limit for the resource was exceeded.");
  }
  provider.arn = ctx.arn("ecs", cat("capacity-provider/", provider.id));
  const CapacityProvider& made = ctx.add(std::move(provider));
  if (!made.cluster.empty())
    ctx.edit<Cluster>(made.cluster).capacity_providers.push_back(made.id);
  return {{"capacityProvider", describe(ctx, made, true)}};
}

Value describe_providers(Context& ctx, Input in) {
  const auto names = in.strings("capacityProviders"), include = in.strings("include");
  const std::string cluster = in.string("cluster");
  const bool tags = std::ranges::find(include, "TAGS") != include.end();
  const std::string cluster_id = cluster.empty() ? "" : require_cluster(ctx, cluster).id;
  auto show = [&](const std::string& name) {
    return is_fargate_provider(name) ? describe_fargate(ctx, name)
                                     : describe(ctx, *ctx.view<CapacityProvider>(name), tags);
  };
  Value found = Value::list(), failures = Value::list();
  if (names.size() > described_max)
    throw invalid_parameter("You can describe up to 100 capacity providers at a time.");
  for (const std::string& given : names) {
    const std::string name = name_of(given, "capacity-provider");
    const CapacityProvider* provider = ctx.view<CapacityProvider>(name);
    if (is_fargate_provider(name) || (provider && provider->status != "DELETED"))
      found.push(show(name));
    else
      failures.push(missing(given));
  }
  if (!names.empty()) return {{"capacityProviders", found}, {"failures", failures}};
  std::vector<std::string> all;
  if (cluster_id.empty()) {
    all = {"FARGATE", "FARGATE_SPOT"};
    for (const CapacityProvider& provider : ctx.all<CapacityProvider>())
      if (provider.status == "ACTIVE") all.push_back(provider.id);
  } else {
    all = ctx.view<Cluster>(cluster_id)->capacity_providers;
  }
  std::ranges::sort(all);
  const Slice slice = slice_of(all, in, false, page_default);
  for (const std::string& name : slice.keys) found.push(show(name));
  return {{"capacityProviders", found}, {"failures", failures}, {"nextToken", slice.next_token}};
}

/// The provider to change, or AWS's refusal.
std::string require_own(const sim::Scope& scope, const std::string& given, std::string_view verb) {
  const std::string name = name_of(given, "capacity-provider");
  if (is_fargate_provider(name))
    throw client_exception(cat("The specified capacity provider is reserved and cannot be ", verb,
                               ". Specify a different capacity provider and try again."));
  const CapacityProvider* provider = scope.view<CapacityProvider>(name);
  if (!provider || provider->status != "ACTIVE")
    throw client_exception("The specified capacity provider does not exist. Specify a valid name "
                           "or ARN and try again.");
  return name;
}

Value update(Context& ctx, Input in) {
  const std::string name = require_own(ctx, in.string("name"), "updated");
  CapacityProvider provider = *ctx.view<CapacityProvider>(name);
  const Input group = in.at("autoScalingGroupProvider");
  if (const std::string cluster = in.string("cluster"); !cluster.empty())
    if (require_cluster(ctx, cluster).id != provider.cluster)
      throw client_exception("The specified capacity provider does not exist in the specified "
                             "cluster.");
  if (group.is_present() == in.has("managedInstancesProvider"))
    throw invalid_parameter("Exactly one of autoScalingGroupProvider and managedInstancesProvider "
                            "must be specified.");
  if (group.is_present() == provider.group_arn.empty())
    throw invalid_parameter("The type of a capacity provider cannot be changed.");
  if (group) {
    read_scaling(group, provider);
    read_protection(ctx, group, provider);
  } else {
    read_managed_instances(ctx, in, provider);
  }
  provider.update_status = "UPDATE_COMPLETE";
  ctx.edit<CapacityProvider>(name) = std::move(provider);
  if (const std::string cluster = cluster_using(ctx, name); !cluster.empty() && group) {
    detach(ctx, name);
    attach(ctx, name, cluster);
  }
  return {{"capacityProvider", describe(ctx, *ctx.view<CapacityProvider>(name), true)}};
}

Value remove(Context& ctx, Input in) {
  const std::string name = require_own(ctx, in.string("capacityProvider"), "deleted");
  const std::string own = ctx.view<CapacityProvider>(name)->cluster;
  if (const std::string cluster = in.string("cluster"); !cluster.empty())
    if (require_cluster(ctx, cluster).id != own)
      throw client_exception("The specified capacity provider does not exist in the specified "
                             "cluster.");
  const std::string cluster = cluster_using(ctx, name);
  if (!cluster.empty() && own.empty())
    throw client_exception(cat("The capacity provider cannot be deleted because it is associated "
                               "with cluster: ", cluster, ". Remove the capacity provider from the "
                               "cluster and try again."));
  if (const Cluster* host = ctx.view<Cluster>(own)) check_attachments(*host);
  if (!own.empty()) std::erase(ctx.edit<Cluster>(own).capacity_providers, name);
  detach(ctx, name);
  CapacityProvider& provider = ctx.edit<CapacityProvider>(name);
  provider.update_status = "DELETE_IN_PROGRESS";
  const Value answer{{"capacityProvider", describe(ctx, provider, true)}};
  provider.status = "INACTIVE";
  provider.update_status = "DELETE_COMPLETE";
  ctx.after(deleted_visible, "ecs.capacity-provider.forget", name);
  return answer;
}

void forget(sim::Scope& scope, const sim::Event& event) {
  const CapacityProvider* provider = scope.view<CapacityProvider>(event.subject);
  if (provider && provider->status == "INACTIVE") scope.erase<CapacityProvider>(event.subject);
}

const api::HandlerRow rows[] = {
    {"CreateCapacityProvider", Writes, create},
    {"DescribeCapacityProviders", Reads, describe_providers},
    {"UpdateCapacityProvider", Writes, update},
    {"DeleteCapacityProvider", Writes, remove},
};
const sim::EventRow events[] = {{"ecs.capacity-provider.forget", forget}};

}  // namespace

const autoscaling::Group* group_of(const sim::Scope& scope, const CapacityProvider& provider) {
  return scope.view<autoscaling::Group>(provider.group_name);
}

std::string cluster_using(const sim::Scope& scope, const std::string& provider) {
  for (const Cluster& cluster : scope.all<Cluster>())
    if (cluster.status == "ACTIVE" &&
        std::ranges::find(cluster.capacity_providers, provider) !=
            cluster.capacity_providers.end())
      return cluster.id;
  return {};
}

HandlerRows capacity_provider_rows() { return rows; }
EventRows capacity_provider_events() { return events; }

}  // namespace squall::ecs
