// Stored values as JSON text, value by value.
#include "services/dynamodb/attribute_json.h"

#include <algorithm>
#include <array>
#include <bit>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/item.h"

namespace squall::dynamodb {
namespace {

constexpr std::array<char, 200> digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

static_assert(std::endian::native == std::endian::little);
constexpr size_t pairs_of_word = 4;

/// The digits of up to four pairs of a number's key, the first in the lowest byte.
uint64_t digits_of(std::string_view pairs, uint8_t flip) {
  uint64_t digits = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const size_t pair = static_cast<uint8_t>(static_cast<uint8_t>(pairs[i]) ^ flip) - 1U;
    digits |= uint64_t{load_word<uint16_t>(&digit_pairs[2 * pair])} << (16 * i);
  }
  return digits;
}

/// The digits of a number's key, and how many; an odd number of them is followed by a zero.
size_t put_digits(char* at, std::string_view pairs, uint8_t flip) {
  const char* const begin = at;
  for (; !pairs.empty(); pairs.remove_prefix(std::min(pairs.size(), pairs_of_word))) {
    const uint64_t digits = digits_of(pairs.substr(0, pairs_of_word), flip);
    std::memcpy(at, &digits, sizeof digits);
    at += 2 * std::min(pairs.size(), pairs_of_word);
  }
  return static_cast<size_t>(at - begin) - (at[-1] == '0');
}

/// Sets, lists and maps hold the size of their content, then a count.
struct Content {
  Content(const char* b, const char* e) : begin(b), end(e) {}
  explicit Content(const char* at) : begin(at + 4), end(begin + load_word<uint32_t>(at)) {
    read_length(begin);
  }
  const char* begin;
  const char* end;
};

char* put_base64(JsonOut& out, char* to, std::string_view bytes) {
  const std::string text = base64_encode(bytes);
  to = out.room(to, text.size() + 2);
  *to++ = '"';
  std::memcpy(to, text.data(), text.size());
  to += text.size();
  *to++ = '"';
  return to;
}

char* put_list(JsonOut& out, char* to, Content list, const char* end) {
  *to++ = '[';
  for (const char* at = list.begin; at != list.end;) {
    if (at != list.begin) *to++ = ',';
    to = put_value(out, to, at, end);
  }
  *to++ = ']';
  return to;
}

/// Elements are written as values are, without what is around those.
char* put_set(JsonOut& out, char* to, Type type, Content set, const char* end) {
  *to++ = '[';
  for (const char* at = set.begin; at != set.end;) {
    if (at != set.begin) *to++ = ',';
    if (type == Type::BS)
      to = put_base64(out, to, read_text(at));
    else
      to = put_content(out, element_type(type), to, at, end) - 1;  // no brace
    to = out.room(to, JsonOut::slack);
  }
  *to++ = ']';
  return to;
}

char* put_map(JsonOut& out, char* to, Content map, const char* end) {
  *to++ = '{';
  for (const char* at = map.begin; at != map.end;) {
    if (at != map.begin) *to++ = ',';
    to = put_entry(out, to, at, end);
  }
  *to++ = '}';
  return to;
}

}  // namespace

