// JSON 1.0 and 1.1: the whole document is the body, the operation is in X-Amz-Target.
#include <zlib.h>

#include <array>

#include "emulator/core/text.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/json.h"

namespace squall::protocol {
namespace {

using model::Protocol;
using model::TimestampFormat;

constexpr std::string_view service_space = "com.amazon.coral.service#";
constexpr std::string_view validate_space = "com.amazon.coral.validate#";

/// Errors that the front end gives before the service is asked: they keep its own namespace where
/// a service shows namespaces at all.
struct FrontEndError {
  std::string_view name;
  std::string_view space;
};
constexpr std::array front_end_errors{
    FrontEndError{"ValidationException", validate_space},
    FrontEndError{"SerializationException", service_space},
    FrontEndError{"UnknownOperationException", service_space},
    FrontEndError{"AccessDeniedException", service_space},
    FrontEndError{"UnrecognizedClientException", service_space},
    FrontEndError{"MissingAuthenticationTokenException", service_space},
    FrontEndError{"MissingAuthenticationToken", service_space},
    FrontEndError{"IncompleteSignatureException", service_space},
    FrontEndError{"InvalidSignatureException", service_space},
    FrontEndError{"ExpiredTokenException", service_space},
    FrontEndError{"InternalFailure", service_space},
    FrontEndError{"ServiceUnavailableException", service_space},
};

std::string_view error_namespace(const Call& call, std::string_view name) {
  if (!call.service) return {};
  const model::Tables& tables = call.service->tables();
  const std::string_view own = tables.strings + tables.wire.error_namespace;
  if (own.empty()) return {};
  for (const FrontEndError& e : front_end_errors)
    if (e.name == name) return e.space;
  return own;
}

void finish(const Call& call, std::string_view request_id, Response& response) {
  response.content_type = call.protocol == Protocol::json10 ? "application/x-amz-json-1.0"
                                                            : "application/x-amz-json-1.1";
  add_request_id(call, request_id, response);
  if (call.service && call.service->tables().wire.crc32) {
    const auto* bytes = reinterpret_cast<const Bytef*>(response.body.data());
    const auto crc = crc32_z(0, bytes, response.body.size());
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
  return shape_json(parsed, input);
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
