// Users, with what is attached to them.
#include "services/iam/internal.h"

namespace squall::iam {

const User& require_user(const sim::Scope& scope, const std::string& name) {
  if (const User* user = scope.view<User>(name)) return *user;
  throw user_not_found(name);
}

namespace {

Value describe_user(const User& user, bool whole) {
  return {{"Path", user.path},
          {"UserName", user.id},
          {"UserId", user.user_id},
          {"Arn", user.arn},
          {"CreateDate", user.created},
          {"PermissionsBoundary", whole ? describe_boundary(user.permissions_boundary) : Value()},
          {"Tags", whole ? describe_tags(user.tags, true) : Value()}};
}

const User& user_of(const Context& ctx, const Input& in) {
  return require_user(ctx, in.string("UserName"));
}

Value create_user(Context& ctx, Input in) {
  User user;
  user.id = in.string("UserName");
  if (ctx.has<User>(user.id))
    throw already_exists(cat("User with name ", user.id, " already exists."));
  user.path = path_of(in);
  user.permissions_boundary = in.string("PermissionsBoundary");
  if (!user.permissions_boundary.empty() && !find_policy(ctx, user.permissions_boundary))
    throw no_such_entity(cat("Scope ARN: ", user.permissions_boundary,
                             " does not exist or is not attachable."));
  user.tags = checked_tags(in);
  user.user_id = new_entity_id(ctx, "AIDA", user.id);
  user.arn = entity_arn(ctx, "user", user.path, user.id);
  user.created = ctx.now();
  return {{"User", describe_user(ctx.add(std::move(user)), true)}};
}

Value get_user(Context& ctx, Input in) {
  if (!in.has("UserName"))  // the caller: the account's root
    return {{"User",
             {{"Path", "/"},
              {"UserId", ctx.account()},
              {"UserName", "root"},
              {"Arn", ctx.global_arn("iam", "root")},
              {"CreateDate", from_unix_seconds(1'577'836'800)}}}};
  return {{"User", describe_user(user_of(ctx, in), true)}};
}

Value list_users(Context& ctx, Input in) {
  const std::string prefix = in.string("PathPrefix", "/");
  return paged("Users", paginate(ctx.all<User>(), page_of(in),
                                 [&](const User& u) { return u.path.starts_with(prefix); },
                                 [](const User& u) { return describe_user(u, false); }));
}

Value update_user(Context& ctx, Input in) {
  User user = user_of(ctx, in);
  const std::string old = user.id;
  user.id = in.string("NewUserName", user.id);
  if (user.id != old && ctx.has<User>(user.id))
    throw already_exists(cat("User with name ", user.id, " already exists."));
  user.path = in.string("NewPath", user.path);
  user.arn = entity_arn(ctx, "user", user.path, user.id);
  for (const AccessKey* key : ctx.by<AccessKey>(cat("user:", old)))
    ctx.edit<AccessKey>(key->id).user = user.id;
  if (user.id != old) ctx.erase<User>(old);
  ctx.add(std::move(user));
  return Value::map();
}

Value delete_user(Context& ctx, Input in) {
  const User& user = user_of(ctx, in);
  if (!ctx.by<AccessKey>(cat("user:", user.id)).empty())
    throw delete_conflict("Cannot delete entity, must delete access keys first.");
  if (!user.attached_policies.empty())
    throw delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!user.inline_policies.empty())
    throw delete_conflict("Cannot delete entity, must delete policies first.");
  ctx.erase<User>(std::string(user.id));
  return Value::map();
}

Value list_groups(Context& ctx, Input in) {
  user_of(ctx, in);
  in.ignore("Marker");
  in.ignore("MaxItems");
  return {{"Groups", Value::list()}, {"IsTruncated", false}};
}

Value tag(Context& ctx, Input in) {
  change_tags(ctx.edit<User>(user_of(ctx, in).id).tags, in);
  return Value::map();
}
Value untag(Context& ctx, Input in) {
  remove_tags(ctx.edit<User>(user_of(ctx, in).id).tags, in);
  return Value::map();
}
Value tags(Context& ctx, Input in) { return list_tags(in, user_of(ctx, in).tags); }

Value attach(Context& ctx, Input in) {
  return attach_policy(ctx, in, user_of(ctx, in), "PoliciesPerUser");
}
Value detach(Context& ctx, Input in) { return detach_policy(ctx, in, user_of(ctx, in)); }
Value attached(Context& ctx, Input in) { return list_attached(in, user_of(ctx, in)); }
Value put_policy(Context& ctx, Input in) { return put_inline(ctx, in, user_of(ctx, in)); }
Value get_policy(Context& ctx, Input in) {
  const User& user = user_of(ctx, in);
  return {{"UserName", user.id},
          {"PolicyName", in.string("PolicyName")},
          {"PolicyDocument", percent_encode(require_inline(in, user, "user"))}};
}
Value delete_policy(Context& ctx, Input in) {
  return delete_inline(ctx, in, user_of(ctx, in), "user");
}
Value list_policies(Context& ctx, Input in) { return list_inline(in, user_of(ctx, in)); }

const HandlerRow rows[] = {
    {"CreateUser", Writes, create_user},
    {"GetUser", Reads, get_user},
    {"ListUsers", Reads, list_users},
    {"UpdateUser", Writes, update_user},
    {"DeleteUser", Writes, delete_user},
    {"ListGroupsForUser", Reads, list_groups},
    {"TagUser", Writes, tag},
    {"UntagUser", Writes, untag},
    {"ListUserTags", Reads, tags},
    {"AttachUserPolicy", Writes, attach},
    {"DetachUserPolicy", Writes, detach},
    {"ListAttachedUserPolicies", Reads, attached},
    {"PutUserPolicy", Writes, put_policy},
    {"GetUserPolicy", Reads, get_policy},
    {"DeleteUserPolicy", Writes, delete_policy},
    {"ListUserPolicies", Reads, list_policies},
};

}  // namespace

std::span<const HandlerRow> user_rows() { return rows; }

}  // namespace squall::iam
