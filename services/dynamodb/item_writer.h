// A page's items as JSON. What the items of a table have in common, the names and types of their
// attributes, is rendered once and then only compared.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "services/dynamodb/attribute.h"
#include "services/dynamodb/attribute_json.h"

namespace squall::dynamodb {

/// Appends items to a list that stands open at the end of a text. While it lives, nobody else
/// writes to that text.
class ItemWriter {
 public:
  explicit ItemWriter(std::string& list);
  /// Attributes in stored form.
  void append(std::string_view attributes);

 private:
  /// An attribute's name and type as they stand in stored bytes, and what they are in JSON.
  struct Heading {
    static constexpr size_t name_max = 30;
    Heading() { stored.fill('\xFF'); }  // stands nowhere: no name is that long
    bool stands_at(const char* at, const char* end) const;
    /// False where it is not worth it, or the name not plain: the heading stays what it was.
    bool learn(const char* at, bool first);

    uint8_t stored_size = 16;
    uint8_t shown_size = 0;
    Type type = Type::S;
    std::array<char, 32> stored;
    std::array<char, 48> shown{};
  };
  static_assert(sizeof(Heading::shown) <= JsonOut::slack);
  static constexpr size_t headings_max = 32;

  bool first_;
  JsonOut out_;
  std::array<Heading, headings_max> headings_;
};

}  // namespace squall::dynamodb
