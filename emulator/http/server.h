// The only room that includes Beast: sockets in, protocol::Request and Response out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/protocol/message.h"
#include "emulator/sim/change_log.h"

namespace squall::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;              // 0 takes a free one
  int threads = 1;                   // one io_context each; a connection stays on its thread
  size_t body_bytes_max = 256 << 20;  // a layer of an image comes in one; larger: 413
  int idle_timeout_s = 120;          // longer than SDK connection pools keep connections
  int drain_timeout_s = 5;           // how long shutdown waits for requests in flight
  bool tls = true;                   // plain HTTP and TLS on the same port; the first byte decides
  std::string certificate_dir = {};  // where the self-signed pair is kept; empty: memory only
};

/// Fills `response` for one complete request. Called on the connection's thread; must not throw.
using RequestHandler = std::function<void(const protocol::Request&, protocol::Response&)>;

class Server {
 public:
  /// Binds at once; throws std::runtime_error with advice when the port cannot be had.
  Server(ServerOptions options, RequestHandler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  /// Before start(): answers wait until the log is durable up to Response::logged.
  void set_log(const sim::ChangeLog* log);
  /// From any thread, until stop() has returned: the log is durable further than before.
  void wake();
  /// Starts the threads and returns.
  void start();
  /// Stops accepting, lets requests in flight finish (drain_timeout_s), joins the threads.
  void stop();
  /// start(), then sleeps until SIGTERM or SIGINT, then stop(). A second signal exits at once.
  void run_until_signal();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::http
