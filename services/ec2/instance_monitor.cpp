// Finds out about faults as EC2 does: hosts lose power at once and silently, status checks notice
// it minutes later, and what was running boots again when power returns.
#include "emulator/sim/impairment.h"
#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

void lose_power(sim::Scope& scope, Instance& instance) {
  instance.powered = false;
  instance.booted.reset();
  ++instance.power_epoch;
  scope.after(scope.latency("ec2.status.detect", instance.id), "ec2.status.failed", instance.id,
              std::to_string(instance.power_epoch));
}

void regain_power(sim::Scope& scope, Instance& instance) {
  instance.powered = true;
  ++instance.power_epoch;
  scope.after(scope.latency("ec2.instance.boot", instance.id), "ec2.instance.booted", instance.id,
              std::to_string(instance.power_epoch));
}

/// Runs whenever an impairment comes or goes. Converges: it touches only what changes.
void power_changed(sim::Scope& scope, const sim::Event&) {
  std::vector<std::string> changed;
  for (const Instance* instance : scope.by<Instance>("state:running"))
    if (sim::is_dark(scope, instance->zone, instance->id) == instance->powered)
      changed.push_back(instance->id);
  for (const std::string& id : changed) {
    Instance& instance = scope.edit<Instance>(id);
    instance.powered ? lose_power(scope, instance) : regain_power(scope, instance);
  }
}

void status_failed(sim::Scope& scope, const sim::Event& event) {
  const Instance* found = scope.view<Instance>(event.subject);
  if (!found || found->state != "running" || found->powered) return;
  if (event.payload != std::to_string(found->power_epoch)) return;
  Instance& instance = scope.edit<Instance>(event.subject);
  instance.system_status = instance.instance_status = "impaired";
  instance.impaired_since = scope.now();
  scope.announce("ec2.status-check", instance.id, "The instance's status checks failed: impaired");
}

const sim::EventRow events[] = {
    {"ec2.power-monitor", power_changed},
    {"ec2.status.failed", status_failed},
};
const sim::WatchRow watches[] = {{"sim:impairment", "ec2.power-monitor", true}};

}  // namespace

EventRows instance_monitor_events() { return events; }
WatchRows instance_watches() { return watches; }

}  // namespace squall::ec2
