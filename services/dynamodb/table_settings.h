// What is set about a table outside of its own record, by operations of their own, and goes with
// it: expiry, recovery, insights, Kinesis destinations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/dynamodb/internal.h"

namespace squall::dynamodb {

struct TtlSettings {
  std::string status = "DISABLED", attribute;  // ENABLING, ENABLED, DISABLING
  std::optional<Time> changed;
  SQUALL_FIELDS(status, attribute, changed)
};

struct RecoverySettings {
  bool enabled = false;
  int64_t days = 35;
  Time since{};
  SQUALL_FIELDS(enabled, days, since)
};

struct InsightSettings {
  std::string index;  // empty: the table itself
  std::string status = "ENABLING", mode;
  Time changed{};
  SQUALL_FIELDS(index, status, mode, changed)
};

struct KinesisDestination {
  std::string stream_arn, status = "ENABLING", precision;
  Time changed{};
  SQUALL_FIELDS(stream_arn, status, precision, changed)
};

/// Where a restored table came from.
struct RestoreSource {
  std::string backup_arn, table_arn;
  std::optional<Time> time;
  SQUALL_FIELDS(backup_arn, table_arn, time)
};

struct TableSettings {
  static constexpr std::string_view kind = "dynamodb:table-settings";
  std::string id, table_id;  // the table's name and id
  TtlSettings ttl;
  RecoverySettings recovery;
  std::vector<InsightSettings> insights;
  std::vector<KinesisDestination> destinations;
  RestoreSource restore;
  SQUALL_FIELDS(id, table_id, ttl, recovery, insights, destinations, restore)
};

/// The table's settings, or nullptr if nothing was ever set.
const TableSettings* settings_of(const sim::Scope& scope, const Table& table);
TableSettings& edit_settings(sim::Scope& scope, const Table& table);
/// The same by an event's subject: nullptr if the table has gone.
TableSettings* edit_settings_if(sim::Scope& scope, std::string_view table);
std::span<const sim::EventRow> table_settings_events();
std::span<const sim::WatchRow> table_settings_watches();
/// Throws ResourceInUseException while a table is being made or deleted.
void require_usable(const Table& table);

// --- ttl.cpp -------------------------------------------------------------------------------------
std::span<const api::HandlerRow> ttl_rows();
std::span<const sim::EventRow> ttl_events();
std::span<const sim::LatencyRow> ttl_latencies();
// --- insight.cpp, kinesis.cpp, resource_policy.cpp -----------------------------------------------
std::span<const api::HandlerRow> insight_rows();
std::span<const sim::EventRow> insight_events();
std::span<const api::HandlerRow> kinesis_rows();
std::span<const sim::EventRow> kinesis_events();
std::span<const sim::LatencyRow> settings_latencies();
std::span<const api::HandlerRow> policy_rows();

}  // namespace squall::dynamodb
