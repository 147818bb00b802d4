// STS: who calls, and temporary credentials.
#include "services/sts/sts.h"

#include "emulator/sim/record_type.h"
#include "emulator/api/access_key.h"
#include "models/generated.h"
#include "services/iam/iam.h"

namespace squall::sts {
namespace {

using api::Context;
using api::Input;

Value get_caller_identity(Context& ctx, Input) {
  return {{"UserId", ctx.caller_id}, {"Account", ctx.account()}, {"Arn", ctx.caller_arn}};
}

int64_t duration_of(const Input& in, int64_t fallback, int64_t longest) {
  const int64_t seconds = in.integer("DurationSeconds", fallback);
  if (seconds > longest)
    throw AwsError{
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."};
  return seconds;
}

/// A session's fields on their way to the account that it belongs to, a line each.
std::string packed(const Session& s) {
  return cat(s.secret, '\n', s.token, '\n', s.arn, '\n', s.user_id, '\n', to_ns(s.expires));
}
void session_opened(sim::Scope& scope, const sim::Event& event) {
  const auto parts = split(event.payload, '\n');
  if (parts.size() != 5) return;
  Session s{event.subject, std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
            std::string(parts[3]), from_ns(parse_int(parts[4]).value_or(0))};
  scope.add(std::move(s));
}

/// The session is `account`'s, another one where a role of that account is assumed.
Value open_session(Context& ctx, std::string_view account, std::string arn, std::string user_id,
                   int64_t seconds) {
  sim::Scope global = ctx.global();
  Session session;
  session.id = api::make_access_key("ASIA", account,
                                    global.new_hex("sts-session", 10, cat(ctx.account(), arn)));
  session.secret = base64_encode(global.new_hex("sts-secret", 30, session.id));
  // Opaque to clients; long, as AWS's are, for those who size their columns by it.
  for (int i = 0; i < 8; ++i) session.token += global.new_hex("sts-token", 32, session.id);
  session.token = base64_encode(session.token);
  session.arn = std::move(arn);
  session.user_id = std::move(user_id);
  session.expires = ctx.now() + std::chrono::seconds(seconds);
  Value credentials{{"AccessKeyId", session.id},
                    {"SecretAccessKey", session.secret},
                    {"SessionToken", session.token},
                    {"Expiration", session.expires}};
  if (account == ctx.account())
    global.add(std::move(session));
  else
    ctx.send({std::string(account), "sts.session.opened", session.id, packed(session)});
  return credentials;
}

struct Assumed {
  std::string account, arn, id;
  int64_t session_max_s = 43200;
};
/// The session's ARN and id. A role of this account must exist; other accounts are other Worlds.
Assumed assumed_role(const Context& ctx, const Input& in) {
  const std::string arn = in.string("RoleArn");
  const auto parts = split(arn, ':');
  if (parts.size() != 6 || parts[0] != "arn" || !parts[5].starts_with("role/") ||
      parts[4].size() != 12 || parts[4].find_first_not_of("0123456789") != parts[4].npos)
    throw AwsError{"ValidationError", cat(arn, " is invalid")};
  const std::string session = in.string("RoleSessionName");
  const std::string_view name = parts[5].substr(parts[5].rfind('/') + 1);
  Assumed assumed;
  assumed.account = parts[4];
  assumed.arn = cat("arn:aws:sts::", parts[4], ":assumed-role/", name, '/', session);
  if (parts[4] == ctx.account()) {
    const iam::Role* role = iam::find_role(ctx, arn);
    if (!role)
      throw AwsError{"AccessDenied",
                     cat("User: ", ctx.caller_arn,
                         " is not authorized to perform: sts:AssumeRole on resource: ", arn),
                     403};
    assumed.id = cat(role->role_id, ':', session);
    assumed.session_max_s = role->max_session_s;
  } else {
    assumed.id = cat("AROA", hex16(stable_hash(arn)), ':', session);
  }
  return assumed;
}

Value describe_assumed(const Assumed& assumed) {
  return {{"AssumedRoleId", assumed.id}, {"Arn", assumed.arn}};
}

Value assume_role(Context& ctx, Input in) {
  const Assumed assumed = assumed_role(ctx, in);
  const int64_t seconds = duration_of(in, 3600, assumed.session_max_s);
  // Nothing is ever denied here, so what would narrow the session's rights has no effect.
  for (const char* member : {"ExternalId", "SerialNumber", "TokenCode"}) in.ignore(member);
  for (const char* member :
       {"Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "ProvidedContexts"})
    in.raw(member);
  Value answer{
      {"Credentials", open_session(ctx, assumed.account, assumed.arn, assumed.id, seconds)},
      {"AssumedRoleUser", describe_assumed(assumed)}};
  if (in.has("SourceIdentity")) answer.add("SourceIdentity", in.string("SourceIdentity"));
  return answer;
}

Value assume_role_with_web_identity(Context& ctx, Input in) {
  const Assumed assumed = assumed_role(ctx, in);
  const int64_t seconds = duration_of(in, 3600, assumed.session_max_s);
  if (in.string("WebIdentityToken").empty())
    throw AwsError{"InvalidIdentityToken", "No OpenIDConnect provider found in your account for "
                                           "the token"};
  in.ignore("Policy");
  in.raw("PolicyArns");
  return {{"Credentials", open_session(ctx, assumed.account, assumed.arn, assumed.id, seconds)},
          {"SubjectFromWebIdentityToken", in.string("RoleSessionName")},
          {"AssumedRoleUser", describe_assumed(assumed)},
          {"Provider", in.string("ProviderId", "accounts.google.com")},
          {"Audience", "sts.amazonaws.com"}};
}

Value get_session_token(Context& ctx, Input in) {
  in.ignore("SerialNumber");  // there are no MFA devices to ask
  in.ignore("TokenCode");
  constexpr int64_t twelve_hours_s = 43200, longest_s = 129600;
  return {{"Credentials", open_session(ctx, ctx.account(), ctx.caller_arn, ctx.caller_id,
                                       duration_of(in, twelve_hours_s, longest_s))}};
}

Value get_federation_token(Context& ctx, Input in) {
  const std::string name = in.string("Name");
  in.ignore("Policy");
  in.raw("PolicyArns");
  in.raw("Tags");
  const std::string arn = cat("arn:aws:sts::", ctx.account(), ":federated-user/", name);
  const std::string id = cat(ctx.account(), ':', name);
  constexpr int64_t twelve_hours_s = 43200, longest_s = 129600;
  const int64_t seconds = duration_of(in, twelve_hours_s, longest_s);
  return {{"Credentials", open_session(ctx, ctx.account(), arn, id, seconds)},
          {"FederatedUser", {{"FederatedUserId", id}, {"Arn", arn}}}};
}

Value get_access_key_info(Context& ctx, Input in) {
  const std::string account = api::account_of_access_key(in.string("AccessKeyId"));
  return {{"Account", account.empty() ? ctx.account() : account}};
}

const api::HandlerRow rows[] = {
    {"GetCallerIdentity", api::Reads, get_caller_identity},
    {"AssumeRole", api::Writes, assume_role},
    {"AssumeRoleWithWebIdentity", api::Writes, assume_role_with_web_identity},
    {"GetSessionToken", api::Writes, get_session_token},
    {"GetFederationToken", api::Writes, get_federation_token},
    {"GetAccessKeyInfo", api::Reads, get_access_key_info},
};

std::optional<api::Principal> identify(const sim::Scope& global, std::string_view access_key) {
  const Session* session = global.view<Session>(access_key);
  if (!session) return {};
  return api::Principal{session->arn, session->user_id, session->secret, true, session->expires};
}

constexpr sim::EventRow events[] = {{"sts.session.opened", session_opened}};

}  // namespace

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition = [] {
    api::ServiceDefinition d;
    d.model = model::Service(model::generated::sts);
    d.handlers = {rows};
    d.events = {events};
    d.records = {sim::records<Session>()};
    d.identify = identify;
    return d;
  }();
  return definition;
}

}  // namespace squall::sts
