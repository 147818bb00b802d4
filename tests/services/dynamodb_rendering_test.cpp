// Stored values as JSON against a naive rendering: the fast one copies in words and remembers what
// the items of a page have in common.
#include <gtest/gtest.h>

#include <random>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/item.h"
#include "services/dynamodb/item_writer.h"

namespace squall::dynamodb {
namespace {

using Random = std::mt19937_64;

size_t below(Random& random, size_t n) { return random() % n; }

/// Mostly plain; else with something that needs escapes or is not ASCII somewhere.
std::string some_text(Random& random, size_t size_max) {
  std::string text;
  for (size_t size = below(random, size_max + 1); text.size() < size;)
    text += static_cast<char>('a' + below(random, 26));
  constexpr std::string_view specials[] = {"\"", "\\", "\n", "\x01", "\x7F", "é", "漢", "😀"};
  if (below(random, 6) == 0)
    text.insert(below(random, text.size() + 1), specials[below(random, std::size(specials))]);
  return text;
}

std::string some_number(Random& random) {
  std::string digits;
  for (size_t size = 1 + below(random, below(random, 4) ? 5 : 38); digits.size() < size;)
    digits += static_cast<char>('0' + below(random, 10));
  std::string text = below(random, 4) ? "" : "-";
  const size_t point = below(random, digits.size() + 1);
  text += cat(digits.substr(0, point), '.', digits.substr(point));
  if (below(random, 4) == 0) text += cat('E', static_cast<int64_t>(below(random, 160)) - 80);
  return text;
}

void append_number(std::string& out, std::string& json, Random& random, bool as_element) {
  const Decimal number = Decimal::parse(some_number(random));
  std::string key;
  number.append_key(key);
  as_element ? append_name(out, key) : append_scalar(out, Type::N, key);
  json += cat('"', number.text(), '"');
}

void append_entries(std::string& out, std::string& json, Random& random, size_t count, int depth);

/// A value in stored form, and its JSON.
void append_value(std::string& out, std::string& json, Random& random, int depth) {
  const auto type = static_cast<Type>(below(random, depth < 3 ? 10 : 8));
  json += cat("{\"", type_name(type), "\":");
  const auto elements = [&](auto append) {
    json += '[';
    const size_t count = 1 + below(random, 3), opened = open_container(out, type, count);
    for (size_t i = 0; i < count; ++i) {
      if (i) json += ',';
      append();
    }
    close_container(out, opened);
    json += ']';
  };
  const std::string text = some_text(random, 40);
  switch (type) {
    case Type::S:
      append_scalar(out, type, text);
      append_json_string(json, text);
      break;
    case Type::B:
      append_scalar(out, type, text);
      json += cat('"', base64_encode(text), '"');
      break;
    case Type::N: append_number(out, json, random, false); break;
    case Type::BOOL:
      out += cat(static_cast<char>(type), static_cast<char>(text.size() % 2));
      json += text.size() % 2 ? "true" : "false";
      break;
    case Type::NUL:
      out += static_cast<char>(type);
      json += "true";
      break;
    case Type::NS: elements([&] { append_number(out, json, random, true); }); break;
    case Type::SS:
    case Type::BS:
      elements([&] {
        const std::string element = some_text(random, 30);
        append_name(out, element);
        append_json_string(json, type == Type::SS ? element : base64_encode(element));
      });
      break;
    case Type::L: elements([&] { append_value(out, json, random, depth + 1); }); break;
    case Type::M: {
      const size_t count = below(random, 4), opened = open_container(out, type, count);
      append_entries(out, json, random, count, depth + 1);
      close_container(out, opened);
    }
  }
  json += '}';
}

void append_entries(std::string& out, std::string& json, Random& random, size_t count, int depth) {
  json += '{';
  for (size_t i = 0; i < count; ++i) {
    const std::string name = some_text(random, 36);
    if (i) json += ',';
    append_name(out, name);
    append_json_string(json, name);
    json += ':';
    append_value(out, json, random, depth);
  }
  json += '}';
}

struct Sample {
  std::string stored, json;
};

Sample some_item(Random& random) {
  Sample sample;
  append_entries(sample.stored, sample.json, random, below(random, 40), 0);
  return sample;
}

TEST(DynamoRendering, OfAnyItem) {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const Sample sample = some_item(random);
    std::string json = "before";
    append_attributes_json(json, sample.stored);
    ASSERT_EQ(json, "before" + sample.json);
  }
}

TEST(DynamoRendering, OfAPageOfSeveralShapes) {
  Random random(2);
  for (int page = 0; page < 300; ++page) {
    std::vector<Sample> shapes;
    for (size_t i = 0; i < 3; ++i) shapes.push_back(some_item(random));
    std::string json = "{\"Items\":[", expected = json;
    {
      ItemWriter writer(json);
      for (size_t i = below(random, 30); i > 0; --i) {
        const Sample item = below(random, 8) ? shapes[below(random, 3)] : some_item(random);
        if (expected.back() != '[') expected += ',';
        expected += item.json;
        // Of its own allocation: whatever reads behind it is found out by the sanitizers.
        const ItemRef stored = ItemRef::adopt(Item::make(item.stored));
        writer.append(stored->data());
      }
    }
    ASSERT_EQ(json, expected);
  }
}

/// One shape, other values: what a page mostly is.
TEST(DynamoRendering, OfAPageOfOneShape) {
  Random random(3);
  std::string json = "[", expected = json;
  {
    ItemWriter writer(json);
    for (int i = 0; i < 2000; ++i) {
      std::string stored, item = "{\"pk\":{\"S\":", text = some_text(random, 20);
      append_name(stored, "pk");
      append_scalar(stored, Type::S, text);
      append_json_string(item, text);
      item += "},\"n\":{\"N\":";
      append_name(stored, "n");
      append_number(stored, item, random, false);
      item += "},\"a_name_of_exactly_thirty_bytes\":{\"S\":";
      append_name(stored, "a_name_of_exactly_thirty_bytes");
      text = some_text(random, 120);
      append_scalar(stored, Type::S, text);
      append_json_string(item, text);
      item += "}}";
      writer.append(stored);
      expected += cat(expected.back() == '[' ? "" : ",", item);
    }
  }
  EXPECT_EQ(json, expected);
}

TEST(DynamoRendering, OfEverySizeOfText) {
  for (size_t size = 0; size < 70; ++size)
    for (size_t special = 0; special <= size; ++special) {
      std::string text(size, 'x');
      if (special < size) text[special] = '"';
      std::string stored, json, expected = "{\"S\":";
      append_scalar(stored, Type::S, text);
      append_json_string(expected, text);
      append_json(json, AttributeView(stored.data()));
      ASSERT_EQ(json, expected + "}");
    }
}

}  // namespace
}  // namespace squall::dynamodb
