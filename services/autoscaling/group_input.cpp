// What Create and Update take: sizes, launch source, zones, health, policies; checked as AWS does.
#include <algorithm>
#include <set>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

const std::set<std::string> termination_policy_names{
    "AllocationStrategy",     "ClosestToNextInstanceHour", "Default",
    "NewestInstance",         "OldestInstance",            "OldestLaunchConfiguration",
    "OldestLaunchTemplate"};

void set_template(const sim::Scope& scope, const Input& spec, Group& g) {
  const std::string id = spec.string("LaunchTemplateId"), name = spec.string("LaunchTemplateName");
  if (id.empty() == name.empty())
    throw validation_error("Valid requests must contain either launchTemplateId or "
                           "LaunchTemplateName");
  const ec2::LaunchTemplate* found = nullptr;
  if (!id.empty()) {
    found = scope.view<ec2::LaunchTemplate>(id);
  } else {
    const auto named = scope.by<ec2::LaunchTemplate>("name:" + name);
    if (!named.empty()) found = named.front();
  }
  if (!found)
    throw validation_error("You must use a valid fully-formed launch template. The specified "
                           "launch template does not exist.");
  g.launch_template_id = found->id;
  g.launch_template_name = found->name;
  g.launch_template_version = spec.string("Version", "$Default");
  const auto number = parse_int(g.launch_template_version);
  const bool known = number ? std::ranges::any_of(found->versions,
                                                  [&](const auto& v) {
                                                    return v.second.number == *number;
                                                  })
                            : g.launch_template_version == "$Latest" ||
                                  g.launch_template_version == "$Default";
  if (!known)
    throw validation_error("You must use a valid fully-formed launch template. The specified "
                           "launch template version does not exist.");
  g.launch_configuration.clear();
}

void read_zones(Context& ctx, const Input& in, Group& g) {
  const auto wanted = in.strings("AvailabilityZones");
  for (const std::string& zone : wanted)
    if (std::ranges::none_of(ec2::zones(ctx.region()),
                             [&](const auto& z) { return z.name == zone; }))
      throw validation_error(cat("Invalid availability zones: [", zone, "]"));
  if (const auto subnets = in.optional_string("VPCZoneIdentifier")) {
    std::set<std::string> zones;
    g.subnet_ids.clear();
    for (const std::string_view part : split(*subnets, ',')) {
      const std::string id{trim(part)};
      if (id.empty()) continue;
      const ec2::Subnet* subnet = ctx.view<ec2::Subnet>(id);
      if (!subnet)
        throw validation_error(cat("The subnet ID '", id, "' does not exist"));
      g.subnet_ids.push_back(id);
      zones.insert(subnet->zone);
    }
    for (const std::string& zone : wanted)
      if (!zones.contains(zone))
        throw validation_error("The availability zones of the specified subnets and the "
                               "specified AZ list do not match");
    g.zones.assign(zones.begin(), zones.end());
  } else if (!wanted.empty()) {
    g.subnet_ids.clear();
    g.zones = wanted;
    std::ranges::sort(g.zones);
  }
}

void read_health(const Input& in, Group& g) {
  g.health_check_type = in.string("HealthCheckType", g.health_check_type);
  for (const std::string_view type : split(g.health_check_type, ','))
    if (type != "EC2" && type != "ELB" && type != "EBS" && type != "VPC_LATTICE")
      throw validation_error(cat("Invalid HealthCheckType: ", type));
  g.health_check_grace_s = in.integer("HealthCheckGracePeriod", g.health_check_grace_s);
  if (g.health_check_grace_s < 0)
    throw validation_error("HealthCheckGracePeriod must not be negative");
}

