// Documents kept as JSON text inside records, and given back in the types of their shape.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall {

/// The document of to_json()'s text, in the current Arena. Text that is not JSON gives an absent
/// value. With a shape, timestamps and blobs become what they were.
Value value_from_json(std::string_view text, model::Shape shape = {});
/// Whether the text is a JSON object (policy documents).
bool is_json_object(std::string_view text);

}  // namespace squall
