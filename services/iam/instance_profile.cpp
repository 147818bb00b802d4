// Instance profiles: how a role gets to an instance.
#include "services/iam/internal.h"

namespace squall::iam {

Value describe(const sim::Scope& scope, const InstanceProfile& profile) {
  Value roles = Value::list();
  for (const std::string& name : profile.roles)
    if (const Role* role = scope.view<Role>(name)) roles.push(describe(*role, false));
  return {{"Path", profile.path},
          {"InstanceProfileName", profile.id},
          {"InstanceProfileId", profile.profile_id},
          {"Arn", profile.arn},
          {"CreateDate", profile.created},
          {"Roles", roles},
          {"Tags", describe_tags(profile.tags, true)}};
}

const InstanceProfile& require_profile(const sim::Scope& scope, const std::string& name) {
  if (const InstanceProfile* profile = scope.view<InstanceProfile>(name)) return *profile;
  throw profile_not_found(name);
}

namespace {

const InstanceProfile& profile_of(const Context& ctx, const Input& in) {
  return require_profile(ctx, in.string("InstanceProfileName"));
}

Value create(Context& ctx, Input in) {
  InstanceProfile profile;
  profile.id = in.string("InstanceProfileName");
  if (ctx.has<InstanceProfile>(profile.id))
    throw already_exists(cat("Instance Profile ", profile.id, " already exists."));
  profile.path = path_of(in);
  profile.tags = checked_tags(in);
  profile.profile_id = new_entity_id(ctx, "AIPA", profile.id);
  profile.arn = entity_arn(ctx, "instance-profile", profile.path, profile.id);
  profile.created = ctx.now();
  return {{"InstanceProfile", describe(ctx, ctx.add(std::move(profile)))}};
}

Value get(Context& ctx, Input in) {
  return {{"InstanceProfile", describe(ctx, profile_of(ctx, in))}};
}

Value remove(Context& ctx, Input in) {
  const InstanceProfile& profile = profile_of(ctx, in);
  if (!profile.roles.empty())
    throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  ctx.erase<InstanceProfile>(std::string(profile.id));
  return Value::map();
}

Value list(Context& ctx, Input in) {
  const std::string prefix = in.string("PathPrefix", "/");
  return paged("InstanceProfiles",
               paginate(ctx.all<InstanceProfile>(), page_of(in),
                        [&](const InstanceProfile& p) { return p.path.starts_with(prefix); },
                        [&](const InstanceProfile& p) { return describe(ctx, p); }));
}

Value list_for_role(Context& ctx, Input in) {
  const Role& role = require_role(ctx, in.string("RoleName"));
  std::vector<std::string> names;
  for (const InstanceProfile* p : ctx.by<InstanceProfile>(cat("role:", role.id)))
    names.push_back(p->id);
  return paged("InstanceProfiles",
               paginate(
                   ctx.all<InstanceProfile>(), page_of(in),
                   [&](const InstanceProfile& p) { return std::ranges::count(names, p.id) > 0; },
                   [&](const InstanceProfile& p) { return describe(ctx, p); }));
}

Value add_role(Context& ctx, Input in) {
  const std::string id = profile_of(ctx, in).id;
  const std::string role = require_role(ctx, in.string("RoleName")).id;
  InstanceProfile& profile = ctx.edit<InstanceProfile>(id);
  if (!profile.roles.empty()) throw limit_exceeded("InstanceSessionsPerInstanceProfile", 1);
  profile.roles.push_back(role);
  return Value::map();
}

Value remove_role(Context& ctx, Input in) {
  const InstanceProfile& profile = profile_of(ctx, in);
  const std::string role = in.string("RoleName");
  if (!std::ranges::count(profile.roles, role))
    throw ctx.has<Role>(role)
        ? no_such_entity(cat("Instance Profile ", profile.id, " does not contain role ", role, "."))
        : role_not_found(role);
  std::erase(ctx.edit<InstanceProfile>(profile.id).roles, role);
  return Value::map();
}

Value tag(Context& ctx, Input in) {
  change_tags(ctx.edit<InstanceProfile>(profile_of(ctx, in).id).tags, in);
  return Value::map();
}
Value untag(Context& ctx, Input in) {
  remove_tags(ctx.edit<InstanceProfile>(profile_of(ctx, in).id).tags, in);
  return Value::map();
}
Value tags(Context& ctx, Input in) { return list_tags(in, profile_of(ctx, in).tags); }

const HandlerRow rows[] = {
    {"CreateInstanceProfile", Writes, create},
    {"GetInstanceProfile", Reads, get},
    {"DeleteInstanceProfile", Writes, remove},
    {"ListInstanceProfiles", Reads, list},
    {"ListInstanceProfilesForRole", Reads, list_for_role},
    {"AddRoleToInstanceProfile", Writes, add_role},
    {"RemoveRoleFromInstanceProfile", Writes, remove_role},
    {"TagInstanceProfile", Writes, tag},
    {"UntagInstanceProfile", Writes, untag},
    {"ListInstanceProfileTags", Reads, tags},
};

/// Reads run side by side and must not make a region: before its first touch nothing is in it.
bool has_global(const sim::Scope& scope) {
  return scope.world().regions().contains("aws-global");
}

template <class T>
const T* find(const sim::Scope& scope, std::string_view name_or_arn) {
  if (!has_global(scope)) return nullptr;
  if (!name_or_arn.starts_with("arn:")) return scope.global().view<T>(name_or_arn);
  const T* found = scope.global().view<T>(name_or_arn.substr(name_or_arn.rfind('/') + 1));
  return found && found->arn == name_or_arn ? found : nullptr;
}

}  // namespace

std::span<const HandlerRow> instance_profile_rows() { return rows; }

const Role* find_role(const sim::Scope& scope, std::string_view name_or_arn) {
  return find<Role>(scope, name_or_arn);
}
const InstanceProfile* find_instance_profile(const sim::Scope& scope,
                                             std::string_view name_or_arn) {
  return find<InstanceProfile>(scope, name_or_arn);
}

}  // namespace squall::iam
