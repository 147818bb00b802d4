// Checks an input document against its shape before any handler sees it.
#pragma once

#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::model {

/// Required members, enums, lengths, ranges, patterns, nested to any depth. Throws the AwsError
/// that the service's own front end gives: codes and texts follow the protocol and the service's
/// patch file (see patch_model.py). Enums are checked only where AWS checks them up front.
void validate(const Service& service, const Operation& operation, Protocol protocol,
              const Value& input);

}  // namespace squall::model
