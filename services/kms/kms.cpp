// DescribeKey of the keys that AWS manages: clients ask which key a service uses by default. Keys
// of customers are not served.
#include "services/kms/kms.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/sim/record_type.h"
#include "models/generated.h"

namespace squall::kms {
namespace {

using api::Context;
using api::Input;

constexpr std::string_view managed_prefix = "alias/aws/";

struct ManagedKey {
  std::string_view service, what;
};
constexpr ManagedKey managed_keys[] = {
    {"acm", "ACM private keys"},
    {"backup", "Backup data"},
    {"dynamodb", "DynamoDB data"},
    {"ebs", "EBS volumes"},
    {"elasticfilesystem", "EFS filesystems"},
    {"es", "Elasticsearch data"},
    {"fsx", "FSx resources"},
    {"kinesis", "Kinesis data"},
    {"lambda", "Lambda environment variables"},
    {"rds", "RDS database volumes"},
    {"redshift", "Redshift clusters"},
    {"s3", "S3 objects"},
    {"secretsmanager", "Secrets Manager data"},
    {"sns", "SNS data"},
    {"sqs", "SQS messages"},
    {"ssm", "SSM parameters"},
};

const ManagedKey* find_managed(std::string_view alias) {
  if (!alias.starts_with(managed_prefix)) return nullptr;
  const auto found =
      std::ranges::find(managed_keys, alias.substr(managed_prefix.size()), &ManagedKey::service);
  return found == std::end(managed_keys) ? nullptr : &*found;
}

AwsError not_found(std::string message) { return {"NotFoundException", std::move(message)}; }

/// Makes the key of one of AWS's aliases on first use.
const Key& key_of_alias(sim::Scope& scope, const std::string& alias) {
  const auto known = scope.by<Key>(alias);
  if (!known.empty()) return *known.front();
  if (!find_managed(alias))
    throw not_found(cat("Alias ", scope.arn("kms", alias), " is not found."));
  Key key;
  key.id = scope.new_uuid("kms-key", alias);
  key.arn = scope.arn("kms", cat("key/", key.id));
  key.alias = alias;
  key.created = scope.now();
  return scope.add<Key>(std::move(key));
}

bool is_key_id(std::string_view text) {
  constexpr size_t uuid_size = 36;
  return text.size() == uuid_size && std::ranges::all_of(text, [](char c) {
           return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

const Key& key_at(sim::Scope& scope, std::string name) {
  if (name.starts_with("arn:")) {
    const std::string own = scope.arn("kms", "");
    if (name.find(":kms:") == name.npos)
      throw AwsError{"InvalidArnException", cat("Invalid arn ", name)};
    if (!name.starts_with(own)) throw not_found(cat("Key '", name, "' does not exist"));
    name.erase(0, own.size());
    if (name.starts_with("key/")) name.erase(0, std::string_view("key/").size());
  }
  if (name.starts_with("alias/")) return key_of_alias(scope, name);
  if (!is_key_id(name)) throw not_found(cat("Invalid keyId '", name, "'"));
  const Key* key = scope.view<Key>(name);
  if (!key)
    throw not_found(cat("Key '", scope.arn("kms", cat("key/", name)), "' does not exist"));
  return *key;
}

Value describe_key(Context& ctx, Input in) {
  in.ignore("GrantTokens");  // nobody is refused anything
  const Key& key = key_at(ctx, in.string("KeyId"));
  return {{"KeyMetadata",
           {{"AWSAccountId", ctx.account()},
            {"KeyId", key.id},
            {"Arn", key.arn},
            {"CreationDate", key.created},
            {"Enabled", true},
            {"Description", cat("Default key that protects my ", find_managed(key.alias)->what,
                                " when no other key is defined")},
            {"KeyUsage", "ENCRYPT_DECRYPT"},
            {"KeyState", "Enabled"},
            {"Origin", "AWS_KMS"},
            {"KeyManager", "AWS"},
            {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
            {"KeySpec", "SYMMETRIC_DEFAULT"},
            {"EncryptionAlgorithms", std::vector<std::string>{"SYMMETRIC_DEFAULT"}},
            {"MultiRegion", false}}}};
}

constexpr api::HandlerRow handlers[] = {{"DescribeKey", api::Writes, describe_key}};

}  // namespace

std::string managed_key_arn(sim::Scope& scope, std::string_view service) {
  return key_of_alias(scope, cat(managed_prefix, service)).arn;
}

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::kms),
      .handlers = {handlers},
      .events = {},
      .watches = {},
      .latencies = {},
      .records = {sim::records<Key>()},
  };
  return definition;
}

}  // namespace squall::kms
