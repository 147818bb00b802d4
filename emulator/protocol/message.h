// An HTTP message as the wire rooms see it: views into buffers that http/ owns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/text.h"

namespace squall::protocol {

struct Header {
  std::string_view name;
  std::string_view value;
};

struct Request {
  std::string_view method;
  std::string_view path;   // still percent-encoded, without the query
  std::string_view query;  // without the question mark
  std::span<const Header> headers;
  std::string_view body;   // complete, unchunked, decompressed
  std::string_view packed_body = {};  // as it came, where `body` was decompressed

  /// What the client hashed for its signature.
  std::string_view signed_body() const { return packed_body.empty() ? body : packed_body; }
  /// Value of a header (names ignore case), or empty.
  std::string_view header(std::string_view name) const {
    for (const Header& h : headers)
      if (equals_ignore_case(h.name, name)) return h.value;
    return {};
  }
};

struct Response {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;  // without content type and length
  std::string body;
  bool compressible = false;  // a large body may go out as gzip to a client that takes it
  uint64_t logged = 0;  // it leaves once the log is durable so far (sim/change_log.h)

  void reset() {
    status = 200;
    content_type.clear();
    headers.clear();
    body.clear();
    compressible = false;
    logged = 0;
  }
};

}  // namespace squall::protocol
