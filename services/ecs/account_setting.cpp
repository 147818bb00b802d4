// Account settings: of the account's default and of single principals.
#include <algorithm>

#include "services/ecs/account_setting.h"
#include "services/ecs/registry.h"

namespace squall::ecs {
namespace {

struct SettingRow {
  std::string_view name, fallback;
  std::vector<std::string_view> values;
  bool settable = true;
};

const std::vector<SettingRow>& settings() {
  static const std::vector<SettingRow> rows{
      {"awsvpcTrunking", "disabled", {"enabled", "disabled", "on", "off"}},
      {"containerInsights", "disabled", {"enabled", "disabled", "enhanced", "on", "off"}},
      {"containerInstanceLongArnFormat", "enabled", {"enabled", "on"}},
      {"defaultLogDriverMode", "non-blocking", {"blocking", "non-blocking"}},
      {"fargateEventWindows", "disabled", {"enabled", "disabled", "on", "off"}},
      {"fargateFIPSMode", "disabled", {"enabled", "disabled", "on", "off"}},
      {"fargateTaskRetirementWaitPeriod", "7", {"0", "7", "14"}},
      {"guardDutyActivate", "off", {}, false},
      {"serviceLongArnFormat", "enabled", {"enabled", "on"}},
      {"tagResourceAuthorization", "on", {"on", "off", "enabled", "disabled"}},
      {"taskLongArnFormat", "enabled", {"enabled", "on"}},
  };
  return rows;
}

const SettingRow& require_row(const std::string& name) {
  for (const SettingRow& row : settings())
    if (row.name == name) return row;
  throw invalid_parameter(cat("Invalid setting name: ", name));
}

std::string root_of(const sim::Scope& scope) {
  return cat("arn:aws:iam::", scope.account(), ":root");
}

std::string principal_from(const Context& ctx, const Input& in) {
  const std::string principal = in.string("principalArn", ctx.caller_arn);
  const auto parts = split(principal, ':');
  if (parts.size() != 6 || parts[2] != "iam" ||
      (parts[5] != "root" && !parts[5].starts_with("user/") && !parts[5].starts_with("role/")))
    throw invalid_parameter("The principal ARN is not valid. Specify the ARN of the root user, an "
                            "IAM user or an IAM role and try again.");
  if (parts[4] != ctx.account())
    throw invalid_parameter("The principal must belong to the account.");
  return principal;
}

std::string key_of(std::string_view principal, std::string_view name) {
  return cat(principal, '/', name);
}

Value describe(std::string_view name, std::string_view value, std::string_view principal) {
  return {{"name", name},
          {"value", value},
          {"principalArn", principal},
          {"type", name == "guardDutyActivate" ? "aws_managed" : "user"}};
}

/// The value that holds for a principal: its own, the account's default, AWS's.
std::string effective(const sim::Scope& scope, const SettingRow& row,
                      std::string_view principal) {
  for (const std::string_view who : {principal, std::string_view("default")})
    if (const auto* own = scope.view<AccountSetting>(key_of(who, row.name))) return own->value;
  return std::string(row.fallback);
}

Value put(Context& ctx, const Input& in, const std::string& principal,
          const std::string& shown_principal) {
  const SettingRow& row = require_row(in.string("name"));
  const std::string value = in.string("value");
  if (!row.settable)
    throw invalid_parameter(cat("The setting ", row.name, " is managed by AWS and cannot be "
                                "changed."));
  if (std::ranges::find(row.values, value) == row.values.end())
    throw invalid_parameter(cat("Invalid value for setting ", row.name, ": ", value));
  AccountSetting setting;
  setting.id = key_of(principal, row.name);
  setting.principal = principal;
  setting.name = row.name;
  setting.value = value;
  ctx.add(std::move(setting));
  return {{"setting", describe(row.name, value, shown_principal)}};
}

Value put_setting(Context& ctx, Input in) {
  const std::string principal = principal_from(ctx, in);
  return put(ctx, in, principal, principal);
}

Value put_default(Context& ctx, Input in) { return put(ctx, in, "default", root_of(ctx)); }

Value delete_setting(Context& ctx, Input in) {
  const SettingRow& row = require_row(in.string("name"));
  const std::string principal = principal_from(ctx, in);
  if (!row.settable)
    throw invalid_parameter(cat("The setting ", row.name, " is managed by AWS and cannot be "
                                "changed."));
  ctx.erase<AccountSetting>(key_of(principal, row.name));
  return {{"setting", describe(row.name, effective(ctx, row, principal), principal)}};
}

Value list_settings(Context& ctx, Input in) {
  const std::string name = in.string("name"), value = in.string("value");
  if (!name.empty()) require_row(name);
  if (!value.empty() && name.empty())
    throw invalid_parameter("A setting name must be specified when filtering by value.");
  const std::string principal = principal_from(ctx, in);
  const bool all = in.boolean("effectiveSettings");
  if (all && in.integer("maxResults", 10) > 10)
    throw invalid_parameter("maxResults should be between 1 and 10.");
  std::vector<std::string> names;
  for (const SettingRow& row : settings()) {
    if (!name.empty() && row.name != name) continue;
    const bool own = ctx.has<AccountSetting>(key_of(principal, row.name));
    if (!all && !own) continue;
    if (!value.empty() && effective(ctx, row, principal) != value) continue;
    names.emplace_back(row.name);
  }
  const Slice slice = slice_of(names, in);
  return {{"settings", list_of(slice.keys,
                               [&](const std::string& n) {
                                 return describe(n, effective(ctx, require_row(n), principal),
                                                 principal);
                               })},
          {"nextToken", slice.next_token}};
}

const api::HandlerRow rows[] = {
    {"PutAccountSetting", Writes, put_setting},
    {"PutAccountSettingDefault", Writes, put_default},
    {"DeleteAccountSetting", Writes, delete_setting},
    {"ListAccountSettings", Reads, list_settings},
};

}  // namespace

std::string account_setting(const sim::Scope& scope, std::string_view name) {
  return effective(scope, require_row(std::string(name)), root_of(scope));
}

HandlerRows account_setting_rows() { return rows; }

}  // namespace squall::ecs
