// PartiQL statements into writes and reads of single items.
#include "services/dynamodb/partiql_run.h"

#include "emulator/core/text.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb::partiql {
namespace {

constexpr std::string_view no_whole_key =
    "Where clause does not contain a mandatory equality on all key attributes";

void require_table(const Statement& statement) {
  if (!statement.index.empty())
    throw invalid(cat("Indexes can only be read; index: ", statement.index));
}

Bound nothing_there(const KeySchema& keys) {
  ExpressionBuilder builder(ExpressionKind::condition);
  const uint32_t absent =
      builder.operation(Op::attribute_not_exists, {builder.attribute(keys.hash)});
  return builder.finish(absent);
}

/// A DELETE of what is not there is no failure, whatever else its clause says.
Bound deletes_if(const Statement& statement, const KeySchema& keys) {
  ExpressionBuilder builder = statement.where->copy();
  const uint32_t absent =
      builder.operation(Op::attribute_not_exists, {builder.attribute(keys.hash)});
  return builder.finish(builder.operation(Op::or_, {absent, statement.where_root}));
}

void insert_of(const Statement& statement, Write& write) {
  const KeySchema& keys = write.store->keys();
  write.kind = Write::Kind::put;
  set_item(write, statement.item);
  write.condition = nothing_there(keys);
}

}  // namespace

AwsError duplicate_item() {
  return {"DuplicateItemException", "Duplicate primary key exists in table"};
}

Write write_of(const api::DirectCall& call, const Statement& statement) {
  require_table(statement);
  Write write;
  write.store = find_store(call, statement.table);
  if (statement.kind == Statement::Kind::insert) {
    insert_of(statement, write);
    return write;
  }
  const Bound where = statement.condition();
  KeyClause clause = key_clause(where, *write.store, no_whole_key);
  write.key = std::move(clause.key);
  switch (statement.kind) {
    case Statement::Kind::remove:
      write.kind = Write::Kind::remove;
      if (clause.more) write.condition = deletes_if(statement, write.store->keys());
      break;
    case Statement::Kind::exists:
      write.kind = Write::Kind::check;
      write.condition = where;
      break;
    default:  // an update makes no items: the clause has to hold for one
      write.kind = Write::Kind::update;
      write.update = statement.update;
      write.condition = where;
      check_update_paths(write);
  }
  return write;
}

AwsError refusal_of(const Statement& statement, const Outcome& outcome, bool with_item) {
  if (statement.kind == Statement::Kind::insert) return duplicate_item();
  std::string item;
  if (with_item && outcome.before) append_attributes_json(item, outcome.before->data());
  return condition_failed(std::move(item));
}

std::string returned(const Statement& statement, const Write& write, const Outcome& outcome) {
  std::string out;
  const bool old = statement.returning == Returning::all_old ||
                   statement.returning == Returning::modified_old;
  const ItemRef& item = old ? outcome.before : outcome.after;
  if (statement.returning == Returning::nothing || !item) return out;
  std::string attributes(item->data());
  if (statement.returning == Returning::modified_old ||
      statement.returning == Returning::modified_new) {
    std::vector<uint32_t> paths;
    for (const Action& action : write.update.parsed->actions) paths.push_back(action.path);
    attributes = project(path_tree(write.update, paths), item->data());
  }
  append_attributes_json(out, attributes);
  return out;
}

ItemRead item_read_of(const api::DirectCall& call, const Statement& statement,
                      std::string_view refusal) {
  if (!statement.index.empty()) throw invalid(std::string(refusal));
  ItemRead read;
  read.store = find_store(call, statement.table);
  read.filter = statement.condition();
  read.key = key_clause(read.filter, *read.store, refusal).key;
  read.projection = Projection(statement.selected);
  return read;
}

const Item* find_item(const ItemRead& read, bool consistent, Capacity& capacity,
                      std::string_view operation, double factor) {
  const ReadSource source{operation, nullptr, read.key.hash()};
  require_read(*read.store, source);
  const Item* item = read.store->find(read.key.position());
  const double units = factor * read_units(item ? item->size() : 0, consistent);
  take_read(*read.store, source, units);
  capacity.table += units;
  return item && is_true(read.filter, item) ? item : nullptr;
}

}  // namespace squall::dynamodb::partiql
