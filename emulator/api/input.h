// A decoded request document together with its shape.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::api {

/// Asking for a member that the model lacks, or as the wrong type, is a programmer's error and
/// aborts with the member's name. Supplied members that no handler asked for are reported by
/// unread(). Cheap to copy.
class Input {
 public:
  Input() = default;
  Input(Value value, model::Shape shape) : value_(value), shape_(shape) {}

  bool is_present() const { return !value_.is_absent(); }
  explicit operator bool() const { return is_present(); }
  /// Whether the member was supplied.
  bool has(std::string_view member) const { return !get(member).is_absent(); }

  std::string string(std::string_view member, std::string_view fallback = {}) const;
  std::optional<std::string> optional_string(std::string_view member) const;
  int64_t integer(std::string_view member, int64_t fallback = 0) const;
  std::optional<int64_t> optional_integer(std::string_view member) const;
  double real(std::string_view member, double fallback = 0) const;
  std::optional<double> optional_real(std::string_view member) const;
  bool boolean(std::string_view member, bool fallback = false) const;
  std::optional<bool> optional_boolean(std::string_view member) const;
  std::optional<Time> time(std::string_view member) const;
  std::string blob(std::string_view member) const;
  /// A list of strings (empty if absent).
  std::vector<std::string> strings(std::string_view member) const;
  /// A list of structures (empty if absent).
  std::vector<Input> list(std::string_view member) const;
  /// A structure; absent ones answer false to is_present() and fallbacks to everything.
  Input at(std::string_view member) const;
  /// A map of strings.
  std::vector<std::pair<std::string, std::string>> string_map(std::string_view member) const;
  /// A map of structures.
  std::vector<std::pair<std::string, Input>> map(std::string_view member) const;
  /// The document as it is (marks everything under it as read).
  Value raw(std::string_view member) const;
  /// EC2's AttributeBooleanValue and AttributeValue: `{"Value": x}`.
  std::optional<bool> attribute_boolean(std::string_view member) const;
  std::optional<std::string> attribute_string(std::string_view member) const;

  const Value& value() const { return value_; }
  const model::Shape& shape() const { return shape_; }
  /// Marks a member as read that has no meaning here (say why at the call).
  void ignore(std::string_view member) const { mark_read(get(member)); }
  /// Paths of supplied members that nobody read ("Filters.1.Name").
  std::vector<std::string> unread() const;

 private:
  Value get(std::string_view member) const;
  /// The member's value, checked to be of that type in the model.
  Value get(std::string_view member, model::ShapeType type) const;
  Value take(std::string_view member) const;
  model::ShapeMember member_of(std::string_view member, model::ShapeType type) const;
  static void mark_read(const Value& value);
  static void collect_unread(const Value& value, const std::string& path,
                             std::vector<std::string>& out);

  Value value_;
  model::Shape shape_;
};

}  // namespace squall::api
