// Received bytes -> complete requests: Beast's parser fed by hand from one buffer a connection, so
// that a small request costs one receive, and header views point into that buffer.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "emulator/protocol/message.h"

namespace squall::http {

inline constexpr size_t kHeaderBytesMax = 64 << 10;  // session tokens make headers long

struct Refusal {
  int status = 400;
  std::string_view text;
};

class RequestReader {
 public:
  enum class State { need_more, complete, refused };

  explicit RequestReader(size_t body_bytes_max);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Where the next bytes go; then say how many came. Valid until the next call of anything else.
  std::span<char> room();
  void received(size_t bytes);

  /// Works on what is there. `complete`: request() holds until consume(). `refused`: nothing more
  /// can be made of this connection's bytes.
  State next();
  const protocol::Request& request() const;
  Refusal refusal() const;
  bool keep_alive() const;
  bool is_http10() const;

  /// True once for a request that waits for `100 Continue` before it sends its body.
  bool take_expectation();
  void consume();

  /// No byte of a further request has come.
  bool empty() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::http
