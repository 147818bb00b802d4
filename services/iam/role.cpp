// Roles.
#include "services/iam/internal.h"

namespace squall::iam {

Value describe_boundary(const std::string& arn) {
  if (arn.empty()) return {};
  return {{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", arn}};
}

Value describe(const Role& role, bool whole) {
  return {{"Path", role.path},
          {"RoleName", role.id},
          {"RoleId", role.role_id},
          {"Arn", role.arn},
          {"CreateDate", role.created},
          {"AssumeRolePolicyDocument", percent_encode(role.trust_policy)},
          {"Description", role.description.empty() ? Value() : Value(role.description)},
          {"MaxSessionDuration", role.max_session_s},
          {"PermissionsBoundary", whole ? describe_boundary(role.permissions_boundary) : Value()},
          {"Tags", whole ? describe_tags(role.tags, true) : Value()},
          {"RoleLastUsed", whole ? Value::map() : Value()}};
}

const Role& require_role(const sim::Scope& scope, const std::string& name) {
  if (const Role* role = scope.view<Role>(name)) return *role;
  throw role_not_found(name);
}

namespace {

int64_t session_of(const Input& in, int64_t fallback) {
  const int64_t seconds = in.integer("MaxSessionDuration", fallback);
  if (seconds < 3600 || seconds > 43200)
    throw validation_error(cat("1 validation error detected: Value '", seconds,
                               "' at 'maxSessionDuration' failed to satisfy constraint: Member "
                               "must have value between 3600 and 43200"));
  return seconds;
}

/// Who may be trusted: a statement must name a principal and no resource.
std::string check_trust_policy(std::string document) {
  document = check_policy(std::move(document));
  if (document.find("\"Resource\"") != std::string::npos)
    throw malformed_policy("Has prohibited field Resource");
  return document;
}

Value create_role(Context& ctx, Input in) {
  Role role;
  role.id = in.string("RoleName");
  if (ctx.has<Role>(role.id))
    throw already_exists(cat("Role with name ", role.id, " already exists."));
  role.path = path_of(in);
  role.trust_policy = check_trust_policy(in.string("AssumeRolePolicyDocument"));
  role.description = in.string("Description");
  role.max_session_s = session_of(in, 3600);
  role.permissions_boundary = in.string("PermissionsBoundary");
  if (!role.permissions_boundary.empty() && !find_policy(ctx, role.permissions_boundary))
    throw no_such_entity(cat("Scope ARN: ", role.permissions_boundary,
                             " does not exist or is not attachable."));
  role.tags = checked_tags(in);
  role.role_id = new_entity_id(ctx, "AROA", role.id);
  role.arn = entity_arn(ctx, "role", role.path, role.id);
  role.created = ctx.now();
  return {{"Role", describe(ctx.add(std::move(role)), true)}};
}

Value get_role(Context& ctx, Input in) {
  return {{"Role", describe(require_role(ctx, in.string("RoleName")), true)}};
}

Value list_roles(Context& ctx, Input in) {
  const std::string prefix = in.string("PathPrefix", "/");
  return paged("Roles", paginate(ctx.all<Role>(), page_of(in),
                                 [&](const Role& r) { return r.path.starts_with(prefix); },
                                 [](const Role& r) { return describe(r, false); }));
}

Value delete_role(Context& ctx, Input in) {
  const Role& role = require_role(ctx, in.string("RoleName"));
  if (!ctx.by<InstanceProfile>(cat("role:", role.id)).empty())
    throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  if (!role.attached_policies.empty())
    throw delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!role.inline_policies.empty())
    throw delete_conflict("Cannot delete entity, must delete policies first.");
  if (role.path.starts_with("/aws-service-role/"))
    throw AwsError{"UnmodifiableEntity",
                   cat("Cannot perform the operation on the protected role '", role.id,
                       "' - this role is only modifiable by AWS")};
  ctx.erase<Role>(std::string(role.id));
  return Value::map();
}

Value update_role(Context& ctx, Input in) {
  const std::string name = require_role(ctx, in.string("RoleName")).id;
  Role& role = ctx.edit<Role>(name);
  role.description = in.string("Description", role.description);
  role.max_session_s = session_of(in, role.max_session_s);
  return Value::map();
}

Value update_role_description(Context& ctx, Input in) {
  Role& role = ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id);
  role.description = in.string("Description");
  return {{"Role", describe(role, false)}};
}

Value update_trust_policy(Context& ctx, Input in) {
  Role& role = ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id);
  role.trust_policy = check_trust_policy(in.string("PolicyDocument"));
  return Value::map();
}

Value put_boundary(Context& ctx, Input in) {
  const std::string arn = in.string("PermissionsBoundary");
  Role& role = ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id);
  if (!find_policy(ctx, arn))
    throw no_such_entity(cat("Scope ARN: ", arn, " does not exist or is not attachable."));
  role.permissions_boundary = arn;
  return Value::map();
}

Value delete_boundary(Context& ctx, Input in) {
  ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id).permissions_boundary.clear();
  return Value::map();
}

Value tag_role(Context& ctx, Input in) {
  change_tags(ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id).tags, in);
  return Value::map();
}
Value untag_role(Context& ctx, Input in) {
  remove_tags(ctx.edit<Role>(require_role(ctx, in.string("RoleName")).id).tags, in);
  return Value::map();
}
Value list_role_tags(Context& ctx, Input in) {
  return list_tags(in, require_role(ctx, in.string("RoleName")).tags);
}

const HandlerRow rows[] = {
    {"CreateRole", Writes, create_role},
    {"GetRole", Reads, get_role},
    {"ListRoles", Reads, list_roles},
    {"DeleteRole", Writes, delete_role},
    {"UpdateRole", Writes, update_role},
    {"UpdateRoleDescription", Writes, update_role_description},
    {"UpdateAssumeRolePolicy", Writes, update_trust_policy},
    {"PutRolePermissionsBoundary", Writes, put_boundary},
    {"DeleteRolePermissionsBoundary", Writes, delete_boundary},
    {"TagRole", Writes, tag_role},
    {"UntagRole", Writes, untag_role},
    {"ListRoleTags", Reads, list_role_tags},
};

}  // namespace

std::span<const HandlerRow> role_rows() { return rows; }

}  // namespace squall::iam
