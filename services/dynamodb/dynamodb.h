// DynamoDB's public face: the tables' records, and what other services ask of them. Items are not
// records: they live in an annex of the World (store.h), under their table's own lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::dynamodb {

const api::ServiceDefinition& service();

struct KeySchema {
  std::string hash, range;  // attribute names; range may be empty
  SQUALL_FIELDS(hash, range)
  friend bool operator==(const KeySchema&, const KeySchema&) = default;
};

struct Throughput {
  int64_t read = 0, write = 0;  // capacity units; zero on demand
  std::optional<Time> last_increase, last_decrease;
  int64_t decreases_today = 0;
  SQUALL_FIELDS(read, write, last_increase, last_decrease, decreases_today)
};

/// -1: no maximum.
struct OnDemandMaximum {
  int64_t read = -1, write = -1;
  bool given = false;
  SQUALL_FIELDS(read, write, given)
};

struct WarmThroughput {
  int64_t read = 12000, write = 4000;
  std::string status = "ACTIVE";
  bool given = false;
  SQUALL_FIELDS(read, write, status, given)
};

struct Index {
  std::string name;
  bool global = true;
  KeySchema keys;
  std::string projection = "ALL";  // ALL, KEYS_ONLY, INCLUDE
  std::vector<std::string> included;
  std::string status = "ACTIVE";  // CREATING, UPDATING, DELETING; global ones only
  bool backfilling = false;
  Throughput throughput;
  OnDemandMaximum on_demand_maximum;
  WarmThroughput warm;
  SQUALL_FIELDS(name, global, keys, projection, included, status, backfilling, throughput,
                on_demand_maximum, warm)
};

struct StreamSettings {
  bool enabled = false;
  std::string view_type;        // KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES
  std::string arn, label;       // of the latest stream; kept while disabled
  SQUALL_FIELDS(enabled, view_type, arn, label)
};

struct Table {
  static constexpr std::string_view kind = "dynamodb:table";
  /// The index key of tables that are not settled, or have an index that is not.
  static constexpr std::string_view changing = "changing";
  std::string id;  // the name
  std::string arn, table_id, status = "CREATING";
  std::vector<std::pair<std::string, std::string>> attributes;  // name, type S N B
  KeySchema keys;
  std::vector<Index> indexes;  // local ones first, each kind in the order given
  std::string billing_mode = "PROVISIONED";
  std::optional<Time> on_demand_since;
  bool billing_mode_given = false;
  Throughput throughput;
  OnDemandMaximum on_demand_maximum;
  WarmThroughput warm;
  StreamSettings stream;
  std::string table_class;  // empty: never given
  std::optional<Time> table_class_changed;
  bool sse = false;
  std::string sse_key_arn;
  bool deletion_protection = false;
  Time created{};
  std::optional<Time> backups_since;  // from when on it can be backed up
  std::string resource_policy, policy_revision;
  Tags tags;
  int64_t generation = 0;  // counts updates; older events do nothing
  std::vector<std::string> index_keys() const;  // "arn:...", changing
  SQUALL_FIELDS(id, arn, table_id, status, attributes, keys, indexes, billing_mode,
                on_demand_since, billing_mode_given, throughput, on_demand_maximum, warm, stream,
                table_class, table_class_changed, sse, sse_key_arn, deletion_protection, created,
                backups_since, resource_policy, policy_revision, tags, generation)

  bool on_demand() const { return billing_mode == "PAY_PER_REQUEST"; }
  const Index* find_index(std::string_view name) const;
  /// S, N or B; empty where no key has that attribute.
  std::string_view type_of(std::string_view attribute) const;
};

/// By name or ARN of this account and region; nullptr if there is none.
const Table* find_table(const sim::Scope& scope, std::string_view name_or_arn);

/// What Application Auto Scaling reads and sets. `index` empty: the table itself.
struct ScalableThroughput {
  int64_t read = 0, write = 0;
  bool on_demand = false;
  bool settled = true;  // neither being created nor updated
};
std::optional<ScalableThroughput> throughput_of(const sim::Scope& scope, std::string_view table,
                                                std::string_view index = {});
/// As UpdateTable would; throws what it would throw.
void set_throughput(sim::Scope& scope, std::string_view table, std::string_view index,
                    std::optional<int64_t> read, std::optional<int64_t> write);

/// What a simulated program's call takes of a table: metered, and throttled, as a request's is. A
/// write takes as much of every global index.
struct SimulatedUse {
  bool write = false;
  double units = 0;
  uint32_t key_hash = 0;  // where its partition key falls among all hashes
  double took_ms = 0;     // if it is served
  Time at{};
};
/// False: throttled. Always true where the World enforces no throughput.
bool use_throughput(sim::World& world, std::string_view region, std::string_view table,
                    const SimulatedUse& use);
/// Switches throttling, and the metrics that come with it, on or off. In no transaction.
void enforce_throughput(sim::World& world, bool on);

/// The operations of DynamoDB Streams, which is a service of its own on the wire only.
std::span<const api::HandlerRow> stream_rows();

}  // namespace squall::dynamodb
