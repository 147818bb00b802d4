#include "harness/serve.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <set>
#include <thread>

#include "emulator/api/sigv4.h"
#include "emulator/control/control.h"
#include "emulator/core/text.h"
#include "emulator/sim/plane.h"
#include "emulator/store/keeper.h"
#include "harness/memory.h"
#include "models/generated.h"
#include "services/dataplane/dataplane.h"
#include "services/dynamodb/dynamodb.h"
#include "services/ecs/ecs.h"
#include "services/faults/faults.h"
#include "services/services.h"

namespace squall {

const api::Registry& registry() {
  static const api::Registry all = [] {
    // Above the services: the data plane's loops and the faults' timers, and what lower rooms ask
    // them for.
    std::vector<const api::ServiceDefinition*> definitions(all_services().begin(),
                                                           all_services().end());
    definitions.push_back(&dataplane::contribution());
    definitions.push_back(&faults::contribution());
    sim::plane().reachability = &dataplane::reachability();
    sim::plane().faults = &faults::faults();
    sim::plane().enforce_throughput = &dynamodb::enforce_throughput;
    sim::plane().documents = {{"ecs/v4", ecs::task_metadata_document}};
    return api::Registry(model::all_services(), definitions);
  }();
  return all;
}

namespace {

/// Runs what has become due in worlds at wall pace, so that alarms fire and instances boot without
/// a request to nudge them.
class Ticker {
 public:
  explicit Ticker(api::Worlds& worlds) : thread_([this, &worlds] { run(worlds); }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void run(api::Worlds& worlds) {
    constexpr std::chrono::milliseconds period{100};
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, period, [this] { return stopping_; })) {
      tend_memory();
      worlds.tick();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

/// An ignored filter must not pass for a served one: each is named once.
void warn_of_unread(const protocol::Call& call, const std::vector<std::string>& paths) {
  static std::mutex mutex;
  static std::set<std::string> told;
  const std::lock_guard lock(mutex);
  for (const std::string& path : paths) {
    const std::string what = cat(call.service->name(), " ", call.operation.name(), ": ", path);
    if (told.insert(what).second)
      std::fprintf(stderr, "squall: not read, so without effect: %s\n", what.c_str());
  }
}

api::DispatchOptions dispatch_options(const ServeOptions& options, uint16_t port) {
  api::DispatchOptions dispatch;
  dispatch.default_region = options.region;
  dispatch.advertised_host =
      options.advertised_host.empty() ? cat("localhost:", port) : options.advertised_host;
  if (!options.secret_key.empty()) {
    // Keys that IAM and STS issued have secrets of their own.
    dispatch.verify = [common = options.secret_key](const protocol::Request& request,
                                                    const protocol::Call& call,
                                                    const std::string& secret) {
      api::verify_signature(request, call, secret.empty() ? common : secret);
    };
  }
  if (options.warn_unread) dispatch.on_unread = warn_of_unread;
  return dispatch;
}

}  // namespace

struct LocalServer::Impl {
  explicit Impl(const ServeOptions& options)
      : worlds(registry(), options.world),
        keeper(make_keeper(worlds, options)),
        control(worlds, control_options(options)),
        server(options.http,
               [this](const protocol::Request& request, protocol::Response& response) {
                 if (control::Control::serves(request))
                   control.handle(request, response);
                 else
                   dispatcher.handle(request, response);
                 // All that the answer can show was logged before.
                 if (keeper) response.logged = keeper->log().last();
               }),
        dispatcher(worlds, dispatch_options(options, server.port())) {
    if (!keeper) return;
    const sim::Pace kept = worlds.world(options.world.account).clock().pace();
    if (kept != options.world.pace && options.warn_unread)
      std::fprintf(stderr,
                   "squall: time in %s goes on at pace '%s'; POST {\"pace\": \"%s\"} to "
                   "/_squall/clock to change that\n",
                   options.data_dir.c_str(), std::string(to_string(kept)).c_str(),
                   std::string(to_string(options.world.pace)).c_str());
    server.set_log(&keeper->log());
    keeper->start([this] { server.wake(); });
  }
  ~Impl() {
    ticker.reset();
    server.stop();
    keeper.reset();  // it wakes the server
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static std::unique_ptr<store::Keeper> make_keeper(api::Worlds& worlds,
                                                    const ServeOptions& options) {
    if (options.data_dir.empty()) return nullptr;
    store::StoreOptions store;
    store.dir = options.data_dir;
    store.fsync = options.fsync;
    store.log_bytes_max = options.log_mb << 20;
    return std::make_unique<store::Keeper>(worlds, std::move(store));
  }

  static control::ControlOptions control_options(const ServeOptions& options) {
    control::ControlOptions control;
    control.default_region = options.region;
    return control;
  }

  api::Worlds worlds;
  std::unique_ptr<store::Keeper> keeper;
  control::Control control;
  http::Server server;
  api::Dispatcher dispatcher;
  std::unique_ptr<Ticker> ticker;
};

LocalServer::LocalServer(ServeOptions options) : impl_(std::make_unique<Impl>(options)) {}
LocalServer::~LocalServer() = default;

api::Worlds& LocalServer::worlds() { return impl_->worlds; }
uint16_t LocalServer::port() const { return impl_->server.port(); }

void LocalServer::start() {
  impl_->server.start();
  impl_->ticker = std::make_unique<Ticker>(impl_->worlds);
}

void LocalServer::stop() {
  impl_->server.stop();
  impl_->ticker.reset();
}

void LocalServer::run_until_signal() {
  impl_->ticker = std::make_unique<Ticker>(impl_->worlds);
  impl_->server.run_until_signal();
  impl_->ticker.reset();
}

}  // namespace squall
