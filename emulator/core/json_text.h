// Which bytes a JSON string holds as they are, eight at a time.
#pragma once

#include <cstdint>
#include <cstring>

namespace squall {

template <class Word>
Word load_word(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Non-zero if one of the word's bytes is below 0x20, a quote, a backslash or not ASCII (or, for
/// bytes above such a one, perhaps: then the text is looked at byte by byte).
constexpr uint64_t has_json_special(uint64_t word) {
  constexpr uint64_t ones = 0x0101010101010101ULL;
  return ((word - ones * 0x20) | ((word ^ (ones * '"')) - ones) |
          ((word ^ (ones * '\\')) - ones) | word) &
         (ones * 0x80);
}

}  // namespace squall
