// What DynamoDB's files share among themselves: the control plane's part.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "emulator/api/service.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/errors.h"

namespace squall::dynamodb {

using api::Context;
using api::Input;

// --- table.cpp -----------------------------------------------------------------------------------
/// The table of a request's TableName (a name or an ARN); throws ResourceNotFoundException.
const Table& table_at(const sim::Scope& scope, std::string_view name_or_arn);
/// The name in a table's ARN of this account and region, or the name itself.
std::string table_name(const sim::Scope& scope, std::string_view name_or_arn);
/// Throws ResourceInUseException unless ACTIVE.
void require_active(const Table& table);
/// Adds a checked table in state CREATING and schedules its becoming ACTIVE; restores use it too.
Table& add_table(sim::Scope& scope, Table table,
                 std::string_view latency = "dynamodb.table.creating");

// --- table_input.cpp -----------------------------------------------------------------------------
Table table_from(Context& ctx, const Input& in);
KeySchema key_schema_from(const std::vector<Input>& list);
std::vector<std::pair<std::string, std::string>> attributes_from(const std::vector<Input>& list);
Throughput throughput_from(const Input& in);
OnDemandMaximum on_demand_from(const Input& in);
WarmThroughput warm_from(const Input& in, const WarmThroughput& floor);
void read_sse(sim::Scope& scope, const Input& in, Table& table);
/// Switches the stream on or off, as CreateTable and UpdateTable do.
void read_stream(sim::Scope& scope, const Input& in, Table& table);
/// Whether there is or was, within a day, a stream of that name (stream.cpp).
bool has_stream(const sim::Scope& scope, std::string_view arn);

// --- index_input.cpp -----------------------------------------------------------------------------
Index index_from(const Input& in, bool global, bool on_demand);
/// All rules between a table's keys, indexes and attribute definitions.
void check_schema(const Table& table);

// --- table_describe.cpp --------------------------------------------------------------------------
Value describe(const sim::Scope& scope, const Table& table);
Value describe_keys(const KeySchema& keys);

// --- quota.cpp -----------------------------------------------------------------------------------
/// Throws LimitExceededException where `more` tables and indexes would be too many being made,
/// changed or deleted at one time.
void check_under_way(const sim::Scope& scope, size_t more = 1);
/// The same for a new table with its indexes, and the number of tables.
void check_new_table(const sim::Scope& scope, const Table& table);

// --- recovery.cpp --------------------------------------------------------------------------------
/// A table with point-in-time recovery that is deleted leaves a backup behind.
void back_up_deleted(sim::Scope& scope, const Table& table);
/// What DescribeTable shows of a table that was restored.
void describe_restore(const sim::Scope& scope, const Table& table, Value& out);

// --- replica_update.cpp --------------------------------------------------------------------------
/// UpdateTable's ReplicaUpdates; without any, what was changed is changed at all replicas.
void update_replicas(Context& ctx, const Input& in, Table& table);
void share_update(sim::Scope& scope, const Table& table);
/// Throws where the table has lately been the source of a new replica.
void check_replica_deletion(const sim::Scope& scope, const Table& table);
void describe_replicas(const sim::Scope& scope, const Table& table, Value& out);

std::span<const api::HandlerRow> table_rows();
std::span<const sim::EventRow> table_events();
std::span<const sim::WatchRow> table_watches();
std::span<const sim::LatencyRow> latencies();
/// Attributes that no key uses any more.
void forget_unused_attributes(Table& table);
std::span<const api::HandlerRow> table_update_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const sim::EventRow> table_update_events();
std::span<const api::HandlerRow> item_rows();
std::span<const api::HandlerRow> read_rows();
std::span<const api::HandlerRow> page_rows();
std::span<const api::HandlerRow> batch_rows();
std::span<const api::HandlerRow> transaction_rows();
std::span<const api::HandlerRow> partiql_rows();
std::span<const api::HandlerRow> partiql_batch_rows();
std::span<const api::HandlerRow> partiql_transaction_rows();

}  // namespace squall::dynamodb
