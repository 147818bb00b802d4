// PartiQL statements as they are understood: expressions of the same kind that all other item
// operations have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/expression_build.h"
#include "services/dynamodb/read.h"

namespace squall::dynamodb::partiql {

enum class Returning : uint8_t { nothing, all_old, all_new, modified_old, modified_new };

struct OrderKey {
  std::string name;
  bool descending = false;
};

struct Statement {
  enum class Kind : uint8_t { select, insert, update, remove, exists };
  Kind kind = Kind::select;
  std::string table, index;
  std::vector<Selected> selected;  // none: all
  std::optional<ExpressionBuilder> where;
  uint32_t where_root = 0;
  std::vector<OrderKey> order;
  std::string item;  // insert: attributes in stored form
  Bound update;
  Returning returning = Returning::nothing;

  bool reads() const { return kind == Kind::select; }
  Bound condition() const { return where ? where->finish(where_root) : Bound(); }
};

/// `parameters` is a list of AttributeValues, or absent.
Statement parse_statement(std::string_view text, const Value& parameters);

}  // namespace squall::dynamodb::partiql
