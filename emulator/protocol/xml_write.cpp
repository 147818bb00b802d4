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

XmlSink::XmlSink(std::string& out) : out_(&out) {
  const size_t used = out.size();
  // Not to the whole capacity: after one huge answer every small one would clear all of it.
  out.resize(used + 2048);
  at_ = out.data() + used;
  end_ = out.data() + out.size();
}

void XmlSink::finish() {
  if (room_) {
    room_->at = at_;
    room_->end = end_;
    return;
  }
  out_->resize(static_cast<size_t>(at_ - out_->data()));
  end_ = at_ = out_->data() + out_->size();
}

void XmlSink::grow(size_t bytes) {
  if (room_) return grow_in_arena(bytes);
  std::string& out = *out_;
  const auto used = static_cast<size_t>(at_ - out.data());
  out.resize(used);  // so that only what was written is moved
  const size_t wanted = used + bytes + 4096;
  if (wanted > out.capacity()) out.reserve(std::max(used * 2, wanted));
  // resize() clears what it adds: so little at a time that it is in the cache when it is written.
  constexpr size_t step_max = 64 * 1024;
  out.resize(std::min(out.capacity(), std::max(wanted, used + std::min(used, step_max))));
  at_ = out.data() + used;
  end_ = out.data() + out.size();
}

void XmlSink::grow_in_arena(size_t bytes) {
  constexpr size_t chunk_bytes = 64 * 1024;
  const auto used = static_cast<size_t>(at_ - start_);
  const size_t size = std::max(chunk_bytes, 2 * (used + bytes));
  char* const to = static_cast<char*>(room_->arena.allocate(size, 1));
  if (used) std::memcpy(to, start_, used);
  start_ = to;
  at_ = to + used;
  end_ = to + size;
}

namespace {
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> plain{};
  for (size_t i = 0x20; i < 0x80; ++i)
    plain[i] = i != '&' && i != '<' && i != '>' && i != '"';
  plain['\n'] = plain['\t'] = true;
  return plain;
}();
}  // namespace

