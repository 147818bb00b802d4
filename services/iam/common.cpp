// Ids, paths, documents, tags and pages, as all of IAM's entities have them.
#include "services/common/value_json.h"
#include "services/iam/internal.h"

namespace squall::iam {

std::string new_entity_id(sim::Scope& scope, std::string_view prefix, std::string_view name) {
  // IAM's ids are of the base 32 alphabet; a hex digit picks from one half of it or the other.
  std::string id = scope.new_hex(prefix, 17, name);
  for (size_t i = 0; i < id.size(); ++i) {
    const int digit = id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10;
    id[i] = (i % 2 ? "QRSTUVWXYZ234567" : "ABCDEFGHIJKLMNOP")[digit];
  }
  return cat(prefix, id);
}

std::string entity_arn(const sim::Scope& scope, std::string_view type, std::string_view path,
                       std::string_view name) {
  return scope.global_arn("iam", cat(type, path, name));
}

std::string path_of(const Input& in) {
  std::string path = in.string("Path", "/");
  if (path.empty() || path.front() != '/' || path.back() != '/')
    throw validation_error("The specified value for path is invalid. It must begin and end with / "
                           "and contain only alphanumeric characters and/or / characters.");
  return path;
}

std::string check_policy(std::string document) {
  const Value parsed = value_from_json(document);
  if (!parsed.is_map()) throw malformed_policy("This policy contains invalid Json");
  const Value statements = parsed.at("Statement");
  if (!statements.is_list() && !statements.is_map())
    throw malformed_policy("Syntax errors in policy.");
  const Value version = parsed.at("Version");
  if (!version.is_absent() && version.text() != "2012-10-17" && version.text() != "2008-10-17")
    throw malformed_policy("The policy must contain a valid version string");
  auto check = [](const Value& statement) {
    const std::string_view effect = statement.at("Effect").text();
    if (!statement.is_map() || (effect != "Allow" && effect != "Deny") ||
        (!statement.find("Action") && !statement.find("NotAction")))
      throw malformed_policy("Syntax errors in policy.");
  };
  if (statements.is_map()) check(statements);
  for (const Value& statement : statements.items()) check(statement);
  return document;
}

Tags checked_tags(const Input& in) {
  const auto list = in.list("Tags");
  Tags tags = tags_from(list);
  if (tags.size() != list.size())
    throw AwsError{"InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case "
                                   "insensitive."};
  for (const auto& [key, value] : tags)
    if (to_lower(key).starts_with("aws:"))
      throw AwsError{"InvalidInput",
                     "aws: prefixed tag key names are not allowed for external use."};
  constexpr size_t tags_max = 50;
  if (tags.size() > tags_max) throw limit_exceeded("TagsPerEntity", tags_max);
  return tags;
}

PageRequest page_of(const Input& in) {
  return page_request(in.string("Marker"), in.integer("MaxItems", 100),
                      validation_error("Invalid Marker."));
}

Value paged(Key out, const Page& page) {
  Value answer = Value::map();
  answer.add(out, page.items);
  answer.add("IsTruncated", !page.next_token.is_absent());
  answer.add("Marker", page.next_token);
  return answer;
}

namespace {
struct Named {
  std::string id;
};
struct NamedRange {
  std::vector<Named> all;
  auto begin() const { return all.begin(); }
  auto end() const { return all.end(); }
  auto after(std::string_view id) const {
    return std::ranges::find_if(all, [&](const Named& n) { return n.id > id; });
  }
};
}  // namespace

Value page_strings(const Input& in, Key out, const std::vector<std::string>& all,
                   Value (*show)(const std::string&)) {
  NamedRange range;
  for (const std::string& text : all) range.all.push_back({text});
  std::ranges::sort(range.all, {}, &Named::id);
  return paged(out, paginate(range, page_of(in), [](const Named&) { return true; },
                             [&](const Named& n) { return show(n.id); }));
}

Value list_tags(const Input& in, const Tags& tags) {
  in.ignore("Marker");  // an entity's fifty tags always fit one page
  in.ignore("MaxItems");
  return {{"Tags", describe_tags(tags)}, {"IsTruncated", false}};
}

void change_tags(Tags& tags, const Input& in) {
  for (const auto& [key, value] : checked_tags(in)) tags[key] = value;
  constexpr size_t tags_max = 50;
  if (tags.size() > tags_max) throw limit_exceeded("TagsPerEntity", tags_max);
}

void remove_tags(Tags& tags, const Input& in) {
  for (const std::string& key : in.strings("TagKeys")) tags.erase(key);
}

}  // namespace squall::iam
