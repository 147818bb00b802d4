// Attribute values in their stored form: a type byte, then lengths and bytes, numbers as ordered
// keys, sets sorted. What compares equal is equal byte for byte, except the order of a map's
// entries.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "emulator/core/json_text.h"
#include "emulator/core/value.h"

namespace squall::dynamodb {

enum class Type : uint8_t { S, N, B, BOOL, NUL, SS, NS, BS, L, M };
std::string_view type_name(Type type);  // "S", "NULL"...
inline bool is_set(Type t) { return t == Type::SS || t == Type::NS || t == Type::BS; }
inline bool is_scalar_key(Type t) { return t == Type::S || t == Type::N || t == Type::B; }
/// The type of a set's elements.
inline Type element_type(Type set) {
  return set == Type::SS ? Type::S : set == Type::NS ? Type::N : Type::B;
}

/// Reads a length of one to five bytes and moves behind it.
inline uint32_t read_length(const char*& at) {
  uint32_t value = static_cast<uint8_t>(*at++);
  if (value < 0x80) [[likely]]
    return value;
  value &= 0x7F;
  for (int shift = 7;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= static_cast<uint32_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}
void append_length(std::string& out, size_t value);
inline std::string_view read_text(const char*& at) {
  const uint32_t size = read_length(at);
  const std::string_view text(at, size);
  at += size;
  return text;
}

/// A value inside stored bytes. Invalid (false) where there is none.
class AttributeView {
 public:
  AttributeView() = default;
  explicit AttributeView(const char* at) : at_(at) {}
  explicit operator bool() const { return at_ != nullptr; }
  Type type() const { return static_cast<Type>(*at_); }
  /// The bytes of S and B, the key of N.
  std::string_view bytes() const {
    const char* at = at_ + 1;
    return read_text(at);
  }
  bool boolean() const { return at_[1] != 0; }
  /// All of it, type included.
  std::string_view encoded() const { return {at_, static_cast<size_t>(end() - at_)}; }
  const char* end() const {
    const char* at = at_ + 1;
    switch (type()) {
      case Type::NUL: return at;
      case Type::BOOL: return at + 1;
      case Type::S:
      case Type::N:
      case Type::B: {
        const uint32_t size = read_length(at);
        return at + size;
      }
      default: return at + 4 + content_size();
    }
  }
  /// Sets, lists and maps.
  uint32_t count() const {
    const char* at = at_ + 5;
    return read_length(at);
  }
  /// Where the elements begin.
  const char* elements() const {
    const char* at = at_ + 5;
    read_length(at);
    return at;
  }
  /// A list's element or a map's entry, or an invalid view.
  AttributeView element(size_t index) const;
  AttributeView entry(std::string_view name) const;
  /// Whether a set holds the element.
  bool contains(std::string_view element) const;

 private:
  uint32_t content_size() const {
    uint32_t size = 0;
    std::memcpy(&size, at_ + 1, sizeof size);
    return size;
  }
  const char* at_ = nullptr;
};

/// The attributes of an item or map between two places: for (Entries e(...); e; e.next()).
class Entries {
 public:
  Entries(const char* begin, const char* end) : at_(begin), end_(end) { read(); }
  explicit Entries(AttributeView map) : Entries(map.elements(), map.end()) {}
  explicit operator bool() const { return name_.data() != nullptr; }
  std::string_view name() const { return name_; }
  AttributeView value() const { return AttributeView(at_); }
  void next() {
    at_ = value().end();
    read();
  }

 private:
  void read() {
    if (at_ == end_)
      name_ = {};
    else
      name_ = read_text(at_);
  }
  const char* at_;
  const char* end_;
  std::string_view name_;
};

/// A list's values: for (Elements e(list); e; e.next()).
class Elements {
 public:
  explicit Elements(AttributeView list) : at_(list.elements()), end_(list.end()) {}
  explicit operator bool() const { return at_ != end_; }
  AttributeView value() const { return AttributeView(at_); }
  void next() { at_ = value().end(); }

 private:
  const char* at_;
  const char* end_;
};

/// A set's elements: for (Members m(set); m; m.next()).
class SetElements {
 public:
  explicit SetElements(AttributeView set) : at_(set.elements()), end_(set.end()) {}
  explicit operator bool() const { return at_ != end_; }
  std::string_view bytes() const {
    const char* at = at_;
    return read_text(at);
  }
  void next() { read_text(at_); }

 private:
  const char* at_;
  const char* end_;
};

// --- writing ------------------------------------------------------------------------------------
void append_scalar(std::string& out, Type type, std::string_view bytes);
/// Opens a set, list or map; close_container fills the length in.
size_t open_container(std::string& out, Type type, size_t count);
void close_container(std::string& out, size_t opened);
void append_name(std::string& out, std::string_view name);

/// From an AttributeValue of a request, as parsed or as decoded by the model. Throws AWS's
/// ValidationException, or SerializationException where the document's kinds are wrong.
void append_attribute(std::string& out, const Value& value, int depth = 0);

/// Throws SerializationException where a name stands twice: the model's decoder keeps the last.
void check_unique_names(const Value& map);

// --- looking at them ------------------------------------------------------------------------
bool equal(AttributeView a, AttributeView b);
/// Order of two of one scalar type: negative, zero, positive.
inline int compare_bytes(std::string_view a, std::string_view b) {
  using Word = uint64_t;  // the first byte weighs most
  const auto word = [](std::string_view text, size_t at) {
    return __builtin_bswap64(load_word<Word>(text.data() + at));
  };
  const size_t common = a.size() < b.size() ? a.size() : b.size();
  constexpr size_t step = sizeof(Word);
  if (common >= step) {
    for (size_t at = 0; at < common; at += step) {
      const size_t from = at + step <= common ? at : common - step;  // those before are the same
      const Word x = word(a, from), y = word(b, from);
      if (x != y) return x < y ? -1 : 1;
    }
  } else if (const int order = common ? std::memcmp(a.data(), b.data(), common) : 0) {
    return order;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}
/// As AWS counts: UTF-8 bytes, digits in pairs, containers 3 and one an element.
size_t attribute_size(AttributeView value);
/// `{"S":"text"}`.
void append_json(std::string& out, AttributeView value);
/// `{S:text}` as messages show it.
std::string shown(AttributeView value);

}  // namespace squall::dynamodb
