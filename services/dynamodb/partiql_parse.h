// The parser of PartiQL statements; its parts are in several files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/partiql_statement.h"
#include "services/dynamodb/partiql_token.h"

namespace squall::dynamodb::partiql {

class Parser {
 public:
  Parser(std::string_view text, const Value& parameters);
  Statement take();

 private:
  // tokens
  const Token& peek(size_t ahead = 0) const;
  Token next() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  bool is_symbol(std::string_view symbol, size_t ahead = 0) const;
  bool is_word(std::string_view upper, size_t ahead = 0) const;
  bool take_symbol(std::string_view symbol);
  bool take_word(std::string_view upper);
  void expect_symbol(std::string_view symbol);
  void expect_word(std::string_view upper);
  [[noreturn]] void unexpected() const;

  // statements (partiql_parse.cpp)
  void select();
  void insert();
  void update();
  void remove();
  void table();
  void select_list();
  void selected();
  void where();
  void order_by();
  void returning();
  void set_list(ExpressionBuilder& out);
  void remove_list(ExpressionBuilder& out);
  void refuse_clauses() const;

  // names, paths and values (partiql_value.cpp)
  std::string name();
  Path path();
  bool starts_value() const;
  Value literal(int depth = 0);
  Value number();
  Value list(int depth);
  Value tuple(int depth);
  Value set();
  Value parameter();

  // expressions (partiql_condition.cpp)
  uint32_t disjunction(int depth);
  uint32_t conjunction(int depth);
  uint32_t negation(int depth);
  uint32_t predicate(int depth);
  uint32_t is_test(uint32_t left);
  uint32_t in_list(uint32_t left, int depth);
  uint32_t primary(int depth);
  uint32_t call(int depth);
  uint32_t as_condition(uint32_t node) const;
  uint32_t as_operand(uint32_t node) const;
  uint32_t value_node();
  void assignment(ExpressionBuilder& out);
  uint32_t assigned();
  uint32_t term();
  bool set_change(ExpressionBuilder& out, const Path& target);

  std::vector<Token> tokens_;
  size_t at_ = 0;
  Value parameters_;
  size_t used_ = 0;
  Statement out_;
  ExpressionBuilder* builder_ = nullptr;  // of the expression being read
};

}  // namespace squall::dynamodb::partiql
