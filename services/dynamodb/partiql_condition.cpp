// PartiQL's conditions and assignments, into the nodes of DynamoDB's own expressions.
#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/partiql_parse.h"

namespace squall::dynamodb::partiql {
namespace {

constexpr int depth_max = 300;

struct FunctionRow {
  std::string_view name;
  Op op;
  size_t operands;
};
constexpr FunctionRow functions[] = {{"begins_with", Op::begins_with, 2},
                                     {"contains", Op::contains, 2},
                                     {"attribute_type", Op::attribute_type, 2},
                                     {"size", Op::size, 1}};

Op comparator(const Token& token) {
  constexpr std::pair<std::string_view, Op> symbols[] = {
      {"=", Op::eq}, {"<>", Op::ne}, {"!=", Op::ne}, {"<", Op::lt},
      {"<=", Op::le}, {">", Op::gt}, {">=", Op::ge}};
  if (token.kind == Token::Kind::symbol)
    for (const auto& [text, op] : symbols)
      if (token.text == text) return op;
  return Op::path;
}

std::string encoded(const Value& attribute) {
  std::string out;
  append_attribute(out, attribute);
  return out;
}

void check_depth(int depth) {
  if (depth > depth_max) throw invalid("The expression is nested too deeply");
}

}  // namespace

uint32_t Parser::as_condition(uint32_t node) const {
  if (builder_->node(node).op < Op::eq) not_well_formed("Unexpected term");
  return node;
}

uint32_t Parser::as_operand(uint32_t node) const {
  if (builder_->node(node).op >= Op::eq) not_well_formed("Unexpected term");
  return node;
}

uint32_t Parser::disjunction(int depth) {
  uint32_t left = conjunction(depth);
  while (take_word("OR")) {
    as_condition(left);
    const uint32_t right = as_condition(conjunction(depth));
    left = builder_->operation(Op::or_, {left, right});
  }
  return left;
}

uint32_t Parser::conjunction(int depth) {
  uint32_t left = negation(depth);
  while (take_word("AND")) {
    as_condition(left);
    const uint32_t right = as_condition(negation(depth));
    left = builder_->operation(Op::and_, {left, right});
  }
  return left;
}

uint32_t Parser::negation(int depth) {
  check_depth(depth);
  if (!take_word("NOT")) return predicate(depth);
  return builder_->operation(Op::not_, {as_condition(negation(depth + 1))});
}

uint32_t Parser::predicate(int depth) {
  const uint32_t left = primary(depth);
  if (const Op op = comparator(peek()); op != Op::path) {
    as_operand(left);
    next();
    const uint32_t right = as_operand(primary(depth));
    return builder_->operation(op, {left, right});
  }
  if (take_word("IS")) return is_test(as_operand(left));
  const bool negated = is_word("NOT") && (is_word("IN", 1) || is_word("BETWEEN", 1));
  if (negated) next();
  uint32_t found = left;
  if (take_word("IN")) {
    found = in_list(as_operand(left), depth);
  } else if (take_word("BETWEEN")) {
    const uint32_t low = as_operand(primary(depth));
    expect_word("AND");
    const uint32_t high = as_operand(primary(depth));
    found = builder_->operation(Op::between, {as_operand(left), low, high});
  }
  return negated ? builder_->operation(Op::not_, {found}) : found;
}

/// `IS [NOT] MISSING`: not there. `IS [NOT] NULL`: there, and NULL.
uint32_t Parser::is_test(uint32_t left) {
  if (builder_->node(left).op != Op::path) unexpected();
  const bool negated = take_word("NOT");
  if (take_word("MISSING"))
    return builder_->operation(negated ? Op::attribute_exists : Op::attribute_not_exists, {left});
  expect_word("NULL");
  const uint32_t type = builder_->value(encoded({{"S", "NULL"}}));
  const uint32_t test = builder_->operation(Op::attribute_type, {left, type});
  return negated ? builder_->operation(Op::not_, {test}) : test;
}

uint32_t Parser::in_list(uint32_t left, int depth) {
  std::vector<uint32_t> args{left};
  if (peek().kind == Token::Kind::parameter) {
    const Value given = parameter().at("L");
    if (!given.is_list()) throw invalid("The IN operator requires a list of values");
    for (const Value& item : given.items()) args.push_back(builder_->value(encoded(item)));
  } else {
    const bool round = take_symbol("(");
    const bool bag = !round && take_symbol("<<");
    if (!round && !bag) expect_symbol("[");
    const std::string_view close = round ? ")" : bag ? ">>" : "]";
    if (!is_symbol(close)) do {
        args.push_back(as_operand(primary(depth + 1)));
      } while (take_symbol(","));
    expect_symbol(close);
  }
  constexpr size_t operands_max = 100;
  if (args.size() - 1 > operands_max)
    throw invalid(cat("The IN operator is provided with too many operands; number of operands: ",
                      args.size() - 1));
  return builder_->operation(Op::in, std::move(args));
}

uint32_t Parser::value_node() { return builder_->value(encoded(literal())); }

uint32_t Parser::primary(int depth) {
  check_depth(depth);
  if (take_symbol("(")) {
    const uint32_t inner = disjunction(depth + 1);
    expect_symbol(")");
    return inner;
  }
  if (starts_value()) return value_node();
  if (peek().kind == Token::Kind::word && is_symbol("(", 1)) return call(depth);
  return builder_->path(path());
}

uint32_t Parser::call(int depth) {
  const Token name = next();
  if (equals_ignore_case(name.text, "exists"))
    throw invalid("EXISTS can only be used as a statement of a transaction");
  const FunctionRow* row = nullptr;
  for (const FunctionRow& r : functions)
    if (equals_ignore_case(r.name, name.text)) row = &r;
  if (!row) throw invalid(cat("Unsupported function: ", name.text));
  expect_symbol("(");
  std::vector<uint32_t> args;
  if (!is_symbol(")")) do {
      args.push_back(as_operand(primary(depth + 1)));
    } while (take_symbol(","));
  expect_symbol(")");
  if (args.size() != row->operands)
    throw invalid(cat("Incorrect number of operands for operator or function; operator or "
                      "function: ",
                      row->name, ", number of operands: ", args.size()));
  return builder_->operation(row->op, std::move(args));
}

// --- SET -----------------------------------------------------------------------------------------

/// `path = value`, where set_add and set_delete stand for whole actions.
void Parser::assignment(ExpressionBuilder& out) {
  Path target = path();
  expect_symbol("=");
  if (set_change(out, target)) return;
  const uint32_t value = assigned();
  out.action(Action::Kind::set, std::move(target), value);
}

bool Parser::set_change(ExpressionBuilder& out, const Path& target) {
  const bool adds = is_word("SET_ADD");
  if ((!adds && !is_word("SET_DELETE")) || !is_symbol("(", 1)) return false;
  const std::string name = to_lower(next().text);
  expect_symbol("(");
  const Path changed = path();
  expect_symbol(",");
  const uint32_t value = value_node();
  expect_symbol(")");
  bool same = changed.size() == target.size();
  for (size_t i = 0; same && i < target.size(); ++i)
    same = changed[i].kind == target[i].kind && changed[i].number == target[i].number &&
           changed[i].name == target[i].name;
  if (!same)
    throw invalid(cat("The first argument of ", name, " must be the attribute that is set"));
  const Type type = builder_->literal(value).type();
  if (!is_set(type))
    throw invalid(cat("Incorrect operand type for operator or function; operator or function: ",
                      name, ", operand type: ", type_name(type)));
  out.action(adds ? Action::Kind::add : Action::Kind::delete_, target, value);
  return true;
}

uint32_t Parser::assigned() {
  const uint32_t left = term();
  if (!is_symbol("+") && !is_symbol("-")) return left;
  const Op op = next().text == "+" ? Op::plus : Op::minus;
  const uint32_t right = term();
  return builder_->operation(op, {left, right});
}

uint32_t Parser::term() {
  if (starts_value()) return value_node();
  if (peek().kind != Token::Kind::word || !is_symbol("(", 1)) return builder_->path(path());
  const Token name = next();
  if (!equals_ignore_case(name.text, "list_append"))
    throw invalid(cat("Unsupported function: ", name.text));
  expect_symbol("(");
  const uint32_t first = term();
  expect_symbol(",");
  const uint32_t second = term();
  expect_symbol(")");
  return builder_->operation(Op::list_append, {first, second});
}

}  // namespace squall::dynamodb::partiql
