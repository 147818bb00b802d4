// Dotted parameters -> document, after the names that the query and EC2 protocols give to members.
#include <cstring>

#include "emulator/core/text.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/form.h"
#include "emulator/protocol/map_builder.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Protocol;
using model::Shape;
using model::ShapeMember;
using model::ShapeType;

class QueryReader {
 public:
  explicit QueryReader(bool ec2) : ec2_(ec2) {}

  Value structure(const Fields& fields, Shape shape) const {
    Value out = Value::map();
    const uint64_t shapes = fields.shapes();
    for (size_t i = 0; i < shape.member_count(); ++i) {
      const ShapeMember member = shape.member(i);
      const Fields sent = fields_of(fields, member, shapes);
      if (sent.empty()) continue;
      const Value value = any(sent, member);
      if (!value.is_absent()) out.add(Key::stable(member.name()), value);
    }
    return out;
  }

 private:
  Fields fields_of(const Fields& fields, ShapeMember member, uint64_t shapes) const {
    const auto child = [&](std::string_view name) {
      return shapes & Fields::shape_of(name) ? fields.child(name) : Fields();
    };
    if (!ec2_) {
      const Shape shape = member.shape();
      // A flattened list's element name replaces the list's own: `Attribute.1`.
      if (shape.type() == ShapeType::list && is_flattened(member) &&
          shape.element().location_name() != "member")
        return child(shape.element().location_name());
      return child(member.location_name());
    }
    if (!member.query_name().empty()) return child(member.query_name());
    const std::string_view own = member.location_name();
    if (own[0] < 'a' || own[0] > 'z') return child(own);
    char capital[128];
    if (own.size() > sizeof capital) return child(own);
    capital[0] = static_cast<char>(own[0] - 32);
    if (!(shapes & Fields::shape_of({capital, own.size()}))) return child(own);
    std::memcpy(capital + 1, own.data() + 1, own.size() - 1);
    const Fields found = fields.child({capital, own.size()});
    return found.empty() ? child(own) : found;
  }

  static bool is_flattened(ShapeMember member) {
    return member.has(model::member_flattened) || member.shape().has(model::shape_flattened);
  }

  Value any(const Fields& fields, ShapeMember member) const {
    const Shape shape = member.shape();
    if (!is_container(shape)) return scalar(fields, shape);
    const auto own = fields.value();
    if (own && !own->empty() && !fields.has_children()) refuse(fields, *own, shape);
    switch (shape.type()) {
      case ShapeType::list: return list(fields, member);
      case ShapeType::map: return map(fields, member);
      default: return structure(fields, shape);
    }
  }

  Value scalar(const Fields& fields, Shape shape) const {
    const auto text = fields.value();
    if (!text) refuse_nested(fields);
    // An empty value of anything but a text means that it was left out.
    if (text->empty() && shape.type() != ShapeType::string && shape.type() != ShapeType::blob)
      return {};
    Value out;
    if (!scalar_from_text(shape, *text, out)) refuse(fields, *text, shape);
    return out;
  }

  Value list(const Fields& fields, ShapeMember member) const {
    const ShapeMember element = member.shape().element();
    Fields items = fields;
    if (!ec2_ && !is_flattened(member)) {
      // Services also take the generic name, and the elements without any.
      if (const Fields named = fields.child(element.location_name()); !named.empty())
        items = named;
      else if (const Fields generic = fields.child("member"); !generic.empty())
        items = generic;
    }
    Value out = Value::list();
    for (const auto& [number, item] : items.numbered()) {
      const Value value = any(item, element);
      if (!value.is_absent()) out.push(value);
    }
    return out;
  }

  Value map(const Fields& fields, ShapeMember member) const {
    const Shape shape = member.shape();
    const Fields entries = is_flattened(member) ? fields : fields.child("entry");
    MapBuilder out;
    for (const auto& [number, entry] : entries.numbered()) {
      const Fields key = entry.child(shape.map_key().location_name());
      const Fields value = entry.child(shape.map_value().location_name());
      if (!key.value()) refuse_nested(entry);
      if (!value.empty()) out.set(Key::stable(*key.value()), any(value, shape.map_value()));
    }
    return out.value();
  }

  [[noreturn]] void refuse(const Fields& fields, std::string_view text, Shape shape) const {
    if (ec2_)
      throw AwsError{"InvalidParameterValue", cat("Value (", text, ") for parameter ",
                                                  fields.prefix(), " is invalid. Expecting ",
                                                  article(shape), to_lower(type_name(shape)))};
    if (shape.type() == ShapeType::timestamp)
      throw AwsError{"MalformedInput", "timestamp must follow ISO8601"};
    throw AwsError{"MalformedInput",
                   is_container(shape)
                       ? std::string("Unexpected value where a structure, list or map is expected")
                       : cat("Unable to convert '", text, "' to ", type_name(shape))};
  }

  static std::string_view article(Shape shape) {
    return shape.type() == ShapeType::integer ? "an " : "a ";
  }

  [[noreturn]] void refuse_nested(const Fields& fields) const {
    if (ec2_)
      throw AwsError{"UnknownParameter",
                     cat("The parameter ", fields.prefix(), " is not recognized")};
    throw AwsError{"MalformedInput", "Start of structure or map found where not expected."};
  }

  bool ec2_;
};

}  // namespace

Value decode_query(const Call& call, const Request& request) {
  const Form form(request.query, request.body);
  const Shape input = call.operation.input();
  if (!input) return Value::map();
  return QueryReader(call.protocol == Protocol::ec2).structure(form.root(), input);
}

}  // namespace squall::protocol
