// Text helpers that every room needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

/// Concatenates texts and numbers: `cat("The vpc ID '", id, "' does not exist")`.
template <class... Parts>
std::string cat(const Parts&... parts) {
  auto size_of = [](const auto& p) -> size_t {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(p)>>)
      return 1;  // numbers are mostly short
    else
      return std::string_view(p).size();
  };
  std::string out;
  out.reserve((size_t{0} + ... + size_of(parts)));
  auto add = [&out](const auto& p) {
    if constexpr (std::is_same_v<std::decay_t<decltype(p)>, char>)
      out += p;
    else if constexpr (std::is_arithmetic_v<std::decay_t<decltype(p)>>)
      out += std::to_string(p);
    else
      out += std::string_view(p);
  };
  (add(parts), ...);
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
bool equals_ignore_case(std::string_view a, std::string_view b);

/// A whole decimal number, nothing around it, in range of int64.
std::optional<int64_t> parse_int(std::string_view text);
/// A whole decimal or exponent number; NaN and infinities spelt as AWS does.
std::optional<double> parse_double(std::string_view text);
/// Shortest text that reads back as the same double; `1.0` for whole ones.
void append_double(std::string& out, double value);

/// Glob with `*`, `?` and backslash escapes, as EC2's filters have them. Linear time in practice.
bool wildcard_match(std::string_view pattern, std::string_view text);

std::string base64_encode(std::string_view bytes);
/// Nothing if the text is not base64 (padding optional, white space refused).
std::optional<std::string> base64_decode(std::string_view text);

/// Percent-encoding of RFC 3986; a slash is kept if `keep_slash`.
std::string percent_encode(std::string_view text, bool keep_slash = false);
/// `+` becomes a blank if `plus_is_blank`. Broken escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_blank = false);

/// How many bytes at the start a JSON string holds as they are: ASCII without escapes.
size_t plain_json_prefix(std::string_view text);
/// Appends a JSON string with quotes and escapes. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
bool is_valid_utf8(std::string_view text);

/// FNV-1a finished by splitmix64: stable on every machine, used for ids and random streams.
uint64_t stable_hash(std::string_view text, uint64_t seed = 0);
std::string hex16(uint64_t value);  // 16 lower-case digits

}  // namespace squall
