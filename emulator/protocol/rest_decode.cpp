// What REST requests hold outside a document: labels, query string, headers, raw payloads.
#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/protocol/aws_chunked.h"
#include "emulator/protocol/form.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/map_builder.h"
#include "emulator/protocol/rest.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Location;
using model::Shape;
using model::ShapeMember;
using model::ShapeType;

class Bindings {
 public:
  Bindings(const Call& call, const Request& request, std::string_view wrong_type)
      : call_(call),
        request_(request),
        wrong_type_(wrong_type),
        parameters_(parse_parameters(request.query)) {}

  Value read(Shape input) {
    Value out = Value::map();
    for (size_t i = 0; i < input.member_count(); ++i) {
      const ShapeMember member = input.member(i);
      const Value value = bound(input, member);
      if (!value.is_absent()) out.add(Key::stable(member.name()), value);
    }
    return out;
  }

 private:
  Value bound(Shape input, ShapeMember member) {
    switch (member.location()) {
      case Location::uri: return label(member);
      case Location::querystring: return query(input, member);
      case Location::header: return header(member);
      case Location::headers: return prefixed_headers(member);
      default: return {};
    }
  }

  Value scalar(ShapeMember member, std::string_view text) const {
    if (member.has(model::member_json_value)) return json_value(text);
    Value out;
    if (!scalar_from_text(member.shape(), text, out))
      throw AwsError{std::string(wrong_type_),
                     cat("'", text, "' can not be converted to ", type_name(member.shape()))};
    return out;
  }

  static Value json_value(std::string_view text) {
    Value out;
    const auto decoded = base64_decode(text);
    if (decoded && parse_json(*decoded, out)) return out;
    return Value(text);
  }

  Value label(ShapeMember member) const {
    const Value text = call_.uri_labels.at(member.location_name());
    return text.is_absent() ? text : scalar(member, text.text());
  }

  Value query(Shape input, ShapeMember member) const {
    const Shape shape = member.shape();
    if (shape.type() == ShapeType::map) return query_map(input, shape);
    Value list = shape.type() == ShapeType::list ? Value::list() : Value();
    for (const Parameter& p : parameters_) {
      if (p.name != member.location_name()) continue;
      if (shape.type() != ShapeType::list) {
        if (p.value.empty() && shape.type() != ShapeType::string) return {};
        return scalar(member, p.value);
      }
      list.push(scalar(shape.element(), p.value));
    }
    return list.empty() ? Value() : list;
  }

  /// All parameters that no other member claims.
  Value query_map(Shape input, Shape shape) const {
    const bool lists = shape.map_value().shape().type() == ShapeType::list;
    Value out = Value::map();
    for (const Parameter& p : parameters_) {
      if (is_claimed(input, p.name)) continue;
      if (!lists) {
        out.set(Key::stable(p.name), scalar(shape.map_value(), p.value));
        continue;
      }
      Value values = out.at(p.name);
      if (values.is_absent()) {
        values = Value::list();
        out.add(Key::stable(p.name), values);
      }
      values.push(scalar(shape.map_value().shape().element(), p.value));
    }
    return out.empty() ? Value() : out;
  }

  static bool is_claimed(Shape input, std::string_view name) {
    for (size_t i = 0; i < input.member_count(); ++i) {
      const ShapeMember m = input.member(i);
      if (m.location() == Location::querystring && m.shape().type() != ShapeType::map &&
          m.location_name() == name)
        return true;
    }
    return false;
  }

  bool has_header(std::string_view name) const {
    return std::ranges::any_of(request_.headers, [name](const Header& h) {
      return equals_ignore_case(h.name, name);
    });
  }

  Value header(ShapeMember member) const {
    if (!has_header(member.location_name())) return {};
    const std::string_view text = trim(request_.header(member.location_name()));
    const Shape shape = member.shape();
    if (text.empty() && shape.type() != ShapeType::string) return {};
    return shape.type() == ShapeType::list ? header_list(shape, text) : scalar(member, text);
  }

  /// Comma-separated; texts may be quoted. The dates of RFC 822 hold a comma of their own.
  Value header_list(Shape shape, std::string_view text) const {
    Value out = Value::list();
    const bool dates = shape.element().shape().type() == ShapeType::timestamp &&
                       shape.element().timestamp_format() != model::TimestampFormat::iso8601;
    for (size_t from = 0; from <= text.size();) {
      std::string item;
      bool quoted = false;
      size_t commas = dates ? 2 : 1;
      size_t at = from;
      for (; at < text.size(); ++at) {
        if (text[at] == '"') {
          quoted = !quoted;
          continue;
        }
        if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
        else if (text[at] == ',' && !quoted && --commas == 0) break;
        item += text[at];
      }
      out.push(scalar(shape.element(), trim(item)));
      from = at + 1;
    }
    return out;
  }

  Value prefixed_headers(ShapeMember member) const {
    const std::string_view prefix = member.location_name();
    MapBuilder out;
    for (const Header& h : request_.headers) {
      if (h.name.size() < prefix.size() ||
          !equals_ignore_case(h.name.substr(0, prefix.size()), prefix))
        continue;
      out.set(Key::copy(to_lower(h.name.substr(prefix.size()))), Value(h.value));
    }
    return out.value().empty() ? Value() : out.value();
  }

  const Call& call_;
  const Request& request_;
  std::string_view wrong_type_;
  std::vector<Parameter> parameters_;
};

}  // namespace

Value decode_rest_bindings(const Call& call, const Request& request, std::string_view wrong_type) {
  const Shape input = call.operation.input();
  if (!input) return Value::map();
  Value out = Bindings(call, request, wrong_type).read(input);
  const ShapeMember payload = input.payload();
  if (!payload || request.body.empty()) return out;
  if (payload.shape().type() == ShapeType::blob && is_aws_chunked(request))
    out.add(Key::stable(payload.name()), Value::blob(decode_aws_chunked(request.body)));
  else if (payload.shape().type() == ShapeType::blob)
    out.add(Key::stable(payload.name()), Value::blob(request.body));
  else if (payload.shape().type() == ShapeType::string)
    out.add(Key::stable(payload.name()), Value(request.body));
  return out;
}

Shape body_shape(Shape input, ShapeMember& payload) {
  if (!input) return {};
  payload = input.payload();
  if (!payload) return input;
  const ShapeType type = payload.shape().type();
  if (type == ShapeType::blob || type == ShapeType::string) return {};
  return payload.shape();
}

}  // namespace squall::protocol
