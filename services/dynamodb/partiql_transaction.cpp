// ExecuteTransaction: PartiQL statements as one transaction, of reads or of writes.
#include "emulator/core/text.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/partiql_run.h"
#include "services/dynamodb/throughput_table.h"
#include "services/dynamodb/transaction.h"

namespace squall::dynamodb {
namespace {

using namespace partiql;

constexpr std::string_view no_whole_key =
    "Where clause does not contain a mandatory equality on all key attributes";

struct TransactStatement {
  explicit TransactStatement(const Fields& fields)
      : text(fields.text("Statement")),
        parameters(fields.list("Parameters")),
        item_on_failure(
            fields.choice("ReturnValuesOnConditionCheckFailure", on_failure_names, 0) == 1) {}
  std::string_view text;
  Value parameters;
  bool item_on_failure;
  Statement statement;
};

struct Transaction {
  explicit Transaction(const Fields& fields)
      : capacity(return_capacity(fields)),
        token(fields.optional_text("ClientRequestToken")),
        given(fields.list("TransactStatements")),
        reasons(given.size()) {
    for (const Value& one : given.items()) {
      TransactStatement& added = statements.emplace_back(Fields(one));
      judge(reasons[statements.size() - 1], [&] {
        added.statement = parse_statement(added.text, added.parameters);
        if (added.statement.returning != Returning::nothing)
          throw invalid("RETURNING clause is not supported in transactions");
      });
    }
    if (any_failed(reasons)) throw cancelled(reasons);
  }
  /// Throws where reads and writes are mixed.
  bool reads() const {
    size_t count = 0;
    for (const TransactStatement& one : statements) count += one.statement.reads();
    if (count != 0 && count != statements.size())
      throw invalid("A transaction must contain either all read statements or all write "
                    "statements");
    return count != 0;
  }
  ReturnCapacity capacity;
  std::optional<std::string_view> token;
  Value given;
  std::vector<TransactStatement> statements;
  std::vector<Reason> reasons;
};

constexpr size_t bytes_max = 4 * 1024 * 1024;
constexpr std::string_view operation = "ExecuteTransaction";

void run_reads(const api::DirectCall& call, Transaction& transaction, std::string& out) {
  std::vector<ItemRead> reads(transaction.statements.size());
  ItemPlaces items;
  for (size_t i = 0; i < reads.size(); ++i)
    judge(transaction.reasons[i], [&] {
      reads[i] = item_read_of(call, transaction.statements[i].statement, no_whole_key);
    });
  if (any_failed(transaction.reasons)) throw cancelled(transaction.reasons);
  for (const ItemRead& read : reads) items.emplace_back(read.store.get(), &read.key);
  check_distinct(items);
  const TransactionLocks locks(items, false);
  check_conflicts(locks, transaction.reasons);
  Capacities capacities;
  size_t bytes = 0;
  std::string responses;
  std::vector<const Item*> found(reads.size());
  std::map<std::string, TableStore*> tables;
  for (size_t i = 0; i < reads.size(); ++i) {
    tables[reads[i].store->name()] = reads[i].store.get();
    Capacity& capacity = capacities[reads[i].store->name()];
    judge(transaction.reasons[i],
          [&] { found[i] = find_item(reads[i], true, capacity, operation, 2); });
  }
  const bool served = !any_failed(transaction.reasons);
  for (const auto& [name, store] : tables) note_request(*store, operation, served);
  if (!served) throw cancelled(transaction.reasons);
  for (size_t i = 0; i < reads.size(); ++i) {
    const ItemRead& read = reads[i];
    const Item* item = found[i];
    capacities[read.store->name()].split = Capacity::Split::read;
    responses += responses.empty() ? "{" : ",{";
    if (item) {
      bytes += item->size();
      responses += "\"Item\":";
      read.projection.append_json(responses, item->data());
    }
    responses += '}';
  }
  if (bytes > bytes_max)
    throw invalid("Transaction request cannot be larger than 4 MB in aggregate size of items");
  AnswerWriter answer(out);
  answer.member("Responses") += cat("[", responses, "]");
  append_capacities(answer, transaction.capacity, capacities);
}

void run_writes(const api::DirectCall& call, Transaction& transaction, std::string& out) {
  TransactWrite request;
  request.token = transaction.token;
  request.operation = operation;
  ItemPlaces items;
  for (size_t i = 0; i < transaction.statements.size(); ++i) {
    const TransactStatement& one = transaction.statements[i];
    WriteAction& action = request.actions.emplace_back();
    action.item_on_failure = one.item_on_failure;
    action.inserts = one.statement.kind == Statement::Kind::insert;
    judge(transaction.reasons[i], [&] { action.write = write_of(call, one.statement); });
  }
  if (any_failed(transaction.reasons)) throw cancelled(transaction.reasons);
  for (const WriteAction& action : request.actions)
    items.emplace_back(action.write.store.get(), &action.write.key);
  check_distinct(items);
  const uint64_t hash = stable_hash(to_json(transaction.given));
  const Capacities capacities = transact(call, request, transaction.reasons, hash);
  AnswerWriter answer(out);
  std::string& responses = answer.member("Responses");
  responses += '[';
  for (size_t i = 0; i < request.actions.size(); ++i) responses += i ? ",{}" : "{}";
  responses += ']';
  append_capacities(answer, transaction.capacity, capacities);
}

void execute_transaction(const api::DirectCall& call, std::string& out) {
  Transaction transaction{Fields(checked_document(call))};
  if (transaction.reads())
    run_reads(call, transaction, out);
  else
    run_writes(call, transaction, out);
}

}  // namespace

std::span<const api::HandlerRow> partiql_transaction_rows() {
  static const api::HandlerRow rows[] = {{"ExecuteTransaction", execute_transaction}};
  return rows;
}

}  // namespace squall::dynamodb
