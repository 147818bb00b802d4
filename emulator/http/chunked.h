// Takes chunked bodies apart. Not by Beast's parser: that of 1.81 asserts when the last chunk of an
// empty body comes in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::http {

class ChunkReader {
 public:
  enum class Result { need_more, done, malformed, body_too_large, trailer_too_long };

  /// Takes from the front of `input` what belongs to the body, in pieces of any size, and appends
  /// the chunks' data to `body`. Trailer fields are checked for their form and dropped.
  Result read(std::string_view& input, std::string& body, size_t body_bytes_max);
  void reset() { *this = {}; }

 private:
  enum class Stage : uint8_t { size_line, data, data_end, trailer, done };

  Result take_line(std::string_view& input);
  Result end_size_line(size_t body_bytes_used, size_t body_bytes_max);

  Stage stage_ = Stage::size_line;
  uint64_t left_ = 0;         // of the current chunk's data
  size_t trailer_bytes_ = 0;
  std::string line_ = {};     // of a size line or trailer, without its end
};

}  // namespace squall::http
