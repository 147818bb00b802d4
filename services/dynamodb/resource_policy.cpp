// Resource policies of tables and streams: stored documents with revisions. Nobody evaluates them:
// a local server has one principal.
#include "emulator/protocol/json.h"
#include "services/dynamodb/stream_log.h"
#include "services/dynamodb/table_settings.h"

namespace squall::dynamodb {
namespace {

constexpr size_t policy_bytes_max = 20 * 1024;

/// The document and its revision, wherever the resource keeps them.
struct Place {
  const Table* table = nullptr;  // otherwise a stream's
  std::string stream;
};

Place place_of(Context& ctx, const std::string& arn) {
  if (!arn.starts_with("arn:") || arn.find(":dynamodb:") == arn.npos)
    throw invalid(cat("Invalid ResourceArn: ", arn));
  if (arn.find("/stream/") != arn.npos) {
    if (!has_stream(ctx, arn))
      throw AwsError{"ResourceNotFoundException",
                     cat("Requested resource not found: Stream: ", arn, " not found")};
    return {nullptr, arn};
  }
  const Table* table = find_table(ctx, arn);
  if (!table || arn.find("/index/") != arn.npos)
    throw AwsError{"ResourceNotFoundException",
                   cat("Requested resource not found: ResourceArn: ", arn, " not found")};
  return {table, {}};
}

struct Policy {
  std::string text, revision;
};

Policy policy_at(Context& ctx, const Place& place) {
  if (const Table* table = place.table) {
    const bool came_with_it = table->policy_revision.empty() && !table->resource_policy.empty();
    return {table->resource_policy, came_with_it
                                        ? std::to_string(to_ns(table->created) / 1'000'000)
                                        : table->policy_revision};
  }
  const Stream& stream = *ctx.view<Stream>(place.stream);
  return {stream.policy, stream.policy_revision};
}

void set_policy(Context& ctx, const Place& place, const Policy& policy) {
  if (place.table) {
    Table& table = ctx.edit<Table>(place.table->id);
    table.resource_policy = policy.text;
    table.policy_revision = policy.revision;
    return;
  }
  Stream& stream = ctx.edit<Stream>(place.stream);
  stream.policy = policy.text;
  stream.policy_revision = policy.revision;
}

AwsError policy_not_found() {
  return {"PolicyNotFoundException",
          "The operation tried to access a nonexistent resource-based policy."};
}

/// ExpectedRevisionId against what is there.
void check_revision(const std::optional<std::string>& expected, const Policy& there) {
  if (!expected) return;
  const bool none_wanted = *expected == "NO_POLICY";
  if (none_wanted ? !there.text.empty() : *expected != there.revision)
    throw AwsError{"PolicyNotFoundException",
                   "Resource-based policy not found with the provided revision id."};
}

void check_document(const std::string& policy) {
  Value document;
  if (policy.size() > policy_bytes_max)
    throw invalid("Resource policy size limit exceeded: the limit is 20 KB");
  if (!protocol::parse_json(policy, document) || !document.is_map() ||
      document.at("Statement").is_absent())
    throw invalid("Invalid policy document: Error parsing policy document");
}

void require_settled(const sim::Scope& scope, const Place& place) {
  if (place.table) require_usable(*place.table);
  check_under_way(scope);
}

Value put_policy(Context& ctx, Input in) {
  const std::string arn = in.string("ResourceArn"), policy = in.string("Policy");
  const auto expected = in.optional_string("ExpectedRevisionId");
  // There is one principal, the account's root, whose access no policy takes away.
  in.ignore("ConfirmRemoveSelfResourceAccess");
  check_document(policy);
  const Place place = place_of(ctx, arn);
  require_settled(ctx, place);
  const Policy there = policy_at(ctx, place);
  check_revision(expected, there);
  if (there.text == policy) return {{"RevisionId", there.revision}};
  const std::string revision = cat(to_ns(ctx.now()) / 1'000'000,
                                   ctx.next_ordinal("dynamodb-policy-revision"));
  set_policy(ctx, place, {policy, revision});
  return {{"RevisionId", revision}};
}

Value get_policy(Context& ctx, Input in) {
  const Policy there = policy_at(ctx, place_of(ctx, in.string("ResourceArn")));
  if (there.text.empty()) throw policy_not_found();
  return {{"Policy", there.text}, {"RevisionId", there.revision}};
}

/// Without a policy there is nothing to do and no revision to show.
Value delete_policy(Context& ctx, Input in) {
  const Place place = place_of(ctx, in.string("ResourceArn"));
  const auto expected = in.optional_string("ExpectedRevisionId");
  require_settled(ctx, place);
  const Policy there = policy_at(ctx, place);
  check_revision(expected, there);
  if (there.text.empty()) return Value::map();
  set_policy(ctx, place, {});
  return {{"RevisionId", there.revision}};
}

}  // namespace

std::span<const api::HandlerRow> policy_rows() {
  static const api::HandlerRow rows[] = {{"PutResourcePolicy", api::Writes, put_policy},
                                         {"GetResourcePolicy", api::Reads, get_policy},
                                         {"DeleteResourcePolicy", api::Writes, delete_policy}};
  return rows;
}

}  // namespace squall::dynamodb
