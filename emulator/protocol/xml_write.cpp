#include "emulator/protocol/xml_write.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/core/text.h"
#include "emulator/protocol/scalar.h"

namespace squall::protocol {

using model::Shape;
using model::ShapeMember;
using model::ShapeType;
using model::TimestampFormat;

XmlSink::XmlSink(std::string& out) : out_(out) {
  const size_t used = out.size();
  // Not to the whole capacity: after one huge answer every small one would clear all of it.
  out.resize(used + 4096);
  at_ = out.data() + used;
  end_ = out.data() + out.size();
}

void XmlSink::finish() {
  out_.resize(static_cast<size_t>(at_ - out_.data()));
  end_ = at_ = out_.data() + out_.size();
}

void XmlSink::grow(size_t bytes) {
  const auto used = static_cast<size_t>(at_ - out_.data());
  out_.resize(used);  // so that only what was written is moved
  const size_t wanted = used + bytes + 4096;
  if (wanted > out_.capacity()) out_.reserve(std::max(used * 2, wanted));
  // resize() clears what it adds: so little at a time that it is in the cache when it is written.
  constexpr size_t step_max = 64 * 1024;
  out_.resize(std::min(out_.capacity(), std::max(wanted, used + std::min(used, step_max))));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

namespace {
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> plain{};
  for (size_t i = 0x20; i < 0x80; ++i)
    plain[i] = i != '&' && i != '<' && i != '>' && i != '"' && i != 0x7F;
  plain['\n'] = plain['\t'] = true;
  return plain;
}();

/// Eight bytes at once: whether one of them may have to be escaped. False alarms are allowed.
[[gnu::always_inline]] inline bool needs_look(uint64_t word) {
  constexpr uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
  const auto zero_byte = [](uint64_t w) { return (w - ones) & ~w & highs; };
  // One test takes '<' and '>' together (they differ in one bit), one '"' and '&'.
  const uint64_t angles = zero_byte((word & ~(ones * 2)) ^ ones * '<');
  const uint64_t marks = zero_byte((word & ~(ones * 4)) ^ ones * '"');
  const uint64_t controls = (word - ones * 0x20) & ~word;
  const uint64_t deletes = word + ones;  // 0x7F and beyond reach the high bit
  return (((word | controls | deletes) & highs) | angles | marks) != 0;
}
}  // namespace

bool XmlSink::escape_plain(std::string_view text) {
  char* to = room(text.size());
  const size_t size = text.size();
  const auto copy_word = [&](size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    std::memcpy(to + at, &word, 8);
    return !needs_look(word);
  };
  size_t i = 0;
  while (i + 8 <= size && copy_word(i)) i += 8;
  if (size < 8 || i + 8 <= size || !copy_word(size - 8)) {  // the last word overlaps
    for (; i < size; ++i) {
      if (!plain_bytes[static_cast<unsigned char>(text[i])]) return false;
      to[i] = text[i];
    }
  }
  at_ += size;
  return true;
}

void XmlSink::escape_slowly(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      switch (text[i]) {
        case '&': raw("&amp;"); break;
        case '<': raw("&lt;"); break;
        case '>': raw("&gt;"); break;
        case '"': raw("&quot;"); break;
        case '\r': raw("&#xD;"); break;
        default:
          if (byte >= 0x20 || text[i] == '\n' || text[i] == '\t')
            raw(text.substr(i, 1));
          else
            raw(replacement);
      }
      ++i;
      continue;
    }
    const size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    const std::string_view character = text.substr(i, length);
    const bool valid = character.size() == length && is_valid_utf8(character);
    const bool allowed = character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
    raw(valid && allowed ? character : replacement);
    i += valid ? length : 1;
  }
}

void write_xml_attributes(XmlSink& sink, const Value& value, Shape shape) {
  for (size_t i = 0; i < shape.member_count(); ++i) {
    const ShapeMember m = shape.member(i);
    if (!m.has(model::member_xml_attribute)) continue;
    const Value attribute = value.at(m.name());
    if (attribute.is_absent()) continue;
    std::string text;
    append_scalar(text, attribute, m.timestamp_format());
    sink.attribute(m.location_name(), text);
  }
}

namespace {

class XmlWriter {
 public:
  XmlWriter(XmlSink& sink, XmlStyle style) : sink_(sink), style_(style) {}

