// The policies of repositories and of the registry: kept and shown, not enforced.
#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

Value shown(const Place& place, const std::string& text) {
  return {{"registryId", place.registry},
          {"repositoryName", place.repository},
          {"policyText", text}};
}

Value set_repository_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  require_repository(ctx, place);
  const std::string text = in.string("policyText");
  check_policy_text(text);
  in.ignore("force");  // asks to let a policy lock its author out; nothing here enforces policies
  ctx.edit<Repository>(place.repository).policy = text;
  return shown(place, text);
}

const Repository& with_policy(const Context& ctx, const Place& place) {
  const Repository& repository = require_repository(ctx, place);
  if (repository.policy.empty()) throw repository_policy_not_found(place);
  return repository;
}

Value get_repository_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  return shown(place, with_policy(ctx, place).policy);
}

Value delete_repository_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in);
  const std::string text = with_policy(ctx, place).policy;
  ctx.edit<Repository>(place.repository).policy.clear();
  return shown(place, text);
}

Value put_registry_policy(Context& ctx, Input in) {
  const std::string text = in.string("policyText");
  check_policy_text(text);
  edit_registry(ctx).policy = text;
  return {{"registryId", ctx.account()}, {"policyText", text}};
}

std::string registry_policy(const Context& ctx) {
  const std::string text = registry_of(ctx).policy;
  if (text.empty()) throw registry_policy_not_found(ctx.account());
  return text;
}

Value get_registry_policy(Context& ctx, Input) {
  return {{"registryId", ctx.account()}, {"policyText", registry_policy(ctx)}};
}

Value delete_registry_policy(Context& ctx, Input) {
  const std::string text = registry_policy(ctx);
  edit_registry(ctx).policy.clear();
  return {{"registryId", ctx.account()}, {"policyText", text}};
}

}  // namespace

std::span<const api::HandlerRow> policy_rows() {
  static const api::HandlerRow rows[] = {
      {"SetRepositoryPolicy", api::Writes, set_repository_policy},
      {"GetRepositoryPolicy", api::Reads, get_repository_policy},
      {"DeleteRepositoryPolicy", api::Writes, delete_repository_policy},
      {"PutRegistryPolicy", api::Writes, put_registry_policy},
      {"GetRegistryPolicy", api::Reads, get_registry_policy},
      {"DeleteRegistryPolicy", api::Writes, delete_registry_policy},
  };
  return rows;
}

}  // namespace squall::ecr
