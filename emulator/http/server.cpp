// Listening, handing sockets out to the workers, starting and stopping.
#include "emulator/http/server.h"

#include "emulator/http/worker.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "emulator/core/text.h"

namespace squall::http {
namespace {

using Error = boost::system::error_code;
using Acceptor = net::basic_socket_acceptor<Tcp, net::io_context::executor_type>;

Tcp::endpoint resolve(net::io_context& io, const ServerOptions& options) {
  Error ec;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto address = net::ip::make_address(host, ec);
  if (!ec) return {address, options.port};
  Tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, "", ec);
  if (ec || found.empty())
    throw std::runtime_error(cat("cannot listen on ", options.host, ": no such address here. Use "
                                 "--host 127.0.0.1, or --host 0.0.0.0 to be reached from outside"));
  return {found.begin()->endpoint().address(), options.port};
}

std::string advice(const Error& ec, const Tcp::endpoint& endpoint) {
  const std::string where = cat("cannot listen on ", endpoint.address().to_string(), ":",
                                endpoint.port(), ": ", ec.message());
  if (ec == net::error::address_in_use)
    return cat(where, ". Another server has the port: stop it, or choose another one with --port "
                      "(0 takes a free one)");
  if (ec == net::error::access_denied)
    return cat(where, ". Ports below 1024 need privileges: choose another one with --port");
  return where;
}

}  // namespace

struct Server::Impl {
  ServerOptions options;
  RequestHandler handler;
  TlsContext tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<Acceptor> acceptor;   // lives on the first worker's thread
  std::unique_ptr<Timer> accept_again;  // after a failure such as too many open files
  size_t next_worker = 0;
  uint16_t port = 0;
  bool started = false;
  bool stopped = false;

  Impl(ServerOptions given, RequestHandler call)
      : options(std::move(given)), handler(std::move(call)), tls(options.certificate_dir) {
    for (int i = 0; i < std::max(1, options.threads); ++i)
      workers.push_back(
          std::make_unique<Worker>(options, handler, options.tls ? &tls : nullptr));
    listen();
  }

  void listen() {
    net::io_context& io = workers[0]->io();
    const Tcp::endpoint endpoint = resolve(io, options);
    acceptor = std::make_unique<Acceptor>(io);
    accept_again = std::make_unique<Timer>(io);
    Error ec;
    acceptor->open(endpoint.protocol(), ec);
    if (!ec) acceptor->set_option(Acceptor::reuse_address(true), ec);
    if (!ec) acceptor->bind(endpoint, ec);
    if (!ec) acceptor->listen(net::socket_base::max_listen_connections, ec);
    if (ec) throw std::runtime_error(advice(ec, endpoint));
    port = acceptor->local_endpoint().port();
  }

  void accept() {
    Worker* worker = workers[next_worker++ % workers.size()].get();
    acceptor->async_accept(worker->io(), [this, worker](const Error& ec, Socket socket) {
      if (!acceptor->is_open()) return;
      if (ec) return pause_accepting();
      if (worker == workers[0].get())
        worker->adopt(std::move(socket));
      else
        net::post(worker->io(), [worker, handed = std::move(socket)]() mutable {
          worker->adopt(std::move(handed));
        });
      accept();
    });
  }

  void pause_accepting() {
    accept_again->expires_after(std::chrono::milliseconds(100));
    accept_again->async_wait([this](const Error& ec) {
      if (!ec && acceptor->is_open()) accept();
    });
  }

  void stop() {
    if (stopped) return;
    stopped = true;
    if (!started) {
      acceptor.reset();
      return;
    }
    net::post(workers[0]->io(), [this] {
      Error ec;
      acceptor->close(ec);
      accept_again->cancel();
      // Behind the closing, so that no socket is handed to a worker that has ended.
      for (auto& worker : workers) worker->drain();
    });
    for (auto& worker : workers) worker->join();
  }
};

Server::Server(ServerOptions options, RequestHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

Server::~Server() { stop(); }

uint16_t Server::port() const { return impl_->port; }

void Server::set_log(const sim::ChangeLog* log) {
  for (auto& worker : impl_->workers) worker->set_log(log);
}

void Server::wake() {
  for (auto& worker : impl_->workers) worker->wake();
}

void Server::start() {
  if (std::exchange(impl_->started, true)) return;
  impl_->accept();
  for (auto& worker : impl_->workers) worker->start();
}

void Server::stop() { impl_->stop(); }

void Server::run_until_signal() {
  net::io_context io{1};
  net::basic_signal_set<net::io_context::executor_type> signals(io, SIGINT, SIGTERM);
  signals.async_wait([](const Error&, int) {});
  start();
  io.run();
  // From here the default action: a second signal ends the process.
  Error ec;
  signals.clear(ec);
  stop();
}

}  // namespace squall::http
