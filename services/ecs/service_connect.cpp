// Service Connect: the names under which a service is offered in a namespace.
#include <algorithm>

#include "services/common/value_json.h"
#include "services/ecs/scheduler.h"
#include "services/servicediscovery/servicediscovery.h"

namespace squall::ecs {
namespace {

namespace map = servicediscovery;

AwsError no_namespace() {
  return {"NamespaceNotFoundException", "The specified namespace wasn't found."};
}

std::string namespace_id(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

const map::Service* find_discovery(const sim::Scope& scope, const std::string& namespace_arn,
                                   std::string_view name) {
  for (const map::Service* service :
       scope.by<map::Service>("namespace:" + namespace_id(namespace_arn)))
    if (service->name == name) return service;
  return nullptr;
}

/// The name in the namespace: the port's own unless another is given.
std::string discovery_name(const Value& service) {
  const Value name = service.at("discoveryName");
  return std::string(name.is_string() ? name.text() : service.at("portName").text());
}

bool is_enabled(const Value& config) { return config.at("enabled").boolean(); }

const PortMapping* find_port(const TaskDefinition& definition, std::string_view name,
                             std::string* container) {
  for (const ContainerDefinition& c : definition.containers)
    for (const PortMapping& port : c.ports)
      if (port.name == name) {
        if (container) *container = c.name;
        return &port;
      }
  return nullptr;
}

void check_offers(const sim::Scope& scope, const Service& service, const Value& config) {
  const auto* definition = scope.view<TaskDefinition>(service.spec.definition);
  std::vector<std::string> names;
  for (const Value& offer : config.at("services").items()) {
    const std::string_view port = offer.at("portName").text();
    if (definition && !find_port(*definition, port, nullptr))
      throw invalid_parameter(cat("The port name '", port,
                                  "' of the Service Connect configuration does not exist in the "
                                  "task definition."));
    names.push_back(discovery_name(offer));
    if (std::ranges::count(names, names.back()) > 1)
      throw invalid_parameter(cat("The discovery name '", names.back(),
                                  "' is used more than once in the Service Connect "
                                  "configuration."));
    if (offer.at("clientAliases").size() > 1)
      throw invalid_parameter("clientAliases can have at most 1 items.");
  }
  if (definition && definition->network_mode == "host")
    throw invalid_parameter("Service Connect is not supported with the host network mode.");
}

/// Without an alias of its own, a port is reached by its discovery name under the namespace's.
bool is_offered_as(const sim::Scope& scope, const Service& service, const Value& offer,
                   std::string_view host, int64_t port) {
  const auto* space = scope.view<map::Namespace>(namespace_id(service.namespace_arn));
  const std::string full = cat(discovery_name(offer), '.', space ? space->name : std::string());
  const Value aliases = offer.at("clientAliases");
  if (aliases.size() == 0) {
    const auto* definition = scope.view<TaskDefinition>(service.spec.definition);
    const PortMapping* mapped =
        definition ? find_port(*definition, offer.at("portName").text(), nullptr) : nullptr;
    return mapped && mapped->container_port == port && full == host;
  }
  return std::ranges::any_of(aliases.items(), [&](const Value& alias) {
    const Value name = alias.at("dnsName");
    return alias.at("port").integer() == port && (name.is_string() ? name.text() : full) == host;
  });
}

std::vector<ConnectEnd> ends_of(const sim::Scope& scope, const map::Service& discovered) {
  std::vector<ConnectEnd> ends;
  for (const map::Instance* i : scope.by<map::Instance>("service:" + discovered.id)) {
    if (!i->active || i->health == "UNHEALTHY") continue;
    const auto ip = i->attributes.find("AWS_INSTANCE_IPV4");
    const auto port = i->attributes.find("AWS_INSTANCE_PORT");
    if (ip != i->attributes.end() && port != i->attributes.end())
      ends.push_back({ip->second, parse_int(port->second).value_or(0)});
  }
  return ends;
}

}  // namespace

std::optional<std::vector<ConnectEnd>> connect_ends(const sim::Scope& scope,
                                                    std::string_view caller,
                                                    std::string_view host, int64_t port) {
  const auto* client = scope.view<Service>(caller);
  if (!client || client->namespace_arn.empty()) return {};
  for (const Service* service : scope.by<Service>("namespace:" + client->namespace_arn)) {
    const Value config = value_from_json(service->spec.service_connect_json);
    for (const Value& offer : config.at("services").items()) {
      if (!is_offered_as(scope, *service, offer, host, port)) continue;
      const auto* found =
          find_discovery(scope, service->namespace_arn, discovery_name(offer));
      return found ? ends_of(scope, *found) : std::vector<ConnectEnd>{};
    }
  }
  return {};
}

std::string find_namespace(const sim::Scope& scope, std::string_view name_or_arn) {
  const std::string id = namespace_id(std::string(name_or_arn));
  if (name_or_arn.starts_with("arn:"))
    return scope.has<map::Namespace>(id) ? std::string(name_or_arn) : std::string();
  for (const map::Namespace* space : scope.by<map::Namespace>(cat("name:", name_or_arn)))
    return scope.arn("servicediscovery", "namespace/" + space->id);
  return {};
}

void resolve_service_connect(const sim::Scope& scope, const Cluster& cluster, Service& service) {
  service.namespace_arn.clear();
  if (service.spec.service_connect_json.empty()) return;
  const Value config = value_from_json(service.spec.service_connect_json);
  if (!is_enabled(config)) return;
  if (service.controller != "ECS" || service.spec.launch_type == "EXTERNAL")
    throw invalid_parameter("Service Connect is only supported with the ECS deployment controller "
                            "and not with the EXTERNAL launch type.");
  std::string name{config.at("namespace").text()};
  if (name.empty()) name = cluster.service_connect_namespace;
  if (name.empty())
    throw invalid_parameter("A namespace is required for Service Connect where the cluster has no "
                            "Service Connect defaults.");
  service.namespace_arn = find_namespace(scope, name);
  if (service.namespace_arn.empty()) throw no_namespace();
  check_offers(scope, service, config);
}

std::vector<RegistryUse> connect_registries(const sim::Scope& scope, const Service& service,
                                            const RunSpec& spec) {
  std::vector<RegistryUse> uses;
  if (service.namespace_arn.empty() || spec.service_connect_json.empty()) return uses;
  const auto* definition = scope.view<TaskDefinition>(spec.definition);
  const Value config = value_from_json(spec.service_connect_json);
  if (!definition || !is_enabled(config)) return uses;
  for (const Value& offer : config.at("services").items()) {
    const auto* found = find_discovery(scope, service.namespace_arn, discovery_name(offer));
    RegistryUse use;
    const PortMapping* port = find_port(*definition, offer.at("portName").text(), &use.container);
    if (!found || !port) continue;
    use.registry_arn = scope.arn("servicediscovery", "service/" + found->id);
    use.container_port = port->container_port;
    uses.push_back(std::move(use));
  }
  return uses;
}

Value describe_service_connect_resources(const sim::Scope& scope, const Service& service,
                                         const RunSpec& spec) {
  Value list = Value::list();
  for (const Value& offer :
       value_from_json(spec.service_connect_json).at("services").items()) {
    const std::string name = discovery_name(offer);
    const auto* found = find_discovery(scope, service.namespace_arn, name);
    if (!found) continue;
    list.push({{"discoveryName", name},
               {"discoveryArn", scope.arn("servicediscovery", "service/" + found->id)}});
  }
  return list;
}

void register_service_connect(sim::Scope& scope, const Service& service) {
  if (service.namespace_arn.empty()) return;
  const std::string space = namespace_id(service.namespace_arn);
  const Value config = value_from_json(service.spec.service_connect_json);
  for (const Value& offer : config.at("services").items()) {
    const std::string name = discovery_name(offer);
    if (find_discovery(scope, service.namespace_arn, name)) continue;
    map::Service discovered;
    discovered.id = "srv-" + scope.new_hex("servicediscovery-service", 16, space);
    discovered.name = name;
    discovered.namespace_id = space;
    discovered.description = "Managed by Amazon ECS Service Connect for " + service.id;
    discovered.type = "HTTP";
    discovered.custom_health = true;
    discovered.created = scope.now();
    discovered.tags["AmazonECSManaged"] = "true";
    scope.add(std::move(discovered));
  }
}

void unregister_service_connect(sim::Scope& scope, const Service& service) {
  if (service.namespace_arn.empty()) return;
  const Value config = value_from_json(service.spec.service_connect_json);
  for (const Value& offer : config.at("services").items()) {
    const auto* found = find_discovery(scope, service.namespace_arn, discovery_name(offer));
    if (!found || !found->tags.contains("AmazonECSManaged")) continue;
    const std::string id = found->id;
    std::vector<std::string> instances;
    for (const map::Instance* instance : scope.by<map::Instance>("service:" + id))
      instances.push_back(instance->id);
    for (const std::string& instance : instances) scope.erase<map::Instance>(instance);
    scope.erase<map::Service>(id);
  }
}

}  // namespace squall::ecs
