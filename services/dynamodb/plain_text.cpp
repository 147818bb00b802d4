// One pass over the text: what is found to be plain is in stored form already.
#include "services/dynamodb/plain_text.h"

#include <array>
#include <bit>
#include <cstring>

#include "emulator/core/arena.h"
#include "emulator/core/error.h"
#include "emulator/core/json_text.h"
#include "emulator/core/text.h"
#include "services/dynamodb/decimal.h"

namespace squall::dynamodb {
namespace {

constexpr size_t chunk = 16;
constexpr int depth_max = 32;
constexpr size_t number_bytes_max = 36;  // no more than 38 digits, then

/// The first byte of a string that ends it or is not plain ASCII, or `end`.
const char* first_special(const char* at, const char* end) {
  for (; static_cast<size_t>(end - at) >= chunk; at += chunk)
    if (const uint32_t mask = json_special_mask_16(at)) return at + std::countr_zero(mask);
  return at + plain_json_prefix({at, static_cast<size_t>(end - at)});
}

/// The end of a string that is not all ASCII; nothing where it has escapes or is no UTF-8.
const char* end_of_utf8(const char* begin, const char* end) {
  for (const char* at = begin; at != end; ++at) {
    if (*at == '"')
      return is_valid_utf8({begin, static_cast<size_t>(at - begin)}) ? at : nullptr;
    if (*at == '\\' || static_cast<uint8_t>(*at) < 0x20) return nullptr;
  }
  return nullptr;
}

/// The names of one map: few, and mostly told apart by their first and last bytes.
class Names {
 public:
  /// False where a name may stand twice, or there are too many to tell.
  bool add(std::string_view name) {
    const uint64_t tag = tag_of(name);
    for (size_t i = 0; i < count_; ++i)
      if (tags_[i] == tag) return false;
    if (count_ == tags_.size()) return false;
    tags_[count_++] = tag;
    return true;
  }

