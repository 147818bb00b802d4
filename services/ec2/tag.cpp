// Tags on every kind of EC2 resource, by one table of the kinds that may have them.
#include <functional>
#include <set>

#include "services/ec2/compute.h"
#include "services/ec2/internal.h"

namespace squall::ec2 {
namespace {

using Visit = std::function<void(std::string_view id, const Tags& tags)>;

/// A kind of resource that may be tagged; ids tell it by their prefix.
struct TaggableKind {
  std::string_view prefix, resource_type;
  /// nullptr if there is no such resource.
  const Tags* (*view)(const sim::Scope&, const std::string& id);
  Tags& (*edit)(sim::Scope&, const std::string& id);
  void (*each)(const sim::Scope&, const Visit&);
  AwsError (*missing)(const std::string& id);
};

template <class T>
const Tags* view_tags(const sim::Scope& scope, const std::string& id) {
  const T* record = scope.view<T>(id);
  return record ? &record->tags : nullptr;
}
template <class T>
Tags& edit_tags(sim::Scope& scope, const std::string& id) {
  return scope.edit<T>(id).tags;
}
template <class T>
void each_of(const sim::Scope& scope, const Visit& visit) {
  for (const T& record : scope.all<T>()) visit(record.id, record.tags);
}
template <class T>
AwsError missing_one(const std::string& id) {
  return ec2::missing(id_words<T>(), id);
}
template <class T>
constexpr TaggableKind kind(std::string_view prefix, std::string_view resource_type,
                            AwsError (*missing)(const std::string&)) {
  return {prefix, resource_type, view_tags<T>, edit_tags<T>, each_of<T>, missing};
}
template <class T>
constexpr TaggableKind kind(std::string_view prefix, std::string_view resource_type) {
  return kind<T>(prefix, resource_type, missing_one<T>);
}

AwsError missing_instance(const std::string& id) {
  return {"InvalidInstanceID.NotFound", cat("The instance ID '", id, "' does not exist")};
}
AwsError missing_image(const std::string& id) {
  return {"InvalidAMIID.NotFound", cat("The image id '[", id, "]' does not exist")};
}
AwsError missing_volume(const std::string& id) {
  return {"InvalidVolume.NotFound", cat("The volume '", id, "' does not exist.")};
}
AwsError missing_launch_template(const std::string& id) {
  return {"InvalidLaunchTemplateId.NotFound",
          cat("The specified launch template, with template ID ", id, ", does not exist.")};
}
AwsError missing_key_pair(const std::string& id) {
  return {"InvalidKeyPair.NotFound", cat("The keyPair ID '", id, "' does not exist")};
}
AwsError missing_rule(const std::string& id) {
  return {"InvalidSecurityGroupRuleId.NotFound",
          cat("The security group rule ID '", id, "' does not exist")};
}

// Rules live inside their groups, key pairs under their names: these two are found another way.
const Tags* view_rule_tags(const sim::Scope& scope, const std::string& id) {
  for (const SecurityGroup* group : scope.by<SecurityGroup>("rule:" + id))
    for (const GroupRule& rule : group->rules)
      if (rule.id == id) return &rule.tags;
  return nullptr;
}
Tags& edit_rule_tags(sim::Scope& scope, const std::string& id) {
  const std::string group = scope.by<SecurityGroup>("rule:" + id).front()->id;
  std::vector<GroupRule>& rules = scope.edit<SecurityGroup>(group).rules;
  return std::find_if(rules.begin(), rules.end(), [&](auto& r) { return r.id == id; })->tags;
}
void each_rule(const sim::Scope& scope, const Visit& visit) {
  for (const SecurityGroup& group : scope.all<SecurityGroup>())
    for (const GroupRule& rule : group.rules) visit(rule.id, rule.tags);
}
const KeyPair* find_key_pair(const sim::Scope& scope, const std::string& id) {
  for (const KeyPair& pair : scope.all<KeyPair>())
    if (pair.key_pair_id == id) return &pair;
  return nullptr;
}
const Tags* view_key_pair_tags(const sim::Scope& scope, const std::string& id) {
  const KeyPair* pair = find_key_pair(scope, id);
  return pair ? &pair->tags : nullptr;
}
Tags& edit_key_pair_tags(sim::Scope& scope, const std::string& id) {
  return scope.edit<KeyPair>(std::string(find_key_pair(scope, id)->id)).tags;
}
void each_key_pair(const sim::Scope& scope, const Visit& visit) {
  for (const KeyPair& pair : scope.all<KeyPair>()) visit(pair.key_pair_id, pair.tags);
}

const TaggableKind kinds[] = {
    kind<NetworkAcl>("acl", "network-acl"),
    kind<Image>("ami", "image", missing_image),
    kind<DhcpOptions>("dopt", "dhcp-options"),
    kind<Address>("eipalloc", "elastic-ip"),
    kind<NetworkInterface>("eni", "network-interface"),
    kind<FlowLog>("fl", "vpc-flow-log"),
    kind<Instance>("i", "instance", missing_instance),
    kind<InternetGateway>("igw", "internet-gateway"),
    {"key", "key-pair", view_key_pair_tags, edit_key_pair_tags, each_key_pair, missing_key_pair},
    kind<LaunchTemplate>("lt", "launch-template", missing_launch_template),
    kind<NatGateway>("nat", "natgateway"),
    kind<VpcPeering>("pcx", "vpc-peering-connection"),
    kind<RouteTable>("rtb", "route-table"),
    kind<SecurityGroup>("sg", "security-group"),
    {"sgr", "security-group-rule", view_rule_tags, edit_rule_tags, each_rule, missing_rule},
    kind<Snapshot>("snap", "snapshot"),
    kind<Subnet>("subnet", "subnet"),
    kind<Volume>("vol", "volume", missing_volume),
    kind<Vpc>("vpc", "vpc"),
    kind<VpcEndpoint>("vpce", "vpc-endpoint"),
};

const TaggableKind* kind_of(std::string_view id) {
  const std::string_view prefix = id.substr(0, id.find('-'));
  for (const TaggableKind& k : kinds)
    if (k.prefix == prefix) return &k;
  return nullptr;
}

const TaggableKind& require_taggable(const sim::Scope& scope, const std::string& id) {
  const TaggableKind* k = kind_of(id);
  if (!k) throw AwsError{"InvalidID", cat("The ID '", id, "' is not valid")};
  if (!k->view(scope, id)) throw k->missing(id);
  return *k;
}

AwsError too_many_tags() {
  return {"TagLimitExceeded", "The maximum number of Tags for a resource has been reached."};
}

}  // namespace

void check_tags(const std::vector<Input>& tags) {
  std::set<std::string> keys;
  for (const Input& tag : tags) {
    const std::string key = tag.string("Key"), value = tag.string("Value");
    if (key.empty()) throw invalid_parameter_value("Tag key cannot be null or empty.");
    if (key.size() > 128)
      throw invalid_parameter_value("Tag key exceeds the maximum length of 128 characters");
    if (value.size() > 256)
      throw invalid_parameter_value("Tag value exceeds the maximum length of 256 characters");
    if (equals_ignore_case(std::string_view(key).substr(0, 4), "aws:"))
      throw invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
    if (!keys.insert(key).second)
      throw invalid_parameter_value(cat("Duplicate tag key '", key, "' specified."));
  }
  if (keys.size() > tags_max) throw too_many_tags();
}

Tags tags_for(const Input& in, std::string_view resource_type) {
  for (const Input& spec : in.list("TagSpecifications")) {
    const auto type = spec.optional_string("ResourceType");
    if (!type) throw invalid_parameter_value("Tag specification resource type must have a value");
    if (*type != resource_type)
      throw invalid_parameter_value(
          cat("'", *type, "' is not a valid taggable resource type for this operation."));
    const auto tags = spec.list("Tags");
    if (tags.empty()) throw invalid_parameter_value("Tag specification must have at least one tag");
    check_tags(tags);
  }
  return tags_from_specifications(in, resource_type);
}

namespace {

Value create_tags(Context& ctx, Input in) {
  const auto list = in.list("Tags");
  if (list.empty()) throw missing_parameter("tagSet");
  check_tags(list);
  const Tags added = tags_from(list);
  for (const std::string& id : in.strings("Resources")) {
    Tags& tags = require_taggable(ctx, id).edit(ctx, id);
    for (const auto& [key, value] : added) tags[key] = value;
    if (tags.size() > tags_max) throw too_many_tags();
  }
  return Value::map();
}

Value delete_tags(Context& ctx, Input in) {
  const auto list = in.list("Tags");
  for (const std::string& id : in.strings("Resources")) {
    Tags& tags = require_taggable(ctx, id).edit(ctx, id);
    if (list.empty()) {
      std::erase_if(tags, [](const auto& tag) { return !tag.first.starts_with("aws:"); });
      continue;
    }
    for (const Input& wanted : list) {
      const auto at = tags.find(wanted.string("Key"));
      const auto value = wanted.optional_string("Value");
      if (at != tags.end() && (!value || *value == at->second)) tags.erase(at);
    }
  }
  return Value::map();
}

struct ShownTag {
  std::string id;  // resource and key: the order of pages
  std::string resource_id;
  std::string_view resource_type;
  Tags tags;  // this one
  const std::string& key() const { return tags.begin()->first; }
  const std::string& value() const { return tags.begin()->second; }
};

const FilterRow<ShownTag> filters[] = {
    {"key", [](const ShownTag& t) { return Strings{t.key()}; }},
    {"value", [](const ShownTag& t) { return Strings{t.value()}; }},
    {"resource-id", [](const ShownTag& t) { return Strings{t.resource_id}; }},
    {"resource-type", [](const ShownTag& t) { return Strings{std::string(t.resource_type)}; }},
};

void add_tags(std::vector<ShownTag>& all, const TaggableKind& k, std::string_view id,
              const Tags& tags) {
  for (const auto& [key, value] : tags)
    all.push_back({cat(id, '/', key), std::string(id), k.resource_type, {{key, value}}});
}

bool is_exact(const Strings& values) {
  return std::none_of(values.begin(), values.end(),
                      [](const std::string& v) { return v.find_first_of("*?\\") != v.npos; });
}

/// The tags of the resources that the filters name exactly, else of all kinds that they allow.
std::vector<ShownTag> candidates(const Context& ctx, const Input& in) {
  std::vector<ShownTag> all;
  Strings types;
  for (const Filter& filter : filters_from(in)) {
    if (filter.name == "resource-type" && is_exact(filter.values)) types = filter.values;
    if (filter.name != "resource-id" || !is_exact(filter.values)) continue;
    for (const std::string& id :
         std::set<std::string>(filter.values.begin(), filter.values.end())) {
      const TaggableKind* k = kind_of(id);
      const Tags* tags = k ? k->view(ctx, id) : nullptr;
      if (tags) add_tags(all, *k, id, *tags);
    }
    return all;
  }
  for (const TaggableKind& k : kinds) {
    if (!types.empty() && !matches_any(types, {std::string(k.resource_type)})) continue;
    k.each(ctx, [&](std::string_view id, const Tags& tags) { add_tags(all, k, id, tags); });
  }
  return all;
}

Value describe_tags_of_all(Context& ctx, Input in) {
  const FilterSet<ShownTag> wanted(in, filters);
  const PageRequest page = page_of(in);
  const SortedRange<ShownTag> all(candidates(ctx, in));
  const Page found = paginate(
      all, page, [&](const ShownTag& t) { return wanted.matches(t); },
      [](const ShownTag& t) {
        return Value{{"Key", t.key()},
                     {"ResourceId", t.resource_id},
                     {"ResourceType", t.resource_type},
                     {"Value", t.value()}};
      });
  return {{"Tags", found.items}, {"NextToken", found.next_token}};
}

}  // namespace

HandlerRows tag_rows() {
  static const HandlerRow rows[] = {
      {"CreateTags", Writes, create_tags},
      {"DeleteTags", Writes, delete_tags},
      {"DescribeTags", Reads, describe_tags_of_all},
  };
  return rows;
}

}  // namespace squall::ec2
