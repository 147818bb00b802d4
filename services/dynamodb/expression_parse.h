// Tokens of expressions, and the parser's common part. Internal to the expression files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/expression.h"

namespace squall::dynamodb {

struct Token {
  enum class Kind : uint8_t { end, word, name, value, number, symbol, bad };
  Kind kind = Kind::end;
  size_t at = 0;
  std::string_view text;
};
std::vector<Token> tokens_of(std::string_view text);

/// What may be wrong besides the syntax; the first kind in this order is told.
enum class Fault : uint8_t {
  redundant,
  reserved,
  unknown_function,
  misused_function,
  arity,
  count
};

class Parser {
 public:
  Parser(ExpressionKind kind, std::string_view text);
  Parsed take();

 private:
  const Token& peek(size_t ahead = 0) const;
  Token next() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  bool is_symbol(std::string_view symbol) const;
  bool is_keyword(std::string_view upper) const;
  bool take_symbol(std::string_view symbol);
  bool take_keyword(std::string_view upper);
  void expect(std::string_view symbol);
  [[noreturn]] void syntax_error() const;
  [[noreturn]] void refuse(std::string_view what) const;
  void note(Fault fault, std::string what);

  uint32_t add(Node node);
  uint32_t path();
  PathStep name_step();
  uint32_t leaf_path();
  uint32_t leaf_value();
  uint32_t slot(std::vector<std::string>& list, std::string_view text);
  void count_operator();

  // conditions
  uint32_t disjunction(int depth);
  uint32_t conjunction(int depth);
  uint32_t negation(int depth);
  uint32_t comparison(int depth);
  uint32_t between_or_in(uint32_t left, int depth);
  uint32_t primary(int depth);
  uint32_t function(int depth);
  uint32_t argument(int depth);
  bool is_condition(uint32_t node) const;
  uint32_t as_condition(uint32_t node);
  uint32_t as_operand(uint32_t node);

  // updates
  void update();
  void section(std::string_view keyword);
  uint32_t sum(int depth);
  uint32_t term(int depth);

  void projection();

  ExpressionKind kind_;
  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  Parsed out_;
  std::vector<std::string> faults_;
  int operators_ = 0;
};

}  // namespace squall::dynamodb
