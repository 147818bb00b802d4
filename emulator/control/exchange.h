// One request to the control API as its routes see it. Internal to this room.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/api/dispatch.h"
#include "emulator/control/control.h"
#include "emulator/core/value.h"

namespace squall::control {

/// Throws AwsError with a sentence that says what to do next; control.cpp makes JSON of it.
class Exchange {
 public:
  Exchange(api::Worlds& worlds, const ControlOptions& options, const protocol::Request& request,
           protocol::Response& response)
      : worlds(worlds), options(options), request(request), response(response) {}

  api::Worlds& worlds;
  const ControlOptions& options;
  const protocol::Request& request;
  protocol::Response& response;
  std::string tail = {};  // what a route's `*` stands for

  /// A decoded query parameter, if it is there.
  std::optional<std::string> parameter(std::string_view name) const;
  /// Refuses query parameters other than these (and `account`): a misspelt one must not be ignored.
  void allow_parameters(std::initializer_list<std::string_view> names) const;
  /// The body as a JSON object with no members but these; an empty body is an empty object.
  Value body(std::initializer_list<std::string_view> members) const;

  /// The World that ?account= names, else the default account's.
  sim::World& world() const;
  /// The region that the body's member or ?region= names, else the default one; refused if nothing
  /// was ever done there, so that asking does not make it.
  std::string region(const sim::World& world, std::string_view named = {}) const;

  void answer(const Value& document) const;
};

/// The World under its exclusive lock with its clock brought up to the moment.
class HeldWorld {
 public:
  explicit HeldWorld(sim::World& world) : world_(world), lock_(world.mutex()) {
    world_.advance_to(world_.clock().target());
  }
  sim::World* operator->() const { return &world_; }
  sim::World& operator*() const { return world_; }

 private:
  sim::World& world_;
  std::unique_lock<std::shared_mutex> lock_;
};

struct RouteRow {
  std::string_view method;  // GET rows serve HEAD as well
  std::string_view path;    // a segment `*` takes any one segment
  std::string_view what;    // for people: the list that an unknown path is answered with
  void (*run)(Exchange& exchange);
};

// The routes, a span a file; control.cpp lists them.
std::span<const RouteRow> health_routes();
std::span<const RouteRow> state_routes();
std::span<const RouteRow> clock_routes();
std::span<const RouteRow> journal_routes();
std::span<const RouteRow> reachability_routes();
std::span<const RouteRow> fault_routes();
std::span<const RouteRow> throughput_routes();
std::span<const RouteRow> snapshot_routes();
/// Answers from sim::Plane's documents; false if the path belongs to none of them.
bool answer_document(Exchange& exchange);

/// `PT5M`, `P1DT2H`, `PT0.5S`: ISO 8601 without years and months, whose lengths differ.
std::optional<Duration> parse_duration(std::string_view text);
/// A JSON number of seconds, or text: seconds or ISO 8601. Throws, naming the member.
Duration duration_of(const Value& value, std::string_view member);

AwsError bad_request(std::string message);

}  // namespace squall::control
