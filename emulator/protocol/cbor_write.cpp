// Writes CBOR by shape: the shape tells floats from doubles and blobs from texts.
#include <bit>

#include "emulator/protocol/cbor.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {
namespace {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using Kind = Value::Kind;

void append_big_endian(std::string& out, uint64_t bits, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(bits >> shift & 255);
}

void append_head(std::string& out, uint8_t major, uint64_t argument) {
  const auto type = static_cast<uint8_t>(major << 5);
  if (argument < 24) {
    out += static_cast<char>(type | argument);
    return;
  }
  const int log = argument <= 0xFF ? 0 : argument <= 0xFFFF ? 1 : argument <= 0xFFFFFFFF ? 2 : 3;
  out += static_cast<char>(type | (24 + log));
  append_big_endian(out, argument, 1 << log);
}

void append_double(std::string& out, double value) {
  out += static_cast<char>(0xFB);
  append_big_endian(out, std::bit_cast<uint64_t>(value), 8);
}

void append_integer(std::string& out, int64_t value) {
  if (value >= 0)
    append_head(out, 0, static_cast<uint64_t>(value));
  else
    append_head(out, 1, static_cast<uint64_t>(-(value + 1)));
}

void append_string(std::string& out, uint8_t major, std::string_view text) {
  append_head(out, major, text.size());
  out += text;
}

class CborWriter {
 public:
  explicit CborWriter(std::string& out) : out_(out) {}

  void pairs(const Value& value, Shape shape) {
    size_t hint = 0;
    for (const Member& m : value.members()) {
      if (m.value.is_absent() || m.value.is_null()) continue;
      const ShapeMember member = shape.find(m.key.text, hint);
      if (!member) abort_on_unknown_member(shape, m.key.text);
      append_string(out_, 3, member.location_name());
      any(m.value, member.shape());
    }
  }

  void any(const Value& value, Shape shape) {
    switch (value.kind()) {
      case Kind::absent:
      case Kind::rendered:
      case Kind::null: out_ += static_cast<char>(0xF6); return;
      case Kind::boolean: out_ += static_cast<char>(value.boolean() ? 0xF5 : 0xF4); return;
      case Kind::integer:
      case Kind::real: number(value, shape); return;
      case Kind::string:
        append_string(out_, shape.type() == ShapeType::blob ? 2 : 3, value.text());
        return;
      case Kind::blob: append_string(out_, 2, value.text()); return;
      case Kind::timestamp:
        append_head(out_, 6, 1);
        append_double(out_, static_cast<double>(to_ns(value.time()) / 1000) / 1e6);
        return;
      case Kind::list:
        if (shape.type() != ShapeType::list) abort_on_wrong_kind(shape);
        append_head(out_, 4, value.size());
        for (const Value& item : value.items()) any(item, shape.element().shape());
        return;
      case Kind::map: map(value, shape); return;
    }
  }

 private:
  void number(const Value& value, Shape shape) {
    if (shape.type() == ShapeType::float_) {
      out_ += static_cast<char>(0xFA);
      append_big_endian(out_, std::bit_cast<uint32_t>(static_cast<float>(value.real())), 4);
    } else if (value.kind() == Kind::real || shape.type() == ShapeType::double_) {
      append_double(out_, value.real());
    } else {
      append_integer(out_, value.integer());
    }
  }

  void map(const Value& value, Shape shape) {
    append_head(out_, 5, count_cbor_pairs(value));
    if (shape.type() == ShapeType::structure) {
      pairs(value, shape);
      return;
    }
    if (shape.type() != ShapeType::map) abort_on_wrong_kind(shape);
    for (const Member& m : value.members()) {
      if (m.value.is_absent() || m.value.is_null()) continue;
      append_string(out_, 3, m.key.text);
      any(m.value, shape.map_value().shape());
    }
  }

  std::string& out_;
};

}  // namespace

void append_cbor_text(std::string& out, std::string_view text) { append_string(out, 3, text); }

void append_cbor_map_head(std::string& out, size_t pairs) { append_head(out, 5, pairs); }

size_t count_cbor_pairs(const Value& value) {
  size_t count = 0;
  for (const Member& m : value.members()) count += !m.value.is_absent() && !m.value.is_null();
  return count;
}

void write_cbor_pairs(std::string& out, const Value& value, Shape shape) {
  CborWriter(out).pairs(value, shape);
}

void write_cbor_members(std::string& out, const Value& value, Shape shape) {
  append_cbor_map_head(out, count_cbor_pairs(value));
  write_cbor_pairs(out, value, shape);
}

}  // namespace squall::protocol
