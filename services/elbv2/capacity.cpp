// Capacity units that a load balancer keeps in reserve: few use it, but Terraform always asks.
#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

constexpr int64_t units_min = 100;
constexpr int64_t decreases_a_day = 2;

AwsError invalid_configuration(std::string_view message) {
  return {"InvalidConfigurationRequest", std::string(message)};
}

std::string day_of(Time time) { return format_iso8601(time).substr(0, 10); }

int64_t decreases_left(const CapacityReservation& r, Time now) {
  return r.decrease_day == day_of(now) ? decreases_a_day - r.decreases : decreases_a_day;
}

Value describe(const LoadBalancer& lb, const CapacityReservation* r, Time now) {
  Value answer = Value::map();
  answer.set("DecreaseRequestsRemaining", r ? decreases_left(*r, now) : decreases_a_day);
  Value states = Value::list();
  if (r) {
    answer.set("LastModifiedTime", r->modified);
    if (r->units > 0) answer.set("MinimumLoadBalancerCapacity", {{"CapacityUnits", r->units}});
    // Reserved for the region, spread evenly over the zones.
    for (const LoadBalancerZone& zone : lb.zones)
      if (r->units > 0)
        states.push({{"State", {{"Code", r->state}}},
                     {"AvailabilityZone", zone.zone},
                     {"EffectiveCapacityUnits", r->state == "provisioned"
                                                    ? static_cast<double>(r->units) /
                                                          static_cast<double>(lb.zones.size())
                                                    : 0.0}});
  }
  answer.set("CapacityReservationState", states);
  return answer;
}

Value describe_capacity_reservation(Context& ctx, Input in) {
  const LoadBalancer& lb = find_load_balancer(ctx, in.string("LoadBalancerArn"));
  return describe(lb, ctx.view<CapacityReservation>(lb.id), ctx.now());
}

Value modify_capacity_reservation(Context& ctx, Input in) {
  const LoadBalancer& lb = find_load_balancer(ctx, in.string("LoadBalancerArn"));
  const bool reset = in.boolean("ResetCapacityReservation");
  int64_t units = 0;
  if (in.has("MinimumLoadBalancerCapacity"))
    units = in.at("MinimumLoadBalancerCapacity").optional_integer("CapacityUnits").value_or(0);
  if (reset == (units != 0))
    throw invalid_configuration(
        "You must specify either MinimumLoadBalancerCapacity or ResetCapacityReservation");
  if (!reset && units < units_min)
    throw invalid_configuration(cat("The minimum capacity reservation is ", units_min, " LCUs"));
  CapacityReservation r;
  r.id = lb.id;
  if (const CapacityReservation* before = ctx.view<CapacityReservation>(lb.id)) r = *before;
  if (r.state == "pending")
    throw AwsError{"PriorRequestNotComplete", "A prior request has not been completed", 429};
  if (units < r.units) {
    const std::string today = day_of(ctx.now());
    if (decreases_left(r, ctx.now()) == 0)
      throw AwsError{"CapacityDecreaseRequestLimitExceeded",
                     "You've exceeded the daily capacity decrease limit for this reservation"};
    r.decreases = r.decrease_day == today ? r.decreases + 1 : 1;
    r.decrease_day = today;
  }
  r.units = units;
  r.modified = ctx.now();
  r.state = units > 0 ? "pending" : "provisioned";
  ctx.add(r);
  if (units > 0)
    ctx.after(ctx.latency("elbv2.capacity.reserving", lb.id), "elbv2.capacity.provisioned", lb.id);
  return describe(lb, &r, ctx.now());
}

void capacity_provisioned(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<CapacityReservation>(event.subject)) return;
  scope.edit<CapacityReservation>(event.subject).state = "provisioned";
}

const api::HandlerRow rows[] = {
    {"DescribeCapacityReservation", Reads, describe_capacity_reservation},
    {"ModifyCapacityReservation", Writes, modify_capacity_reservation},
};
const sim::EventRow events[] = {{"elbv2.capacity.provisioned", capacity_provisioned}};
// "Within a few minutes", up to hours (user guide, capacity unit reservations).
const sim::LatencyRow latencies[] = {{"elbv2.capacity.reserving", 120s, 300s, 120s, 3600s}};

}  // namespace

std::span<const api::HandlerRow> capacity_rows() { return rows; }
std::span<const sim::EventRow> capacity_events() { return events; }
std::span<const sim::LatencyRow> capacity_latencies() { return latencies; }

}  // namespace squall::elbv2
