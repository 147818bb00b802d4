// Time to live: switched on and off by its two operations; what has expired goes on the clock.
#include <algorithm>

#include "services/dynamodb/replica.h"
#include "services/dynamodb/table_settings.h"
#include "services/dynamodb/ttl_index.h"

namespace squall::dynamodb {
namespace {

constexpr Duration update_interval = 1h;
// Items are written without the World's lock and schedule nothing: a sweep looks at the index this
// often at least, and touches only what is due.
constexpr Duration sweep_period = 10s;

Value update_ttl(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  const Input wanted = in.at("TimeToLiveSpecification");
  const bool enable = wanted.boolean("Enabled");
  const std::string attribute = wanted.string("AttributeName");
  require_usable(table);
  check_under_way(ctx);
  const TableSettings* there = settings_of(ctx, table);
  const TtlSettings now = there ? there->ttl : TtlSettings{};
  const bool is_on = now.status.starts_with("ENABL");
  if (is_on && now.attribute != attribute)
    throw invalid(
        cat("TimeToLive is active on a different AttributeName: current AttributeName is ",
            now.attribute));
  if (is_on == enable)
    throw invalid(enable ? "TimeToLive is already enabled" : "TimeToLive is already disabled");
  if (now.changed && ctx.now() - *now.changed < update_interval)
    throw invalid("Time to live has been modified multiple times within a fixed interval");
  TtlSettings& ttl = edit_settings(ctx, table).ttl;
  ttl = {enable ? "ENABLING" : "DISABLING", attribute, ctx.now()};
  ctx.after(ctx.latency("dynamodb.ttl.updating", table.id), "dynamodb.ttl.updated", table.id,
            table.table_id);
  for (const std::string& region : other_replicas(ctx, table.id)) {
    sim::Scope there = ctx.in_region(region);
    const Table* other = there.view<Table>(table.id);
    if (!other || other->status == "DELETING") continue;
    edit_settings(there, *other).ttl = ttl;
    there.after(there.latency("dynamodb.ttl.updating", cat(region, "/", table.id)),
                "dynamodb.ttl.updated", other->id, other->table_id);
  }
  return {{"TimeToLiveSpecification", {{"Enabled", enable}, {"AttributeName", attribute}}}};
}

Value describe_ttl(Context& ctx, Input in) {
  const Table& table = table_at(ctx, in.string("TableName"));
  const TableSettings* settings = settings_of(ctx, table);
  if (!settings || settings->ttl.status == "DISABLED")
    return {{"TimeToLiveDescription", {{"TimeToLiveStatus", "DISABLED"}}}};
  return {{"TimeToLiveDescription",
           {{"TimeToLiveStatus", settings->ttl.status},
            {"AttributeName", settings->ttl.attribute}}}};
}

// --- the index -----------------------------------------------------------------------------------

void set_index(sim::Scope& scope, const std::string& table, const std::string& attribute) {
  const auto store = stores_of(scope.world()).find(scope.region(), table);
  if (!store) return;
  const std::lock_guard lock(store->mutex());
  if (attribute.empty() && !store->attached_if<ExpiryIndex>()) return;
  ExpiryIndex& index = store->attached<ExpiryIndex>();
  index.begin(attribute);
  if (attribute.empty()) return;
  index.fill(store->copy_items(), scope.now());
  // A sweep waits for the index: that of a big table is given time to be made.
  const bool is_much = ExpiryIndex::is_much(store->items().size());
  scope.at_unique(scope.now() + (is_much ? sweep_period : Duration{}), "dynamodb.ttl.sweep", table);
}

// --- events --------------------------------------------------------------------------------------

void ttl_updated(sim::Scope& scope, const sim::Event& event) {
  TableSettings* settings = edit_settings_if(scope, event.subject);
  if (!settings || settings->table_id != event.payload) return;
  TtlSettings& ttl = settings->ttl;
  if (ttl.status == "ENABLING")
    ttl.status = "ENABLED";
  else if (ttl.status == "DISABLING")
    ttl.status = "DISABLED", ttl.attribute.clear();
  set_index(scope, event.subject, ttl.attribute);
}

/// The index is made anew after a start or a restore.
void index_again(sim::Scope& scope, const sim::Event& event) {
  const Table* table = scope.view<Table>(event.subject);
  const TableSettings* settings = table ? settings_of(scope, *table) : nullptr;
  if (settings) set_index(scope, event.subject, settings->ttl.attribute);
}

/// Rounded up: items due about the same time go in one sweep.
Time whole_second(Time t) {
  const Time floor = from_unix_seconds(unix_seconds(t));
  return floor == t ? t : floor + 1s;
}

size_t delete_expired(sim::Scope& scope, TableStore& store, size_t most) {
  const std::lock_guard lock(store.mutex());
  auto* index = store.attached_if<ExpiryIndex>();
  if (!index) return 0;
  size_t deleted = 0;
  while (deleted < most) {
    if (const Item* item = index->next_condemned(scope.now())) {
      ItemChange change;
      change.before = ItemRef::share(item);
      change.time = scope.now();
      change.by_service = true;
      store.apply(change);
      ++deleted;
    } else if (const Item* expired = index->next_expired(scope.now())) {
      const Duration delay = scope.latency("dynamodb.ttl.deletion", store.name());
      const Time due = scope.now() + delay;
      index->condemn(expired, delay == Duration{} ? due : whole_second(due));
    } else {
      break;
    }
  }
  return deleted;
}

void sweep(sim::Scope& scope, const sim::Event& event) {
  constexpr size_t portion = 500;
  const auto store = stores_of(scope.world()).find(scope.region(), event.subject);
  if (!store) return;
  size_t all = 0;
  const bool here = expires_items(scope, event.subject);
  for (size_t deleted = here ? portion : 0; deleted == portion; all += deleted)
    deleted = delete_expired(scope, *store, portion);
  if (all)
    scope.announce("dynamodb.ttl-deleted", event.subject,
                   cat(all, " expired items of table ", event.subject, " were deleted"));
  const std::lock_guard lock(store->mutex());
  auto* index = store->attached_if<ExpiryIndex>();
  if (!index || index->attribute().empty()) return;
  const Time latest = scope.now() + sweep_period;
  scope.at_unique(here ? std::min(index->next_time().value_or(latest), latest) : latest,
                  "dynamodb.ttl.sweep", event.subject);
}

}  // namespace

std::span<const api::HandlerRow> ttl_rows() {
  static const api::HandlerRow rows[] = {{"UpdateTimeToLive", api::Writes, update_ttl},
                                         {"DescribeTimeToLive", api::Reads, describe_ttl}};
  return rows;
}

std::span<const sim::EventRow> ttl_events() {
  static const sim::EventRow rows[] = {{"dynamodb.ttl.updated", ttl_updated},
                                       {"dynamodb.ttl.index", index_again},
                                       {"dynamodb.ttl.sweep", sweep}};
  return rows;
}

std::span<const sim::LatencyRow> ttl_latencies() {
  // "It can take up to one hour for the change to fully process" (UpdateTimeToLive); items go
  // "within a few days" by the guide, 48 hours by FACTS.md, and mostly within minutes.
  static const sim::LatencyRow rows[] = {
      {"dynamodb.ttl.updating", 10s, 60s, 0s, 3600s},
      {"dynamodb.ttl.deletion", 60s, 1800s, 0s, 48h},
  };
  return rows;
}

}  // namespace squall::dynamodb
