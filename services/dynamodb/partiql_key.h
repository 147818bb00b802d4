// What a WHERE clause says about keys: which item, which partitions, or nothing.
#pragma once

#include <string>
#include <vector>

#include "services/dynamodb/page.h"
#include "services/dynamodb/partiql_statement.h"

namespace squall::dynamodb::partiql {

/// The one item that equalities on all of a table's key attributes name.
struct KeyClause {
  KeyBytes key;
  bool more = false;  // the clause has other conditions too
};
/// Throws where the clause names no item: `refusal` says what AWS says then.
KeyClause key_clause(const Bound& where, const TableStore& store, std::string_view refusal);

/// Ranges to query, in order; empty: the whole target has to be scanned.
std::vector<KeyRange> key_ranges(const Statement& statement, const Bound& where,
                                 const Target& target);
/// Whether ranges are walked forwards, as ORDER BY wants it.
bool walks_forward(const Statement& statement, const Target& target);

}  // namespace squall::dynamodb::partiql
