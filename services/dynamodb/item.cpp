// Building and printing items.
#include "services/dynamodb/item.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb {

Item* Item::make(std::string_view attributes) {
  void* memory = std::malloc(sizeof(Item) + attributes.size());
  if (!memory) throw std::bad_alloc();
  Item* item = new (memory) Item();
  item->size_ = static_cast<uint32_t>(attributes_size(attributes));
  item->length_ = static_cast<uint32_t>(attributes.size());
  std::memcpy(static_cast<char*>(memory) + sizeof(Item), attributes.data(), attributes.size());
  return item;
}

void Item::free(const Item* item) { std::free(const_cast<Item*>(item)); }

size_t attributes_size(std::string_view attributes) {
  size_t size = 0;
  const char* at = attributes.data();
  const char* const end = at + attributes.size();
  while (at != end) {
    size += read_text(at).size();
    const AttributeView value(at);
    switch (value.type()) {  // those that most are, in one pass
      case Type::S: size += read_text(++at).size(); break;
      case Type::N: size += number_size(read_text(++at)); break;
      default:
        size += attribute_size(value);
        at = value.end();
    }
  }
  return size;
}

void append_attributes(std::string& out, const Value& map, std::string_view hash,
                       std::string_view range) {
  if (!map.is_map()) throw serialization("Unexpected value type in payload");
  check_unique_names(map);
  const auto append = [&out](const Member& m) {
    append_name(out, m.key.text);
    append_attribute(out, m.value);
  };
  for (const std::string_view key : {hash, range})
    if (!key.empty())
      if (const Member* m = map.find(key)) append(*m);
  for (const Member& m : map.members())
    if (m.key.text != hash && m.key.text != range) append(m);
}

std::string_view with_keys_first(std::string_view attributes, std::string_view hash,
                                 std::string_view range, std::string& buffer) {
  Entries first(attributes.data(), attributes.data() + attributes.size());
  if (first && first.name() == hash) {  // most clients write their keys first themselves
    first.next();
    if (range.empty() || (first && first.name() == range)) return attributes;
  }
  buffer.clear();
  buffer.reserve(attributes.size());
  const auto each = [&](auto wanted) {
    for (Entries e(attributes.data(), attributes.data() + attributes.size()); e; e.next()) {
      if (!wanted(e.name())) continue;
      append_name(buffer, e.name());
      buffer += e.value().encoded();
    }
  };
  each([&](std::string_view name) { return name == hash; });
  if (!range.empty()) each([&](std::string_view name) { return name == range; });
  each([&](std::string_view name) { return name != hash && (range.empty() || name != range); });
  return buffer;
}

}  // namespace squall::dynamodb