bool copy_plain_short(char* to, std::string_view text) {
  const char* const from = text.data();
  const size_t size = text.size();
  if (size >= 8) {
    const auto first = load_word<uint64_t>(from), last = load_word<uint64_t>(from + size - 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
    return !(has_json_special(first) | has_json_special(last));
  }
  if (size >= 4) {
    const auto first = load_word<uint32_t>(from), last = load_word<uint32_t>(from + size - 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
    return !has_json_special(uint64_t{first} << 32 | last);
  }
  uint64_t bytes = 0x6161616161616161ULL;
  for (size_t i = 0; i < size; ++i) {
    bytes = bytes << 8 | static_cast<uint8_t>(from[i]);
    to[i] = from[i];
  }
  return !has_json_special(bytes);
}

char* JsonOut::grow(char* to, size_t size) {
  // Step by step: what is filled in vain is in the cache when it is written.
  constexpr size_t step = 16 * 1024;
  at_ = to;
  const size_t before = used();
  text_.resize(before + std::min(before / 2, step) + size);
  place(before);
  return at_;
}

char* JsonOut::escaped(char* to, std::string_view text) {
  at_ = to;
  text_.resize(used());
  append_json_string(text_, text);
  const size_t before = text_.size();
  text_.resize(before + 2 * slack);
  place(before);
  return at_;
}

char* put_number(char* at, std::string_view key) {
  constexpr uint8_t zero = 0x80;
  constexpr size_t digits_room = 40;
  // Sign, zero, point, zeros, digits, and what is copied behind them.
  static_assert(number_text_max >= 3 - Decimal::exponent_min + digits_room + sizeof(uint64_t));
  const auto first = static_cast<uint8_t>(key[0]);
  if (first == zero) {
    *at = '0';
    return at + 1;
  }
  const bool negative = first < zero;
  const uint8_t flip = negative ? 0xFF : 0;
  const int exponent =
      static_cast<uint8_t>(static_cast<uint8_t>(key[1]) ^ flip) + Decimal::exponent_min;
  const std::string_view pairs(key.data() + 2, key.size() - (negative ? 3 : 2));
  if (negative) *at++ = '-';
  if (exponent <= 0) {
    *at++ = '0';
    *at++ = '.';
    std::memset(at, '0', static_cast<size_t>(-exponent));
    at -= exponent;
    return at + put_digits(at, pairs, flip);
  }
  const auto whole = static_cast<size_t>(exponent);
  if (pairs.size() <= pairs_of_word && whole < sizeof(uint64_t)) {
    // Most numbers: a zero is a digit's upper half, so zeros may be put where no digit is.
    const uint64_t digits = digits_of(pairs, flip) | 0x3030303030303030ULL;
    const size_t last = 2 * pairs.size() - 1;
    const size_t count = last + ((digits >> (8 * last) & 0xFF) != '0');
    std::memcpy(at, &digits, sizeof digits);
    if (count <= whole) return at + whole;
    const uint64_t fraction = digits >> (8 * whole);
    at[whole] = '.';
    std::memcpy(at + whole + 1, &fraction, sizeof fraction);
    return at + count + 1;
  }
  const size_t count = put_digits(at, pairs, flip);
  if (count <= whole) {
    std::memset(at + count, '0', whole - count);
    return at + whole;
  }
  std::memmove(at + whole + 1, at + whole, count - whole);
  at[whole] = '.';
  return at + count + 1;
}

Written put_other(JsonOut& out, Type type, char* to, const char* at, const char* end) {
  to = out.room(to, JsonOut::slack);
  if (type == Type::L) {
    const Content list(at);
    return {put_list(out, to, list, end), list.end};
  }
  if (type == Type::M) {
    const Content map(at);
    return {put_map(out, to, map, end), map.end};
  }
  if (type == Type::NUL) {
    std::memcpy(to, "true", 4);
    return {to + 4, at};
  }
  if (type == Type::B) {
    const std::string_view bytes = read_text(at);
    return {put_base64(out, to, bytes), at};
  }
  const Content set(at);
  return {put_set(out, to, type, set, end), set.end};
}

void append_json(std::string& text, AttributeView value) {
  const std::string_view bytes = value.encoded();
  JsonOut out(text, bytes.size() + JsonOut::slack);
  const char* at = bytes.data();
  out.move_to(put_value(out, out.at(), at, at + bytes.size()));
}

void append_attributes_json(std::string& text, std::string_view attributes) {
  JsonOut out(text, 2 * attributes.size() + JsonOut::slack);
  const char* const begin = attributes.data();
  const char* const end = begin + attributes.size();
  out.move_to(put_map(out, out.at(), {begin, end}, end));
}

}  // namespace squall::dynamodb
