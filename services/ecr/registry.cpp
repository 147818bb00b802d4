// The registry's own settings: login tokens, account settings, signing, pull times.
#include <algorithm>
#include <set>

#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr Duration login_lasts = 12h;
constexpr size_t exclusions_max = 100;

/// "AWS:password", for `docker login`; the password says whose registry it opens.
Value get_authorization_token(Context& ctx, Input in) {
  for (const std::string& id : in.strings("registryIds"))
    if (id != ctx.account())
      throw invalid_parameter_at("registryIds", "must be the caller's own registry");
  const Time expires = ctx.now() + login_lasts;
  const Value data{
      {"authorizationToken", base64_encode(cat("AWS:", login_password(ctx, expires)))},
      {"expiresAt", expires},
      {"proxyEndpoint", cat("http://", ctx.advertised_host)}};
  return {{"authorizationData", std::vector<Value>{data}}};
}

/// Each setting's name, its default and its other values.
struct Setting {
  std::string_view name, fallback, other;
};
constexpr Setting settings[] = {
    {"BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE", "CLAIR"},
    {"REGISTRY_POLICY_SCOPE", "V2", "V1"},
    {"BLOB_MOUNTING", "DISABLED", "ENABLED"},
};

const Setting& setting_named(const std::string& name) {
  const auto at = std::ranges::find(settings, name, &Setting::name);
  if (at == std::end(settings))
    throw validation(cat("The account setting name '", name, "' is not valid"));
  return *at;
}

Value get_account_setting(Context& ctx, Input in) {
  const std::string name = in.string("name");
  const Setting& setting = setting_named(name);
  const auto& set = registry_of(ctx).settings;
  const auto at = set.find(name);
  return {{"name", name},
          {"value", at == set.end() ? std::string(setting.fallback) : at->second}};
}

Value put_account_setting(Context& ctx, Input in) {
  const std::string name = in.string("name"), value = in.string("value");
  const Setting& setting = setting_named(name);
  if (value != setting.fallback && value != setting.other)
    throw validation(cat("The value '", value, "' is not valid for the account setting ", name));
  edit_registry(ctx).settings[name] = value;
  return {{"name", name}, {"value", value}};
}

std::string signing_configuration(const Context& ctx) {
  const std::string text = registry_of(ctx).signing_json;
  if (text.empty()) throw signing_configuration_not_found(ctx.account());
  return text;
}

Value put_signing_configuration(Context& ctx, Input in) {
  const Input configuration = in.at("signingConfiguration");
  for (const Input& rule : configuration.list("rules")) {
    rule.string("signingProfileArn");  // its form is the model's business
    for (const Input& filter : rule.list("repositoryFilters")) {
      filter.string("filterType");  // WILDCARD_MATCH, the only one
      filter.string("filter");
    }
  }
  const Value document = in.raw("signingConfiguration");
  edit_registry(ctx).signing_json = to_json(document);
  return {{"signingConfiguration", document}};
}

Value get_signing_configuration(Context& ctx, Input) {
  return {{"registryId", ctx.account()},
          {"signingConfiguration", value_from_json(signing_configuration(ctx))}};
}

Value delete_signing_configuration(Context& ctx, Input) {
  const Value before = value_from_json(signing_configuration(ctx));
  edit_registry(ctx).signing_json.clear();
  return {{"registryId", ctx.account()}, {"signingConfiguration", before}};
}

Value register_pull_time_update_exclusion(Context& ctx, Input in) {
  const std::string principal = in.string("principalArn");
  Registry& registry = edit_registry(ctx);
  if (registry.pull_time_exclusions.contains(principal))
    throw exclusion_already_exists(principal);
  if (registry.pull_time_exclusions.size() >= exclusions_max)
    throw limit_exceeded("Up to 100 pull time update exclusions are allowed");
  registry.pull_time_exclusions[principal] = ctx.now();
  return {{"principalArn", principal}, {"createdAt", ctx.now()}};
}

Value deregister_pull_time_update_exclusion(Context& ctx, Input in) {
  const std::string principal = in.string("principalArn");
  if (!registry_of(ctx).pull_time_exclusions.contains(principal))
    throw exclusion_not_found(principal);
  edit_registry(ctx).pull_time_exclusions.erase(principal);
  return {{"principalArn", principal}};
}

Value list_pull_time_update_exclusions(Context& ctx, Input in) {
  const PageRequest request = page_of(in, 100);
  Value list = Value::list(), token;
  std::string last;
  for (const auto& [principal, since] : registry_of(ctx).pull_time_exclusions) {
    if (!request.after.empty() && principal <= request.after) continue;
    if (list.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    list.push(principal);
    last = principal;
  }
  return {{"pullTimeUpdateExclusions", list}, {"nextToken", token}};
}

}  // namespace

std::string login_password(const sim::Scope& scope, Time expires) {
  return base64_encode(cat("squall/", scope.account(), "/", scope.region(), "/",
                           unix_seconds(expires)));
}

std::optional<Login> read_login(std::string_view password) {
  const auto text = base64_decode(password);
  if (!text) return {};
  const auto parts = split(*text, '/');
  if (parts.size() != 4 || parts[0] != "squall") return {};
  const auto expires = parse_int(parts[3]);
  if (!expires) return {};
  return Login{std::string(parts[1]), std::string(parts[2]), from_unix_seconds(*expires)};
}

std::span<const api::HandlerRow> registry_rows() {
  static const api::HandlerRow rows[] = {
      {"GetAuthorizationToken", api::Reads, get_authorization_token},
      {"GetAccountSetting", api::Reads, get_account_setting},
      {"PutAccountSetting", api::Writes, put_account_setting},
      {"PutSigningConfiguration", api::Writes, put_signing_configuration},
      {"GetSigningConfiguration", api::Reads, get_signing_configuration},
      {"DeleteSigningConfiguration", api::Writes, delete_signing_configuration},
      {"RegisterPullTimeUpdateExclusion", api::Writes, register_pull_time_update_exclusion},
      {"DeregisterPullTimeUpdateExclusion", api::Writes, deregister_pull_time_update_exclusion},
      {"ListPullTimeUpdateExclusions", api::Reads, list_pull_time_update_exclusions},
  };
  return rows;
}

}  // namespace squall::ecr
