// XML by appending: tags and escaped text, grown in place because the largest answers are XML.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"
#include "emulator/protocol/codec.h"

namespace squall::protocol {

using model::Tag;

/// Appends to a string, whose storage it grows and cuts to size at the end (or when destroyed).
class XmlSink {
 public:
  explicit XmlSink(std::string& out);
  /// Into an arena's memory, from where what is written is never moved.
  explicit XmlSink(RenderRoom& room) : room_(&room), start_(room.at), at_(start_), end_(room.end) {}
  ~XmlSink() { finish(); }
  XmlSink(const XmlSink&) = delete;
  XmlSink& operator=(const XmlSink&) = delete;
  void finish();
  /// In a RenderRoom: what this sink has written.
  std::string_view written() const { return {start_, static_cast<size_t>(at_ - start_)}; }

  void raw(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  void open(Tag tag) { at_ = put_open(room(tag.name_size + 2), tag); }
  void close(Tag tag) { at_ = put_close(room(tag.name_size + 3), tag); }
  /// Names that no model holds.
  void open(std::string_view name) { named("<", name, ">"); }
  void close(std::string_view name) { named("</", name, ">"); }
  void empty(std::string_view name) { named("<", name, "/>"); }
  /// Text content; characters that XML cannot hold become U+FFFD.
  void text(std::string_view text) {
    if (copy_plain(room(text.size()), text))
      at_ += text.size();
    else
      escape(text);
  }
  void attribute(std::string_view name, std::string_view value) {
    named(" ", name, "=\"");
    text(value);
    raw("\"");
  }
  void element(Tag tag, std::string_view content) {
    at_ = put_open(room(2 * tag.name_size + 5 + content.size()), tag);
    if (copy_plain(at_, content)) {
      at_ = put_close(at_ + content.size(), tag);
      return;
    }
    escape(content);
    close(tag);
  }
  /// An element of what `put` writes: at most `bytes`, nothing to escape, returning the end.
  template <class Put>
  void element_of(Tag tag, size_t bytes, Put put) {
    at_ = put_close(put(put_open(room(2 * tag.name_size + 5 + bytes), tag)), tag);
  }
  void element(std::string_view name, std::string_view content) {
    open(name);
    text(content);
    close(name);
  }

 private:
  static constexpr size_t word_bytes = 32;  // copied whole, whatever the length of a name

  /// At least so many bytes and a word more.
  char* room(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes + word_bytes) grow(bytes + word_bytes);
    return at_;
  }
  /// Both may be read and written one word beyond their end.
  static void copy_name(char* to, const char* from, size_t size) {
    std::memcpy(to, from, word_bytes);
    if (size > word_bytes) [[unlikely]]
      std::memcpy(to + word_bytes, from + word_bytes, size - word_bytes);
  }
  static char* put_open(char* to, Tag tag) {
    *to = '<';
    copy_name(to + 1, tag.text + 2, tag.name_size + 1);
    return to + tag.name_size + 2;
  }
  static char* put_close(char* to, Tag tag) {
    copy_name(to, tag.text, tag.name_size + 3);
    return to + tag.name_size + 3;
  }
  void named(std::string_view before, std::string_view name, std::string_view after) {
    raw(before);
    raw(name);
    raw(after);
  }
  /// Copies text and tells whether it was good as it is; if not, nothing is written yet.
  static bool copy_plain(char* to, std::string_view text);
  void grow(size_t bytes);
  void escape(std::string_view text);

  void grow_in_arena(size_t bytes);

  std::string* out_ = nullptr;  // either this or that
  RenderRoom* room_ = nullptr;
  char* start_ = nullptr;
  char* at_;
  char* end_;
};

/// Sixteen bytes at once: whether none of them may have to be escaped. False alarms are allowed.
using XmlBytes = signed char __attribute__((vector_size(16)));
[[gnu::always_inline]] inline bool is_plain(XmlBytes b) {
  using Words = uint64_t __attribute__((vector_size(16)));
  // One test takes '<' and '>' together (they differ in one bit), one '"' and '&'; negative bytes
  // are not ASCII.
  const auto marked = (b < 0x20) | ((b & ~2) == '<') | ((b & ~4) == '"');
  const Words words = reinterpret_cast<Words>(marked);
  return (words[0] | words[1]) == 0;
}

[[gnu::always_inline]] inline bool XmlSink::copy_plain(char* to, std::string_view text) {
  const char* from = text.data();
  const size_t size = text.size();
  const auto copied = [&]<class Word>(Word word, size_t at) {
    std::memcpy(&word, from + at, sizeof word);
    std::memcpy(to + at, &word, sizeof word);
    return word;
  };
  const auto are_plain = [](uint64_t first, uint64_t last) {
    using Words = uint64_t __attribute__((vector_size(16)));
    return is_plain(reinterpret_cast<XmlBytes>(Words{first, last}));
  };
  if (size >= 16) {
    size_t at = 0;
    for (; at + 16 <= size; at += 16)
      if (!is_plain(copied(XmlBytes{}, at))) return false;
    return at == size || is_plain(copied(XmlBytes{}, size - 16));
  }
  if (size >= 8) return are_plain(copied(uint64_t{}, 0), copied(uint64_t{}, size - 8));
  uint64_t word = 0x2020202020202020;
  if (size >= 4) {
    word = copied(uint32_t{}, 0) | uint64_t{copied(uint32_t{}, size - 4)} << 32;
  } else {
    for (size_t at = 0; at < size; ++at) {
      to[at] = from[at];
      word = word << 8 | static_cast<unsigned char>(from[at]);
    }
  }
  return are_plain(word, word);
}

struct XmlStyle {
  bool always_fraction = false;  // timestamps show milliseconds even when zero
  bool attributes = false;       // rest-xml: namespaces and attributes on inner elements
};
/// The members of a structure as elements, without the structure's own tag.
void write_xml_members(XmlSink& sink, const Value& value, model::Shape shape, XmlStyle style);
/// One item of a list-valued member, as write_xml_member writes it there.
void write_xml_item(XmlSink& sink, const Value& item, model::ShapeMember list, XmlStyle style);
/// One member of a structure with its tags (a payload, or a member of an error).
void write_xml_member(XmlSink& sink, const Value& value, model::ShapeMember member,
                      XmlStyle style);

/// The structure's members that are attributes of its own tag.
void write_xml_attributes(XmlSink& sink, const Value& value, model::Shape shape);

constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace squall::protocol
