// Versions of launch templates.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/launch_template.h"

namespace squall::ec2 {
namespace {

Value describe(const sim::Scope& scope, const LaunchTemplate& t, const LaunchTemplateVersion& v) {
  return {{"LaunchTemplateId", t.id},
          {"LaunchTemplateName", t.name},
          {"VersionNumber", v.number},
          {"VersionDescription", v.description.empty() ? Value() : Value(v.description)},
          {"CreateTime", v.created},
          {"CreatedBy", cat("arn:aws:iam::", scope.account(), ":root")},
          {"DefaultVersion", v.number == t.default_version},
          {"LaunchTemplateData", value_from_json(v.data_json, launch_template_shape())}};
}

/// A parameter that the new version names replaces the source's; the others are inherited.
std::string merge_data(const std::string& source, const std::string& given) {
  Value merged = value_from_json(source);
  const Value overriding = value_from_json(given);
  for (const Member& m : overriding.members()) merged.set(m.key, m.value);
  return to_json(merged);
}

Value create_version(Context& ctx, Input in) {
  const LaunchTemplate& found = require_launch_template(ctx, in.string("LaunchTemplateId"),
                                                        in.string("LaunchTemplateName"));
  in.ignore("ClientToken");
  LaunchTemplateVersion version;
  version.data_json = check_template_data(in);
  version.description = in.string("VersionDescription");
  if (in.has("SourceVersion"))
    version.data_json = merge_data(
        require_version(found, in.string("SourceVersion")).data_json, version.data_json);
  LaunchTemplate& t = ctx.edit<LaunchTemplate>(found.id);
  version.number = ++t.latest_version;
  version.created = ctx.now();
  const auto& added = t.versions.emplace(version_key(version.number), version).first->second;
  Value answer = describe(ctx, t, added);
  if (in.boolean("ResolveAlias")) {
    Value data = answer.at("LaunchTemplateData");
    if (data.find("ImageId"))
      data.set("ImageId", resolve_image_id(ctx, data.at("ImageId").text()));
  }
  return {{"LaunchTemplateVersion", answer}};
}

Value delete_versions(Context& ctx, Input in) {
  LaunchTemplate& t = ctx.edit<LaunchTemplate>(
      require_launch_template(ctx, in.string("LaunchTemplateId"), in.string("LaunchTemplateName"))
          .id);
  Value deleted = Value::list();
  Value failed = Value::list();
  for (const std::string& given : in.strings("Versions")) {
    const int64_t number = given == "$Latest"    ? t.latest_version
                           : given == "$Default" ? t.default_version
                                                 : parse_int(given).value_or(0);
    Value shown{{"LaunchTemplateId", t.id},
                {"LaunchTemplateName", t.name},
                {"VersionNumber", number}};
    if (number == t.default_version) {
      shown.add("ResponseError", {{"Code", "unexpectedError"},
                                  {"Message", "The default version of a launch template cannot be "
                                              "deleted"}});
      failed.push(shown);
    } else if (!t.versions.contains(version_key(number))) {
      shown.add("ResponseError",
                {{"Code", "launchTemplateVersionDoesNotExist"},
                 {"Message", cat("The specified launch template version ", given,
                                 " does not exist")}});
      failed.push(shown);
    } else {
      t.versions.erase(version_key(number));
      deleted.push(shown);
    }
  }
  if (!t.versions.empty())
    t.latest_version = std::max(t.default_version, t.versions.rbegin()->second.number);
  return {{"SuccessfullyDeletedLaunchTemplateVersions", deleted},
          {"UnsuccessfullyDeletedLaunchTemplateVersions", failed}};
}

struct ShownVersion {
  const LaunchTemplate* in;
  const LaunchTemplateVersion* version;
  Value data;
  Strings text(std::string_view member) const {
    const Value v = data.at(member);
    return v.is_string() ? Strings{std::string(v.text())} : Strings{};
  }
};
const FilterRow<ShownVersion> filters[] = {
    {"create-time",
     [](const ShownVersion& v) { return Strings{format_iso8601_ms(v.version->created)}; }},
    {"image-id", [](const ShownVersion& v) { return v.text("ImageId"); }},
    {"instance-type", [](const ShownVersion& v) { return v.text("InstanceType"); }},
    {"kernel-id", [](const ShownVersion& v) { return v.text("KernelId"); }},
    {"is-default-version",
     [](const ShownVersion& v) {
       return Strings{text_of(v.version->number == v.in->default_version)};
     }},
};

bool is_wanted(const LaunchTemplate& t, const LaunchTemplateVersion& v, const Strings& versions) {
  return versions.empty() || std::ranges::any_of(versions, [&](const std::string& wanted) {
           if (wanted == "$Latest") return v.number == t.latest_version;
           if (wanted == "$Default") return v.number == t.default_version;
           return parse_int(wanted) == v.number;
         });
}

Value describe_versions(Context& ctx, Input in) {
  const FilterSet<ShownVersion> set(in, filters);
  const auto versions = in.strings("Versions");
  const int64_t lowest = parse_int(in.string("MinVersion")).value_or(0);
  const int64_t highest = parse_int(in.string("MaxVersion")).value_or(INT64_MAX);
  in.ignore("IncludeManagedResources");
  const bool resolve = in.boolean("ResolveAlias");
  const PageRequest page = page_of(in, 1, 200);
  std::vector<const LaunchTemplate*> templates;
  if (in.has("LaunchTemplateId") || in.has("LaunchTemplateName")) {
    const auto& t = require_launch_template(ctx, in.string("LaunchTemplateId"),
                                            in.string("LaunchTemplateName"));
    for (const std::string& version : versions) require_version(t, version);
    templates.push_back(&t);
  } else {
    if (versions.empty())
      throw compute_missing("Either a launch template ID or a launch template name must be "
                            "specified in the request.");
    for (const LaunchTemplate& t : ctx.all<LaunchTemplate>()) templates.push_back(&t);
  }
  Value list = Value::list();
  Value answer = Value::map();
  std::string last;
  for (const LaunchTemplate* t : templates) {
    // Newest first, as the console and the API list them.
    for (auto at = t->versions.rbegin(); at != t->versions.rend(); ++at) {
      const LaunchTemplateVersion& v = at->second;
      const std::string key = cat(t->id, '/', version_key(INT32_MAX - v.number));
      if (!page.after.empty() && key <= page.after) continue;
      if (v.number < lowest || v.number > highest || !is_wanted(*t, v, versions)) continue;
      Value shown = describe(ctx, *t, v);
      Value data = shown.at("LaunchTemplateData");
      if (!set.matches(ShownVersion{t, &v, data})) continue;
      if (list.size() == page.limit) {
        answer.set("NextToken", base64_encode(cat("v1:", last)));
        answer.set("LaunchTemplateVersions", list);
        return answer;
      }
      if (resolve && data.find("ImageId"))
        data.set("ImageId", resolve_image_id(ctx, data.at("ImageId").text()));
      last = key;
      list.push(shown);
    }
  }
  answer.set("LaunchTemplateVersions", list);
  return answer;
}

Value get_data(Context& ctx, Input in) {
  const Instance& i = require_instance(ctx, in.string("InstanceId"));
  Value devices = Value::list();
  for (const BlockDevice& d : i.block_devices)
    devices.push({{"DeviceName", d.device_name},
                  {"Ebs",
                   {{"Encrypted", d.encrypted},
                    {"DeleteOnTermination", d.delete_on_termination},
                    {"VolumeSize", d.size_gib},
                    {"VolumeType", d.volume_type}}}});
  Value interfaces = Value::list();
  for (const std::string& id : i.interface_ids)
    if (const auto* eni = ctx.view<NetworkInterface>(id))
      interfaces.push({{"DeleteOnTermination", eni->delete_on_termination},
                       {"Description", eni->description},
                       {"DeviceIndex", eni->device_index},
                       {"Groups", eni->group_ids},
                       {"InterfaceType", eni->interface_type},
                       {"PrivateIpAddress", eni->private_ip},
                       {"SubnetId", eni->subnet_id}});
  Value data{{"EbsOptimized", i.ebs_optimized},
             {"BlockDeviceMappings", devices},
             {"NetworkInterfaces", interfaces},
             {"ImageId", i.image_id},
             {"InstanceType", i.instance_type},
             {"Monitoring", {{"Enabled", i.monitoring}}},
             {"Placement", {{"AvailabilityZone", i.zone}, {"Tenancy", i.tenancy}}},
             {"DisableApiTermination", i.disable_api_termination},
             {"InstanceInitiatedShutdownBehavior", i.shutdown_behavior}};
  if (!i.key_name.empty()) data.add("KeyName", i.key_name);
  if (!i.user_data.empty()) data.add("UserData", i.user_data);
  if (!i.instance_profile_arn.empty())
    data.add("IamInstanceProfile", {{"Arn", i.instance_profile_arn}});
  return {{"LaunchTemplateData", data}};
}

const HandlerRow rows[] = {
    {"CreateLaunchTemplateVersion", Writes, create_version},
    {"DeleteLaunchTemplateVersions", Writes, delete_versions},
    {"DescribeLaunchTemplateVersions", Reads, describe_versions},
    {"GetLaunchTemplateData", Reads, get_data},
};

}  // namespace

HandlerRows launch_template_version_rows() { return rows; }

}  // namespace squall::ec2
