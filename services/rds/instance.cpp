// DB instances: creation and its course to available, and DescribeDBInstances.
#include "emulator/sim/impairment.h"
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

/// The part of an endpoint that is the same for all of an account's instances in a region.
std::string endpoint_hash(const sim::Scope& scope) {
  uint64_t bits = stable_hash(cat("rds/", scope.account(), '/', scope.region()));
  std::string hash = "c";
  for (int i = 0; i < 11; ++i) {
    hash += "abcdefghijklmnopqrstuvwxyz0123456789"[bits % 36];
    bits /= 36;
  }
  return hash;
}

std::string resource_id(sim::Scope& scope, const std::string& id) {
  std::string text = "db-";
  for (const char c : scope.new_hex("dbi", 26, id))
    text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[static_cast<unsigned char>(c) % 32];
  return text;
}

Value create_instance(Context& ctx, Input in) {
  DbInstance db = instance_from(ctx, in);
  const std::string zone = in.string("AvailabilityZone");
  if (db.multi_az && !zone.empty()) {
    throw invalid_parameter_combination(
        "Requesting a specific availability zone is not valid for Multi-AZ instances.");
  }
  return launch(ctx, std::move(db), zone);
}

/// The hosts are up and the engine runs: the endpoint answers while the first backup is taken.
void created(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "creating") return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.created = scope.now();
  db.shown_secondary_zone = db.secondary_zone;
  db.standby_in_sync = db.multi_az;
  instance_event(scope, db, "RDS-EVENT-0005");
  if (!sim::is_dark(scope, db.primary_zone, db.primary_interface_id))
    db.serving_since = scope.now();
  if (db.backup_retention_days > 0 && db.source_id.empty()) {
    db.status = "backing-up";
    instance_event(scope, db, "RDS-EVENT-0001");
    scope.after(scope.latency("rds.instance.first-backup", db.id), "rds.instance.backed-up", db.id);
  } else {
    db.status = "available";
  }
  look_after(scope, db.id);
}

void backed_up(sim::Scope& scope, const sim::Event& event) {
  const DbInstance* before = scope.view<DbInstance>(event.subject);
  if (!before || before->status != "backing-up") return;
  DbInstance& db = scope.edit<DbInstance>(event.subject);
  db.status = "available";
  db.latest_restorable = scope.now();
  const std::string stamp = format_iso8601(scope.now());  // rds:NAME-2026-11-21-06-30
  const std::string name = cat("rds:", db.id, '-', stamp.substr(0, 10), '-', stamp.substr(11, 2),
                               '-', stamp.substr(14, 2));
  if (!scope.has<Snapshot>(name)) {
    Snapshot& snapshot = add_snapshot(scope, db, name, "automated", {});
    snapshot.status = "available";
  }
  instance_event(scope, db, "RDS-EVENT-0002");
}

Value describe_instances(Context& ctx, Input in) {
  std::string id = in.string("DBInstanceIdentifier");
  if (id.starts_with("arn:")) id = id.substr(id.rfind(':') + 1);
  id = to_lower(id);
  if (!id.empty() && !ctx.has<DbInstance>(id)) throw instance_not_found(id);
  check_filters(in, {"db-instance-id", "dbi-resource-id", "engine", "db-cluster-id", "domain"});
  const bool filtered = in.has("Filters");
  const Page page = paginate(
      ctx.all<DbInstance>(), page_from(in),
      [&](const DbInstance& db) {
        if (!id.empty() && db.id != id) return false;
        if (!filtered) return true;
        return passes(in, "db-instance-id", {db.id, db.arn}) &&
               passes(in, "dbi-resource-id", {db.resource_id}) &&
               passes(in, "engine", {db.engine}) && passes(in, "db-cluster-id", {db.cluster_id}) &&
               passes(in, "domain", {});
      },
      [&](const DbInstance& db) { return describe(ctx, db); });
  return {{"DBInstances", page.items}, {"Marker", page.next_token}};
}

}  // namespace

void set_name(const sim::Scope& scope, DbInstance& db, const std::string& id) {
  db.id = id;
  db.arn = scope.arn("rds", cat("db:", id));
  db.endpoint_address =
      cat(id, '.', endpoint_hash(scope), '.', scope.region(), ".rds.amazonaws.com");
}

Value launch(Context& ctx, DbInstance db, const std::string& wanted_zone) {
  set_name(ctx, db, db.id);
  db.resource_id = resource_id(ctx, db.id);
  db.created = ctx.now();
  place(ctx, db, wanted_zone);
  DbInstance& added = ctx.add(std::move(db));
  const auto row = added.source_id.empty() ? "rds.instance.creating" : "rds.replica.creating";
  ctx.after(ctx.latency(row, added.id), "rds.instance.created", added.id);
  Value answer = describe(ctx, added);
  if (answer.at("PendingModifiedValues").empty() && !added.master_password.empty())
    answer.set("PendingModifiedValues", Value{{"MasterUserPassword", "****"}});
  return {{"DBInstance", answer}};
}

bool is_serving(const sim::Scope& scope, const DbInstance& db) {
  return db.serving_since && *db.serving_since <= scope.now();
}

std::span<const api::HandlerRow> instance_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateDBInstance", api::Writes, create_instance},
      {"DescribeDBInstances", api::Reads, describe_instances},
  };
  return rows;
}

std::span<const sim::EventRow> instance_events() {
  static const sim::EventRow rows[] = {{"rds.instance.created", created},
                                       {"rds.instance.backed-up", backed_up}};
  return rows;
}

}  // namespace squall::rds
