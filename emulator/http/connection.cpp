// Keep-alive, pipelining, refusals and the order of everything that is sent.
#include "emulator/http/connection.h"

#include <algorithm>

#include "emulator/http/gzip.h"
#include "emulator/http/reply.h"

namespace squall::http {
namespace {

constexpr size_t kCopyBytesMax = 64 << 10;       // larger bodies are sent from where they are
constexpr size_t kUnsentBytesMax = 256 << 10;    // a client that pipelines has to read as well
constexpr size_t kCompressBytesMin = 8 << 10;    // below, packing costs more than it saves
constexpr size_t kKeepBytesMax = 4 << 20;        // larger buffers are given back after use
constexpr char kTlsHandshake = 0x16;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(Surroundings& surroundings)
    : around_(surroundings), reader_(surroundings.options.body_bytes_max) {}

std::span<char> Connection::room() { return tls_ ? tls_->room() : reader_.room(); }

void Connection::received(size_t bytes) {
  if (next_ != Next::receive || bytes == 0) return;
  if (!first_byte_seen_) {
    first_byte_seen_ = true;
    const std::span<char> got = reader_.room().first(bytes);
    if (around_.tls != nullptr && got[0] == kTlsHandshake) {
      tls_ = std::make_unique<TlsChannel>(around_.tls->get());
      tls_->received({got.data(), bytes});
      return pump();
    }
  }
  if (tls_)
    tls_->received({tls_->room().data(), bytes});
  else
    reader_.received(bytes);
  pump();
}

void Connection::received_end() {
  input_ended_ = true;
  pump();
}

void Connection::timed_out() {
  if (next_ == Next::receive && !reader_.empty())
    refuse({408, "The request did not arrive completely in time.\n"});
  finish(Next::close);
}

bool Connection::fill_from_tls() {
  if (!tls_) return false;
  const size_t got = tls_->read(reader_.room());
  tls_->drain(out_);
  reader_.received(got);
  if (got == 0 && tls_->ended()) input_ended_ = true;
  return got > 0;
}

void Connection::pump() {
  while (next_ == Next::receive && !held() && large_.empty() &&
         out_.size() - sent_ < kUnsentBytesMax) {
    switch (reader_.next()) {
      case RequestReader::State::complete:
        answer();
        continue;
      case RequestReader::State::refused:
        refuse(reader_.refusal());
        continue;
      case RequestReader::State::need_more:
        break;
    }
    if (reader_.take_expectation()) tls_ ? tls_->write(kContinue, out_) : void(out_ += kContinue);
    if (fill_from_tls()) continue;
    if (!input_ended_) return;
    if (reader_.empty())
      finish(Next::close);
    else
      refuse({400, "The request ended before it was complete.\n"});
  }
}

void Connection::compress_if_asked(const protocol::Request& request) {
  protocol::Response& response = around_.response;
  if (!response.compressible || response.body.size() <= kCompressBytesMin) return;
  if (!accepts_gzip(request.header("accept-encoding"))) return;
  response.body = gzip(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
  response.headers.emplace_back("Vary", "Accept-Encoding");
}

void Connection::answer() {
  const protocol::Request& request = reader_.request();
  protocol::Response& response = around_.response;
  response.reset();
  around_.handler(request, response);
  compress_if_asked(request);
  const bool close = around_.draining || !reader_.keep_alive();
  const uint64_t logged = response.logged;
  if (around_.log && logged > around_.log->durable()) held_ = logged;
  send_answer(request, close);
  reader_.consume();
  if (close) finish(reader_.empty() ? Next::close : Next::linger);
}

void Connection::send_answer(const protocol::Request& request, bool close) {
  protocol::Response& response = around_.response;
  const ReplyFrame frame{around_.date, request.method == "HEAD", close, reader_.is_http10()};
  std::string& text = tls_ ? around_.plain : out_;
  if (tls_) text.clear();
  if (!append_head(text, response, frame)) {
    response.reset();
    response.status = 500;
    response.content_type = "text/plain";
    response.body = "A header of the answer held a line break; it was not sent.\n";
    append_head(text, response, frame);
  }
  const bool with_body = !frame.head_only && has_body(response.status);
  if (with_body && response.body.size() <= kCopyBytesMax) {
    text += response.body;
  } else if (with_body && !tls_) {
    large_.swap(response.body);
  }
  if (!tls_) return;
  tls_->write(text, out_);
  if (with_body && response.body.size() > kCopyBytesMax) tls_->write(response.body, out_);
}

void Connection::refuse(Refusal refusal) {
  protocol::Response& response = around_.response;
  response.reset();
  response.status = refusal.status;
  response.content_type = "text/plain";
  response.body = refusal.text;
  send_answer(protocol::Request{}, true);
  finish(Next::linger);  // the client may still be sending: closing now would lose the answer
}

void Connection::finish(Next next) {
  if (next_ != Next::receive) return;
  if (tls_) tls_->close(out_);
  next_ = next;
}

std::array<std::string_view, 2> Connection::to_send() const {
  if (held()) return {};
  if (sent_ < out_.size()) return {std::string_view(out_).substr(sent_), large_};
  return {std::string_view(large_).substr(sent_ - out_.size()), {}};
}

void Connection::sent(size_t bytes) {
  sent_ += bytes;
  if (sent_ < out_.size() + large_.size()) return;
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > kKeepBytesMax) out_ = {};
  if (!large_.empty()) {
    // The buffer goes back to where the next large answer is rendered.
    large_.clear();
    if (large_.capacity() <= kKeepBytesMax && large_.capacity() > around_.response.body.capacity())
      around_.response.body.swap(large_);
    large_ = {};
  }
  pump();
}

bool Connection::idle() const {
  return next_ == Next::receive && reader_.empty() && out_.empty() && large_.empty();
}

}  // namespace squall::http
