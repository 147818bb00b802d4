// The pipeline from a request to an answer: the only lock, the only catch.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/protocol/message.h"
#include "emulator/protocol/route.h"
#include "emulator/sim/world.h"

namespace squall::api {

/// Operations by service, compiled once from the models and the definitions.
class Registry {
 public:
  /// `models` may hold services without a definition: their operations answer 501 by name.
  Registry(std::span<const model::Service> models,
           std::span<const ServiceDefinition* const> definitions);
  std::span<const model::Service> models() const { return models_; }
  const sim::Laws& laws() const { return laws_; }

  struct Entry {
    Handler run = nullptr;
    DirectHandler direct = nullptr;
    Access access = Access::reads;
    void (*after)(Context&, const Input&) = nullptr;
  };
  /// nullptr if nobody serves the operation.
  const Entry* find(const model::Service& service, const model::Operation& operation) const;
  size_t served_count(const model::Service& service) const;
  /// The raw route that the request takes, or nullptr: then it is an API call.
  const RawRoute* find_raw(const protocol::Request& request) const;
  /// Whose an issued access key is (identity.cpp). The World's lock is held.
  std::optional<Principal> identify(sim::World& world, std::string_view access_key) const;

 private:
  std::vector<model::Service> models_;
  std::map<const model::Tables*, std::vector<Entry>> entries_;  // by Operation::index()
  std::vector<RawRoute> raw_routes_;
  sim::Laws laws_;
  std::vector<decltype(ServiceDefinition::identify)> identify_;
};

/// All tenants of a server: one World an account, made on first touch.
class Worlds {
 public:
  Worlds(const Registry& registry, sim::WorldOptions options);
  const Registry& registry() const { return registry_; }
  const sim::WorldOptions& options() const { return options_; }
  sim::World& world(std::string_view account);
  /// The twelve-digit access key, the account of an issued one, or the default account.
  std::string_view account_of(std::string_view access_key) const;
  std::vector<std::string> accounts() const;
  void reset_all();
  /// All Worlds there are and will be tell it what changes.
  void set_log(sim::ChangeLog* log);
  /// Runs what has become due in worlds at wall pace; called by a timer.
  void tick();

 private:
  const Registry& registry_;
  sim::WorldOptions options_;
  sim::Clock reference_;
  sim::ChangeLog* log_ = nullptr;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<sim::World>, std::less<>> worlds_;
};

struct DispatchOptions {
  std::string default_region = "us-east-1";
  std::string advertised_host = "localhost:4566";
  /// Checks the request's signature before anything else; empty: signatures are only parsed.
  /// `secret` is the one issued with the request's key, or empty.
  std::function<void(const protocol::Request&, const protocol::Call&, const std::string& secret)>
      verify;
  const Registry* registry = nullptr;  // asked whose an access key is
  bool renders_items = false;          // answers are encoded and not looked at
  /// Carries a message to another account; called with no lock held.
  std::function<void(const Message&)> deliver;
  /// Told of supplied members that no handler read.
  std::function<void(const protocol::Call&, const std::vector<std::string>& paths)> on_unread;
};

AwsError not_served(const protocol::Call& call);

/// Puts the caller into the context, by its access key; the account's root if nobody issued that.
/// Throws where a key is inactive or has expired (identity.cpp).
void identify_caller(const Registry* registry, Context& ctx);

/// Lock, clock, handler, commit, drain. Throws what the handler throws, everything undone.
/// `on_unread`, if given, is told of supplied members that the handler did not read.
Value run_call(sim::World& world, const protocol::Call& call, const Registry::Entry& entry,
               const Value& document, const std::string& request_id,
               const DispatchOptions& options);

/// The same for a raw route; throws what its handler throws, everything undone.
void run_raw(Worlds& worlds, const RawRoute& route, const protocol::Request& request,
             protocol::Response& response, const std::string& request_id,
             const DispatchOptions& options);
/// The same for rows of Access::direct: the answer's text is appended to `answer`.
void run_direct(sim::World& world, const Registry& registry, const protocol::Call& call,
                const Registry::Entry& entry, const protocol::Request& request,
                std::string& answer);
/// What identify_caller refuses, for calls that have no context. Takes the World's lock for keys
/// that this account issued, and only for those.
void check_issued_key(const Registry& registry, sim::World& world, const protocol::Call& call);

class Dispatcher {
 public:
  Dispatcher(Worlds& worlds, DispatchOptions options);
  /// Answers one API request. Never throws.
  void handle(const protocol::Request& request, protocol::Response& response);
  uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }

 private:
  void handle_raw(const RawRoute& route, const protocol::Request& request,
                  protocol::Response& response);
  void handle_call(const protocol::Request& request, protocol::Response& response);
  std::string next_request_id(const protocol::Call& call);
  void verify(const protocol::Request& request, const protocol::Call& call);
  void deliver(const Message& message);
  void answer(const protocol::Request& request, const protocol::Call& call,
              const std::string& request_id, protocol::Response& response);

  Worlds& worlds_;
  DispatchOptions options_;
  std::atomic<uint64_t> requests_{0};
};

}  // namespace squall::api
