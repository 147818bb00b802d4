// DynamoDB's numbers: 38 significant digits, 1E-130 to 9.99E+125, exact arithmetic, and a form in
// which the order of bytes is the order of numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::dynamodb {

/// 0.d1d2d3... times ten to the exponent; no zero at either end of the digits; zero has none.
class Decimal {
 public:
  static constexpr int digits_max = 38;
  static constexpr int exponent_min = -129, exponent_max = 126;

  Decimal() = default;
  /// Throws the ValidationException that AWS gives for what is no number or does not fit.
  static Decimal parse(std::string_view text);
  static Decimal from_key(std::string_view key);

  /// In normal form, without an exponent: `42`, `0`, `-0.005`.
  void append_text(std::string& out) const;
  std::string text() const;
  /// Bytes whose order (memcmp, then length) is the order of numbers; gives how many were written.
  static constexpr size_t key_bytes_max = 22;
  size_t write_key(char* to) const;
  void append_key(std::string& out) const;

  bool is_negative() const { return negative_; }
  bool is_zero() const { return count_ == 0; }
  Decimal operator-() const;
  /// Throws where the exact result does not fit.
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b) { return a + -b; }

 private:
  /// Drops zeros at both ends and checks precision and range. digits: the value's, before exponent.
  static Decimal normal(bool negative, std::string_view digits, int64_t exponent);

  bool negative_ = false;
  int16_t exponent_ = 0;
  uint8_t count_ = 0;
  std::array<char, digits_max> digits_{};  // '0' to '9'
};

/// Bytes that AWS counts for a number given by its key.
size_t number_size(std::string_view key);
/// The text of a number given by its key.
void append_number_text(std::string& out, std::string_view key);

}  // namespace squall::dynamodb
