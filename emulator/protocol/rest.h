// What both REST protocols bind outside the body: labels, query string, headers, status, payload.
#pragma once

#include <string_view>

#include "emulator/protocol/codecs.h"

namespace squall::protocol {

/// Members from the URI, the query string and the headers, and a text or blob payload.
/// `wrong_type`: the code of the error for texts that do not fit their shape.
Value decode_rest_bindings(const Call& call, const Request& request, std::string_view wrong_type);
/// The shape the body holds: the payload's, else the input's own. Empty if the body is not a
/// document. `payload` is set if it is one.
model::Shape body_shape(model::Shape input, model::ShapeMember& payload);

/// Status and headers of an answer (or of an error's members).
void encode_rest_headers(const Value& value, model::Shape shape, Response& response);
/// A text or blob payload is the whole body: true if the shape has one, sent or not.
bool encode_raw_payload(const Value& output, model::Shape shape, Response& response);
bool has_body_members(model::Shape shape);

}  // namespace squall::protocol
