// Numbers are exact and texts come whole, whatever the parser hands over in parts.
#include "emulator/protocol/json.h"

#include <gtest/gtest.h>

#include "emulator/core/text.h"
#include "emulator/protocol/conform.h"

namespace squall::protocol {
namespace {

std::string parsed(std::string_view text) {
  Value value;
  return parse_json(text, value) ? to_json(value) : "(refused)";
}

TEST(Json, Numbers) {
  EXPECT_EQ(parsed("[0,-1,9223372036854775807,-9223372036854775808]"),
            "[0,-1,9223372036854775807,-9223372036854775808]");
  EXPECT_EQ(parsed("9223372036854775808"), "9223372036854775808.0");
  EXPECT_EQ(parsed("[0.1,1e3,123456789.123456789,2.2250738585072014e-308]"),
            "[0.1,1000.0,123456789.12345679,2.2250738585072014e-308]");
  EXPECT_EQ(parsed("1e-400"), "0.0");
  EXPECT_EQ(parsed("1e400"), "(refused)");
  EXPECT_EQ(parsed("01"), "(refused)");
}

TEST(Json, Texts) {
  EXPECT_EQ(parsed(R"(" a\u00e9\ud83d\ude00\n\"b\\ ")"),
            "\" a\xC3\xA9\xF0\x9F\x98\x80\\n\\\"b\\\\ \"");
  EXPECT_EQ(parsed(R"({"k\u0031":"v","k2":""})"), R"({"k1":"v","k2":""})");
  EXPECT_EQ(parsed(R"("\ud83d")"), "(refused)");
}

TEST(Json, TheLastOfEqualKeysCounts) {
  const model::Shape item = model::find_service("dynamodb")->find_shape("PutItemInputAttributeMap");
  std::string text = "{";
  for (int i = 0; i < 40; ++i) text += cat("\"k", i % 20, "\":{\"N\":\"", i, "\"},");
  text.back() = '}';
  Value value;
  ASSERT_TRUE(parse_json(text, value));
  const Value map = conform(value, item);
  EXPECT_EQ(map.size(), 20U);
  EXPECT_EQ(to_json(map.at("k0")), R"({"N":"20"})");
  EXPECT_EQ(to_json(map.at("k19")), R"({"N":"39"})");
}

TEST(Json, WhiteSpaceAround) {
  EXPECT_EQ(parsed(" \r\n\t{ } \n"), "{}");
  EXPECT_EQ(parsed("true"), "true");
  EXPECT_EQ(parsed("{} x"), "(refused)");
  EXPECT_EQ(parsed(""), "(refused)");
}

}  // namespace
}  // namespace squall::protocol
