// Between bytes and documents: one codec a protocol, all walking the same model.
#pragma once

#include <string_view>

#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"
#include "emulator/protocol/message.h"

namespace squall::protocol {

/// What a request is for: made by route(), read by codecs and dispatch. Views live as long as the
/// request's buffer.
struct Call {
  const model::Service* service = nullptr;
  model::Operation operation;
  model::Protocol protocol = model::Protocol::query;
  std::string_view region;        // from the credential scope, the Host header or the default
  std::string_view access_key;    // empty: unsigned
  std::string_view session_token;
  Value uri_labels;               // rest protocols: decoded path labels, name -> text
  std::string_view version;       // query protocols: Version=..., empty otherwise
};

/// Bytes -> document in the current Arena, in the model's member names, with each scalar in the
/// kind its shape asks for (timestamp, blob, integer...). Members the model does not know are
/// dropped, as AWS does. Wrong types are refused with the error AWS's front end gives in that
/// protocol (SerializationException, MalformedQueryString, InvalidParameterValue...). Constraints
/// are not looked at here: model::validate does that.
Value decode(const Call& call, const Request& request);

/// Document -> bytes. A member that the output shape lacks is a programmer's error and aborts;
/// absent members are skipped. Sets status, content type, request-id and protocol headers.
void encode(const Call& call, const Value& output, std::string_view request_id, Response& response);

/// Whether items of lists may be rendered one by one, before the answer as a whole is encoded.
bool renders_items(const Call& call);
/// Where items are rendered one behind the other: memory of an arena, which keeps them.
struct RenderRoom {
  Arena& arena;
  char* at = nullptr;
  char* end = nullptr;
};
/// An item of a list-valued member as encode() writes it there.
std::string_view render_item(const Call& call, model::ShapeMember list, const Value& item,
                             RenderRoom& room);

/// The same where the handler has already written the body (JSON protocols only).
void encode_rendered(const Call& call, std::string_view request_id, Response& response);

/// Services that answer GET / of their host say that they are well; false for all others.
bool encode_health(const Call& call, const Request& request, std::string_view request_id,
                   Response& response);

/// In the caller's protocol, whether or not the operation is known (call.operation may be empty;
/// then call.protocol still says how to answer).
void encode_error(const Call& call, const AwsError& error, std::string_view request_id,
                  Response& response);

}  // namespace squall::protocol
