// One write of one item, apart from the request it came in: looked at first, made afterwards, so
// that single writes, batches and transactions are the same code.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/dynamodb/request.h"

namespace squall::dynamodb {

struct Write {
  enum class Kind : uint8_t { put, update, remove, check };
  Kind kind = Kind::put;
  std::shared_ptr<TableStore> store;
  KeyBytes key;
  ItemRef item;  // put: whole, keys first
  Bound update, condition;
  std::string_view operation = {};  // for metrics; empty: that of its kind
};

/// The key and the item of a put, from attributes in any order. The table is known. Throws what AWS
/// refuses of keys.
void set_item(Write& write, std::string_view attributes);
/// Checks that need no table lock: the update leaves the key alone.
void check_update_paths(const Write& write);

/// What a write would do. The table is locked from evaluate() to commit().
struct Outcome {
  bool condition_held = true;
  bool writes = true;  // false: a check, or an update that leaves nothing where nothing was
  ItemRef before, after;
  bool paid = false;  // take_write() took its throughput already
};
/// Throws what AWS refuses once it sees the item.
Outcome evaluate(const Write& write);
/// Locks the write's table; throws where it has gone, is not active yet, or a transaction that has
/// it locked is at work on the same item.
std::unique_lock<std::mutex> lock_for_write(const Write& write);
/// Makes it so; `capacity` is what it cost. Throws, having changed nothing, where the throughput
/// for that is used up.
void commit(const Write& write, const Outcome& outcome, Time now, Capacity& capacity);

/// Of several writes, what they add together to the item collections they touch.
class CollectionGrowth {
 public:
  /// Throws ItemCollectionSizeLimitExceededException.
  void add(const Write& write, const Outcome& outcome);

 private:
  std::map<std::pair<const TableStore*, std::string>, int64_t> growth_;
};

/// ItemCollectionMetrics' value, for tables with local indexes. The table is locked.
void append_collection_metrics(std::string& out, const Write& write);

/// Sizes, and types of index keys. `by_update` picks AWS's words.
void check_item(const Plan& plan, const Item& item, bool by_update);

}  // namespace squall::dynamodb
