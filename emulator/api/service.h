// What a service hands to the rest: rows. No registration by static initialisers; services.cpp
// lists.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "emulator/api/raw.h"
#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"
#include "emulator/protocol/codec.h"
#include "emulator/sim/event.h"
#include "emulator/sim/latency.h"
#include "emulator/sim/scope.h"

namespace squall::api {

/// Something for another account's World: an event, run there once this request is committed.
struct Message {
  std::string account, event, subject, payload;
};

/// Whose an issued access key is.
struct Principal {
  std::string arn, id, secret;
  bool active = true;
  std::optional<Time> expires;
};

/// The request a handler serves, on top of the World seen from the caller's region.
class Context : public sim::Scope {
 public:
  Context(sim::World& world, std::string_view region, const protocol::Call& call)
      : Scope(world, region), call_(call) {}
  const protocol::Call& call() const { return call_; }
  std::string_view access_key() const { return call_.access_key; }
  std::string_view operation() const { return call_.operation.name(); }
  /// Who calls; STS answers with it. The account's root unless the key belongs to somebody else.
  std::string caller_arn;
  std::string caller_id;
  /// How clients reach this server ("localhost:4566"), for URLs in answers.
  std::string advertised_host;
  std::string request_id;
  /// Lists of the answer may hold rendered items (items.h): it goes to a client and nowhere else.
  bool renders_items = false;
  /// Worlds share nothing: what concerns another account goes there as an event in aws-global.
  void send(Message message) { messages.push_back(std::move(message)); }
  std::vector<Message> messages;

 private:
  const protocol::Call& call_;
};

enum class Access : uint8_t {
  reads,   // const state, shared lock: calling edit/add/erase aborts
  writes,  // exclusive lock, a transaction
  direct,  // no lock and no document: the handler reads the body and writes the answer's text
};
inline constexpr Access Reads = Access::reads;
inline constexpr Access Writes = Access::writes;

using Handler = Value (*)(Context& ctx, Input in);

/// For operations that touch an annex only, thousands of times a second. What was due has run.
struct DirectCall {
  sim::World& world;
  const protocol::Call& call;
  std::string_view region;
  const protocol::Request& request;
  /// The body decoded and validated by the model: what any other handler would be given.
  Value document() const;
};
/// Appends the answer's body in the caller's protocol; throws AwsError having changed nothing.
using DirectHandler = void (*)(const DirectCall& call, std::string& answer);

struct HandlerRow {
  constexpr HandlerRow(std::string_view name, Access how, Handler handler)
      : operation(name), access(how), run(handler) {}
  constexpr HandlerRow(std::string_view name, DirectHandler handler)
      : operation(name), access(Access::direct), direct(handler) {}
  std::string_view operation;
  Access access;
  Handler run = nullptr;
  DirectHandler direct = nullptr;
};

/// Everything a service contributes. One constant a service, listed in services/services.cpp.
/// Without handlers it needs no model: the data plane and the faults contribute laws only.
struct ServiceDefinition {
  model::Service model;
  std::vector<std::span<const HandlerRow>> handlers;        // one span a file
  std::vector<std::span<const sim::EventRow>> events;
  std::vector<std::span<const sim::WatchRow>> watches;
  std::vector<std::span<const sim::LatencyRow>> latencies;
  std::vector<sim::RecordTypes> records = {};  // every type of record it adds
  std::vector<sim::AnnexRow> annexes = {};      // those that files keep
  void (*on_region)(sim::Scope&) = nullptr;  // what every region holds from the start
  /// Runs after a handler succeeded and before its changes are committed (EC2's DryRun throws
  /// here).
  void (*after_handler)(Context& ctx, const Input& in) = nullptr;
  /// Paths on the same port that the service answers itself.
  std::span<const RawRoute> raw_routes = {};
  /// Whose an access key is, asked in aws-global; nothing if this service did not issue it.
  std::optional<Principal> (*identify)(const sim::Scope& global, std::string_view access_key) =
      nullptr;
};

}  // namespace squall::api
