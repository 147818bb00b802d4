// ExecuteStatement: a page of a SELECT, or one write.
#include <limits>

#include "emulator/core/text.h"
#include "emulator/protocol/json.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/partiql_run.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {
namespace {

using namespace partiql;  // the operations' parts; this file is one of them

struct StatementRequest {
  explicit StatementRequest(const Fields& fields)
      : text(fields.text("Statement")),
        parameters(fields.list("Parameters")),
        consistent(fields.boolean("ConsistentRead").value_or(false)),
        token(fields.optional_text("NextToken")),
        capacity(return_capacity(fields)),
        limit(fields.integer("Limit", 1, std::numeric_limits<int32_t>::max())),
        item_on_failure(
            fields.choice("ReturnValuesOnConditionCheckFailure", on_failure_names, 0) == 1) {
    if (text.empty() || (!parameters.is_absent() && parameters.empty())) throw serialization("");
  }
  uint64_t hash() const { return stable_hash(to_json(parameters), stable_hash(text)); }
  std::string_view text;
  Value parameters;
  bool consistent;
  std::optional<std::string_view> token;
  ReturnCapacity capacity;
  std::optional<int64_t> limit;
  bool item_on_failure;
};

// --- SELECT --------------------------------------------------------------------------------------

/// Of a statement that names several partitions a page holds up to ten items, of up to ten values.
constexpr size_t values_a_page = 10;

/// Where a page begins: which of the statement's ranges, behind which key (none: at its start).
struct Start {
  size_t range = 0;
  Value key;
};

std::string next_token(const StatementRequest& request, size_t range, std::string_view key_json) {
  return base64_encode(cat(hex16(request.hash()), ' ', range, ' ', key_json));
}

Start start_from(const StatementRequest& request) {
  Start start;
  if (!request.token) return start;
  const auto bytes = base64_decode(*request.token);
  const auto parts = split(bytes ? std::string_view(*bytes) : std::string_view(), ' ');
  constexpr size_t parts_min = 3;
  if (parts.size() < parts_min) throw invalid("Invalid NextToken");
  if (parts[0] != hex16(request.hash()))
    throw invalid("NextToken does not match request");
  const auto range = parse_int(parts[1]);
  const std::string_view key = std::string_view(*bytes).substr(
      parts[0].size() + parts[1].size() + 2);
  if (!range || *range < 0 || (!key.empty() && !protocol::parse_json(key, start.key)))
    throw invalid("Invalid NextToken");
  start.range = static_cast<size_t>(*range);
  return start;
}

Range whole_target() {
  Range range;
  range.to = Position::at_hash(std::numeric_limits<uint32_t>::max());
  range.to.edge = Position::Edge::after;
  return range;
}

/// A SELECT in progress, under its table's lock.
struct Selection {
  PageRequest page;
  PageOptions options;
  Target target;
  std::vector<KeyRange> ranges;
  bool forward = true;
  Capacity capacity;
  const Item* stopped_at = nullptr;
  std::optional<size_t> stopped_in;  // none: read to the end
};

void walk(TableStore& store, const StatementRequest& request, const Start& from,
          Selection& selection, std::string& out) {
  std::optional<StartKey> start;
  if (!from.key.is_absent()) start.emplace(from.key, selection.target, store);
  const size_t count = std::max<size_t>(1, selection.ranges.size());
  int64_t left = request.limit.value_or(std::numeric_limits<int64_t>::max());
  if (count > 1) left = std::min<int64_t>(left, values_a_page);
  for (size_t i = from.range; i < count; ++i) {
    if (i - from.range == values_a_page) {
      selection.stopped_in = i;
      return;
    }
    selection.options.range =
        selection.ranges.empty() ? whole_target() : selection.ranges[i].range(selection.forward);
    selection.options.start = start ? &*start : nullptr;
    selection.page.limit = left;
    const PageResult result =
        append_items(store, selection.page, selection.target, selection.options, out);
    add_units(selection.capacity, selection.page, selection.target, result);
    selection.stopped_at = result.stopped_at;
    if (result.stopped_at) {
      selection.stopped_in = i;
      return;
    }
    selection.options.bytes_before += result.bytes;
    left -= static_cast<int64_t>(result.scanned);
    start.reset();
  }
}

void select(const api::DirectCall& call, const StatementRequest& request,
            const Statement& statement, std::string& out) {
  const Start from = start_from(request);
  const auto store = find_store(call, statement.table);
  Selection selection;
  if (!statement.index.empty()) selection.page.index = statement.index;
  selection.page.consistent = request.consistent;
  selection.options.filter = statement.condition();
  selection.options.projection = Projection(statement.selected);
  const auto lock = lock_active(*store);
  selection.target = target_of(*store, selection.page);
  selection.ranges = key_ranges(statement, selection.options.filter, selection.target);
  selection.forward = walks_forward(statement, selection.target);
  check_select(selection.page, selection.target, selection.options.projection);
  AnswerWriter answer(out);
  answer.member("Items") += '[';
  walk(*store, request, from, selection, out);
  out += ']';
  if (selection.stopped_in) {
    std::string key;
    if (selection.stopped_at)
      append_key_json(key, *selection.stopped_at, selection.target.entries->components());
    append_json_string(answer.member("NextToken"),
                       next_token(request, *selection.stopped_in, key));
    if (!key.empty()) answer.member("LastEvaluatedKey") += key;
  }
  if (request.capacity != ReturnCapacity::none)
    selection.capacity.append_json(answer.member("ConsumedCapacity"), store->name(),
                                   request.capacity);
}

// --- writes --------------------------------------------------------------------------------------

void write(const api::DirectCall& call, const StatementRequest& request,
           const Statement& statement, std::string& out) {
  if (statement.kind == Statement::Kind::exists)
    throw invalid("EXISTS can only be used as a statement of a transaction");
  Write write = write_of(call, statement);
  write.operation = "ExecuteStatement";
  const auto lock = lock_for_write(write);
  const Outcome outcome = evaluate(write);
  if (!outcome.condition_held) {
    take_write(write, outcome);
    throw refusal_of(statement, outcome, request.item_on_failure);
  }
  Capacity capacity;
  commit(write, outcome, call.world.now(), capacity);
  AnswerWriter answer(out);
  answer.member("Items") += cat("[", returned(statement, write, outcome), "]");
  if (request.capacity != ReturnCapacity::none)
    capacity.append_json(answer.member("ConsumedCapacity"), write.store->name(), request.capacity);
}

void execute_statement(const api::DirectCall& call, std::string& out) {
  const StatementRequest request{Fields(checked_document(call))};
  const Statement statement = parse_statement(request.text, request.parameters);
  if (statement.reads())
    select(call, request, statement, out);
  else
    write(call, request, statement, out);
}

}  // namespace

std::span<const api::HandlerRow> partiql_rows() {
  static const api::HandlerRow rows[] = {{"ExecuteStatement", execute_statement}};
  return rows;
}

}  // namespace squall::dynamodb
