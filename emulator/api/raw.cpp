// Runs raw routes as operations are run: lock, clock, handler, commit, drain.
#include "emulator/api/raw.h"

#include <mutex>
#include <shared_mutex>

#include "emulator/api/dispatch.h"
#include "emulator/protocol/scope.h"

namespace squall::api {
namespace {

void journal_raw(sim::World& world, const protocol::Request& request, std::string_view region,
                 std::string_view outcome) {
  sim::JournalEntry entry;
  entry.time = world.now();
  entry.category = "call";
  entry.name = cat("http:", request.method);
  entry.region = region;
  entry.message = outcome;
  world.journal(std::move(entry));
}

/// Whether it was answered from shared state; else something is due first.
bool answer_shared(sim::World& world, const RawRoute& route, const std::string& region,
                   const protocol::Request& request, protocol::Response& response,
                   const DispatchOptions& options, const std::string& request_id) {
  const Time target = world.clock().target();
  const std::shared_lock lock(world.mutex());
  if (!world.regions().contains(region) || world.is_due(target)) return false;
  world.clock().set(target);
  RawContext ctx(world, region);
  ctx.advertised_host = options.advertised_host;
  ctx.request_id = request_id;
  route.answer(ctx, request, response);
  return true;
}

}  // namespace

const RawRoute* Registry::find_raw(const protocol::Request& request) const {
  for (const RawRoute& route : raw_routes_) {
    const std::string_view bare = route.prefix.substr(0, route.prefix.size() - 1);
    if (!request.path.starts_with(route.prefix) && request.path != bare) continue;
    const protocol::SigningScope scope = protocol::read_scope(request);
    if (scope.access_key.empty() && scope.service.empty()) return &route;
  }
  return nullptr;
}

void run_raw(Worlds& worlds, const RawRoute& route, const protocol::Request& request,
             protocol::Response& response, const std::string& request_id,
             const DispatchOptions& options) {
  RawTarget target = route.target(request);
  if (target.account.empty()) target.account = worlds.options().account;
  if (target.region.empty()) target.region = options.default_region;
  sim::World& world = worlds.world(target.account);
  if (!target.writes && answer_shared(world, route, target.region, request, response, options,
                                      request_id))
    return;
  const std::unique_lock lock(world.mutex());
  world.advance_to(world.clock().target());
  world.region(target.region);
  RawContext ctx(world, target.region);
  ctx.advertised_host = options.advertised_host;
  ctx.request_id = request_id;
  world.begin();
  try {
    route.answer(ctx, request, response);
    journal_raw(world, request, target.region, "ok");
    world.commit();
  } catch (...) {
    world.rollback();
    throw;
  }
  world.drain();
}

}  // namespace squall::api
