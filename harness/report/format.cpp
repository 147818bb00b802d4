#include "harness/report/format.h"

#include <cmath>
#include <cstdio>

#include "emulator/core/text.h"

namespace squall::harness {

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::floor(std::abs(seconds) + 1e-9));
  char text[40];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(whole / 3600),
                  static_cast<long long>(whole / 60 % 60), static_cast<long long>(whole % 60));
  } else {
    std::snprintf(text, sizeof text, "%02lld:%02lld", static_cast<long long>(whole / 60),
                  static_cast<long long>(whole % 60));
  }
  return (seconds < 0 && whole > 0 ? "-" : "") + std::string(text);
}

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string figure(double value) {
  char text[40];
  const double size = std::abs(value);
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  std::string out = text;
  if (out.find('.') == out.npos) return out;
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string with_groups(const std::string& text) {
  const auto number = parse_int(text);
  return number && *number > 0 ? grouped(static_cast<uint64_t>(*number)) : text;
}

static bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t columns(std::string_view text) {
  size_t n = 0;
  for (const char c : text) n += continues(c) ? 0 : 1;
  return n;
}

std::string shortened(std::string_view text, size_t most) {
  if (columns(text) <= most) return std::string(text);
  size_t at = 0, seen = 0;
  while (at < text.size()) {
    if (!continues(text[at]) && ++seen == most) break;
    ++at;
  }
  return std::string(text.substr(0, at)) + "…";
}

}  // namespace squall::harness
