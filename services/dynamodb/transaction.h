// What TransactWriteItems, TransactGetItems and ExecuteTransaction share: all tables locked,
// everything looked at, then all of it made or nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/transaction_locks.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb {

/// What became of one action of a transaction.
struct Reason {
  std::string code = "None", message, item_json;
};
AwsError cancelled(const std::vector<Reason>& reasons);
bool any_failed(const std::vector<Reason>& reasons);

/// Whether AWS refuses only the action, and not the request; it then becomes the action's reason.
bool becomes_reason(Reason& reason, const AwsError& error);

/// Runs `look`; what AWS refuses about one action becomes its reason.
template <class F>
void judge(Reason& reason, F look) {
  if (reason.code != "None") return;
  try {
    look();
  } catch (const AwsError& error) {
    if (!becomes_reason(reason, error)) throw;
  }
}

/// Cancelled where another transaction is at work on one of the items.
void check_conflicts(const TransactionLocks& locks, std::vector<Reason>& reasons);
void check_distinct(const ItemPlaces& items);

using Capacities = std::map<std::string, Capacity>;  // by table
void append_capacities(AnswerWriter& answer, ReturnCapacity wanted, const Capacities& list);

struct WriteAction {
  std::unique_ptr<Placeholders> placeholders;
  Write write;
  std::string_view table;
  Value key_or_item;
  std::string item;  // in stored form, its attributes in any order
  bool item_on_failure = false;
  bool inserts = false;  // PartiQL's INSERT: its condition is that nothing is there
};

struct TransactWrite {
  TransactWrite() = default;
  explicit TransactWrite(const Fields& fields);
  ReturnCapacity capacity = ReturnCapacity::none;
  bool metrics = false;
  std::optional<std::string_view> token;
  Value items;
  std::vector<WriteAction> actions;
  std::string_view operation = "TransactWriteItems";  // in metrics
};
/// Looks and makes; the capacity by table. `hash` tells requests with the same token apart.
Capacities transact(const api::DirectCall& call, const TransactWrite& request,
                    std::vector<Reason>& reasons, uint64_t hash);

}  // namespace squall::dynamodb
