// What streams hold: records of item changes in order, in shards, beside the tables, because a
// deleted table's stream stays readable for a day.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/store.h"

namespace squall::dynamodb {

constexpr Duration stream_retention = 24h;

struct StreamEntry {
  uint64_t sequence = 0;
  Time time{};
  ItemRef before, after;
  bool by_service = false;
};

struct StreamShard {
  std::string id, parent;
  uint64_t first = 0;            // sequence numbers
  std::optional<uint64_t> last;  // closed
  Time closed{};
};

/// `100000000000000000001`: as AWS, 21 digits at least.
std::string sequence_text(uint64_t sequence);
std::optional<uint64_t> parse_sequence(std::string_view text);

struct StreamImage;

/// One stream's records. Guards itself; lock order: table, then its stream.
class StreamLog {
 public:
  explicit StreamLog(const StreamImage& image);
  StreamLog(std::string arn, std::string region, std::string view_type, KeySchema keys, Time now);

  const std::string& arn() const { return arn_; }
  const std::string& region() const { return region_; }
  const std::string& view_type() const { return view_type_; }
  const KeySchema& keys() const { return keys_; }

  void append(const ItemChange& change);
  /// Closes the open shard and, unless it is the end, opens its child.
  void roll(Time now, bool is_end);
  /// Lets go of what is older than a day.
  void trim(Time now);

  /// Shards that still are to be seen, oldest first.
  std::vector<StreamShard> shards(Time now) const;
  /// The oldest sequence number that is still readable.
  uint64_t horizon(Time now) const;
  uint64_t next_sequence() const;

  /// Up to `limit` records and 1 MB of [from, last] through `take(entry)`; the next position.
  template <class Take>
  uint64_t read(uint64_t from, std::optional<uint64_t> last, size_t limit, Take take) const {
    constexpr size_t page_bytes = 1 << 20;
    const std::lock_guard lock(mutex_);
    size_t bytes = 0, count = 0;
    for (auto e = at_or_after(from); e != entries_.end() && (!last || e->sequence <= *last); ++e) {
      if (count++ == limit || bytes > page_bytes) return e->sequence;
      bytes += take(*e);
    }
    return last ? *last + 1 : next_;
  }
  void dump(std::string& out) const;

 private:
  friend struct StreamImage;
  using Entries = std::deque<StreamEntry>;
  Entries::const_iterator at_or_after(uint64_t sequence) const;
  uint64_t horizon_locked(Time now) const;
  void open_shard(Time now, std::string parent);

  const std::string arn_, region_, view_type_;
  const KeySchema keys_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::vector<StreamShard> shards_;
  uint64_t next_ = 1, shards_made_ = 0;
};

/// A table's store writes into this stream.
class StreamTap final : public Attachment {
 public:
  std::shared_ptr<StreamLog> log;
};

/// The hook: what changed goes into the table's stream, if it has one.
void note_in_stream(TableStore& store, const ItemChange& change);
/// Whether the two items hold the same attributes, in whatever order.
bool same_attributes(const Item& a, const Item& b);

/// All streams of a World by ARN.
class StreamLogs final : public sim::Annex {
 public:
  explicit StreamLogs(sim::World& world) : world_(world) {}
  std::string_view kind() const override { return "dynamodb:stream-records"; }
  void reset() override;
  void dump(std::string_view region, std::string& out) const override;

  std::shared_ptr<StreamLog> find(std::string_view arn) const;
  void add(std::shared_ptr<StreamLog> log);
  void drop(std::string_view arn);
  std::vector<std::shared_ptr<StreamLog>> all() const;
  /// As a snapshot or the log has it.
  void put_back(std::shared_ptr<StreamLog> log);

 private:
  sim::World& world_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<StreamLog>, std::less<>> logs_;
};

/// A stream of a table: its settings; the records are in its log.
struct Stream {
  static constexpr std::string_view kind = "dynamodb:stream";
  std::string id;  // the ARN
  std::string table, label, view_type, status = "ENABLING";
  KeySchema keys;
  Time created{};
  std::optional<Time> ended;
  std::string policy, policy_revision;  // a resource policy
  std::vector<std::string> index_keys() const { return {table}; }
  SQUALL_FIELDS(id, table, label, view_type, status, keys, created, ended, policy,
                policy_revision)
};

// --- stream.cpp ----------------------------------------------------------------------------------
std::span<const sim::EventRow> stream_events();
std::span<const sim::WatchRow> stream_watches();

}  // namespace squall::dynamodb
