// Texts looked at many bytes at a time say what a look at each byte says.
#include "emulator/core/text.h"

#include <gtest/gtest.h>

#include "emulator/core/json_text.h"

namespace squall {
namespace {

bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

TEST(Text, PlainJsonEndsAtTheFirstByteThatIsNot) {
  for (size_t size = 0; size <= 40; ++size)
    for (size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(plain_json_prefix(text), is_plain(static_cast<unsigned char>(byte)) ? size : at)
            << size << ' ' << at << ' ' << byte;
      }
}

TEST(Text, SpecialBytesOfAWordAreSeen) {
  for (int shift = 0; shift < 64; shift += 8)
    for (uint64_t byte = 0; byte < 256; ++byte) {
      const uint64_t others = 0x6161616161616161ULL & ~(uint64_t{0xFF} << shift);
      ASSERT_EQ(has_json_special(others | byte << shift) == 0,
                is_plain(static_cast<unsigned char>(byte)))
          << shift << ' ' << byte;
    }
}

TEST(Text, CaseIsIgnoredOfLettersOnly) {
  const auto small = [](int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
  for (const size_t size : {1, 8, 11})
    for (int a = 0; a < 256; ++a)
      for (int b = 0; b < 256; ++b) {
        std::string one(size, 'm'), other(size, 'M');
        one[size / 2] = static_cast<char>(a);
        other[size / 2] = static_cast<char>(b);
        ASSERT_EQ(equals_ignore_case(one, other), small(a) == small(b)) << a << ' ' << b;
      }
  EXPECT_FALSE(equals_ignore_case("x-amz-target", "x-amz-targe"));
}

}  // namespace
}  // namespace squall
