// Named snapshots of a World: save, list, go back, forget.
#include <algorithm>

#include "emulator/control/exchange.h"
#include "emulator/core/text.h"
#include "emulator/sim/snapshot.h"

namespace squall::control {
namespace {

constexpr size_t name_max = 100, snapshots_max = 100;

void check_name(const std::string& name) {
  const bool fits = !name.empty() && name.size() <= name_max &&
                    std::ranges::all_of(name, [](unsigned char c) {
                      return std::isalnum(c) || c == '-' || c == '_' || c == '.';
                    });
  if (!fits)
    throw bad_request("A snapshot's 'name' has 1 to 100 letters, digits, '-', '_' and '.'.");
}

AwsError no_snapshot(const sim::World& world, const std::string& name) {
  std::string known;
  for (const auto& [there, snapshot] : world.snapshots())
    known += cat(known.empty() ? "" : ", ", there);
  return {"NotFound",
          cat("There is no snapshot '", name, "' of account ", world.account(),
              ". There are: ", known.empty() ? "none" : known, "."),
          404};
}

Value describe(const std::string& name, const sim::Snapshot& snapshot) {
  return {{"name", name},
          {"now", format_iso8601(snapshot.now())},
          {"records", static_cast<int64_t>(snapshot.record_count())}};
}

void save(Exchange& exchange) {
  exchange.allow_parameters({});
  const Value given = exchange.body({"name"}).at("name");
  const std::string name = given.is_string() ? std::string(given.text()) : std::string();
  check_name(name);
  const HeldWorld world(exchange.world());
  if (world->snapshots().size() >= snapshots_max && !world->snapshots().contains(name))
    throw bad_request("There are 100 snapshots already: DELETE one of them first.");
  world->save_snapshot(name);
  exchange.answer(describe(name, *world->snapshots().at(name)));
}

void list(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  Value all = Value::list();
  for (const auto& [name, snapshot] : world->snapshots()) all.push(describe(name, *snapshot));
  exchange.answer({{"account", world->account()}, {"snapshots", all}});
}

void restore(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  if (!world->restore_snapshot(exchange.tail)) throw no_snapshot(*world, exchange.tail);
  exchange.answer({{"name", exchange.tail}, {"now", format_iso8601(world->now())}});
}

void drop(Exchange& exchange) {
  exchange.allow_parameters({});
  const HeldWorld world(exchange.world());
  if (!world->drop_snapshot(exchange.tail)) throw no_snapshot(*world, exchange.tail);
  exchange.answer({{"status", "ok"}});
}

constexpr RouteRow routes[] = {
    {"POST", "/_squall/snapshots", R"({"name": NAME}: keeps an account's state as it is now)",
     save},
    {"GET", "/_squall/snapshots", "an account's snapshots", list},
    {"POST", "/_squall/snapshots/*/restore", "back to it: resources, items, clock, events",
     restore},
    {"DELETE", "/_squall/snapshots/*", "forgets it", drop},
};

}  // namespace

std::span<const RouteRow> snapshot_routes() { return routes; }

}  // namespace squall::control