  void members(const Value& value, Shape shape) {
    if (!value.is_map()) abort_on_wrong_kind(shape);
    size_t hint = 0;
    for (const Member& m : value.members()) {
      if (m.value.is_absent() || m.value.is_null()) continue;
      const ShapeMember member = shape.find(m.key.text, hint);
      if (!member) abort_on_unknown_member(shape, m.key.text);
      if (member.location() != model::Location::body || member.has(model::member_xml_attribute))
        continue;
      // Most of the largest answers is plain text members.
      if (m.value.is_string() && !style_.attributes && member.shape().type() == ShapeType::string)
        sink_.element(member.location_name(), m.value.text());
      else
        named(m.value, member);
    }
  }

  void named(const Value& value, ShapeMember member) {
    const Shape shape = member.shape();
    const bool flattened =
        member.has(model::member_flattened) || shape.has(model::shape_flattened);
    if (shape.type() == ShapeType::list && flattened) {
      const std::string_view own = shape.element().location_name();
      const std::string_view tag = own == "member" ? member.location_name() : own;
      for (const Value& item : value.items()) tagged(item, shape.element(), tag);
    } else if (shape.type() == ShapeType::map && flattened) {
      for (const Member& m : value.members()) entry(m, shape, member.location_name());
    } else {
      tagged(value, member, member.location_name());
    }
  }

 private:
  void tagged(const Value& value, ShapeMember member, std::string_view tag) {
    const Shape shape = member.shape();
    if (is_container(shape) && (!value.is_list() && !value.is_map())) abort_on_wrong_kind(shape);
    if (style_.attributes)
      open_with_attributes(value, member, tag);
    else
      sink_.open(tag);
    switch (shape.type()) {
      case ShapeType::structure: members(value, shape); break;
      case ShapeType::list: {
        const ShapeMember element = shape.element();
        const std::string_view name = element.location_name();
        for (const Value& item : value.items()) tagged(item, element, name);
        break;
      }
      case ShapeType::map:
        for (const Member& m : value.members()) entry(m, shape, "entry");
        break;
      default: scalar(value, member);
    }
    sink_.close(tag);
  }

  void open_with_attributes(const Value& value, ShapeMember member, std::string_view tag) {
    const Shape shape = member.shape();
    sink_.raw("<");
    sink_.raw(tag);
    const bool own = !member.xml_namespace().empty();
    const std::string_view space = own ? member.xml_namespace() : shape.xml_namespace();
    if (!space.empty()) {
      const std::string name =
          member.xml_prefix().empty() ? "xmlns" : cat("xmlns:", member.xml_prefix());
      sink_.attribute(name, space);
    }
    if (shape.type() == ShapeType::structure) write_xml_attributes(sink_, value, shape);
    sink_.raw(">");
  }

  void entry(const Member& m, Shape shape, std::string_view tag) {
    sink_.open(tag);
    sink_.element(shape.map_key().location_name(), m.key.text);
    tagged(m.value, shape.map_value(), shape.map_value().location_name());
    sink_.close(tag);
  }

  void scalar(const Value& value, ShapeMember member) {
    using Kind = Value::Kind;
    switch (value.kind()) {
      case Kind::string:
        if (member.shape().type() == ShapeType::blob)
          sink_.raw(base64_encode(value.text()));
        else
          sink_.text(value.text());
        return;
      case Kind::boolean: sink_.raw(value.boolean() ? "true" : "false"); return;
      case Kind::integer: {
        char* to = sink_.room(24);
        sink_.advance(static_cast<size_t>(std::to_chars(to, to + 24, value.integer()).ptr - to));
        return;
      }
      case Kind::timestamp: time(value.time(), member.timestamp_format()); return;
      case Kind::list:
      case Kind::map: abort_on_wrong_kind(member.shape());
      default: {
        std::string text;
        append_scalar(text, value, member.timestamp_format());
        sink_.text(text);
      }
    }
  }

  void time(Time time, TimestampFormat format) {
    if (format == TimestampFormat::unspecified || format == TimestampFormat::iso8601) {
      char* to = sink_.room(40);
      sink_.advance(write_iso8601(to, time, style_.always_fraction));
      return;
    }
    std::string text;
    append_time(text, time, format);
    sink_.raw(text);
  }

  XmlSink& sink_;
  XmlStyle style_;
};

}  // namespace

void write_xml_members(XmlSink& sink, const Value& value, Shape shape, XmlStyle style) {
  XmlWriter(sink, style).members(value, shape);
}

void write_xml_member(XmlSink& sink, const Value& value, ShapeMember member, XmlStyle style) {
  XmlWriter(sink, style).named(value, member);
}

}  // namespace squall::protocol
