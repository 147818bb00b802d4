// What happens to an instance after its launch: running, booted, stopped, started, terminated.
#include "emulator/sim/impairment.h"
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

/// "User initiated (2026-01-05 09:00:00 GMT)".
std::string transition_reason(std::string_view reason, Time at) {
  if (reason != "User initiated") return std::string(reason);
  std::string text = format_iso8601(from_unix_seconds(unix_seconds(at)));
  return cat(reason, " (", text.substr(0, 10), ' ', text.substr(11, 8), " GMT)");
}

void set_reason(Instance& instance, std::string_view reason, Time at) {
  instance.state_transition_reason = transition_reason(reason, at);
  instance.state_reason_code =
      reason == "User initiated" ? "Client.UserInitiatedShutdown" : std::string(reason);
  if (reason == "User initiated")
    instance.state_reason_message = "Client.UserInitiatedShutdown: User initiated shutdown";
  else if (reason == "Server.SpotInstanceTermination")
    instance.state_reason_message = "Server.SpotInstanceTermination: Spot instance termination";
  else
    instance.state_reason_message = std::string(reason);
}

/// Its operating system is gone; events on their way about it are stale.
void power_off(Instance& instance) {
  instance.booted.reset();
  ++instance.power_epoch;
  instance.impaired_since.reset();
  instance.system_status = instance.instance_status = "not-applicable";
}

std::string epoch_of(const Instance& instance) { return std::to_string(instance.power_epoch); }

bool is_stale(const Instance* instance, const sim::Event& event, std::string_view state) {
  return !instance || instance->state != state || event.payload != epoch_of(*instance);
}

/// The next step of a life: an event, or, where it takes no time (profile zero), the same breath;
/// a launch is then one change rather than three.
void follow(sim::Scope& scope, std::string_view latency, const Instance& instance,
            std::string_view kind, void (*step)(sim::Scope&, const sim::Event&)) {
  const Duration delay = scope.latency(latency, instance.id);
  if (delay > Duration{}) {
    scope.after(delay, kind, instance.id, epoch_of(instance));
    return;
  }
  sim::Event event;
  event.subject = instance.id;
  event.payload = epoch_of(instance);
  step(scope, event);
}

void status_passed(sim::Scope& scope, const sim::Event& event) {
  if (is_stale(scope.view<Instance>(event.subject), event, "running")) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  const bool was_impaired = instance.impaired_since.has_value();
  instance.system_status = instance.instance_status = "ok";
  instance.impaired_since.reset();
  if (was_impaired)
    scope.announce("ec2.status-check", instance.id, "The instance's status checks passed again");
}

void instance_booted(sim::Scope& scope, const sim::Event& event) {
  if (is_stale(scope.view<Instance>(event.subject), event, "running")) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  instance.booted = scope.now();
  follow(scope, "ec2.status.pass", instance, "ec2.status.passed", status_passed);
}

void instance_running(sim::Scope& scope, const sim::Event& event) {
  if (is_stale(scope.view<Instance>(event.subject), event, "pending")) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  if (sim::is_dark(scope, instance.zone, instance.id)) {
    // Its host went dark while it was being launched: it never comes up.
    instance.state_reason_code = "Server.InternalError";
    instance.state_reason_message = "Server.InternalError: Internal error on launch";
    instance.state_transition_reason = "Server.InternalError";
    finish_termination(scope, instance);
    return;
  }
  instance.state = "running";
  instance.system_status = instance.instance_status = "initializing";
  announce_state(scope, instance);
  follow(scope, "ec2.instance.boot", instance, "ec2.instance.booted", instance_booted);
}

void instance_stopped(sim::Scope& scope, const sim::Event& event) {
  if (is_stale(scope.view<Instance>(event.subject), event, "stopping")) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  instance.state = "stopped";
  set_auto_public_ip(scope, instance, false);
  announce_state(scope, instance);
}

void instance_terminated(sim::Scope& scope, const sim::Event& event) {
  if (is_stale(scope.view<Instance>(event.subject), event, "shutting-down")) return;
  finish_termination(scope, scope.edit<Instance>(event.subject));
}

void instance_removed(sim::Scope& scope, const sim::Event& event) {
  scope.erase<Instance>(event.subject);
}

/// The OS comes back on the same host: no state change, the checks hold their breath.
void instance_rebooted(sim::Scope& scope, const sim::Event& event) {
  instance_booted(scope, event);
}

void release_interfaces(sim::Scope& scope, const Instance& instance) {
  for (const std::string& id : std::vector<std::string>(instance.interface_ids)) {
    const NetworkInterface* found = scope.view<NetworkInterface>(id);
    if (!found || found->instance_id != instance.id) continue;
    if (!found->allocation_id.empty() && scope.has<Address>(found->allocation_id))
      disassociate_address(scope, scope.edit<Address>(found->allocation_id));
    if (scope.view<NetworkInterface>(id)->delete_on_termination) {
      delete_interface(scope, id);
      continue;
    }
    NetworkInterface& eni = scope.edit<NetworkInterface>(id);
    eni.status = "available";
    eni.instance_id.clear();
    eni.attachment_id.clear();
    eni.attached.reset();
    eni.device_index = 0;
  }
}

