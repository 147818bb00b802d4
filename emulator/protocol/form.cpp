#include "emulator/protocol/form.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "emulator/core/arena.h"
#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

[[noreturn]] void malformed() {
  throw AwsError{"MalformedQueryString", "The query string contains a syntax error", 404};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_ascii(std::string_view text) {
  uint64_t bits = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    bits |= word;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  return !(bits & 0x8080808080808080);
}

std::string_view decode(std::string_view text) {
  // One character at a time: a search for a set of them asks for each byte anew.
  if (text.find('%') == text.npos && text.find('+') == text.npos) {
    if (!is_ascii(text) && !is_valid_utf8(text)) malformed();
    return Arena::current().copy(text);
  }
  char* const start = static_cast<char*>(Arena::current().allocate(text.size(), 1));
  char* to = start;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      *to++ = ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) malformed();
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) malformed();
      *to++ = static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      *to++ = text[i];
    }
  }
  const std::string_view decoded{start, static_cast<size_t>(to - start)};
  if (!is_ascii(decoded) && !is_valid_utf8(decoded)) malformed();
  return decoded;
}

/// Calls `f(raw name, raw value)` for each pair until it returns true.
template <class F>
void each_pair(std::string_view text, F f) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    if (f(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())))) return;
  }
}

// The dot sorts before every other byte, so that all names below one prefix are neighbours.
int rank(char c) { return c == '.' ? -1 : static_cast<unsigned char>(c); }

bool dotted_less(const Parameter& a, const Parameter& b) {
  const size_t both = std::min(a.name.size(), b.name.size());
  for (size_t i = 0; i < both; ++i)
    if (a.name[i] != b.name[i]) return rank(a.name[i]) < rank(b.name[i]);
  return a.name.size() < b.name.size();
}

std::string_view segment_at(const Parameter& p, size_t offset) {
  if (offset >= p.name.size()) return {};
  return p.name.substr(offset, p.name.find('.', offset) - offset);
}

void add_parameters(std::string_view text, std::vector<Parameter>& parameters) {
  each_pair(text, [&](std::string_view name, std::string_view value) {
    parameters.push_back({decode(name), decode(value)});
    return false;
  });
}

}  // namespace

std::vector<Parameter> parse_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  add_parameters(text, parameters);
  return parameters;
}

std::optional<std::string_view> find_parameter(std::string_view text, std::string_view name) {
  std::optional<std::string_view> found;
  each_pair(text, [&](std::string_view raw_name, std::string_view value) {
    if (raw_name != name) return false;
    found = decode(value);
    return true;
  });
  return found;
}

Form::Form(std::string_view query, std::string_view body) {
  parameters_.reserve(8);
  add_parameters(query, parameters_);
  add_parameters(body, parameters_);
  for (const Parameter& p : parameters_)
    if (std::ranges::count(p.name, '.') > static_cast<std::ptrdiff_t>(depth_max)) malformed();
  if (!std::ranges::is_sorted(parameters_, dotted_less))
    std::ranges::stable_sort(parameters_, dotted_less);
}

std::optional<std::string_view> Fields::value() const {
  // The prefix itself is shorter than all that is below it, so it comes first.
  if (range_.empty() || offset_ == 0 || range_[0].name.size() != offset_ - 1) return {};
  return range_[0].value;
}

bool Fields::has_children() const {
  return !range_.empty() && range_.back().name.size() >= offset_;
}

std::string_view Fields::prefix() const {
  if (range_.empty() || offset_ == 0) return {};
  return range_[0].name.substr(0, offset_ - 1);
}

Fields Fields::child(std::string_view segment) const {
  auto less = [this](const Parameter& p, std::string_view s) {
    if (p.name.size() < offset_) return true;
    return dotted_less({segment_at(p, offset_), {}}, {s, {}});
  };
  const auto from = std::lower_bound(range_.begin(), range_.end(), segment, less);
  auto to = from;
  while (to != range_.end() && segment_at(*to, offset_) == segment) ++to;
  if (from == to || segment.empty()) return {};
  return {std::span<const Parameter>(from, to), offset_ + segment.size() + 1};
}

uint64_t Fields::shapes() const {
  uint64_t bits = 0;
  for (const Parameter& p : range_)
    if (const auto segment = segment_at(p, offset_); !segment.empty()) bits |= shape_of(segment);
  return bits;
}

std::vector<std::pair<int64_t, Fields>> Fields::numbered() const {
  std::vector<std::pair<int64_t, Fields>> children;
  for (size_t i = 0; i < range_.size();) {
    const std::string_view segment = segment_at(range_[i], offset_);
    size_t end = i + 1;
    while (end < range_.size() && segment_at(range_[end], offset_) == segment) ++end;
    if (const auto number = parse_int(segment); number && *number >= 0)
      children.push_back(
          {*number, Fields(range_.subspan(i, end - i), offset_ + segment.size() + 1)});
    i = end;
  }
  std::ranges::stable_sort(children, {}, [](const auto& child) { return child.first; });
  return children;
}

}  // namespace squall::protocol
