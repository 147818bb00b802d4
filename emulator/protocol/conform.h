// Gives an untyped document (parsed JSON or CBOR) the kinds and member names of its shape.
#pragma once

#include "emulator/core/error.h"
#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

/// Members the shape lacks, nulls and members bound outside the body are dropped. Lists are changed
/// in place. Throws SerializationException with AWS's words on wrong types.
Value conform(const Value& parsed, model::Shape shape);
Value conform_member(const Value& parsed, model::ShapeMember member);

AwsError serialization_error(std::string message);

}  // namespace squall::protocol
