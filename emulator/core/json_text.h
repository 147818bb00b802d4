// Which bytes a JSON string holds as they are, eight or sixteen at a time.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstdint>
#include <cstring>
#include <string_view>

namespace squall {

template <class Word>
Word load_word(const char* at) {
  Word word;
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

#ifdef __SSE2__
using JsonChunk = __m128i;
/// As signed bytes, what is not ASCII is below 0x20 too.
inline JsonChunk json_special(JsonChunk bytes) {
  return _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                      _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                   _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
}
inline JsonChunk either(JsonChunk a, JsonChunk b) { return _mm_or_si128(a, b); }
inline bool is_any(JsonChunk bytes) { return _mm_movemask_epi8(bytes) != 0; }
#else
using JsonChunk = uint64_t;
inline JsonChunk json_special(JsonChunk bytes) { return has_json_special(bytes); }
inline JsonChunk either(JsonChunk a, JsonChunk b) { return a | b; }
inline bool is_any(JsonChunk bytes) { return bytes != 0; }
#endif

/// A bit for each of sixteen bytes that needs an escape or is not ASCII.
inline uint32_t json_special_mask_16(const char* at) {
#ifdef __SSE2__
  return static_cast<uint32_t>(_mm_movemask_epi8(json_special(load_word<JsonChunk>(at))));
#else
  uint32_t mask = 0;
  for (unsigned i = 0; i < 16; ++i) {
    const auto byte = static_cast<uint8_t>(at[i]);
    mask |= uint32_t{byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\'} << i;
  }
  return mask;
#endif
}

/// Copies sixteen bytes; whether the first `size` of them are a text without escapes, and ASCII.
/// Both sides must have the sixteen.
inline bool copy_plain_16(char* to, const char* from, size_t size) {
  std::memcpy(to, from, 16);
  return (json_special_mask_16(from) & ((1U << size) - 1)) == 0;
}

/// Whether the first `size` of sixteen bytes are the same.
inline bool same_of_16(const char* a, const char* b, size_t size) {
#ifdef __SSE2__
  const __m128i equal = _mm_cmpeq_epi8(load_word<__m128i>(a), load_word<__m128i>(b));
  const auto mask = (1U << size) - 1;
  return (static_cast<uint32_t>(_mm_movemask_epi8(equal)) & mask) == mask;
#else
  return std::memcmp(a, b, size) == 0;
#endif
}

/// Copies a text of more than 16 bytes that needs no escapes and is ASCII; false where it does or
/// is not (what was copied is then of no use).
bool copy_plain_json(char* to, std::string_view text);

}  // namespace squall
