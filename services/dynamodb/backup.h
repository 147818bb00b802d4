// Backups: a table's settings in a record, its items in a copy that shares with the table what has
// not changed since.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "services/dynamodb/store.h"
#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {

struct Backup {
  static constexpr std::string_view kind = "dynamodb:backup";
  /// The index key of backups that are being made.
  static constexpr std::string_view under_way = "under-way";
  std::string id;  // the ARN
  std::string name, status = "CREATING", type = "USER";
  Time created{};
  std::optional<Time> expires;
  int64_t bytes = 0, items = 0;
  Table table;  // as it was
  TtlSettings ttl;
  std::vector<std::string> index_keys() const;  // the table's ARN, under_way
  SQUALL_FIELDS(id, name, status, type, created, expires, bytes, items, table, ttl)
};

/// The items of backups by ARN.
class BackupItems final : public sim::Annex {
 public:
  explicit BackupItems(sim::World& world) : world_(world) {}
  std::string_view kind() const override { return "dynamodb:backup-items"; }
  void reset() override;
  void dump(std::string_view region, std::string& out) const override;

  void add(const std::string& arn, std::string region, OrderedIndex items);
  /// An empty table's where nothing is kept.
  std::optional<OrderedIndex> find(std::string_view arn) const;
  void drop(std::string_view arn);

  struct Kept {
    std::string region;
    OrderedIndex items;
  };
  using ByArn = std::map<std::string, Kept, std::less<>>;
  ByArn all() const;
  /// Adds items to what a snapshot that is being read has of the backup.
  void put_back(const std::string& arn, const std::string& region,
                const std::vector<std::string>& components, const std::vector<ItemRef>& items);

 private:
  sim::World& world_;
  mutable std::mutex mutex_;
  ByArn kept_;
};

/// A backup of the table as it is now.
Backup& add_backup(sim::Scope& scope, const Table& table, std::string name, std::string type);

/// What a restore is asked for beside its source; reads the overrides' members.
struct RestoreRequest {
  std::string target;
  Table table;  // the target's settings
  RestoreSource source;
};
/// The target as the overrides want it; throws AWS's refusals.
RestoreRequest restore_request(Context& ctx, const Input& in, const Table& source);
/// Makes the table with these items in it, CREATING until the restore is done.
Value restore(Context& ctx, RestoreRequest request, OrderedIndex items, size_t bytes);
/// In the words of the operations on backups.
AwsError backup_table_not_found(std::string_view name);
/// Throws ContinuousBackupsUnavailableException until the table can be backed up.
void require_backups(const sim::Scope& scope, const Table& table);
bool can_back_up(const sim::Scope& scope, const Table& table);

// --- quota.cpp -----------------------------------------------------------------------------------
void check_restores(const sim::Scope& scope, const Table& table);
void check_backups(const sim::Scope& scope);
/// Whether a table is just being made of it.
bool is_being_restored(const sim::Scope& scope, const Backup& backup);

std::span<const api::HandlerRow> backup_rows();
std::span<const sim::EventRow> backup_events();
std::span<const sim::LatencyRow> backup_latencies();
std::span<const api::HandlerRow> recovery_rows();
std::span<const sim::EventRow> recovery_events();

}  // namespace squall::dynamodb
