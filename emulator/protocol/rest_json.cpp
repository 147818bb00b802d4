// rest-json: HTTP bindings around a JSON body.
#include "emulator/core/text.h"
#include "emulator/protocol/conform.h"
#include "emulator/protocol/json.h"
#include "emulator/protocol/rest.h"

namespace squall::protocol {
namespace {
using model::Shape;
using model::ShapeMember;
using model::TimestampFormat;

constexpr std::string_view json_type = "application/json";
}  // namespace

Value decode_rest_json(const Call& call, const Request& request) {
  Value out = decode_rest_bindings(call, request, "SerializationException");
  ShapeMember payload;
  const Shape shape = body_shape(call.operation.input(), payload);
  if (!shape || trim(request.body).empty()) return out;
  Value parsed;
  if (!parse_json(request.body, parsed)) throw serialization_error("");
  if (payload) {
    if (!parsed.is_null()) out.add(Key::stable(payload.name()), conform(parsed, shape));
    return out;
  }
  for (const Member& m : conform(parsed, shape).members()) out.add(m.key, m.value);
  return out;
}

void encode_rest_json(const Call& call, const Value& output, std::string_view request_id,
                      Response& response) {
  response.status = call.operation.http_status();
  add_request_id(call, request_id, response);
  const Shape shape = call.operation.output();
  if (!shape) return;
  encode_rest_headers(output, shape, response);
  if (encode_raw_payload(output, shape, response) || response.status == 204) return;
  if (response.content_type.empty()) response.content_type = json_type;
  if (const ShapeMember payload = shape.payload()) {
    const Value value = output.at(payload.name());
    if (!value.is_absent())
      write_json_member(response.body, value, payload, TimestampFormat::unix_timestamp);
  } else if (output.is_map()) {
    write_json_members(response.body, output, shape, TimestampFormat::unix_timestamp);
  } else {
    response.body = "{}";
  }
}

void encode_rest_json_error(const Call& call, const AwsError& error, std::string_view request_id,
                            Response& response) {
  const ModelledError modelled = model_error(call, error);
  response.status = modelled.status;
  response.content_type = json_type;
  add_request_id(call, request_id, response);
  response.headers.emplace_back("x-amzn-ErrorType", modelled.name);
  std::string& body = response.body;
  body += '{';
  if (!error.message.empty()) {
    body += cat("\"", modelled.message_name, "\":");
    append_json_string(body, error.message);
  }
  if (modelled.members.is_map()) {
    encode_rest_headers(modelled.members, modelled.shape, response);
    response.status = modelled.status;
    std::string members;
    write_json_members(members, modelled.members, modelled.shape,
                       TimestampFormat::unix_timestamp);
    if (body.size() > 1 && members.size() > 2) body += ',';
    body.append(members, 1);
  } else {
    body += '}';
  }
}

}  // namespace squall::protocol
