// What IAM's files share among themselves.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/page.h"
#include "services/iam/errors.h"
#include "services/iam/iam.h"

namespace squall::iam {

using api::Context;
using api::HandlerRow;
using api::Input;
using api::Reads;
using api::Writes;

/// "AROA" and 17 more characters.
std::string new_entity_id(sim::Scope& scope, std::string_view prefix, std::string_view name);
/// `arn:aws:iam::ACCOUNT:role/path/name`.
std::string entity_arn(const sim::Scope& scope, std::string_view type, std::string_view path,
                       std::string_view name);
/// "/" unless given; must begin and end with a slash.
std::string path_of(const Input& in);
/// A JSON object with statements, or MalformedPolicyDocument. Returns it as it came.
std::string check_policy(std::string document);
Tags checked_tags(const Input& in);

/// Markers and MaxItems (100 unless given).
PageRequest page_of(const Input& in);
/// `{OUT: items, IsTruncated, Marker}`.
Value paged(Key out, const Page& page);
/// Pages over a sorted list of texts.
Value page_strings(const Input& in, Key out, const std::vector<std::string>& all,
                   Value (*show)(const std::string&));
Value list_tags(const Input& in, const Tags& tags);
void change_tags(Tags& tags, const Input& in);
void remove_tags(Tags& tags, const Input& in);

/// Of AWS's catalogue or the account's; nullptr if there is none.
const Policy* find_policy(const sim::Scope& scope, std::string_view arn);
const std::vector<Policy>& aws_managed_policies();

const Role& require_role(const sim::Scope& scope, const std::string& name);
const User& require_user(const sim::Scope& scope, const std::string& name);
const InstanceProfile& require_profile(const sim::Scope& scope, const std::string& name);

Value describe(const Role& role, bool whole);
Value describe(const sim::Scope& scope, const InstanceProfile& profile);
Value describe_boundary(const std::string& arn);

std::optional<api::Principal> identify(const sim::Scope& global, std::string_view access_key);
std::span<const HandlerRow> role_rows();
std::span<const HandlerRow> role_policy_rows();
std::span<const HandlerRow> service_linked_role_rows();
std::span<const HandlerRow> instance_profile_rows();
std::span<const HandlerRow> policy_rows();
std::span<const HandlerRow> user_rows();
std::span<const HandlerRow> access_key_rows();

// --- policies of roles and users --------------------------------------------------------------
template <class T>
Value attach_policy(Context& ctx, const Input& in, const T& entity, std::string_view quota) {
  const std::string arn = in.string("PolicyArn");
  if (!find_policy(ctx, arn))
    throw no_such_entity(cat("Policy ", arn, " does not exist or is not attachable."));
  auto& attached = ctx.edit<T>(entity.id).attached_policies;
  if (std::ranges::count(attached, arn)) return Value::map();
  constexpr size_t attached_max = 20;
  if (attached.size() >= attached_max) throw limit_exceeded(quota, attached_max);
  attached.push_back(arn);
  return Value::map();
}
template <class T>
Value detach_policy(Context& ctx, const Input& in, const T& entity) {
  const std::string arn = in.string("PolicyArn");
  if (!std::ranges::count(entity.attached_policies, arn)) throw policy_not_found(arn);
  std::erase(ctx.edit<T>(entity.id).attached_policies, arn);
  return Value::map();
}
template <class T>
Value list_attached(const Input& in, const T& entity) {
  std::vector<std::string> arns = entity.attached_policies;
  const std::string prefix = in.string("PathPrefix");
  if (prefix.size() > 1)
    std::erase_if(arns, [&](const std::string& arn) {
      const size_t at = arn.find(":policy/");
      return at == std::string::npos || !arn.substr(at + 7).starts_with(prefix);
    });
  return page_strings(in, "AttachedPolicies", arns, [](const std::string& arn) -> Value {
    return {{"PolicyName", arn.substr(arn.rfind('/') + 1)}, {"PolicyArn", arn}};
  });
}
template <class T>
Value put_inline(Context& ctx, const Input& in, const T& entity) {
  const std::string name = in.string("PolicyName");
  std::string document = check_policy(in.string("PolicyDocument"));
  ctx.edit<T>(entity.id).inline_policies[name] = std::move(document);
  return Value::map();
}
template <class T>
const std::string& require_inline(const Input& in, const T& entity, std::string_view type) {
  const auto at = entity.inline_policies.find(in.string("PolicyName"));
  if (at == entity.inline_policies.end())
    throw no_such_entity(
        cat("The ", type, " policy with name ", in.string("PolicyName"), " cannot be found."));
  return at->second;
}
template <class T>
Value delete_inline(Context& ctx, const Input& in, const T& entity, std::string_view type) {
  require_inline(in, entity, type);
  ctx.edit<T>(entity.id).inline_policies.erase(in.string("PolicyName"));
  return Value::map();
}
template <class T>
Value list_inline(const Input& in, const T& entity) {
  std::vector<std::string> names;
  for (const auto& [name, document] : entity.inline_policies) names.push_back(name);
  return page_strings(in, "PolicyNames", names,
                      [](const std::string& name) { return Value(name); });
}

}  // namespace squall::iam
