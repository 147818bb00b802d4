// Targets: registration, draining, health as Describe shows it and as the data plane writes it.
#include <algorithm>
#include <set>

#include "services/ec2/ec2.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

struct ReasonRow {
  std::string_view reason, description;
};
const ReasonRow reason_rows[] = {
    {"Elb.RegistrationInProgress", "Target registration is in progress"},
    {"Elb.InitialHealthChecking", "Initial health checks in progress"},
    {"Elb.InternalError", "Health checks failed due to an internal error on the load balancer"},
    {"Target.Timeout", "Request timed out"},
    {"Target.FailedHealthChecks", "Health checks failed"},
    {"Target.ResponseCodeMismatch", "Health checks failed"},
    {"Target.NotRegistered", "Target is not registered to the target group"},
    {"Target.NotInUse",
     "Target group is not configured to receive traffic from the load balancer"},
    {"Target.DeregistrationInProgress", "Target deregistration is in progress"},
    {"Target.InvalidState", "Target is in the stopped state"},
    {"Target.IpUnusable", "Target IP address is not usable"},
    {"Target.HealthCheckDisabled", "Health checks are disabled for this target"},
};

std::string describe_reason(std::string_view reason) {
  for (const ReasonRow& row : reason_rows)
    if (row.reason == reason) return std::string(row.description);
  return {};
}

struct Found {
  size_t at = 0;
  bool found = false;
};
Found find_target(const TargetGroup& group, std::string_view id, int64_t port) {
  for (size_t i = 0; i < group.targets.size(); ++i)
    if (group.targets[i].id == id && (!port || group.targets[i].port == port)) return {i, true};
  return {};
}

const TargetGroup& required(const sim::Scope& scope, std::string_view arn) {
  const TargetGroup* group = scope.view<TargetGroup>(arn);
  if (!group) throw target_group_not_found(arn);
  return *group;
}

/// The target's zone; throws InvalidTarget if it cannot be one.
std::string check_target(const sim::Scope& scope, const TargetGroup& group, std::string_view id) {
  if (group.target_type == "instance") {
    const ec2::Instance* instance = scope.view<ec2::Instance>(id);
    if (!instance || instance->state == "terminated" || instance->state == "shutting-down")
      throw invalid_target(cat("The following targets are not in a running state and cannot be "
                               "registered: '",
                               id, "'"));
    if (instance->vpc_id != group.vpc_id)
      throw invalid_target(cat("The following targets are not in the target group VPC '",
                               group.vpc_id, "': '", id, "'"));
    if (instance->state != "running")
      throw invalid_target(cat("The following targets are not in a running state and cannot be "
                               "registered: '",
                               id, "'"));
    return instance->zone;
  }
  if (group.target_type != "ip") return {};
  const auto address = parse_ipv4(id);
  if (!address)
    throw validation_error(cat("The IP address '", id, "' is not a valid IPv4 address"));
  for (const ec2::NetworkInterface* i : scope.by<ec2::NetworkInterface>("ip:" + std::string(id)))
    if (i->vpc_id == group.vpc_id) return i->zone;
  const ec2::Vpc* vpc = scope.view<ec2::Vpc>(group.vpc_id);
  if (vpc && vpc->cidr.contains(*address)) {
    for (const ec2::Subnet* s : scope.by<ec2::Subnet>("vpc:" + vpc->id))
      if (s->cidr.contains(*address)) return s->zone;
    throw validation_error(cat("The IP address '", id, "' is not within any subnet of the VPC"));
  }
  return "all";
}

bool is_zero_profile(const sim::Scope& scope) {
  return scope.world().options().latency == sim::LatencyProfile::zero;
}

void announce_health(sim::Scope& scope, const TargetGroup& group, const Target& target) {
  const Value detail{{"target", target.id},
                     {"port", target.port},
                     {"zone", target.zone},
                     {"state", target.state},
                     {"reason", target.reason}};
  scope.announce("elbv2.target-health", group.id,
                 cat("Target ", target.id, ':', target.port, " of ", group.name, " is ",
                     target.state, target.reason.empty() ? "" : " (", target.reason,
                     target.reason.empty() ? "" : ")"),
                 to_json(detail));
}

void set_state(Target& target, std::string_view state, std::string_view reason) {
  target.state = state;
  // "Target.ResponseCodeMismatch [503]" carries the code that came instead.
  const size_t bracket = reason.find(" [");
  target.reason = reason.substr(0, bracket);
  target.description = bracket == reason.npos
                           ? describe_reason(reason)
                           : cat("Health checks failed with these codes: ",
                                 reason.substr(bracket + 1));
}

