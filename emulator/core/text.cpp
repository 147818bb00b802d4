#include "emulator/core/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "emulator/core/json_text.h"

namespace squall {
namespace {

/// Eight characters, the capitals among them (ASCII's) made small.
uint64_t lower_word(uint64_t word) {
  constexpr uint64_t ones = 0x0101010101010101ULL, tops = ones * 0x80;
  const uint64_t low = word & ~tops;
  const uint64_t from_a = low + ones * (0x80 - 'A'), beyond_z = low + ones * (0x7F - 'Z');
  return word | ((from_a ^ beyond_z) & ~word & tops) >> 2;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t from = 0;
  for (size_t at; (at = text.find(separator, from)) != text.npos; from = at + 1)
    parts.push_back(text.substr(from, at - from));
  parts.push_back(text.substr(from));
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != parts.data()) out += separator;
    out += part;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t from = text.find_first_not_of(blanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

namespace {
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
}  // namespace

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = lower(c);
  return out;
}

bool equals_ignore_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  size_t i = 0;
  for (; i + 8 <= a.size(); i += 8)
    if (lower_word(load_word<uint64_t>(a.data() + i)) !=
        lower_word(load_word<uint64_t>(b.data() + i)))
      return false;
  for (; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::optional<int64_t> parse_int(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  if (text.empty() || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
    return;
  }
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  const std::string_view shown{text.data(), static_cast<size_t>(end - text.data())};
  out += shown;
  if (shown.find_first_of(".e") == shown.npos) out += ".0";
}

bool wildcard_match(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const char wanted = p < pattern.size() ? pattern[p + escaped] : '\0';
    if (p < pattern.size() && ((wanted == '?' && !escaped) || wanted == text[t])) {
      p += 1 + escaped;
      ++t;
      continue;
    }
    if (star == pattern.npos) return false;
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

namespace {
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::string_view hex_digits_lower = "0123456789abcdef";

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  auto byte = [&](size_t i) {
    return i < bytes.size() ? static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) : 0U;
  };
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += base64_digits[group >> 18];
    out += base64_digits[group >> 12 & 63];
    out += i + 1 < bytes.size() ? base64_digits[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? base64_digits[group & 63] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return {};
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return {};
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(group >> bits & 255);
    }
  }
  return out;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~' || (keep_slash && c == '/');
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += hex_digits[static_cast<unsigned char>(c) >> 4];
    out += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_blank ? ' ' : text[i];
    }
  }
  return out;
}

namespace {
/// Length of the valid UTF-8 sequence at `at`, or 0.
size_t utf8_length(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
    return 0;
  return length;
}
}  // namespace

/// Words at the end overlap those before them: most texts are short, and no loop is shorter still.
size_t plain_json_prefix(std::string_view text) {
  const char* const data = text.data();
  const size_t size = text.size();
  size_t i = 0;
  for (; i + sizeof(JsonChunk) <= size; i += sizeof(JsonChunk))
    if (is_any(json_special(load_word<JsonChunk>(data + i)))) break;
  for (; i + 8 <= size; i += 8)
    if (has_json_special(load_word<uint64_t>(data + i))) break;
  if (i + 8 > size) {
    if (i == size) return size;
    if (size >= 8 && !has_json_special(load_word<uint64_t>(data + size - 8))) return size;
    if (size >= 4 && size < 8 &&
        !has_json_special(uint64_t{load_word<uint32_t>(data)} << 32 |
                          load_word<uint32_t>(data + size - 4)))
      return size;
  }
  for (; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(data[i]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
  }
  return i;
}

bool copy_plain_json(char* to, std::string_view text) {
  const char* const data = text.data();
  const size_t last = text.size() - sizeof(JsonChunk);
  const auto end = load_word<JsonChunk>(data + last);
  JsonChunk special = json_special(end);
  for (size_t i = 0; i < last; i += sizeof(JsonChunk)) {
    const auto bytes = load_word<JsonChunk>(data + i);
    special = either(special, json_special(bytes));
    std::memcpy(to + i, &bytes, sizeof bytes);
  }
  std::memcpy(to + last, &end, sizeof end);
  return !is_any(special);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    if (const size_t plain = plain_json_prefix(text.substr(i))) {
      out.append(text.data() + i, plain);
      i += plain;
      continue;
    }
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      const size_t length = utf8_length(text, i);
      if (length)
        out += text.substr(i, length);
      else
        out += "\xEF\xBF\xBD";
      i += length ? length : 1;
      continue;
    }
    ++i;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (byte < 0x20) {
          out += "\\u00";
          out += hex_digits_lower[byte >> 4];
          out += hex_digits_lower[byte & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

bool is_valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_length(text, i);
    if (!length) return false;
    i += length;
  }
  return true;
}

uint64_t stable_hash(std::string_view text, uint64_t seed) {
  uint64_t h = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  h ^= seed * 0x9e3779b97f4a7c15ULL;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

std::string hex16(uint64_t value) {
  std::string out(16, '0');
  for (size_t i = 16; i-- > 0; value >>= 4) out[i] = hex_digits_lower[value & 15];
  return out;
}

}  // namespace squall
