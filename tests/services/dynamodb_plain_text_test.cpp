// What is read straight from a request's text is what the parsed document gives, or it is left
// alone.
#include <gtest/gtest.h>

#include <random>

#include "emulator/core/error.h"
#include "emulator/core/text.h"
#include "emulator/protocol/json.h"
#include "services/dynamodb/item.h"
#include "services/dynamodb/plain_text.h"

namespace squall::dynamodb {
namespace {

/// The stored form by way of the document; nothing where that is refused.
std::optional<std::string> by_document(std::string_view json) {
  Value document;
  if (!protocol::parse_json(json, document)) return {};
  try {
    std::string stored;
    append_attributes(stored, document, {}, {});
    return stored;
  } catch (const AwsError&) {
    return {};
  }
}

std::optional<std::string> straight(std::string_view json) {
  // Of its own allocation: whatever reads behind it is found out by the sanitizers.
  const std::vector<char> text(json.begin(), json.end());
  PlainText in({text.data(), text.size()});
  std::string_view stored;
  if (!in.attributes(stored) || !in.at_end()) return {};
  return std::string(stored);
}

void expect_plain(std::string_view json) {
  ASSERT_TRUE(straight(json)) << json;
  EXPECT_EQ(straight(json), by_document(json)) << json;
}

TEST(PlainText, ReadsWhatClientsMostlyWrite) {
  Arena arena;
  const Arena::Use use(arena);
  expect_plain(R"({"pk": {"S": "user#1"}, "sk": {"N": "12.50"}})");
  expect_plain(R"({"pk":{"S":"user#1"},"on":{"BOOL":true},"off":{"BOOL":false}})");
  expect_plain(R"({"pk":{"S":"user#1"},"no":{"NULL":true},"n":{"N":"-1"}})");
  expect_plain(R"( { "l" : { "L" : [ { "S" : "a" } , {"L":[]}, {"M":{}} ] } } )");
  expect_plain(R"({"m":{"M":{"inner":{"M":{"n":{"N":"-0.007"}}},"x":{"S":""}}}})");
  expect_plain("{\"\xC3\xA9t\xC3\xA9\":{\"S\":\"\xE6\xBC\xA2 \xF0\x9F\x98\x80\"}}");
  expect_plain(cat(R"({"long":{"S":")", std::string(5000, 'x'), R"("},"z":{"N":"0"}})"));
  for (const size_t count : {127, 128, 20'000}) {
    std::string list;
    for (size_t i = 0; i < count; ++i) list += cat(i ? "," : "", R"({"N":")", i, R"("})");
    expect_plain(cat(R"({"list":{"L":[)", list, R"(]},"behind":{"S":"x"}})"));
  }
}

TEST(PlainText, LeavesTheRestToTheDocument) {
  Arena arena;
  const Arena::Use use(arena);
  for (const char* json : {
           R"({"a":{"S":"\u0041"}})", R"({"a":{"S":"x\"y"}})", R"({"a\n":{"S":"x"}})",
           R"({"a":{"SS":["x"]}})", R"({"a":{"NS":["1"]}})", R"({"a":{"B":"eA=="}})",
           R"({"a":{"S":"x","N":"1"}})", R"({"a":{"S":"x"},"a":{"S":"y"}})", R"({"a":{}})",
           R"({"a":{"S":null}})", R"({"a":{"N":1}})", R"({"a":{"N":"1e5000"}})",
           R"({"a":{"N":"x"}})", R"({"a":{"N":""}})", R"({"a":{"NULL":false}})",
           R"({"a":{"BOOL":"true"}})", R"({"a":{"X":"y"}})", R"({"a":null})", R"({"":{"S":"x"}})",
           R"({"a":{"M":{"b":{"S":"1"},"b":{"S":"2"}}}})", R"({"a":{"S":"x"})",
           R"({"a":{"S":"x"}}x)",
           R"({"a":{"S":"x"},})", R"({"a":{"L":[{"S":"x"},]}})", "", "{", "[]", "null"})
    EXPECT_FALSE(straight(json)) << json;
  EXPECT_FALSE(straight("{\"a\":{\"S\":\"\xFF\"}}"));
  EXPECT_FALSE(straight("{\"a\":{\"S\":\"x\ny\"}}"));
  std::string deep = R"({"S":"x"})";
  for (int depth = 0; depth < 32; ++depth) deep = cat(R"({"L":[)", deep, "]}");
  expect_plain(cat(R"({"a":)", deep, "}"));
  EXPECT_FALSE(straight(cat(R"({"a":{"L":[)", deep, "]}}")));
}

/// Texts that are nearly right, in every way of being wrong.
TEST(PlainText, NeverDiffersFromTheDocument) {
  constexpr std::string_view seed =
      R"({"pk": {"S": "user#00000001"}, "n": {"N": "-17.250"}, "ok": {"BOOL": true}, )"
      R"("none": {"NULL": true}, "list": {"L": [{"S": "a"}, {"M": {"x": {"N": "0.5"}}}]}})";
  constexpr std::string_view pieces[] = {"\"",  "\\",    "{",  "}",   "[",    "]",  ":",
                                         ",",   " ",     "1",  "-",   ".",    "e",  "S",
                                         "N",   "BOOL",  "L",  "M",   "null", "pk", "\xC3\xA9",
                                         "\xC3", "true", "\n", "\x01", "\\u0041"};
  std::mt19937_64 random(5);
  size_t plain = 0;
  for (int i = 0; i < 60'000; ++i) {
    Arena arena;
    const Arena::Use use(arena);
    std::string json(seed);
    for (size_t changes = 1 + random() % 2; changes > 0; --changes) {
      const size_t at = random() % json.size(), size = random() % 3;
      json.replace(at, size, random() % 3 ? pieces[random() % std::size(pieces)] : "");
    }
    const auto stored = straight(json);
    if (!stored) continue;
    ++plain;
    ASSERT_EQ(stored, by_document(json)) << json;
  }
  EXPECT_GT(plain, 5'000U);
}

}  // namespace
}  // namespace squall::dynamodb
