// Stored values as JSON text. A page holds thousands of them, so bytes are written straight into
// the answer's buffer, which is made long enough beforehand.
#include <cstring>

#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/item.h"

namespace squall::dynamodb {
namespace {

constexpr size_t number_text_max = 2 + 130 + Decimal::digits_max + 2;  // sign, point, zeros, digits

/// After every text there is room for `slack` bytes more, so that what stands between two texts is
/// written without asking.
class Out {
 public:
  Out(std::string& text, size_t expected) : text_(text) {
    const size_t used = text.size();
    text.resize(used + expected + slack);
    place(used);
  }
  ~Out() { text_.resize(used()); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  /// Before anything that no text follows: ends of documents, elements that are no texts.
  void need(size_t size) {
    if (static_cast<size_t>(end_ - at_) < size + slack) [[unlikely]]
      grow(size + slack);
  }
  template <size_t N>
  void put(const char (&literal)[N]) {
    static_assert(N <= 16, "two of these, and a comma, fit into the slack");
    std::memcpy(at_, literal, N - 1);
    at_ += N - 1;
  }
  void put(std::string_view bytes) {
    need(bytes.size());
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void string(std::string_view text) {
    if (plain_json_prefix(text) != text.size()) return escaped(text);
    need(text.size() + 2);
    *at_ = '"';
    std::memcpy(at_ + 1, text.data(), text.size());
    at_[text.size() + 1] = '"';
    at_ += text.size() + 2;
  }
  char* at() { return at_; }
  void take(size_t size) { at_ += size; }

 private:
  static constexpr size_t slack = 48;
  size_t used() const { return static_cast<size_t>(at_ - text_.data()); }
  void place(size_t used) {
    at_ = text_.data() + used;
    end_ = text_.data() + text_.size();
  }
  void grow(size_t size) {
    const size_t before = used();
    text_.resize(before + before / 2 + size);
    place(before);
  }
  void escaped(std::string_view text) {
    text_.resize(used());
    append_json_string(text_, text);
    const size_t before = text_.size();
    text_.resize(before + slack);
    place(before);
  }

  std::string& text_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

char* put_digits(char* at, std::string_view key, bool negative, uint8_t flip) {
  const size_t end = key.size() - (negative ? 1 : 0);
  for (size_t i = 2; i < end; ++i) {
    const int pair = (static_cast<uint8_t>(key[i]) ^ flip) - 1;
    *at++ = static_cast<char>('0' + pair / 10);
    *at++ = static_cast<char>('0' + pair % 10);
  }
  return at[-1] == '0' ? at - 1 : at;
}

/// In normal form, as Decimal::append_text writes it.
size_t put_number(char* const begin, std::string_view key) {
  constexpr uint8_t zero = 0x80;
  char* at = begin;
  const auto first = static_cast<uint8_t>(key[0]);
  if (first == zero) {
    *at = '0';
    return 1;
  }
  const bool negative = first < zero;
  const uint8_t flip = negative ? 0xFF : 0;
  const int exponent = (static_cast<uint8_t>(key[1]) ^ flip) + Decimal::exponent_min;
  if (negative) *at++ = '-';
  if (exponent <= 0) {
    *at++ = '0';
    *at++ = '.';
    std::memset(at, '0', static_cast<size_t>(-exponent));
    return static_cast<size_t>(put_digits(at - exponent, key, negative, flip) - begin);
  }
  char* const digits = at;
  at = put_digits(at, key, negative, flip);
  const int count = static_cast<int>(at - digits);
  if (count <= exponent) {
    std::memset(at, '0', static_cast<size_t>(exponent - count));
    return static_cast<size_t>(at + (exponent - count) - begin);
  }
  std::memmove(digits + exponent + 1, digits + exponent, static_cast<size_t>(count - exponent));
  digits[exponent] = '.';
  return static_cast<size_t>(at + 1 - begin);
}

void put_number(Out& out, std::string_view key) {
  out.need(number_text_max + 2);
  char* const at = out.at();
  *at = '"';
  const size_t size = put_number(at + 1, key);
  at[size + 1] = '"';
  out.take(size + 2);
}

void put_bytes(Out& out, Type type, std::string_view bytes) {
  if (type == Type::S) return out.string(bytes);
  if (type == Type::N) return put_number(out, bytes);
  out.put("\"");
  out.put(base64_encode(bytes));
  out.put("\"");
}

void put_value(Out& out, AttributeView value);

void put_entries(Out& out, Entries entries) {
  out.need(0);
  out.put("{");
  for (bool first = true; entries; entries.next(), first = false) {
    if (!first) out.put(",");
    out.string(entries.name());
    out.put(":");
    put_value(out, entries.value());
  }
  out.need(0);
  out.put("}");
}

void put_set(Out& out, AttributeView set) {
  out.need(0);
  out.put("[");
  bool first = true;
  for (SetElements e(set); e; e.next(), first = false) {
    if (!first) out.put(",");
    put_bytes(out, element_type(set.type()), e.bytes());
  }
  out.need(0);
  out.put("]");
}

void put_value(Out& out, AttributeView value) {
  out.need(0);
  switch (value.type()) {
    case Type::S:
      out.put("{\"S\":");
      out.string(value.bytes());
      break;
    case Type::N:
      out.put("{\"N\":");
      put_number(out, value.bytes());
      break;
    case Type::B:
      out.put("{\"B\":");
      put_bytes(out, Type::B, value.bytes());
      break;
    case Type::BOOL:
      if (value.boolean()) return out.put("{\"BOOL\":true}");
      return out.put("{\"BOOL\":false}");
    case Type::NUL: return out.put("{\"NULL\":true}");
    case Type::M:
      out.put("{\"M\":");
      put_entries(out, Entries(value));
      break;
    case Type::L: {
      out.put("{\"L\":[");
      bool first = true;
      for (Elements e(value); e; e.next(), first = false) {
        if (!first) out.put(",");
        put_value(out, e.value());
      }
      out.need(0);
      out.put("]");
      break;
    }
    default:
      out.put("{\"");
      out.put(type_name(value.type()));
      out.put("\":");
      put_set(out, value);
  }
  out.put("}");
}

}  // namespace

void append_json(std::string& text, AttributeView value) {
  Out out(text, value.encoded().size() + 64);
  put_value(out, value);
}

void append_attributes_json(std::string& text, std::string_view attributes) {
  Out out(text, 2 * attributes.size() + 64);
  put_entries(out, Entries(attributes.data(), attributes.data() + attributes.size()));
}

}  // namespace squall::dynamodb
