// AWS Signature Version 4: checking what clients sign, where a server is asked to.
#pragma once

#include <string>
#include <string_view>

#include "emulator/protocol/codec.h"
#include "emulator/protocol/message.h"

namespace squall::api {

/// Throws AWS's refusal (in the words of the call's protocol) unless `request` is signed, in its
/// Authorization header or its query, with `secret_key`. What counts of the body is what the
/// client sent, compressed or not.
void verify_signature(const protocol::Request& request, const protocol::Call& call,
                      std::string_view secret_key);

}  // namespace squall::api
