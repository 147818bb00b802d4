// DescribeInstances, and the operations that change an instance's state.
#include <algorithm>
#include <unordered_map>

#include "emulator/api/items.h"
#include "emulator/sim/impairment.h"
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

using Shown = ec2::Shown<Instance>;

const NetworkInterface* primary_of(const Shown& i) {
  return i.scope->view<NetworkInterface>(i->primary_interface_id);
}
Strings optional(const std::string& text) { return text.empty() ? Strings{} : Strings{text}; }

Strings group_names(const Shown& i) {
  Strings names;
  for (const std::string& id : i->group_ids)
    if (const SecurityGroup* group = i.scope->view<SecurityGroup>(id)) names.push_back(group->name);
  return names;
}
Strings public_ip_of(const Shown& i) {
  const NetworkInterface* eni = primary_of(i);
  return eni ? optional(eni->public_ip) : Strings{};
}
Strings private_ips(const Shown& i) {
  Strings ips;
  for (const std::string& id : i->interface_ids)
    if (const NetworkInterface* eni = i.scope->view<NetworkInterface>(id)) {
      ips.push_back(eni->private_ip);
      ips.insert(ips.end(), eni->secondary_ips.begin(), eni->secondary_ips.end());
    }
  return ips;
}
Strings volume_ids(const Shown& i) {
  Strings ids;
  for (const BlockDevice& device : i->block_devices) ids.push_back(device.volume_id);
  return ids;
}
Strings device_names(const Shown& i) {
  Strings names;
  for (const BlockDevice& device : i->block_devices) names.push_back(device.device_name);
  return names;
}

const ShownFilter<Instance> filters[] = {
    {"architecture", [](const Shown& i) { return Strings{i->architecture}; }},
    {"availability-zone", [](const Shown& i) { return Strings{i->zone}; }},
    {"block-device-mapping.device-name", device_names},
    {"block-device-mapping.volume-id", volume_ids},
    {"client-token", [](const Shown& i) { return optional(i->client_token); }},
    {"dns-name",
     [](const Shown& i) {
       const Strings ip = public_ip_of(i);
       return ip.empty() ? Strings{} : Strings{public_dns_name(*i.scope, ip[0])};
     }},
    {"group-id", [](const Shown& i) { return i->group_ids; }},
    {"group-name", group_names},
    {"hypervisor", [](const Shown&) { return Strings{"xen"}; }},
    {"iam-instance-profile.arn", [](const Shown& i) { return optional(i->instance_profile_arn); }},
    {"iam-instance-profile.id", [](const Shown& i) { return optional(i->instance_profile_id); }},
    {"image-id", [](const Shown& i) { return Strings{i->image_id}; }},
    {"instance-id", [](const Shown& i) { return Strings{i->id}; }},
    {"instance-lifecycle", [](const Shown& i) { return optional(i->market_type); }},
    {"instance-state-code",
     [](const Shown& i) { return Strings{std::to_string(state_code(i->state))}; }},
    {"instance-state-name", [](const Shown& i) { return Strings{i->state}; }, "state:"},
    {"instance-type", [](const Shown& i) { return Strings{i->instance_type}; }},
    {"instance.group-id", [](const Shown& i) { return i->group_ids; }},
    {"instance.group-name", group_names},
    {"ip-address", public_ip_of},
    {"key-name", [](const Shown& i) { return optional(i->key_name); }},
    {"launch-index", [](const Shown& i) { return Strings{std::to_string(i->launch_index)}; }},
    {"launch-time", [](const Shown& i) { return Strings{format_iso8601_ms(i->launched)}; }},
    {"metadata-options.http-tokens",
     [](const Shown& i) { return Strings{i->metadata_http_tokens}; }},
    {"metadata-options.http-endpoint",
     [](const Shown& i) { return Strings{i->metadata_http_endpoint}; }},
    {"monitoring-state",
     [](const Shown& i) { return Strings{i->monitoring ? "enabled" : "disabled"}; }},
    {"network-interface.network-interface-id", [](const Shown& i) { return i->interface_ids; }},
    {"network-interface.subnet-id", [](const Shown& i) { return optional(i->subnet_id); }},
    {"network-interface.vpc-id", [](const Shown& i) { return optional(i->vpc_id); }},
    {"network-interface.group-id", [](const Shown& i) { return i->group_ids; }},
    {"network-interface.availability-zone", [](const Shown& i) { return Strings{i->zone}; }},
    {"network-interface.addresses.private-ip-address", private_ips},
    {"owner-id", [](const Shown& i) { return Strings{i.scope->account()}; }},
    {"placement-group-name", [](const Shown& i) { return optional(i->placement_group); }},
    {"platform-details", [](const Shown& i) { return Strings{i->platform_details}; }},
    {"private-dns-name",
     [](const Shown& i) {
       return i->private_ip.empty() ? Strings{}
                                    : Strings{private_dns_name(*i.scope, i->private_ip)};
     }},
    {"private-ip-address", [](const Shown& i) { return optional(i->private_ip); }},
    {"reservation-id", [](const Shown& i) { return Strings{i->reservation_id}; }},
    {"root-device-name", [](const Shown& i) { return Strings{i->root_device_name}; }},
    {"root-device-type", [](const Shown&) { return Strings{"ebs"}; }},
    {"source-dest-check", [](const Shown& i) { return Strings{text_of(i->source_dest_check)}; }},
    {"state-reason-code", [](const Shown& i) { return optional(i->state_reason_code); }},
    {"subnet-id", [](const Shown& i) { return optional(i->subnet_id); }, "subnet:"},
    {"tenancy", [](const Shown& i) { return Strings{i->tenancy}; }},
    {"virtualization-type", [](const Shown&) { return Strings{"hvm"}; }},
    {"vpc-id", [](const Shown& i) { return optional(i->vpc_id); }, "vpc:"},
};

