// Documents -> JSON text by shape.
#include <cmath>

#include "emulator/core/text.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using model::TimestampFormat;
using Kind = Value::Kind;

class JsonWriter {
 public:
  JsonWriter(std::string& out, TimestampFormat default_time)
      : out_(out), default_time_(default_time) {}

  void members(const Value& value, Shape shape) {
    if (!value.is_map()) abort_on_wrong_kind(shape);
    out_ += '{';
    bool first = true;
    size_t hint = 0;
    for (const Member& m : value.members()) {
      if (m.value.is_absent() || m.value.is_null()) continue;
      const ShapeMember member = shape.find(m.key.text, hint);
      if (!member) abort_on_unknown_member(shape, m.key.text);
      if (member.location() != model::Location::body) continue;
      if (!first) out_ += ',';
      first = false;
      out_ += '"';
      out_ += member.location_name();
      out_ += "\":";
      any(m.value, member);
    }
    out_ += '}';
  }

  void any(const Value& value, ShapeMember member) {
    const Shape shape = member.shape();
    if (value.is_null() || value.is_absent()) {
      out_ += "null";
      return;
    }
    if (member.has(model::member_json_value)) {
      append_json_string(out_, to_json(value));
      return;
    }
    if (shape.has(model::shape_document)) {
      out_ += to_json(value);
      return;
    }
    switch (shape.type()) {
      case ShapeType::structure: members(value, shape); return;
      case ShapeType::list: list(value, shape); return;
      case ShapeType::map: map(value, shape); return;
      default: scalar(value, member);
    }
  }

 private:
  void list(const Value& value, Shape shape) {
    if (!value.is_list()) abort_on_wrong_kind(shape);
    out_ += '[';
    const ShapeMember element = shape.element();
    const size_t start = out_.size();
    for (const Value& item : value.items()) {
      if (out_.size() != start) out_ += ',';
      any(item, element);
    }
    out_ += ']';
  }

  void map(const Value& value, Shape shape) {
    if (!value.is_map()) abort_on_wrong_kind(shape);
    out_ += '{';
    const ShapeMember item = shape.map_value();
    const size_t start = out_.size();
    for (const Member& m : value.members()) {
      if (m.value.is_absent()) continue;
      if (out_.size() != start) out_ += ',';
      append_json_string(out_, m.key.text);
      out_ += ':';
      any(m.value, item);
    }
    out_ += '}';
  }

  void scalar(const Value& value, ShapeMember member) {
    switch (value.kind()) {
      case Kind::string:
        if (member.shape().type() == ShapeType::blob)
          quoted_base64(value.text());
        else
          append_json_string(out_, value.text());
        return;
      case Kind::blob: quoted_base64(value.text()); return;
      case Kind::timestamp: time(value.time(), member.timestamp_format()); return;
      case Kind::real:
        if (!std::isfinite(value.real())) {
          out_ += '"';
          append_double(out_, value.real());
          out_ += '"';
          return;
        }
        append_double(out_, value.real());
        return;
      case Kind::integer:
        append_scalar(out_, value, default_time_);
        if (member.shape().type() == ShapeType::double_ ||
            member.shape().type() == ShapeType::float_)
          out_ += ".0";
        return;
      case Kind::boolean: out_ += value.boolean() ? "true" : "false"; return;
      default: abort_on_wrong_kind(member.shape());
    }
  }

  void quoted_base64(std::string_view bytes) {
    out_ += '"';
    out_ += base64_encode(bytes);
    out_ += '"';
  }

  void time(Time time, TimestampFormat format) {
    if (format == TimestampFormat::unspecified) format = default_time_;
    const bool number = format == TimestampFormat::unix_timestamp;
    if (!number) out_ += '"';
    append_time(out_, time, format);
    if (!number) out_ += '"';
  }

  std::string& out_;
  TimestampFormat default_time_;
};

}  // namespace

void write_json_members(std::string& out, const Value& value, Shape shape,
                        TimestampFormat default_time) {
  JsonWriter(out, default_time).members(value, shape);
}

void write_json_member(std::string& out, const Value& value, ShapeMember member,
                       TimestampFormat default_time) {
  JsonWriter(out, default_time).any(value, member);
}

}  // namespace squall::protocol
