// Stored values as JSON text. A page holds thousands of them, so bytes are written straight into
// the answer's buffer, which is made long enough beforehand.
#pragma once

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "emulator/core/json_text.h"
#include "services/dynamodb/attribute.h"

namespace squall::dynamodb {

/// Copies a text of up to 16 bytes that needs no escapes; false where it does.
bool copy_plain_short(char* to, std::string_view text);

/// Copies a text that needs no escapes; false where it does. Most are short, and stand before
/// others: until `end` all is readable. Up to 16 bytes behind the text are written to.
[[gnu::always_inline]] inline bool copy_plain(char* to, std::string_view text, const char* end) {
  constexpr size_t chunk = 16;
  if (text.size() > chunk) return copy_plain_json(to, text);
  if (end - text.data() >= static_cast<ptrdiff_t>(chunk))
    return copy_plain_16(to, text.data(), text.size());
  return copy_plain_short(to, text);
}

/// The end of a text that is being written. Whoever writes keeps the place where it ends in a local
/// variable: what is written through a pointer to characters might be a member, for all that the
/// compiler knows. There are always `slack` bytes of room, for what stands between two texts.
class JsonOut {
 public:
  static constexpr size_t slack = 64;

  JsonOut(std::string& text, size_t expected) : text_(text) {
    const size_t used = text.size();
    text.resize(used + expected + slack);
    place(used);
  }
  ~JsonOut() { text_.resize(used()); }
  JsonOut(const JsonOut&) = delete;
  JsonOut& operator=(const JsonOut&) = delete;

  char* at() { return at_; }
  void move_to(char* at) { at_ = at; }
  /// `to`, or where that is once there is room for so many bytes behind it, and slack.
  [[gnu::always_inline]] char* room(char* to, size_t size) {
    if (static_cast<size_t>(end_ - to) >= size + slack) [[likely]]
      return to;
    return grow(to, size + slack);
  }
  /// A text between quotes that may need escapes.
  char* escaped(char* to, std::string_view text);

 private:
  size_t used() const { return static_cast<size_t>(at_ - text_.data()); }
  void place(size_t used) {
    at_ = text_.data() + used;
    end_ = text_.data() + text_.size();
  }
  char* grow(char* to, size_t size);

  std::string& text_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

/// `{"S":`
struct TypePrefix {
  std::array<char, 8> text{};
  uint8_t size = 0;
  consteval TypePrefix(std::string_view type) {
    for (const std::string_view part : {std::string_view("{\""), type, std::string_view("\":")})
      for (const char c : part) text.at(size++) = c;
  }
};
/// In the order of Type.
inline constexpr std::array<TypePrefix, 10> type_prefixes{
    {{"S"}, {"N"}, {"B"}, {"BOOL"}, {"NULL"}, {"SS"}, {"NS"}, {"BS"}, {"L"}, {"M"}}};

/// A text between quotes; until `end` all is readable.
[[gnu::always_inline]] inline char* put_text(JsonOut& out, char* to, std::string_view text,
                                             const char* end) {
  to = out.room(to, text.size() + JsonOut::slack);
  *to = '"';
  if (!copy_plain(to + 1, text, end)) [[unlikely]]
    return out.escaped(to, text);
  to[text.size() + 1] = '"';
  return to + text.size() + 2;
}

/// A number by its key, in normal form; gives its end. Asks for that much room.
constexpr size_t number_text_max = 192;
char* put_number(char* at, std::string_view key);

/// Where what was written ends, and where the value ended that it was made of.
struct Written {
  char* to;
  const char* at;
};
/// Binaries, sets, lists, maps and null: what stands behind their prefix.
Written put_other(JsonOut& out, Type type, char* to, const char* at, const char* end);

/// What stands behind a prefix, and the brace that closes the value; from `at`, which moves behind
/// it. `to` is the end of what was written, as is what is given; there is room for `slack` then.
[[gnu::always_inline]] inline char* put_content(JsonOut& out, Type type, char* to, const char*& at,
                                                const char* end) {
  if (type == Type::S) [[likely]] {
    to = put_text(out, to, read_text(at), end);
  } else if (type == Type::N) {
    const std::string_view key = read_text(at);
    to = out.room(to, number_text_max + JsonOut::slack);
    *to = '"';
    to = put_number(to + 1, key);
    *to++ = '"';
  } else if (type == Type::BOOL) {
    to = out.room(to, JsonOut::slack);
    const bool is_true = *at++;
    std::memcpy(to, is_true ? "true" : "false", 5);
    to += is_true ? 4 : 5;
  } else {
    const Written other = put_other(out, type, to, at, end);
    at = other.at;
    to = out.room(other.to, JsonOut::slack);
  }
  *to = '}';
  return to + 1;
}

/// `{"S":"text"}`: the value that stands at `at`, which moves behind it; what it is part of ends at
/// `end`.
[[gnu::always_inline]] inline char* put_value(JsonOut& out, char* to, const char*& at,
                                              const char* end) {
  const auto type = static_cast<Type>(*at++);
  const TypePrefix& prefix = type_prefixes[static_cast<size_t>(type)];
  std::memcpy(to, prefix.text.data(), prefix.text.size());
  return put_content(out, type, to + prefix.size, at, end);
}

/// `"pk":{"S":"text"}`: the name and value that stand at `at`.
[[gnu::always_inline]] inline char* put_entry(JsonOut& out, char* to, const char*& at,
                                              const char* end) {
  to = put_text(out, to, read_text(at), end);
  *to++ = ':';
  return put_value(out, to, at, end);
}

}  // namespace squall::dynamodb
