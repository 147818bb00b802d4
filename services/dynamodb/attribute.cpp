// Looking at stored values: finding, comparing, measuring, printing.
#include "services/dynamodb/attribute.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"

namespace squall::dynamodb {
namespace {
constexpr std::string_view type_names[] = {"S",  "N",  "B",  "BOOL", "NULL",
                                           "SS", "NS", "BS", "L",    "M"};
}

std::string_view type_name(Type type) { return type_names[static_cast<size_t>(type)]; }

void append_length(std::string& out, size_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void append_scalar(std::string& out, Type type, std::string_view bytes) {
  out += static_cast<char>(type);
  append_length(out, bytes.size());
  out += bytes;
}

void append_name(std::string& out, std::string_view name) {
  append_length(out, name.size());
  out += name;
}

size_t open_container(std::string& out, Type type, size_t count) {
  out += static_cast<char>(type);
  const size_t opened = out.size();
  out.append(4, '\0');
  append_length(out, count);
  return opened;
}

void close_container(std::string& out, size_t opened) {
  const auto size = static_cast<uint32_t>(out.size() - opened - 4);
  std::memcpy(out.data() + opened, &size, sizeof size);
}

AttributeView AttributeView::element(size_t index) const {
  if (type() != Type::L || index >= count()) return {};
  Elements at(*this);
  while (index-- > 0) at.next();
  return at.value();
}

AttributeView AttributeView::entry(std::string_view name) const {
  if (type() != Type::M) return {};
  for (Entries e(*this); e; e.next())
    if (e.name() == name) return e.value();
  return {};
}

bool AttributeView::contains(std::string_view element) const {
  for (SetElements e(*this); e; e.next())
    if (e.bytes() == element) return true;
  return false;
}

bool equal(AttributeView a, AttributeView b) {
  if (a.type() != b.type()) return false;
  if (a.type() == Type::L) {
    if (a.count() != b.count()) return false;
    Elements y(b);
    for (Elements x(a); x; x.next(), y.next())
      if (!equal(x.value(), y.value())) return false;
    return true;
  }
  if (a.type() == Type::M) {
    if (a.count() != b.count()) return false;
    for (Entries x(a); x; x.next()) {
      const AttributeView other = b.entry(x.name());
      if (!other || !equal(x.value(), other)) return false;
    }
    return true;
  }
  return a.encoded() == b.encoded();
}

size_t attribute_size(AttributeView value) {
  constexpr size_t container_bytes = 3, element_bytes = 1;
  size_t size = 0;
  switch (value.type()) {
    case Type::S:
    case Type::B: return value.bytes().size();
    case Type::N: return number_size(value.bytes());
    case Type::BOOL:
    case Type::NUL: return 1;
    case Type::SS:
    case Type::BS:
      for (SetElements e(value); e; e.next()) size += e.bytes().size();
      return size;
    case Type::NS:
      for (SetElements e(value); e; e.next()) size += number_size(e.bytes());
      return size;
    case Type::L:
      for (Elements e(value); e; e.next()) size += element_bytes + attribute_size(e.value());
      return container_bytes + size;
    case Type::M:
      for (Entries e(value); e; e.next())
        size += element_bytes + e.name().size() + attribute_size(e.value());
      return container_bytes + size;
  }
  return size;
}

std::string shown(AttributeView value) {
  std::string json;
  append_json(json, value);
  std::string out;
  for (const char c : json)
    if (c != '"') out += c;
  return out;
}

}  // namespace squall::dynamodb
