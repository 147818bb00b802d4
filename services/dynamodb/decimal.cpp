// Parsing, printing, ordering and adding DynamoDB's numbers.
#include "services/dynamodb/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "services/dynamodb/errors.h"

namespace squall::dynamodb {
namespace {

// First byte of a key.
constexpr uint8_t key_negative = 0x7F, key_zero = 0x80, key_positive = 0x81;
constexpr int exponent_bias = -Decimal::exponent_min;
constexpr int64_t exponent_unbounded = 1'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[noreturn]] void not_a_number(std::string_view text) {
  if (text.empty()) throw invalid("The parameter cannot be converted to a numeric value");
  throw invalid(cat("The parameter cannot be converted to a numeric value: ", text));
}

/// The exponent after `e`, held within bounds that no digits can bring back into range.
int64_t parse_exponent(std::string_view rest, std::string_view whole) {
  bool negative = false;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest.empty()) not_a_number(whole);
  int64_t value = 0;
  for (const char c : rest) {
    if (!is_digit(c)) not_a_number(whole);
    value = std::min(value * 10 + (c - '0'), exponent_unbounded);
  }
  return negative ? -value : value;
}

}  // namespace

Decimal Decimal::normal(bool negative, std::string_view digits, int64_t exponent) {
  while (!digits.empty() && digits.front() == '0') {
    digits.remove_prefix(1);
    --exponent;
  }
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  Decimal d;
  if (digits.empty()) return d;
  if (exponent > exponent_max)
    throw invalid(
        "Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (exponent < exponent_min)
    throw invalid(
        "Number underflow. Attempting to store a number with magnitude smaller than supported "
        "range");
  if (digits.size() > digits_max)
    throw invalid("Attempting to store more than 38 significant digits in a Number");
  d.negative_ = negative;
  d.exponent_ = static_cast<int16_t>(exponent);
  d.count_ = static_cast<uint8_t>(digits.size());
  std::memcpy(d.digits_.data(), digits.data(), digits.size());
  return d;
}

Decimal Decimal::parse(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  std::array<char, 64> few;
  std::string many;  // zeros may lead and trail in any number
  char* digits = few.data();
  if (rest.size() > few.size()) {
    many.resize(rest.size());
    digits = many.data();
  }
  size_t count = 0, i = 0;
  size_t point = rest.npos;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (is_digit(c))
      digits[count++] = c;
    else if (c == '.' && point == rest.npos)
      point = count;
    else
      break;
  }
  int64_t shift = 0;
  if (i < rest.size()) {
    if (rest[i] != 'e' && rest[i] != 'E') not_a_number(text);
    shift = parse_exponent(rest.substr(i + 1), text);
  }
  if (count == 0) not_a_number(text);
  const auto whole = static_cast<int64_t>(std::min(point, count));
  return normal(negative, {digits, count}, whole + shift);
}

void Decimal::append_text(std::string& out) const {
  if (!count_) {
    out += '0';
    return;
  }
  if (negative_) out += '-';
  const std::string_view digits(digits_.data(), count_);
  if (exponent_ <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent_), '0');
    out += digits;
    return;
  }
  const auto whole = static_cast<size_t>(exponent_);
  if (whole >= digits.size()) {
    out += digits;
    out.append(whole - digits.size(), '0');
    return;
  }
  out += digits.substr(0, whole);
  out += '.';
  out += digits.substr(whole);
}

std::string Decimal::text() const {
  std::string out;
  append_text(out);
  return out;
}

size_t Decimal::write_key(char* to) const {
  if (!count_) {
    *to = static_cast<char>(key_zero);
    return 1;
  }
  // Pairs of digits from 1 to 100, so that a longer number sorts behind its own beginning.
  const uint8_t flip = negative_ ? 0xFF : 0;
  char* at = to;
  *at++ = static_cast<char>(negative_ ? key_negative : key_positive);
  *at++ = static_cast<char>(static_cast<uint8_t>(exponent_ + exponent_bias) ^ flip);
  for (size_t i = 0; i < count_; i += 2) {
    const int high = digits_[i] - '0';
    const int low = i + 1 < count_ ? digits_[i + 1] - '0' : 0;
    *at++ = static_cast<char>(static_cast<uint8_t>(high * 10 + low + 1) ^ flip);
  }
  if (negative_) *at++ = static_cast<char>(0xFF);
  return static_cast<size_t>(at - to);
}

void Decimal::append_key(std::string& out) const {
  std::array<char, key_bytes_max> key;
  out.append(key.data(), write_key(key.data()));
}

Decimal Decimal::from_key(std::string_view key) {
  Decimal d;
  const auto first = static_cast<uint8_t>(key[0]);
  if (first == key_zero) return d;
  d.negative_ = first == key_negative;
  const uint8_t flip = d.negative_ ? 0xFF : 0;
  d.exponent_ = static_cast<int16_t>((static_cast<uint8_t>(key[1]) ^ flip) - exponent_bias);
  const size_t end = key.size() - (d.negative_ ? 1 : 0);
  for (size_t i = 2; i < end; ++i) {
    const int pair = (static_cast<uint8_t>(key[i]) ^ flip) - 1;
    d.digits_[d.count_++] = static_cast<char>('0' + pair / 10);
    if (i + 1 < end || pair % 10) d.digits_[d.count_++] = static_cast<char>('0' + pair % 10);
  }
  return d;
}

Decimal Decimal::operator-() const {
  Decimal d = *this;
  if (count_) d.negative_ = !negative_;
  return d;
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  // Both as whole numbers of one unit: at most 126 + 129 + 38 digits, with room for a carry.
  const int top = std::max(a.exponent_, b.exponent_) + 1;
  const int bottom = std::min(a.exponent_ - a.count_, b.exponent_ - b.count_);
  const auto width = static_cast<size_t>(top - bottom);
  std::string x(width, 0), y(width, 0);
  const auto place = [top](const Decimal& d, std::string& to) {
    for (int i = 0; i < d.count_; ++i)
      to[static_cast<size_t>(top - d.exponent_ + i)] =
          static_cast<char>(d.digits_[static_cast<size_t>(i)] - '0');
  };
  place(a, x);
  place(b, y);
  const bool same_sign = a.negative_ == b.negative_;
  bool negative = a.negative_;
  if (!same_sign && x < y) {
    std::swap(x, y);
    negative = b.negative_;
  }
  int carry = 0;
  for (size_t i = width; i-- > 0;) {
    int digit = same_sign ? x[i] + y[i] + carry : x[i] - y[i] - carry;
    carry = same_sign ? digit > 9 : digit < 0;
    digit += carry ? (same_sign ? -10 : 10) : 0;
    x[i] = static_cast<char>('0' + digit);
  }
  return Decimal::normal(negative, x, top);
}

size_t number_size(std::string_view key) {
  const auto first = static_cast<uint8_t>(key[0]);
  if (first == key_zero) return 1;
  const bool negative = first == key_negative;
  const size_t pairs = key.size() - 2 - (negative ? 1 : 0);
  return 1 + pairs + (negative ? 1 : 0);
}

void append_number_text(std::string& out, std::string_view key) {
  Decimal::from_key(key).append_text(out);
}

}  // namespace squall::dynamodb
