// Registering and deregistering instances: for the API, and for ECS, which does so for its tasks.
#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr size_t attributes_max = 30, attribute_characters_max = 5000, instances_max = 1000;

constexpr std::string_view reserved[] = {
    "AWS_ALIAS_DNS_NAME", "AWS_EC2_INSTANCE_ID", "AWS_INIT_HEALTH_STATUS", "AWS_INSTANCE_CNAME",
    "AWS_INSTANCE_IPV4",  "AWS_INSTANCE_IPV6",   "AWS_INSTANCE_PORT"};

void check_sizes(const Attributes& attributes) {
  size_t characters = 0, custom = 0;
  for (const auto& [key, value] : attributes) {
    characters += key.size() + value.size();
    const bool known = std::ranges::find(reserved, key) != std::end(reserved);
    custom += !known;
    if (!known && key.starts_with("AWS_"))
      throw invalid_input(cat("The attribute ", key, " is not known."));
  }
  if (custom > attributes_max || characters > attribute_characters_max)
    throw invalid_input("Up to 30 custom attributes and 5,000 characters are allowed.");
}

bool has_record(const Service& service, std::string_view type) {
  return std::ranges::any_of(service.records, [&](const auto& r) { return r.type == type; });
}

void require_attribute(const Attributes& attributes, const char* name, std::string_view why) {
  if (!attributes.contains(name))
    throw invalid_input(cat("The attribute ", name, " is required because ", why, "."));
}

bool is_ipv6(std::string_view text) {
  return std::ranges::count(text, ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos;
}

void check_forms(const Attributes& attributes) {
  const auto value = [&](const char* name) -> const std::string* {
    const auto at = attributes.find(name);
    return at == attributes.end() ? nullptr : &at->second;
  };
  if (const auto* ip = value("AWS_INSTANCE_IPV4"); ip && !parse_ipv4(*ip))
    throw invalid_input(cat("AWS_INSTANCE_IPV4 is not a valid IPv4 address: ", *ip));
  if (const auto* ip = value("AWS_INSTANCE_IPV6"); ip && !is_ipv6(*ip))
    throw invalid_input(cat("AWS_INSTANCE_IPV6 is not a valid IPv6 address: ", *ip));
  if (const auto* port = value("AWS_INSTANCE_PORT")) {
    const auto number = parse_int(*port);
    if (!number || *number < 0 || *number > 65535)
      throw invalid_input(cat("AWS_INSTANCE_PORT is not a valid port: ", *port));
  }
  if (const auto* health = value("AWS_INIT_HEALTH_STATUS");
      health && *health != "HEALTHY" && *health != "UNHEALTHY")
    throw invalid_input("AWS_INIT_HEALTH_STATUS must be HEALTHY or UNHEALTHY.");
}

void check_alias(const Service& service, const Attributes& attributes) {
  if (service.routing != "WEIGHTED" || service.health_check ||
      !(has_record(service, "A") || has_record(service, "AAAA")))
    throw invalid_input(
        "AWS_ALIAS_DNS_NAME needs a service with A or AAAA records, the routing policy WEIGHTED "
        "and no HealthCheckConfig.");
  for (const auto& [key, value] : attributes)
    if (key.starts_with("AWS_INSTANCE_"))
      throw invalid_input("AWS_ALIAS_DNS_NAME cannot be combined with AWS_INSTANCE attributes.");
}

void fill_in_ec2_instance(const sim::Scope& scope, const Service& service,
                          Attributes& attributes) {
  const std::string id = attributes.at("AWS_EC2_INSTANCE_ID");
  const auto* space = scope.view<Namespace>(service.namespace_id);
  if (!space || space->type != "HTTP")
    throw invalid_input("AWS_EC2_INSTANCE_ID is supported in HTTP namespaces only.");
  for (const auto& [key, value] : attributes)
    if (key.starts_with("AWS_") && key != "AWS_EC2_INSTANCE_ID" && key != "AWS_INIT_HEALTH_STATUS")
      throw invalid_input(cat("AWS_EC2_INSTANCE_ID cannot be combined with ", key, "."));
  const auto* instance = scope.view<ec2::Instance>(id);
  if (!instance || instance->state == "terminated")
    throw invalid_input(cat("The EC2 instance ", id, " does not exist."));
  attributes["AWS_INSTANCE_IPV4"] = instance->private_ip;
}

void set_registered(sim::Scope& scope, const Service& service, Instance& instance) {
  const auto initial = instance.attributes.find("AWS_INIT_HEALTH_STATUS");
  instance.health = !is_health_checked(service)                  ? "UNKNOWN"
                    : initial != instance.attributes.end()       ? initial->second
                                                                 : "HEALTHY";
  instance.next_health.clear();
  instance.active = true;
  instance.operation.clear();
  bump_revision(scope, instance.service_id);
}

}  // namespace

