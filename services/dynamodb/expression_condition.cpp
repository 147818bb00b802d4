// The grammar of conditions: or, and, not, comparisons, functions, parentheses. Truths and values
// share one descent, since `(a)` may turn out to be either.
#include "emulator/core/text.h"
#include "services/dynamodb/expression_parse.h"

namespace squall::dynamodb {
namespace {

constexpr int depth_max = 300;  // the operator limit is met first
constexpr size_t in_operands_max = 100;

struct FunctionRow {
  std::string_view name;
  Op op;
  size_t operands;
};
constexpr FunctionRow functions[] = {
    {"attribute_exists", Op::attribute_exists, 1},
    {"attribute_not_exists", Op::attribute_not_exists, 1},
    {"attribute_type", Op::attribute_type, 2},
    {"begins_with", Op::begins_with, 2},
    {"contains", Op::contains, 2},
    {"size", Op::size, 1},
    {"if_not_exists", Op::if_not_exists, 2},
    {"list_append", Op::list_append, 2},
};

Op comparator(const Token& token) {
  if (token.kind != Token::Kind::symbol) return Op::path;
  if (token.text == "=") return Op::eq;
  if (token.text == "<>") return Op::ne;
  if (token.text == "<") return Op::lt;
  if (token.text == "<=") return Op::le;
  if (token.text == ">") return Op::gt;
  if (token.text == ">=") return Op::ge;
  return Op::path;
}

}  // namespace

std::string_view op_name(Op op) {
  switch (op) {
    case Op::plus: return "+";
    case Op::minus: return "-";
    case Op::eq: return "=";
    case Op::ne: return "<>";
    case Op::lt: return "<";
    case Op::le: return "<=";
    case Op::gt: return ">";
    case Op::ge: return ">=";
    case Op::between: return "BETWEEN";
    case Op::in: return "IN";
    case Op::and_: return "AND";
    case Op::or_: return "OR";
    case Op::not_: return "NOT";
    default: break;
  }
  for (const FunctionRow& row : functions)
    if (row.op == op) return row.name;
  return "";
}

bool Parser::is_condition(uint32_t node) const {
  const Op op = out_.nodes[node].op;
  return op >= Op::eq;
}

uint32_t Parser::as_condition(uint32_t node) {
  if (is_condition(node)) return node;
  if (out_.nodes[node].op != Op::size) syntax_error();
  note(Fault::misused_function,
       "The function is not allowed to be used this way in an expression; function: size");
  return node;
}

uint32_t Parser::as_operand(uint32_t node) {
  const Node& n = out_.nodes[node];
  if (!is_condition(node)) return node;
  if (n.op < Op::attribute_exists || n.parenthesised) syntax_error();
  note(Fault::misused_function,
       cat("The function is not allowed to be used this way in an expression; function: ",
           op_name(n.op)));
  return node;
}

uint32_t Parser::disjunction(int depth) {
  uint32_t left = conjunction(depth);
  while (is_keyword("OR")) {
    as_condition(left);
    next();
    count_operator();
    const uint32_t right = as_condition(conjunction(depth));
    left = add({Op::or_, false, 0, {left, right}});
  }
  return left;
}

uint32_t Parser::conjunction(int depth) {
  uint32_t left = negation(depth);
  while (is_keyword("AND")) {
    as_condition(left);
    next();
    count_operator();
    const uint32_t right = as_condition(negation(depth));
    left = add({Op::and_, false, 0, {left, right}});
  }
  return left;
}

uint32_t Parser::negation(int depth) {
  if (depth > depth_max) refuse("The expression is nested too deeply");
  if (!take_keyword("NOT")) return comparison(depth);
  count_operator();
  const uint32_t inner = as_condition(negation(depth + 1));
  return add({Op::not_, false, 0, {inner}});
}

uint32_t Parser::comparison(int depth) {
  const uint32_t left = primary(depth);
  const Op op = comparator(peek());
  if (op != Op::path) {
    as_operand(left);
    next();
    count_operator();
    const uint32_t right = as_operand(primary(depth));
    return add({op, false, 0, {left, right}});
  }
  if (is_keyword("BETWEEN") || is_keyword("IN")) return between_or_in(as_operand(left), depth);
  return left;
}

uint32_t Parser::between_or_in(uint32_t left, int depth) {
  count_operator();
  Node node;
  node.args.push_back(left);
  if (take_keyword("BETWEEN")) {
    node.op = Op::between;
    node.args.push_back(as_operand(primary(depth)));
    if (!take_keyword("AND")) syntax_error();
    node.args.push_back(as_operand(primary(depth)));
    return add(std::move(node));
  }
  next();
  node.op = Op::in;
  expect("(");
  do {
    node.args.push_back(as_operand(primary(depth)));
  } while (take_symbol(","));
  expect(")");
  if (node.args.size() - 1 > in_operands_max)
    refuse("The IN operator is provided with too many operands; number of operands: " +
           std::to_string(node.args.size() - 1));
  return add(std::move(node));
}

uint32_t Parser::primary(int depth) {
  if (depth > depth_max) refuse("The expression is nested too deeply");
  if (take_symbol("(")) {
    const uint32_t inner = disjunction(depth + 1);
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

uint32_t Parser::argument(int depth) {
  return kind_ == ExpressionKind::update ? term(depth) : as_operand(primary(depth));
}

uint32_t Parser::function(int depth) {
  const std::string_view name = next().text;
  expect("(");
  Node node;
  do {
    node.args.push_back(argument(depth + 1));
  } while (take_symbol(","));
  expect(")");
  const FunctionRow* row = nullptr;
  for (const FunctionRow& r : functions)
    if (r.name == name) row = &r;
  if (!row) {
    note(Fault::unknown_function, cat("Invalid function name; function: ", name));
    node.op = kind_ == ExpressionKind::update ? Op::if_not_exists : Op::contains;
    return add(std::move(node));
  }
  node.op = row->op;
  const bool of_updates = row->op == Op::if_not_exists || row->op == Op::list_append;
  if (kind_ == ExpressionKind::update && !of_updates)
    note(Fault::misused_function,
         cat("The function is not allowed in an update expression; function: ", name));
  if (kind_ != ExpressionKind::update && of_updates)
    note(Fault::misused_function,
         cat("The function is not allowed in a ",
             kind_ == ExpressionKind::condition ? "condition" : kind_ == ExpressionKind::filter
                                                                    ? "filter" : "key condition",
             " expression; function: ", name));
  if (node.args.size() != row->operands)
    note(Fault::arity, cat("Incorrect number of operands for operator or function; operator or "
                           "function: ",
                           name, ", number of operands: ", node.args.size()));
  const bool path_first = row->op == Op::attribute_exists || row->op == Op::attribute_not_exists ||
                          row->op == Op::if_not_exists;
  if (path_first && out_.nodes[node.args[0]].op != Op::path)
    note(Fault::arity,
         cat("Operator or function requires a document path; operator or function: ", name));
  return add(std::move(node));
}

}  // namespace squall::dynamodb
