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
    std::memcpy(to + 1, name.data(), name.size());
    to[name.size() + 1] = '>';
    at_ += name.size() + 2;
  }
  void close(std::string_view name) {
    char* to = room(name.size() + 3);
    to[0] = '<';
    to[1] = '/';
    std::memcpy(to + 2, name.data(), name.size());
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
  void grow(size_t bytes);
  bool escape_plain(std::string_view text);
  void escape_slowly(std::string_view text);

  std::string& out_;
  char* at_;
  char* end_;
};

/// The members of a structure as elements, without the structure's own tag.
/// `always_fraction`: timestamps show milliseconds even when zero.
struct XmlStyle {
  bool always_fraction = false;
};
void write_xml_members(XmlSink& sink, const Value& value, model::Shape shape, XmlStyle style);
/// One member of a structure with its tags (a payload, or a member of an error).
void write_xml_member(XmlSink& sink, const Value& value, model::ShapeMember member,
                      XmlStyle style);

/// The structure's members that are attributes of its own tag.
void write_xml_attributes(XmlSink& sink, const Value& value, model::Shape shape);

constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace squall::protocol
