// The words of a refusal: the path to a value, the value as AWS prints it, the constraint's text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::model {

/// One step from the input down to a value; lives on the walk's stack, read only on failure.
struct Step {
  enum class Kind : uint8_t { member, item, map_value };
  const Step* parent = nullptr;
  Kind kind = Kind::member;
  ShapeMember member;    // member: itself; item and map_value: the container's element
  size_t index = 0;      // item: from 0
  std::string_view key;  // map_value
};

/// The parts of one shape's own constraint that a value fails.
struct Failed {
  bool length_min = false, length_max = false;
  bool range_min = false, range_max = false;
  bool pattern = false, enumeration = false;
  explicit operator bool() const {
    return length_min || length_max || range_min || range_max || pattern || enumeration;
  }
};

/// `tags.1.member.key`, with lower-case first letters if the style says so.
std::string listed_path(const Step& step, bool lower);
/// The path as the caller wrote it: `TagSpecification.1.ResourceType`, `Tags.member.1.Key`.
std::string wire_path(const Step& step, Protocol protocol);
/// As AWS's Java prints it: `[a, b]`, `{k=v}`, `Tag(key=a, value=b)`.
std::string printed(const Shape& shape, const Value& value);
/// "Member must have length less than or equal to 255", one a failed part, in AWS's order.
std::vector<std::string> constraint_texts(const Shape& shape, const Failed& failed);
/// "Member must satisfy constraint: [...]" of lists and maps names every part, failed or not.
std::string all_constraints(const Shape& shape);

/// Fills a style's text in. `shape` and `value` may be empty for a missing member.
std::string fill(std::string_view text, const Step& step, Protocol protocol, const Shape& shape,
                 const Value& value, const Failed& failed);

}  // namespace squall::model
