// The walk over input and shape. What passes costs no allocation; texts are refusal.cpp's.
#include "emulator/model/validate.h"

#include <algorithm>
#include <array>

#include "emulator/model/pattern.h"
#include "emulator/model/refusal.h"

namespace squall::model {
namespace {

constexpr int depth_max = 64;
constexpr size_t listed_max = 10;  // AWS lists ten failures at most

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

bool is_number(ShapeType type) {
  return type == ShapeType::integer || type == ShapeType::long_ || type == ShapeType::float_ ||
         type == ShapeType::double_;
}

class Walk {
 public:
  Walk(const Service& service, const Operation& operation, Protocol protocol)
      : tables_(service.tables()),
        style_(tables_.styles[operation.row()->validation]),
        protocol_(protocol) {}

  void structure(const Shape& shape, const Value& value, const Step* parent, int depth);
  void finish() const;

 private:
  std::string_view text(uint32_t offset) const { return tables_.strings + offset; }
  bool checks(ValidationFlag flag) const { return style_.flags & flag; }

  Failed test(const Shape& shape, const Value& value) const;
  bool in_enum(const Shape& shape, std::string_view value) const;
  void contents(const Shape& shape, const Value& value, const Step* at, int depth);
  void list(const Shape& shape, const Value& value, const Step* at, int depth);
  void map(const Shape& shape, const Value& value, const Step* at, int depth);

  struct Part {
    Refusal refusal;
    Failed failed;
  };
  struct Subject {  // what is refused: a value, how it got there, and the shape it fails
    const Step& step;
    Shape shape;
    const Value& value;
  };
  const ValidationText* exception(const Subject& subject, Refusal refusal) const;
  uint32_t style_text(Refusal refusal) const;
  void missing(const Step& step);
  void refuse(const Subject& subject, const Failed& failed);
  void refuse_part(const Subject& subject, const Part& part);
  /// Lists and maps of plain values name every constraint of their elements at once.
  void refuse_element(const Subject& container, const Subject& element, const Failed& failed,
                      std::string_view lead);
  [[noreturn]] void answer(const Subject& subject, const Part& part, uint32_t code,
                           uint32_t words) const;
  std::string line(const Subject& subject, std::string_view constraint) const;
  void collect(std::string line) {
    if (listed_.size() < listed_max) listed_.push_back(std::move(line));
  }

