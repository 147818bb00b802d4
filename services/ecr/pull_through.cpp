// Pull through cache rules: kept, shown and checked. Nothing here calls out, so no upstream can be
// reached through them.
#include <algorithm>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr size_t rules_max = 50;

struct Upstream {
  std::string_view name, url;
  bool needs_credential;
};
/// A URL that begins with an asterisk is a suffix.
constexpr Upstream upstreams[] = {
    {"ecr-public", "public.ecr.aws", false},
    {"quay", "quay.io", false},
    {"k8s", "registry.k8s.io", false},
    {"docker-hub", "registry-1.docker.io", true},
    {"github-container-registry", "ghcr.io", true},
    {"gitlab-container-registry", "registry.gitlab.com", true},
    {"chainguard", "cgr.dev", true},
    {"azure-container-registry", "*.azurecr.io", true},
    {"ecr", "*.amazonaws.com", false},
};

const Upstream& upstream_at(const std::string& url) {
  for (const Upstream& u : upstreams) {
    const bool fits = u.url.starts_with('*') ? url.ends_with(u.url.substr(1)) : url == u.url;
    if (fits) return u;
  }
  throw unsupported_upstream(url);
}

void check_credential(const Upstream& upstream, const std::string& arn) {
  if (upstream.needs_credential && arn.empty())
    throw invalid_parameter(
        cat("A credentialArn is required for the upstream registry ", upstream.name));
  if (arn.empty()) return;
  // Secrets Manager is not served here: no secret exists.
  if (arn.find(":secret:ecr-pullthroughcache/") == arn.npos)
    throw invalid_parameter_at("credentialArn",
                               "must name a secret whose name begins with ecr-pullthroughcache/");
  throw secret_not_found(arn);
}

void check_registry(const Context& ctx, const Input& in) {
  if (in.string("registryId", ctx.account()) != ctx.account())
    throw invalid_parameter_at("registryId", "must be the caller's own registry");
}

Value describe(const Context& ctx, const PullThroughRule& r) {
  Value shown{{"ecrRepositoryPrefix", r.id},
              {"upstreamRegistryUrl", r.upstream_url},
              {"createdAt", r.created},
              {"registryId", ctx.account()}};
  auto add = [&](Key key, const std::string& text) {
    if (!text.empty()) shown.add(key, text);
  };
  add("credentialArn", r.credential_arn);
  add("customRoleArn", r.role_arn);
  add("upstreamRepositoryPrefix", r.upstream_prefix);
  return shown;
}

const PullThroughRule& require_rule(const Context& ctx, const Input& in) {
  check_registry(ctx, in);
  const std::string prefix = in.string("ecrRepositoryPrefix");
  const auto* found = ctx.view<PullThroughRule>(prefix);
  if (!found) throw rule_not_found(prefix, ctx.account());
  return *found;
}

Value create_pull_through_cache_rule(Context& ctx, Input in) {
  check_registry(ctx, in);
  PullThroughRule rule;
  rule.id = in.string("ecrRepositoryPrefix");
  rule.upstream_url = in.string("upstreamRegistryUrl");
  const Upstream& upstream = upstream_at(rule.upstream_url);
  rule.upstream = in.string("upstreamRegistry", std::string(upstream.name));
  if (rule.upstream != upstream.name)
    throw invalid_parameter("The upstreamRegistry does not match the upstreamRegistryUrl");
  rule.credential_arn = in.string("credentialArn");
  rule.role_arn = in.string("customRoleArn");
  rule.upstream_prefix = in.string("upstreamRepositoryPrefix");
  rule.created = ctx.now();
  if (ctx.has<PullThroughRule>(rule.id)) throw rule_already_exists(rule.id, ctx.account());
  if (ctx.all<PullThroughRule>().size() >= rules_max)
    throw limit_exceeded("Up to 50 pull through cache rules are allowed");
  check_credential(upstream, rule.credential_arn);
  const PullThroughRule& made = ctx.add(std::move(rule));
  Value shown = describe(ctx, made);
  shown.add("upstreamRegistry", made.upstream);
  return shown;
}

Value delete_pull_through_cache_rule(Context& ctx, Input in) {
  const PullThroughRule rule = require_rule(ctx, in);
  ctx.erase<PullThroughRule>(rule.id);
  return describe(ctx, rule);
}

Value describe_pull_through_cache_rules(Context& ctx, Input in) {
  check_registry(ctx, in);
  const auto prefixes = in.strings("ecrRepositoryPrefixes");
  for (const std::string& prefix : prefixes)
    if (!ctx.has<PullThroughRule>(prefix)) throw rule_not_found(prefix, ctx.account());
  const Page page = paginate(
      ctx.all<PullThroughRule>(), page_of(in, 100),
      [&](const PullThroughRule& r) {
        return prefixes.empty() || std::ranges::find(prefixes, r.id) != prefixes.end();
      },
      [&](const PullThroughRule& r) {
        Value shown = describe(ctx, r);
        shown.add("upstreamRegistry", r.upstream);
        shown.add("updatedAt", r.updated);
        return shown;
      });
  return {{"pullThroughCacheRules", page.items}, {"nextToken", page.next_token}};
}

Value update_pull_through_cache_rule(Context& ctx, Input in) {
  const PullThroughRule& found = require_rule(ctx, in);
  const auto credential = in.optional_string("credentialArn"),
             role = in.optional_string("customRoleArn");
  if (!credential && !role)
    throw invalid_parameter("Either credentialArn or customRoleArn must be specified");
  if (credential) check_credential(upstream_at(found.upstream_url), *credential);
  PullThroughRule& rule = ctx.edit<PullThroughRule>(std::string(found.id));
  if (role) rule.role_arn = *role;
  rule.updated = ctx.now();
  Value shown{{"ecrRepositoryPrefix", rule.id},
              {"registryId", ctx.account()},
              {"updatedAt", rule.updated}};
  if (!rule.role_arn.empty()) shown.add("customRoleArn", rule.role_arn);
  if (!rule.upstream_prefix.empty()) shown.add("upstreamRepositoryPrefix", rule.upstream_prefix);
  return shown;
}

Value validate_pull_through_cache_rule(Context& ctx, Input in) {
  const PullThroughRule& rule = require_rule(ctx, in);
  Value shown = describe(ctx, rule);
  Value answer = Value::map();
  for (const Member& m : shown.members())
    if (m.key.text != "createdAt") answer.add(m.key, m.value);
  answer.add("isValid", false);
  answer.add("failure", "Squall never calls out: no upstream registry can be reached from here.");
  return answer;
}

}  // namespace

std::span<const api::HandlerRow> pull_through_rows() {
  static const api::HandlerRow rows[] = {
      {"CreatePullThroughCacheRule", api::Writes, create_pull_through_cache_rule},
      {"DeletePullThroughCacheRule", api::Writes, delete_pull_through_cache_rule},
      {"DescribePullThroughCacheRules", api::Reads, describe_pull_through_cache_rules},
      {"UpdatePullThroughCacheRule", api::Writes, update_pull_through_cache_rule},
      {"ValidatePullThroughCacheRule", api::Reads, validate_pull_through_cache_rule},
  };
  return rows;
}

}  // namespace squall::ecr
