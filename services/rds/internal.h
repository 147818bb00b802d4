// What RDS's files share among themselves.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/identifier.h"
#include "services/common/filter.h"
#include "services/common/page.h"
#include "services/rds/catalogue.h"
#include "services/rds/errors.h"
#include "services/rds/state.h"

namespace squall::rds {

using api::Context;
using api::Input;

// --- pages, filters (common.cpp) -------------------------------------------------------------
std::string default_kms_key_arn(const sim::Scope& scope);
/// Marker and MaxRecords (20 to 100).
PageRequest page_from(const Input& in);
/// Refuses names that are none of `known`, in RDS's words.
void check_filters(const Input& in, std::initializer_list<std::string_view> known);
/// Whether an unset filter, or one of its values, names one of `have`.
bool passes(const Input& in, std::string_view filter, const std::vector<std::string>& have);

// --- events (event.cpp) ------------------------------------------------------------------------
void record_event(sim::Scope& scope, std::string_view event_id, std::string_view source_type,
                  std::string_view source_id, std::string_view source_arn,
                  std::vector<std::string> categories, std::string_view message);
/// An event of the table of AWS's words.
void instance_event(sim::Scope& scope, const DbInstance& db, std::string_view event_id);
void snapshot_event(sim::Scope& scope, const Snapshot& snapshot, std::string_view event_id);

// --- groups ------------------------------------------------------------------------------------
Value describe(const sim::Scope& scope, const SubnetGroup& group);
std::vector<std::string> zones_of(const sim::Scope& scope, const SubnetGroup& group);
/// The group of that name, or the default VPC's ("default", made on first use).
const SubnetGroup& subnet_group_for(sim::Scope& scope, const std::string& name);
/// Family of a group, user's or default; empty if there is none.
std::string parameter_group_family(const sim::Scope& scope, const std::string& name);
bool has_option_group(const sim::Scope& scope, const std::string& name);

// --- instances ---------------------------------------------------------------------------------
Value describe(const sim::Scope& scope, const DbInstance& db);
/// Throws DBInstanceNotFound.
const DbInstance& instance_at(const sim::Scope& scope, const std::string& id);
/// Refuses unless the status is one of `allowed`.
void require_status(const DbInstance& db, std::initializer_list<std::string_view> allowed);
/// A validated instance from CreateDBInstance's parameters; nothing is changed yet.
DbInstance instance_from(Context& ctx, const Input& in);
/// What restores and read replicas may say differently from their source.
void apply_overrides(Context& ctx, const Input& in, DbInstance& db);
void check_storage(const DbInstance& db);
void check_groups(const sim::Scope& scope, const DbInstance& db);
void check_password(const Engine& engine, const std::string& password);
void set_storage_defaults(DbInstance& db);
/// Names, places and adds a new instance and sets its creation going. `wanted_zone` may be empty.
Value launch(Context& ctx, DbInstance db, const std::string& wanted_zone);
void set_name(const sim::Scope& scope, DbInstance& db, const std::string& id);

/// Chooses hosts in the group's subnets and makes their interfaces (placement.cpp).
void place(sim::Scope& scope, DbInstance& db, const std::string& wanted_zone);
void place_standby(sim::Scope& scope, DbInstance& db);
void release_standby(sim::Scope& scope, DbInstance& db);
void release(sim::Scope& scope, DbInstance& db);

// --- hosts (monitor.cpp, failover.cpp) ---------------------------------------------------------
void stop_serving(sim::Scope& scope, DbInstance& db);
/// Looks at the hosts of one instance and does what the service would.
void look_after(sim::Scope& scope, std::string_view id);
/// Restarts the engine on its host: down now, serving after the reboot's latency.
void restart_engine(sim::Scope& scope, DbInstance& db);

// --- snapshots ---------------------------------------------------------------------------------
Snapshot& add_snapshot(sim::Scope& scope, const DbInstance& db, const std::string& name,
                       std::string_view type, const Tags& tags);
void check_snapshot_name(const sim::Scope& scope, const std::string& name);

std::span<const api::HandlerRow> subnet_group_rows();
std::span<const api::HandlerRow> parameter_group_rows();
std::span<const api::HandlerRow> option_group_rows();
std::span<const api::HandlerRow> instance_rows();
std::span<const api::HandlerRow> remove_rows();
std::span<const api::HandlerRow> power_rows();
std::span<const api::HandlerRow> snapshot_rows();
std::span<const api::HandlerRow> event_rows();
std::span<const sim::EventRow> event_events();
std::span<const api::HandlerRow> version_rows();
std::span<const api::HandlerRow> orderable_rows();
std::span<const api::HandlerRow> account_rows();
std::span<const api::HandlerRow> replica_rows();
std::span<const api::HandlerRow> modify_rows();
std::span<const api::HandlerRow> parameter_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> subscription_rows();

std::span<const sim::EventRow> instance_events();
std::span<const sim::EventRow> modify_events();
std::span<const sim::EventRow> remove_events();
std::span<const sim::EventRow> replica_events();
std::span<const sim::EventRow> power_events();
std::span<const sim::EventRow> failover_events();
std::span<const sim::EventRow> monitor_events();
std::span<const sim::EventRow> snapshot_events();
std::span<const sim::WatchRow> monitor_watches();
std::span<const sim::LatencyRow> latencies();

}  // namespace squall::rds