void release_volumes(sim::Scope& scope, const Instance& instance) {
  for (const Volume* volume : scope.by<Volume>(cat("instance:", instance.id))) {
    if (volume->delete_on_termination) {
      scope.erase<Volume>(std::string(volume->id));
      continue;
    }
    Volume& kept = scope.edit<Volume>(volume->id);
    kept.state = "available";
    kept.instance_id.clear();
    kept.device_name.clear();
    kept.attached.reset();
  }
}

const sim::EventRow events[] = {
    {"ec2.instance.running", instance_running},
    {"ec2.instance.booted", instance_booted},
    {"ec2.instance.rebooted", instance_rebooted},
    {"ec2.status.passed", status_passed},
    {"ec2.instance.stopped", instance_stopped},
    {"ec2.instance.terminated", instance_terminated},
    {"ec2.instance.removed", instance_removed},
};

const sim::LatencyRow latencies[] = {
    // FACTS 4, V8: pending U(5,18) s and boot U(4,23) s measured; AWS documents no figures.
    {"ec2.instance.pending", 5s, 18s, 5s, 18s},
    {"ec2.instance.boot", 4s, 23s, 4s, 23s},
    {"ec2.instance.reboot", 10s, 30s, 10s, 30s},  // shutdown and boot (common knowledge)
    {"ec2.instance.stop", 15s, 60s, 15s, 60s},    // common knowledge
    {"ec2.instance.terminate", 20s, 60s, 20s, 60s},
    // Checks run each minute (FACTS 2) and first pass two to three minutes after the launch.
    {"ec2.status.pass", 60s, 120s, 60s, 120s},
    // A check that runs each minute fails for two in a row before it is reported.
    {"ec2.status.detect", 60s, 120s, 60s, 120s},
};

}  // namespace

EventRows instance_events() { return events; }
LatencyRows instance_latencies() { return latencies; }

void announce_state(sim::Scope& scope, const Instance& instance) {
  scope.announce("ec2.instance-state", instance.id, instance.state);
}

void finish_termination(sim::Scope& scope, Instance& instance) {
  release_interfaces(scope, instance);
  release_volumes(scope, instance);
  mark_routes(scope, instance.id, true);
  instance.state = "terminated";
  power_off(instance);
  instance.terminated = scope.now();
  instance.interface_ids.clear();
  instance.primary_interface_id.clear();
  instance.vpc_id.clear();
  instance.subnet_id.clear();
  instance.private_ip.clear();
  instance.public_ip.clear();
  instance.group_ids.clear();
  instance.block_devices.clear();
  instance.instance_profile_arn.clear();
  instance.instance_profile_id.clear();
  announce_state(scope, instance);
  // AWS shows terminated instances for about an hour, whatever the profile.
  scope.after(1h, "ec2.instance.removed", instance.id);
}

void set_auto_public_ip(sim::Scope& scope, Instance& instance, bool on) {
  const NetworkInterface* primary = scope.view<NetworkInterface>(instance.primary_interface_id);
  if (!primary || !primary->allocation_id.empty()) return;
  const bool wanted = on && scope.has<Subnet>(primary->subnet_id) &&
                      scope.view<Subnet>(primary->subnet_id)->map_public_ip;
  NetworkInterface& eni = scope.edit<NetworkInterface>(instance.primary_interface_id);
  eni.public_ip = wanted ? new_public_address(scope) : "";
  instance.public_ip = eni.public_ip;
}

void terminate_instance(sim::Scope& scope, std::string_view id, std::string_view reason) {
  const Instance* found = scope.view<Instance>(id);
  if (!found || found->state == "shutting-down" || found->state == "terminated") return;
  Instance& instance = scope.edit<Instance>(id);
  set_reason(instance, reason, scope.now());
  instance.state = "shutting-down";
  power_off(instance);
  announce_state(scope, instance);
  scope.after(scope.latency("ec2.instance.terminate", instance.id), "ec2.instance.terminated",
              instance.id, epoch_of(instance));
}

void stop_instance(sim::Scope& scope, std::string_view id, std::string_view reason) {
  const Instance* found = scope.view<Instance>(id);
  if (!found || (found->state != "running" && found->state != "pending")) return;
  Instance& instance = scope.edit<Instance>(id);
  set_reason(instance, reason, scope.now());
  instance.state = "stopping";
  power_off(instance);
  announce_state(scope, instance);
  scope.after(scope.latency("ec2.instance.stop", instance.id), "ec2.instance.stopped", instance.id,
              epoch_of(instance));
}

void start_instance(sim::Scope& scope, std::string_view id) {
  const Instance* found = scope.view<Instance>(id);
  if (!found || found->state != "stopped") return;
  if (sim::is_dark(scope, found->zone)) {
    // The fault's zone has no host to offer; the instance stays stopped.
    throw insufficient_capacity(found->instance_type, found->zone, {});
  }
  Instance& instance = scope.edit<Instance>(id);
  instance.state = "pending";
  instance.state_reason_code.clear();
  instance.state_reason_message.clear();
  instance.state_transition_reason.clear();
  instance.launched = scope.now();
  instance.powered = true;
  ++instance.power_epoch;
  instance.system_status = instance.instance_status = "initializing";
  set_auto_public_ip(scope, instance, true);
  announce_state(scope, instance);
  scope.after(scope.latency("ec2.instance.pending", instance.id), "ec2.instance.running",
              instance.id, epoch_of(instance));
}

}  // namespace squall::ec2
