// Managed policies.
#include "services/iam/internal.h"

namespace squall::iam {

const Policy* find_policy(const sim::Scope& scope, std::string_view arn) {
  if (const Policy* own = scope.view<Policy>(arn)) return own;
  const auto& managed = aws_managed_policies();
  const auto at = std::ranges::lower_bound(managed, arn, {}, &Policy::id);
  return at != managed.end() && at->id == arn ? &*at : nullptr;
}

namespace {

bool is_aws_managed(std::string_view arn) { return arn.starts_with("arn:aws:iam::aws:"); }

const Policy& require_policy(const sim::Scope& scope, const std::string& arn) {
  if (const Policy* policy = find_policy(scope, arn)) return *policy;
  throw policy_not_found(arn);
}

Policy& editable(Context& ctx, const std::string& arn) {
  require_policy(ctx, arn);
  if (is_aws_managed(arn))
    throw AwsError{"AccessDenied", cat("Policy ", arn, " is managed by AWS and cannot be changed."),
                   403};
  return ctx.edit<Policy>(arn);
}

size_t attachments(const sim::Scope& scope, const Policy& policy) {
  const std::string key = cat("policy:", policy.id);
  return scope.by<Role>(key).size() + scope.by<User>(key).size();
}

Value describe_policy(const sim::Scope& scope, const Policy& policy, bool whole) {
  return {
      {"PolicyName", policy.name},
      {"PolicyId", policy.policy_id},
      {"Arn", policy.id},
      {"Path", policy.path},
      {"DefaultVersionId", cat('v', policy.default_version)},
      {"AttachmentCount", attachments(scope, policy)},
      {"PermissionsBoundaryUsageCount", 0},
      {"IsAttachable", true},
      {"Description", whole && !policy.description.empty() ? Value(policy.description) : Value()},
      {"CreateDate", policy.created},
      {"UpdateDate", policy.updated},
      {"Tags", whole ? describe_tags(policy.tags, is_aws_managed(policy.id)) : Value()}};
}

Value describe_version(const Policy& policy, const PolicyVersion& version, bool document) {
  return {{"Document", document ? Value(percent_encode(version.document)) : Value()},
          {"VersionId", cat('v', version.number)},
          {"IsDefaultVersion", version.number == policy.default_version},
          {"CreateDate", version.created}};
}

Value create_policy(Context& ctx, Input in) {
  Policy policy;
  policy.name = in.string("PolicyName");
  policy.path = path_of(in);
  policy.id = entity_arn(ctx, "policy", policy.path, policy.name);
  if (ctx.has<Policy>(policy.id))
    throw already_exists(cat("A policy called ", policy.name,
                             " already exists. Duplicate names are not allowed."));
  policy.description = in.string("Description");
  policy.created = policy.updated = ctx.now();
  policy.versions.push_back({1, check_policy(in.string("PolicyDocument")), ctx.now()});
  policy.tags = checked_tags(in);
  policy.policy_id = new_entity_id(ctx, "ANPA", policy.name);
  return {{"Policy", describe_policy(ctx, ctx.add(std::move(policy)), true)}};
}

Value get_policy(Context& ctx, Input in) {
  return {{"Policy", describe_policy(ctx, require_policy(ctx, in.string("PolicyArn")), true)}};
}

Value delete_policy(Context& ctx, Input in) {
  const Policy& policy = editable(ctx, in.string("PolicyArn"));
  if (attachments(ctx, policy))
    throw delete_conflict("Cannot delete a policy attached to entities.");
  if (policy.versions.size() > 1)
    throw delete_conflict("This policy has more than one version. Before you delete a policy, you "
                          "must delete the policy's versions. The default version is deleted with "
                          "the policy.");
  ctx.erase<Policy>(std::string(policy.id));
  return Value::map();
}

/// The account's and AWS's policies in one order of ARNs, for pages.
struct PolicyRange {
  std::vector<Policy> all;
  auto begin() const { return all.begin(); }
  auto end() const { return all.end(); }
  auto after(std::string_view id) const {
    return std::ranges::upper_bound(all, id, {},
                                    [](const Policy& p) { return std::string_view(p.id); });
  }
};

Value list_policies(Context& ctx, Input in) {
  const std::string scope = in.string("Scope", "All");
  const bool only_attached = in.boolean("OnlyAttached");
  const std::string prefix = in.string("PathPrefix", "/");
  const std::string usage = in.string("PolicyUsageFilter", "PermissionsPolicy");
  const bool for_permissions = usage == "PermissionsPolicy";
  PolicyRange range;
  if (scope != "AWS")
    for (const Policy& policy : ctx.all<Policy>()) range.all.push_back(policy);
  if (scope != "Local")
    for (const Policy& policy : aws_managed_policies()) range.all.push_back(policy);
  std::ranges::sort(range.all, {}, &Policy::id);
  return paged("Policies",
               paginate(range, page_of(in),
                        [&](const Policy& p) {
                          return p.path.starts_with(prefix) && for_permissions &&
                                 (!only_attached || attachments(ctx, p) > 0);
                        },
                        [&](const Policy& p) { return describe_policy(ctx, p, false); }));
}

Value list_entities(Context& ctx, Input in) {
  const Policy& policy = require_policy(ctx, in.string("PolicyArn"));
  const std::string filter = in.string("EntityFilter");
  const std::string prefix = in.string("PathPrefix", "/");
  in.ignore("PolicyUsageFilter");  // boundaries are not counted as attachments
  in.ignore("Marker");
  in.ignore("MaxItems");
  const std::string key = cat("policy:", policy.id);
  Value roles = Value::list();
  Value users = Value::list();
  if (filter.empty() || filter == "Role")
    for (const Role* role : ctx.by<Role>(key))
      if (role->path.starts_with(prefix))
        roles.push({{"RoleName", role->id}, {"RoleId", role->role_id}});
  if (filter.empty() || filter == "User")
    for (const User* user : ctx.by<User>(key))
      if (user->path.starts_with(prefix))
        users.push({{"UserName", user->id}, {"UserId", user->user_id}});
  return {{"PolicyGroups", Value::list()},
          {"PolicyUsers", users},
          {"PolicyRoles", roles},
          {"IsTruncated", false}};
}

Value create_version(Context& ctx, Input in) {
  Policy& policy = editable(ctx, in.string("PolicyArn"));
  constexpr size_t versions_max = 5;
  if (policy.versions.size() >= versions_max)
    throw AwsError{"LimitExceeded",
                   "A managed policy can have up to 5 versions. Before you create a new version, "
                   "you must delete an existing version.",
                   409};
  const PolicyVersion version{++policy.last_version, check_policy(in.string("PolicyDocument")),
                              ctx.now()};
  policy.versions.push_back(version);
  policy.updated = ctx.now();
  if (in.boolean("SetAsDefault")) policy.default_version = version.number;
  return {{"PolicyVersion", describe_version(policy, version, false)}};
}

const PolicyVersion& require_version(const Policy& policy, const std::string& id) {
  for (const PolicyVersion& version : policy.versions)
    if (id == cat('v', version.number)) return version;
  throw no_such_entity(cat("Policy ", policy.id, " version ", id,
                           " does not exist or is not attachable."));
}

Value get_version(Context& ctx, Input in) {
  const Policy& policy = require_policy(ctx, in.string("PolicyArn"));
  const PolicyVersion& version = require_version(policy, in.string("VersionId"));
  return {{"PolicyVersion", describe_version(policy, version, true)}};
}

Value list_versions(Context& ctx, Input in) {
  const Policy& policy = require_policy(ctx, in.string("PolicyArn"));
  in.ignore("Marker");  // five versions always fit one page
  in.ignore("MaxItems");
  Value list = Value::list();
  for (auto at = policy.versions.rbegin(); at != policy.versions.rend(); ++at)
    list.push(describe_version(policy, *at, false));
  return {{"Versions", list}, {"IsTruncated", false}};
}

Value delete_version(Context& ctx, Input in) {
  Policy& policy = editable(ctx, in.string("PolicyArn"));
  const int64_t number = require_version(policy, in.string("VersionId")).number;
  if (number == policy.default_version)
    throw delete_conflict("Cannot delete the default version of a policy.");
  std::erase_if(policy.versions, [&](const PolicyVersion& v) { return v.number == number; });
  return Value::map();
}

Value set_default_version(Context& ctx, Input in) {
  Policy& policy = editable(ctx, in.string("PolicyArn"));
  policy.default_version = require_version(policy, in.string("VersionId")).number;
  policy.updated = ctx.now();
  return Value::map();
}

Value tag(Context& ctx, Input in) {
  change_tags(editable(ctx, in.string("PolicyArn")).tags, in);
  return Value::map();
}
Value untag(Context& ctx, Input in) {
  remove_tags(editable(ctx, in.string("PolicyArn")).tags, in);
  return Value::map();
}
Value tags(Context& ctx, Input in) {
  return list_tags(in, require_policy(ctx, in.string("PolicyArn")).tags);
}

const HandlerRow rows[] = {
    {"CreatePolicy", Writes, create_policy},
    {"GetPolicy", Reads, get_policy},
    {"DeletePolicy", Writes, delete_policy},
    {"ListPolicies", Reads, list_policies},
    {"ListEntitiesForPolicy", Reads, list_entities},
    {"CreatePolicyVersion", Writes, create_version},
    {"GetPolicyVersion", Reads, get_version},
    {"ListPolicyVersions", Reads, list_versions},
    {"DeletePolicyVersion", Writes, delete_version},
    {"SetDefaultPolicyVersion", Writes, set_default_version},
    {"TagPolicy", Writes, tag},
    {"UntagPolicy", Writes, untag},
    {"ListPolicyTags", Reads, tags},
};

}  // namespace

std::span<const HandlerRow> policy_rows() { return rows; }

}  // namespace squall::iam
