// Failover to the standby: fence, promote, complete, show. And the restart of an engine in place.
#include "emulator/sim/impairment.h"
#include "services/ec2/ec2.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

/// The instance if this event belongs to the course that is under way, else nullptr.
DbInstance* current(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* db = scope.view<DbInstance>(event.subject);
  if (!db || event.payload != std::to_string(db->generation)) return nullptr;
  return &scope.edit<DbInstance>(event.subject);
}

void next(sim::Scope& scope, DbInstance& db, std::string_view phase, std::string_view latency,
          std::string_view event) {
  db.failover_phase = phase;
  scope.after(scope.latency(latency, db.id), event, db.id, std::to_string(db.generation));
}

bool standby_is_dark(const sim::Scope& scope, const DbInstance& db) {
  return sim::is_dark(scope, db.secondary_zone, db.secondary_interface_id);
}

/// Nothing to fail over to: a lit primary carries on, a dark one waits for its host.
void abandon(sim::Scope& scope, DbInstance& db, std::string_view why) {
  ++db.generation;
  const bool dark = sim::is_dark(scope, db.primary_zone, db.primary_interface_id);
  db.failover_phase = dark ? "down" : "";
  scope.announce("rds.failover-abandoned", db.id, why);
  if (!dark && db.status == "rebooting") db.status = "available";
  look_after(scope, db.id);
}

void fenced(sim::Scope& scope, const sim::Event& event) {
  DbInstance* db = current(scope, event);
  if (!db) return;
  if (standby_is_dark(scope, *db)) return abandon(scope, *db, "The standby's host went dark.");
  instance_event(scope, *db, "RDS-EVENT-0013");
  stop_serving(scope, *db);
  next(scope, *db, "promoting",
       is_burstable(db->instance_class) ? "rds.failover.promote-burstable" : "rds.failover.promote",
       "rds.failover.promoted");
}

void promoted(sim::Scope& scope, const sim::Event& event) {
  DbInstance* db = current(scope, event);
  if (!db) return;
  if (standby_is_dark(scope, *db)) {
    abandon(scope, *db, "The standby's host went dark before it was promoted.");
    const DbInstance* after = scope.view<DbInstance>(event.subject);
    if (after->failover_phase.empty() && !after->serving_since)
      restart_engine(scope, scope.edit<DbInstance>(event.subject));
    return;
  }
  std::swap(db->primary_zone, db->secondary_zone);
  std::swap(db->primary_subnet, db->secondary_subnet);
  std::swap(db->primary_interface_id, db->secondary_interface_id);
  std::swap(db->primary_dark, db->standby_dark);
  if (const auto* interface = scope.view<ec2::NetworkInterface>(db->primary_interface_id))
    db->private_ip = interface->private_ip;
  db->serving_since = scope.now();
  db->standby_in_sync = false;  // the old primary has yet to follow
  instance_event(scope, *db, "RDS-EVENT-0006");
  instance_event(scope, *db, "RDS-EVENT-0015");
  scope.after(scope.latency("rds.failover.zones-shown", db->id), "rds.failover.zones-shown",
              db->id);
  next(scope, *db, "completing", "rds.failover.complete", "rds.failover.completed");
}

void completed(sim::Scope& scope, const sim::Event& event) {
  DbInstance* db = current(scope, event);
  if (!db) return;
  instance_event(scope, *db, "RDS-EVENT-0049");
  db->failover_phase.clear();
  scope.after(scope.latency("rds.failover.available", db->id), "rds.failover.available", db->id,
              std::to_string(db->generation));
  look_after(scope, db->id);
}

void available(sim::Scope& scope, const sim::Event& event) {
  DbInstance* db = current(scope, event);
  if (db && db->status == "rebooting") db->status = "available";
}

void zones_shown(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<DbInstance>(event.subject)) return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.shown_zone = db.primary_zone;
  db.shown_secondary_zone = db.secondary_zone;
}

void restarted(sim::Scope& scope, const sim::Event& event) {
  DbInstance* db = current(scope, event);
  if (!db) return;
  db->failover_phase.clear();
  db->serving_since = scope.now();
  db->pending.erase("parameters");
  if (db->status == "rebooting") db->status = "available";
  instance_event(scope, *db, "RDS-EVENT-0006");
  look_after(scope, db->id);
}

}  // namespace

void begin_failover(sim::Scope& scope, std::string_view id, std::string_view cause) {
  const DbInstance* before = scope.view<DbInstance>(id);
  if (!before || !before->multi_az) return;
  const std::string& phase = before->failover_phase;
  if (!phase.empty() && phase != "detecting") return;  // one is under way
  DbInstance& db = scope.edit<DbInstance>(id);
  const bool dark = sim::is_dark(scope, db.primary_zone, db.primary_interface_id);
  if (!db.standby_in_sync || standby_is_dark(scope, db)) {
    if (!dark) instance_event(scope, db, "RDS-EVENT-0034");
    return abandon(scope, db, "There is no synchronised standby to fail over to.");
  }
  ++db.generation;
  scope.announce("rds.failover-requested", db.id, cause);
  if (!dark) db.status = "rebooting";
  next(scope, db, "fencing", dark ? "rds.failover.fence" : "rds.failover.requested",
       "rds.failover.fenced");
}

void restart_engine(sim::Scope& scope, DbInstance& db) {
  stop_serving(scope, db);
  ++db.generation;
  instance_event(scope, db, "RDS-EVENT-0004");
  next(scope, db, "restarting", "rds.instance.rebooting", "rds.instance.restarted");
}

std::span<const sim::EventRow> failover_events() {
  static const sim::EventRow rows[] = {
      {"rds.failover.fenced", fenced},           {"rds.failover.promoted", promoted},
      {"rds.failover.completed", completed},     {"rds.failover.available", available},
      {"rds.failover.zones-shown", zones_shown}, {"rds.instance.restarted", restarted},
  };
  return rows;
}

}  // namespace squall::rds
