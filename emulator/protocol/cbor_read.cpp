// Reads CBOR by hand: the format is small, and every length has to be distrusted.
#include <bit>
#include <cmath>
#include <limits>

#include "emulator/core/text.h"
#include "emulator/protocol/cbor.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

enum Major : uint8_t { positive, negative, bytes, text, array, map, tag, simple };
constexpr uint8_t indefinite = 31;
constexpr uint8_t break_byte = 0xFF;

double half_to_double(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  double value = 0;
  if (exponent == 0)
    value = std::ldexp(mantissa, -24);
  else if (exponent != 31)
    value = std::ldexp(mantissa + 1024, exponent - 25);
  else
    value = mantissa ? std::numeric_limits<double>::quiet_NaN()
                     : std::numeric_limits<double>::infinity();
  return half & 0x8000 ? -value : value;
}

class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  bool item(Value& out, size_t depth = 0) {
    uint8_t first = 0;
    if (depth > depth_max || !byte(first)) return false;
    const auto major = static_cast<Major>(first >> 5);
    const uint8_t info = first & 31;
    if (major == simple) return simple_item(info, out);
    if (info == indefinite) return indefinite_item(major, out, depth);
    uint64_t argument = 0;
    if (!read_argument(info, argument)) return false;
    switch (major) {
      case positive: out = whole(argument, false); return true;
      case negative: out = whole(argument, true); return true;
      case bytes:
      case text: return string(major, argument, out);
      case array: return list(argument, out, depth);
      case map: return members(argument, out, depth);
      default: return tagged(argument, out, depth);
    }
  }

  bool at_end() const { return at_ == data_.size(); }

 private:
  bool byte(uint8_t& out) {
    if (at_end()) return false;
    out = static_cast<uint8_t>(data_[at_++]);
    return true;
  }

  bool big_endian(size_t width, uint64_t& out) {
    if (data_.size() - at_ < width) return false;
    out = 0;
    for (size_t i = 0; i < width; ++i) out = out << 8 | static_cast<uint8_t>(data_[at_++]);
    return true;
  }

  bool read_argument(uint8_t info, uint64_t& out) {
    out = info;
    if (info < 24) return true;
    return info <= 27 && big_endian(size_t{1} << (info - 24), out);
  }

  static Value whole(uint64_t n, bool is_negative) {
    if (n <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return is_negative ? Value(-1 - static_cast<int64_t>(n)) : Value(static_cast<int64_t>(n));
    const auto real = static_cast<double>(n);
    return Value(is_negative ? -1.0 - real : real);
  }

  bool simple_item(uint8_t info, Value& out) {
    uint64_t bits = 0;
    switch (info) {
      case 20: out = Value(false); return true;
      case 21: out = Value(true); return true;
      case 22:
      case 23: out = Value(nullptr); return true;
      case 25:
        if (!big_endian(2, bits)) return false;
        out = Value(half_to_double(static_cast<uint16_t>(bits)));
        return true;
      case 26:
        if (!big_endian(4, bits)) return false;
        out = Value(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
        return true;
      case 27:
        if (!big_endian(8, bits)) return false;
        out = Value(std::bit_cast<double>(bits));
        return true;
      default: return false;
    }
  }

  bool string(Major major, uint64_t size, Value& out) {
    if (data_.size() - at_ < size) return false;
    const std::string_view found = data_.substr(at_, size);
    at_ += size;
    if (major == text && !is_valid_utf8(found)) return false;
    out = major == text ? Value(found) : Value::blob(found);
    return true;
  }

  bool list(uint64_t count, Value& out, size_t depth) {
    out = Value::list();
    for (uint64_t i = 0; i < count; ++i) {
      Value element;
      if (!item(element, depth + 1)) return false;
      out.push(element);
    }
    return true;
  }

  bool member(Value& out, size_t depth) {
    Value key, value;
    if (!item(key, depth + 1) || !key.is_string() || !item(value, depth + 1)) return false;
    out.add(Key::stable(key.text()), value);
    return true;
  }

  bool members(uint64_t count, Value& out, size_t depth) {
    out = Value::map();
    for (uint64_t i = 0; i < count; ++i)
      if (!member(out, depth)) return false;
    return true;
  }

  bool tagged(uint64_t number, Value& out, size_t depth) {
    if (!item(out, depth + 1)) return false;
    constexpr uint64_t epoch_time = 1;
    if (number != epoch_time) return true;
    if (out.kind() != Value::Kind::integer && out.kind() != Value::Kind::real) return false;
    if (!std::isfinite(out.real())) return false;
    out = Value(time_from_seconds(out.real()));
    return true;
  }

  bool at_break() {
    if (at_end() || static_cast<uint8_t>(data_[at_]) != break_byte) return false;
    ++at_;
    return true;
  }

  bool indefinite_item(Major major, Value& out, size_t depth) {
    if (major == array) {
      out = Value::list();
      while (!at_break()) {
        Value element;
        if (!item(element, depth + 1)) return false;
        out.push(element);
      }
      return true;
    }
    if (major == map) {
      out = Value::map();
      while (!at_break())
        if (!member(out, depth)) return false;
      return true;
    }
    return (major == bytes || major == text) && chunks(major, out);
  }

  /// Strings of unknown length come as definite chunks of their own type.
  bool chunks(Major major, Value& out) {
    std::string joined;
    while (!at_break()) {
      uint8_t first = 0;
      uint64_t size = 0;
      Value chunk;
      if (!byte(first) || first >> 5 != major || !read_argument(first & 31, size) ||
          !string(major, size, chunk))
        return false;
      joined += chunk.text();
    }
    out = major == text ? Value(joined) : Value::blob(joined);
    return true;
  }

  std::string_view data_;
  size_t at_ = 0;
};

}  // namespace

bool parse_cbor(std::string_view data, Value& out) {
  Reader reader(data);
  return reader.item(out) && reader.at_end();
}

}  // namespace squall::protocol
