// Launch templates. A version's data is kept as JSON text, for it is given back as it came.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ec2/launch_template.h"

namespace squall::ec2 {

model::Shape launch_template_shape() {
  static const model::Shape shape =
      model::find_service("ec2")->find_shape("RequestLaunchTemplateData");
  return shape;
}

std::string version_key(int64_t number) {
  std::string digits = std::to_string(number);
  return std::string(10 - std::min<size_t>(10, digits.size()), '0') + digits;
}

std::string check_template_data(const Input& in) {
  const Input data = in.at("LaunchTemplateData");
  const Value document = in.raw("LaunchTemplateData");  // kept whole, so nothing in it is ignored
  if (document.empty())
    throw compute_missing("The request must include at least one launch template parameter.");
  // Reading it once finds what no launch would take. Where an id is wrong, only a launch says so.
  LaunchSpec scratch;
  apply_launch_parameters(scratch, data);
  if (!scratch.image_id.empty() && !scratch.image_id.starts_with("resolve:ssm:") &&
      !is_resource_id(scratch.image_id, "ami"))
    throw malformed_image_id(scratch.image_id);
  return to_json(document);
}

const LaunchTemplate& require_launch_template(const sim::Scope& scope, std::string_view id,
                                              std::string_view name) {
  if (!id.empty() && !name.empty())
    throw compute_combination("The request must contain either the launch template ID or the "
                              "launch template name, but not both.");
  if (id.empty() && name.empty())
    throw compute_missing("Either a launch template ID or a launch template name must be "
                          "specified in the request.");
  if (!id.empty()) {
    if (!is_resource_id(id, "lt"))
      throw AwsError{"InvalidLaunchTemplateId.Malformed",
                     cat("Invalid id: \"", id, "\" (expecting \"lt-...\")")};
    if (const LaunchTemplate* found = scope.view<LaunchTemplate>(id)) return *found;
    throw launch_template_id_not_found(id);
  }
  const auto found = scope.by<LaunchTemplate>(cat("name:", name));
  if (found.empty()) throw launch_template_name_not_found(name);
  return *found[0];
}

const LaunchTemplateVersion& require_version(const LaunchTemplate& t, std::string_view version) {
  int64_t number = t.default_version;
  if (version == "$Latest")
    number = t.latest_version;
  else if (!version.empty() && version != "$Default")
    number = parse_int(version).value_or(0);
  const auto found = t.versions.find(version_key(number));
  if (found == t.versions.end()) throw launch_template_version_not_found(version, t.id);
  return found->second;
}

LaunchSpec resolve_launch_template(const sim::Scope& scope, std::string_view id,
                                   std::string_view name, std::string_view version) {
  // Groups remember both; the id is the one that stays.
  const LaunchTemplate& t = require_launch_template(scope, id, id.empty() ? name : "");
  const LaunchTemplateVersion& v = require_version(t, version);
  LaunchSpec spec;
  const model::Shape shape = launch_template_shape();
  apply_launch_parameters(spec, Input(value_from_json(v.data_json, shape), shape));
  if (!spec.interfaces.empty() && spec.subnet_id.empty())
    spec.subnet_id = spec.interfaces[0].subnet_id;
  spec.launch_template_id = t.id;
  spec.launch_template_version = std::to_string(v.number);
  return spec;
}

namespace {

Value describe(const sim::Scope& scope, const LaunchTemplate& t) {
  return {{"LaunchTemplateId", t.id},
          {"LaunchTemplateName", t.name},
          {"CreateTime", t.created},
          {"CreatedBy", cat("arn:aws:iam::", scope.account(), ":root")},
          {"DefaultVersionNumber", t.default_version},
          {"LatestVersionNumber", t.latest_version},
          {"Tags", describe_tags(t.tags, true)}};
}

void check_name(const Context& ctx, std::string_view name) {
  const bool right = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.()/").find(c) != std::string_view::npos;
  });
  if (name.size() < 3 || name.size() > 128 || !right)
    throw AwsError{"InvalidLaunchTemplateName.MalformedException",
                   "Launch template name must be between 3 and 128 characters and may only "
                   "contain letters, numbers, and the following characters: - ( ) . / _"};
  if (!ctx.by<LaunchTemplate>(cat("name:", name)).empty())
    throw AwsError{"InvalidLaunchTemplateName.AlreadyExistsException",
                   "Launch template name already in use."};
}

