// Images that the account makes: CreateImage, CopyImage, DeregisterImage.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

void check_name(const Context& ctx, const std::string& name) {
  if (name.size() < 3 || name.size() > 128)
    throw AwsError{"InvalidAMIName.Malformed",
                   "AMI names must be between 3 and 128 characters long, and may contain letters, "
                   "numbers, '(', ')', '.', '-', '/' and '_'"};
  for (const Image& image : ctx.all<Image>())
    if (image.name == name)
      throw AwsError{"InvalidAMIName.Duplicate",
                     cat("AMI name ", name, " is already in use by AMI ", image.id)};
}

std::string add_image(Context& ctx, Image image) {
  image.id = ctx.new_id("ami");
  image.owner = ctx.account();
  image.owner_alias.clear();
  image.is_public = false;
  image.state = "pending";
  image.created = ctx.now();
  const std::string id = ctx.add(std::move(image)).id;
  ctx.after(ctx.latency("ec2.image.create", id), "ec2.image.available", id);
  return id;
}

Value create_image(Context& ctx, Input in) {
  const Instance& i = require_instance(ctx, in.string("InstanceId"));
  if (i.state != "running" && i.state != "stopped")
    throw incorrect_instance_state(cat("Instance is not in state 'running' or 'stopped': ", i.id));
  Image image;
  image.name = in.string("Name");
  check_name(ctx, image.name);
  image.description = in.string("Description");
  refuse(in, {"SnapshotLocation", "BlockDeviceMappings"});
  image.architecture = i.architecture;
  image.platform_details = i.platform_details;
  image.root_device_name = i.root_device_name;
  image.source_instance_id = i.id;
  if (const Image* source = find_image(ctx, i.image_id)) {
    image.boot_mode = source->boot_mode;
    image.imds_support = source->imds_support;
  }
  image.tags = tags_for(in, "image");
  const Tags snapshot_tags = tags_for(in, "snapshot");
  const std::vector<BlockDevice> devices = i.block_devices;
  const bool reboot = !in.boolean("NoReboot") && i.state == "running" && i.powered;
  const std::string instance_id = i.id;
  for (BlockDevice device : devices) {
    if (!ctx.has<Volume>(device.volume_id)) continue;
    const Volume& volume = *ctx.view<Volume>(device.volume_id);
    device.snapshot_id =
        add_snapshot(ctx, volume, cat("Created by CreateImage(", instance_id, ")"), snapshot_tags)
            .id;
    device.volume_id.clear();
    image.devices.push_back(std::move(device));
  }
  if (reboot) {
    Instance& rebooted = ctx.edit<Instance>(instance_id);
    rebooted.booted.reset();
    ++rebooted.power_epoch;
    ctx.after(ctx.latency("ec2.instance.reboot", instance_id), "ec2.instance.rebooted",
              instance_id, std::to_string(rebooted.power_epoch));
  }
  return {{"ImageId", add_image(ctx, std::move(image))}};
}

Value copy_image(Context& ctx, Input in) {
  const std::string from = in.string("SourceRegion");
  if (!is_known_region(from)) throw compute_invalid(cat("Invalid source region: ", from));
  const Image* source = find_image(ctx.in_region(from), in.string("SourceImageId"));
  if (!source) throw images_not_found({in.string("SourceImageId")});
  refuse(in, {"DestinationOutpostArn", "SnapshotCopyCompletionDurationMinutes",
              "DestinationAvailabilityZone", "DestinationAvailabilityZoneId"});
  in.ignore("ClientToken");
  Image image = *source;
  image.name = in.string("Name");
  check_name(ctx, image.name);
  image.description = in.string("Description", image.description);
  image.source_image_id = source->id;
  if (!in.boolean("CopyImageTags")) image.tags.clear();
  for (const auto& [key, value] : tags_for(in, "image")) image.tags[key] = value;
  for (BlockDevice& device : image.devices) {
    device.snapshot_id.clear();
    device.encrypted = in.boolean("Encrypted", device.encrypted);
    device.kms_key_id = in.string("KmsKeyId");
  }
  return {{"ImageId", add_image(ctx, std::move(image))}};
}

Value deregister_image(Context& ctx, Input in) {
  const std::string id = in.string("ImageId");
  if (!is_resource_id(id, "ami")) throw malformed_image_id(id);
  const Image* image = ctx.view<Image>(id);
  if (!image && find_image(ctx, id))
    throw AwsError{"AuthFailure", cat("Not authorized for image: ", id), 403};
  if (!image) throw AwsError{"InvalidAMIID.Unavailable", cat("The image ID '", id,
                                                              "' is no longer available")};
  const std::vector<BlockDevice> devices = image->devices;
  ctx.erase<Image>(id);
  Value results = Value::list();
  if (in.boolean("DeleteAssociatedSnapshots"))
    for (const BlockDevice& device : devices) {
      if (!ctx.has<Snapshot>(device.snapshot_id)) continue;
      ctx.erase<Snapshot>(device.snapshot_id);
      results.push({{"SnapshotId", device.snapshot_id}, {"ReturnCode", "success"}});
    }
  return {{"Return", true}, {"DeleteSnapshotResults", results}};
}

void image_available(sim::Scope& scope, const sim::Event& event) {
  if (scope.has<Image>(event.subject)) scope.edit<Image>(event.subject).state = "available";
}

const HandlerRow rows[] = {
    {"CreateImage", Writes, create_image},
    {"CopyImage", Writes, copy_image},
    {"DeregisterImage", Writes, deregister_image},
};
const sim::EventRow events[] = {{"ec2.image.available", image_available}};

}  // namespace

HandlerRows own_image_rows() { return rows; }
EventRows own_image_events() { return events; }

}  // namespace squall::ec2
