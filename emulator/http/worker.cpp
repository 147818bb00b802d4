// Sessions: one receive and one send a small request, a deadline field instead of a timer.
#include "emulator/http/worker.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "emulator/http/reply.h"

namespace squall::http {
namespace {

using Error = boost::system::error_code;
constexpr int kLingerSeconds = 2;

}  // namespace

Session::Session(Worker& worker, Socket socket)
    : worker_(worker), socket_(std::move(socket)), connection_(worker.surroundings()) {
  touch(worker.surroundings().options.idle_timeout_s);
}

void Session::touch(int seconds) { deadline_ = worker_.now_tick() + seconds; }

void Session::receive() {
  const std::span<char> room = connection_.room();
  socket_.async_read_some(net::buffer(room.data(), room.size()),
                          [this](const Error& ec, size_t bytes) { on_received(ec, bytes); });
}

void Session::on_received(const Error& ec, size_t bytes) {
  if (closed_ || (ec && ec != net::error::eof)) return worker_.remove(self_);
  if (lingering_) return ec ? worker_.remove(self_) : receive();
  touch(worker_.surroundings().options.idle_timeout_s);
  if (ec)
    connection_.received_end();
  else
    connection_.received(bytes);
  flush();
}

/// Sends at once what the socket takes (nearly always everything), waits only for the rest.
void Session::flush() {
  while (true) {
    if (connection_.held()) return worker_.park(*this);
    const auto [first, second] = connection_.to_send();
    if (first.empty() && second.empty()) return proceed();
    const std::array<net::const_buffer, 2> pieces{net::buffer(first), net::buffer(second)};
    Error ec;
    const size_t bytes = second.empty() ? socket_.write_some(pieces[0], ec)
                                        : socket_.write_some(pieces, ec);
    if (ec == net::error::would_block) break;
    if (ec) return worker_.remove(self_);
    connection_.sent(bytes);
    touch(worker_.surroundings().options.idle_timeout_s);
  }
  socket_.async_wait(Socket::wait_write, [this](const Error& ec) {
    if (closed_ || ec) return worker_.remove(self_);
    flush();
  });
}

void Session::proceed() {
  switch (connection_.next()) {
    case Connection::Next::receive:
      if (worker_.surroundings().draining && connection_.idle()) return worker_.remove(self_);
      return receive();
    case Connection::Next::close:
      return worker_.remove(self_);
    case Connection::Next::linger:
      return linger();
  }
}

/// Closing with unread bytes in the socket resets the connection, and the reset can overtake the
/// answer. So only sending is shut down, and what still comes is read away for a moment.
void Session::linger() {
  lingering_ = true;
  touch(kLingerSeconds);
  Error ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  if (ec) return worker_.remove(self_);
  receive();
}

void Session::drain() {
  Error ec;
  if (connection_.idle() && socket_.available(ec) == 0) close();
}

void Session::expire() {
  connection_.timed_out();
  const auto [first, second] = connection_.to_send();
  Error ec;  // one attempt: whoever was slow before gets no second deadline
  if (!lingering_ && !first.empty()) socket_.write_some(net::buffer(first), ec);
  close();
}

void Session::resume() {
  parked_ = false;
  connection_.release();
  flush();
}

/// Ends the operation under way; its callback then removes the session.
void Session::close() {
  if (std::exchange(closed_, true)) return;
  if (parked_) net::post(worker_.io(), [this] { worker_.remove(self_); });
  Error ec;
  socket_.shutdown(Socket::shutdown_both, ec);
  socket_.cancel(ec);
}

Worker::Worker(const ServerOptions& options, const RequestHandler& handler, TlsContext* tls)
    : options_(options),
      guard_(io_.get_executor()),
      surroundings_{options, handler, tls},
      sweeper_(io_),
      drain_limit_(io_) {
  // Once a heap is large and used, the first buffer for a large answer costs 10 ms; address space
  // that is not touched costs nothing.
  constexpr size_t large_answer_bytes = 2 << 20;
  surroundings_.response.body.reserve(large_answer_bytes);
  surroundings_.date = http_date_now();
}

void Worker::start() {
  thread_ = std::thread([this] {
    surroundings_.date = http_date_now();
    sweep();
    io_.run();
  });
}

void Worker::adopt(Socket socket) {
  if (surroundings_.draining) return;  // the socket closes here
  Error ec;
  socket.non_blocking(true, ec);
  socket.set_option(Tcp::no_delay(true), ec);
  Session& session = sessions_.emplace_front(*this, std::move(socket));
  session.self_ = sessions_.begin();
  session.start();
}

void Worker::park(Session& session) {
  if (!std::exchange(session.parked_, true)) parked_.push_back(&session);
  has_parked_ = true;
  // The log may have got there meanwhile, and told nobody.
  if (session.connection_.is_due()) wake();
}

void Worker::wake() {
  if (has_parked_ && has_parked_.exchange(false)) net::post(io_, [this] { resume_parked(); });
}

void Worker::resume_parked() {
  std::vector<Session*> due;
  std::erase_if(parked_, [&](Session* session) {
    if (session->closed_ || !session->connection_.is_due()) return false;
    due.push_back(session);
    return true;
  });
  if (!parked_.empty()) {
    has_parked_ = true;
    for (Session* session : parked_)
      if (!session->closed_ && session->connection_.is_due()) {
        wake();
        break;
      }
  }
  for (Session* session : due) session->resume();
}

void Worker::remove(std::list<Session>::iterator session) {
  if (session->parked_) std::erase(parked_, &*session);
  sessions_.erase(session);
  if (!surroundings_.draining || !sessions_.empty()) return;
  sweeper_.cancel();
  drain_limit_.cancel();
}

void Worker::sweep() {
  sweeper_.expires_after(std::chrono::seconds(1));
  sweeper_.async_wait([this](const Error& ec) {
    if (ec) return;
    ++tick_;
    surroundings_.date = http_date_now();
    for (Session& session : sessions_)
      if (session.deadline() < tick_ && !session.closed_) session.expire();
    sweep();
  });
}

void Worker::drain() {
  net::post(io_, [this] { on_drain(); });
}

void Worker::on_drain() {
  if (std::exchange(surroundings_.draining, true)) return;
  guard_.reset();
  if (sessions_.empty()) {
    sweeper_.cancel();
    return;
  }
  for (Session& session : sessions_) session.drain();
  drain_limit_.expires_after(std::chrono::seconds(options_.drain_timeout_s));
  drain_limit_.async_wait([this](const Error& ec) {
    if (ec) return;
    for (Session& session : sessions_) session.close();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace squall::http
