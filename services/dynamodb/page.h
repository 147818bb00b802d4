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
  PageRequest() = default;
  explicit PageRequest(const Fields& fields, bool is_query);

  bool is_query = false;
  std::string_view operation = "ExecuteStatement";  // in metrics
  std::string_view table;
  std::optional<std::string_view> index, filter, projection;
  std::optional<Select> select;
  std::optional<int64_t> limit;
  bool consistent = false;
  ReturnCapacity capacity = ReturnCapacity::none;
  Value start_key, names, values;
  std::vector<std::string_view> attributes;  // AttributesToGet, instead of a projection
  Bound legacy_filter;                       // QueryFilter or ScanFilter, instead of a filter
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
  size_t bytes_before = 0;  // of the same page, from other ranges
};

/// How a range was walked.
struct PageResult {
  size_t scanned = 0, count = 0, bytes = 0;
  double fetched_units = 0;  // for what a local index does not hold
  const Item* stopped_at = nullptr;
};
/// Appends the items of a range to a list that stands open at the end of `out`.
/// Throws where the table or index gives no more.
PageResult append_items(TableStore& store, const PageRequest& request, const Target& target,
                        const PageOptions& options, std::string& out);
void add_units(Capacity& capacity, const PageRequest& request, const Target& target,
               const PageResult& result);

/// Walks and writes Items, Count, ScannedCount, LastEvaluatedKey and ConsumedCapacity.
void write_page(TableStore& store, const PageRequest& request, const Target& target,
                const PageOptions& options, std::string& out);
/// Refuses selections that the target cannot give.
void check_select(const PageRequest& request, const Target& target, const Projection& projection);

/// `attribute OP values`, where a node of an expression is that.
struct Comparison {
  std::string_view name;
  Op op = Op::eq;
  std::vector<AttributeView> values;
};
/// What `a OP b` is with its sides changed.
Op mirrored(Op op);

/// The condition of a query on its keys.
struct KeyRange {
  std::string hash;
  Op op = Op::path;  // on the range key; path: none
  std::string low, high;
  Range range(bool forward) const;
};
/// The bytes of a key condition's value; throws where it is not of the key's type, or empty.
std::string key_bytes(AttributeView value, Type wanted, std::string_view name);
KeyRange key_range(const Bound& condition, const Target& target);

}  // namespace squall::dynamodb
