// Global tables: which regions hold a table together, and the changes on their way between them.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "services/dynamodb/internal.h"
#include "services/dynamodb/store.h"

namespace squall::dynamodb {

struct Replica {
  std::string region;
  std::string kms_key, table_class;           // given for this replica, or empty
  int64_t read_units = 0, on_demand_read = 0;  // overrides; zero: none
  std::vector<std::pair<std::string, int64_t>> index_reads, index_on_demand_reads;
  std::optional<Time> seeded;  // when it last was the source of a new replica
  SQUALL_FIELDS(region, kms_key, table_class, read_units, on_demand_read, index_reads,
                index_on_demand_reads, seeded)
};

/// Kept in aws-global; two replicas at least, unless it is of the version of 2017: such a one is
/// made of tables that are there, and each of them keeps settings of its own.
struct GlobalTable {
  static constexpr std::string_view kind = "dynamodb:global-table";
  std::string id;  // the table's name
  std::vector<Replica> replicas;  // by region
  bool legacy = false;
  std::string status;  // of a legacy one: CREATING, UPDATING, ACTIVE
  Time created{};
  SQUALL_FIELDS(id, replicas, legacy, status, created)
  const Replica* find(std::string_view region) const;
};

/// The group of a table of this region, or nullptr.
const GlobalTable* global_table_of(const sim::Scope& scope, std::string_view table);

/// Orders the writes of all regions to one item: the last writer wins.
struct WriteStamp {
  Time time{};
  std::string region;
  friend auto operator<=>(const WriteStamp&, const WriteStamp&) = default;
};

/// What one replica still has to tell each other one.
class ReplicaTap final : public Attachment {
 public:
  struct Entry {
    Time time;
    ItemRef before, after;
    std::optional<Time> due;  // drawn when the entry is first looked at
  };
  std::map<std::string, std::deque<Entry>> out;   // by destination
  std::map<std::string, WriteStamp> written;      // by key, while anything is under way
  bool applying = false;                          // what comes from elsewhere is not told again
  WriteStamp applied;                             // whose write that is

  void set_destinations(const std::vector<std::string>& regions);
  bool idle() const;
  void dump(std::string& out) const override;
};

/// By which ReplicaTap::written knows an item.
std::string replica_key(const OrderedIndex& items, const Item& item);
/// The hook.
void note_for_replicas(TableStore& store, const ItemChange& change);
/// Whether this replica deletes expired items: one that others were made from does it for all.
bool expires_items(const sim::Scope& scope, std::string_view table);
/// The regions of the other replicas, which share this one's settings.
std::vector<std::string> other_replicas(const sim::Scope& scope, std::string_view table);

// --- replica_update.cpp --------------------------------------------------------------------------
/// Makes or renews the taps of all replicas. In aws-global.
void connect_replicas(sim::Scope& global, const GlobalTable& group);
/// The table stays, on its own.
void disconnect_replica(const sim::Scope& scope, const std::string& region,
                        const std::string& table);

// --- replica_legacy.cpp, replica_legacy_settings.cpp ---------------------------------------------
/// Throws GlobalTableNotFoundException.
const GlobalTable& legacy_table_at(const sim::Scope& scope, const std::string& name);
std::span<const api::HandlerRow> replica_legacy_rows();
std::span<const sim::EventRow> replica_legacy_events();
std::span<const api::HandlerRow> replica_legacy_settings_rows();
std::span<const api::HandlerRow> replica_scaling_rows();
std::span<const sim::EventRow> replica_events();
std::span<const sim::WatchRow> replica_watches();
std::span<const sim::LatencyRow> replica_latencies();

}  // namespace squall::dynamodb
