#include "emulator/api/access_key.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace squall::api {
namespace {

// 16 characters of five bits: one that is set, 40 of the account, 39 of the key's own.
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t prefix_size = 4, key_size = 20;
constexpr int own_bits = 39, account_bits = 40;
constexpr uint8_t no_digit = 0xFF;
constexpr std::array<uint8_t, 256> digits_of = [] {
  std::array<uint8_t, 256> values{};
  values.fill(no_digit);
  for (size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
  return values;
}();

}  // namespace

std::string account_of_access_key(std::string_view access_key) {
  if (access_key.size() != key_size) return {};
  if (!access_key.starts_with("AKIA") && !access_key.starts_with("ASIA")) return {};
  uint64_t head = 0;  // the first ten characters hold the mark, the account and nine bits more
  for (size_t i = prefix_size; i < key_size; ++i) {
    const uint64_t digit = digits_of[static_cast<unsigned char>(access_key[i])];
    if (digit == no_digit) return {};
    if (i < prefix_size + 10) head = head << 5 | digit;
  }
  if (!(head >> 49)) return {};
  const uint64_t account = head >> 9 & ((uint64_t{1} << account_bits) - 1);
  char digits[24];
  const int size = std::snprintf(digits, sizeof digits, "%012llu",
                                 static_cast<unsigned long long>(account));
  return size == 12 ? std::string(digits) : std::string();
}

std::string make_access_key(std::string_view prefix, std::string_view account,
                            std::string_view hex_digits) {
  uint64_t number = 0, own = 0;
  std::from_chars(account.data(), account.data() + account.size(), number);
  if (hex_digits.size() < 10) std::abort();
  std::from_chars(hex_digits.data(), hex_digits.data() + 10, own, 16);
  own &= (uint64_t{1} << own_bits) - 1;
  // Halves of forty bits: eight characters each.
  const uint64_t high = uint64_t{1} << 39 | number >> 1;
  const uint64_t low = (number & 1) << own_bits | own;
  std::string id{prefix};
  for (const uint64_t half : {high, low})
    for (int shift = 35; shift >= 0; shift -= 5) id += alphabet[half >> shift & 31];
  return id;
}

}  // namespace squall::api
