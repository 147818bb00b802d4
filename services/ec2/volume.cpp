// Volumes: made, shown, deleted. volume_change.cpp attaches and modifies them.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {

int64_t default_iops(std::string_view type, int64_t size_gib, int64_t wanted) {
  if (type == "gp2") return std::clamp<int64_t>(size_gib * 3, 100, 16'000);
  if (type == "gp3") return wanted ? wanted : 3000;
  if (type == "io1" || type == "io2") return wanted;
  return 0;
}
int64_t default_throughput(std::string_view type, int64_t wanted) {
  if (type == "gp3") return wanted ? wanted : 125;
  return 0;
}

void check_volume(std::string_view type, int64_t size_gib, int64_t iops, int64_t throughput) {
  struct Bounds {
    std::string_view type;
    int64_t size_min, size_max, iops_max;
  };
  constexpr Bounds bounds[] = {{"gp2", 1, 16384, 0},     {"gp3", 1, 65536, 80000},
                               {"io1", 4, 16384, 64000}, {"io2", 4, 65536, 256000},
                               {"st1", 125, 16384, 0},   {"sc1", 125, 16384, 0},
                               {"standard", 1, 1024, 0}};
  const auto b = std::ranges::find(bounds, type, &Bounds::type);
  if (b == std::end(bounds)) throw compute_invalid(cat("Invalid volume type: ", type));
  if (size_gib < b->size_min || size_gib > b->size_max)
    throw compute_invalid(cat("Volume of ", size_gib, "GiB is invalid for volume type ", type,
                              "; the size must be between ", b->size_min, "GiB and ", b->size_max,
                              "GiB."));
  if (iops && !b->iops_max)
    throw compute_combination(cat("The parameter iops is not supported for ", type, " volumes."));
  if (!iops && (type == "io1" || type == "io2"))
    throw compute_missing(cat("The request must contain the parameter iops for ", type,
                              " volumes."));
  if (iops && (iops < 100 || iops > b->iops_max))
    throw compute_invalid(cat("Volume iops of ", iops, " is out of range for ", type, "."));
  if (throughput && type != "gp3")
    throw compute_combination(cat("The parameter throughput is not supported for ", type,
                                  " volumes."));
  if (throughput && (throughput < 125 || throughput > 2000))
    throw compute_invalid(cat("Throughput of ", throughput, " MiB/s is out of range for gp3."));
}

Value describe_attachment(const Volume& v, std::string_view state) {
  return {{"DeleteOnTermination", v.delete_on_termination},
          {"VolumeId", v.id},
          {"InstanceId", v.instance_id},
          {"Device", v.device_name},
          {"State", state},
          {"AttachTime", v.attached}};
}

Value describe_volume(const Volume& v) {
  Value attachments = Value::list();
  if (!v.instance_id.empty()) attachments.push(describe_attachment(v, "attached"));
  return {{"Iops", v.iops ? Value(v.iops) : Value()},
          {"Tags", describe_tags(v.tags, true)},
          {"VolumeType", v.volume_type},
          {"MultiAttachEnabled", v.multi_attach},
          {"Throughput", v.throughput_mibps ? Value(v.throughput_mibps) : Value()},
          {"VolumeId", v.id},
          {"Size", v.size_gib},
          {"SnapshotId", v.snapshot_id},
          {"AvailabilityZone", v.zone},
          {"State", v.state},
          {"CreateTime", v.created},
          {"Attachments", attachments},
          {"Encrypted", v.encrypted},
          {"KmsKeyId", v.kms_key_id.empty() ? Value() : Value(v.kms_key_id)}};
}

namespace {

Value create_volume(Context& ctx, Input in) {
  Volume v;
  v.zone = in.string("AvailabilityZone");
  const std::string zone_id = in.string("AvailabilityZoneId");
  const auto& known = zones(ctx.region());
  const auto zone = std::ranges::find_if(known, [&](const Zone& z) {
    return v.zone.empty() ? z.id == zone_id : z.name == v.zone;
  });
  if (v.zone.empty() && zone_id.empty())
    throw compute_missing("The request must contain the parameter AvailabilityZone");
  if (zone == known.end())
    throw AwsError{"InvalidZone.NotFound",
                   cat("The zone '", v.zone.empty() ? zone_id : v.zone, "' does not exist.")};
  v.zone = zone->name;
  v.snapshot_id = in.string("SnapshotId");
  v.size_gib = in.integer("Size");
  if (!v.snapshot_id.empty()) {
    const Snapshot& snapshot = require<Snapshot>(ctx, v.snapshot_id);
    if (!v.size_gib) v.size_gib = snapshot.size_gib;
    if (v.size_gib < snapshot.size_gib)
      throw compute_invalid(cat("The size of the volume (", v.size_gib,
                                "GiB) must not be smaller than its snapshot's (",
                                snapshot.size_gib, "GiB)."));
    v.encrypted = snapshot.encrypted;
  }
  if (!v.size_gib)
    throw compute_missing("The request must contain the parameter size or snapshotId");
  v.volume_type = in.string("VolumeType", "gp2");
  const int64_t iops = in.integer("Iops"), throughput = in.integer("Throughput");
  check_volume(v.volume_type, v.size_gib, iops, throughput);
  v.iops = default_iops(v.volume_type, v.size_gib, iops);
  v.throughput_mibps = default_throughput(v.volume_type, throughput);
  v.encrypted = in.boolean("Encrypted", v.encrypted);
  v.kms_key_id = in.string("KmsKeyId");
  v.multi_attach = in.boolean("MultiAttachEnabled");
  if (v.multi_attach) refuse(in, {"MultiAttachEnabled"});
  refuse(in, {"OutpostArn", "VolumeInitializationRate", "Operator"});
  v.client_token = in.string("ClientToken");
  if (!v.client_token.empty())
    if (const auto before = ctx.by<Volume>(cat("token:", v.client_token)); !before.empty()) {
      in.raw("TagSpecifications");
      return describe_volume(*before[0]);
    }
  v.tags = tags_for(in, "volume");
  v.created = ctx.now();
  v.id = ctx.new_id("vol");
  const Volume& added = ctx.add(std::move(v));
  ctx.after(ctx.latency("ec2.volume.create", added.id), "ec2.volume.available", added.id);
  return describe_volume(added);
}

void volume_available(sim::Scope& scope, const sim::Event& event) {
  const Volume* v = scope.view<Volume>(event.subject);
  if (v && v->state == "creating") scope.edit<Volume>(event.subject).state = "available";
}

Value delete_volume(Context& ctx, Input in) {
  const Volume& v = require<Volume>(ctx, in.string("VolumeId"));
  if (v.state == "in-use")
    throw AwsError{"VolumeInUse",
                   cat("Volume ", v.id, " is currently attached to ", v.instance_id)};
  if (v.state == "deleting") return Value::map();
  ctx.edit<Volume>(v.id).state = "deleting";
  ctx.after(ctx.latency("ec2.volume.delete", v.id), "ec2.volume.deleted", v.id);
  return Value::map();
}

void volume_deleted(sim::Scope& scope, const sim::Event& event) {
  scope.erase<Volume>(event.subject);
}

void snapshot_completed(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<Snapshot>(event.subject)) scope.edit<Snapshot>(event.subject).state = "completed";
}

using Shown = ec2::Shown<Volume>;
Strings attached_only(const Shown& v, const std::string& text) {
  return v->instance_id.empty() ? Strings{} : Strings{text};
}
const ShownFilter<Volume> filters[] = {
    {"attachment.delete-on-termination",
     [](const Shown& v) { return attached_only(v, text_of(v->delete_on_termination)); }},
    {"attachment.device", [](const Shown& v) { return attached_only(v, v->device_name); }},
    {"attachment.instance-id", [](const Shown& v) { return attached_only(v, v->instance_id); }},
    {"attachment.status", [](const Shown& v) { return attached_only(v, "attached"); }},
    {"availability-zone", [](const Shown& v) { return Strings{v->zone}; }},
    {"create-time", [](const Shown& v) { return Strings{format_iso8601_ms(v->created)}; }},
    {"encrypted", [](const Shown& v) { return Strings{text_of(v->encrypted)}; }},
    {"multi-attach-enabled", [](const Shown& v) { return Strings{text_of(v->multi_attach)}; }},
    {"size", [](const Shown& v) { return Strings{std::to_string(v->size_gib)}; }},
    {"snapshot-id", [](const Shown& v) { return Strings{v->snapshot_id}; }},
    {"status", [](const Shown& v) { return Strings{v->state}; }},
    {"volume-id", [](const Shown& v) { return Strings{v->id}; }},
    {"volume-type", [](const Shown& v) { return Strings{v->volume_type}; }},
};

Value describe_volumes(Context& ctx, Input in) {
  in.ignore("IncludeManagedResources");
  return describe_records<Volume>(ctx, in, "VolumeIds", "Volumes", filters, describe_volume);
}

const ShownFilter<Volume> status_filters[] = {
    {"availability-zone", [](const Shown& v) { return Strings{v->zone}; }},
    {"volume-status.status", [](const Shown&) { return Strings{"ok"}; }},
};

Value describe_status(Context& ctx, Input in) {
  in.ignore("IncludeManagedResources");
  return describe_records<Volume>(
      ctx, in, "VolumeIds", "VolumeStatuses", status_filters, [](const Volume& v) -> Value {
        return {{"Actions", Value::list()},
                {"AvailabilityZone", v.zone},
                {"Events", Value::list()},
                {"VolumeId", v.id},
                {"VolumeStatus",
                 {{"Details",
                   std::vector<Value>{{{"Name", "io-enabled"}, {"Status", "passed"}},
                                      {{"Name", "io-performance"}, {"Status", "not-applicable"}}}},
                  {"Status", "ok"}}}};
      });
}

const HandlerRow rows[] = {
    {"CreateVolume", Writes, create_volume},
    {"DeleteVolume", Writes, delete_volume},
    {"DescribeVolumes", Reads, describe_volumes},
    {"DescribeVolumeStatus", Reads, describe_status},
};
const sim::EventRow events[] = {
    {"ec2.volume.available", volume_available},
    {"ec2.volume.deleted", volume_deleted},
    {"ec2.snapshot.completed", snapshot_completed},
};
const sim::LatencyRow latencies[] = {
    // Common knowledge: volumes take seconds; snapshots of small volumes take minutes.
    {"ec2.volume.create", 1s, 4s, 1s, 4s},
    {"ec2.volume.delete", 1s, 5s, 1s, 5s},
    {"ec2.volume.modify", 5s, 60s, 5s, 60s},
    {"ec2.snapshot.create", 30s, 180s, 30s, 180s},
    {"ec2.image.create", 60s, 240s, 60s, 240s},
};

}  // namespace

HandlerRows volume_rows() { return rows; }
EventRows volume_events() { return events; }
LatencyRows volume_latencies() { return latencies; }

}  // namespace squall::ec2
