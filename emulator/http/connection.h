// One client's conversation without its socket: received bytes in, bytes to send out. Whoever owns
// the socket (worker.cpp, a test, a fuzzer) moves the bytes.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/http/request_reader.h"
#include "emulator/http/server.h"
#include "emulator/http/tls.h"
#include "emulator/sim/change_log.h"

namespace squall::http {

/// What the connections of one thread share.
struct Surroundings {
  const ServerOptions& options;
  const RequestHandler& handler;
  TlsContext* tls = nullptr;  // null: plain HTTP only
  const sim::ChangeLog* log = nullptr;  // answers wait until what they show is durable in it
  std::string date = {};      // refreshed once a second
  bool draining = false;      // the next answer of each connection is its last
  protocol::Response response = {};  // reused, so that answers keep their buffers
  std::string plain = {};            // what goes into a TLS record
};

class Connection {
 public:
  /// What the owner does once everything is sent.
  enum class Next { receive, close, linger };  // linger: shut down sending, read away the rest

  explicit Connection(Surroundings& surroundings);

  std::span<char> room();
  void received(size_t bytes);
  /// The client will send no more: what it asked completely is still answered.
  void received_end();
  /// The client took too long in the middle of a request.
  void timed_out();

  /// What to send now, in order; both empty when there is nothing.
  std::array<std::string_view, 2> to_send() const;
  void sent(size_t bytes);
  Next next() const { return next_; }

  /// An answer waits for the log: nothing is sent and nothing more is looked at until release().
  bool held() const { return held_ != 0; }
  /// Whether the log has got there.
  bool is_due() const { return held() && around_.log->durable() >= held_; }
  void release() { held_ = 0; }

  /// Nothing is half received or half sent.
  bool idle() const;

 private:
  void pump();
  bool fill_from_tls();
  void answer();
  void send_answer(const protocol::Request& request, bool close);
  void refuse(Refusal refusal);
  void finish(Next next);
  void compress_if_asked(const protocol::Request& request);

  Surroundings& around_;
  RequestReader reader_;
  std::unique_ptr<TlsChannel> tls_;
  std::string out_;    // rendered answers
  std::string large_;  // a body too large to copy behind its head; sent after out_
  size_t sent_ = 0;    // of both together
  uint64_t held_ = 0;  // until the log is durable so far
  Next next_ = Next::receive;
  bool first_byte_seen_ = false;
  bool input_ended_ = false;
};

}  // namespace squall::http
