// zlib behind two functions, so that its types stay in here.
#include "emulator/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "emulator/core/text.h"

namespace squall::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // plus 16: the gzip frame, not zlib's

struct Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) std::abort();  // only for want of memory
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

GunzipResult gunzip(std::string_view packed, size_t bytes_max, std::string& out) {
  out.clear();
  Inflater inflater;
  z_stream& z = inflater.stream;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  size_t made = 0;
  while (true) {
    // One byte beyond the limit is enough to know that it was passed.
    if (made == out.size()) {
      if (made > bytes_max) return GunzipResult::too_large;
      out.resize(std::min(std::max<size_t>(2 * made, 16384), bytes_max + 1));
    }
    z.next_out = reinterpret_cast<Bytef*>(out.data() + made);
    z.avail_out = static_cast<uInt>(out.size() - made);
    const int rc = inflate(&z, Z_NO_FLUSH);
    made = out.size() - z.avail_out;
    if (made > bytes_max) return GunzipResult::too_large;
    if (rc == Z_STREAM_END) {
      if (z.avail_in == 0) break;
      if (inflateReset(&z) != Z_OK) return GunzipResult::broken;  // a further member follows
    } else if (rc != Z_OK || (z.avail_in == 0 && z.avail_out != 0)) {
      return GunzipResult::broken;
    }
  }
  out.resize(made);
  return GunzipResult::done;
}

std::string gzip(std::string_view plain) {
  z_stream z{};
  if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();
  std::string out;
  out.resize(deflateBound(&z, static_cast<uLong>(plain.size())));
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  for (std::string_view item : split(accept_encoding, ',')) {
    const size_t semicolon = item.find(';');
    const std::string_view coding = trim(item.substr(0, semicolon));
    if (!equals_ignore_case(coding, "gzip") && coding != "*") continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = trim(item.substr(semicolon + 1));
    if (weight.size() < 2 || (weight[0] != 'q' && weight[0] != 'Q')) return true;
    return weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

}  // namespace squall::http
