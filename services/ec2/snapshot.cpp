// Snapshots of volumes.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Value describe(const sim::Scope& scope, const Snapshot& s) {
  return {{"Tags", describe_tags(s.tags, true)},
          {"StorageTier", "standard"},
          {"SnapshotId", s.id},
          {"VolumeId", s.volume_id},
          {"State", s.state},
          {"StartTime", s.started},
          {"Progress", s.state == "completed" ? "100%" : ""},
          {"OwnerId", scope.account()},
          {"Description", s.description},
          {"VolumeSize", s.size_gib},
          {"Encrypted", s.encrypted},
          {"KmsKeyId", s.kms_key_id.empty() ? Value() : Value(s.kms_key_id)}};
}

Value create_snapshot(Context& ctx, Input in) {
  const Volume& volume = require<Volume>(ctx, in.string("VolumeId"));
  refuse(in, {"OutpostArn", "Location"});
  const Snapshot& s = add_snapshot(ctx, volume, in.string("Description"), tags_for(in, "snapshot"));
  return describe(ctx, s);
}

Value delete_snapshot(Context& ctx, Input in) {
  const std::string id = require<Snapshot>(ctx, in.string("SnapshotId")).id;
  for (const Image& image : ctx.all<Image>())
    for (const BlockDevice& device : image.devices)
      if (device.snapshot_id == id)
        throw AwsError{"InvalidSnapshot.InUse",
                       cat("The snapshot ", id, " is currently in use by ", image.id)};
  ctx.erase<Snapshot>(id);
  return Value::map();
}

using Shown = ec2::Shown<Snapshot>;
const ShownFilter<Snapshot> filters[] = {
    {"description", [](const Shown& s) { return Strings{s->description}; }},
    {"encrypted", [](const Shown& s) { return Strings{text_of(s->encrypted)}; }},
    {"owner-id", [](const Shown& s) { return Strings{s.scope->account()}; }},
    {"progress",
     [](const Shown& s) { return Strings{s->state == "completed" ? "100%" : ""}; }},
    {"snapshot-id", [](const Shown& s) { return Strings{s->id}; }},
    {"start-time", [](const Shown& s) { return Strings{format_iso8601_ms(s->started)}; }},
    {"status", [](const Shown& s) { return Strings{s->state}; }},
    {"storage-tier", [](const Shown&) { return Strings{"standard"}; }},
    {"volume-id", [](const Shown& s) { return Strings{s->volume_id}; }},
    {"volume-size", [](const Shown& s) { return Strings{std::to_string(s->size_gib)}; }},
};

Value describe_snapshots(Context& ctx, Input in) {
  const auto owners = in.strings("OwnerIds");
  const auto restorable = in.strings("RestorableByUserIds");
  const bool own = owners.empty() || std::ranges::count(owners, "self") ||
                   std::ranges::count(owners, ctx.account());
  const bool restorable_here = restorable.empty() || std::ranges::count(restorable, "self") ||
                               std::ranges::count(restorable, ctx.account());
  if (!own || !restorable_here) {
    filters_from(in);
    in.ignore("MaxResults");
    in.ignore("NextToken");
    in.strings("SnapshotIds");
    return {{"Snapshots", Value::list()}};
  }
  return describe_records<Snapshot>(ctx, in, "SnapshotIds", "Snapshots", filters,
                                    [&](const Snapshot& s) { return describe(ctx, s); });
}

const HandlerRow rows[] = {
    {"CreateSnapshot", Writes, create_snapshot},
    {"DeleteSnapshot", Writes, delete_snapshot},
    {"DescribeSnapshots", Reads, describe_snapshots},
};

}  // namespace

HandlerRows snapshot_rows() { return rows; }

Snapshot& add_snapshot(sim::Scope& scope, const Volume& volume, std::string description,
                       Tags tags) {
  Snapshot s;
  s.id = scope.new_id("snap", volume.id);
  s.volume_id = volume.id;
  s.description = std::move(description);
  s.size_gib = volume.size_gib;
  s.encrypted = volume.encrypted;
  s.kms_key_id = volume.kms_key_id;
  s.started = scope.now();
  s.tags = std::move(tags);
  Snapshot& added = scope.add(std::move(s));
  scope.after(scope.latency("ec2.snapshot.create", added.id), "ec2.snapshot.completed", added.id);
  return added;
}

}  // namespace squall::ec2
