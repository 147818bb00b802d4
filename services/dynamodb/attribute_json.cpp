// Stored values as JSON text. A page holds thousands of them, so bytes are written straight into
// the answer's buffer, which is made long enough beforehand.
#include <cstring>

#include "emulator/core/json_text.h"
#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"
#include "services/dynamodb/item.h"

namespace squall::dynamodb {
namespace {

constexpr size_t number_text_max = 2 + 130 + Decimal::digits_max + 2;  // sign, point, zeros, digits

/// Copies a text that needs no escapes; false where it does. Most are short: two words that may
/// overlap hold them, and no loop is shorter.
[[gnu::always_inline]] inline bool copy_plain(char* to, std::string_view text) {
  const char* const from = text.data();
  const size_t size = text.size();
  if (size > 16) {
    if (plain_json_prefix(text) != size) return false;
    std::memcpy(to, from, size);
    return true;
  }
  if (size >= 8) {
    const auto first = load_word<uint64_t>(from), last = load_word<uint64_t>(from + size - 8);
    if (has_json_special(first) | has_json_special(last)) return false;
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
    return true;
  }
  if (size >= 4) {
    const auto first = load_word<uint32_t>(from), last = load_word<uint32_t>(from + size - 4);
    if (has_json_special(uint64_t{first} << 32 | last)) return false;
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
    return true;
  }
  constexpr uint64_t plain = 0x6161616161616161ULL;
  if (size >= 2) {
    const auto first = load_word<uint16_t>(from), last = load_word<uint16_t>(from + size - 2);
    if (has_json_special(plain << 32 | uint64_t{first} << 16 | last)) return false;
    std::memcpy(to, &first, 2);
    std::memcpy(to + size - 2, &last, 2);
    return true;
  }
  if (size == 0) return true;
  *to = *from;
  return !has_json_special(plain << 8 | static_cast<uint8_t>(*from));
}

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
  [[gnu::always_inline]] void string(std::string_view text) {
    need(text.size() + 2);
    *at_ = '"';
    if (!copy_plain(at_ + 1, text)) return escaped(text);
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

/// Each renders what stands at `at` and gives where it ends.
const char* put_value(Out& out, const char* at);

/// Sets, lists and maps hold the size of their content, then a count.
struct Content {
  explicit Content(const char* at) : begin(at + 4), end(begin + load_word<uint32_t>(at)) {
    read_length(begin);
  }
  const char* begin;
  const char* end;
};

void put_entries(Out& out, const char* at, const char* end) {
  out.need(0);
  out.put("{");
  for (bool first = true; at != end; first = false) {
    if (!first) out.put(",");
    out.string(read_text(at));
    out.put(":");
    at = put_value(out, at);
  }
  out.need(0);
  out.put("}");
}

void put_elements(Out& out, Content list) {
  out.put("{\"L\":[");
  const char* at = list.begin;
  for (bool first = true; at != list.end; first = false) {
    if (!first) out.put(",");
    at = put_value(out, at);
  }
  out.need(0);
  out.put("]");
}

void put_set(Out& out, Type type, Content set) {
  out.put("{\"");
  out.put(type_name(type));
  out.put("\":[");
  const char* at = set.begin;
  for (bool first = true; at != set.end; first = false) {
    if (!first) out.put(",");
    put_bytes(out, element_type(type), read_text(at));
  }
  out.need(0);
  out.put("]");
}

const char* put_value(Out& out, const char* at) {
  out.need(0);
  const auto type = static_cast<Type>(*at++);
  switch (type) {
    case Type::S:
      out.put("{\"S\":");
      out.string(read_text(at));
      break;
    case Type::N:
      out.put("{\"N\":");
      put_number(out, read_text(at));
      break;
    case Type::B:
      out.put("{\"B\":");
      put_bytes(out, Type::B, read_text(at));
      break;
    case Type::BOOL:
      if (*at++)
        out.put("{\"BOOL\":true");
      else
        out.put("{\"BOOL\":false");
      break;
    case Type::NUL: out.put("{\"NULL\":true"); break;
    case Type::M: {
      const Content map(at);
      out.put("{\"M\":");
      put_entries(out, map.begin, map.end);
      at = map.end;
      break;
    }
    case Type::L:
      put_elements(out, Content(at));
      at = Content(at).end;
      break;
    default:
      put_set(out, type, Content(at));
      at = Content(at).end;
  }
  out.put("}");
  return at;
}

}  // namespace

void append_json(std::string& text, AttributeView value) {
  Out out(text, value.encoded().size() + 64);
  put_value(out, value.encoded().data());
}

void append_attributes_json(std::string& text, std::string_view attributes) {
  Out out(text, 2 * attributes.size() + 64);
  put_entries(out, attributes.data(), attributes.data() + attributes.size());
}

}  // namespace squall::dynamodb
