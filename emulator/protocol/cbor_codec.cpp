// rpc-v2-cbor: the operation is in the path, the document is the body.
#include "emulator/core/text.h"
#include "emulator/protocol/cbor.h"
#include "emulator/protocol/codecs.h"
#include "emulator/protocol/conform.h"

namespace squall::protocol {
namespace {
void finish(const Call& call, std::string_view request_id, Response& response) {
  response.content_type = "application/cbor";
  response.headers.emplace_back("smithy-protocol", "rpc-v2-cbor");
  add_request_id(call, request_id, response);
}
}  // namespace

Value decode_cbor(const Call& call, const Request& request) {
  Value parsed = Value::map();
  if (!request.body.empty() && !parse_cbor(request.body, parsed))
    throw serialization_error("The request body is not well-formed CBOR");
  const model::Shape input = call.operation.input();
  return input ? conform(parsed, input) : Value::map();
}

void encode_cbor(const Call& call, const Value& output, std::string_view request_id,
                 Response& response) {
  response.status = 200;
  if (const model::Shape shape = call.operation.output())
    write_cbor_members(response.body, output, shape);
  finish(call, request_id, response);
}

void encode_cbor_error(const Call& call, const AwsError& error, std::string_view request_id,
                       Response& response) {
  const ModelledError modelled = model_error(call, error);
  response.status = modelled.status;
  std::string& body = response.body;
  append_cbor_map_head(body, 1 + !error.message.empty() + count_cbor_pairs(modelled.members));
  append_cbor_text(body, "__type");
  append_cbor_text(body, cat(error_namespace(call, modelled.name), modelled.name));
  if (!error.message.empty()) {
    append_cbor_text(body, modelled.message_name);
    append_cbor_text(body, error.message);
  }
  if (modelled.members.is_map()) write_cbor_pairs(body, modelled.members, modelled.shape);
  add_query_error(call, modelled, response);
  finish(call, request_id, response);
}

}  // namespace squall::protocol
