// SigV4's streaming bodies: chunks with signatures of their own inside the HTTP body.
#pragma once

#include <string>

#include "emulator/protocol/message.h"

namespace squall::protocol {

/// Whether the payload hash says that the body is in chunks (`STREAMING-...`).
bool is_aws_chunked(const Request& request);
/// The data of all chunks; signatures and trailers are dropped. Throws IncompleteBody.
std::string decode_aws_chunked(std::string_view body);

}  // namespace squall::protocol
