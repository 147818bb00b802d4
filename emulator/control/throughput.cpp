// Whether an account's resources are throttled beyond their throughput.
#include "emulator/control/exchange.h"
#include "emulator/sim/plane.h"

namespace squall::control {
namespace {

void answer_state(const Exchange& exchange, const sim::World& world) {
  exchange.answer({{"account", world.account()}, {"enforced", world.enforces_throughput()}});
}

void read_throughput(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  answer_state(exchange, *world);
}

void change_throughput(Exchange& exchange) {
  exchange.allow_parameters({});
  const Value wanted = exchange.body({"enforced"}).at("enforced");
  if (wanted.kind() != Value::Kind::boolean)
    throw bad_request("Say whether throughput is to be enforced: {\"enforced\": true} or false.");
  const HeldWorld world(exchange.world());
  if (const auto enforce = sim::plane().enforce_throughput)
    enforce(*world, wanted.boolean());
  else
    world->set_enforces_throughput(wanted.boolean());
  answer_state(exchange, *world);
}

constexpr RouteRow routes[] = {
    {"GET", "/_squall/throughput", "whether throughput is enforced (throttling)",
     read_throughput},
    {"POST", "/_squall/throughput", R"({"enforced": true}: throttle as AWS does)",
     change_throughput},
};

}  // namespace

std::span<const RouteRow> throughput_routes() { return routes; }

}  // namespace squall::control
