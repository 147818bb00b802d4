// The attribute at one place of an item mostly has the name and type of the one before it there.
#include "services/dynamodb/item_writer.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace squall::dynamodb {

[[gnu::always_inline]] inline bool ItemWriter::Heading::stands_at(const char* at,
                                                                  const char* end) const {
  constexpr size_t chunk = 16;
  const auto left = static_cast<size_t>(end - at);
  if (stored_size <= chunk && left >= chunk) return same_of_16(at, stored.data(), stored_size);
  return left >= stored_size && std::memcmp(at, stored.data(), stored_size) == 0;
}

bool ItemWriter::Heading::learn(const char* at, bool first) {
  const char* const begin = at;
  const std::string_view name = read_text(at);
  if (name.empty() || name.size() > name_max || plain_json_prefix(name) != name.size())
    return false;
  type = static_cast<Type>(*at);
  const TypePrefix& prefix = type_prefixes[static_cast<size_t>(type)];
  const std::string text = cat(first ? "{\"" : ",\"", name, "\":",
                               std::string_view(prefix.text.data(), prefix.size));
  stored_size = static_cast<uint8_t>(at + 1 - begin);
  shown_size = static_cast<uint8_t>(text.size());
  std::memcpy(stored.data(), begin, stored_size);
  std::memcpy(shown.data(), text.data(), shown_size);
  return true;
}

ItemWriter::ItemWriter(std::string& list)
    : first_(list.empty() || list.back() == '['), out_(list, 0) {}

void ItemWriter::append(std::string_view attributes) {
  const char* at = attributes.data();
  const char* const end = at + attributes.size();
  char* to = out_.room(out_.at(), JsonOut::slack);
  if (!first_) *to++ = ',';
  first_ = false;
  if (at == end) *to++ = '{';
  Heading* const last = &headings_.back();
  for (Heading* heading = headings_.data(); at != end; heading += heading != last) {
    const bool first = heading == headings_.data();
    if (heading->stands_at(at, end) || heading->learn(at, first)) [[likely]] {
      std::memcpy(to, heading->shown.data(), heading->shown.size());
      at += heading->stored_size;
      to = put_content(out_, heading->type, to + heading->shown_size, at, end);
    } else {
      *to++ = first ? '{' : ',';
      to = put_entry(out_, to, at, end);
    }
  }
  *to++ = '}';
  out_.move_to(to);
}

}  // namespace squall::dynamodb
