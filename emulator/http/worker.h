// One thread, one io_context, the connections pinned to it. Internal to this room.
#pragma once

#include "emulator/http/asio.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <list>
#include <thread>
#include <vector>

#include "emulator/http/connection.h"

namespace squall::http {

namespace net = boost::asio;
using Tcp = net::ip::tcp;
// The concrete executor: the type-erased default costs an allocation's worth an operation.
using Socket = net::basic_stream_socket<Tcp, net::io_context::executor_type>;
using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>,
                                        net::io_context::executor_type>;

class Worker;

/// Half duplex on purpose: it receives, answers all that is complete, sends it out, and only then
/// receives again. So at most one operation is under way, and a client that does not read its
/// answers is not read either.
class Session {
 public:
  Session(Worker& worker, Socket socket);

  void start() { receive(); }
  /// Ends at once if nothing is under way; else the next answer is the last.
  void drain();
  void expire();
  void close();
  int64_t deadline() const { return deadline_; }

 private:
  friend class Worker;
  void receive();
  void on_received(const boost::system::error_code& ec, size_t bytes);
  void flush();
  void proceed();
  void resume();
  void linger();
  void touch(int seconds);

  Worker& worker_;
  Socket socket_;
  Connection connection_;
  int64_t deadline_ = 0;  // in the worker's ticks: no clock is read for a request
  bool closed_ = false;
  bool lingering_ = false;
  bool parked_ = false;  // no operation is under way: its answer waits for the log
  std::list<Session>::iterator self_;
};

class Worker {
 public:
  Worker(const ServerOptions& options, const RequestHandler& handler, TlsContext* tls);

  /// Before start().
  void set_log(const sim::ChangeLog* log) { surroundings_.log = log; }

  net::io_context& io() { return io_; }
  void start();
  /// From any thread: lets what is under way finish, then lets run() return.
  void drain();
  void join();
  /// From any thread: the log is durable further than before.
  void wake();

  // For its own thread:
  /// Has the session resumed once its connection can be released.
  void park(Session& session);
  void adopt(Socket socket);
  void remove(std::list<Session>::iterator session);
  Surroundings& surroundings() { return surroundings_; }
  int64_t now_tick() const { return tick_; }

 private:
  void sweep();
  void on_drain();
  void resume_parked();

  const ServerOptions& options_;
  net::io_context io_{1};  // one thread: fewer locks
  net::executor_work_guard<net::io_context::executor_type> guard_;
  Surroundings surroundings_;
  std::list<Session> sessions_;
  std::vector<Session*> parked_;
  std::atomic<bool> has_parked_{false};
  Timer sweeper_;
  Timer drain_limit_;
  int64_t tick_ = 0;  // seconds since the start, by the sweeper
  std::thread thread_;
};

}  // namespace squall::http