void read_timing(const Input& in, Group& g) {
  g.default_cooldown_s = in.integer("DefaultCooldown", g.default_cooldown_s);
  if (const auto warmup = in.optional_integer("DefaultInstanceWarmup")) {
    if (*warmup < -1 || *warmup > 3600)
      throw validation_error("DefaultInstanceWarmup must be between -1 and 3600");
    g.default_warmup_s = *warmup < 0 ? std::nullopt : warmup;
  }
  if (const auto lifetime = in.optional_integer("MaxInstanceLifetime")) {
    if (*lifetime != 0 && (*lifetime < 86'400 || *lifetime > 31'536'000))
      throw validation_error("MaxInstanceLifetime must be 0 or between 86400 and 31536000 seconds");
    g.max_instance_lifetime_s = *lifetime ? lifetime : std::nullopt;
  }
  const Input maintenance = in.at("InstanceMaintenancePolicy");
  if (maintenance) {
    const auto low = maintenance.optional_integer("MinHealthyPercentage");
    const auto high = maintenance.optional_integer("MaxHealthyPercentage");
    if (low.has_value() != high.has_value())
      throw validation_error("Both MinHealthyPercentage and MaxHealthyPercentage must be given");
    g.min_healthy_percentage = low && *low >= 0 ? low : std::nullopt;
    g.max_healthy_percentage = high && *high >= 0 ? high : std::nullopt;
  }
}

void read_policies(const Input& in, Group& g) {
  if (in.has("TerminationPolicies")) g.termination_policies = in.strings("TerminationPolicies");
  if (g.termination_policies.empty()) g.termination_policies = {"Default"};
  for (const std::string& policy : g.termination_policies)
    if (!termination_policy_names.contains(policy))
      throw validation_error(cat("Invalid TerminationPolicy: ", policy));
  g.new_instances_protected =
      in.boolean("NewInstancesProtectedFromScaleIn", g.new_instances_protected);
  g.capacity_rebalance = in.boolean("CapacityRebalance", g.capacity_rebalance);
  g.placement_group = in.string("PlacementGroup", g.placement_group);
  g.context = in.string("Context", g.context);
  g.deletion_protection = in.string("DeletionProtection", g.deletion_protection);
  if (in.string("DesiredCapacityType", "units") != "units")
    throw validation_error("Only the desired capacity type 'units' is available");
  g.zone_distribution =
      in.at("AvailabilityZoneDistribution").string("CapacityDistributionStrategy",
                                                   g.zone_distribution);
}

}  // namespace

void read_launch_template(const sim::Scope& scope, const Input& in, Group& g) {
  const Input spec = in.at("LaunchTemplate");
  if (!spec) return;
  set_template(scope, spec, g);
  g.mixed_instances.reset();
}

void read_mixed_instances(const sim::Scope& scope, const Input& in, Group& g) {
  const Input policy = in.at("MixedInstancesPolicy");
  if (!policy) return;
  const Input source = policy.at("LaunchTemplate");
  if (!source.at("LaunchTemplateSpecification"))
    throw validation_error("A mixed instances policy needs a launch template");
  set_template(scope, source.at("LaunchTemplateSpecification"), g);
  MixedInstances mixed;
  for (const Input& row : source.list("Overrides"))
    mixed.instance_types.push_back(row.string("InstanceType"));
  const Input distribution = policy.at("InstancesDistribution");
  mixed.on_demand_strategy = distribution.string("OnDemandAllocationStrategy", "prioritized");
  mixed.on_demand_base = distribution.integer("OnDemandBaseCapacity", 0);
  mixed.on_demand_percentage = distribution.integer("OnDemandPercentageAboveBaseCapacity", 100);
  mixed.spot_strategy = distribution.string("SpotAllocationStrategy", "lowest-price");
  mixed.spot_pools = distribution.optional_integer("SpotInstancePools");
  mixed.spot_max_price = distribution.string("SpotMaxPrice");
  g.mixed_instances = std::move(mixed);
}

void read_group(Context& ctx, const Input& in, Group& g) {
  g.min_size = in.integer("MinSize", g.min_size);
  g.max_size = in.integer("MaxSize", g.max_size);
  const std::string configuration = in.string("LaunchConfigurationName");
  const int sources = (configuration.empty() ? 0 : 1) + in.has("LaunchTemplate") +
                      in.has("MixedInstancesPolicy");
  if (sources > 1)
    throw validation_error("Valid requests must contain either LaunchTemplate, "
                           "LaunchConfigurationName, InstanceId or MixedInstancesPolicy "
                           "parameter.");
  if (!configuration.empty()) {
    if (!ctx.has<LaunchConfiguration>(configuration))
      throw validation_error(cat("Launch configuration name not found - Launch configuration ",
                                 configuration, " not found"));
    g.launch_configuration = configuration;
    g.launch_template_id.clear();
    g.launch_template_name.clear();
    g.launch_template_version.clear();
    g.mixed_instances.reset();
  }
  read_launch_template(ctx, in, g);
  read_mixed_instances(ctx, in, g);
  read_zones(ctx, in, g);
  read_health(in, g);
  read_timing(in, g);
  read_policies(in, g);
}

void check_sizes(const Group& g) {
  if (g.min_size < 0 || g.max_size < 0)
    throw validation_error("Min size and max size must not be negative");
  if (g.min_size > g.max_size)
    throw validation_error("Min bound, " + std::to_string(g.min_size) +
                           ", must be less than or equal to max bound, " +
                           std::to_string(g.max_size));
  if (g.desired < g.min_size)
    throw validation_error(cat("Desired capacity:", g.desired,
                               " must be between the specified min size:", g.min_size,
                               " and max size:", g.max_size));
  if (g.desired > g.max_size)
    throw validation_error(cat("Desired capacity:", g.desired,
                               " must be between the specified min size:", g.min_size,
                               " and max size:", g.max_size));
}

std::vector<GroupTag> read_group_tags(const Input& in, const std::string& group) {
  std::vector<GroupTag> tags;
  for (const Input& tag : in.list("Tags")) {
    const std::string key = tag.string("Key"), owner = tag.string("ResourceId", group);
    if (owner != group) throw validation_error("The tag's resource ID is not the group's name");
    if (key.starts_with("aws:"))
      throw validation_error(cat("Tag keys starting with 'aws:' are reserved for internal use: ",
                                 key));
    std::erase_if(tags, [&](const GroupTag& t) { return t.key == key; });
    tags.push_back({key, tag.string("Value"), tag.boolean("PropagateAtLaunch")});
  }
  std::ranges::sort(tags, {}, &GroupTag::key);
  return tags;
}

}  // namespace squall::autoscaling
