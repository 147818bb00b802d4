#include "services/dataplane/dns.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/elbv2/elbv2.h"

namespace squall::dataplane {
namespace {

std::string zone_key(std::string_view load_balancer, std::string_view zone) {
  return cat(load_balancer, '#', zone);
}

bool is_confined(const elbv2::TargetGroup& group) {
  const auto at = group.attributes.find("load_balancing.cross_zone.enabled");
  return at != group.attributes.end() && at->second == "false";
}

/// With cross-zone balancing off, a zone lives by its own targets.
bool zone_lost_its_targets(const sim::Scope& scope, const elbv2::LoadBalancer& lb,
                           const std::string& zone) {
  for (const auto& group : scope.all<elbv2::TargetGroup>()) {
    if (!is_confined(group)) continue;
    const auto users = elbv2::load_balancers_of(scope, group.id);
    if (std::ranges::find(users, lb.id) == users.end()) continue;
    int here = 0, healthy = 0, anywhere = 0;
    for (const elbv2::Target& t : group.targets) {
      anywhere += t.state == "healthy";
      here += t.zone == zone;
      healthy += t.zone == zone && t.state == "healthy";
    }
    if (here && !healthy && anywhere) return true;
  }
  return false;
}

bool should_be_withdrawn(const sim::Scope& scope, const elbv2::LoadBalancer& lb,
                         const elbv2::LoadBalancerZone& zone) {
  return sim::is_dark(scope, zone.zone, zone.interface_id) ||
         zone_lost_its_targets(scope, lb, zone.zone);
}

void sync(sim::Scope& scope, const sim::Event&) {
  for (const auto& lb : scope.all<elbv2::LoadBalancer>()) {
    if (lb.state != "active") continue;
    for (const auto& zone : lb.zones) {
      const std::string id = zone_key(lb.id, zone.zone);
      const ZoneDns* known = scope.view<ZoneDns>(id);
      const bool wanted = should_be_withdrawn(scope, lb, zone);
      const bool pending = known && known->due;
      if (wanted == (known && known->withdrawn)) {
        if (pending) scope.edit<ZoneDns>(id).due.reset();
        continue;
      }
      if (pending) continue;
      ZoneDns record = known ? *known : ZoneDns{id, false, {}};
      record.due = scope.now() + scope.latency("dataplane.dns.detect", id);
      scope.at(*record.due, "dataplane.dns.apply", id);
      scope.add(std::move(record));
    }
  }
}

void apply(sim::Scope& scope, const sim::Event& event) {
  const ZoneDns* known = scope.view<ZoneDns>(event.subject);
  if (!known || !known->due || *known->due > scope.now()) return;
  ZoneDns& record = scope.edit<ZoneDns>(event.subject);
  record.due.reset();
  record.withdrawn = !record.withdrawn;
  const std::string zone = record.id.substr(record.id.find('#') + 1);
  const std::string lb = record.id.substr(0, record.id.find('#'));
  scope.announce(record.withdrawn ? "elbv2.zone-withdrawn" : "elbv2.zone-restored", lb,
                 record.withdrawn
                     ? cat("The address in ", zone, " was taken out of the name's answers")
                     : cat("The address in ", zone, " is in the name's answers again"));
}

constexpr sim::EventRow events[] = {{"dataplane.dns.sync", sync}, {"dataplane.dns.apply", apply}};
constexpr sim::WatchRow watches[] = {{"sim:impairment", "dataplane.dns.sync"},
                                     {"elbv2:target-group", "dataplane.dns.sync"}};
// Three checks in a row, 10 s apart (fast) or 30 s (FACTS.md section 2, Route 53).
constexpr sim::LatencyRow latencies[] = {{"dataplane.dns.detect", 20s, 40s, 30s, 90s}};

}  // namespace

bool is_withdrawn(const sim::Scope& scope, std::string_view load_balancer,
                  std::string_view zone) {
  const ZoneDns* known = scope.view<ZoneDns>(zone_key(load_balancer, zone));
  return known && known->withdrawn;
}

std::span<const sim::EventRow> dns_events() { return events; }
std::span<const sim::WatchRow> dns_watches() { return watches; }
std::span<const sim::LatencyRow> dns_latencies() { return latencies; }

}  // namespace squall::dataplane