Value create_launch_template(Context& ctx, Input in) {
  const std::string token = in.string("ClientToken");
  const std::string digest = hex16(stable_hash(to_json(in.value())));
  if (!token.empty())
    for (const LaunchTemplate* before : ctx.by<LaunchTemplate>(cat("token:", token))) {
      if (before->client_token_digest != digest) throw idempotent_mismatch(token);
      in.raw("LaunchTemplateData");
      in.raw("TagSpecifications");
      return {{"LaunchTemplate", describe(ctx, *before)}};
    }
  LaunchTemplate t;
  t.name = in.string("LaunchTemplateName");
  check_name(ctx, t.name);
  refuse(in, {"Operator"});
  LaunchTemplateVersion version;
  version.description = in.string("VersionDescription");
  version.data_json = check_template_data(in);
  version.created = ctx.now();
  t.tags = tags_from_specifications(in, "launch-template");
  check_tag_keys(t.tags);
  t.id = ctx.new_id("lt", t.name);
  t.created = ctx.now();
  t.client_token = token;
  t.client_token_digest = digest;
  t.versions.emplace(version_key(1), std::move(version));
  return {{"LaunchTemplate", describe(ctx, ctx.add(std::move(t)))}};
}

Value delete_launch_template(Context& ctx, Input in) {
  const LaunchTemplate& t = require_launch_template(ctx, in.string("LaunchTemplateId"),
                                                    in.string("LaunchTemplateName"));
  const Value answer{{"LaunchTemplate", describe(ctx, t)}};
  ctx.erase<LaunchTemplate>(std::string(t.id));
  return answer;
}

Value modify_launch_template(Context& ctx, Input in) {
  const LaunchTemplate& found = require_launch_template(ctx, in.string("LaunchTemplateId"),
                                                        in.string("LaunchTemplateName"));
  in.ignore("ClientToken");  // setting a default twice is setting it once
  if (!in.has("DefaultVersion")) return {{"LaunchTemplate", describe(ctx, found)}};
  const int64_t number = require_version(found, in.string("DefaultVersion")).number;
  LaunchTemplate& t = ctx.edit<LaunchTemplate>(found.id);
  t.default_version = number;
  return {{"LaunchTemplate", describe(ctx, t)}};
}

using Shown = ec2::Shown<LaunchTemplate>;
const ShownFilter<LaunchTemplate> filters[] = {
    {"create-time", [](const Shown& t) { return Strings{format_iso8601_ms(t->created)}; }},
    {"launch-template-name", [](const Shown& t) { return Strings{t->name}; }},
};

Value describe_launch_templates(Context& ctx, Input in) {
  const FilterSet<Shown> set(in, filters);
  in.ignore("IncludeManagedResources");
  auto matches = [&](const LaunchTemplate& t) { return set.matches(Shown{&t, &ctx, t.tags}); };
  const auto ids = in.strings("LaunchTemplateIds");
  const auto names = in.strings("LaunchTemplateNames");
  const PageRequest page = page_of(in, 1, 200);
  if (ids.empty() && names.empty()) {
    Page found = paginate(ctx.all<LaunchTemplate>(), page, matches,
                          [&](const LaunchTemplate& t) { return describe(ctx, t); });
    return {{"LaunchTemplates", found.items}, {"NextToken", found.next_token}};
  }
  Value list = Value::list();
  for (const std::string& id : ids)
    if (const auto& t = require_launch_template(ctx, id, ""); matches(t))
      list.push(describe(ctx, t));
  for (const std::string& name : names)
    if (const auto& t = require_launch_template(ctx, "", name); matches(t))
      list.push(describe(ctx, t));
  return {{"LaunchTemplates", list}};
}

const HandlerRow rows[] = {
    {"CreateLaunchTemplate", Writes, create_launch_template},
    {"DeleteLaunchTemplate", Writes, delete_launch_template},
    {"ModifyLaunchTemplate", Writes, modify_launch_template},
    {"DescribeLaunchTemplates", Reads, describe_launch_templates},
};

}  // namespace

HandlerRows launch_template_rows() { return rows; }

}  // namespace squall::ec2
