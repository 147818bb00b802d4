// A World's clock: read, advance, hold, set its pace.
#include <cmath>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"

namespace squall::control {
namespace {

// One call runs its events under the World's lock; longer journeys take several calls.
constexpr Duration kAdvanceMax = std::chrono::hours{24 * 366};
constexpr double kScaleMax = 1e6;

void answer_clock(const Exchange& exchange, sim::World& world) {
  const sim::Clock& clock = world.clock();
  const auto pending = world.scheduler().next_time();
  exchange.answer({{"account", world.account()},
                   {"now", format_iso8601(world.now())},
                   {"now_unix", static_cast<double>(to_ns(world.now())) / 1e9},
                   {"pace", sim::to_string(clock.pace())},
                   {"scale", clock.scale()},
                   {"next_event", pending ? Value(format_iso8601(*pending)) : Value(nullptr)}});
}

void read_clock(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  answer_clock(exchange, *world);
}

struct Change {
  std::optional<sim::Pace> pace;
  std::optional<double> scale;
  std::optional<Time> until;
};

double scale_of(const Value& value) {
  const bool is_number = value.kind() == Value::Kind::integer || value.kind() == Value::Kind::real;
  if (!is_number || !(value.real() > 0) || value.real() > kScaleMax)
    throw bad_request("'scale' must be a number above 0 and up to 1000000: how many seconds pass "
                      "in the World while one passes outside.");
  return value.real();
}

/// Everything is looked at before anything is changed.
Change change_of(const Value& body, Time now, double scale_now) {
  Change change;
  if (const Value pace = body.at("pace"); !pace.is_absent()) {
    if (pace.is_string()) change.pace = sim::parse_pace(pace.text());
    if (!change.pace) throw bad_request("'pace' must be wall, virtual or held.");
  }
  if (const Value hold = body.at("hold"); !hold.is_absent()) {
    if (hold.kind() != Value::Kind::boolean || change.pace)
      throw bad_request("'hold' must be true or false, and not stand beside 'pace'.");
    change.pace = hold.boolean() ? sim::Pace::held : sim::Pace::wall;
    change.scale = hold.boolean() ? 1 : scale_now;
  }
  if (const Value scale = body.at("scale"); !scale.is_absent()) {
    if (change.pace.value_or(sim::Pace::wall) != sim::Pace::wall)
      throw bad_request("'scale' has a meaning at pace wall only.");
    change.scale = scale_of(scale);
    change.pace = sim::Pace::wall;
  }
  const Value advance = body.at("advance"), to = body.at("to");
  if (!advance.is_absent() && !to.is_absent())
    throw bad_request("Give 'advance' (a duration) or 'to' (a time), not both.");
  if (!advance.is_absent()) change.until = now + duration_of(advance, "advance");
  if (!to.is_absent()) {
    if (to.is_string()) change.until = parse_time(to.text());
    if (!change.until || *change.until < now)
      throw bad_request(cat("'to' must be an ISO 8601 time not before now (", format_iso8601(now),
                            "): a World's clock does not go back. POST /_squall/reset begins "
                            "again."));
  }
  if (change.until && *change.until - now > kAdvanceMax)
    throw bad_request("One call advances by 366 days at most.");
  return change;
}

void change_clock(Exchange& exchange) {
  exchange.allow_parameters({});
  const Value body = exchange.body({"advance", "to", "hold", "pace", "scale"});
  if (body.empty())
    throw bad_request(R"(Say what to change: {"advance": "PT5M"}, {"to": "2026-01-05T10:00:00Z"}, )"
                      R"({"hold": true} or {"pace": "wall", "scale": 10}.)");
  const HeldWorld world(exchange.world());
  sim::Clock& clock = world->clock();
  const Change change = change_of(body, world->now(), clock.scale());
  if (change.until) world->advance_to(*change.until);
  // Set anew even when unchanged: at pace wall the clock then runs on from where it was put.
  world->set_pace(change.pace.value_or(clock.pace()), change.scale.value_or(clock.scale()));
  answer_clock(exchange, *world);
}

constexpr RouteRow routes[] = {
    {"GET", "/_squall/clock", "an account's time, pace and next event", read_clock},
    {"POST", "/_squall/clock",
     R"({"advance": "PT5M" or seconds}, {"to": TIME}, {"hold": true}, {"pace": "wall", )"
     R"("scale": 10})",
     change_clock},
};

}  // namespace

std::span<const RouteRow> clock_routes() { return routes; }

}  // namespace squall::control
