// RebootDBInstance, StopDBInstance, StartDBInstance.
#include "emulator/sim/impairment.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

using namespace std::chrono_literals;

Value reboot(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  const bool force = in.boolean("ForceFailover");
  require_status(before, {"available"});
  if (force && !before.multi_az) {
    throw invalid_parameter_combination(
        "ForceFailover cannot be specified since the instance is not configured for MultiAZ.");
  }
  const std::string id = before.id;
  DbInstance& db = ctx.edit<DbInstance>(id);
  db.status = "rebooting";
  const Value answer{{"DBInstance", describe(ctx, db)}};
  if (force)
    begin_failover(ctx, id, "RebootDBInstance with ForceFailover.");
  else if (!db.primary_dark && db.failover_phase.empty())  // else a restart is under way
    restart_engine(ctx, db);
  return answer;
}

Value stop(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  require_status(before, {"available"});
  if (!before.source_id.empty() || !before.replica_ids.empty()) {
    throw invalid_instance_state(cat(
        "Cannot stop or start a read replica, or an instance that has read replicas: ", before.id));
  }
  if (before.multi_az && before.engine.starts_with("sqlserver"))
    throw invalid_instance_state("Cannot stop a Multi-AZ SQL Server instance.");
  const std::string name = in.string("DBSnapshotIdentifier");
  DbInstance& db = ctx.edit<DbInstance>(std::string(before.id));
  if (!name.empty()) {
    const std::string snapshot = identifier(name, "DBSnapshotIdentifier", 255);
    check_snapshot_name(ctx, snapshot);
    add_snapshot(ctx, db, snapshot, "manual", db.copy_tags_to_snapshot ? db.tags : Tags{});
    ctx.after(ctx.latency("rds.snapshot.creating", snapshot), "rds.snapshot.created", snapshot);
  }
  stop_serving(ctx, db);
  ++db.generation;
  db.failover_phase.clear();
  db.status = "stopping";
  ctx.after(ctx.latency("rds.instance.stopping", db.id), "rds.instance.stopped", db.id);
  return {{"DBInstance", describe(ctx, db)}};
}

void stopped(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "stopping") return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.status = "stopped";
  db.automatic_restart = scope.now() + 7 * 24h;
  instance_event(scope, db, "RDS-EVENT-0087");
  scope.at(*db.automatic_restart, "rds.instance.stopped-too-long", db.id);
}

void start_hosts(sim::Scope& scope, DbInstance& db) {
  db.status = "starting";
  db.automatic_restart.reset();
  scope.after(scope.latency("rds.instance.starting", db.id), "rds.instance.started", db.id);
}

void stopped_too_long(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "stopped" || before->automatic_restart != scope.now()) return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  instance_event(scope, db, "RDS-EVENT-0154");
  start_hosts(scope, db);
}

Value start(Context& ctx, Input in) {
  const DbInstance& before = instance_at(ctx, in.string("DBInstanceIdentifier"));
  if (before.status != "stopped")
    throw invalid_instance_state(
        cat("Instance ", before.id, " is not stopped, cannot be started."));
  DbInstance& db = ctx.edit<DbInstance>(std::string(before.id));
  start_hosts(ctx, db);
  return {{"DBInstance", describe(ctx, db)}};
}

void started(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "starting") return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.status = "available";
  if (!sim::is_dark(scope, db.primary_zone, db.primary_interface_id))
    db.serving_since = scope.now();
  instance_event(scope, db, "RDS-EVENT-0088");
  look_after(scope, db.id);
}

}  // namespace

std::span<const api::HandlerRow> power_rows() {
  static const api::HandlerRow rows[] = {
      {"RebootDBInstance", api::Writes, reboot},
      {"StopDBInstance", api::Writes, stop},
      {"StartDBInstance", api::Writes, start},
  };
  return rows;
}

std::span<const sim::EventRow> power_events() {
  static const sim::EventRow rows[] = {
      {"rds.instance.stopped", stopped},
      {"rds.instance.stopped-too-long", stopped_too_long},
      {"rds.instance.started", started},
  };
  return rows;
}

}  // namespace squall::rds
