// PartiQL's statements: SELECT, INSERT, UPDATE, DELETE, and EXISTS around a SELECT.
#include "services/dynamodb/partiql_parse.h"

#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb::partiql {

Parser::Parser(std::string_view text, const Value& parameters)
    : tokens_(tokens_of(text)), parameters_(parameters) {}

const Token& Parser::peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool Parser::is_symbol(std::string_view symbol, size_t ahead) const {
  return peek(ahead).kind == Token::Kind::symbol && peek(ahead).text == symbol;
}

bool Parser::is_word(std::string_view upper, size_t ahead) const {
  return peek(ahead).kind == Token::Kind::word && equals_ignore_case(peek(ahead).text, upper);
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  next();
  return true;
}

bool Parser::take_word(std::string_view upper) {
  if (!is_word(upper)) return false;
  next();
  return true;
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) unexpected();
}

void Parser::expect_word(std::string_view upper) {
  if (!take_word(upper)) unexpected();
}

void Parser::unexpected() const {
  const bool keyword = peek().kind == Token::Kind::word && is_reserved(peek().text);
  not_well_formed(keyword ? "Unexpected keyword" : "Unexpected term");
}

Statement Parser::take() {
  if (is_word("SELECT")) {
    select();
  } else if (take_word("INSERT")) {
    insert();
  } else if (take_word("UPDATE")) {
    update();
  } else if (take_word("DELETE")) {
    remove();
  } else if (take_word("EXISTS")) {
    expect_symbol("(");
    select();
    expect_symbol(")");
    out_.kind = Statement::Kind::exists;
  } else {
    not_well_formed("Expected data manipulation");
  }
  take_symbol(";");
  if (peek().kind != Token::Kind::end) {
    refuse_clauses();
    unexpected();
  }
  if (used_ != parameters_.size())
    throw invalid("Number of parameters in request and statement don't match.");
  if (out_.where) check_expression(out_.condition());
  if (out_.update) check_expression(out_.update);
  return std::move(out_);
}

/// What SQL has and DynamoDB does not.
void Parser::refuse_clauses() const {
  for (const char* clause : {"LIMIT", "OFFSET", "GROUP", "HAVING", "JOIN", "UNION", "EXCEPT",
                             "INTERSECT", "LET"})
    if (is_word(clause))
      throw invalid(cat("Unsupported clause: ", clause, " at 1:", peek().at + 1, ":",
                        peek().text.size()));
}

void Parser::table() {
  const bool named = peek().kind == Token::Kind::quoted ||
                     (peek().kind == Token::Kind::word && !is_reserved(peek().text));
  if (!named) not_well_formed("Unexpected from source");
  out_.table = next().text;
  if (!take_symbol(".")) return;
  if (peek().kind != Token::Kind::quoted && peek().kind != Token::Kind::word) unexpected();
  out_.index = next().text;
}

void Parser::where() {
  if (!take_word("WHERE")) return;
  builder_ = &out_.where.emplace(ExpressionKind::condition);
  out_.where_root = as_condition(disjunction(0));
}

// --- SELECT --------------------------------------------------------------------------------------

void Parser::select() {
  next();
  out_.kind = Statement::Kind::select;
  if (is_word("DISTINCT")) throw invalid("Unsupported clause: DISTINCT");
  select_list();
  expect_word("FROM");
  table();
  where();
  if (take_word("ORDER")) order_by();
}

void Parser::select_list() {
  if (take_symbol("*")) return;
  do {
    selected();
  } while (take_symbol(","));
}

/// A path; its value comes under the name of its last step.
void Parser::selected() {
  if (peek().kind == Token::Kind::word && is_symbol("(", 1))
    throw invalid(cat("Unsupported function in projection: ", peek().text));
  if (starts_value()) unexpected();
  Selected one;
  one.path = path();
  std::string indexes;
  for (auto step = one.path.rbegin(); step != one.path.rend(); ++step) {
    if (step->kind != PathStep::Kind::index) {
      one.name = cat(step->name, indexes);
      break;
    }
    indexes = cat("[", step->number, "]", indexes);
  }
  if (is_word("AS")) throw invalid("Aliasing is not supported in projections");
  out_.selected.push_back(std::move(one));
}

void Parser::order_by() {
  expect_word("BY");
  do {
    OrderKey key;
    key.name = name();
    key.descending = take_word("DESC");
    if (!key.descending) take_word("ASC");
    out_.order.push_back(std::move(key));
  } while (take_symbol(","));
}

// --- INSERT, UPDATE, DELETE ----------------------------------------------------------------------

void Parser::insert() {
  out_.kind = Statement::Kind::insert;
  expect_word("INTO");
  table();
  expect_word("VALUE");
  const Value item = is_symbol("{") ? tuple(0) : parameter();
  if (!item.at("M").is_map()) unexpected();
  append_attributes(out_.item, item.at("M"), {}, {});
}

void Parser::update() {
  out_.kind = Statement::Kind::update;
  table();
  if (!is_word("SET") && !is_word("REMOVE")) not_well_formed("Expected data manipulation");
  ExpressionBuilder changes(ExpressionKind::update);
  builder_ = &changes;
  while (is_word("SET") || is_word("REMOVE"))
    next().text.size() == std::string_view("SET").size() ? set_list(changes)
                                                         : remove_list(changes);
  out_.update = changes.finish();
  where();
  returning();
}

void Parser::set_list(ExpressionBuilder& out) {
  do {
    assignment(out);
  } while (take_symbol(","));
}

void Parser::remove_list(ExpressionBuilder& out) {
  do {
    out.action(Action::Kind::remove, path());
  } while (take_symbol(","));
}

void Parser::remove() {
  out_.kind = Statement::Kind::remove;
  expect_word("FROM");
  table();
  where();
  returning();
  if (out_.returning != Returning::nothing && out_.returning != Returning::all_old)
    throw invalid("DELETE can only return ALL OLD *");
}

void Parser::returning() {
  if (!take_word("RETURNING")) return;
  const bool all = take_word("ALL");
  if (!all) expect_word("MODIFIED");
  const bool old = take_word("OLD");
  if (!old) expect_word("NEW");
  expect_symbol("*");
  out_.returning = all ? (old ? Returning::all_old : Returning::all_new)
                       : (old ? Returning::modified_old : Returning::modified_new);
}

Statement parse_statement(std::string_view text, const Value& parameters) {
  return Parser(text, parameters).take();
}

}  // namespace squall::dynamodb::partiql
