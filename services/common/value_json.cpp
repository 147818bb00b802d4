#include "services/common/value_json.h"

#include "emulator/core/text.h"
#include "emulator/protocol/json.h"

namespace squall {
namespace {

Value restore(const Value& value, model::Shape shape) {
  using model::ShapeType;
  switch (shape.type()) {
    case ShapeType::timestamp:
      if (value.is_string())
        if (const auto time = parse_time(value.text())) return *time;
      return value;
    case ShapeType::blob:
      if (value.is_string())
        if (const auto bytes = base64_decode(value.text())) return Value::blob(*bytes);
      return value;
    case ShapeType::structure: {
      Value out = Value::map();
      for (const Member& m : value.members()) {
        const model::ShapeMember member = shape.find(m.key.text);
        out.add(m.key, member ? restore(m.value, member.shape()) : m.value);
      }
      return out;
    }
    case ShapeType::list:
      return list_of(value.items(),
                     [&](const Value& item) { return restore(item, shape.element().shape()); });
    default:
      return value;
  }
}

}  // namespace

Value value_from_json(std::string_view text, model::Shape shape) {
  Value value;
  if (text.empty() || !protocol::parse_json(text, value)) return {};
  return shape ? restore(value, shape) : value;
}

bool is_json_object(std::string_view text) {
  Value value;
  return protocol::parse_json(text, value) && value.is_map();
}

}  // namespace squall
