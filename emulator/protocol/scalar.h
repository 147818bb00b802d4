// Scalars as text: what query strings, headers, labels and XML elements hold.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

constexpr size_t depth_max = 128;  // of nested documents, in every protocol

/// The text as the kind the shape asks for; false if it is not one. Blobs are base64.
bool scalar_from_text(model::Shape shape, std::string_view text, Value& out);
inline bool is_container(model::Shape shape) {
  return shape.type() == model::ShapeType::structure || shape.type() == model::ShapeType::list ||
         shape.type() == model::ShapeType::map;
}

/// "Integer", "String", "Boolean"...: how AWS's messages name a shape's type.
std::string_view type_name(model::Shape shape);

/// Writes `2026-11-21T05:31:45Z` to a buffer of at least 40 bytes and returns its length. The
/// fraction has milliseconds (always if `always_fraction`), or microseconds where there are some.
size_t write_iso8601(char* to, Time time, bool always_fraction);
/// Epoch seconds with as much fraction as there is: `1795239105.25`.
void append_epoch_seconds(std::string& out, Time time);
Time time_from_seconds(double seconds);
/// The time in a member's format.
void append_time(std::string& out, Time time, model::TimestampFormat format);
/// Any scalar as text (timestamps in `format`, blobs as base64).
void append_scalar(std::string& out, const Value& value, model::TimestampFormat format);

/// A handler's document does not fit the output shape: a programmer's error. Prints and aborts.
[[noreturn]] void abort_on_unknown_member(model::Shape shape, std::string_view member);
[[noreturn]] void abort_on_wrong_kind(model::Shape shape);

}  // namespace squall::protocol
