// URL-encoded parameters with dotted names (`Filter.1.Value.2=x`) seen as a tree.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::protocol {

struct Parameter {
  std::string_view name;
  std::string_view value;
};

/// Splits `a=1&b=2` and decodes both sides into the current Arena, in order of appearance.
/// Throws MalformedQueryString on broken escapes and bad UTF-8.
std::vector<Parameter> parse_parameters(std::string_view text);
/// The decoded value of the first parameter of that name, without decoding the others.
std::optional<std::string_view> find_parameter(std::string_view text, std::string_view name);

/// The parameters below one dotted prefix. They are sorted so that they are neighbours; a child is
/// found by binary search.
class Fields {
 public:
  Fields() = default;
  explicit Fields(std::span<const Parameter> range) : range_(range) {}

  bool empty() const { return range_.empty(); }
  /// The value of the prefix itself (`Filter=`), if it was sent.
  std::optional<std::string_view> value() const;
  bool has_children() const;
  /// The dotted name so far, for messages.
  std::string_view prefix() const;
  Fields child(std::string_view segment) const;
  /// What first bytes and lengths the children's names have, as a set of bits: most members of a
  /// structure are not sent, and this rules nearly all of them out.
  uint64_t shapes() const;
  static uint64_t shape_of(std::string_view segment) {
    return uint64_t{1} << ((static_cast<unsigned char>(segment[0]) * 5U + segment.size()) % 64);
  }
  /// Children whose segment is a number, in numeric order.
  std::vector<std::pair<int64_t, Fields>> numbered() const;

 private:
  Fields(std::span<const Parameter> range, size_t offset) : range_(range), offset_(offset) {}
  std::span<const Parameter> range_;
  size_t offset_ = 0;  // where the next segment begins
};

/// Owns the sorted parameters of a request's query string and body.
class Form {
 public:
  Form(std::string_view query, std::string_view body);
  Fields root() const { return Fields(parameters_); }

 private:
  std::vector<Parameter> parameters_;
};

}  // namespace squall::protocol
