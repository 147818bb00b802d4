// PartiQL's names, paths and literals. Values become AttributeValues as a client would send them,
// so that they are checked and stored by the same code.
#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/partiql_parse.h"

namespace squall::dynamodb::partiql {

std::string Parser::name() {
  if (peek().kind == Token::Kind::quoted) return next().text;
  if (peek().kind != Token::Kind::word || is_reserved(peek().text)) unexpected();
  return next().text;
}

Path Parser::path() {
  Path path = attribute_path(name());
  for (;;) {
    if (take_symbol(".")) {
      const bool named = peek().kind == Token::Kind::quoted || peek().kind == Token::Kind::word;
      if (!named) not_well_formed("Unexpected path component");
      path.push_back(entry_step(next().text));
    } else if (take_symbol("[")) {
      const Token step = next();
      if (step.kind == Token::Kind::text) {
        path.push_back(entry_step(step.text));
      } else {
        const auto index = parse_int(step.text);
        constexpr int64_t index_max = 0x7FFFFFFF;
        if (step.kind != Token::Kind::number || !index || *index > index_max)
          not_well_formed("Unexpected path component");
        path.push_back(index_step(static_cast<uint32_t>(*index)));
      }
      expect_symbol("]");
    } else {
      break;
    }
  }
  constexpr size_t steps_max = 32;
  if (path.size() > steps_max)
    throw invalid(cat("The document path has too many nesting elements; nesting levels: ",
                      path.size()));
  return path;
}

bool Parser::starts_value() const {
  switch (peek().kind) {
    case Token::Kind::text:
    case Token::Kind::number:
    case Token::Kind::parameter: return true;
    case Token::Kind::word: return is_word("TRUE") || is_word("FALSE") || is_word("NULL");
    case Token::Kind::symbol:
      return is_symbol("[") || is_symbol("{") || is_symbol("<<") || is_symbol("-") ||
             is_symbol("+");
    default: return false;
  }
}

Value Parser::literal(int depth) {
  constexpr int depth_max = 32;
  if (depth > depth_max) throw invalid("Nesting Levels have exceeded supported limits");
  if (peek().kind == Token::Kind::text) return {{"S", next().text}};
  if (peek().kind == Token::Kind::parameter) return parameter();
  if (take_word("TRUE")) return {{"BOOL", true}};
  if (take_word("FALSE")) return {{"BOOL", false}};
  if (take_word("NULL")) return {{"NULL", true}};
  if (is_symbol("[")) return list(depth);
  if (is_symbol("{")) return tuple(depth);
  if (is_symbol("<<")) return set();
  return number();
}

Value Parser::number() {
  const bool negative = take_symbol("-");
  if (!negative) take_symbol("+");
  if (peek().kind != Token::Kind::number) unexpected();
  return {{"N", cat(negative ? "-" : "", next().text)}};
}

Value Parser::list(int depth) {
  expect_symbol("[");
  Value items = Value::list();
  if (!is_symbol("]")) do {
      items.push(literal(depth + 1));
    } while (take_symbol(","));
  expect_symbol("]");
  return {{"L", items}};
}

Value Parser::tuple(int depth) {
  expect_symbol("{");
  Value entries = Value::map();
  if (!is_symbol("}")) do {
      if (peek().kind != Token::Kind::text) unexpected();
      const std::string key = next().text;
      expect_symbol(":");
      if (entries.find(key)) throw invalid(cat("Duplicate key in tuple: ", key));
      entries.add(Key::copy(key), literal(depth + 1));
    } while (take_symbol(","));
  expect_symbol("}");
  return {{"M", entries}};
}

Value Parser::set() {
  expect_symbol("<<");
  Value items = Value::list();
  std::string_view type;
  if (!is_symbol(">>")) do {
      const Value element = literal();
      if (element.members().empty()) throw invalid("Set elements must not be empty");
      const Member& given = element.members()[0];
      const std::string_view its = given.key.text;
      if (its != "S" && its != "N" && its != "B")
        throw invalid(cat("Unsupported element type in set: ", its));
      if (!type.empty() && type != its)
        throw invalid("All elements of a set must be of the same type");
      type = its;
      items.push(given.value);
    } while (take_symbol(","));
  expect_symbol(">>");
  if (type == "N") return {{"NS", items}};
  if (type == "B") return {{"BS", items}};
  return {{"SS", items}};
}

Value Parser::parameter() {
  next();
  if (used_ >= parameters_.size())
    throw invalid("Number of parameters in request and statement don't match.");
  return parameters_[used_++];
}

}  // namespace squall::dynamodb::partiql
