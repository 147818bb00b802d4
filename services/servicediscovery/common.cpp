// Finding Cloud Map's records, and the filters of its lists.
#include <algorithm>

#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {

std::string id_of(std::string_view id_or_arn) {
  if (!id_or_arn.starts_with("arn:")) return std::string(id_or_arn);
  const size_t slash = id_or_arn.rfind('/');
  return std::string(slash == id_or_arn.npos ? id_or_arn : id_or_arn.substr(slash + 1));
}

std::vector<std::string> Operation::index_keys() const {
  std::vector<std::string> keys;
  if (!client_token.empty()) keys.push_back("token:" + client_token);
  const bool is_open = status == "SUBMITTED" || status == "PENDING";
  if (is_open && type == "UPDATE_SERVICE") keys.push_back("updating:" + targets.at("SERVICE"));
  return keys;
}

std::string namespace_arn(const sim::Scope& scope, std::string_view id) {
  return scope.arn("servicediscovery", cat("namespace/", id));
}

std::string service_arn(const sim::Scope& scope, std::string_view id) {
  return scope.arn("servicediscovery", cat("service/", id));
}

const Namespace& require_namespace(const sim::Scope& scope, std::string_view id_or_arn) {
  const Namespace* found = scope.view<Namespace>(id_of(id_or_arn));
  if (!found) throw namespace_not_found(id_or_arn);
  return *found;
}

const Service* find_service(const sim::Scope& scope, std::string_view id_or_arn) {
  return scope.view<Service>(id_of(id_or_arn));
}

const Service& require_service(const sim::Scope& scope, std::string_view id_or_arn) {
  const Service* found = find_service(scope, id_or_arn);
  if (!found) throw service_not_found(id_or_arn);
  return *found;
}

std::string instance_key(std::string_view service_id, std::string_view instance_id) {
  return cat(service_id, "/", instance_id);
}

const Instance& require_instance(const sim::Scope& scope, const Service& service,
                                 std::string_view instance_id) {
  const Instance* found = scope.view<Instance>(instance_key(service.id, instance_id));
  if (!found) throw instance_not_found(instance_id);
  return *found;
}

std::vector<const Instance*> instances_of(const sim::Scope& scope, std::string_view service_id) {
  return scope.by<Instance>(cat("service:", service_id));
}

const Namespace* namespace_by_http_name(const sim::Scope& scope, std::string_view name) {
  for (const Namespace* found : scope.by<Namespace>(cat("http-name:", name)))
    if (found->active) return found;
  return nullptr;
}

const Service* service_by_name(const sim::Scope& scope, std::string_view namespace_id,
                               std::string_view name) {
  for (const Service* found : scope.by<Service>(cat("namespace:", namespace_id)))
    if (equals_ignore_case(found->name, name)) return found;
  return nullptr;
}

void bump_revision(sim::Scope& scope, const std::string& service_id) {
  if (scope.has<Service>(service_id)) ++scope.edit<Service>(service_id).revision;
}

bool is_health_checked(const Service& service) {
  return service.custom_health || service.health_check.has_value();
}

Value describe_attributes(const Attributes& attributes) {
  Value map = Value::map();
  for (const auto& [key, value] : attributes) map.add(Key::copy(key), value);
  return map;
}

AwsError bad_token() { return invalid_input("The NextToken is not valid."); }

bool ListFilter::matches(std::string_view text) const {
  return std::ranges::any_of(values, [&](const std::string& value) {
    return condition == "BEGINS_WITH" ? text.starts_with(value) : text == value;
  });
}

std::vector<ListFilter> list_filters(const Input& in, std::span<const FilterRule> rules) {
  std::vector<ListFilter> filters;
  for (const Input& given : in.list("Filters")) {
    ListFilter filter{given.string("Name"), given.string("Condition", "EQ"),
                      given.strings("Values")};
    const auto rule =
        std::ranges::find_if(rules, [&](const FilterRule& r) { return r.name == filter.name; });
    if (rule == rules.end())
      throw invalid_input(cat("The filter ", filter.name, " is not supported here."));
    if (std::ranges::find(rule->conditions, filter.condition) == rule->conditions.end())
      throw invalid_input(cat("The filter ", filter.name, " does not support the condition ",
                              filter.condition, "."));
    const size_t wanted = filter.condition == "BETWEEN" ? 2 : 1;
    if (filter.condition == "IN" ? filter.values.empty() : filter.values.size() != wanted)
      throw invalid_input(cat("The condition ", filter.condition, " takes ", wanted, " value",
                              wanted == 1 ? "" : "s", "."));
    filters.push_back(std::move(filter));
  }
  return filters;
}

}  // namespace squall::servicediscovery
