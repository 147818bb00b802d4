#include "emulator/protocol/host.h"

#include <algorithm>
#include <array>

namespace squall::protocol {
namespace {

constexpr std::array<std::string_view, 5> known_suffixes{
    ".localhost.localstack.cloud", ".localhost", ".amazonaws.com", ".amazonaws.com.cn", ".api.aws"};

/// `us-east-1`, `us-gov-west-1`: letters, two dashes or more, a digit at the end.
bool is_region(std::string_view label) {
  if (label.size() < 9 || label.back() < '0' || label.back() > '9') return false;
  const size_t last = label.rfind('-');
  if (last != label.size() - 2 || std::ranges::count(label, '-') < 2) return false;
  return std::ranges::all_of(label.substr(0, last),
                             [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); });
}

std::string_view last_label(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

void drop_last_label(std::string_view& name) {
  const size_t dot = name.rfind('.');
  name = dot == name.npos ? std::string_view() : name.substr(0, dot);
}

std::string_view without_port(std::string_view header) {
  const size_t colon = header.rfind(':');
  if (colon == header.npos || header.find(']') != header.npos) return header;
  return header.substr(0, colon);
}

}  // namespace

bool strip_label_suffix(std::string_view name, std::string_view suffix, std::string_view& before) {
  if (suffix.empty() || !name.ends_with(suffix)) return false;
  const std::string_view rest = name.substr(0, name.size() - suffix.size());
  if (!rest.empty() && rest.back() != '.') return false;
  before = rest.empty() ? rest : rest.substr(0, rest.size() - 1);
  return true;
}

HostParts parse_host(std::string_view header) {
  std::string_view name = without_port(header);
  const auto* suffix = std::ranges::find_if(
      known_suffixes, [&](std::string_view s) { return name.ends_with(s); });
  if (suffix == known_suffixes.end()) return {};
  name.remove_suffix(suffix->size());
  HostParts parts;
  if (is_region(last_label(name))) {
    parts.region = last_label(name);
    drop_last_label(name);
  }
  if (last_label(name) == "dualstack") drop_last_label(name);
  if (parts.region.empty()) {
    // The old form joins both by a dash: `s3-us-west-2`.
    const std::string_view label = last_label(name);
    const size_t dash = label.find('-');
    if (dash != label.npos && is_region(label.substr(dash + 1))) {
      parts.region = label.substr(dash + 1);
      name.remove_suffix(label.size() - dash);
    }
  }
  if (name.ends_with("-fips")) name.remove_suffix(5);
  parts.service = name;
  return parts;
}

}  // namespace squall::protocol
