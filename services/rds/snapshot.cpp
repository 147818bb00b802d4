// DB snapshots: create, describe, copy, delete, attributes of sharing excepted.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

Value describe(const Snapshot& s) {
  const DbInstance& db = s.instance;
  Value v{{"DBSnapshotIdentifier", s.id},
          {"DBInstanceIdentifier", s.instance_id},
          {"Engine", db.engine},
          {"AllocatedStorage", db.allocated_gib},
          {"Status", s.status},
          {"Port", db.port},
          {"AvailabilityZone", db.shown_zone},
          {"VpcId", db.vpc_id},
          {"InstanceCreateTime", db.created},
          {"MasterUsername", db.master_username},
          {"EngineVersion", db.engine_version},
          {"LicenseModel", db.license_model},
          {"SnapshotType", s.type},
          {"OptionGroupName", s.option_group},
          {"PercentProgress", s.status == "available" ? 100 : 0},
          {"StorageType", db.storage_type},
          {"Encrypted", s.encrypted},
          {"DBSnapshotArn", s.arn},
          {"IAMDatabaseAuthenticationEnabled", db.iam_authentication},
          {"ProcessorFeatures", Value::list()},
          {"DbiResourceId", db.resource_id},
          {"TagList", describe_tags(s.tags)},
          {"SnapshotTarget", "region"},
          {"DedicatedLogVolume", false}};
  if (s.status == "available") {
    v.add("SnapshotCreateTime", s.created);
    v.add("OriginalSnapshotCreateTime", s.original_created);
  }
  if (db.iops) v.add("Iops", db.iops);
  if (db.throughput_mibps) v.add("StorageThroughput", db.throughput_mibps);
  if (!s.kms_key_id.empty()) v.add("KmsKeyId", s.kms_key_id);
  if (!s.source_arn.empty()) v.add("SourceDBSnapshotIdentifier", s.source_arn);
  if (!db.timezone.empty()) v.add("Timezone", db.timezone);
  return v;
}

const Snapshot& snapshot_at(const sim::Scope& scope, const std::string& name_or_arn) {
  std::string name = name_or_arn;
  if (const size_t at = name.find(":snapshot:"); name.starts_with("arn:") && at != name.npos)
    name = name.substr(at + 10);
  const Snapshot* s = scope.view<Snapshot>(to_lower(name));
  if (!s) throw snapshot_not_found(name_or_arn);
  return *s;
}

Value create_snapshot(Context& ctx, Input in) {
  const std::string name =
      identifier(in.string("DBSnapshotIdentifier"), "DBSnapshotIdentifier", 255);
  const DbInstance& db = instance_at(ctx, in.string("DBInstanceIdentifier"));
  check_snapshot_name(ctx, name);
  require_status(db, {"available", "stopped", "storage-optimization"});
  const std::string id = db.id;
  Tags tags = db.copy_tags_to_snapshot ? db.tags : Tags{};
  for (const auto& [key, value] : tags_from(in.list("Tags"))) tags[key] = value;
  Snapshot& s = add_snapshot(ctx, db, name, "manual", tags);
  snapshot_event(ctx, s, "RDS-EVENT-0040");
  if (db.status == "available") ctx.edit<DbInstance>(id).status = "backing-up";
  ctx.after(ctx.latency("rds.snapshot.creating", name), "rds.snapshot.created", name);
  return {{"DBSnapshot", describe(s)}};
}

void snapshot_created(sim::Scope& scope, const sim::Event& event) {
  const Snapshot* before = scope.view<Snapshot>(event.subject);
  if (!before || before->status != "creating") return;
  Snapshot& s = scope.edit<Snapshot>(event.subject);
  s.status = "available";
  snapshot_event(scope, s, "RDS-EVENT-0042");
  const DbInstance* db = scope.view<DbInstance>(s.instance_id);
  if (db && db->status == "backing-up" && db->latest_restorable)
    scope.edit<DbInstance>(s.instance_id).status = "available";
  else if (db && db->status == "backing-up" && db->backup_retention_days == 0)
    scope.edit<DbInstance>(s.instance_id).status = "available";
}

