#include "emulator/protocol/aws_chunked.h"

#include <charconv>

#include "emulator/core/error.h"

namespace squall::protocol {

bool is_aws_chunked(const Request& request) {
  return request.header("x-amz-content-sha256").starts_with("STREAMING-");
}

std::string decode_aws_chunked(std::string_view body) {
  const auto incomplete = [] {
    return AwsError{"IncompleteBody", "The request body terminated unexpectedly"};
  };
  std::string data;
  while (true) {
    // `10000;chunk-signature=...\r\n`, that many bytes, `\r\n`; the last chunk is empty.
    const size_t line_end = body.find("\r\n");
    if (line_end == body.npos) throw incomplete();
    size_t size = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + line_end, size, 16);
    const bool ended = end == body.data() + line_end || *end == ';';
    if (error != std::errc{} || !ended) throw incomplete();
    if (size == 0) return data;
    body.remove_prefix(line_end + 2);
    if (body.size() < 2 || size > body.size() - 2 || body.substr(size, 2) != "\r\n")
      throw incomplete();
    data += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
}

}  // namespace squall::protocol
