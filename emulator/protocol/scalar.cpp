#include "emulator/protocol/scalar.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "emulator/core/text.h"

namespace squall::protocol {

using model::Shape;
using model::ShapeType;
using model::TimestampFormat;

std::string_view type_name(Shape shape) {
  switch (shape.type()) {
    case ShapeType::structure: return "Structure";
    case ShapeType::list: return "List";
    case ShapeType::map: return "Map";
    case ShapeType::string: return "String";
    case ShapeType::blob: return "Blob";
    case ShapeType::boolean: return "Boolean";
    case ShapeType::integer: return "Integer";
    case ShapeType::long_: return "Long";
    case ShapeType::float_: return "Float";
    case ShapeType::double_: return "Double";
    case ShapeType::timestamp: return "Timestamp";
  }
  return "String";
}

namespace {

bool boolean_from_text(std::string_view text, Value& out) {
  const bool yes = equals_ignore_case(text, "true");
  if (!yes && !equals_ignore_case(text, "false")) return false;
  out = Value(yes);
  return true;
}

bool integer_from_text(Shape shape, std::string_view text, Value& out) {
  const auto number = parse_int(text);
  if (!number) return false;
  if (shape.type() == ShapeType::integer && (*number > std::numeric_limits<int32_t>::max() ||
                                             *number < std::numeric_limits<int32_t>::min()))
    return false;
  out = Value(*number);
  return true;
}

}  // namespace

bool scalar_from_text(Shape shape, std::string_view text, Value& out) {
  switch (shape.type()) {
    case ShapeType::string: out = Value(text); return true;
    case ShapeType::boolean: return boolean_from_text(text, out);
    case ShapeType::integer:
    case ShapeType::long_: return integer_from_text(shape, text, out);
    case ShapeType::float_:
    case ShapeType::double_: {
      const auto number = parse_double(text);
      if (number) out = Value(*number);
      return number.has_value();
    }
    case ShapeType::blob: {
      const auto bytes = base64_decode(text);
      if (bytes) out = Value::blob(*bytes);
      return bytes.has_value();
    }
    case ShapeType::timestamp: {
      const auto time = parse_time(text);
      if (time) out = Value(*time);
      return time.has_value();
    }
    default: return false;
  }
}

namespace {
char* put_digits(char* to, unsigned value, int digits) {
  for (int i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

char* put_fraction(char* to, unsigned micros, bool always_fraction) {
  if (!micros && !always_fraction) return to;
  *to++ = '.';
  return micros % 1000 ? put_digits(to, micros, 6) : put_digits(to, micros / 1000, 3);
}
}  // namespace

size_t write_iso8601(char* to, Time time, bool always_fraction) {
  const auto days = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days{days}};
  const int64_t in_day_us = (time.time_since_epoch() - days).count() / 1000;
  const auto seconds = static_cast<unsigned>(in_day_us / 1'000'000);
  char* at = put_digits(to, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  at = put_digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = put_digits(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = put_digits(at, seconds / 3600, 2);
  *at++ = ':';
  at = put_digits(at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = put_digits(at, seconds % 60, 2);
  at = put_fraction(at, static_cast<unsigned>(in_day_us % 1'000'000), always_fraction);
  *at++ = 'Z';
  return static_cast<size_t>(at - to);
}

void append_epoch_seconds(std::string& out, Time time) {
  int64_t micros =
      std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
  if (micros < 0) {
    out += '-';
    micros = -micros;
  }
  out += std::to_string(micros / 1'000'000);
  char fraction[8];
  char* end = put_fraction(fraction, static_cast<unsigned>(micros % 1'000'000), false);
  while (end > fraction && end[-1] == '0') --end;
  out.append(fraction, end);
}

Time time_from_seconds(double seconds) {
  constexpr double limit = 9.2e9;  // what 64-bit nanoseconds can hold
  const double bounded = seconds > limit ? limit : seconds < -limit ? -limit : seconds;
  const double whole = std::floor(bounded);
  const auto micros = static_cast<int64_t>((bounded - whole) * 1e6 + 0.5);
  return Time{std::chrono::seconds{static_cast<int64_t>(whole)} +
              std::chrono::microseconds{micros}};
}

void append_time(std::string& out, Time time, TimestampFormat format) {
  switch (format) {
    case TimestampFormat::rfc822: out += format_rfc822(time); return;
    case TimestampFormat::unix_timestamp: append_epoch_seconds(out, time); return;
    default: {
      char text[40];
      out.append(text, write_iso8601(text, time, false));
    }
  }
}

void append_scalar(std::string& out, const Value& value, TimestampFormat format) {
  using Kind = Value::Kind;
  switch (value.kind()) {
    case Kind::boolean: out += value.boolean() ? "true" : "false"; return;
    case Kind::integer: out += std::to_string(value.integer()); return;
    case Kind::real: append_double(out, value.real()); return;
    case Kind::blob: out += base64_encode(value.text()); return;
    case Kind::timestamp: append_time(out, value.time(), format); return;
    default: out += value.text();
  }
}

void abort_on_unknown_member(Shape shape, std::string_view member) {
  std::fprintf(stderr, "squall: output shape %.*s has no member %.*s\n",
               static_cast<int>(shape.name().size()), shape.name().data(),
               static_cast<int>(member.size()), member.data());
  std::abort();
}

void abort_on_wrong_kind(Shape shape) {
  std::fprintf(stderr, "squall: output does not have the type of shape %.*s\n",
               static_cast<int>(shape.name().size()), shape.name().data());
  std::abort();
}

}  // namespace squall::protocol