void check_attributes(const sim::Scope& scope, const Service& service, Attributes& attributes) {
  check_sizes(attributes);
  check_forms(attributes);
  if (attributes.contains("AWS_EC2_INSTANCE_ID")) fill_in_ec2_instance(scope, service, attributes);
  if (attributes.contains("AWS_INIT_HEALTH_STATUS") && !service.custom_health)
    throw invalid_input("AWS_INIT_HEALTH_STATUS needs a service with HealthCheckCustomConfig.");
  if (attributes.contains("AWS_ALIAS_DNS_NAME")) return check_alias(service, attributes);
  if (has_record(service, "A"))
    require_attribute(attributes, "AWS_INSTANCE_IPV4", "the service has an A record");
  if (has_record(service, "AAAA"))
    require_attribute(attributes, "AWS_INSTANCE_IPV6", "the service has an AAAA record");
  if (has_record(service, "CNAME"))
    require_attribute(attributes, "AWS_INSTANCE_CNAME", "the service has a CNAME record");
  if (has_record(service, "SRV")) {
    require_attribute(attributes, "AWS_INSTANCE_PORT", "the service has an SRV record");
    if (!attributes.contains("AWS_INSTANCE_IPV6"))
      require_attribute(attributes, "AWS_INSTANCE_IPV4", "the service has an SRV record");
  }
  if (service.health_check && !has_record(service, "CNAME"))
    require_attribute(attributes, "AWS_INSTANCE_PORT", "the service has a health check");
}

std::string begin_registration(sim::Scope& scope, const Service& service,
                               std::string_view instance_id, Attributes attributes,
                               std::string_view token) {
  const std::string key = instance_key(service.id, instance_id), service_id = service.id;
  if (const Operation* begun = operation_by_token(scope, "REGISTER_INSTANCE", token)) {
    const auto at = begun->targets.find("INSTANCE");
    if (at->second == instance_id && begun->targets.at("SERVICE") == service_id) return begun->id;
    throw duplicate_request(begun->id);
  }
  const Instance* known = scope.view<Instance>(key);
  if (known && known->leaving)
    throw resource_in_use("The instance is being deregistered; try again when that has ended.");
  if (!known && instances_of(scope, service_id).size() >= instances_max)
    throw limit_exceeded(cat("Limit of ", instances_max, " instances per service exceeded."));
  check_attributes(scope, service, attributes);
  const std::string op = begin_operation(
      scope, "REGISTER_INSTANCE",
      {{"INSTANCE", std::string(instance_id)}, {"SERVICE", service_id}}, {}, token);
  Instance instance;
  if (known) instance = *known;
  instance.id = key;
  instance.service_id = service_id;
  instance.instance_id = instance_id;
  instance.client_token = token;
  instance.operation = op;
  instance.attributes = std::move(attributes);
  scope.add(std::move(instance));
  return op;
}

std::string begin_deregistration(sim::Scope& scope, const Service& service,
                                 std::string_view instance_id) {
  const Instance& known = require_instance(scope, service, instance_id);
  if (known.leaving) throw duplicate_request(known.operation);
  const std::string key = known.id;
  const std::string op =
      begin_operation(scope, "DEREGISTER_INSTANCE",
                      {{"INSTANCE", std::string(instance_id)}, {"SERVICE", service.id}});
  Instance& leaving = scope.edit<Instance>(key);
  leaving.leaving = true;
  leaving.operation = op;
  return op;
}

/// A later registration of the same instance, or its deregistration, takes over.
std::optional<OperationError> finish_register(sim::Scope& scope, const Operation& op) {
  const std::string key = instance_key(op.targets.at("SERVICE"), op.targets.at("INSTANCE"));
  const Instance* known = scope.view<Instance>(key);
  const Service* service = scope.view<Service>(op.targets.at("SERVICE"));
  if (!known || !service || known->operation != op.id) return {};
  set_registered(scope, *service, scope.edit<Instance>(key));
  return {};
}

std::optional<OperationError> finish_deregister(sim::Scope& scope, const Operation& op) {
  const std::string key = instance_key(op.targets.at("SERVICE"), op.targets.at("INSTANCE"));
  if (!scope.has<Instance>(key)) return {};
  scope.erase<Instance>(key);
  bump_revision(scope, op.targets.at("SERVICE"));
  return {};
}

void register_instance(sim::Scope& scope, std::string_view service_id_or_arn,
                       std::string_view instance_id, const Attributes& attributes) {
  begin_registration(scope, require_service(scope, service_id_or_arn), instance_id, attributes,
                     {});
}

void deregister_instance(sim::Scope& scope, std::string_view service_id_or_arn,
                         std::string_view instance_id) {
  const Service* service = find_service(scope, service_id_or_arn);
  if (!service) return;
  const Instance* known = scope.view<Instance>(instance_key(service->id, instance_id));
  if (known && !known->leaving) begin_deregistration(scope, *service, instance_id);
}

}  // namespace squall::servicediscovery
