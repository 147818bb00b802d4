// Builds the texts of refusals; only runs once a request has already failed.
#include "emulator/model/refusal.h"

#include <charconv>

namespace squall::model {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string lower_first(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = lower(out[0]);
  return out;
}

std::string upper_first(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

bool is_whole(ShapeType type) { return type == ShapeType::integer || type == ShapeType::long_; }

std::string number(double value, bool whole) {
  char text[32];
  const bool fits = value > -9.2e18 && value < 9.2e18;
  const auto end = whole && fits
                       ? std::to_chars(text, text + sizeof text, static_cast<int64_t>(value))
                       : std::to_chars(text, text + sizeof text, value);
  std::string out(text, end.ptr);
  if (whole && !fits) return value > 0 ? "9223372036854775807" : "-9223372036854775808";
  if (!whole && out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

/// A member's name as the protocol writes it.
std::string wire_name(const ShapeMember& member, Protocol protocol) {
  if (protocol != Protocol::ec2) return std::string(member.name());
  return member.query_name().empty() ? upper_first(member.location_name())
                                     : std::string(member.query_name());
}

std::string length_text(const ConstraintRow& row, bool max) {
  return max ? "Member must have length less than or equal to " + number(row.max, true)
             : "Member must have length greater than or equal to " + number(row.min, true);
}

std::string range_text(const Shape& shape, bool max) {
  const ConstraintRow& row = *shape.constraint();
  const bool whole = is_whole(shape.type());
  return max ? "Member must have value less than or equal to " + number(row.max, whole)
             : "Member must have value greater than or equal to " + number(row.min, whole);
}

std::string pattern_text(const Shape& shape) {
  return "Member must satisfy regular expression pattern: " +
         std::string(shape.text(shape.constraint()->pattern));
}

std::string enum_set(const Shape& shape) {
  std::string out = "[";
  for (const uint32_t value : shape.enum_values()) {
    if (out.size() > 1) out += ", ";
    out += shape.text(value);
  }
  return out + "]";
}

/// The last member on the way to the value: an item of a list is named by its list.
const Step& leaf(const Step& step) {
  const Step* at = &step;
  while (at->kind != Step::Kind::member && at->parent) at = at->parent;
  return *at;
}

}  // namespace

std::string listed_path(const Step& step, bool lower) {
  std::string out = step.parent ? listed_path(*step.parent, lower) : "";
  if (!out.empty()) out += '.';
  switch (step.kind) {
    case Step::Kind::member:
      return out + (lower ? lower_first(step.member.name()) : std::string(step.member.name()));
    case Step::Kind::item:
      return out + std::to_string(step.index + 1) + ".member";
    case Step::Kind::map_value:
      return out + std::string(step.key) + ".member";
  }
  return out;
}

std::string wire_path(const Step& step, Protocol protocol) {
  std::string out = step.parent ? wire_path(*step.parent, protocol) : "";
  if (!out.empty()) out += '.';
  switch (step.kind) {
    case Step::Kind::member:
      return out + wire_name(step.member, protocol);
    case Step::Kind::item:
      return out + (protocol == Protocol::ec2 ? "" : "member.") + std::to_string(step.index + 1);
    case Step::Kind::map_value:
      return out + std::string(step.key);
  }
  return out;
}

std::string printed(const Shape& shape, const Value& value) {
  std::string out;
  size_t hint = 0;
  switch (value.kind()) {
    case Value::Kind::absent:
    case Value::Kind::rendered:
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return value.boolean() ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(value.integer());
    case Value::Kind::real:
      return number(value.real(), is_whole(shape.type()));
    case Value::Kind::string:
      return std::string(value.text());
    case Value::Kind::blob: {
      const std::string size = std::to_string(value.text().size());
      return "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
    }
    case Value::Kind::timestamp:
      return to_json(value);
    case Value::Kind::list:
      for (const Value& item : value.items())
        out += (out.empty() ? "" : ", ") + printed(shape.element().shape(), item);
      return "[" + out + "]";
    case Value::Kind::map:
      break;
  }
  for (const Member& m : value.members()) {
    if (!out.empty()) out += ", ";
    const bool is_map = shape.type() == ShapeType::map;
    const ShapeMember known = is_map ? shape.map_value() : shape.find(m.key.text, hint);
    out += is_map ? std::string(m.key.text) : lower_first(m.key.text);
    out += '=';
    if (known) out += printed(known.shape(), m.value);
  }
  return shape.type() == ShapeType::map ? "{" + out + "}"
                                        : std::string(shape.name()) + "(" + out + ")";
}

std::vector<std::string> constraint_texts(const Shape& shape, const Failed& failed) {
  std::vector<std::string> out;
  if (failed.length_max) out.push_back(length_text(*shape.constraint(), true));
  if (failed.length_min) out.push_back(length_text(*shape.constraint(), false));
  if (failed.range_max) out.push_back(range_text(shape, true));
  if (failed.range_min) out.push_back(range_text(shape, false));
  if (failed.pattern) out.push_back(pattern_text(shape));
  if (failed.enumeration) out.push_back("Member must satisfy enum value set: " + enum_set(shape));
  return out;
}

std::string all_constraints(const Shape& shape) {
  Failed every;
  if (const ConstraintRow* row = shape.constraint()) {
    const bool number = is_whole(shape.type()) || shape.type() == ShapeType::double_ ||
                        shape.type() == ShapeType::float_;
    (number ? every.range_max : every.length_max) = row->has_max;
    (number ? every.range_min : every.length_min) = row->has_min;
    every.pattern = row->pattern != 0;
  }
  every.enumeration = shape.has(shape_enum_checked);
  std::string out = "[";
  for (const std::string& text : constraint_texts(shape, every))
    out += (out.size() > 1 ? ", " : "") + text;
  return out + "]";
}

std::string fill(std::string_view text, const Step& step, Protocol protocol, const Shape& shape,
                 const Value& value, const Failed& failed) {
  const auto word = [&](std::string_view name) -> std::string {
    if (name == "path") return wire_path(step, protocol);
    if (name == "listed") return listed_path(step, false);
    if (name == "name") return lower_first(wire_name(leaf(step).member, protocol));
    if (name == "Name") return wire_name(leaf(step).member, protocol);
    if (name == "value") return printed(shape, value);
    if (name == "blank") return shape.type() == ShapeType::string ? "blank" : "null";
    if (name == "set") return enum_set(shape);
    if (name == "pattern") return std::string(shape.text(shape.constraint()->pattern));
    if (name == "side") return failed.range_max || failed.length_max ? "less" : "greater";
    if (name == "bound") {
      const bool max = failed.range_max || failed.length_max;
      const bool whole = is_whole(shape.type()) || failed.length_max || failed.length_min;
      return number(max ? shape.constraint()->max : shape.constraint()->min, whole);
    }
    const auto texts = constraint_texts(shape, failed);
    const std::string constraint = texts.empty() ? "Member must not be null" : texts.front();
    return name == "must" ? constraint.substr(sizeof "Member") : constraint;
  };
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i++];
      continue;
    }
    out += word(text.substr(i + 1, end - i - 1));
    i = end + 1;
  }
  return out;
}

}  // namespace squall::model
