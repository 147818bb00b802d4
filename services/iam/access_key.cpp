// Access keys of users.
#include "emulator/api/access_key.h"
#include "services/iam/internal.h"

namespace squall::iam {
namespace {

const AccessKey& require_key(const Context& ctx, const Input& in) {
  const std::string id = in.string("AccessKeyId");
  const AccessKey* key = ctx.view<AccessKey>(id);
  const bool names_user = in.shape().find("UserName") && in.has("UserName");
  if (!key || (names_user && key->user != in.string("UserName")))
    throw no_such_entity(cat("The Access Key with id ", id, " cannot be found."));
  return *key;
}

std::string owner_of(const Context& ctx, const Input& in) {
  if (!in.has("UserName"))
    throw validation_error("Must specify userName when calling with non-User credentials");
  return require_user(ctx, in.string("UserName")).id;
}

Value create(Context& ctx, Input in) {
  AccessKey key;
  key.user = owner_of(ctx, in);
  constexpr size_t keys_max = 2;
  if (ctx.by<AccessKey>(cat("user:", key.user)).size() >= keys_max)
    throw limit_exceeded("AccessKeysPerUser", keys_max);
  key.id = api::make_access_key("AKIA", ctx.account(), ctx.new_hex("iam-key", 10, key.user));
  key.secret = base64_encode(ctx.new_hex("iam-secret", 30, key.id));
  key.created = ctx.now();
  const AccessKey& added = ctx.add(std::move(key));
  return {{"AccessKey",
           {{"UserName", added.user},
            {"AccessKeyId", added.id},
            {"Status", added.status},
            {"SecretAccessKey", added.secret},
            {"CreateDate", added.created}}}};
}

Value list(Context& ctx, Input in) {
  const std::string user = owner_of(ctx, in);
  in.ignore("Marker");  // two keys always fit one page
  in.ignore("MaxItems");
  Value keys = Value::list();
  for (const AccessKey* key : ctx.by<AccessKey>(cat("user:", user)))
    keys.push({{"UserName", key->user},
               {"AccessKeyId", key->id},
               {"Status", key->status},
               {"CreateDate", key->created}});
  return {{"AccessKeyMetadata", keys}, {"IsTruncated", false}};
}

Value update(Context& ctx, Input in) {
  const std::string id = require_key(ctx, in).id;
  ctx.edit<AccessKey>(id).status = in.string("Status");
  return Value::map();
}

Value remove(Context& ctx, Input in) {
  ctx.erase<AccessKey>(std::string(require_key(ctx, in).id));
  return Value::map();
}

Value last_used(Context& ctx, Input in) {
  const AccessKey& key = require_key(ctx, in);
  return {{"UserName", key.user},
          {"AccessKeyLastUsed", {{"ServiceName", "N/A"}, {"Region", "N/A"}}}};
}

Value list_aliases(Context&, Input in) {
  in.ignore("Marker");
  in.ignore("MaxItems");
  return {{"AccountAliases", Value::list()}, {"IsTruncated", false}};
}

const HandlerRow rows[] = {
    {"CreateAccessKey", Writes, create},
    {"ListAccessKeys", Reads, list},
    {"UpdateAccessKey", Writes, update},
    {"DeleteAccessKey", Writes, remove},
    {"GetAccessKeyLastUsed", Reads, last_used},
    {"ListAccountAliases", Reads, list_aliases},
};

}  // namespace

std::optional<api::Principal> identify(const sim::Scope& global, std::string_view access_key) {
  const AccessKey* key = global.view<AccessKey>(access_key);
  const User* user = key ? global.view<User>(key->user) : nullptr;
  if (!user) return {};
  return api::Principal{user->arn, user->user_id, key->secret, key->status == "Active", {}};
}

std::span<const HandlerRow> access_key_rows() { return rows; }

}  // namespace squall::iam
