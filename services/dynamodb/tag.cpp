// Tags of tables, and the account's limits and endpoints.
#include "services/dynamodb/internal.h"

namespace squall::dynamodb {
namespace {

constexpr size_t tags_max = 50, page_max = 10;

const Table& tagged(Context& ctx, const std::string& arn) {
  const auto parts = split(arn, ':');
  constexpr size_t arn_parts = 6;
  if (parts.size() < arn_parts || parts[2] != "dynamodb" || !parts[5].starts_with("table/"))
    throw invalid(cat("Invalid TableArn: Invalid ResourceArn provided as input ", arn));
  if (parts[4] != ctx.account())
    throw AwsError{"AccessDeniedException",
                   cat("User: ", ctx.caller_arn, " is not authorized to perform: dynamodb:",
                       ctx.operation(), " on resource: ", arn)};
  const Table* table = find_table(ctx, arn);
  if (!table)
    throw AwsError{"ResourceNotFoundException",
                   cat("Requested resource not found: ResourcArn: ", arn, " not found")};
  return *table;
}

/// The same to change its tags: not while it is made or deleted.
const Table& taggable(Context& ctx, const std::string& arn) {
  const Table& table = tagged(ctx, arn);
  if (table.status == "CREATING" || table.status == "DELETING") require_active(table);
  check_under_way(ctx);
  return table;
}

Value tag_resource(Context& ctx, Input in) {
  const Table& table = taggable(ctx, in.string("ResourceArn"));
  Tags tags = table.tags;
  for (const auto& [key, value] : tags_from(in.list("Tags"))) {
    if (key.starts_with("aws:"))
      throw invalid_parameter(
          "Tag keys starting with 'aws:' are reserved for system use and can not be specified");
    tags[key] = value;
  }
  if (tags.size() > tags_max)
    throw invalid_parameter("Too many tags: the limit is 50 tags a resource");
  ctx.edit<Table>(table.id).tags = std::move(tags);
  return Value::map();
}

Value untag_resource(Context& ctx, Input in) {
  const Table& table = taggable(ctx, in.string("ResourceArn"));
  Table& edited = ctx.edit<Table>(table.id);
  for (const std::string& key : in.strings("TagKeys")) edited.tags.erase(key);
  return Value::map();
}

Value list_tags(Context& ctx, Input in) {
  const Table& table = tagged(ctx, in.string("ResourceArn"));
  const std::string token = in.string("NextToken");
  std::string after;
  if (!token.empty()) {
    const auto decoded = base64_decode(token);
    if (!decoded) throw invalid_parameter("Invalid NextToken");
    after = *decoded;
  }
  Value list = Value::list();
  Value next;
  std::string last;
  for (const auto& [key, value] : table.tags) {
    if (!after.empty() && key <= after) continue;
    if (list.size() == page_max) {
      next = Value(base64_encode(last));
      break;
    }
    list.push({{"Key", key}, {"Value", value}});
    last = key;
  }
  return {{"Tags", list}, {"NextToken", next}};
}

Value describe_limits(Context&, Input) {
  constexpr int64_t account = 80'000, table = 40'000;
  return {{"AccountMaxReadCapacityUnits", account},
          {"AccountMaxWriteCapacityUnits", account},
          {"TableMaxReadCapacityUnits", table},
          {"TableMaxWriteCapacityUnits", table}};
}

/// Clients that discover endpoints must find this server again.
Value describe_endpoints(Context& ctx, Input) {
  constexpr int64_t minutes = 1440;
  Value list = Value::list();
  list.push({{"Address", ctx.advertised_host}, {"CachePeriodInMinutes", minutes}});
  return {{"Endpoints", list}};
}

}  // namespace

std::span<const api::HandlerRow> tag_rows() {
  static const api::HandlerRow rows[] = {{"TagResource", api::Writes, tag_resource},
                                         {"UntagResource", api::Writes, untag_resource},
                                         {"ListTagsOfResource", api::Reads, list_tags},
                                         {"DescribeLimits", api::Reads, describe_limits},
                                         {"DescribeEndpoints", api::Reads, describe_endpoints}};
  return rows;
}

}  // namespace squall::dynamodb