Value describe_snapshots(Context& ctx, Input in) {
  const std::string name = in.string("DBSnapshotIdentifier"),
                    instance = to_lower(in.string("DBInstanceIdentifier")),
                    type = in.string("SnapshotType"), resource = in.string("DbiResourceId");
  // Nothing is shared between accounts here, so what these would add is empty.
  in.ignore("IncludeShared");
  in.ignore("IncludePublic");
  std::string id;
  if (!name.empty()) id = snapshot_at(ctx, name).id;
  check_filters(in,
                {"db-instance-id", "db-snapshot-id", "dbi-resource-id", "snapshot-type", "engine"});
  const Page page = paginate(
      ctx.all<Snapshot>(), page_from(in),
      [&](const Snapshot& s) {
        return (id.empty() || s.id == id) && (instance.empty() || s.instance_id == instance) &&
               (type.empty() || s.type == type) &&
               (resource.empty() || s.instance.resource_id == resource) &&
               passes(in, "db-instance-id", {s.instance_id, s.instance.arn}) &&
               passes(in, "db-snapshot-id", {s.id, s.arn}) &&
               passes(in, "dbi-resource-id", {s.instance.resource_id}) &&
               passes(in, "snapshot-type", {s.type}) && passes(in, "engine", {s.instance.engine});
      },
      [](const Snapshot& s) { return describe(s); });
  return {{"DBSnapshots", page.items}, {"Marker", page.next_token}};
}

Value copy_snapshot(Context& ctx, Input in) {
  const Snapshot source = snapshot_at(ctx, in.string("SourceDBSnapshotIdentifier"));
  if (source.status != "available") {
    throw invalid_snapshot_state(
        cat("Snapshot ", source.id, " is not in the available state and cannot be copied."));
  }
  const std::string name =
      identifier(in.string("TargetDBSnapshotIdentifier"), "TargetDBSnapshotIdentifier", 255);
  check_snapshot_name(ctx, name);
  Snapshot copy = source;
  copy.id = name;
  copy.arn = ctx.arn("rds", cat("snapshot:", name));
  copy.type = "manual";
  copy.status = "creating";
  copy.source_arn = source.arn;
  copy.created = ctx.now();
  copy.option_group = in.string("OptionGroupName", source.option_group);
  if (!has_option_group(ctx, copy.option_group)) throw option_group_not_found(copy.option_group);
  if (auto key = in.optional_string("KmsKeyId")) {
    copy.kms_key_id = *key;
    copy.encrypted = true;
  }
  copy.tags = in.boolean("CopyTags") ? source.tags : Tags{};
  for (const auto& [key, value] : tags_from(in.list("Tags"))) copy.tags[key] = value;
  const Snapshot& added = ctx.add(std::move(copy));
  ctx.after(ctx.latency("rds.snapshot.creating", name), "rds.snapshot.created", name);
  return {{"DBSnapshot", describe(added)}};
}

Value delete_snapshot(Context& ctx, Input in) {
  const Snapshot s = snapshot_at(ctx, in.string("DBSnapshotIdentifier"));
  if (s.type == "automated") {
    throw invalid_snapshot_state(
        cat("Cannot delete automated snapshot ", s.id, "; only manual snapshots may be deleted."));
  }
  if (s.status != "available")
    throw invalid_snapshot_state(cat("Snapshot ", s.id, " is not in the available state."));
  snapshot_event(ctx, s, "RDS-EVENT-0041");
  ctx.erase<Snapshot>(s.id);
  Value answer = describe(s);
  answer.set("Status", "deleted");
  return {{"DBSnapshot", answer}};
}

}  // namespace

void check_snapshot_name(const sim::Scope& scope, const std::string& name) {
  if (scope.has<Snapshot>(name)) throw snapshot_already_exists(name);
}

Snapshot& add_snapshot(sim::Scope& scope, const DbInstance& db, const std::string& name,
                       std::string_view type, const Tags& tags) {
  Snapshot s;
  s.id = name;
  s.arn = scope.arn("rds", cat("snapshot:", name));
  s.instance_id = db.id;
  s.type = type;
  s.kms_key_id = db.kms_key_id;
  s.option_group = db.option_group;
  s.encrypted = db.encrypted;
  s.created = s.original_created = scope.now();
  s.instance = db;
  s.tags = tags;
  return scope.add(std::move(s));
}

std::span<const api::HandlerRow> snapshot_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateDBSnapshot", api::Writes, create_snapshot},
      {"DescribeDBSnapshots", api::Reads, describe_snapshots},
      {"CopyDBSnapshot", api::Writes, copy_snapshot},
      {"DeleteDBSnapshot", api::Writes, delete_snapshot},
  };
  return rows;
}

std::span<const sim::EventRow> snapshot_events() {
  static const sim::EventRow rows[] = {{"rds.snapshot.created", snapshot_created}};
  return rows;
}

}  // namespace squall::rds
