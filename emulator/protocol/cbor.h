// CBOR (RFC 8949) as rpc-v2-cbor uses it.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

/// One data item and nothing after it, as an untyped document: byte strings are blobs, tag 1 is a
/// timestamp, undefined is null. Definite and indefinite lengths. False on anything malformed or
/// nested too deeply.
bool parse_cbor(std::string_view bytes, Value& out);

void append_cbor_text(std::string& out, std::string_view text);
void append_cbor_map_head(std::string& out, size_t pairs);
/// A structure as a map; aborts on members the shape lacks.
void write_cbor_members(std::string& out, const Value& value, model::Shape shape);
/// The structure's members as pairs without the map's head, and their number.
void write_cbor_pairs(std::string& out, const Value& value, model::Shape shape);
size_t count_cbor_pairs(const Value& value);

}  // namespace squall::protocol
