// libFuzzer target: attributes straight from a request's text. They are what the parsed document
// gives, or they are left alone.
#include <cstdlib>
#include <string>

#include "emulator/protocol/json.h"
#include "services/dynamodb/item.h"
#include "services/dynamodb/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace squall;
  Arena arena;
  const Arena::Use use(arena);
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  dynamodb::PlainText in(json);
  std::string_view stored;
  if (!in.attributes(stored) || !in.at_end()) return 0;
  Value document;
  if (!protocol::parse_json(json, document)) std::abort();
  std::string expected;
  dynamodb::append_attributes(expected, document, {}, {});  // refuses nothing that was plain
  if (stored != expected) std::abort();
  std::string rendered;
  dynamodb::append_attributes_json(rendered, stored);
  return protocol::parse_json(rendered, document) ? 0 : (std::abort(), 0);
}
