#include "emulator/api/input.h"

#include <cstdio>
#include <cstdlib>

#include "emulator/core/text.h"

namespace squall::api {
namespace {

using model::ShapeType;

[[noreturn]] void programmers_error(const model::Shape& shape, std::string_view member,
                                    const char* what) {
  std::fprintf(stderr, "Input: %.*s.%.*s %s\n", static_cast<int>(shape.name().size()),
               shape.name().data(), static_cast<int>(member.size()), member.data(), what);
  std::abort();
}

bool is_integral(ShapeType t) { return t == ShapeType::integer || t == ShapeType::long_; }
bool is_floating(ShapeType t) { return t == ShapeType::float_ || t == ShapeType::double_; }

}  // namespace

Value Input::take(std::string_view member) const {
  const Member* found = value_.find(member);
  if (!found) return {};
  found->read = true;
  return found->value.is_null() ? Value() : found->value;
}

Value Input::get(std::string_view member) const {
  if (!shape_) return {};  // a structure that was not supplied has no shape to check against
  if (!shape_.find(member)) programmers_error(shape_, member, "is not in the model");
  return take(member);
}

Value Input::get(std::string_view member, ShapeType type) const {
  return member_of(member, type) ? take(member) : Value();
}

model::ShapeMember Input::member_of(std::string_view member, ShapeType type) const {
  if (!shape_) return {};
  const model::ShapeMember m = shape_.find(member);
  if (!m) programmers_error(shape_, member, "is not in the model");
  const ShapeType actual = m.shape().type();
  const bool fits = actual == type || (is_integral(actual) && is_integral(type)) ||
                    (is_floating(type) && (is_floating(actual) || is_integral(actual)));
  if (!fits) programmers_error(shape_, member, "has another type in the model");
  return m;
}

std::optional<std::string> Input::optional_string(std::string_view member) const {
  const Value v = get(member, ShapeType::string);
  if (v.is_absent()) return {};
  return std::string(v.text());
}

std::string Input::string(std::string_view member, std::string_view fallback) const {
  auto v = optional_string(member);
  return v ? std::move(*v) : std::string(fallback);
}

std::optional<int64_t> Input::optional_integer(std::string_view member) const {
  const Value v = get(member, ShapeType::integer);
  if (v.is_absent()) return {};
  return v.integer();
}

int64_t Input::integer(std::string_view member, int64_t fallback) const {
  return optional_integer(member).value_or(fallback);
}

std::optional<double> Input::optional_real(std::string_view member) const {
  const Value v = get(member, ShapeType::double_);
  if (v.is_absent()) return {};
  return v.real();
}

double Input::real(std::string_view member, double fallback) const {
  return optional_real(member).value_or(fallback);
}

std::optional<bool> Input::optional_boolean(std::string_view member) const {
  const Value v = get(member, ShapeType::boolean);
  if (v.is_absent()) return {};
  return v.boolean();
}

bool Input::boolean(std::string_view member, bool fallback) const {
  return optional_boolean(member).value_or(fallback);
}

std::optional<Time> Input::time(std::string_view member) const {
  const Value v = get(member, ShapeType::timestamp);
  if (v.is_absent()) return {};
  return v.time();
}

std::string Input::blob(std::string_view member) const {
  return std::string(get(member, ShapeType::blob).text());
}

std::vector<std::string> Input::strings(std::string_view member) const {
  std::vector<std::string> out;
  for (const Value& v : get(member, ShapeType::list).items()) out.emplace_back(v.text());
  return out;
}

std::vector<Input> Input::list(std::string_view member) const {
  const model::ShapeMember m = member_of(member, ShapeType::list);
  std::vector<Input> out;
  if (!m) return out;
  for (const Value& v : take(member).items()) out.emplace_back(v, m.shape().element().shape());
  return out;
}

Input Input::at(std::string_view member) const {
  const model::ShapeMember m = member_of(member, ShapeType::structure);
  return m ? Input(take(member), m.shape()) : Input();
}

std::vector<std::pair<std::string, std::string>> Input::string_map(std::string_view member) const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Member& m : get(member, ShapeType::map).members()) {
    m.read = true;
    out.emplace_back(m.key.text, m.value.text());
  }
  return out;
}

std::vector<std::pair<std::string, Input>> Input::map(std::string_view member) const {
  const model::ShapeMember shape = member_of(member, ShapeType::map);
  std::vector<std::pair<std::string, Input>> out;
  if (!shape) return out;
  for (const Member& m : take(member).members()) {
    m.read = true;
    out.emplace_back(m.key.text, Input(m.value, shape.shape().map_value().shape()));
  }
  return out;
}

Value Input::raw(std::string_view member) const {
  const Value v = get(member);
  mark_read(v);
  return v;
}

std::optional<bool> Input::attribute_boolean(std::string_view member) const {
  return at(member) ? at(member).optional_boolean("Value") : std::nullopt;
}

std::optional<std::string> Input::attribute_string(std::string_view member) const {
  return at(member) ? at(member).optional_string("Value") : std::nullopt;
}

void Input::mark_read(const Value& value) {
  for (const Member& m : value.members()) {
    m.read = true;
    mark_read(m.value);
  }
  for (const Value& item : value.items()) mark_read(item);
}

void Input::collect_unread(const Value& value, const std::string& path,
                           std::vector<std::string>& out) {
  for (const Member& m : value.members()) {
    const std::string here = path.empty() ? std::string(m.key.text) : cat(path, '.', m.key.text);
    if (!m.read)
      out.push_back(here);
    else
      collect_unread(m.value, here, out);
  }
  size_t i = 0;
  for (const Value& item : value.items()) collect_unread(item, cat(path, '.', ++i), out);
}

std::vector<std::string> Input::unread() const {
  std::vector<std::string> out;
  collect_unread(value_, "", out);
  return out;
}

}  // namespace squall::api
