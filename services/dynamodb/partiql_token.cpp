// The lexer of PartiQL statements.
#include "services/dynamodb/partiql_token.h"

#include <algorithm>
#include <vector>

#include "emulator/core/text.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb::partiql {
namespace {

constexpr std::string_view reserved =
    "ABSOLUTE ACTION ADD ALL ALLOCATE ALTER AND ANY ARE AS ASC ASSERTION AT AUTHORIZATION AVG "
    "BAG BEGIN BETWEEN BIT BIT_LENGTH BLOB BOOL BOOLEAN BOTH BY CAN_CAST CASCADE CASCADED CASE "
    "CAST CATALOG CHAR CHARACTER CHARACTER_LENGTH CHAR_LENGTH CHECK CLOB CLOSE COALESCE COLLATE "
    "COLLATION COLUMN COMMIT CONNECT CONNECTION CONSTRAINT CONSTRAINTS CONTINUE CONVERT "
    "CORRESPONDING COUNT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP "
    "CURRENT_USER CURSOR DATE DEALLOCATE DEC DECIMAL DECLARE DEFAULT DEFERRABLE DEFERRED DELETE "
    "DESC DESCRIBE DESCRIPTOR DIAGNOSTICS DISCONNECT DISTINCT DOMAIN DOUBLE DROP ELSE END "
    "ESCAPE EVERY EXCEPT EXCEPTION EXEC EXECUTE EXISTS EXTERNAL EXTRACT FALSE FETCH FIRST FLOAT "
    "FOR FOREIGN FOUND FROM FULL GET GLOBAL GO GOTO GRANT GROUP HAVING IDENTITY IMMEDIATE IN "
    "INDICATOR INITIALLY INNER INPUT INSENSITIVE INSERT INT INTEGER INTERSECT INTERVAL INTO IS "
    "ISOLATION JOIN KEY LANGUAGE LAST LEFT LEVEL LIKE LIMIT LIST LOCAL LOWER MATCH MAX MIN "
    "MISSING MODULE NAMES NATIONAL NATURAL NCHAR NEXT NO NOT NULL NULLIF NUMERIC OCTET_LENGTH OF "
    "OFFSET ON ONLY OPEN OPTION OR ORDER OUTER OUTPUT OVERLAPS PAD PARTIAL PIVOT POSITION "
    "PRECISION PREPARE PRESERVE PRIMARY PRIOR PRIVILEGES PROCEDURE PUBLIC READ REAL REFERENCES "
    "RELATIVE REMOVE RESTRICT REVOKE RIGHT ROLLBACK ROWS SCHEMA SCROLL SECTION SELECT SESSION "
    "SESSION_USER SET SEXP SIZE SMALLINT SOME SPACE SQL SQLCODE SQLERROR SQLSTATE STRING STRUCT "
    "SUBSTRING SUM SYMBOL SYSTEM_USER TABLE TEMPORARY THEN TIME TIMESTAMP TO TRANSACTION "
    "TRANSLATE TRANSLATION TRIM TRUE TUPLE UNION UNIQUE UNKNOWN UNPIVOT UPDATE UPPER USAGE USER "
    "USING VALUE VALUES VARCHAR VARYING VIEW WHEN WHENEVER WHERE WITH WORK WRITE ZONE";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> all() {
    while (skip_blanks(), at_ < text_.size()) tokens_.push_back(next());
    tokens_.push_back({Token::Kind::end, text_.size(), {}});
    return std::move(tokens_);
  }

 private:
  /// Blanks, and SQL's comments.
  void skip_blanks() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_, 2) == "/*") {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == text_.npos) not_well_formed("Invalid comment");
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  Token next() {
    const char c = text_[at_];
    if (c == '\'') return quoted(Token::Kind::text, c);
    if (c == '"') return quoted(Token::Kind::quoted, c);
    if (is_letter(c)) return taken(Token::Kind::word, word_size());
    const bool point = c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
    if (is_digit(c) || (point && !follows_name())) return taken(Token::Kind::number, number_size());
    if (c == '?') return taken(Token::Kind::parameter, 1);
    for (const std::string_view two : {"<=", ">=", "<>", "!=", "<<", ">>", "||"})
      if (text_.substr(at_, 2) == two) return taken(Token::Kind::symbol, 2);
    if (std::string_view("=<>+-*/%()[]{},.:;").find(c) != std::string_view::npos)
      return taken(Token::Kind::symbol, 1);
    if (c == '`') throw invalid("Ion literals are not supported");
    not_well_formed("Invalid character");
  }

  bool follows_name() const {
    return !tokens_.empty() && (tokens_.back().kind == Token::Kind::word ||
                                tokens_.back().kind == Token::Kind::quoted);
  }

  Token taken(Token::Kind kind, size_t size) {
    Token token{kind, at_, std::string(text_.substr(at_, size))};
    at_ += size;
    return token;
  }

  size_t word_size() const {
    size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return end - at_;
  }

  size_t number_size() const {
    size_t end = at_;
    const auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    digits();
    if (end < text_.size() && text_[end] == '.') {
      ++end;
      digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      size_t mantissa = end++;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
      const size_t first = end;
      digits();
      if (end == first) end = mantissa;
    }
    if (end < text_.size() && is_letter(text_[end])) not_well_formed("Invalid literal");
    return end - at_;
  }

  /// A quote inside is written twice.
  Token quoted(Token::Kind kind, char quote) {
    Token token{kind, at_++, {}};
    for (;; ++at_) {
      if (at_ == text_.size()) not_well_formed("Invalid literal");
      if (text_[at_] == quote) {
        ++at_;
        if (at_ == text_.size() || text_[at_] != quote) return token;
      }
      token.text += text_[at_];
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view statement) { return Lexer(statement).all(); }

void not_well_formed(std::string_view what) {
  throw invalid(cat("Statement wasn't well formed, can't be processed: ", what));
}

bool is_reserved(std::string_view word) {
  static const auto words = [] {
    auto all = split(reserved, ' ');
    std::ranges::sort(all);
    return all;
  }();
  std::string upper(word);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return std::ranges::binary_search(words, std::string_view(upper));
}

}  // namespace squall::dynamodb::partiql
