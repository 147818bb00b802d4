// UpdateTable's ReplicaUpdates, and what replicas share: settings changed at one change at all.
#include <algorithm>

#include "services/dynamodb/durable.h"
#include "services/dynamodb/replica.h"
#include "services/dynamodb/table_settings.h"
#include "services/ec2/ec2.h"
#include "services/kms/kms.h"

namespace squall::dynamodb {
namespace {

/// Reads the members that making and changing a replica share.
void read_overrides(const Input& in, Replica& replica) {
  replica.kms_key = in.string("KMSMasterKeyId", replica.kms_key);
  replica.table_class = in.string("TableClassOverride", replica.table_class);
  replica.read_units = in.at("ProvisionedThroughputOverride")
                           .integer("ReadCapacityUnits", replica.read_units);
  replica.on_demand_read = in.at("OnDemandThroughputOverride")
                               .integer("MaxReadRequestUnits", replica.on_demand_read);
  const auto set = [](auto& list, const std::string& name, int64_t value) {
    std::erase_if(list, [&](const auto& entry) { return entry.first == name; });
    list.emplace_back(name, value);
  };
  for (const Input& index : in.list("GlobalSecondaryIndexes")) {
    const std::string name = index.string("IndexName");
    if (const auto read = index.at("ProvisionedThroughputOverride")
                              .optional_integer("ReadCapacityUnits"))
      set(replica.index_reads, name, *read);
    if (const auto read = index.at("OnDemandThroughputOverride")
                              .optional_integer("MaxReadRequestUnits"))
      set(replica.index_on_demand_reads, name, *read);
  }
}

/// The replica's own figures in its table.
void apply_overrides(const sim::Scope& there, const Replica& replica, Table& table) {
  if (replica.read_units && !table.on_demand()) table.throughput.read = replica.read_units;
  if (replica.on_demand_read) {
    table.on_demand_maximum.given = true;
    table.on_demand_maximum.read = replica.on_demand_read;
  }
  if (!replica.table_class.empty() && replica.table_class != table.table_class) {
    table.table_class = replica.table_class;
    table.table_class_changed = there.now();
  }
  if (!replica.kms_key.empty()) {
    table.sse = true;
    table.sse_key_arn = replica.kms_key;
  }
  for (Index& index : table.indexes)
    for (const auto& [name, read] : replica.index_reads)
      if (index.name == name && !table.on_demand()) index.throughput.read = read;
}

void enable_stream(const sim::Scope& there, Table& table) {
  table.stream = {true, "NEW_AND_OLD_IMAGES", "", ""};
  Time labelled = there.now();
  do {
    table.stream.label = format_iso8601_ms(labelled);
    table.stream.label.pop_back();  // the Z
    table.stream.arn = cat(there.arn("dynamodb", cat("table/", table.id)), "/stream/",
                           table.stream.label);
    labelled += 1ms;
  } while (has_stream(there, table.stream.arn));
}

void check_source(const sim::Scope& scope, const Table& table, const std::string& region) {
  if (!ec2::is_known_region(region))
    throw invalid(cat("Unknown replication region: ", region));
  if (!table.stream.enabled || table.stream.view_type != "NEW_AND_OLD_IMAGES")
    throw invalid(cat("Table ", table.id,
                      " must have a stream enabled with StreamViewType NEW_AND_OLD_IMAGES to add "
                      "a replica"));
  if (scope.in_region(region).has<Table>(table.id))
    throw invalid(cat("Failed to create a the new replica of table with name: '", table.id,
                      "' because one or more replicas already existed as tables."));
}

void create_replica(Context& ctx, const Input& in, Table& source) {
  Replica replica;
  replica.region = in.string("RegionName");
  read_overrides(in, replica);
  check_source(ctx, source, replica.region);
  sim::Scope there = ctx.in_region(replica.region), global = ctx.global();
  Table copy = source;
  copy.tags.clear();
  copy.resource_policy.clear();
  copy.policy_revision.clear();
  copy.deletion_protection = false;
  copy.generation = 0;
  copy.backups_since.reset();
  std::erase_if(copy.indexes, [](const Index& i) { return i.status == "DELETING"; });
  if (copy.sse) copy.sse_key_arn = kms::managed_key_arn(there, "dynamodb");
  apply_overrides(there, replica, copy);
  enable_stream(there, copy);
  Table& made = add_table(there, std::move(copy), "dynamodb.replica.creating");
  if (const TableSettings* settings = settings_of(ctx, source)) {
    edit_settings(there, made).ttl = settings->ttl;
    there.after(Duration{}, "dynamodb.ttl.updated", made.id, made.table_id);
  }
  GlobalTable group;
  group.id = source.id;
  if (const GlobalTable* known = global_table_of(ctx, source.id)) group = *known;
  if (!group.find(ctx.region())) group.replicas.push_back({ctx.region(), "", "", 0, 0, {}, {}, {}});
  group.replicas.push_back(replica);
  std::ranges::sort(group.replicas, {}, &Replica::region);
  for (Replica& r : group.replicas)
    if (r.region == ctx.region()) r.seeded = ctx.now();
  Stores& stores = stores_of(ctx.world());
  stores.adopt(plan_of(made, replica.region));
  const auto from = stores.find(ctx.region(), source.id), to = stores.find(replica.region, made.id);
  connect_replicas(global, group);
  if (from && to) {
    std::unique_lock reading(from->mutex());
    OrderedIndex items = from->copy_items();
    const size_t bytes = from->bytes();
    note_seeded(*to, *from);
    reading.unlock();
    const std::lock_guard writing(to->mutex());
    to->load(std::move(items), bytes);
  }
  global.add<GlobalTable>(std::move(group));
}

/// The group, which must have a replica in that region.
const GlobalTable& group_with(const sim::Scope& scope, const Table& table,
                              const std::string& region) {
  const GlobalTable* group = global_table_of(scope, table.id);
  if (!group || !group->find(region))
    throw invalid(
        "Replica specified in the Replica Update or Replica Delete action of the request was not "
        "found.");
  return *group;
}

void update_replica(Context& ctx, const Input& in, const Table& table) {
  const std::string region = in.string("RegionName");
  group_with(ctx, table, region);
  GlobalTable& group = ctx.global().edit<GlobalTable>(table.id);
  sim::Scope there = ctx.in_region(region);
  for (Replica& replica : group.replicas) {
    if (replica.region != region) continue;
    read_overrides(in, replica);
    if (there.has<Table>(table.id))
      apply_overrides(there, replica, there.edit<Table>(table.id));
  }
}

void delete_replica(Context& ctx, const Input& in, const Table& table) {
  const std::string region = in.string("RegionName");
  group_with(ctx, table, region);
  sim::Scope there = ctx.in_region(region);
  const Table* target = there.view<Table>(table.id);
  if (!target) return;
  check_replica_deletion(there, *target);
  if (target->deletion_protection)
    throw invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  require_active(*target);
  back_up_deleted(there, *target);
  Table& edited = there.edit<Table>(table.id);
  edited.status = "DELETING";
  ++edited.generation;
  there.after(there.latency("dynamodb.table.deleting", edited.id), "dynamodb.table.deleted",
              edited.id, edited.table_id);
}

}  // namespace

void check_replica_deletion(const sim::Scope& scope, const Table& table) {
  const GlobalTable* group = global_table_of(scope, table.id);
  const Replica* replica = group ? group->find(scope.region()) : nullptr;
  if (replica && replica->seeded && scope.now() - *replica->seeded < 24h)
    throw invalid(
        "Replica cannot be deleted because it has acted as a source region for new replica(s) "
        "being added to the table in the last 24 hours.");
}

void update_replicas(Context& ctx, const Input& in, Table& table) {
  const std::vector<Input> updates = in.list("ReplicaUpdates");
  if (updates.size() > 1)
    throw invalid("Only one replica can be created, updated or deleted in a single request.");
  if (const GlobalTable* group = global_table_of(ctx, table.id);
      group && group->legacy && !updates.empty())
    throw invalid(cat("Table ", table.id, " is a replica of a global table of version 2017.11.29: "
                      "use UpdateGlobalTable to change its replicas."));
  for (const Input& wanted : updates) {
    const Input create = wanted.at("Create"), update = wanted.at("Update"),
                remove = wanted.at("Delete");
    if (create.is_present() + update.is_present() + remove.is_present() != 1)
      throw invalid_parameter("One of Create, Update, Delete must be given in a ReplicaUpdate");
    const Input& given = create ? create : update ? update : remove;
    if (given.string("RegionName") == ctx.region())
      throw invalid(
          "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, "
          "DeleteTable, or UpdateTable as required.");
    if (create) create_replica(ctx, create, table);
    if (update) update_replica(ctx, update, table);
    if (remove) delete_replica(ctx, remove, table);
  }
  if (updates.empty()) share_update(ctx, table);
}

void share_update(sim::Scope& scope, const Table& table) {
  const GlobalTable* group = global_table_of(scope, table.id);
  if (!group || group->legacy) return;
  for (const std::string& region : other_replicas(scope, table.id)) {
    sim::Scope there = scope.in_region(region);
    const Table* known = there.view<Table>(table.id);
    if (!known || known->status == "DELETING") continue;
    Table& other = there.edit<Table>(table.id);
    for (const Index& index : table.indexes) {
      const Index* before = other.find_index(index.name);
      const std::string_view was = before ? std::string_view(before->status) : "";
      const std::string subject = cat(region, "/", table.id, "/", index.name);
      if (index.status == "CREATING" && was != "CREATING")
        there.after(there.latency("dynamodb.index.creating", subject), "dynamodb.index.active",
                    table.id, index.name);
      if (index.status == "DELETING" && was != "DELETING")
        there.after(there.latency("dynamodb.index.deleting", subject), "dynamodb.index.deleted",
                    table.id, index.name);
    }
    other.attributes = table.attributes;
    other.indexes = table.indexes;
    other.billing_mode = table.billing_mode;
    other.on_demand_since = table.on_demand_since;
    other.throughput.write = table.throughput.write;
    const Replica* replica = group->find(region);
    if (table.on_demand() || !replica->read_units) other.throughput.read = table.throughput.read;
    other.on_demand_maximum = table.on_demand_maximum;
    other.warm = table.warm;
    other.sse = table.sse;
    apply_overrides(there, *replica, other);
    if (other.status == "CREATING") continue;
    other.status = "UPDATING";
    ++other.generation;
    there.after(there.latency("dynamodb.table.updating", other.id), "dynamodb.table.updated",
                other.id, std::to_string(other.generation));
  }
}

void describe_replicas(const sim::Scope& scope, const Table& table, Value& out) {
  const GlobalTable* group = global_table_of(scope, table.id);
  if (!group) return;
  if (group->legacy) return out.add("GlobalTableVersion", "2017.11.29");
  Value list = Value::list();
  for (const Replica& replica : group->replicas) {
    if (replica.region == scope.region()) continue;
    const sim::Scope there = scope.in_region(replica.region);
    const Table* other = there.view<Table>(table.id);
    Value shown{{"RegionName", replica.region},
                {"ReplicaStatus", other ? other->status : "DELETING"},
                {"ReplicaArn", there.arn("dynamodb", cat("table/", table.id))}};
    if (!replica.kms_key.empty()) shown.add("KMSMasterKeyId", replica.kms_key);
    if (replica.read_units)
      shown.add("ProvisionedThroughputOverride", {{"ReadCapacityUnits", replica.read_units}});
    if (replica.on_demand_read)
      shown.add("OnDemandThroughputOverride", {{"MaxReadRequestUnits", replica.on_demand_read}});
    if (other)
      shown.add("WarmThroughput", {{"ReadUnitsPerSecond", other->warm.read},
                                   {"WriteUnitsPerSecond", other->warm.write},
                                   {"Status", other->warm.status}});
    Value indexes = Value::list();
    for (const auto& [name, read] : replica.index_reads)
      indexes.push({{"IndexName", name},
                    {"ProvisionedThroughputOverride", {{"ReadCapacityUnits", read}}}});
    for (const auto& [name, read] : replica.index_on_demand_reads)
      indexes.push({{"IndexName", name},
                    {"OnDemandThroughputOverride", {{"MaxReadRequestUnits", read}}}});
    if (!indexes.empty()) shown.add("GlobalSecondaryIndexes", indexes);
    if (!replica.table_class.empty())
      shown.add("ReplicaTableClassSummary", {{"TableClass", replica.table_class}});
    list.push(shown);
  }
  out.add("GlobalTableVersion", "2019.11.21");
  out.add("Replicas", list);
}

}  // namespace squall::dynamodb
