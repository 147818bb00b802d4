// Launching: what, in which zone, and what happens when EC2 has no capacity there.
#include <algorithm>
#include <map>
#include <set>

#include "services/autoscaling/internal.h"

namespace squall::autoscaling {
namespace {

// Auto Scaling retries a failed zone soon and then ever less often (common knowledge: minutes).
constexpr Duration retry_first = 60s;
constexpr Duration retry_max = 15min;

struct ZoneChoice {
  std::string zone, subnet_id;
  size_t count = 0;   // instances there
  size_t launch = 0;  // to be launched now
};

std::vector<ZoneChoice> usable_zones(const Work& work) {
  std::vector<ZoneChoice> zones;
  for (const auto& [zone, subnet] : launch_zones(work.scope, work.group)) {
    const auto failed = work.group.zone_failures.find(zone);
    if (failed != work.group.zone_failures.end() && failed->second.retry_at > work.now()) continue;
    if (std::ranges::find(zones, zone, &ZoneChoice::zone) == zones.end())
      zones.push_back({zone, subnet, 0, 0});
  }
  for (const GroupInstance& i : work.group.instances) {
    const auto at = std::ranges::find(zones, i.zone, &ZoneChoice::zone);
    if (is_counted(i) && at != zones.end()) ++at->count;
  }
  return zones;
}

void spread(std::vector<ZoneChoice>& zones, size_t count) {
  for (size_t n = 0; n < count && !zones.empty(); ++n) {
    const auto fewest = std::ranges::min_element(
        zones, {}, [](const ZoneChoice& z) { return z.count + z.launch; });
    ++fewest->launch;
  }
}

std::string launch_cause(Work& work, size_t have, size_t wanted, bool rebalancing,
                         const std::string& zone) {
  Group& group = work.edit();
  if (rebalancing)
    return cat(at_text(work.now()), "instances were launched to balance instances in zones ", zone,
               " with other zones resulting in more than desired number of instances in the "
               "group.");
  if (group.replacements > 0)
    return cat(at_text(work.now()),
               "an instance was launched in response to an unhealthy instance needing to be "
               "replaced.");
  std::string cause = group.cause;
  if (!cause.empty()) cause += "  ";
  return cat(cause, at_text(work.now()),
             "an instance was started in response to a difference between desired and actual "
             "capacity, increasing the capacity from ",
             have, " to ", have + wanted, ".");
}

void record_failure(Work& work, const ZoneChoice& zone, const AwsError& error,
                    const std::string& type, const std::string& cause) {
  Group& group = work.edit();
  ZoneFailure& failure = group.zone_failures[zone.zone];
  Duration wait = retry_first;
  for (int64_t n = 0; n < failure.failures && wait < retry_max; ++n) wait *= 2;
  ++failure.failures;
  failure.retry_at = work.now() + std::min(wait, retry_max);
  std::string reason = error.message;
  if (error.code == "InsufficientInstanceCapacity" && reason.empty())
    reason = cat("We currently do not have sufficient ", type,
                 " capacity in the Availability Zone you requested (", zone.zone,
                 "). Our system will be working on provisioning additional capacity.");
  reason += " Launching EC2 instance failed.";
  start_activity(work.scope, group,
                 {"", zone.zone, zone.subnet_id,
                  cat("Launching a new EC2 instance.  Status Reason: ", reason), cause, "Failed",
                  reason});
  wake_at(work.scope, group.id, failure.retry_at);
}

void add_instance(Work& work, const std::string& id, const ZoneChoice& zone,
                  const ec2::LaunchSpec& spec, const std::string& cause, bool rebalancing) {
  // A reserved key, which EC2 refuses from its callers: written to the instance once it is there.
  work.scope.edit<ec2::Instance>(id).tags["aws:autoscaling:groupName"] = work.group.id;
  Group& group = work.edit();
  GroupInstance instance;
  instance.id = id;
  instance.zone = zone.zone;
  instance.instance_type = spec.instance_type;
  instance.image_id = spec.image_id;
  instance.launch_template_id = spec.launch_template_id;
  if (const auto* t = work.scope.view<ec2::LaunchTemplate>(spec.launch_template_id))
    instance.launch_template_name = t->name;
  instance.launch_template_version = spec.launch_template_version;
  instance.launch_configuration = group.launch_configuration;
  instance.protected_from_scale_in = group.new_instances_protected;
  instance.launched = work.now();
  instance.rebalancing = rebalancing;
  instance.activity =
      start_activity(work.scope, group,
                     {id, zone.zone, zone.subnet_id, cat("Launching a new EC2 instance: ", id),
                      cause, "InProgress"});
  group.instances.push_back(std::move(instance));
}

/// Launches what `zone` was given; false if EC2 refused.
bool launch_in_zone(Work& work, const ZoneChoice& zone, ec2::LaunchSpec spec,
                    const std::string& cause, bool rebalancing) {
  spec.subnet_id = zone.subnet_id;
  spec.zone = zone.zone;
  for (ec2::LaunchInterface& i : spec.interfaces)
    if (i.device_index == 0 && !zone.subnet_id.empty()) i.subnet_id = zone.subnet_id;
  try {
    const auto ids =
        ec2::launch_instances(work.scope, spec, static_cast<int>(zone.launch));
    for (const std::string& id : ids) add_instance(work, id, zone, spec, cause, rebalancing);
    if (work.group.zone_failures.contains(zone.zone)) work.edit().zone_failures.erase(zone.zone);
    return true;
  } catch (const AwsError& error) {
    record_failure(work, zone, error, spec.instance_type, cause);
    return false;
  }
}

size_t launch_round(Work& work, std::vector<ZoneChoice>& zones, const ec2::LaunchSpec& spec,
                    const std::string& cause, bool rebalancing) {
  size_t done = 0;
  std::set<std::string> failed;
  for (ZoneChoice& zone : zones) {
    if (!zone.launch) continue;
    if (launch_in_zone(work, zone, spec, cause, rebalancing)) {
      done += zone.launch;
      zone.count += zone.launch;
    } else {
      failed.insert(zone.zone);
    }
    zone.launch = 0;
  }
  std::erase_if(zones, [&](const ZoneChoice& z) { return failed.contains(z.zone); });
  return done;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> launch_zones(const sim::Scope& scope,
                                                              const Group& group) {
  std::vector<std::pair<std::string, std::string>> zones;
  for (const std::string& id : group.subnet_ids)
    if (const ec2::Subnet* subnet = scope.view<ec2::Subnet>(id))
      zones.emplace_back(subnet->zone, id);
  if (group.subnet_ids.empty())
    for (const std::string& zone : group.zones) zones.emplace_back(zone, "");
  std::ranges::stable_sort(zones, {}, [](const auto& z) { return z.first; });
  return zones;
}

ec2::LaunchSpec launch_spec(const sim::Scope& scope, const Group& group) {
  ec2::LaunchSpec spec;
  if (!group.launch_configuration.empty()) {
    const auto* lc = scope.view<LaunchConfiguration>(group.launch_configuration);
    if (!lc) throw validation_error("Launch configuration name not found");
    spec.image_id = lc->image_id;
    spec.instance_type = lc->instance_type;
    spec.key_name = lc->key_name;
    spec.group_ids = lc->group_ids;
    spec.user_data = lc->user_data;
    spec.instance_profile_arn = lc->instance_profile;
    spec.monitoring = lc->monitoring;
    spec.ebs_optimized = lc->ebs_optimized;
    spec.associate_public_ip = lc->associate_public_ip;
    spec.block_devices = lc->block_devices;
    if (!lc->spot_price.empty()) spec.market_type = "spot";
    if (!lc->http_tokens.empty()) spec.metadata_http_tokens = lc->http_tokens;
  } else {
    const std::string version =
        group.launch_template_version.empty() ? "$Default" : group.launch_template_version;
    spec = ec2::resolve_launch_template(scope, group.launch_template_id, "", version);
  }
  if (group.mixed_instances && !group.mixed_instances->instance_types.empty())
    spec.instance_type = group.mixed_instances->instance_types.front();
  spec.auto_scaling_group = group.id;
  for (const GroupTag& tag : group.tags)
    if (tag.propagate_at_launch) spec.instance_tags[tag.key] = tag.value;
  return spec;
}

size_t launch(Work& work, size_t count, bool rebalancing) {
  std::vector<ZoneChoice> zones = usable_zones(work);
  if (zones.empty() || !count) return 0;
  const size_t have = static_cast<size_t>(
      std::ranges::count_if(work.group.instances, [](const auto& i) { return is_counted(i); }));
  ec2::LaunchSpec spec;
  try {
    spec = launch_spec(work.scope, work.group);
  } catch (const AwsError& error) {
    const std::string cause = launch_cause(work, have, count, rebalancing, zones[0].zone);
    for (const ZoneChoice& zone : zones) record_failure(work, zone, error, "", cause);
    return 0;
  }
  size_t done = 0;
  while (done < count && !zones.empty()) {
    spread(zones, count - done);
    const std::string cause =
        launch_cause(work, have + done, count - done, rebalancing, zones[0].zone);
    done += launch_round(work, zones, spec, cause, rebalancing);
    if (rebalancing) break;  // another zone would not even anything out
  }
  if (!rebalancing && done) {
    Group& group = work.edit();
    group.replacements = std::max<int64_t>(0, group.replacements - static_cast<int64_t>(done));
  }
  return done;
}

}  // namespace squall::autoscaling