/// Instances of one reservation are shown together, wherever they come in the order of ids.
class Reservations {
 public:
  explicit Reservations(const Context& ctx)
      : scope_(ctx), describer_(ctx), items_(ctx, {"Reservations", "Instances"}) {}
  /// The whole list is asked for, as pollers do. The versions are of all that a description shows.
  void keep(const Context& ctx) {
    items_.keep(ctx, ctx.version<Instance>() + ctx.version<NetworkInterface>() +
                         ctx.version<SecurityGroup>() + ctx.version<Vpc>());
  }
  void add(const Instance& instance) {
    const auto [at, fresh] = lists_.try_emplace(instance.reservation_id);
    if (fresh) {
      const Value reservation = describe_reservation(scope_, instance);
      at->second = reservation.at("Instances");
      list_.push(reservation);
    }
    at->second.push(items_.item(&instance, [&] { return describer_.describe(instance); }));
  }
  Value list() const { return list_; }

 private:
  const sim::Scope& scope_;
  InstanceDescriber describer_;
  api::Items items_;
  Value list_ = Value::list();
  std::unordered_map<std::string_view, Value> lists_;  // looked up, never walked
};

Value describe_instances(Context& ctx, Input in) {
  const FilterSet<Shown> set(in, filters);
  const auto ids = in.strings("InstanceIds");
  in.ignore("IncludeManagedResources");  // no service manages instances of its own here
  if (!ids.empty() && in.has("MaxResults"))
    throw compute_combination("The parameter instancesSet cannot be used with the parameter "
                              "maxResults");
  const PageRequest page = page_of(in);
  Reservations reservations(ctx);
  auto matches = [&](const Instance& i) {
    return set.empty() || set.matches(Shown{&i, &ctx, i.tags});
  };
  Value answer = Value::map();
  if (!ids.empty()) {
    for (const std::string& id : require_instances(ctx, ids))
      if (const Instance& i = *ctx.view<Instance>(id); matches(i)) reservations.add(i);
  } else {
    const bool whole = set.empty() && page.after.empty() && page.limit == PageRequest{}.limit;
    if (whole) reservations.keep(ctx);
    const auto walk = [&](const auto& range) {
      return walk_page(range, page, matches, [&](const Instance& i) { reservations.add(i); });
    };
    const auto few = candidates<Instance>(ctx, set);
    const Value next = few ? walk(RecordList<Instance>(*few)) : walk(ctx.all<Instance>());
    if (!next.is_absent()) answer.set("NextToken", next);
  }
  answer.set("Reservations", reservations.list());
  return answer;
}

Value state_change(const std::string& id, std::string_view current, std::string_view previous) {
  return {{"InstanceId", id},
          {"CurrentState", describe_state(current)},
          {"PreviousState", describe_state(previous)}};
}

Value terminate_instances(Context& ctx, Input in) {
  const auto ids = require_instances(ctx, in.strings("InstanceIds"));
  in.ignore("Force");          // termination always succeeds in a World
  in.ignore("SkipOsShutdown");
  for (const std::string& id : ids)
    if (ctx.view<Instance>(id)->disable_api_termination) throw termination_protected(id);
  Value changes = Value::list();
  for (const std::string& id : ids) {
    const std::string before = ctx.view<Instance>(id)->state;
    terminate_instance(ctx, id, "User initiated");
    changes.push(state_change(id, ctx.view<Instance>(id)->state, before));
  }
  return {{"TerminatingInstances", changes}};
}

