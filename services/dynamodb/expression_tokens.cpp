// The lexer of expressions, and what the grammars of all kinds share.
#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression_parse.h"

namespace squall::dynamodb {
namespace {

constexpr size_t expression_bytes_max = 4096;
constexpr int operators_max = 300;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t word_end(std::string_view text, size_t at) {
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
  return at;
}

Token token_at(std::string_view text, size_t at) {
  const char c = text[at];
  const auto make = [&](Token::Kind kind, size_t end) {
    return Token{kind, at, text.substr(at, end - at)};
  };
  if (is_letter(c)) return make(Token::Kind::word, word_end(text, at));
  if (is_digit(c)) {
    size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    return make(Token::Kind::number, end);
  }
  if (c == '#' || c == ':') {
    const size_t end = word_end(text, at + 1);
    if (end == at + 1) return make(Token::Kind::bad, end);
    return make(c == '#' ? Token::Kind::name : Token::Kind::value, end);
  }
  const std::string_view two = text.substr(at, 2);
  if (two == "<>" || two == "<=" || two == ">=") return make(Token::Kind::symbol, at + 2);
  if (std::string_view("=<>+-()[],.").find(c) != std::string_view::npos)
    return make(Token::Kind::symbol, at + 1);
  return make(Token::Kind::bad, at + 1);
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    tokens.push_back(token_at(text, at));
    at += tokens.back().text.size();
  }
  tokens.push_back({Token::Kind::end, text.size(), {}});
  return tokens;
}

std::string_view expression_name(ExpressionKind kind) {
  constexpr std::string_view names[] = {"ConditionExpression", "FilterExpression",
                                        "KeyConditionExpression", "ProjectionExpression",
                                        "UpdateExpression"};
  return names[static_cast<size_t>(kind)];
}

Parser::Parser(ExpressionKind kind, std::string_view text)
    : kind_(kind), text_(text), faults_(static_cast<size_t>(Fault::count)) {
  out_.kind = kind;
  if (text.empty()) refuse("The expression can not be empty;");
  if (text.size() > expression_bytes_max)
    refuse(cat("Expression size has exceeded the maximum allowed size; expression size: ",
               text.size()));
  tokens_ = tokens_of(text);
}

Parsed Parser::take() {
  switch (kind_) {
    case ExpressionKind::update: update(); break;
    case ExpressionKind::projection: projection(); break;
    default:
      out_.root = as_condition(disjunction(0));
      if (peek().kind != Token::Kind::end) syntax_error();
  }
  for (const std::string& fault : faults_)
    if (!fault.empty()) refuse(fault);
  return std::move(out_);
}

const Token& Parser::peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool Parser::is_symbol(std::string_view symbol) const {
  return peek().kind == Token::Kind::symbol && peek().text == symbol;
}

bool Parser::is_keyword(std::string_view upper) const {
  return peek().kind == Token::Kind::word && equals_ignore_case(peek().text, upper);
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  next();
  return true;
}

bool Parser::take_keyword(std::string_view upper) {
  if (!is_keyword(upper)) return false;
  next();
  return true;
}

void Parser::expect(std::string_view symbol) {
  if (!take_symbol(symbol)) syntax_error();
}

/// Near: from the token before to the token behind.
void Parser::syntax_error() const {
  const Token& bad = peek();
  const size_t from = at_ > 0 ? tokens_[at_ - 1].at : bad.at;
  const Token& last = bad.kind == Token::Kind::end ? bad : peek(1);
  const size_t to = last.at + last.text.size();
  refuse(cat("Syntax error; token: \"",
             bad.kind == Token::Kind::end ? std::string_view("<EOF>") : bad.text, "\", near: \"",
             trim(text_.substr(from, to - from)), "\""));
}

void Parser::refuse(std::string_view what) const {
  throw invalid(cat("Invalid ", expression_name(kind_), ": ", what));
}

void Parser::note(Fault fault, std::string what) {
  std::string& noted = faults_[static_cast<size_t>(fault)];
  if (noted.empty()) noted = std::move(what);
}

uint32_t Parser::add(Node node) {
  out_.nodes.push_back(std::move(node));
  return static_cast<uint32_t>(out_.nodes.size() - 1);
}

void Parser::count_operator() {
  if (++operators_ > operators_max)
    refuse("The expression contains more than the maximum number of operators; maximum number of "
           "operators: 300");
}

uint32_t Parser::slot(std::vector<std::string>& list, std::string_view text) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i] == text) return static_cast<uint32_t>(i);
  list.emplace_back(text);
  return static_cast<uint32_t>(list.size() - 1);
}

PathStep Parser::name_step() {
  PathStep step;
  if (peek().kind == Token::Kind::name) {
    step.kind = PathStep::Kind::placeholder;
    step.number = slot(out_.names, next().text);
    return step;
  }
  if (peek().kind != Token::Kind::word) syntax_error();
  step.name = next().text;
  if (is_reserved_word(step.name))
    note(Fault::reserved,
         cat("Attribute name is a reserved keyword; reserved keyword: ", step.name));
  return step;
}

uint32_t Parser::path() {
  constexpr size_t steps_max = 32;
  Path path{name_step()};
  for (;;) {
    if (take_symbol(".")) {
      path.push_back(name_step());
    } else if (take_symbol("[")) {
      if (peek().kind != Token::Kind::number) syntax_error();
      PathStep step;
      step.kind = PathStep::Kind::index;
      const auto number = parse_int(next().text);
      constexpr int64_t index_max = 0x7FFFFFFF;
      if (!number || *number > index_max)
        refuse("List index is not within the allowable range; index: [" +
               std::string(tokens_[at_ - 1].text) + "]");
      step.number = static_cast<uint32_t>(*number);
      path.push_back(step);
      expect("]");
    } else {
      break;
    }
  }
  if (path.size() > steps_max)
    refuse("The document path has too many nesting elements; nesting levels: " +
           std::to_string(path.size()));
  out_.paths.push_back(std::move(path));
  return static_cast<uint32_t>(out_.paths.size() - 1);
}

uint32_t Parser::leaf_path() {
  Node node;
  node.leaf = path();
  return add(std::move(node));
}

uint32_t Parser::leaf_value() {
  Node node;
  node.op = Op::value;
  node.leaf = slot(out_.values, next().text);
  return add(std::move(node));
}

void Parser::projection() {
  do {
    out_.projected.push_back(path());
  } while (take_symbol(","));
  if (peek().kind != Token::Kind::end) syntax_error();
}

}  // namespace squall::dynamodb
