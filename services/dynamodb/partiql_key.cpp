// Keys out of WHERE clauses. A condition that helps to find items is still evaluated as a filter.
#include "services/dynamodb/partiql_key.h"

#include <algorithm>
#include <map>
#include <optional>

#include "emulator/core/text.h"

namespace squall::dynamodb::partiql {
namespace {

bool of_keys(Op op) {
  return op == Op::eq || (op >= Op::lt && op <= Op::in) || op == Op::begins_with;
}

std::optional<Comparison> test_of(const Bound& bound, uint32_t index) {
  const Parsed& parsed = *bound.parsed;
  const Node& node = parsed.nodes[index];
  if (!of_keys(node.op)) return {};
  Comparison test;
  test.op = node.op;
  for (size_t i = 0; i < node.args.size(); ++i) {
    const Node& arg = parsed.nodes[node.args[i]];
    if (arg.op == Op::value) {
      test.values.push_back(bound.values[arg.leaf]);
    } else if (arg.op == Op::path && test.name.empty() && parsed.paths[arg.leaf].size() == 1) {
      test.name = bound.step_name(parsed.paths[arg.leaf].front());
      const bool either_side = node.op != Op::between && node.op != Op::in &&
                               node.op != Op::begins_with;
      if (i > 0 && !either_side) return {};
      if (i > 0) test.op = mirrored(node.op);
    } else {
      return {};
    }
  }
  if (test.name.empty() || test.values.empty()) return {};
  return test;
}

/// The conditions that all have to hold.
void collect(const Bound& bound, uint32_t index, std::vector<uint32_t>& out) {
  const Node& node = bound.parsed->nodes[index];
  if (node.op != Op::and_) return out.push_back(index);
  collect(bound, node.args[0], out);
  collect(bound, node.args[1], out);
}

/// The partition key's possible values; nothing where it may have any.
std::optional<std::vector<AttributeView>> hash_values(const Bound& bound, uint32_t index,
                                                      std::string_view hash) {
  const Node& node = bound.parsed->nodes[index];
  if (node.op == Op::and_) {
    for (const uint32_t side : node.args)
      if (auto values = hash_values(bound, side, hash)) return values;
    return {};
  }
  if (node.op == Op::or_) {
    auto left = hash_values(bound, node.args[0], hash);
    const auto right = hash_values(bound, node.args[1], hash);
    if (!left || !right) return {};
    left->insert(left->end(), right->begin(), right->end());
    return left;
  }
  const auto test = test_of(bound, index);
  if (!test || test->name != hash || (test->op != Op::eq && test->op != Op::in)) return {};
  return test->values;
}

/// The first condition on the sort key that a range can serve.
void narrow(const Bound& where, const Target& target, KeyRange& range) {
  if (target.keys.range.empty()) return;
  std::vector<uint32_t> conditions;
  collect(where, where.parsed->root, conditions);
  for (const uint32_t index : conditions) {
    const auto test = test_of(where, index);
    if (!test || test->name != target.keys.range || test->op == Op::in) continue;
    if (test->op == Op::begins_with && target.types.range == Type::N) continue;
    range.op = test->op;
    range.low = key_bytes(test->values[0], target.types.range, target.keys.range);
    if (test->op == Op::between)
      range.high = key_bytes(test->values[1], target.types.range, target.keys.range);
    return;
  }
}

void check_order(const Statement& statement, const Target& target, bool has_hash) {
  if (statement.order.empty()) return;
  if (!statement.where)
    throw invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
  if (!has_hash)
    throw invalid(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
        "BY clause.");
  for (const OrderKey& key : statement.order)
    if (key.name != target.keys.hash &&
        (target.keys.range.empty() || key.name != target.keys.range))
      throw invalid(cat("Variable reference ", key.name,
                        " in ORDER BY clause must be part of the primary key"));
}

}  // namespace

KeyClause key_clause(const Bound& where, const TableStore& store, std::string_view refusal) {
  const KeySchema& keys = store.keys();
  std::map<std::string_view, AttributeView> named;
  std::vector<uint32_t> conditions;
  if (where) collect(where, where.parsed->root, conditions);
  KeyClause clause;
  for (const uint32_t index : conditions) {
    const auto test = test_of(where, index);
    const bool of_key = test && test->op == Op::eq &&
                        (test->name == keys.hash || test->name == keys.range);
    if (!of_key || !named.emplace(test->name, test->values[0]).second) clause.more = true;
  }
  if (named.size() != (keys.range.empty() ? 1U : 2U)) throw invalid(std::string(refusal));
  std::string attributes;
  for (const auto& [name, value] : named) {
    append_name(attributes, name);
    attributes += value.encoded();
  }
  clause.key = key_from(attributes, store);
  return clause;
}

std::vector<KeyRange> key_ranges(const Statement& statement, const Bound& where,
                                 const Target& target) {
  constexpr size_t partitions_max = 50;
  const auto values = where ? hash_values(where, where.parsed->root, target.keys.hash)
                            : std::nullopt;
  check_order(statement, target, values.has_value());
  std::vector<KeyRange> ranges;
  if (!values) return ranges;
  if (values->size() > partitions_max)
    throw invalid(cat("The IN operator is provided with too many operands; number of operands: ",
                      values->size()));
  for (const AttributeView value : *values) {
    std::string hash = key_bytes(value, target.types.hash, target.keys.hash);
    if (std::ranges::find(ranges, hash, &KeyRange::hash) != ranges.end()) continue;
    KeyRange range;
    range.hash = std::move(hash);
    narrow(where, target, range);
    ranges.push_back(std::move(range));
  }
  for (const OrderKey& key : statement.order) {
    if (key.name != target.keys.hash) continue;
    std::ranges::sort(ranges, [&](const KeyRange& a, const KeyRange& b) {
      const int order = compare_bytes(a.hash, b.hash);
      return key.descending ? order > 0 : order < 0;
    });
  }
  return ranges;
}

bool walks_forward(const Statement& statement, const Target& target) {
  return std::ranges::none_of(statement.order, [&](const OrderKey& key) {
    return key.descending && key.name == target.keys.range;
  });
}

}  // namespace squall::dynamodb::partiql
