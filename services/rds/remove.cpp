// DeleteDBInstance.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

std::string final_snapshot_name(const Context& ctx, const Input& in, const DbInstance& db) {
  const bool skip = in.boolean("SkipFinalSnapshot");
  std::string name = in.string("FinalDBSnapshotIdentifier");
  if (skip && !name.empty()) {
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot.");
  }
  if (!db.source_id.empty() && !name.empty()) {
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance.");
  }
  if (skip || !db.source_id.empty()) return {};
  if (name.empty()) {
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  }
  name = identifier(name, "FinalDBSnapshotIdentifier", 255);
  check_snapshot_name(ctx, name);
  return name;
}

Value delete_instance(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  if (before.status == "deleting")
    throw invalid_instance_state(cat("Instance ", before.id, " is already being deleted."));
  if (before.deletion_protection) {
    throw invalid_parameter_combination(
        "Cannot delete protected DB Instance, please disable deletion protection and try again.");
  }
  const std::string snapshot = final_snapshot_name(ctx, in, before);
  const bool keeps_backups = !in.boolean("DeleteAutomatedBackups", true);
  if (!snapshot.empty()) require_status(before, {"available", "stopped", "storage-optimization"});
  DbInstance& db = ctx.edit<DbInstance>(std::string(before.id));
  if (!snapshot.empty()) {
    add_snapshot(ctx, db, snapshot, "manual", db.copy_tags_to_snapshot ? db.tags : Tags{});
    ctx.after(ctx.latency("rds.snapshot.creating", snapshot), "rds.snapshot.created", snapshot);
  }
  stop_serving(ctx, db);
  ++db.generation;
  db.failover_phase.clear();
  db.status = "deleting";
  ctx.after(ctx.latency("rds.instance.deleting", db.id), "rds.instance.deleted", db.id,
            keeps_backups ? "keep" : "");
  return {{"DBInstance", describe(ctx, db)}};
}

/// Its replicas become instances of their own, and its source forgets it.
void unlink_replication(sim::Scope& scope, const DbInstance& db) {
  for (const std::string& id : std::vector<std::string>(db.replica_ids)) {
    if (!scope.has<DbInstance>(id)) continue;
    DbInstance& replica = scope.edit<DbInstance>(id);
    replica.source_id.clear();
    instance_event(scope, replica, "RDS-EVENT-0057");
  }
  if (!db.source_id.empty() && scope.has<DbInstance>(db.source_id))
    std::erase(scope.edit<DbInstance>(db.source_id).replica_ids, db.id);
}

void deleted(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "deleting") return;
  unlink_replication(scope, *before);
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  instance_event(scope, db, "RDS-EVENT-0003");
  release(scope, db);
  if (event.payload != "keep") {
    std::vector<std::string> automated;
    for (const Snapshot* s : scope.by<Snapshot>(cat("instance:", db.id)))
      if (s->type == "automated") automated.push_back(s->id);
    for (const std::string& id : automated) scope.erase<Snapshot>(id);
  }
  scope.erase<DbInstance>(event.subject);
}

}  // namespace

std::span<const api::HandlerRow> remove_rows() {
  static const api::HandlerRow rows[] = {{"DeleteDBInstance", api::Writes, delete_instance}};
  return rows;
}

std::span<const sim::EventRow> remove_events() {
  static const sim::EventRow rows[] = {{"rds.instance.deleted", deleted}};
  return rows;
}

}  // namespace squall::rds
