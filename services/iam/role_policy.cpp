// Policies attached to roles and kept inside them.
#include "services/iam/internal.h"

namespace squall::iam {
namespace {

const Role& role_of(const Context& ctx, const Input& in) {
  return require_role(ctx, in.string("RoleName"));
}

Value attach(Context& ctx, Input in) {
  return attach_policy(ctx, in, role_of(ctx, in), "PoliciesPerRole");
}
Value detach(Context& ctx, Input in) { return detach_policy(ctx, in, role_of(ctx, in)); }
Value list_of_attached(Context& ctx, Input in) { return list_attached(in, role_of(ctx, in)); }
Value put(Context& ctx, Input in) { return put_inline(ctx, in, role_of(ctx, in)); }
Value get(Context& ctx, Input in) {
  const Role& role = role_of(ctx, in);
  return {{"RoleName", role.id},
          {"PolicyName", in.string("PolicyName")},
          {"PolicyDocument", percent_encode(require_inline(in, role, "role"))}};
}
Value remove(Context& ctx, Input in) { return delete_inline(ctx, in, role_of(ctx, in), "role"); }
Value list(Context& ctx, Input in) { return list_inline(in, role_of(ctx, in)); }

const HandlerRow rows[] = {
    {"AttachRolePolicy", Writes, attach},
    {"DetachRolePolicy", Writes, detach},
    {"ListAttachedRolePolicies", Reads, list_of_attached},
    {"PutRolePolicy", Writes, put},
    {"GetRolePolicy", Reads, get},
    {"DeleteRolePolicy", Writes, remove},
    {"ListRolePolicies", Reads, list},
};

}  // namespace

std::span<const HandlerRow> role_policy_rows() { return rows; }

}  // namespace squall::iam
