#include "emulator/sim/binary.h"

#include <cstring>

#include "emulator/core/text.h"

namespace squall::sim {
namespace {

constexpr size_t tag_size = sizeof(uint32_t);

uint32_t field_tag(std::string_view name) {
  uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
  return hash;
}

}  // namespace

void BinaryWriter::number(uint64_t value) {
  while (value >= 0x80) {
    byte(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  byte(static_cast<uint8_t>(value));
}

void BinaryWriter::word(uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) byte(static_cast<uint8_t>(value >> shift));
}

size_t BinaryWriter::open() {
  byte(0);
  return out_.size();
}

void BinaryWriter::close(size_t opened) {
  size_t size = out_.size() - opened;
  if (size < 0x80) {
    out_[opened - 1] = static_cast<char>(size);
    return;
  }
  std::string length;
  BinaryWriter(length).number(size);
  out_.replace(opened - 1, 1, length);
}

size_t BinaryWriter::open_field(std::string_view name) {
  const uint32_t tag = field_tag(name);
  for (int shift = 0; shift < 32; shift += 8) byte(static_cast<uint8_t>(tag >> shift));
  return open();
}

std::string_view BinaryReader::take(size_t bytes) {
  if (bytes > rest_.size()) throw BadBytes("it ends too early");
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

uint8_t BinaryReader::byte() { return static_cast<uint8_t>(take(1)[0]); }

uint64_t BinaryReader::number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto next = static_cast<uint8_t>(take(1)[0]);
    value |= static_cast<uint64_t>(next & 0x7F) << shift;
    if (next < 0x80) return value;
  }
  throw BadBytes("a number is too long");
}

uint64_t BinaryReader::word() {
  uint64_t value = 0;
  const std::string_view bytes = take(sizeof value);
  for (size_t i = 0; i < sizeof value; ++i)
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  return value;
}

std::string_view BinaryReader::text() { return take(number()); }

void BinaryReader::open_struct() {
  const std::string_view all = take(number());
  levels_.push_back({all, rest_, all, 0});
}

/// Leaves the reader behind the field's length.
bool BinaryReader::find_field(Level& level, uint32_t tag) {
  // From where the last one ended, then once from the start.
  for (std::string_view from : {level.next, level.all}) {
    rest_ = from;
    while (!rest_.empty()) {
      const std::string_view bytes = take(tag_size);
      uint32_t found = 0;
      for (size_t i = 0; i < tag_size; ++i)
        found |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
      const size_t size = number();
      if (found == tag) {
        if (size > rest_.size()) throw BadBytes("a field is longer than its record");
        level.field_end = rest_.size() - size;
        return true;
      }
      take(size);
    }
  }
  return false;
}

bool BinaryReader::open_field(std::string_view name) {
  return find_field(levels_.back(), field_tag(name));
}

void BinaryReader::close_field() {
  Level& level = levels_.back();
  if (rest_.size() != level.field_end) throw BadBytes("a field is of another type");
  level.next = rest_;
}

void BinaryReader::close_struct() {
  rest_ = levels_.back().after;
  levels_.pop_back();
}

}  // namespace squall::sim
