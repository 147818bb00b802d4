// A PartiQL statement as item operations take it; internal to the three operations.
#pragma once

#include <string>
#include <string_view>

#include "services/dynamodb/partiql_key.h"
#include "services/dynamodb/partiql_statement.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb::partiql {

constexpr std::string_view on_failure_names[] = {"NONE", "ALL_OLD"};

/// The write that an INSERT, UPDATE, DELETE or EXISTS stands for, with its table's store.
Write write_of(const api::DirectCall& call, const Statement& statement);
/// Why a write whose condition did not hold is refused.
AwsError refusal_of(const Statement& statement, const Outcome& outcome, bool with_item);
/// What RETURNING asks for: attributes as JSON, or nothing.
std::string returned(const Statement& statement, const Write& write, const Outcome& outcome);

/// A SELECT of one item by its whole key, as batches and transactions have them.
struct ItemRead {
  std::shared_ptr<TableStore> store;
  KeyBytes key;
  Bound filter;
  Projection projection;
};
ItemRead item_read_of(const api::DirectCall& call, const Statement& statement,
                      std::string_view refusal);
/// Under the table's lock: the item, where it is there and satisfies the clause.
/// `operation` is for metrics. Throws where the table gives no more; a transaction costs twice as
/// much (`factor`).
const Item* find_item(const ItemRead& read, bool consistent, Capacity& capacity,
                      std::string_view operation, double factor = 1);

/// DuplicateItemException, as INSERT gives it.
AwsError duplicate_item();

}  // namespace squall::dynamodb::partiql
