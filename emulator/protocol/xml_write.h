// XML by appending: tags and escaped text, grown in place because the largest answers are XML.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "emulator/core/value.h"
#include "emulator/model/model.h"

namespace squall::protocol {

/// Writes into a string's storage and cuts it to size at the end (or when destroyed).
class XmlSink {
 public:
  explicit XmlSink(std::string& out);
  ~XmlSink() { finish(); }
  XmlSink(const XmlSink&) = delete;
  XmlSink& operator=(const XmlSink&) = delete;
  void finish();

  void raw(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  void open(std::string_view name) {
    char* to = room(name.size() + 2);
    *to = '<';
    copy_short(to + 1, name);
    to[name.size() + 1] = '>';
    at_ += name.size() + 2;
  }
  void close(std::string_view name) {
    char* to = room(name.size() + 3);
    to[0] = '<';
    to[1] = '/';
    copy_short(to + 2, name);
    to[name.size() + 2] = '>';
    at_ += name.size() + 3;
  }
  void empty(std::string_view name) {
    raw("<");
    raw(name);
    raw("/>");
  }
  /// Text content; characters that XML cannot hold become U+FFFD.
  void text(std::string_view text) {
    if (!escape_plain(text)) escape_slowly(text);
  }
  void attribute(std::string_view name, std::string_view value) {
    raw(" ");
    raw(name);
    raw("=\"");
    text(value);
    raw("\"");
  }
  void element(std::string_view name, std::string_view content) {
    open(name);
    text(content);
    close(name);
  }
  char* room(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) grow(bytes);
    return at_;
  }
  void advance(size_t bytes) { at_ += bytes; }

 private:
  /// Names are short: two overlapping words beat a call of memcpy.
  static void copy_short(char* to, std::string_view text) {
    const char* from = text.data();
    const size_t size = text.size();
    if (size > 32 || size < 4) {
      std::memcpy(to, from, size);
    } else if (size >= 16) {
      std::memcpy(to, from, 16);
      std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
      std::memcpy(to, from, 8);
      std::memcpy(to + size - 8, from + size - 8, 8);
    } else {
      std::memcpy(to, from, 4);
      std::memcpy(to + size - 4, from + size - 4, 4);
    }
  }
  void grow(size_t bytes);
  bool escape_plain(std::string_view text);
  void escape_slowly(std::string_view text);

  std::string& out_;
  char* at_;
  char* end_;
};

struct XmlStyle {
  bool always_fraction = false;  // timestamps show milliseconds even when zero
  bool attributes = false;       // rest-xml: namespaces and attributes on inner elements
};
/// The members of a structure as elements, without the structure's own tag.
void write_xml_members(XmlSink& sink, const Value& value, model::Shape shape, XmlStyle style);
/// One member of a structure with its tags (a payload, or a member of an error).
void write_xml_member(XmlSink& sink, const Value& value, model::ShapeMember member,
                      XmlStyle style);

/// The structure's members that are attributes of its own tag.
void write_xml_attributes(XmlSink& sink, const Value& value, model::Shape shape);

constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace squall::protocol