Value register_targets(Context& ctx, Input in) {
  const std::string arn = in.string("TargetGroupArn");
  const TargetGroup& group = find_target_group(ctx, arn);
  std::vector<std::string> bad;
  const auto targets = in.list("Targets");
  for (const Input& t : targets) {
    const ec2::Instance* instance = ctx.view<ec2::Instance>(t.string("Id"));
    if (group.target_type == "instance" && (!instance || instance->state != "running"))
      bad.push_back(cat("'", t.string("Id"), "'"));
  }
  if (!bad.empty())
    throw invalid_target(cat("The following targets are not in a running state and cannot be "
                             "registered: ",
                             join(bad, ", ")));
  for (const Input& t : targets) {
    register_target(ctx, arn, t.string("Id"), t.integer("Port"));
    const std::string zone = t.string("AvailabilityZone");
    if (!zone.empty()) {
      TargetGroup& changed = ctx.edit<TargetGroup>(arn);
      const Found f = find_target(changed, t.string("Id"), t.integer("Port", changed.port));
      if (changed.target_type == "ip" && f.found) changed.targets[f.at].zone = zone;
    }
  }
  return Value::map();
}

Value deregister_targets(Context& ctx, Input in) {
  const std::string arn = in.string("TargetGroupArn");
  find_target_group(ctx, arn);
  for (const Input& t : in.list("Targets"))
    deregister_target(ctx, arn, t.string("Id"), t.integer("Port"));
  return Value::map();
}

void target_drained(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<TargetGroup>(event.subject)) return;
  const auto parts = split(event.payload, '\n');
  const TargetGroup& group = *scope.view<TargetGroup>(event.subject);
  const Found f = find_target(group, parts[0], *parse_int(parts[1]));
  if (!f.found) return;
  const auto& until = group.targets[f.at].drain_until;
  if (!until || *until > scope.now()) return;  // registered again meanwhile
  TargetGroup& changed = scope.edit<TargetGroup>(event.subject);
  changed.targets.erase(changed.targets.begin() + static_cast<ptrdiff_t>(f.at));
}

/// Elastic Load Balancing deregisters terminated instances and parks stopped ones.
void instance_changed(sim::Scope& scope, const sim::Event& event) {
  const ec2::Instance* instance = scope.view<ec2::Instance>(event.subject);
  const bool gone = !instance || instance->state == "terminated";
  const bool stopped = instance && instance->state == "stopped";
  const bool running = instance && instance->state == "running";
  std::vector<std::pair<std::string, int64_t>> touched;
  for (const TargetGroup* group : scope.by<TargetGroup>("target:" + event.subject))
    for (const Target& t : group->targets)
      if (t.id == event.subject && (gone || (stopped && t.reason != "Target.InvalidState") ||
                                    (running && t.reason == "Target.InvalidState")))
        touched.emplace_back(group->id, t.port);
  for (const auto& [arn, port] : touched) {
    if (gone) {
      deregister_target(scope, arn, event.subject, port);
      continue;
    }
    TargetGroup& group = scope.edit<TargetGroup>(arn);
    Target& target = group.targets[find_target(group, event.subject, port).at];
    if (target.state == "draining") continue;
    if (stopped) set_state(target, "unused", "Target.InvalidState");
    if (running) set_state(target, "initial", "Elb.RegistrationInProgress");
    target.passes = target.failures = 0;
    target.healthy_since.reset();
    announce_health(scope, group, target);
  }
}

struct Shown {
  std::string state, reason, description;
};
Shown shown_health(const TargetGroup& group, const Target& target, bool in_use,
                   const std::set<std::string>& zones) {
  auto as = [](std::string_view state, std::string_view reason) {
    return Shown{std::string(state), std::string(reason), describe_reason(reason)};
  };
  if (target.state == "draining" || target.reason == "Target.InvalidState")
    return {target.state, target.reason, target.description};
  if (!in_use) return as("unused", "Target.NotInUse");
  if (!target.zone.empty() && target.zone != "all" && !zones.contains(target.zone))
    return {"unused", "Target.NotInUse",
            "Target is in an Availability Zone that is not enabled for the load balancer"};
  if (!group.health_check_enabled) return as("unavailable", "Target.HealthCheckDisabled");
  return {target.state, target.reason, target.description};
}

Value describe_health(const TargetGroup& group, const Target& target, const Shown& shown) {
  Value health{{"State", shown.state}};
  if (!shown.reason.empty()) {
    health.add("Reason", shown.reason);
    health.add("Description", shown.description);
  }
  Value described{{"Id", target.id}};
  if (target.port) described.add("Port", target.port);
  if (group.target_type == "ip" && !target.zone.empty())
    described.add("AvailabilityZone", target.zone);
  Value v{{"Target", described}};
  if (group.target_type != "lambda")
    v.add("HealthCheckPort", group.health_check_port == "traffic-port"
                                 ? std::to_string(target.port)
                                 : group.health_check_port);
  v.add("TargetHealth", health);
  if (is_http(group.protocol)) {
    v.add("AdministrativeOverride",
          {{"State", "no_override"},
           {"Reason", "AdministrativeOverride.NoOverride"},
           {"Description", "No override is currently active on target"}});
  }
  return v;
}

