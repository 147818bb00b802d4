// DynamoDB's annexes as they were at one moment: tables share their items' leaves with it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/dynamodb/backup.h"
#include "services/dynamodb/durable.h"
#include "services/dynamodb/recovery_log.h"
#include "services/dynamodb/replica.h"
#include "services/dynamodb/stream_log.h"
#include "services/dynamodb/transaction_token.h"

namespace squall::dynamodb {

struct StreamImage {
  explicit StreamImage(const StreamLog& log);
  StreamImage() = default;
  std::string arn, region, view_type;
  KeySchema keys;
  std::deque<StreamEntry> entries;
  std::vector<StreamShard> shards;
  uint64_t next = 1, shards_made = 0;
  /// Adds what was read to a log.
  static void put_back(StreamLog& log, StreamEntry entry);
};

struct StoreImage {
  /// The table's lock is held.
  explicit StoreImage(const TableStore& store);
  std::shared_ptr<TableStore> make(sim::World& world) const;
  void write_made(DeedText& deed) const;

  /// While a snapshot is read: keys are in order, and nobody is told.
  static void put_back(TableStore& store, const std::vector<ItemRef>& items);

  std::shared_ptr<const Plan> plan;
  OrderedIndex items;
  size_t bytes = 0;
  Collections collections;
  bool has_local_indexes = false;
  struct IndexImage {
    OrderedIndex entries;
    size_t bytes = 0;
  };
  std::vector<IndexImage> indexes;  // empty: to be filled anew
  std::string stream;               // ARN of the one it writes into
  struct History {
    bool enabled = false;
    Duration period{};
    std::deque<RecoveryLog::Change> changes;
  };
  std::optional<History> history;
  struct Outgoing {
    std::map<std::string, std::deque<ReplicaTap::Entry>> out;
    std::map<std::string, WriteStamp> written;
  };
  std::optional<Outgoing> outgoing;
};

/// Items by number: each is written once, however many tables, streams and backups hold it.
class ItemNumbers {
 public:
  void write(sim::BinaryWriter& out, const Item* item);

 private:
  std::unordered_map<const Item*, uint64_t> numbers_;  // looked up, never walked
};

class Image final : public sim::AnnexState {
 public:
  explicit Image(Stores& stores);
  void restore(Stores& stores) const;
  void write(const std::function<void(std::string_view)>& change) const override;

 private:
  std::vector<StoreImage> tables_;
  std::vector<StreamImage> streams_;
  BackupItems::ByArn backups_;
  TransactionTokens::ByToken tokens_;
};

}  // namespace squall::dynamodb
