// Whose request it is: access keys to accounts and callers.
#include <mutex>

#include "emulator/api/access_key.h"
#include "emulator/api/dispatch.h"
#include "emulator/core/text.h"

namespace squall::api {
namespace {

using model::Protocol;

constexpr std::string_view global_region = "aws-global";

bool speaks_json(const protocol::Call& call) {
  return call.protocol != Protocol::query && call.protocol != Protocol::ec2 &&
         call.protocol != Protocol::rest_xml;
}

AwsError invalid_token(const protocol::Call& call) {
  if (call.protocol == Protocol::ec2)
    return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
  return {speaks_json(call) ? "UnrecognizedClientException" : "InvalidClientTokenId",
          "The security token included in the request is invalid.", speaks_json(call) ? 400 : 403};
}

AwsError expired_token(const protocol::Call& call) {
  if (call.protocol == Protocol::ec2) return {"RequestExpired", "Request has expired."};
  return {speaks_json(call) ? "ExpiredTokenException" : "ExpiredToken",
          "The security token included in the request is expired", speaks_json(call) ? 400 : 403};
}

}  // namespace

std::string_view Worlds::account_of(std::string_view access_key) const {
  const bool twelve_digits = access_key.size() == 12 &&
                             access_key.find_first_not_of("0123456789") == access_key.npos;
  if (twelve_digits) return access_key;
  const std::string issued_in = account_of_access_key(access_key);
  if (!issued_in.empty()) {
    const std::shared_lock lock(mutex_);
    // Somebody's own key of AWS, whose account is none of this server's, is any credentials.
    if (const auto at = worlds_.find(issued_in); at != worlds_.end()) return at->first;
  }
  return options_.account;
}

std::optional<Principal> Registry::identify(sim::World& world,
                                            std::string_view access_key) const {
  if (account_of_access_key(access_key) != world.account()) return {};
  // Reads run side by side and must not make a region: before its first touch nothing is in it.
  if (!world.regions().contains(global_region)) return {};
  const sim::Scope global(world, global_region);
  for (const auto identify : identify_)
    if (auto principal = identify(global, access_key)) return principal;
  return {};
}

void identify_caller(const Registry* registry, Context& ctx) {
  std::optional<Principal> known;
  if (registry) known = registry->identify(ctx.world(), ctx.access_key());
  if (!known) {
    ctx.caller_id = ctx.account();
    ctx.caller_arn = cat("arn:aws:iam::", ctx.account(), ":root");
    return;
  }
  if (!known->active) throw invalid_token(ctx.call());
  if (known->expires && *known->expires <= ctx.now()) throw expired_token(ctx.call());
  ctx.caller_arn = std::move(known->arn);
  ctx.caller_id = std::move(known->id);
}

void check_issued_key(const Registry& registry, sim::World& world, const protocol::Call& call) {
  if (account_of_access_key(call.access_key) != world.account()) return;  // nearly all: no lock
  std::optional<Principal> known;
  {
    const std::shared_lock lock(world.mutex());
    known = registry.identify(world, call.access_key);
  }
  if (!known) return;
  if (!known->active) throw invalid_token(call);
  if (known->expires && *known->expires <= world.now()) throw expired_token(call);
}

void Dispatcher::verify(const protocol::Request& request, const protocol::Call& call) {
  std::string secret;
  if (!account_of_access_key(call.access_key).empty()) {
    sim::World& world = worlds_.world(worlds_.account_of(call.access_key));
    const std::shared_lock lock(world.mutex());
    if (const auto known = worlds_.registry().identify(world, call.access_key))
      secret = known->secret;
  }
  options_.verify(request, call, secret);
}

void Dispatcher::deliver(const Message& message) {
  sim::World& world = worlds_.world(message.account);
  const std::unique_lock lock(world.mutex());
  world.advance_to(world.clock().target());
  sim::Transaction transaction(world);
  sim::Scope(world, global_region).at(world.now(), message.event, message.subject,
                                      message.payload);
  transaction.commit();
  world.drain();
}

}  // namespace squall::api
