// Requests that write items, straight from their text: attributes go into stored form without a
// document between. Only what is plain is read (no escapes, sets or binaries, nothing that might be
// refused); all else is left to those who read the document.
#pragma once

#include <string_view>

#include "services/dynamodb/attribute.h"

namespace squall::dynamodb {

/// Reads forward. Each function moves behind what it has read; false where something else stands
/// there: then the text is not plain, and whatever was read is of no use.
class PlainText {
 public:
  /// Stored forms live in the request's memory (Arena).
  explicit PlainText(std::string_view json);

  /// A string. It is a part of the text.
  bool string(std::string_view& text);
  /// A map of AttributeValues, in stored form.
  bool attributes(std::string_view& stored);
  bool at_end();

  /// `{"name": ...}`: `each` reads the value of a name.
  template <class F>
  bool object(F each) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      std::string_view name;
      if (!string(name) || !take(':') || !each(name)) return false;
    } while (take(','));
    return take('}');
  }
  /// `[...]`: `each` reads an element.
  template <class F>
  bool list(F each) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!each()) return false;
    } while (take(','));
    return take(']');
  }

 private:
  struct Place;
  bool take(char c);
  static Place entries(Place p, const char* end, int depth, size_t& count);
  static Place elements(Place p, const char* end, int depth, size_t& count);
  static Place container(Place p, const char* end, Type type, int depth);
  static Place value(Place p, const char* end, int depth);

  const char* at_;
  const char* const end_;
  char* out_;  // there is room for all that can come: stored forms are shorter than their JSON
};

}  // namespace squall::dynamodb