void XmlSink::escape(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (plain_bytes[byte]) {
      const size_t start = i;
      while (++i < text.size() && plain_bytes[static_cast<unsigned char>(text[i])]) {
      }
      raw(text.substr(start, i - start));
      continue;
    }
    if (byte < 0x80) {
      switch (text[i]) {
        case '&': raw("&amp;"); break;
        case '<': raw("&lt;"); break;
        case '>': raw("&gt;"); break;
        case '"': raw("&quot;"); break;
        case '\r': raw("&#xD;"); break;
        default: raw(replacement);
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

/// Sets of kinds, as bits, by the type of the shape.
using KindsByType = std::array<uint32_t, 16>;
constexpr KindsByType no_kinds{};
/// What is written without looking any further.
constexpr KindsByType leaf_kinds = [] {
  using Kind = Value::Kind;
  const auto bit = [](Kind kind) { return 1U << static_cast<unsigned>(kind); };
  KindsByType kinds{};
  for (const ShapeType type :
       {ShapeType::string, ShapeType::blob, ShapeType::boolean, ShapeType::integer,
        ShapeType::long_, ShapeType::float_, ShapeType::double_, ShapeType::timestamp})
    kinds[static_cast<size_t>(type)] =
        bit(Kind::boolean) | bit(Kind::integer) | bit(Kind::timestamp) |
        (type == ShapeType::blob ? 0U : bit(Kind::string));
  return kinds;
}();

class XmlWriter {
 public:
  XmlWriter(XmlSink& sink, XmlStyle style)
      : sink_(sink), style_(style), leaf_kinds_(style.attributes ? no_kinds : leaf_kinds) {}

  void members(const Value& value, Shape shape) {
    if (!value.is_map()) abort_on_wrong_kind(shape);
    size_t hint = 0;
    for (const Member& m : value.members()) {
      if (m.value.is_absent() || m.value.is_null()) continue;
      const ShapeMember member = shape.find(m.key.text, hint);
      if (!member) abort_on_unknown_member(shape, m.key.text);
      if (member.location() != model::Location::body || member.has(model::member_xml_attribute))
        continue;
      if (!is_leaf(m.value, member.shape()))
        named(m.value, member);
      else
        leaf(m.value, member, member.tag());
    }
  }

  void named(const Value& value, ShapeMember member) {
    const Shape shape = member.shape();
    if (is_flattened(member) && shape.type() == ShapeType::list) {
      for (const Value& one : value.items()) item(one, member);
    } else if (is_flattened(member) && shape.type() == ShapeType::map) {
      for (const Member& m : value.members()) entry(m, shape, member.tag());
    } else {
      tagged(value, member, member.tag());
    }
  }

  void item(const Value& value, ShapeMember list) {
    const ShapeMember element = list.shape().element();
    const bool unnamed = is_flattened(list) && element.location_name() == "member";
    tagged(value, element, unnamed ? list.tag() : element.tag());
  }

 private:
  static bool is_flattened(ShapeMember member) {
    return member.has(model::member_flattened) || member.shape().has(model::shape_flattened);
  }
  /// Most of the largest answers are elements of plain text.
  bool is_leaf(const Value& value, Shape shape) const {
    return leaf_kinds_[static_cast<size_t>(shape.type())] >> static_cast<size_t>(value.kind()) & 1;
  }

  [[gnu::always_inline]] inline void leaf(const Value& value, ShapeMember member, Tag tag) {
    switch (value.kind()) {
      case Value::Kind::string: return sink_.element(tag, value.text());
      case Value::Kind::boolean: return sink_.element(tag, value.boolean() ? "true" : "false");
      case Value::Kind::integer:
        return sink_.element_of(tag, 24, [&](char* to) {
          return std::to_chars(to, to + 24, value.integer()).ptr;
        });
      default: return sink_.element(tag, time_text(value.time(), member.timestamp_format()));
    }
  }

  void tagged(const Value& value, ShapeMember member, Tag tag) {
    const Shape shape = member.shape();
    if (value.is_rendered()) return sink_.raw(value.text());
    if (is_leaf(value, shape)) return leaf(value, member, tag);
    if (is_container(shape) && (!value.is_list() && !value.is_map())) abort_on_wrong_kind(shape);
    if (style_.attributes)
      open_with_attributes(value, member, tag.name());
    else
      sink_.open(tag);
    switch (shape.type()) {
      case ShapeType::structure: members(value, shape); break;
      case ShapeType::list: {
        const ShapeMember element = shape.element();
        for (const Value& one : value.items()) tagged(one, element, element.tag());
        break;
      }
      case ShapeType::map: {
        // Written with what copies of a whole word read beyond it.
        static constexpr char closing[48] = "</entry>";
        for (const Member& m : value.members()) entry(m, shape, {closing, 5});
        break;
      }
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

  void entry(const Member& m, Shape shape, Tag tag) {
    sink_.open(tag);
    sink_.element(shape.map_key().tag(), m.key.text);
    tagged(m.value, shape.map_value(), shape.map_value().tag());
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
      case Kind::timestamp:
        sink_.raw(time_text(value.time(), member.timestamp_format()));
        return;
      case Kind::list:
      case Kind::map: abort_on_wrong_kind(member.shape());
      default: {
        std::string text;
        append_scalar(text, value, member.timestamp_format());
        sink_.text(text);
      }
    }
  }

  /// Times of one answer are often the same one: it is written once.
  std::string_view time_text(Time time, TimestampFormat format) {
    if (!time_size_ || time != time_ || format != time_format_) {
      time_ = time;
      time_format_ = format;
      if (format == TimestampFormat::unspecified || format == TimestampFormat::iso8601) {
        time_size_ = write_iso8601(time_text_.data(), time, style_.always_fraction);
      } else {
        std::string text;
        append_time(text, time, format);
        time_size_ = text.copy(time_text_.data(), time_text_.size());
      }
    }
    return {time_text_.data(), time_size_};
  }

  XmlSink& sink_;
  XmlStyle style_;
  const KindsByType& leaf_kinds_;
  Time time_{};
  TimestampFormat time_format_{};
  std::array<char, 40> time_text_;
  size_t time_size_ = 0;
};

}  // namespace

void write_xml_members(XmlSink& sink, const Value& value, Shape shape, XmlStyle style) {
  XmlWriter(sink, style).members(value, shape);
}

void write_xml_item(XmlSink& sink, const Value& item, ShapeMember list, XmlStyle style) {
  XmlWriter(sink, style).item(item, list);
}

void write_xml_member(XmlSink& sink, const Value& value, ShapeMember member, XmlStyle style) {
  XmlWriter(sink, style).named(value, member);
}

}  // namespace squall::protocol
