// Who signed a request, and for which service and region: read, not verified.
#pragma once

#include <string_view>

#include "emulator/protocol/message.h"

namespace squall::protocol {

struct SigningScope {
  std::string_view access_key;
  std::string_view region;   // empty: unsigned, an old signature, or one for many regions
  std::string_view service;  // the signing name
  std::string_view session_token;
};

/// From the Authorization header (SigV4, SigV4a, the old `AWS key:signature`) or from a presigned
/// query. Views live in the request or the current Arena.
SigningScope read_scope(const Request& request);

}  // namespace squall::protocol
