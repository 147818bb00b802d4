// JSON 1.0 and 1.1: the whole document is the body, the operation is in X-Amz-Target.
#include <isa-l/crc.h>

#include "emulator/core/text.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/conform.h"
#include "emulator/protocol/json.h"

namespace squall::protocol {
namespace {

using model::Protocol;
using model::TimestampFormat;

void finish(const Call& call, std::string_view request_id, Response& response) {
  response.content_type = call.protocol == Protocol::json10 ? "application/x-amz-json-1.0"
                                                            : "application/x-amz-json-1.1";
  add_request_id(call, request_id, response);
  if (call.service && call.service->tables().wire.crc32) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(response.body.data());
    const uint32_t crc = crc32_gzip_refl(0, bytes, response.body.size());
    response.headers.emplace_back("x-amz-crc32", std::to_string(crc));
  }
}

}  // namespace

Value decode_json(const Call& call, const Request& request) {
  Value parsed = Value::map();
  if (!trim(request.body).empty() && !parse_json(request.body, parsed))
    throw serialization_error("");
  const model::Shape input = call.operation.input();
  if (!input) return Value::map();
  return conform(parsed, input);
}

void encode_json(const Call& call, const Value& output, std::string_view request_id,
                 Response& response) {
  response.status = 200;
  if (const model::Shape shape = call.operation.output()) {
    if (output.is_map())
      write_json_members(response.body, output, shape, TimestampFormat::unix_timestamp);
    else
      response.body = "{}";
  }
  finish(call, request_id, response);
}

void encode_rendered(const Call& call, std::string_view request_id, Response& response) {
  response.status = 200;
  finish(call, request_id, response);
}

void encode_json_error(const Call& call, const AwsError& error, std::string_view request_id,
                       Response& response) {
  const ModelledError modelled = model_error(call, error);
  response.status = modelled.status;
  std::string& body = response.body;
  body += "{\"__type\":";
  append_json_string(body, cat(error_namespace(call, modelled.name), modelled.name));
  if (!error.message.empty()) {
    const bool capital = modelled.name == "SerializationException";
    body += ",\"";
    body += capital ? "Message" : modelled.message_name;
    body += "\":";
    append_json_string(body, error.message);
  }
  if (!modelled.members.empty()) {
    body += ',';
    std::string members;
    write_json_members(members, modelled.members, modelled.shape,
                       TimestampFormat::unix_timestamp);
    body.append(members, 1);  // goes on with the open object
  } else {
    body += '}';
  }
  add_query_error(call, modelled, response);
  finish(call, request_id, response);
}

}  // namespace squall::protocol