  const Tables& tables_;
  const ValidationStyle& style_;
  Protocol protocol_;
  std::vector<std::string> listed_;
};

void Walk::structure(const Shape& shape, const Value& value, const Step* parent, int depth) {
  if (depth > depth_max)
    throw AwsError{std::string(text(style_.invalid_code)),
                   "Nesting Levels have exceeded supported limits"};
  const size_t count = shape.member_count();
  std::array<const Value*, 96> few;
  std::vector<const Value*> many(count > few.size() ? count : 0);
  const std::span<const Value*> given = many.empty() ? std::span(few).first(count) : many;
  std::ranges::fill(given, nullptr);
  size_t hint = 0;
  for (const Member& member : value.members())
    if (shape.find(member.key.text, hint) && !member.value.is_null() && !member.value.is_absent())
      given[hint == 0 ? count - 1 : hint - 1] = &member.value;
  for (size_t i = 0; i < count; ++i) {
    const ShapeMember member = shape.member(i);
    const Value* found = given[i];
    const Step step{parent, Step::Kind::member, member, 0, {}};
    const bool blank = found && found->is_string() && found->text().empty();
    if (member.required() && (!found || (blank && checks(validate_blank_missing)))) {
      missing(step);
    } else if (found && member.shape().has(shape_checked)) {
      const Failed failed = test(member.shape(), *found);
      if (failed) refuse({step, member.shape(), *found}, failed);
      contents(member.shape(), *found, &step, depth + 1);
    }
  }
}

void Walk::contents(const Shape& shape, const Value& value, const Step* at, int depth) {
  if (shape.type() == ShapeType::structure && !shape.has(shape_document))
    structure(shape, value, at, depth);
  else if (shape.type() == ShapeType::list)
    list(shape, value, at, depth);
  else if (shape.type() == ShapeType::map)
    map(shape, value, at, depth);
}

void Walk::list(const Shape& shape, const Value& value, const Step* at, int depth) {
  const ShapeMember element = shape.element();
  if (!element.shape().has(shape_checked)) return;
  bool refused = false;
  size_t index = 0;
  for (const Value& item : value.items()) {
    const Step step{at, Step::Kind::item, element, index++, {}};
    const Failed failed = refused ? Failed() : test(element.shape(), item);
    if (failed) {
      refuse_element({*at, shape, value}, {step, element.shape(), item}, failed,
                     "Member must satisfy constraint: ");
      refused = true;
    }
    contents(element.shape(), item, &step, depth + 1);
  }
}

void Walk::map(const Shape& shape, const Value& value, const Step* at, int depth) {
  const Shape key = shape.map_key().shape();
  const Shape item = shape.map_value().shape();
  bool key_refused = !key.has(shape_checked);
  bool refused = !item.has(shape_checked);
  if (key_refused && refused) return;
  for (const Member& member : value.members()) {
    const Value name = Value::stable(member.key.text);
    const Step step{at, Step::Kind::map_value, shape.map_value(), 0, member.key.text};
    const Failed bad_key = key_refused ? Failed() : test(key, name);
    if (bad_key)
      refuse_element({*at, shape, value}, {step, key, name}, bad_key,
                     "Map keys must satisfy constraint: ");
    key_refused |= static_cast<bool>(bad_key);
    const Failed failed = refused ? Failed() : test(item, member.value);
    if (failed)
      refuse_element({*at, shape, value}, {step, item, member.value}, failed,
                     "Map value must satisfy constraint: ");
    refused |= static_cast<bool>(failed);
    contents(item, member.value, &step, depth + 1);
  }
}

bool Walk::in_enum(const Shape& shape, std::string_view value) const {
  return std::ranges::any_of(shape.enum_values(),
                             [&](uint32_t known) { return shape.text(known) == value; });
}

Failed Walk::test(const Shape& shape, const Value& value) const {
  Failed failed;
  const bool is_text = shape.type() == ShapeType::string && value.is_string();
  if (is_text && shape.has(shape_enum_checked))
    failed.enumeration = !in_enum(shape, value.text());
  const ConstraintRow* row = shape.constraint();
  if (!row) return failed;
  if (is_number(shape.type())) {
    const double number = value.real();
    failed.range_min = checks(validate_ranges) && row->has_min && number < row->min;
    failed.range_max = checks(validate_ranges) && row->has_max && number > row->max;
    return failed;
  }
  if (checks(validate_lengths) && (row->has_min || row->has_max)) {
    const auto size = static_cast<double>(is_text ? characters(value.text())
                                          : shape.type() == ShapeType::blob
                                              ? value.text().size()
                                              : value.size());
    failed.length_min = row->has_min && size < row->min;
    failed.length_max = row->has_max && size > row->max;
  }
  if (row->pattern && is_text && checks(validate_patterns))
    failed.pattern = !matches(tables_, *row, value.text());
  return failed;
}

const ValidationText* Walk::exception(const Subject& subject, Refusal refusal) const {
  const auto by_subject = [&](uint32_t wanted) -> const ValidationText* {
    const auto rows = std::ranges::equal_range(tables_.texts, wanted, {},
                                               &ValidationText::subject);
    const auto at = std::ranges::find(rows, refusal, &ValidationText::refusal);
    return at == rows.end() ? nullptr : &*at;
  };
  const auto member = static_cast<uint32_t>(subject.step.member.row() - tables_.members.data());
  if (const ValidationText* found = by_subject(member)) return found;
  const auto shape = static_cast<uint32_t>(subject.shape.row() - tables_.shapes.data());
  return by_subject(shape | validation_text_shape);
}

uint32_t Walk::style_text(Refusal refusal) const {
  switch (refusal) {
    case Refusal::missing: return style_.missing_text;
    case Refusal::too_short:
    case Refusal::too_long: return style_.length_text;
    case Refusal::range: return style_.range_text;
    case Refusal::pattern: return style_.pattern_text;
    case Refusal::enumeration: return style_.enum_text;
  }
  return 0;
}

std::string Walk::line(const Subject& subject, std::string_view constraint) const {
  std::string out = "Value ";
  if (subject.value.is_absent())
    out += "null ";
  else if (checks(validate_show_values) && !subject.shape.has(shape_sensitive))
    out += "'" + printed(subject.shape, subject.value) + "' ";
  out += "at '" + listed_path(subject.step, checks(validate_lower_paths));
  return out + "' failed to satisfy constraint: " + std::string(constraint);
}

void Walk::answer(const Subject& subject, const Part& part, uint32_t code, uint32_t words) const {
  if (!code) code = part.refusal == Refusal::missing ? style_.missing_code : style_.invalid_code;
  std::string message;
  if (words) {
    message = fill(text(words), subject.step, protocol_, subject.shape, subject.value, part.failed);
  } else {
    const auto texts = constraint_texts(subject.shape, part.failed);
    message = "1 validation error detected: " +
              line(subject, texts.empty() ? "Member must not be null" : texts.front());
  }
  throw AwsError{std::string(text(code)), std::move(message)};
}

void Walk::refuse_part(const Subject& subject, const Part& part) {
  if (const ValidationText* row = exception(subject, part.refusal))
    answer(subject, part, row->code, row->text);
  const Step* top = &subject.step;
  while (top->parent) top = top->parent;
  if (style_.outside_text && top->member.location() != Location::body)
    answer(subject, part, style_.outside_code, style_.outside_text);
  if (const uint32_t words = style_text(part.refusal)) answer(subject, part, 0, words);
  const auto texts = constraint_texts(subject.shape, part.failed);
  collect(line(subject, texts.empty() ? "Member must not be null" : texts.front()));
}

void Walk::missing(const Step& step) {
  refuse_part({step, step.member.shape(), Value()}, {Refusal::missing, {}});
}

void Walk::refuse(const Subject& subject, const Failed& failed) {
  if (failed.length_min) refuse_part(subject, {Refusal::too_short, {.length_min = true}});
  if (failed.length_max) refuse_part(subject, {Refusal::too_long, {.length_max = true}});
  if (failed.range_min) refuse_part(subject, {Refusal::range, {.range_min = true}});
  if (failed.range_max) refuse_part(subject, {Refusal::range, {.range_max = true}});
  if (failed.pattern) refuse_part(subject, {Refusal::pattern, {.pattern = true}});
  if (failed.enumeration) refuse_part(subject, {Refusal::enumeration, {.enumeration = true}});
}

void Walk::refuse_element(const Subject& container, const Subject& element, const Failed& failed,
                          std::string_view lead) {
  const Refusal first = failed.length_min                      ? Refusal::too_short
                        : failed.length_max                    ? Refusal::too_long
                        : failed.range_min || failed.range_max ? Refusal::range
                        : failed.pattern                       ? Refusal::pattern
                                                               : Refusal::enumeration;
  if (style_text(first) || exception(element, first)) return refuse(element, failed);
  collect(line(container, std::string(lead) + all_constraints(element.shape)));
}

void Walk::finish() const {
  if (listed_.empty()) return;
  std::string message = std::to_string(listed_.size()) +
                        (listed_.size() == 1 ? " validation error" : " validation errors") +
                        " detected: ";
  for (size_t i = 0; i < listed_.size(); ++i) message += (i ? "; " : "") + listed_[i];
  throw AwsError{std::string(text(style_.invalid_code)), std::move(message)};
}

}  // namespace

void validate(const Service& service, const Operation& operation, Protocol protocol,
              const Value& input) {
  const Shape shape = operation.input();
  if (!shape || !shape.has(shape_checked)) return;
  Walk walk(service, operation, protocol);
  walk.structure(shape, input, nullptr, 0);
  walk.finish();
}

}  // namespace squall::model
