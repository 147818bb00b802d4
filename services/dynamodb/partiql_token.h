// Tokens of PartiQL statements.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall::dynamodb::partiql {

struct Token {
  enum class Kind : uint8_t { end, word, quoted, text, number, parameter, symbol };
  Kind kind = Kind::end;
  size_t at = 0;
  std::string text;  // without quotes, escapes resolved
};
/// Throws where a character or a literal is none of PartiQL's.
std::vector<Token> tokens_of(std::string_view statement);

/// "Statement wasn't well formed, can't be processed: " and the rest.
[[noreturn]] void not_well_formed(std::string_view what);
/// SQL's reserved words: as a name they have to stand in double quotes.
bool is_reserved(std::string_view word);

}  // namespace squall::dynamodb::partiql