Value describe_target_health(Context& ctx, Input in) {
  const TargetGroup& group = find_target_group(ctx, in.string("TargetGroupArn"));
  in.ignore("Include");  // anomaly detection needs weighted_random and shows nothing otherwise
  const auto balancers = load_balancers_of(ctx, group.id);
  std::set<std::string> zones;
  for (const std::string& arn : balancers)
    if (const LoadBalancer* lb = ctx.view<LoadBalancer>(arn))
      for (const LoadBalancerZone& z : lb->zones) zones.insert(z.zone);
  Value list = Value::list();
  auto show = [&](const Target& t) {
    list.push(describe_health(group, t, shown_health(group, t, !balancers.empty(), zones)));
  };
  const auto wanted = in.list("Targets");
  for (const Input& w : wanted) {
    const std::string id = w.string("Id");
    const int64_t port = w.integer("Port");
    w.ignore("AvailabilityZone");  // part of the target's name only in cross-VPC registrations
    const Found f = find_target(group, id, port);
    if (f.found) {
      show(group.targets[f.at]);
      continue;
    }
    Target unknown;
    unknown.id = id;
    unknown.port = port ? port : group.port;
    list.push(describe_health(group, unknown,
                              {"unused", "Target.NotRegistered",
                               describe_reason("Target.NotRegistered")}));
  }
  if (wanted.empty())
    for (const Target& t : group.targets) show(t);
  return {{"TargetHealthDescriptions", list}};
}

const api::HandlerRow rows[] = {
    {"RegisterTargets", Writes, register_targets},
    {"DeregisterTargets", Writes, deregister_targets},
    {"DescribeTargetHealth", Reads, describe_target_health},
};
const sim::EventRow events[] = {
    {"elbv2.target.drained", target_drained},
    {"elbv2.instance-changed", instance_changed},
};
const sim::WatchRow watches[] = {{"ec2:instance", "elbv2.instance-changed", false}};

}  // namespace

void register_target(sim::Scope& scope, std::string_view target_group, std::string_view id,
                     int64_t port) {
  const TargetGroup& group = required(scope, target_group);
  const std::string zone = check_target(scope, group, id);
  if (!port) port = group.port;
  const Found f = find_target(group, id, port);
  if (f.found && group.targets[f.at].state != "draining") return;
  TargetGroup& changed = scope.edit<TargetGroup>(target_group);
  Target target;
  target.id = id;
  target.port = port;
  target.zone = zone;
  target.registered = scope.now();
  set_state(target, "initial", "Elb.RegistrationInProgress");
  if (f.found)
    changed.targets[f.at] = target;
  else
    changed.targets.push_back(target);
  announce_health(scope, changed, target);
}

void deregister_target(sim::Scope& scope, std::string_view target_group, std::string_view id,
                       int64_t port) {
  const TargetGroup* group = scope.view<TargetGroup>(target_group);
  if (!group) return;
  const std::string arn = group->id;
  const bool in_use = !load_balancers_of(scope, arn).empty();
  int64_t delay_s = 0;
  const auto delay = group->attributes.find("deregistration_delay.timeout_seconds");
  if (delay != group->attributes.end() && in_use && !is_zero_profile(scope))
    delay_s = *parse_int(delay->second);
  std::vector<int64_t> ports;
  for (const Target& t : group->targets)
    if (t.id == id && (!port || t.port == port) && t.state != "draining") ports.push_back(t.port);
  for (const int64_t p : ports) {
    TargetGroup& changed = scope.edit<TargetGroup>(arn);
    Target& target = changed.targets[find_target(changed, id, p).at];
    set_state(target, "draining", "Target.DeregistrationInProgress");
    target.drain_until = scope.now() + std::chrono::seconds(delay_s);
    target.healthy_since.reset();
    announce_health(scope, changed, target);
    scope.at(*target.drain_until, "elbv2.target.drained", arn, cat(id, '\n', p));
  }
}

void set_target_health(sim::Scope& scope, std::string_view target_group, std::string_view id,
                       int64_t port, std::string_view state, std::string_view reason) {
  const TargetGroup* group = scope.view<TargetGroup>(target_group);
  if (!group) return;
  const Found f = find_target(*group, id, port);
  if (!f.found) return;
  const Target& before = group->targets[f.at];
  if (before.state == "draining") return;
  const std::string bare{reason.substr(0, reason.find(" ["))};
  if (before.state == state && before.reason == bare) return;
  TargetGroup& changed = scope.edit<TargetGroup>(target_group);
  Target& target = changed.targets[f.at];
  const bool was_healthy = target.state == "healthy";
  set_state(target, state, reason);
  if (state == "healthy" && !was_healthy) target.healthy_since = scope.now();
  if (state != "healthy") target.healthy_since.reset();
  announce_health(scope, changed, target);
}

std::span<const api::HandlerRow> target_rows() { return rows; }
std::span<const sim::EventRow> target_events() { return events; }
std::span<const sim::WatchRow> target_watches() { return watches; }

}  // namespace squall::elbv2
