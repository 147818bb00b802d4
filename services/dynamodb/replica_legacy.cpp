// Global tables of the version of 2017: groups of tables that were made one by one, each in its
// region. Those of today are in replica*.cpp; what replicates is the same.
#include "services/dynamodb/replica.h"

#include <algorithm>

#include "services/dynamodb/store.h"
#include "services/ec2/ec2.h"

namespace squall::dynamodb {
namespace {

constexpr std::string_view settled_event = "dynamodb.global-table.settled";

AwsError not_found(const std::string& name) {
  return {"GlobalTableNotFoundException",
          cat("Global table not found: Global table with name '", name, "' does not exist.")};
}

/// A table that may become a replica: like the others, with a stream, and empty.
void check_member(const sim::Scope& scope, const std::string& name, const std::string& region,
                  const Table* other) {
  if (!ec2::is_known_region(region)) throw invalid(cat("Unknown replication region: ", region));
  // A refusal must not make a region.
  const bool touched = scope.world().regions().contains(region);
  const Table* table = touched ? scope.in_region(region).view<Table>(name) : nullptr;
  if (!table)
    throw AwsError{"TableNotFoundException",
                   cat("Table not found: Table: '", name, "' not found in region: '", region,
                       "'.")};
  if (global_table_of(scope.in_region(region), name))
    throw invalid(cat("Table ", name, " in region ", region, " is part of a global table already"));
  const auto refuse = [&](std::string_view why) {
    throw invalid_parameter(cat("Table ", name, " in region ", region, " ", why));
  };
  if (!table->stream.enabled || table->stream.view_type != "NEW_AND_OLD_IMAGES")
    refuse("must have a stream enabled with StreamViewType NEW_AND_OLD_IMAGES");
  const auto store = stores_of(scope.world()).find(region, name);
  if (store) {
    const std::lock_guard lock(store->mutex());
    if (store->items().size()) refuse("must be empty to become a replica");
  }
  if (!other) return;
  if (table->keys != other->keys || table->attributes != other->attributes)
    refuse("must have the same key schema as the other replicas");
  const auto same = [](const Index& a, const Index& b) {
    return a.name == b.name && a.keys == b.keys && a.projection == b.projection;
  };
  if (!std::ranges::equal(table->indexes, other->indexes, same))
    refuse("must have the same indexes as the other replicas");
}

Value describe(const sim::Scope& scope, const GlobalTable& group) {
  return {{"GlobalTableDescription",
           {{"ReplicationGroup", list_of(group.replicas,
                                         [&](const Replica& r) -> Value {
                                           const sim::Scope there = scope.in_region(r.region);
                                           const Table* table = there.view<Table>(group.id);
                                           return {{"RegionName", r.region},
                                                   {"ReplicaStatus",
                                                    table ? table->status : "DELETING"}};
                                         })},
            {"GlobalTableArn", scope.global_arn("dynamodb", cat("global-table/", group.id))},
            {"CreationDateTime", group.created},
            {"GlobalTableStatus", group.status},
            {"GlobalTableName", group.id}}}};
}

void put(Context& ctx, GlobalTable group) {
  std::ranges::sort(group.replicas, {}, &Replica::region);
  sim::Scope global = ctx.global();
  connect_replicas(global, group);
  const std::string name = group.id;
  global.add<GlobalTable>(std::move(group));
  global.after(global.latency("dynamodb.table.updating", name), settled_event, name);
}

Replica replica_in(const std::string& region) {
  Replica replica;
  replica.region = region;
  return replica;
}

Value create_global_table(Context& ctx, Input in) {
  GlobalTable group;
  group.id = in.string("GlobalTableName");
  const sim::Scope global = ctx.global();
  const GlobalTable* known = global.view<GlobalTable>(group.id);
  if (known && known->legacy)
    throw AwsError{"GlobalTableAlreadyExistsException",
                   cat("Global table already exists: Global table with name '", group.id,
                       "' already exists.")};
  group.legacy = true;
  group.status = "CREATING";
  group.created = ctx.now();
  const Table* first = nullptr;
  for (const Input& member : in.list("ReplicationGroup")) {
    const std::string region = member.string("RegionName");
    if (region.empty()) throw invalid_parameter("RegionName must be given for each replica");
    if (group.find(region)) throw invalid_parameter(cat("Duplicate replica region: ", region));
    check_member(ctx, group.id, region, first);
    first = ctx.in_region(region).view<Table>(group.id);
    group.replicas.push_back(replica_in(region));
  }
  if (group.replicas.empty())
    throw invalid_parameter("ReplicationGroup must name at least one replica");
  check_under_way(ctx);
  const Value answer = describe(ctx, group);
  put(ctx, std::move(group));
  return answer;
}

Value describe_global_table(Context& ctx, Input in) {
  return describe(ctx, legacy_table_at(ctx, in.string("GlobalTableName")));
}

void add_replica(const Context& ctx, GlobalTable& group, const std::string& region) {
  if (group.find(region))
    throw AwsError{"ReplicaAlreadyExistsException",
                   cat("Failed to create a the new replica of table with name: '", group.id,
                       "' because one or more replicas already existed as tables.")};
  const Table* other = nullptr;
  for (const Replica& replica : group.replicas)
    if (const Table* table = ctx.in_region(replica.region).view<Table>(group.id)) other = table;
  check_member(ctx, group.id, region, other);
  group.replicas.push_back(replica_in(region));
}

Value update_global_table(Context& ctx, Input in) {
  GlobalTable group = legacy_table_at(ctx, in.string("GlobalTableName"));
  for (const Input& update : in.list("ReplicaUpdates")) {
    const Input create = update.at("Create"), remove = update.at("Delete");
    if (create.is_present() == remove.is_present())
      throw invalid_parameter("One of Create and Delete must be given in a ReplicaUpdate");
    if (create) {
      add_replica(ctx, group, create.string("RegionName"));
      continue;
    }
    const std::string region = remove.string("RegionName");
    if (!group.find(region))
      throw AwsError{"ReplicaNotFoundException",
                     cat("Replica not found: Replica in region '", region,
                         "' of global table '", group.id, "' does not exist.")};
    std::erase_if(group.replicas, [&](const Replica& r) { return r.region == region; });
    disconnect_replica(ctx, region, group.id);
  }
  group.status = "UPDATING";
  const Value answer = describe(ctx, group);
  put(ctx, std::move(group));
  return answer;
}

Value list_global_tables(Context& ctx, Input in) {
  constexpr int64_t page = 100;
  const auto limit = static_cast<size_t>(in.integer("Limit", page));
  const std::string start = in.string("ExclusiveStartGlobalTableName"),
                    region = in.string("RegionName");
  Value list = Value::list();
  Value last;
  if (!ctx.world().regions().contains("aws-global")) return {{"GlobalTables", list}};
  const sim::Scope global = ctx.global();
  const auto groups = global.all<GlobalTable>();
  for (auto at = start.empty() ? groups.begin() : groups.after(start); at != groups.end(); ++at) {
    if (!at->legacy || (!region.empty() && !at->find(region))) continue;
    if (list.size() == limit) {
      last = list[limit - 1].at("GlobalTableName");
      break;
    }
    list.push({{"GlobalTableName", at->id},
               {"ReplicationGroup", list_of(at->replicas, [](const Replica& r) {
                  return Value{{"RegionName", r.region}};
                })}});
  }
  return {{"GlobalTables", list}, {"LastEvaluatedGlobalTableName", last}};
}

void settled(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<GlobalTable>(event.subject))
    scope.edit<GlobalTable>(event.subject).status = "ACTIVE";
}

}  // namespace

const GlobalTable& legacy_table_at(const sim::Scope& scope, const std::string& name) {
  if (!scope.world().regions().contains("aws-global")) throw not_found(name);
  const GlobalTable* group = scope.global().view<GlobalTable>(name);
  if (!group || !group->legacy) throw not_found(name);
  return *group;
}

std::span<const api::HandlerRow> replica_legacy_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateGlobalTable", api::Writes, create_global_table},
      {"DescribeGlobalTable", api::Reads, describe_global_table},
      {"UpdateGlobalTable", api::Writes, update_global_table},
      {"ListGlobalTables", api::Reads, list_global_tables}};
  return rows;
}

std::span<const sim::EventRow> replica_legacy_events() {
  static const sim::EventRow rows[] = {{settled_event, settled}};
  return rows;
}

}  // namespace squall::dynamodb
