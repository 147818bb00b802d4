// The codecs behind codec.h: one triple of functions a protocol, and what several of them share.
#pragma once

#include <string>
#include <string_view>

#include "emulator/protocol/codec.h"

namespace squall::protocol {

/// Query and EC2 differ in names, list forms and envelopes only.
Value decode_query(const Call& call, const Request& request);
void encode_query(const Call& call, const Value& output, std::string_view request_id,
                  Response& response);
void encode_query_error(const Call& call, const AwsError& error, std::string_view request_id,
                        Response& response);

Value decode_json(const Call& call, const Request& request);
void encode_json(const Call& call, const Value& output, std::string_view request_id,
                 Response& response);
void encode_json_error(const Call& call, const AwsError& error, std::string_view request_id,
                       Response& response);

Value decode_rest_json(const Call& call, const Request& request);
void encode_rest_json(const Call& call, const Value& output, std::string_view request_id,
                      Response& response);
void encode_rest_json_error(const Call& call, const AwsError& error, std::string_view request_id,
                            Response& response);

Value decode_rest_xml(const Call& call, const Request& request);
void encode_rest_xml(const Call& call, const Value& output, std::string_view request_id,
                     Response& response);
void encode_rest_xml_error(const Call& call, const AwsError& error, std::string_view request_id,
                           Response& response);

Value decode_cbor(const Call& call, const Request& request);
void encode_cbor(const Call& call, const Value& output, std::string_view request_id,
                 Response& response);
void encode_cbor_error(const Call& call, const AwsError& error, std::string_view request_id,
                       Response& response);

/// An error as the caller's model knows it.
struct ModelledError {
  model::Shape shape;     // empty: not modelled
  std::string name;       // the type name that JSON, CBOR and REST answers carry
  std::string query_code; // the code that query answers carry
  int status = 400;
  Value members;          // all but the message, converted to the shape's types; may be absent
  std::string_view message_name = "message";  // as the shape spells it
};
ModelledError model_error(const Call& call, const AwsError& error);

/// What stands before an error's name in `__type`: nothing for most services.
std::string_view error_namespace(const Call& call, std::string_view name);
/// `x-amzn-RequestId`, or what the service's tables say.
void add_request_id(const Call& call, std::string_view request_id, Response& response);
/// `x-amzn-query-error: Code;Sender` for services that spoke query before.
void add_query_error(const Call& call, const ModelledError& error, Response& response);

}  // namespace squall::protocol
