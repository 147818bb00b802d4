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

}  // namespace

/// The names of one map: few, and mostly told apart by their first and last bytes.
class PlainText::Names {
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

PlainText::PlainText(std::string_view json)
    : at_(json.data()),
      end_(json.data() + json.size()),
      out_(static_cast<char*>(Arena::current().allocate(json.size() + 2 * chunk, 1))) {}

void PlainText::skip_blanks() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
}

bool PlainText::take(char c) {
  if (at_ == end_ || *at_ != c) {
    skip_blanks();
    if (at_ == end_ || *at_ != c) return false;
  }
  ++at_;
  return true;
}

bool PlainText::literal(std::string_view word) {
  skip_blanks();
  if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool PlainText::string(std::string_view& out) {
  if (!take('"')) return false;
  const char* end = first_special(at_, end_);
  if (end == end_) return false;
  if (*end != '"') {
    end = static_cast<uint8_t>(*end) < 0x80 ? nullptr : end_of_utf8(at_, end_);
    if (!end) return false;
  }
  out = {at_, static_cast<size_t>(end - at_)};
  at_ = end + 1;
  return true;
}

void PlainText::put_length(size_t length) {
  for (; length >= 0x80; length >>= 7) *out_++ = static_cast<char>(length | 0x80);
  *out_++ = static_cast<char>(length);
}

void PlainText::put_text(std::string_view text) {
  put_length(text.size());
  if (text.size() <= chunk && static_cast<size_t>(end_ - text.data()) >= chunk)
    std::memcpy(out_, text.data(), chunk);
  else
    std::memcpy(out_, text.data(), text.size());
  out_ += text.size();
}

bool PlainText::number() {
  std::string_view text;
  if (!string(text) || text.size() > number_bytes_max) return false;
  try {
    std::array<char, Decimal::key_bytes_max> key;
    const size_t size = Decimal::parse(text).write_key(key.data());
    put_text({key.data(), size});
    return true;
  } catch (const AwsError&) {
    return false;
  }
}

bool PlainText::boolean() {
  const bool is_true = literal("true");
  if (!is_true && !literal("false")) return false;
  *out_++ = static_cast<char>(is_true);
  return true;
}

bool PlainText::entry(Names& names, std::string_view name, int depth) {
  if (name.empty() || !names.add(name)) return false;
  put_text(name);
  return value(depth);
}

/// Size and count stand before the content: they are filled in behind it.
bool PlainText::container(Type type, int depth) {
  constexpr size_t size_bytes = sizeof(uint32_t);
  char* const opened = out_;
  char* const content = opened + size_bytes + 1;
  out_ = content;
  size_t count = 0;
  Names names;
  const auto element = [&] { return ++count, value(depth + 1); };
  const auto member = [&](std::string_view name) {
    return ++count, entry(names, name, depth + 1);
  };
  if (type == Type::L ? !list(element) : !object(member)) return false;
  const auto content_size = static_cast<size_t>(out_ - content);
  out_ = opened + size_bytes;
  if (count >= 0x80) {  // of a list: its length takes more than the one byte left for it
    const size_t more = count >= 0x4000 ? 2 : 1;
    std::memmove(content + more, content, content_size);
  }
  put_length(count);
  out_ += content_size;
  const auto size = static_cast<uint32_t>(out_ - opened - size_bytes);
  std::memcpy(opened, &size, sizeof size);
  return true;
}

bool PlainText::value(int depth) {
  std::string_view name;
  if (depth > depth_max || !take('{') || !string(name) || !take(':')) return false;
  const auto put_type = [this](Type type) { *out_++ = static_cast<char>(type); };
  bool read = false;
  if (name == "S") {
    put_type(Type::S);
    std::string_view text;
    read = string(text);
    if (read) put_text(text);
  } else if (name == "N") {
    put_type(Type::N);
    read = number();
  } else if (name == "BOOL") {
    put_type(Type::BOOL);
    read = boolean();
  } else if (name == "NULL") {
    put_type(Type::NUL);
    read = literal("true");
  } else if (name == "L" || name == "M") {
    const Type type = name == "L" ? Type::L : Type::M;
    put_type(type);
    read = container(type, depth);
  }
  return read && take('}');
}

bool PlainText::attributes(std::string_view& stored) {
  const char* const begin = out_;
  Names names;
  if (!object([&](std::string_view name) { return entry(names, name, 0); })) return false;
  stored = {begin, static_cast<size_t>(out_ - begin)};
  return true;
}

bool PlainText::at_end() {
  skip_blanks();
  return at_ == end_;
}

}  // namespace squall::dynamodb
