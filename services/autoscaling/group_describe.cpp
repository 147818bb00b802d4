// Groups and their instances as Describe shows them.
#include <algorithm>

#include "services/autoscaling/internal.h"
#include "services/common/filter.h"

namespace squall::autoscaling {

Value describe_launch_template(const Group& g) {
  return {{"LaunchTemplateId", g.launch_template_id},
          {"LaunchTemplateName", g.launch_template_name},
          {"Version", g.launch_template_version}};
}

Value describe_mixed_instances(const Group& g) {
  const MixedInstances& m = *g.mixed_instances;
  Value distribution{{"OnDemandAllocationStrategy", m.on_demand_strategy},
                     {"OnDemandBaseCapacity", m.on_demand_base},
                     {"OnDemandPercentageAboveBaseCapacity", m.on_demand_percentage},
                     {"SpotAllocationStrategy", m.spot_strategy},
                     {"SpotInstancePools", m.spot_pools}};
  if (!m.spot_max_price.empty()) distribution.add("SpotMaxPrice", m.spot_max_price);
  return {{"LaunchTemplate",
           {{"LaunchTemplateSpecification", describe_launch_template(g)},
            {"Overrides", list_of(m.instance_types, [](const std::string& type) {
               return Value{{"InstanceType", type}};
             })}}},
          {"InstancesDistribution", distribution}};
}

namespace {

Value describe_instance(const GroupInstance& i, const Group* named) {
  Value v{{"InstanceId", i.id}, {"InstanceType", i.instance_type}};
  if (named) v.add("AutoScalingGroupName", named->id);
  v.add("AvailabilityZone", i.zone);
  v.add("LifecycleState", i.lifecycle);
  // DescribeAutoScalingInstances shouts, as on AWS.
  v.add("HealthStatus", named ? i.health == "Healthy" ? "HEALTHY" : "UNHEALTHY" : i.health);
  if (!i.launch_configuration.empty()) v.add("LaunchConfigurationName", i.launch_configuration);
  if (!i.launch_template_id.empty())
    v.add("LaunchTemplate", {{"LaunchTemplateId", i.launch_template_id},
                             {"LaunchTemplateName", i.launch_template_name},
                             {"Version", i.launch_template_version}});
  v.add("ProtectedFromScaleIn", i.protected_from_scale_in);
  return v;
}

Value describe_tags_of(const Group& g) {
  return list_of(g.tags, [&](const GroupTag& t) {
    return Value{{"ResourceId", g.id},
                 {"ResourceType", "auto-scaling-group"},
                 {"Key", t.key},
                 {"Value", t.value},
                 {"PropagateAtLaunch", t.propagate_at_launch}};
  });
}

void add_source(Value& v, const Group& g) {
  if (!g.launch_configuration.empty()) v.add("LaunchConfigurationName", g.launch_configuration);
  if (g.mixed_instances)
    v.add("MixedInstancesPolicy", describe_mixed_instances(g));
  else if (!g.launch_template_id.empty())
    v.add("LaunchTemplate", describe_launch_template(g));
}

void add_optional(Value& v, const Group& g) {
  if (!g.placement_group.empty()) v.add("PlacementGroup", g.placement_group);
  if (!g.subnet_ids.empty()) v.add("VPCZoneIdentifier", join(g.subnet_ids, ","));
  if (!g.status.empty()) v.add("Status", g.status);
  if (!g.context.empty()) v.add("Context", g.context);
  v.add("MaxInstanceLifetime", g.max_instance_lifetime_s);
  v.add("DefaultInstanceWarmup", g.default_warmup_s);
  if (g.min_healthy_percentage)
    v.add("InstanceMaintenancePolicy", {{"MinHealthyPercentage", g.min_healthy_percentage},
                                        {"MaxHealthyPercentage", g.max_healthy_percentage}});
}

Value describe(const Group& g, bool with_instances) {
  Value v{{"AutoScalingGroupName", g.id}, {"AutoScalingGroupARN", g.arn}};
  add_source(v, g);
  v.add("MinSize", g.min_size);
  v.add("MaxSize", g.max_size);
  v.add("DesiredCapacity", g.desired);
  v.add("DefaultCooldown", g.default_cooldown_s);
  v.add("AvailabilityZones", g.zones);
  v.add("LoadBalancerNames", g.load_balancer_names);
  v.add("TargetGroupARNs", g.target_group_arns);
  v.add("HealthCheckType", g.health_check_type);
  v.add("HealthCheckGracePeriod", g.health_check_grace_s);
  if (with_instances)
    v.add("Instances",
          list_of(g.instances, [](const auto& i) { return describe_instance(i, nullptr); }));
  v.add("CreatedTime", g.created);
  v.add("SuspendedProcesses", list_of(g.suspended, [](const std::string& process) {
          return Value{{"ProcessName", process}, {"SuspensionReason", "User suspended"}};
        }));
  v.add("EnabledMetrics", list_of(g.enabled_metrics, [](const std::string& metric) {
          return Value{{"Metric", metric}, {"Granularity", "1Minute"}};
        }));
  v.add("Tags", describe_tags_of(g));
  v.add("TerminationPolicies", g.termination_policies);
  v.add("NewInstancesProtectedFromScaleIn", g.new_instances_protected);
  v.add("ServiceLinkedRoleARN", g.service_linked_role_arn);
  v.add("CapacityRebalance", g.capacity_rebalance);
  v.add("TrafficSources", list_of(g.target_group_arns, [](const std::string& arn) {
          return Value{{"Identifier", arn}, {"Type", "elbv2"}};
        }));
  v.add("DeletionProtection", g.deletion_protection);
  v.add("AvailabilityZoneDistribution", {{"CapacityDistributionStrategy", g.zone_distribution}});
  add_optional(v, g);
  return v;
}

bool matches(const Group& g, const std::vector<Filter>& filters) {
  for (const Filter& f : filters) {
    Tags tags;
    for (const GroupTag& t : g.tags) tags[t.key] = t.value;
    if (f.name != "tag-key" && f.name != "tag-value" && !f.name.starts_with("tag:"))
      throw validation_error(cat("Filter type ", f.name, " is not correct"));
    if (!matches_tags(f, tags)) return false;
  }
  return true;
}

constexpr size_t groups_a_page = 50;
constexpr size_t groups_a_page_max = 100;

Value describe_groups(Context& ctx, Input in) {
  const auto names = in.strings("AutoScalingGroupNames");
  const auto filters = filters_from(in);
  const bool with_instances = in.boolean("IncludeInstances", true);
  PageRequest request = page_of(in);
  if (!in.has("MaxRecords")) request.limit = groups_a_page;
  request.limit = std::min(request.limit, groups_a_page_max);
  const Page page = paginate(
      ctx.all<Group>(), request,
      [&](const Group& g) {
        const bool named = names.empty() || std::ranges::find(names, g.id) != names.end() ||
                           std::ranges::find(names, g.arn) != names.end();
        return named && matches(g, filters);
      },
      [&](const Group& g) { return describe(g, with_instances); });
  return {{"AutoScalingGroups", page.items}, {"NextToken", page.next_token}};
}

Value describe_instances(Context& ctx, Input in) {
  const auto wanted = in.strings("InstanceIds");
  Value list = Value::list();
  const PageRequest request = page_of(in);
  if (!wanted.empty()) {
    for (const std::string& id : wanted)
      for (const Group* g : ctx.by<Group>("instance:" + id))
        for (const GroupInstance& i : g->instances)
          if (i.id == id) list.push(describe_instance(i, g));
    return {{"AutoScalingInstances", list}};
  }
  std::string last;  // "group/instance", in that order
  for (const Group& g : ctx.all<Group>()) {
    std::vector<const GroupInstance*> sorted;
    for (const GroupInstance& i : g.instances) sorted.push_back(&i);
    std::ranges::sort(sorted, {}, &GroupInstance::id);
    for (const GroupInstance* i : sorted) {
      const std::string key = cat(g.id, '\n', i->id);
      if (!request.after.empty() && key <= request.after) continue;
      if (list.size() == std::min<size_t>(request.limit, 50))
        return {{"AutoScalingInstances", list},
                {"NextToken", base64_encode(cat("v1:", last))}};
      list.push(describe_instance(*i, &g));
      last = key;
    }
  }
  return {{"AutoScalingInstances", list}};
}

const api::HandlerRow rows[] = {
    {"DescribeAutoScalingGroups", Reads, describe_groups},
    {"DescribeAutoScalingInstances", Reads, describe_instances},
};

}  // namespace

std::span<const api::HandlerRow> describe_group_rows() { return rows; }

}  // namespace squall::autoscaling