Value stop_instances(Context& ctx, Input in) {
  const auto ids = require_instances(ctx, in.strings("InstanceIds"));
  in.ignore("Force");
  in.ignore("SkipOsShutdown");
  const bool hibernate = in.boolean("Hibernate");
  for (const std::string& id : ids) {
    const Instance& i = *ctx.view<Instance>(id);
    if (i.disable_api_stop) throw stop_protected(id);
    if (hibernate && !i.hibernation)
      throw AwsError{"UnsupportedHibernationConfiguration",
                     cat("Hibernation is not enabled for instance ", id, ".")};
    if (i.market_type == "spot")
      throw AwsError{"UnsupportedOperation",
                     cat("You can't stop the Spot Instance '", id,
                         "' because it is associated with a one-time Spot Instance request. You "
                         "can only stop Spot Instances associated with persistent Spot Instance "
                         "requests.")};
    if (i.state == "shutting-down" || i.state == "terminated")
      throw incorrect_instance_state(cat("This instance '", id,
                                         "' is not in a state from which it can be stopped."));
  }
  Value changes = Value::list();
  for (const std::string& id : ids) {
    const std::string before = ctx.view<Instance>(id)->state;
    stop_instance(ctx, id, "User initiated");
    changes.push(state_change(id, ctx.view<Instance>(id)->state, before));
  }
  return {{"StoppingInstances", changes}};
}

Value start_instances(Context& ctx, Input in) {
  const auto ids = require_instances(ctx, in.strings("InstanceIds"));
  in.ignore("AdditionalInfo");
  for (const std::string& id : ids) {
    const std::string& state = ctx.view<Instance>(id)->state;
    if (state != "stopped" && state != "running" && state != "pending")
      throw incorrect_instance_state(cat("The instance '", id,
                                         "' is not in a state from which it can be started."));
  }
  Value changes = Value::list();
  for (const std::string& id : ids) {
    const std::string before = ctx.view<Instance>(id)->state;
    start_instance(ctx, id);
    changes.push(state_change(id, ctx.view<Instance>(id)->state, before));
  }
  return {{"StartingInstances", changes}};
}

Value reboot_instances(Context& ctx, Input in) {
  const auto ids = require_instances(ctx, in.strings("InstanceIds"));
  for (const std::string& id : ids)
    if (ctx.view<Instance>(id)->state != "running")
      throw incorrect_instance_state(cat("This instance '", id,
                                         "' is not in a state from which it can be rebooted."));
  for (const std::string& id : ids) {
    Instance& i = ctx.edit<Instance>(id);
    if (!i.powered) continue;  // nothing hears the command
    i.booted.reset();
    ++i.power_epoch;
    ctx.after(ctx.latency("ec2.instance.reboot", id), "ec2.instance.rebooted", id,
              std::to_string(i.power_epoch));
    ctx.announce("ec2.instance-reboot", id, "User initiated reboot");
  }
  return Value::map();
}

Value set_monitoring(Context& ctx, const Input& in, bool on) {
  Value list = Value::list();
  for (const std::string& id : require_instances(ctx, in.strings("InstanceIds"))) {
    Instance& i = ctx.edit<Instance>(id);
    const std::string_view shown = i.monitoring == on ? (on ? "enabled" : "disabled")
                                                      : (on ? "pending" : "disabling");
    i.monitoring = on;
    list.push({{"InstanceId", id}, {"Monitoring", {{"State", shown}}}});
  }
  return {{"InstanceMonitorings", list}};
}
Value monitor_instances(Context& ctx, Input in) { return set_monitoring(ctx, in, true); }
Value unmonitor_instances(Context& ctx, Input in) { return set_monitoring(ctx, in, false); }

const HandlerRow rows[] = {
    {"DescribeInstances", Reads, describe_instances},
    {"TerminateInstances", Writes, terminate_instances},
    {"StopInstances", Writes, stop_instances},
    {"StartInstances", Writes, start_instances},
    {"RebootInstances", Writes, reboot_instances},
    {"MonitorInstances", Writes, monitor_instances},
    {"UnmonitorInstances", Writes, unmonitor_instances},
};

}  // namespace

HandlerRows instance_rows() { return rows; }

std::vector<std::string> require_instances(const sim::Scope& scope,
                                           const std::vector<std::string>& ids) {
  std::vector<std::string> unknown;
  for (const std::string& id : ids) {
    if (!is_resource_id(id, "i")) throw malformed_instance_id(id);
    if (!scope.has<Instance>(id)) unknown.push_back(id);
  }
  if (!unknown.empty()) throw instances_not_found(unknown);
  return ids;
}

const Instance& require_instance(const sim::Scope& scope, std::string_view id) {
  require_instances(scope, {std::string(id)});
  return *scope.view<Instance>(id);
}

}  // namespace squall::ec2
