// libFuzzer target: a connection's bytes in pieces (the first byte says how large) through the
// reader, a handler that looks at every view it is given, and the sending side.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "emulator/http/connection.h"

namespace squall::http {
namespace {

constexpr size_t kBodyBytesMax = 4000;

size_t sum(std::string_view text) {
  size_t total = 0;
  for (const char c : text) total += static_cast<unsigned char>(c);
  return total;
}

void touch_everything(const protocol::Request& request, protocol::Response& response) {
  size_t total = sum(request.method) + sum(request.path) + sum(request.query) + sum(request.body);
  for (const protocol::Header& header : request.headers)
    total += sum(header.name) + sum(header.value);
  if (request.body.size() > kBodyBytesMax) std::abort();
  response.body = request.path == "/l" ? std::string(70000, 'x') : std::to_string(total);
}

/// The socket takes `piece` bytes at a time, until there is nothing to send.
void flush(Connection& connection, size_t piece) {
  while (true) {
    const auto [first, second] = connection.to_send();
    if (first.empty() && second.empty()) return;
    connection.sent(std::min(piece, first.size() + second.size()));
  }
}

void converse(std::string_view bytes, size_t piece) {
  ServerOptions options;
  options.body_bytes_max = kBodyBytesMax;
  const RequestHandler handler = touch_everything;
  Surroundings around{options, handler};
  Connection connection(around);
  const size_t sent_piece = 1 + (piece * 3701) % 70001;
  while (!bytes.empty() && connection.next() == Connection::Next::receive) {
    const std::span<char> room = connection.room();
    if (room.empty()) std::abort();
    const size_t size = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    connection.received(size);
    flush(connection, sent_piece);
  }
  if (connection.next() != Connection::Next::receive) return;
  connection.received_end();
  flush(connection, sent_piece);
  if (connection.next() == Connection::Next::receive) std::abort();  // it would hang
}

}  // namespace
}  // namespace squall::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view sent{reinterpret_cast<const char*>(bytes) + 1, size - 1};
  squall::http::converse(sent, size_t{1} + bytes[0]);
  return 0;
}
