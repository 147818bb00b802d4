// RFC 9112 section 7.1, strictly: lines end in CR LF, sizes are plain hexadecimal.
#include "emulator/http/chunked.h"

#include <algorithm>
#include <charconv>

namespace squall::http {
namespace {

constexpr size_t kSizeLineBytesMax = 4 << 10;  // chunk extensions, which nobody reads
constexpr size_t kTrailerBytesMax = 64 << 10;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

}  // namespace

/// `done` when line_ holds a whole line.
ChunkReader::Result ChunkReader::take_line(std::string_view& input) {
  const size_t feed = input.find('\n');
  line_ += input.substr(0, feed);
  input.remove_prefix(feed == std::string_view::npos ? input.size() : feed + 1);
  if (feed == std::string_view::npos) {
    const size_t limit = stage_ == Stage::trailer ? kTrailerBytesMax : kSizeLineBytesMax;
    if (line_.size() + trailer_bytes_ <= limit) return Result::need_more;
    return stage_ == Stage::trailer ? Result::trailer_too_long : Result::malformed;
  }
  if (!line_.ends_with('\r')) return Result::malformed;
  line_.pop_back();
  return is_printable(line_) ? Result::done : Result::malformed;
}

ChunkReader::Result ChunkReader::end_size_line(size_t body_bytes_used, size_t body_bytes_max) {
  const char* const end = line_.data() + line_.size();
  const auto [at, error] = std::from_chars(line_.data(), end, left_, 16);
  if (error != std::errc{}) return Result::malformed;
  const std::string_view rest(at, static_cast<size_t>(end - at));
  const size_t extension = rest.find_first_not_of(" \t");
  if (extension != std::string_view::npos && rest[extension] != ';') return Result::malformed;
  if (left_ > body_bytes_max - body_bytes_used) return Result::body_too_large;
  stage_ = left_ == 0 ? Stage::trailer : Stage::data;
  return Result::done;
}

ChunkReader::Result ChunkReader::read(std::string_view& input, std::string& body,
                                      size_t body_bytes_max) {
  while (stage_ != Stage::done) {
    if (input.empty()) return Result::need_more;
    if (stage_ == Stage::data) {
      const std::string_view piece = input.substr(0, std::min<uint64_t>(left_, input.size()));
      body += piece;
      input.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) stage_ = Stage::data_end;
      continue;
    }
    if (const Result line = take_line(input); line != Result::done) return line;
    if (stage_ == Stage::data_end) {
      if (!line_.empty()) return Result::malformed;
      stage_ = Stage::size_line;
    } else if (stage_ == Stage::size_line) {
      const Result size = end_size_line(body.size(), body_bytes_max);
      if (size != Result::done) return size;
    } else if (line_.empty()) {
      stage_ = Stage::done;
    } else {
      trailer_bytes_ += line_.size() + 2;
      if (line_.find(':') == std::string::npos || line_.starts_with(':') ||
          line_.find_first_of(" \t") < line_.find(':'))
        return Result::malformed;
      if (trailer_bytes_ > kTrailerBytesMax) return Result::trailer_too_long;
    }
    line_.clear();
  }
  return Result::done;
}

}  // namespace squall::http
