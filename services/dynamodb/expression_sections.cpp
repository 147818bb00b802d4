// The grammar of updates: SET, REMOVE, ADD and DELETE, each once.
#include <set>

#include "emulator/core/text.h"
#include "services/dynamodb/expression_parse.h"

namespace squall::dynamodb {

void Parser::update() {
  std::set<std::string> seen;
  do {
    std::string keyword(peek().text);
    for (char& c : keyword)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool known = peek().kind == Token::Kind::word &&
                       (keyword == "SET" || keyword == "REMOVE" || keyword == "ADD" ||
                        keyword == "DELETE");
    if (!known) syntax_error();
    next();
    if (!seen.insert(keyword).second)
      refuse(cat("The \"", keyword, "\" section can only be used once in an update expression;"));
    section(keyword);
  } while (peek().kind != Token::Kind::end);
}

void Parser::section(std::string_view keyword) {
  do {
    Action action;
    action.path = path();
    if (keyword == "SET") {
      expect("=");
      count_operator();
      action.value = sum(0);
    } else if (keyword == "REMOVE") {
      action.kind = Action::Kind::remove;
      count_operator();
    } else {
      action.kind = keyword == "ADD" ? Action::Kind::add : Action::Kind::delete_;
      if (peek().kind != Token::Kind::value) syntax_error();
      count_operator();
      action.value = leaf_value();
    }
    out_.actions.push_back(action);
  } while (take_symbol(","));
}

/// One `+` or `-` at most.
uint32_t Parser::sum(int depth) {
  const uint32_t left = term(depth);
  if (!is_symbol("+") && !is_symbol("-")) return left;
  const Op op = next().text == "+" ? Op::plus : Op::minus;
  count_operator();
  const uint32_t right = term(depth);
  return add({op, false, 0, {left, right}});
}

uint32_t Parser::term(int depth) {
  constexpr int depth_max = 300;
  if (depth > depth_max) refuse("The expression is nested too deeply");
  if (take_symbol("(")) {
    const uint32_t inner = sum(depth + 1);
    expect(")");
    Node& node = out_.nodes[inner];
    if (node.parenthesised) note(Fault::redundant, "The expression has redundant parentheses;");
    node.parenthesised = true;
    return inner;
  }
  if (peek().kind == Token::Kind::value) return leaf_value();
  const bool call = peek().kind == Token::Kind::word && peek(1).kind == Token::Kind::symbol &&
                    peek(1).text == "(";
  return call ? function(depth) : leaf_path();
}

}  // namespace squall::dynamodb
