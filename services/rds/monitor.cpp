// RDS watches its hosts. What is physically so (a dark host serves nothing) holds at once; what the
// service does about it waits until it has noticed.
#include "emulator/sim/impairment.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

struct Hosts {
  bool primary_dark, standby_dark;
};

Hosts look(const sim::Scope& scope, const DbInstance& db) {
  return {sim::is_dark(scope, db.primary_zone, db.primary_interface_id),
          !db.secondary_zone.empty() &&
              sim::is_dark(scope, db.secondary_zone, db.secondary_interface_id)};
}

/// Whether its hosts are in service at all.
bool is_hosted(const DbInstance& db) {
  return db.status != "creating" && db.status != "deleting" && db.status != "stopped" &&
         db.status != "stopping" && db.status != "starting";
}

void begin(sim::Scope& scope, DbInstance& db, std::string_view phase, std::string_view latency,
           std::string_view event) {
  ++db.generation;
  db.failover_phase = phase;
  scope.after(scope.latency(latency, db.id), event, db.id, std::to_string(db.generation));
}

void look_at_primary(sim::Scope& scope, DbInstance& db, bool dark) {
  const std::string& phase = db.failover_phase;
  if (dark) {
    stop_serving(scope, db);
    if (phase == "fencing" || phase == "promoting" || phase == "detecting" || phase == "down")
      return;
    if (db.multi_az) {
      begin(scope, db, "detecting", "rds.failover.detect", "rds.failover.detected");
    } else {
      ++db.generation;
      db.failover_phase = "down";
    }
    return;
  }
  if (phase != "detecting" && phase != "down") return;
  instance_event(scope, db, "RDS-EVENT-0020");
  begin(scope, db, "recovering", "rds.instance.recovering", "rds.instance.recovered");
}

void look_at_standby(sim::Scope& scope, DbInstance& db, bool dark) {
  if (dark) {
    if (db.standby_in_sync && db.serving_since)
      db.writes_stalled_until = scope.now() + scope.latency("rds.standby.eject", db.id);
    // A standby that goes dark at the same instant as its primary has missed nothing, but it cannot
    // be promoted; when the primary is back it follows it again.
    db.standby_in_sync = db.resyncing = false;
    return;
  }
  if (!db.multi_az || db.standby_in_sync || db.resyncing || !db.failover_phase.empty() ||
      !db.serving_since)
    return;
  db.resyncing = true;
  scope.after(scope.latency("rds.standby.resync", db.id), "rds.standby.resynced", db.id,
              db.secondary_interface_id);
}

bool has_work(const DbInstance& db, const Hosts& hosts) {
  const std::string& phase = db.failover_phase;
  const bool waits = phase == "detecting" || phase == "down";
  if (hosts.primary_dark != db.primary_dark || hosts.standby_dark != db.standby_dark) return true;
  if (hosts.primary_dark)
    return db.serving_since || (!waits && phase != "fencing" && phase != "promoting");
  if (waits) return true;
  if (hosts.standby_dark) return db.standby_in_sync || db.resyncing;
  return db.multi_az && !db.secondary_zone.empty() && !db.standby_in_sync && !db.resyncing &&
         phase.empty() && db.serving_since;
}

void monitor(sim::Scope& scope, const sim::Event&) {
  std::vector<std::string> ids;
  for (const DbInstance& db : scope.all<DbInstance>()) ids.push_back(db.id);
  for (const std::string& id : ids) look_after(scope, id);
}

void detected(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* db = scope.view<DbInstance>(event.subject);
  if (!db || event.payload != std::to_string(db->generation)) return;
  if (look(scope, *db).primary_dark)
    begin_failover(scope, event.subject, "The primary host does not answer.");
}

void recovered(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || event.payload != std::to_string(before->generation)) return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.failover_phase.clear();
  db.serving_since = scope.now();
  if (db.status == "rebooting") db.status = "available";
  instance_event(scope, db, "RDS-EVENT-0021");
  instance_event(scope, db, "RDS-EVENT-0006");
  look_after(scope, db.id);
}

void resynced(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || !before->resyncing || event.payload != before->secondary_interface_id) return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.resyncing = false;
  if (!db.serving_since || look(scope, db).standby_dark) return;
  db.standby_in_sync = true;
  db.writes_stalled_until.reset();
  scope.announce("rds.standby-in-sync", db.id,
                 cat("The standby in ", db.secondary_zone, " follows the primary."));
}

}  // namespace

void stop_serving(sim::Scope& scope, DbInstance& db) {
  if (!db.serving_since) return;
  db.serving_since.reset();
  db.latest_restorable = scope.now();
}

void look_after(sim::Scope& scope, std::string_view id) {
  const DbInstance* before = scope.view<DbInstance>(id);
  if (!before || !is_hosted(*before)) return;
  const Hosts hosts = look(scope, *before);
  if (!has_work(*before, hosts)) return;
  DbInstance& db = scope.edit<DbInstance>(id);
  db.primary_dark = hosts.primary_dark;
  db.standby_dark = hosts.standby_dark;
  look_at_primary(scope, db, hosts.primary_dark);
  look_at_standby(scope, db, hosts.standby_dark);
}

std::span<const sim::EventRow> monitor_events() {
  static const sim::EventRow rows[] = {
      {"rds.monitor", monitor},
      {"rds.failover.detected", detected},
      {"rds.instance.recovered", recovered},
      {"rds.standby.resynced", resynced},
  };
  return rows;
}

std::span<const sim::WatchRow> monitor_watches() {
  static const sim::WatchRow rows[] = {{"sim:impairment", "rds.monitor"}};
  return rows;
}

}  // namespace squall::rds
