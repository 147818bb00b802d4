// Settings beside a table's record live as long as the table.
#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {

const TableSettings* settings_of(const sim::Scope& scope, const Table& table) {
  const TableSettings* settings = scope.view<TableSettings>(table.id);
  return settings && settings->table_id == table.table_id ? settings : nullptr;
}

TableSettings& edit_settings(sim::Scope& scope, const Table& table) {
  if (settings_of(scope, table)) return scope.edit<TableSettings>(table.id);
  TableSettings settings;
  settings.id = table.id;
  settings.table_id = table.table_id;
  return scope.add<TableSettings>(std::move(settings));
}

TableSettings* edit_settings_if(sim::Scope& scope, std::string_view name) {
  const Table* table = scope.view<Table>(name);
  if (!table || !settings_of(scope, *table)) return nullptr;
  return &scope.edit<TableSettings>(name);
}

void require_usable(const Table& table) {
  if (table.status == "CREATING" || table.status == "DELETING") require_active(table);
}

namespace {

void follow_table(sim::Scope& scope, const sim::Event& event) {
  const TableSettings* settings = scope.view<TableSettings>(event.subject);
  if (!settings) return;
  const Table* table = scope.view<Table>(event.subject);
  if (!table || table->table_id != settings->table_id) scope.erase<TableSettings>(event.subject);
}

}  // namespace

std::span<const sim::EventRow> table_settings_events() {
  static const sim::EventRow rows[] = {{"dynamodb.settings.follow", follow_table}};
  return rows;
}

std::span<const sim::WatchRow> table_settings_watches() {
  static const sim::WatchRow rows[] = {{"dynamodb:table", "dynamodb.settings.follow", false}};
  return rows;
}

}  // namespace squall::dynamodb
