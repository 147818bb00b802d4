// A page of a query or scan: a range of a table or index, walked until a limit, written as it goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/read.h"

namespace squall::dynamodb {

enum class Select : uint8_t { all, all_projected, specific, count };

/// What Query and Scan share. The expressions are kept as text until the table is known.
struct PageRequest {
  explicit PageRequest(const Fields& fields, bool is_query);

  bool is_query;
  std::string_view table;
  std::optional<std::string_view> index, filter, projection;
  std::optional<Select> select;
  std::optional<int64_t> limit;
  bool consistent;
  ReturnCapacity capacity;
  Value start_key, names, values;
};

/// The part of a table that is read: the table itself or one of its indexes.
struct Target {
  const OrderedIndex* entries = nullptr;
  const IndexPlan* index = nullptr;  // none: the table
  KeySchema keys;
  KeyTypes types;
};
/// Under the table's lock. Throws where the index is not there, not readable, or not consistent.
Target target_of(TableStore& store, const PageRequest& request);

struct Range {
  Position from, to;
  bool forward = true;
};

/// A starting key: its bytes, in the order of the target's components.
class StartKey {
 public:
  /// Throws unless it has exactly the target's key attributes.
  StartKey(const Value& given, const Target& target, const TableStore& store);
  Position position(Position::Edge edge) const;
  const std::vector<std::string>& bytes() const { return bytes_; }

 private:
  std::vector<std::string> bytes_;
};

struct PageOptions {
  Range range;
  const StartKey* start = nullptr;
  Bound filter;
  Projection projection;
};
/// Walks and writes Items, Count, ScannedCount, LastEvaluatedKey and ConsumedCapacity.
void write_page(TableStore& store, const PageRequest& request, const Target& target,
                const PageOptions& options, std::string& out);
/// Refuses selections that the target cannot give.
void check_select(const PageRequest& request, const Target& target, const Projection& projection);

/// The condition of a query on its keys.
struct KeyRange {
  std::string hash;
  Op op = Op::path;  // on the range key; path: none
  std::string low, high;
  Range range(bool forward) const;
};
KeyRange key_range(const Bound& condition, const Target& target);

}  // namespace squall::dynamodb
