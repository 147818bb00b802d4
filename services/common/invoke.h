// Calls another service's operation from inside a handler, in the caller's transaction: what AWS's
// composed resources (Express Gateway services) do for their owner.
#pragma once

#include <string_view>

#include "emulator/api/service.h"

namespace squall {

/// Throws the operation's errors; the caller's changes are then undone with it.
Value invoke(api::Context& ctx, const api::ServiceDefinition& service, std::string_view operation,
             const Value& input);

}  // namespace squall
