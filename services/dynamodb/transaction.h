// What TransactWriteItems, TransactGetItems and ExecuteTransaction share: all tables locked,
// everything looked at, then all of it made or nothing.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/write.h"

namespace squall::dynamodb {

/// What became of one action of a transaction.
struct Reason {
  std::string code = "None", message, item_json;
};
AwsError cancelled(const std::vector<Reason>& reasons);
bool any_failed(const std::vector<Reason>& reasons);

/// What AWS refuses about one action, or throttles, becomes its reason; any other error is thrown.
void judge_by(Reason& reason, const AwsError& error);
/// Runs `look` and judges what it throws.
template <class F>
void judge(Reason& reason, F look) {
  if (reason.code != "None") return;
  try {
    look();
  } catch (const AwsError& error) {
    judge_by(reason, error);
  }
}

using Locks = std::vector<std::unique_lock<std::mutex>>;
Locks lock_all(const std::vector<std::shared_ptr<TableStore>>& stores);
void check_distinct(const std::vector<std::pair<const TableStore*, const KeyBytes*>>& items);

using Capacities = std::map<std::string, Capacity>;  // by table
void append_capacities(AnswerWriter& answer, ReturnCapacity wanted, const Capacities& list);

struct WriteAction {
  std::unique_ptr<Placeholders> placeholders;
  Write write;
  std::string_view table;
  Value key_or_item;
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
