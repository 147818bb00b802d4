#include "services/dataplane/nat.h"

#include <algorithm>

#include "emulator/sim/record_type.h"
#include "emulator/core/text.h"
#include "emulator/sim/impairment.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/dataplane/dataplane.h"
#include "services/ec2/ec2.h"

namespace squall::dataplane {
namespace {

// FACTS.md section 2, NAT: ports a destination a address, and the idle time-out.
constexpr int64_t ports_max = 55'000;
constexpr auto idle_timeout = std::chrono::seconds{350};

/// Connections of one NAT gateway to one destination, by when they were last used.
struct NatUse {
  static constexpr std::string_view kind = "dataplane:nat-use";
  std::string id;  // gateway + "/" + destination
  std::string gateway, destination;
  std::vector<std::pair<std::string, int64_t>> batches;  // expiry in ns as text, connections
  std::vector<std::string> index_keys() const { return {"gateway:" + gateway}; }
  int64_t active() const {
    int64_t sum = 0;
    for (const auto& [expiry, count] : batches) sum += count;
    return sum;
  }
  SQUALL_FIELDS(id, gateway, destination, batches)
};

void put(sim::Scope& scope, std::string_view gateway, std::string_view name, double value) {
  cloudwatch::put_metric(scope, "AWS/NATGateway", name, {{"NatGatewayId", std::string(gateway)}},
                         cloudwatch::StatisticSet::of(value), "Count", scope.now());
}

void drop_idle(sim::Scope& scope, const std::string& id) {
  const NatUse* use = scope.view<NatUse>(id);
  if (!use) return;
  const int64_t now = to_ns(scope.now());
  const auto idle = [&](const auto& batch) { return parse_int(batch.first).value_or(0) <= now; };
  if (std::ranges::none_of(use->batches, idle)) return;
  NatUse& edited = scope.edit<NatUse>(id);
  std::erase_if(edited.batches, idle);
  if (edited.batches.empty()) scope.erase<NatUse>(id);
}

void on_idle(sim::Scope& scope, const sim::Event& event) { drop_idle(scope, event.subject); }

constexpr sim::EventRow events[] = {{"dataplane.nat.idle", on_idle}};

}  // namespace

NatResult nat_connect(sim::Scope& scope, std::string_view nat_id, std::string_view destination,
                      int64_t count) {
  const ec2::NatGateway* nat = scope.view<ec2::NatGateway>(nat_id);
  NatResult result;
  const ec2::Subnet* subnet = nat ? scope.view<ec2::Subnet>(nat->subnet_id) : nullptr;
  if (!nat || nat->state != "available" || !subnet ||
      sim::is_dark(scope, subnet->zone, nat->id)) {
    result.refused = count;
    return result;
  }
  const std::string id = cat(nat_id, '/', destination);
  drop_idle(scope, id);
  const NatUse* use = scope.view<NatUse>(id);
  const int64_t before = use ? use->active() : 0;
  result.accepted = std::clamp<int64_t>(ports_max - before, 0, count);
  result.refused = count - result.accepted;
  result.active = before + result.accepted;
  if (result.accepted > 0) {
    NatUse record = use ? *use : NatUse{id, std::string(nat_id), std::string(destination), {}};
    const Time expiry = scope.now() + idle_timeout;
    record.batches.emplace_back(cat(to_ns(expiry)), result.accepted);
    scope.add(std::move(record));
    scope.at_unique(expiry, "dataplane.nat.idle", id);
  }
  put(scope, nat_id, "ConnectionAttemptCount", static_cast<double>(count));
  put(scope, nat_id, "ConnectionEstablishedCount", static_cast<double>(result.accepted));
  put(scope, nat_id, "ErrorPortAllocation", static_cast<double>(result.refused));
  put(scope, nat_id, "ActiveConnectionCount",
      static_cast<double>(nat_connections(scope, nat_id)));
  return result;
}

void nat_disconnect(sim::Scope& scope, std::string_view nat_id, std::string_view destination,
                    int64_t count) {
  const std::string id = cat(nat_id, '/', destination);
  if (!scope.has<NatUse>(id)) return;
  NatUse& use = scope.edit<NatUse>(id);
  while (count > 0 && !use.batches.empty()) {
    const int64_t closed = std::min(count, use.batches.front().second);
    use.batches.front().second -= closed;
    count -= closed;
    if (use.batches.front().second == 0) use.batches.erase(use.batches.begin());
  }
  if (use.batches.empty()) scope.erase<NatUse>(id);
}

int64_t nat_connections(const sim::Scope& scope, std::string_view nat_id) {
  int64_t sum = 0;
  for (const NatUse* use : scope.by<NatUse>(cat("gateway:", nat_id))) sum += use->active();
  return sum;
}

std::span<const sim::EventRow> nat_events() { return events; }
sim::RecordTypes nat_records() { return sim::records<NatUse>(); }

}  // namespace squall::dataplane
