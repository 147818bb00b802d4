// One row a protocol: the only place that lists the codecs.
#include "emulator/protocol/codec.h"

#include <array>

#include "emulator/protocol/codecs.h"

namespace squall::protocol {
namespace {

struct Codec {
  Value (*decode)(const Call&, const Request&);
  void (*encode)(const Call&, const Value&, std::string_view, Response&);
  void (*encode_error)(const Call&, const AwsError&, std::string_view, Response&);
};

constexpr Codec query{decode_query, encode_query, encode_query_error};
constexpr Codec json{decode_json, encode_json, encode_json_error};
constexpr Codec rest_json{decode_rest_json, encode_rest_json, encode_rest_json_error};
constexpr Codec rest_xml{decode_rest_xml, encode_rest_xml, encode_rest_xml_error};
constexpr Codec cbor{decode_cbor, encode_cbor, encode_cbor_error};

// In the order of model::Protocol.
constexpr std::array codecs{query, query, json, json, rest_json, rest_xml, cbor};

const Codec& codec_of(const Call& call) { return codecs.at(static_cast<size_t>(call.protocol)); }

/// A request that fits no operation's method, path or content type is answered before any codec.
bool is_unroutable(const Call& call, const AwsError& error) {
  return error.code == "UnknownOperationException" && error.status == 404 &&
         call.protocol != model::Protocol::rpc_v2_cbor;
}

}  // namespace

Value decode(const Call& call, const Request& request) {
  return codec_of(call).decode(call, request);
}

void encode(const Call& call, const Value& output, std::string_view request_id,
            Response& response) {
  codec_of(call).encode(call, output, request_id, response);
}

bool encode_health(const Call& call, const Request& request, std::string_view request_id,
                   Response& response) {
  if (!call.service || request.method != "GET" || request.path != "/") return false;
  const model::Tables& tables = call.service->tables();
  std::string text{tables.strings + tables.wire.health};
  if (text.empty()) return false;
  constexpr std::string_view region = "{region}";
  if (const size_t at = text.find(region); at != text.npos)
    text.replace(at, region.size(), call.region);
  response.status = 200;
  response.body = std::move(text);
  add_request_id(call, request_id, response);
  return true;
}

void encode_error(const Call& call, const AwsError& error, std::string_view request_id,
                  Response& response) {
  if (is_unroutable(call, error)) {
    response.status = error.status;
    response.body = "<UnknownOperationException/>\n";
    add_request_id(call, request_id, response);
    return;
  }
  codec_of(call).encode_error(call, error, request_id, response);
}

}  // namespace squall::protocol
