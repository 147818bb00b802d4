// Names, tags and pages: what every ECS operation reads and shows alike.
#include <algorithm>

#include "services/ecs/registry.h"

namespace squall::ecs {
namespace {

constexpr size_t tags_max = 50, key_max = 128, value_max = 256, page_max = 100;

bool is_identifier(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
}

/// What follows "arn:aws:ecs:REGION:ACCOUNT:"; empty unless it is such an ARN.
std::string_view resource_of(std::string_view arn) {
  const auto parts = split(arn, ':');
  if (parts.size() < 6 || parts[0] != "arn" || parts[2] != "ecs") return {};
  // The rest may hold colons: "task-definition/web:3".
  return arn.substr(static_cast<size_t>(parts[5].data() - arn.data()));
}

}  // namespace

std::string name_of(std::string_view name_or_arn, std::string_view resource_type) {
  std::string_view name = name_or_arn;
  if (name.starts_with("arn:")) {
    const std::string_view resource = resource_of(name);
    if (resource.empty())
      throw invalid_parameter("Invalid identifier: Unexpected number of separators");
    const std::string prefix = cat(resource_type, '/');
    if (!resource.starts_with(prefix))
      throw invalid_parameter(cat("Invalid identifier: Expected '", resource_type, "' but was '",
                                  resource.substr(0, resource.find('/')), "'"));
    name = resource.substr(prefix.size());
  }
  if (resource_type != "cluster") return std::string(name);
  if (name.find('/') != std::string_view::npos)
    throw invalid_parameter("Invalid identifier: Unexpected number of separators");
  if (!is_identifier(name)) throw invalid_parameter("Identifier contains invalid characters.");
  if (name.size() > 255)
    throw invalid_parameter("Identifier length should be less than or equal to 255.");
  return std::string(name);
}

std::string_view last_part(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

void check_owner(const sim::Scope& scope, std::string_view name_or_arn) {
  if (resource_of(name_or_arn).empty()) return;
  const auto parts = split(name_or_arn, ':');
  if (parts[3] != scope.region()) throw invalid_parameter("Invalid Region in ARN");
  if (parts[4] != scope.account())
    throw invalid_parameter(cat("Invalid identifier: Identifier is for ", parts[4],
                                ". Your accountId is ", scope.account()));
}

std::string id_in(const sim::Scope& scope, std::string_view cluster,
                  std::string_view resource_type, std::string_view id_or_arn) {
  const std::string path = name_of(id_or_arn, resource_type);
  check_owner(scope, id_or_arn);
  const size_t slash = path.find('/');  // the ARN's old form names no cluster
  if (id_or_arn.starts_with("arn:") && slash != std::string::npos &&
      std::string_view(path).substr(0, slash) != cluster)
    throw invalid_parameter(cat("Invalid identifier: Identifier is for cluster ",
                                path.substr(0, slash), ". Your cluster is ", cluster));
  return std::string(last_part(path));
}

void check_cluster_of(const sim::Scope& scope, std::string_view arn) {
  const auto path = split(resource_of(arn), '/');
  if (path.size() < 3)
    throw invalid_parameter("Invalid identifier: Unexpected number of separators");
  check_owner(scope, arn);
  if (!scope.has<Cluster>(path[1])) throw cluster_not_found();
}

void check_family(std::string_view family) {
  if (!is_identifier(family)) throw client_exception("Family contains invalid characters.");
}

Tags read_tags(const Input& in, std::string_view member) {
  Tags tags;
  for (const Input& tag : in.list(member)) {
    const std::string key = tag.string("key"), value = tag.string("value");
    if (key.empty()) throw invalid_parameter("Tag key cannot be null or empty.");
    if (key.size() > key_max)
      throw invalid_parameter(cat("Tag key must not be longer than ", key_max, " characters."));
    if (value.size() > value_max)
      throw invalid_parameter(cat("Tag value must not be longer than ", value_max,
                                  " characters."));
    if (to_lower(key).starts_with("aws:"))
      throw invalid_parameter("Tag keys and values cannot start with 'aws:'.");
    if (!tags.emplace(key, value).second)
      throw invalid_parameter(cat("Duplicate tag keys found: ", key));
  }
  if (tags.size() > tags_max)
    throw invalid_parameter(cat("A resource cannot have more than ", tags_max, " tags."));
  return tags;
}

Value describe_tags_of(const Tags& tags) {
  return list_of(tags, [](const auto& tag) -> Value {
    return {{"key", tag.first}, {"value", tag.second}};
  });
}

Slice slice_of(const std::vector<std::string>& keys, const Input& in, bool descending,
               size_t limit_default) {
  const int64_t limit = in.integer("maxResults", static_cast<int64_t>(limit_default));
  if (limit < 1 || limit > static_cast<int64_t>(page_max))
    throw invalid_parameter("maxResults should be between 1 and 100.");
  std::string after;
  if (const std::string token = in.string("nextToken"); !token.empty()) {
    const auto decoded = base64_decode(token);
    if (!decoded || !decoded->starts_with("v1:")) throw invalid_parameter("Invalid token.");
    after = decoded->substr(3);
  }
  Slice slice;
  for (const std::string& key : keys) {
    if (!after.empty() && (descending ? key >= after : key <= after)) continue;
    if (static_cast<int64_t>(slice.keys.size()) == limit) {
      slice.next_token = Value(base64_encode(cat("v1:", slice.keys.back())));
      break;
    }
    slice.keys.push_back(key);
  }
  return slice;
}

Value missing(std::string_view arn) { return {{"arn", arn}, {"reason", "MISSING"}}; }

}  // namespace squall::ecs
