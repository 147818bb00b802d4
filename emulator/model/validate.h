// Checks an input document against its shape before any handler sees it.
#pragma once

#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::model {

/// Required members, enums, lengths, ranges, patterns, nested to any depth. Throws the AwsError that
/// the service's own front end gives (codes and texts differ by protocol: `MissingParameter` in EC2,
/// `ValidationError` in query services, `ValidationException` with "N validation errors detected: ..."
/// in JSON services), after the service's patch file. Enums are checked only where AWS checks them.
void validate(const Service& service, const Operation& operation, Protocol protocol,
              const Value& input);

}  // namespace squall::model
