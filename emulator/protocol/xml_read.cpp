#include "emulator/protocol/xml_read.h"

#include <tinyxml2.h>

#include "emulator/core/text.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using tinyxml2::XMLElement;

std::string_view local_name(const XMLElement& element) {
  const std::string_view name = element.Name();
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

std::string text_of(const XMLElement& element) {
  std::string text;
  for (const tinyxml2::XMLNode* n = element.FirstChild(); n; n = n->NextSibling())
    if (n->ToText()) text += n->Value();
  return text;
}

bool is_flattened(ShapeMember member) {
  return member.has(model::member_flattened) || member.shape().has(model::shape_flattened);
}

class XmlReader {
 public:
  bool structure(const XMLElement& parent, Shape shape, Value& out) {
    out = Value::map();
    size_t hint = 0;
    for (const XMLElement* e = parent.FirstChildElement(); e; e = e->NextSiblingElement()) {
      const ShapeMember member = find(shape, local_name(*e), hint);
      if (member && !add(*e, member, out)) return false;
    }
    return attributes(parent, shape, out);
  }

 private:
  /// The member an element belongs to; flattened lists go by their element's name.
  static ShapeMember find(Shape shape, std::string_view name, size_t& hint) {
    const size_t count = shape.member_count();
    for (size_t i = 0; i < count; ++i) {
      const size_t at = hint + i < count ? hint + i : hint + i - count;
      const ShapeMember m = shape.member(at);
      if (m.location() != model::Location::body || m.has(model::member_xml_attribute)) continue;
      if (wire_name(m) != name && m.location_name() != name) continue;
      hint = at;
      return m;
    }
    return {};
  }

  static std::string_view wire_name(ShapeMember m) {
    if (m.shape().type() == ShapeType::list && is_flattened(m)) {
      const std::string_view own = m.shape().element().location_name();
      if (own != "member") return own;
    }
    return m.location_name();
  }

  bool add(const XMLElement& element, ShapeMember member, Value& out) {
    const Shape shape = member.shape();
    const bool collects =
        is_flattened(member) && (shape.type() == ShapeType::list || shape.type() == ShapeType::map);
    Value value;
    if (!collects) {
      if (!any(element, shape, value)) return false;
      out.set(Key::stable(member.name()), value);
      return true;
    }
    value = out.at(member.name());
    if (value.is_absent()) {
      value = shape.type() == ShapeType::list ? Value::list() : Value::map();
      out.add(Key::stable(member.name()), value);
    }
    if (shape.type() == ShapeType::map) return entry(element, shape, value);
    Value item;
    if (!any(element, shape.element().shape(), item)) return false;
    value.push(item);
    return true;
  }

  bool any(const XMLElement& element, Shape shape, Value& out) {
    switch (shape.type()) {
      case ShapeType::structure: return structure(element, shape, out);
      case ShapeType::list: return list(element, shape, out);
      case ShapeType::map: {
        out = Value::map();
        for (const XMLElement* e = element.FirstChildElement(); e; e = e->NextSiblingElement())
          if (local_name(*e) == "entry" && !entry(*e, shape, out)) return false;
        return true;
      }
      case ShapeType::string: out = Value(text_of(element)); return true;
      default: return scalar_from_text(shape, trim(text_of(element)), out);
    }
  }

  bool list(const XMLElement& element, Shape shape, Value& out) {
    out = Value::list();
    const ShapeMember item_member = shape.element();
    for (const XMLElement* e = element.FirstChildElement(); e; e = e->NextSiblingElement()) {
      if (local_name(*e) != item_member.location_name()) continue;
      Value item;
      if (!any(*e, item_member.shape(), item)) return false;
      out.push(item);
    }
    return true;
  }

  bool entry(const XMLElement& element, Shape shape, Value& out) {
    std::string key;
    Value value;
    for (const XMLElement* e = element.FirstChildElement(); e; e = e->NextSiblingElement()) {
      if (local_name(*e) == shape.map_key().location_name())
        key = text_of(*e);
      else if (local_name(*e) == shape.map_value().location_name() &&
               !any(*e, shape.map_value().shape(), value))
        return false;
    }
    out.set(Key::copy(key), value);
    return true;
  }

  static bool attributes(const XMLElement& element, Shape shape, Value& out) {
    for (size_t i = 0; i < shape.member_count(); ++i) {
      const ShapeMember m = shape.member(i);
      if (!m.has(model::member_xml_attribute)) continue;
      const char* text = element.Attribute(std::string(m.location_name()).c_str());
      if (!text) continue;
      Value value;
      if (!scalar_from_text(m.shape(), text, value)) return false;
      out.add(Key::stable(m.name()), value);
    }
    return true;
  }
};

}  // namespace

bool read_xml(std::string_view text, Shape shape, Value& out) {
  if (!is_valid_utf8(text)) return false;
  // tinyxml2 bounds the depth of elements itself and expands no entities but the five of XML.
  tinyxml2::XMLDocument document;
  if (document.Parse(text.data(), text.size()) != tinyxml2::XML_SUCCESS) return false;
  const XMLElement* const root = document.RootElement();
  return root && XmlReader().structure(*root, shape, out);
}

}  // namespace squall::protocol
