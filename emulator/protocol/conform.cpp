#include "emulator/protocol/conform.h"

#include <cmath>
#include <limits>

#include "emulator/core/text.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/map_builder.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using Kind = Value::Kind;

AwsError serialization_error(std::string message) {
  return AwsError{"SerializationException", std::move(message)};
}

namespace {

[[noreturn]] void refuse_kind(const Value& value, Shape shape) {
  std::string_view token;
  switch (value.kind()) {
    case Kind::map:
      throw serialization_error("Start of structure or map found where not expected.");
    case Kind::list: throw serialization_error("Start of list found where not expected");
    case Kind::boolean: token = value.boolean() ? "TRUE_VALUE" : "FALSE_VALUE"; break;
    case Kind::integer: token = "NUMBER_VALUE"; break;
    case Kind::real: token = "DECIMAL_VALUE"; break;
    default: token = "STRING_VALUE";
  }
  if (is_container(shape)) throw serialization_error("Unexpected token received from parser");
  throw serialization_error(cat(token, " cannot be converted to ", type_name(shape)));
}

Value number(const Value& value, Shape shape) {
  const bool whole = shape.type() == ShapeType::integer || shape.type() == ShapeType::long_;
  if (value.is_string()) {
    // Only the three names that JSON's numbers lack.
    const std::string_view text = value.text();
    if (whole || !(text == "NaN" || text == "Infinity" || text == "-Infinity"))
      refuse_kind(value, shape);
    return Value(*parse_double(text));
  }
  if (value.kind() != Kind::integer && value.kind() != Kind::real) refuse_kind(value, shape);
  if (!whole) return Value(value.real());
  int64_t n = value.integer();
  if (value.kind() == Kind::real) {
    if (std::trunc(value.real()) != value.real() || std::abs(value.real()) > 9.0e15)
      refuse_kind(value, shape);
    n = static_cast<int64_t>(value.real());
  }
  if (shape.type() == ShapeType::integer &&
      (n > std::numeric_limits<int32_t>::max() || n < std::numeric_limits<int32_t>::min()))
    refuse_kind(value, shape);
  return Value(n);
}

Value time(const Value& value, Shape shape) {
  if (value.kind() == Kind::timestamp) return value;
  if (value.kind() == Kind::integer || value.kind() == Kind::real)
    return Value(time_from_seconds(value.real()));
  if (value.is_string())
    if (const auto parsed = parse_time(value.text())) return Value(*parsed);
  refuse_kind(value, shape);
}

Value blob(const Value& value, Shape shape) {
  if (value.kind() == Kind::blob) return value;
  if (!value.is_string()) refuse_kind(value, shape);
  const auto bytes = base64_decode(value.text());
  if (!bytes)
    throw serialization_error(cat("Invalid base64 character(s) in blob of type ", shape.name()));
  return Value::blob(*bytes);
}

ShapeMember find_by_wire_name(Shape shape, std::string_view name, size_t& hint) {
  const size_t count = shape.member_count();
  for (size_t i = 0; i < count; ++i) {
    const size_t at = hint + i < count ? hint + i : hint + i - count;
    const ShapeMember m = shape.member(at);
    if (m.location() != model::Location::body || m.location_name() != name) continue;
    hint = at + 1;
    return m;
  }
  return {};
}

Value structure(const Value& value, Shape shape) {
  Value out = Value::map();
  size_t hint = 0;
  for (const Member& m : value.members()) {
    if (m.value.is_null()) continue;
    const ShapeMember member = find_by_wire_name(shape, m.key.text, hint);
    if (!member) continue;
    // The last of equal names counts. Known names bound the search.
    out.set(Key::stable(member.name()), conform_member(m.value, member));
  }
  return out;
}

Value map(const Value& value, Shape shape) {
  MapBuilder out;
  for (const Member& m : value.members())
    if (!m.value.is_null()) out.set(m.key, conform_member(m.value, shape.map_value()));
  return out.value();
}

Value list(const Value& value, Shape shape) {
  // In place: elements keep their number.
  for (const Value& item : value.items())
    if (!item.is_null())
      const_cast<Value&>(item) = conform_member(item, shape.element());
  return value;
}

Value json_text(const Value& value) {
  Value parsed;
  if (!value.is_string() || !parse_json(value.text(), parsed)) return value;
  return parsed;
}

}  // namespace

Value conform(const Value& value, Shape shape) {
  if (shape.has(model::shape_document)) return value;
  switch (shape.type()) {
    case ShapeType::structure:
      if (!value.is_map()) refuse_kind(value, shape);
      return structure(value, shape);
    case ShapeType::map:
      if (!value.is_map()) refuse_kind(value, shape);
      return map(value, shape);
    case ShapeType::list:
      if (!value.is_list()) refuse_kind(value, shape);
      return list(value, shape);
    case ShapeType::string:
      if (!value.is_string()) refuse_kind(value, shape);
      return value;
    case ShapeType::blob: return blob(value, shape);
    case ShapeType::boolean:
      if (value.kind() != Kind::boolean) refuse_kind(value, shape);
      return value;
    case ShapeType::timestamp: return time(value, shape);
    default: return number(value, shape);
  }
}

Value conform_member(const Value& value, ShapeMember member) {
  if (member.has(model::member_json_value)) return json_text(value);
  return conform(value, member.shape());
}

}  // namespace squall::protocol
