// Key pairs.
#include <algorithm>

#include "services/ec2/compute.h"
#include "services/ec2/key_material.h"

namespace squall::ec2 {
namespace {

const KeyPair* by_pair_id(const sim::Scope& scope, const std::string& id) {
  for (const KeyPair& pair : scope.all<KeyPair>())
    if (pair.key_pair_id == id) return &pair;
  return nullptr;
}

KeyPair& add_pair(Context& ctx, const Input& in, const KeyMaterial& material) {
  KeyPair pair;
  pair.id = in.string("KeyName");
  pair.key_type = material.type;
  pair.public_key = material.public_key;
  pair.fingerprint = material.fingerprint;
  pair.tags = tags_for(in, "key-pair");
  pair.created = ctx.now();
  pair.key_pair_id = ctx.new_id("key", pair.id);
  return ctx.add(std::move(pair));
}

void check_name(const Context& ctx, const std::string& name) {
  if (name.empty() || name.size() > 255)
    throw compute_invalid("Invalid value for parameter KeyName: its length must be between 1 and "
                          "255.");
  if (ctx.has<KeyPair>(name)) throw duplicate_key_pair(name);
}

Value create_key_pair(Context& ctx, Input in) {
  const std::string name = in.string("KeyName");
  check_name(ctx, name);
  const std::string type = in.string("KeyType", "rsa");
  if (in.string("KeyFormat", "pem") != "pem") refuse(in, {"KeyFormat"});
  const std::string seed = cat(ctx.account(), '/', ctx.region(), '/', name);
  const KeyMaterial material =
      type == "ed25519" ? make_ed25519_key(seed, name) : make_rsa_key(seed);
  const KeyPair& pair = add_pair(ctx, in, material);
  return {{"KeyPairId", pair.key_pair_id},
          {"Tags", describe_tags(pair.tags, true)},
          {"KeyName", pair.id},
          {"KeyFingerprint", pair.fingerprint},
          {"KeyMaterial", material.private_key}};
}

Value import_key_pair(Context& ctx, Input in) {
  check_name(ctx, in.string("KeyName"));
  const KeyPair& pair = add_pair(ctx, in, import_public_key(in.blob("PublicKeyMaterial")));
  return {{"KeyFingerprint", pair.fingerprint},
          {"KeyName", pair.id},
          {"KeyPairId", pair.key_pair_id},
          {"Tags", describe_tags(pair.tags, true)}};
}

Value delete_key_pair(Context& ctx, Input in) {
  const std::string name = in.string("KeyName");
  const std::string id = in.string("KeyPairId");
  if (name.empty() && id.empty())
    throw compute_missing("The request must contain the parameter KeyName or KeyPairId");
  const KeyPair* pair = id.empty() ? ctx.view<KeyPair>(name) : by_pair_id(ctx, id);
  if (!pair) return {{"Return", true}};  // EC2 does not mind
  const std::string gone = pair->key_pair_id;
  ctx.erase<KeyPair>(std::string(pair->id));
  return {{"Return", true}, {"KeyPairId", gone}};
}

using Shown = ec2::Shown<KeyPair>;
const ShownFilter<KeyPair> filters[] = {
    {"fingerprint", [](const Shown& k) { return Strings{k->fingerprint}; }},
    {"key-name", [](const Shown& k) { return Strings{k->id}; }},
    {"key-pair-id", [](const Shown& k) { return Strings{k->key_pair_id}; }},
};

Value describe_key_pairs(Context& ctx, Input in) {
  const FilterSet<Shown> set(in, filters);
  const bool with_key = in.boolean("IncludePublicKey");
  const Strings names = in.strings("KeyNames"), ids = in.strings("KeyPairIds");
  std::vector<const KeyPair*> wanted;
  for (const std::string& name : names) {
    if (!ctx.has<KeyPair>(name)) throw key_pair_not_found(name);
    wanted.push_back(ctx.view<KeyPair>(name));
  }
  for (const std::string& id : ids) {
    const KeyPair* pair = by_pair_id(ctx, id);
    if (!pair) throw key_pair_not_found(id);
    wanted.push_back(pair);
  }
  if (names.empty() && ids.empty())
    for (const KeyPair& pair : ctx.all<KeyPair>()) wanted.push_back(&pair);
  Value list = Value::list();
  for (const KeyPair* pair : wanted) {
    if (!set.matches(Shown{pair, &ctx, pair->tags})) continue;
    list.push({{"KeyPairId", pair->key_pair_id},
               {"KeyType", pair->key_type},
               {"Tags", describe_tags(pair->tags, true)},
               {"PublicKey", with_key ? Value(pair->public_key) : Value()},
               {"CreateTime", pair->created},
               {"KeyName", pair->id},
               {"KeyFingerprint", pair->fingerprint}});
  }
  return {{"KeyPairs", list}};
}

const HandlerRow rows[] = {
    {"CreateKeyPair", Writes, create_key_pair},
    {"ImportKeyPair", Writes, import_key_pair},
    {"DeleteKeyPair", Writes, delete_key_pair},
    {"DescribeKeyPairs", Reads, describe_key_pairs},
};

}  // namespace

HandlerRows key_pair_rows() { return rows; }

}  // namespace squall::ec2
