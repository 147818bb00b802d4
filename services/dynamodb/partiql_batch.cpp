// BatchExecuteStatement: up to 25 statements, all reads or all writes, each with its own outcome.
#include <map>

#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/partiql_run.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/transaction.h"

namespace squall::dynamodb {
namespace {

using namespace partiql;

constexpr std::string_view operation = "BatchExecuteStatement";

/// As BatchStatementError spells errors; empty: that one is the whole request's.
std::string_view error_code(std::string_view exception) {
  constexpr std::pair<std::string_view, std::string_view> codes[] = {
      {"ValidationException", "ValidationError"},
      {"ResourceNotFoundException", "ResourceNotFound"},
      {"ConditionalCheckFailedException", "ConditionalCheckFailed"},
      {"DuplicateItemException", "DuplicateItem"},
      {"ItemCollectionSizeLimitExceededException", "ItemCollectionSizeLimitExceeded"},
      {"ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded"},
      {"RequestLimitExceeded", "RequestLimitExceeded"},
      {"ThrottlingException", "ThrottlingError"},
      {"TransactionConflictException", "TransactionConflict"}};
  for (const auto& [from, to] : codes)
    if (from == exception) return to;
  return {};
}

struct BatchStatement {
  explicit BatchStatement(const Fields& fields)
      : text(fields.text("Statement")),
        parameters(fields.list("Parameters")),
        consistent(fields.boolean("ConsistentRead").value_or(false)),
        item_on_failure(
            fields.choice("ReturnValuesOnConditionCheckFailure", on_failure_names, 0) == 1) {}
  std::string_view text;
  Value parameters;
  bool consistent, item_on_failure;
  std::optional<Statement> statement;  // none: not understood
  std::optional<AwsError> error;
};

/// Runs `step`; what AWS refuses about one statement becomes its error.
template <class F>
void guarded(BatchStatement& one, F step) {
  if (one.error) return;
  try {
    step();
  } catch (const AwsError& error) {
    if (error_code(error.code).empty()) throw;
    one.error = error;
  }
}

/// What the statement answers with, as JSON; empty: nothing.
std::string run_read(const api::DirectCall& call, const BatchStatement& one,
                     Capacities& capacities) {
  const ItemRead read = item_read_of(
      call, *one.statement,
      "Select statements within BatchExecuteStatement must specify the primary key in the where "
      "clause.");
  const auto lock = lock_active(*read.store);
  std::string out;
  if (const Item* item =
          find_item(read, one.consistent, capacities[read.store->name()], operation))
    read.projection.append_json(out, item->data());
  return out;
}

std::string run_write(const api::DirectCall& call, const BatchStatement& one,
                      Capacities& capacities) {
  if (one.statement->kind == Statement::Kind::exists)
    throw invalid("EXISTS can only be used as a statement of a transaction");
  Write write = write_of(call, *one.statement);
  write.operation = operation;
  const auto lock = lock_for_write(write);
  const Outcome outcome = evaluate(write);
  if (!outcome.condition_held) {
    take_write(write, outcome);
    throw refusal_of(*one.statement, outcome, one.item_on_failure);
  }
  commit(write, outcome, call.world.now(), capacities[write.store->name()]);
  return returned(*one.statement, write, outcome);
}

void append_error(std::string& out, const AwsError& error) {
  out += "\"Error\":{\"Code\":";
  append_json_string(out, error_code(error.code));
  out += ",\"Message\":";
  append_json_string(out, error.message);
  for (const auto& [name, json] : error.members)
    if (name == "Item") out += cat(",\"Item\":", json);
  out += '}';
}

void append_response(std::string& out, const BatchStatement& one, std::string_view item) {
  if (out.back() != '[') out += ',';
  out += '{';
  if (one.error) append_error(out, *one.error);
  if (one.statement) {
    if (one.error) out += ',';
    out += "\"TableName\":";
    append_json_string(out, one.statement->table);
  }
  if (!item.empty()) out += cat(",\"Item\":", item);
  out += '}';
}

void require_one_kind(const std::vector<BatchStatement>& statements) {
  bool reads = false, writes = false;
  for (const BatchStatement& one : statements)
    if (one.statement) (one.statement->reads() ? reads : writes) = true;
  if (reads && writes)
    throw invalid("A batch must contain either all read statements or all write statements");
}

void batch_execute_statement(const api::DirectCall& call, std::string& out) {
  const Value document = checked_document(call);
  const Fields fields(document);
  const ReturnCapacity wanted = return_capacity(fields);
  std::vector<BatchStatement> statements;
  for (const Value& one : fields.list("Statements").items()) {
    BatchStatement& added = statements.emplace_back(Fields(one));
    guarded(added, [&] { added.statement = parse_statement(added.text, added.parameters); });
  }
  require_one_kind(statements);
  Capacities capacities;
  AnswerWriter answer(out);
  answer.member("Responses") += '[';
  for (BatchStatement& one : statements) {
    std::string item;
    guarded(one, [&] {
      item = one.statement->reads() ? run_read(call, one, capacities)
                                    : run_write(call, one, capacities);
    });
    append_response(out, one, item);
  }
  out += ']';
  append_capacities(answer, wanted, capacities);
}

}  // namespace

std::span<const api::HandlerRow> partiql_batch_rows() {
  static const api::HandlerRow rows[] = {{"BatchExecuteStatement", batch_execute_statement}};
  return rows;
}

}  // namespace squall::dynamodb
