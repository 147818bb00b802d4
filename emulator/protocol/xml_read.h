// XML text -> document by shape: the only user of tinyxml2.
#pragma once

#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

/// The root element's children as the members of a structure (those bound to the body).
/// False if the text is not XML or a scalar does not fit its shape.
bool read_xml(std::string_view text, model::Shape shape, Value& out);

}  // namespace squall::protocol
