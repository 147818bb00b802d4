// DescribeImages: the region's catalogue and the account's own images.
#include <algorithm>

#include "services/ec2/compute.h"

namespace squall::ec2 {
namespace {

Value describe_devices(const Image& image) {
  return list_of(image.devices, [](const BlockDevice& d) -> Value {
    return {{"Ebs",
             {{"DeleteOnTermination", d.delete_on_termination},
              {"SnapshotId", d.snapshot_id.empty() ? Value() : Value(d.snapshot_id)},
              {"VolumeSize", d.size_gib},
              {"VolumeType", d.volume_type},
              {"Encrypted", d.encrypted}}},
            {"DeviceName", d.device_name}};
  });
}

Value describe(const Image& image) {
  return {{"PlatformDetails", image.platform_details},
          {"UsageOperation", "RunInstances"},
          {"BlockDeviceMappings", describe_devices(image)},
          {"Description", image.description.empty() ? Value() : Value(image.description)},
          {"EnaSupport", image.ena},
          {"Hypervisor", "xen"},
          {"ImageOwnerAlias", image.owner_alias.empty() ? Value() : Value(image.owner_alias)},
          {"Name", image.name},
          {"RootDeviceName", image.root_device_name},
          {"RootDeviceType", "ebs"},
          {"SriovNetSupport", "simple"},
          {"Tags", describe_tags(image.tags, true)},
          {"VirtualizationType", "hvm"},
          {"BootMode", image.boot_mode},
          {"DeprecationTime",
           image.deprecated ? Value(format_iso8601_ms(*image.deprecated)) : Value()},
          {"ImdsSupport", image.imds_support.empty() ? Value() : Value(image.imds_support)},
          {"SourceInstanceId",
           image.source_instance_id.empty() ? Value() : Value(image.source_instance_id)},
          {"SourceImageId", image.source_image_id.empty() ? Value() : Value(image.source_image_id)},
          {"ImageId", image.id},
          {"ImageLocation",
           cat(image.owner_alias.empty() ? image.owner : image.owner_alias, '/', image.name)},
          {"State", image.state},
          {"OwnerId", image.owner},
          {"CreationDate", format_iso8601_ms(image.created)},
          {"Public", image.is_public},
          {"Architecture", image.architecture},
          {"ImageType", "machine"}};
}

Strings one(const std::string& text) { return {text}; }
const FilterRow<Image> filters[] = {
    {"architecture", [](const Image& i) { return one(i.architecture); }},
    {"block-device-mapping.delete-on-termination", [](const Image&) { return one("true"); }},
    {"block-device-mapping.device-name",
     [](const Image& i) {
       Strings names;
       for (const BlockDevice& d : i.devices) names.push_back(d.device_name);
       return names;
     }},
    {"block-device-mapping.volume-type",
     [](const Image& i) {
       Strings types;
       for (const BlockDevice& d : i.devices) types.push_back(d.volume_type);
       return types;
     }},
    {"boot-mode", [](const Image& i) { return one(i.boot_mode); }},
    {"creation-date", [](const Image& i) { return one(format_iso8601_ms(i.created)); }},
    {"description", [](const Image& i) { return one(i.description); }},
    {"ena-support", [](const Image& i) { return one(text_of(i.ena)); }},
    {"hypervisor", [](const Image&) { return one("xen"); }},
    {"image-id", [](const Image& i) { return one(i.id); }},
    {"image-type", [](const Image&) { return one("machine"); }},
    {"is-public", [](const Image& i) { return one(text_of(i.is_public)); }},
    {"manifest-location", [](const Image& i) { return one(cat(i.owner, '/', i.name)); }},
    {"name", [](const Image& i) { return one(i.name); }},
    {"owner-alias", [](const Image& i) { return one(i.owner_alias); }},
    {"owner-id", [](const Image& i) { return one(i.owner); }},
    {"platform", [](const Image&) { return Strings{}; }},  // "windows" only
    {"platform-details", [](const Image& i) { return one(i.platform_details); }},
    {"root-device-name", [](const Image& i) { return one(i.root_device_name); }},
    {"root-device-type", [](const Image&) { return one("ebs"); }},
    {"source-instance-id", [](const Image& i) { return one(i.source_instance_id); }},
    {"state", [](const Image& i) { return one(i.state); }},
    {"usage-operation", [](const Image&) { return one("RunInstances"); }},
    {"virtualization-type", [](const Image&) { return one("hvm"); }},
};

bool is_owned(const Context& ctx, const Image& image, const Strings& owners) {
  return owners.empty() || std::ranges::any_of(owners, [&](const std::string& owner) {
           if (owner == "self") return image.owner == ctx.account();
           return owner == image.owner || owner == image.owner_alias;
         });
}

bool is_executable(const Context& ctx, const Image& image, const Strings& users) {
  return users.empty() || std::ranges::any_of(users, [&](const std::string& user) {
           if (user == "all") return image.is_public;
           return image.owner == ctx.account() && (user == "self" || user == ctx.account());
         });
}

void check_ids(const Context& ctx, const Strings& ids) {
  Strings unknown;
  for (const std::string& id : ids) {
    if (!is_resource_id(id, "ami")) throw malformed_image_id(id);
    if (!find_image(ctx, id)) unknown.push_back(id);
  }
  if (!unknown.empty()) throw images_not_found(unknown);
}

Value describe_images(Context& ctx, Input in) {
  const FilterSet<Image> set(in, filters);
  const Strings ids = in.strings("ImageIds");
  const Strings owners = in.strings("Owners");
  const Strings users = in.strings("ExecutableUsers");
  in.ignore("IncludeDeprecated");  // nothing in the catalogue is deprecated, nothing is disabled
  in.ignore("IncludeDisabled");
  const PageRequest page = page_of(in, 1, 1000);
  check_ids(ctx, ids);
  std::vector<Image> candidates;
  for (const Image& image : ctx.all<Image>()) candidates.push_back(image);
  for (const Image& image : image_catalog(ctx.region())) candidates.push_back(image);
  Page found = paginate(
      SortedRange<Image>(std::move(candidates)), page,
      [&](const Image& i) {
        return (ids.empty() || std::ranges::count(ids, i.id)) && is_owned(ctx, i, owners) &&
               is_executable(ctx, i, users) && set.matches(i);
      },
      describe);
  return {{"Images", found.items}, {"NextToken", found.next_token}};
}

Value describe_attribute(Context& ctx, Input in) {
  check_ids(ctx, {in.string("ImageId")});
  const Image& image = *find_image(ctx, in.string("ImageId"));
  const std::string name = in.string("Attribute");
  Value answer{{"ImageId", image.id}};
  if (name == "description") answer.add("Description", {{"Value", image.description}});
  else if (name == "bootMode") answer.add("BootMode", {{"Value", image.boot_mode}});
  else if (name == "imdsSupport") answer.add("ImdsSupport", {{"Value", image.imds_support}});
  else if (name == "sriovNetSupport") answer.add("SriovNetSupport", {{"Value", "simple"}});
  else if (name == "blockDeviceMapping")
    answer.add("BlockDeviceMappings", describe_devices(image));
  else if (name == "productCodes") answer.add("ProductCodes", Value::list());
  else if (name == "launchPermission")
    answer.add("LaunchPermissions", image.is_public
                                        ? Value(std::vector<Value>{{{"Group", "all"}}})
                                        : Value::list());
  else throw compute_invalid(cat("Value (", name, ") for parameter attribute is invalid."));
  return answer;
}

const HandlerRow rows[] = {
    {"DescribeImages", Reads, describe_images},
    {"DescribeImageAttribute", Reads, describe_attribute},
};

}  // namespace

HandlerRows image_rows() { return rows; }

}  // namespace squall::ec2
