// AttributeValues of requests into their stored form, with AWS's refusals.
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "emulator/core/text.h"
#include "services/dynamodb/attribute.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb {
namespace {

constexpr int depth_max = 32;

struct Given {
  Type type;
  const Value* value;
};

std::optional<Type> type_named(std::string_view name) {
  switch (name.size()) {
    case 1:
      switch (name[0]) {
        case 'S': return Type::S;
        case 'N': return Type::N;
        case 'B': return Type::B;
        case 'L': return Type::L;
        case 'M': return Type::M;
        default: return {};
      }
    case 2:
      if (name[1] != 'S') return {};
      if (name[0] == 'S') return Type::SS;
      if (name[0] == 'N') return Type::NS;
      if (name[0] == 'B') return Type::BS;
      return {};
    default:
      if (name == "BOOL") return Type::BOOL;
      if (name == "NULL") return Type::NUL;
      return {};
  }
}

/// The one member that is set.
Given member_of(const Value& attribute) {
  if (!attribute.is_map()) throw serialization("Unexpected value type in payload");
  Given given{Type::S, nullptr};
  for (const Member& m : attribute.members()) {
    if (m.value.is_null()) continue;
    const auto type = type_named(m.key.text);
    if (!type) continue;
    if (given.value && given.type != *type)
      throw invalid(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
          "the supported datatypes");
    given = {*type, &m.value};
  }
  if (!given.value)
    throw invalid(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  return given;
}

/// The bytes of one S, B or N.
std::string scalar_bytes(Type type, const Value& value) {
  if (type == Type::B) {
    if (value.kind() == Value::Kind::blob) return std::string(value.text());
    auto bytes = value.is_string() ? base64_decode(value.text()) : std::nullopt;
    if (!bytes) throw serialization("Invalid base64");
    return *bytes;
  }
  if (!value.is_string()) throw serialization("Unexpected value type in payload");
  if (type == Type::S) return std::string(value.text());
  std::string key;
  Decimal::parse(value.text()).append_key(key);
  return key;
}

std::string_view set_name(Type type) {
  return type == Type::SS ? "string set" : type == Type::NS ? "number set" : "binary set";
}

void append_set(std::string& out, Type type, const Value& list) {
  if (!list.is_list()) throw serialization("Unexpected value type in payload");
  if (list.empty())
    throw invalid_parameter(cat("An ", set_name(type), "  may not be empty"));
  std::vector<std::string> elements;
  // "Empty string and binary values are allowed within a set" (developer guide, naming rules).
  for (const Value& item : list.items())
    elements.push_back(scalar_bytes(element_type(type), item));
  std::ranges::sort(elements, [](const auto& a, const auto& b) { return compare_bytes(a, b) < 0; });
  if (std::ranges::adjacent_find(elements) != elements.end()) {
    std::string shown_items;
    for (const Value& item : list.items())
      shown_items += cat(shown_items.empty() ? "" : ", ",
                         item.kind() == Value::Kind::blob ? base64_encode(item.text())
                                                          : std::string(item.text()));
    throw invalid_parameter(cat("Input collection [", shown_items, "] contains duplicates."));
  }
  const size_t opened = open_container(out, type, elements.size());
  for (const std::string& element : elements) append_name(out, element);
  close_container(out, opened);
}

void append_map(std::string& out, const Value& map, int depth) {
  if (!map.is_map()) throw serialization("Unexpected value type in payload");
  const size_t opened = open_container(out, Type::M, map.size());
  check_unique_names(map);
  for (const Member& m : map.members()) {
    append_name(out, m.key.text);
    append_attribute(out, m.value, depth + 1);
  }
  close_container(out, opened);
}

void append_list(std::string& out, const Value& list, int depth) {
  if (!list.is_list()) throw serialization("Unexpected value type in payload");
  const size_t opened = open_container(out, Type::L, list.size());
  for (const Value& item : list.items()) append_attribute(out, item, depth + 1);
  close_container(out, opened);
}

}  // namespace

void check_unique_names(const Value& map) {
  const auto members = map.members();
  constexpr size_t pairwise_max = 12;
  if (members.size() <= pairwise_max) {
    for (size_t i = 1; i < members.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        if (members[i].key.text == members[j].key.text) throw serialization("Duplicate key");
    return;
  }
  std::set<std::string_view> seen;
  for (const Member& m : members)
    if (!seen.insert(m.key.text).second) throw serialization("Duplicate key");
}

void append_attribute(std::string& out, const Value& value, int depth) {
  if (depth > depth_max) throw invalid("Nesting Levels have exceeded supported limits");
  const auto [type, given] = member_of(value);
  switch (type) {
    case Type::S:
      if (!given->is_string()) throw serialization("Unexpected value type in payload");
      return append_scalar(out, type, given->text());
    case Type::N:
    case Type::B: return append_scalar(out, type, scalar_bytes(type, *given));
    case Type::BOOL:
    case Type::NUL:
      if (given->kind() != Value::Kind::boolean)
        throw serialization("Unexpected value type in payload");
      out += static_cast<char>(type);
      if (type == Type::BOOL)
        out += static_cast<char>(given->boolean());
      else if (!given->boolean())
        throw invalid_parameter("Null attribute value types must have the value of true");
      return;
    case Type::SS:
    case Type::NS:
    case Type::BS: return append_set(out, type, *given);
    case Type::L: return append_list(out, *given, depth);
    case Type::M: return append_map(out, *given, depth);
  }
}

}  // namespace squall::dynamodb
