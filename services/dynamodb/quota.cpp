// The account's quotas: how many tables there may be, and how much may be under way at one time.
#include <algorithm>

#include "services/dynamodb/backup.h"

namespace squall::dynamodb {
namespace {

// "Service, account, and table quotas": tables a Region, tables and indexes being made, changed or
// deleted at one time, restores and backups under way at one time.
constexpr size_t tables_max = 2500, under_way_max = 500, restores_max = 50, backups_max = 300;

size_t under_way(const sim::Scope& scope) {
  size_t count = 0;
  for (const Table* table : scope.by<Table>(Table::changing)) {
    count += table->status != "ACTIVE";
    count += static_cast<size_t>(std::ranges::count_if(
        table->indexes, [](const Index& i) { return i.global && i.status != "ACTIVE"; }));
  }
  return count;
}

}  // namespace

void check_under_way(const sim::Scope& scope, size_t more) {
  if (under_way(scope) + more > under_way_max)
    throw limit_exceeded(cat("Subscriber limit exceeded: Only ", under_way_max,
                             " tables can be created, updated, or deleted simultaneously"));
}

void check_new_table(const sim::Scope& scope, const Table& table) {
  const auto globals =
      std::ranges::count_if(table.indexes, [](const Index& i) { return i.global; });
  check_under_way(scope, 1 + static_cast<size_t>(globals));
  if (scope.all<Table>().size() >= tables_max)
    throw limit_exceeded(cat("Subscriber limit exceeded: Only ", tables_max,
                             " tables can exist in an account and Region"));
}

void check_restores(const sim::Scope& scope, const Table& table) {
  size_t restoring = 0;
  for (const Table* other : scope.by<Table>(Table::changing)) {
    const TableSettings* settings = settings_of(scope, *other);
    restoring += other->status == "CREATING" && settings && settings->restore.time;
  }
  if (restoring >= restores_max)
    throw limit_exceeded(cat("Subscriber limit exceeded: Only ", restores_max,
                             " tables can be restored simultaneously"));
  check_new_table(scope, table);
}

void check_backups(const sim::Scope& scope) {
  if (scope.count_by<Backup>(Backup::under_way) >= backups_max)
    throw limit_exceeded(cat("Subscriber limit exceeded: Only ", backups_max,
                             " backups can be created or deleted simultaneously"));
}

bool is_being_restored(const sim::Scope& scope, const Backup& backup) {
  return std::ranges::any_of(scope.by<Table>(Table::changing), [&](const Table* table) {
    const TableSettings* settings = settings_of(scope, *table);
    return table->status == "CREATING" && settings && settings->restore.backup_arn == backup.id;
  });
}

}  // namespace squall::dynamodb