 private:
  static uint64_t tag_of(std::string_view name) {
    constexpr uint64_t spread = 0x9E3779B97F4A7C15ULL;
    uint64_t tag = name.size();
    if (name.size() >= 8)
      return (tag * spread ^ load_word<uint64_t>(name.data())) * spread ^
             load_word<uint64_t>(name.data() + name.size() - 8);
    for (const char c : name) tag = tag << 8 | static_cast<uint8_t>(c);
    return tag;
  }
  std::array<uint64_t, 64> tags_;
  size_t count_ = 0;
};

}  // namespace

/// How far the text was read and its stored form written; `at` is nullptr where the text was found
/// not to be plain. Handed on by value: what is written might change whatever has an address.
struct PlainText::Place {
  const char* at;
  char* out;
};

namespace {

const char* skip_blanks(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) ++at;
  return at;
}

/// Behind the character, or nullptr where another one stands.
[[gnu::always_inline]] inline const char* take(const char* at, const char* end, char c) {
  if (at != end && *at == c) [[likely]]
    return at + 1;
  at = skip_blanks(at, end);
  return at != end && *at == c ? at + 1 : nullptr;
}

const char* literal(const char* at, const char* end, std::string_view word) {
  at = skip_blanks(at, end);
  const bool is_there = std::string_view(at, static_cast<size_t>(end - at)).starts_with(word);
  return is_there ? at + word.size() : nullptr;
}

[[gnu::always_inline]] inline const char* string(const char* at, const char* end,
                                                 std::string_view& text) {
  at = take(at, end, '"');
  if (!at) return nullptr;
  const char* stop = first_special(at, end);
  if (stop == end) return nullptr;
  if (*stop != '"') [[unlikely]] {
    stop = static_cast<uint8_t>(*stop) < 0x80 ? nullptr : end_of_utf8(at, end);
    if (!stop) return nullptr;
  }
  text = {at, static_cast<size_t>(stop - at)};
  return stop + 1;
}

[[gnu::always_inline]] inline char* put_length(char* out, size_t length) {
  for (; length >= 0x80; length >>= 7) *out++ = static_cast<char>(length | 0x80);
  *out++ = static_cast<char>(length);
  return out;
}

/// Of the request's text, which ends at `end`.
[[gnu::always_inline]] inline char* put_text(char* out, std::string_view text, const char* end) {
  out = put_length(out, text.size());
  if (text.size() <= chunk && static_cast<size_t>(end - text.data()) >= chunk)
    std::memcpy(out, text.data(), chunk);
  else
    std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// Reads `{"S":`, whose words are mostly written this way; gives the type, or nullptr.
[[gnu::always_inline]] inline const char* opening(const char* at, const char* end,
                                                  std::string_view& type) {
  if (end - at >= 8) [[likely]] {
    const char dense[8] = {'{', '"', 0, '"', ':', 0, 0, 0};
    const char given[8] = {'\xFF', '\xFF', 0, '\xFF', '\xFF', 0, 0, 0};
    if ((load_word<uint64_t>(at) & load_word<uint64_t>(given)) == load_word<uint64_t>(dense)) {
      type = {at + 2, 1};
      return at + 5;
    }
  }
  at = take(at, end, '{');
  if (at) at = string(at, end, type);
  return at ? take(at, end, ':') : nullptr;
}

/// Behind the number's key, or nullptr.
char* put_number(char* out, std::string_view text) {
  if (text.size() > number_bytes_max) return nullptr;
  try {
    const size_t size = Decimal::parse(text).write_key(out + 1);
    *out = static_cast<char>(size);
    return out + 1 + size;
  } catch (const AwsError&) {
    return nullptr;
  }
}

}  // namespace

PlainText::PlainText(std::string_view json)
    : at_(json.data()),
      end_(json.data() + json.size()),
      out_(static_cast<char*>(Arena::current().allocate(json.size() + 2 * chunk, 1))) {}

bool PlainText::take(char c) {
  const char* const behind = dynamodb::take(at_, end_, c);
  if (behind) at_ = behind;
  return behind;
}

bool PlainText::string(std::string_view& text) {
  const char* const behind = dynamodb::string(at_, end_, text);
  if (behind) at_ = behind;
  return behind;
}

bool PlainText::attributes(std::string_view& stored) {
  size_t count = 0;
  const Place behind = entries({at_, out_}, end_, 0, count);
  if (!behind.at) return false;
  stored = {out_, static_cast<size_t>(behind.out - out_)};
  at_ = behind.at;
  out_ = behind.out;
  return true;
}

bool PlainText::at_end() {
  at_ = skip_blanks(at_, end_);
  return at_ == end_;
}

/// Names and values between braces.
PlainText::Place PlainText::entries(Place p, const char* end, int depth, size_t& count) {
  constexpr Place not_plain{nullptr, nullptr};
  p.at = dynamodb::take(p.at, end, '{');
  if (!p.at) return not_plain;
  if (const char* const behind = dynamodb::take(p.at, end, '}')) return {behind, p.out};
  Names names;
  while (true) {
    std::string_view name;
    p.at = dynamodb::string(p.at, end, name);
    if (!p.at || name.empty() || !names.add(name)) return not_plain;
    p.at = dynamodb::take(p.at, end, ':');
    if (!p.at) return not_plain;
    p.out = put_text(p.out, name, end);
    p = value(p, end, depth);
    if (!p.at) return not_plain;
    ++count;
    const char* const comma = dynamodb::take(p.at, end, ',');
    if (!comma) return {dynamodb::take(p.at, end, '}'), p.out};
    p.at = comma;
  }
}

PlainText::Place PlainText::elements(Place p, const char* end, int depth, size_t& count) {
  p.at = dynamodb::take(p.at, end, '[');
  if (!p.at) return p;
  if (const char* const behind = dynamodb::take(p.at, end, ']')) return {behind, p.out};
  while (true) {
    p = value(p, end, depth);
    if (!p.at) return p;
    ++count;
    const char* const comma = dynamodb::take(p.at, end, ',');
    if (!comma) return {dynamodb::take(p.at, end, ']'), p.out};
    p.at = comma;
  }
}

/// Size and count stand before the content: they are filled in behind it.
PlainText::Place PlainText::container(Place p, const char* end, Type type, int depth) {
  constexpr size_t size_bytes = sizeof(uint32_t);
  char* const opened = p.out;
  char* const content = opened + size_bytes + 1;
  size_t count = 0;
  p.out = content;
  p = type == Type::L ? elements(p, end, depth + 1, count) : entries(p, end, depth + 1, count);
  if (!p.at) return p;
  const auto content_size = static_cast<size_t>(p.out - content);
  if (count >= 0x80)  // its length takes more than the one byte left for it
    std::memmove(content + (count >= 0x4000 ? 2 : 1), content, content_size);
  p.out = put_length(opened + size_bytes, count) + content_size;
  const auto size = static_cast<uint32_t>(p.out - opened - size_bytes);
  std::memcpy(opened, &size, sizeof size);
  return p;
}

/// `{"S": "text"}`; nothing but one type and its value.
PlainText::Place PlainText::value(Place p, const char* end, int depth) {
  constexpr Place not_plain{nullptr, nullptr};
  std::string_view name, text;
  p.at = depth > depth_max ? nullptr : opening(skip_blanks(p.at, end), end, name);
  if (!p.at) return not_plain;
  const auto put_type = [&p](Type type) { *p.out++ = static_cast<char>(type); };
  if (name == "S") {
    if (!(p.at = dynamodb::string(p.at, end, text))) return not_plain;
    put_type(Type::S);
    p.out = put_text(p.out, text, end);
  } else if (name == "N") {
    if (!(p.at = dynamodb::string(p.at, end, text))) return not_plain;
    put_type(Type::N);
    if (!(p.out = put_number(p.out, text))) return not_plain;
  } else if (name == "BOOL") {
    const char* const yes = literal(p.at, end, "true");
    if (!(p.at = yes ? yes : literal(p.at, end, "false"))) return not_plain;
    put_type(Type::BOOL);
    *p.out++ = static_cast<char>(yes != nullptr);
  } else if (name == "NULL") {
    if (!(p.at = literal(p.at, end, "true"))) return not_plain;
    put_type(Type::NUL);
  } else if (name == "L" || name == "M") {
    const Type type = name == "L" ? Type::L : Type::M;
    put_type(type);
    p = container(p, end, type, depth);
    if (!p.at) return not_plain;
  } else {
    return not_plain;
  }
  return {dynamodb::take(p.at, end, '}'), p.out};
}

}  // namespace squall::dynamodb
