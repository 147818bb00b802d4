// What REST answers hold outside a document: status, headers, raw payloads.
#include "emulator/core/text.h"
#include "emulator/protocol/rest.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Location;
using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using model::TimestampFormat;

std::string header_text(const Value& value, ShapeMember member) {
  if (member.has(model::member_json_value)) return base64_encode(to_json(value));
  TimestampFormat format = member.timestamp_format();
  if (format == TimestampFormat::unspecified) format = TimestampFormat::rfc822;
  std::string out;
  if (!value.is_list()) {
    append_scalar(out, value, format);
    return out;
  }
  for (const Value& item : value.items()) {
    if (!out.empty()) out += ", ";
    std::string text;
    append_scalar(text, item, format);
    const bool quote = item.is_string() && text.find_first_of(",\"") != text.npos;
    if (!quote) {
      out += text;
      continue;
    }
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out;
}

void add_header(std::string_view name, std::string text, Response& response) {
  if (equals_ignore_case(name, "content-type"))
    response.content_type = std::move(text);
  else
    response.headers.emplace_back(name, std::move(text));
}

}  // namespace

void encode_rest_headers(const Value& value, Shape shape, Response& response) {
  size_t hint = 0;
  for (const Member& m : value.members()) {
    if (m.value.is_absent() || m.value.is_null()) continue;
    const ShapeMember member = shape.find(m.key.text, hint);
    if (!member) abort_on_unknown_member(shape, m.key.text);
    switch (member.location()) {
      case Location::header:
        add_header(member.location_name(), header_text(m.value, member), response);
        break;
      case Location::headers:
        for (const Member& item : m.value.members())
          response.headers.emplace_back(cat(member.location_name(), item.key.text),
                                        item.value.text());
        break;
      case Location::status_code: response.status = static_cast<int>(m.value.integer()); break;
      default: break;
    }
  }
}

bool encode_raw_payload(const Value& output, Shape shape, Response& response) {
  const ShapeMember payload = shape.payload();
  if (!payload) return false;
  const bool blob = payload.shape().type() == ShapeType::blob;
  if (!blob && payload.shape().type() != ShapeType::string) return false;
  response.body = output.at(payload.name()).text();
  if (response.content_type.empty())
    response.content_type = blob ? "application/octet-stream" : "text/plain";
  return true;
}

bool has_body_members(Shape shape) {
  for (size_t i = 0; i < shape.member_count(); ++i)
    if (shape.member(i).location() == Location::body) return true;
  return false;
}

}  // namespace squall::protocol
