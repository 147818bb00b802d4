// Log groups: create, describe, delete, retention, keys, deletion protection.
#include <algorithm>

#include "services/common/page.h"
#include "services/logs/internal.h"

namespace squall::logs {
namespace {

Value create_log_group(Context& ctx, Input in) {
  const std::string name = in.string("logGroupName");
  if (ctx.has<LogGroup>(name)) throw already_exists("log group");
  if (name.starts_with("aws/"))
    throw invalid_parameter("Log groups starting with aws/ are reserved.");
  LogGroup group;
  group.id = name;
  group.kms_key_id = in.string("kmsKeyId");
  group.group_class = in.string("logGroupClass", "STANDARD");
  group.deletion_protection = in.boolean("deletionProtectionEnabled");
  group.created = ctx.now();
  for (auto& [key, value] : in.string_map("tags")) group.tags[key] = value;
  ctx.add(std::move(group));
  return Value::map();
}

Value delete_log_group(Context& ctx, Input in) {
  const std::string name = in.string("logGroupName");
  const LogGroup* group = ctx.view<LogGroup>(name);
  if (!group) throw group_not_found();
  if (group->deletion_protection) {
    throw AwsError{"InvalidOperationException",
                   "The log group has deletion protection enabled and cannot be deleted."};
  }
  for (const LogStream* stream : ctx.by<LogStream>(cat("group:", name)))
    erase_stream(ctx, std::string(stream->id));
  ctx.erase<LogGroup>(name);
  return Value::map();
}

int64_t stored_bytes(const Context& ctx, const LogGroup& group) {
  int64_t bytes = 0;
  for (const LogStream* stream : ctx.by<LogStream>(cat("group:", group.id)))
    bytes += stream->stored_bytes;
  return bytes;
}

Value describe(const Context& ctx, const LogGroup& g) {
  const std::string arn = group_arn(ctx, g.id);
  Value v{{"logGroupName", g.id},
          {"creationTime", milliseconds(g.created)},
          {"retentionInDays", Value(g.retention_days)},
          {"metricFilterCount", 0},
          {"arn", arn + ":*"},
          {"storedBytes", stored_bytes(ctx, g)},
          {"logGroupClass", g.group_class},
          {"logGroupArn", arn},
          {"deletionProtectionEnabled", g.deletion_protection}};
  if (!g.kms_key_id.empty()) v.add("kmsKeyId", g.kms_key_id);
  return v;
}

Value describe_log_groups(Context& ctx, Input in) {
  const std::string prefix = in.string("logGroupNamePrefix"),
                    pattern = in.string("logGroupNamePattern"),
                    group_class = in.string("logGroupClass");
  auto wanted = in.strings("logGroupIdentifiers");
  for (std::string& id : wanted)
    if (const size_t at = id.find(":log-group:"); at != id.npos) id = id.substr(at + 11);
  in.ignore("accountIdentifiers");     // there are no linked monitoring accounts
  in.ignore("includeLinkedAccounts");
  if (!prefix.empty() && !pattern.empty()) {
    throw invalid_parameter(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const PageRequest request =
      page_request(in.string("nextToken"), in.integer("limit", 50),
                   invalid_parameter("The specified nextToken is invalid."));
  const Page page = paginate(
      ctx.all<LogGroup>(), request,
      [&](const LogGroup& g) {
        return g.id.starts_with(prefix) &&
               (pattern.empty() || g.id.find(pattern) != g.id.npos) &&
               (group_class.empty() || g.group_class == group_class) &&
               (wanted.empty() || std::ranges::find(wanted, g.id) != wanted.end());
      },
      [&](const LogGroup& g) { return describe(ctx, g); });
  return {{"logGroups", page.items}, {"nextToken", page.next_token}};
}

LogGroup& edit_group(Context& ctx, const std::string& name) {
  if (!ctx.has<LogGroup>(name)) throw group_not_found();
  return ctx.edit<LogGroup>(name);
}

Value put_retention_policy(Context& ctx, Input in) {
  static const std::vector<int64_t> allowed{1,   3,   5,   7,    14,   30,   60,   90,
                                            120, 150, 180, 365,  400,  545,  731,  1096,
                                            1827, 2192, 2557, 2922, 3288, 3653};
  const int64_t days = in.integer("retentionInDays");
  if (std::ranges::find(allowed, days) == allowed.end()) {
    std::string set;
    for (const int64_t d : allowed) set += cat(set.empty() ? "" : ", ", d);
    throw invalid_parameter(cat("1 validation error detected: Value '", days,
                                "' at 'retentionInDays' failed to satisfy constraint: Member must "
                                "satisfy enum value set: [", set, "]"));
  }
  edit_group(ctx, in.string("logGroupName")).retention_days = days;
  return Value::map();
}

Value delete_retention_policy(Context& ctx, Input in) {
  edit_group(ctx, in.string("logGroupName")).retention_days.reset();
  return Value::map();
}

std::string name_from_identifier(const Input& in, std::string_view member) {
  const std::string id = in.string(member);
  const size_t at = id.find(":log-group:");
  return at == id.npos ? id : id.substr(at + 11);
}

Value associate_kms_key(Context& ctx, Input in) {
  const std::string name = in.has("logGroupName") ? in.string("logGroupName")
                                                  : name_from_identifier(in, "resourceIdentifier");
  edit_group(ctx, name).kms_key_id = in.string("kmsKeyId");
  return Value::map();
}

Value disassociate_kms_key(Context& ctx, Input in) {
  const std::string name = in.has("logGroupName") ? in.string("logGroupName")
                                                  : name_from_identifier(in, "resourceIdentifier");
  edit_group(ctx, name).kms_key_id.clear();
  return Value::map();
}

Value put_deletion_protection(Context& ctx, Input in) {
  edit_group(ctx, name_from_identifier(in, "logGroupIdentifier")).deletion_protection =
      in.boolean("deletionProtectionEnabled");
  return Value::map();
}

}  // namespace

std::span<const api::HandlerRow> group_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateLogGroup", api::Writes, create_log_group},
      {"DeleteLogGroup", api::Writes, delete_log_group},
      {"DescribeLogGroups", api::Reads, describe_log_groups},
      {"PutRetentionPolicy", api::Writes, put_retention_policy},
      {"DeleteRetentionPolicy", api::Writes, delete_retention_policy},
      {"AssociateKmsKey", api::Writes, associate_kms_key},
      {"DisassociateKmsKey", api::Writes, disassociate_kms_key},
      {"PutLogGroupDeletionProtection", api::Writes, put_deletion_protection},
  };
  return rows;
}

}  // namespace squall::logs
