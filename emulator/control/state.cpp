// A World's whole state: look at it, or begin again.
#include "emulator/control/exchange.h"

namespace squall::control {
namespace {

void reset(Exchange& exchange) {
  if (exchange.parameter("account")) {
    sim::World& world = exchange.world();
    const std::unique_lock lock(world.mutex());
    world.reset();
  } else {
    exchange.worlds.reset_all();
  }
  exchange.answer({{"status", "ok"}});
}

void dump(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  exchange.response.content_type = "application/json";
  exchange.response.body = world->dump();
  exchange.response.body += '\n';
  exchange.response.compressible = true;
}

constexpr RouteRow routes[] = {
    {"POST", "/_squall/reset", "back to a fresh start; ?account= for one account only", reset},
    {"GET", "/_squall/dump", "all resources of an account, in canonical order", dump},
    {"POST", "/_localstack/state/reset", "the same as /_squall/reset", reset},
    {"POST", "/moto-api/reset", "the same as /_squall/reset", reset},
};

}  // namespace

std::span<const RouteRow> state_routes() { return routes; }

}  // namespace squall::control
