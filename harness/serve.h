// `squall serve`: a World registry behind the HTTP server, until a signal comes.
#pragma once

#include <memory>
#include <string>

#include "emulator/api/dispatch.h"
#include "emulator/http/server.h"

namespace squall {

struct ServeOptions {
  http::ServerOptions http;
  sim::WorldOptions world;
  std::string region = "us-east-1";
  std::string advertised_host;  // empty: localhost:PORT
  std::string secret_key;       // not empty: every request must be signed with it
  std::string data_dir;         // not empty: state is kept there and outlives the process
  bool fsync = false;           // and the loss of power
  size_t log_mb = 64;           // the log is begun anew when it is longer, and than the state
  bool warn_unread = false;     // say on stderr, once each, which members a handler ignored
};

/// What every process has one of: all models, all services.
const api::Registry& registry();

/// The whole server of one process: Worlds, dispatch, control routes, sockets.
class LocalServer {
 public:
  explicit LocalServer(ServeOptions options);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;
  api::Worlds& worlds();
  uint16_t port() const;
  void start();
  void stop();
  void run_until_signal();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall
