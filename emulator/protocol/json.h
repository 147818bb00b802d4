// JSON text <-> documents, without and with a shape.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

/// Any JSON text as a document in the current Arena: whole numbers that fit are integers, others
/// reals. False if it is not JSON, not UTF-8 or nested deeper than anything AWS takes.
bool parse_json(std::string_view text, Value& out);

/// The body members of a structure as a JSON object; aborts on members the shape lacks.
void write_json_members(std::string& out, const Value& value, model::Shape shape,
                        model::TimestampFormat default_time);
/// One member's value.
void write_json_member(std::string& out, const Value& value, model::ShapeMember member,
                       model::TimestampFormat default_time);

}  // namespace squall::protocol
