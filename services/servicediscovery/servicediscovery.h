// Cloud Map's public face: its records, and what ECS and the data plane ask of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/core/text.h"
#include "services/common/tags.h"

namespace squall::servicediscovery {

const api::ServiceDefinition& service();

using Attributes = std::map<std::string, std::string>;

struct Namespace {
  static constexpr std::string_view kind = "servicediscovery:namespace";
  std::string id;  // ns-...
  std::string name, type;  // DNS_PRIVATE, DNS_PUBLIC, HTTP
  std::string http_name, description, vpc_id, hosted_zone_id, client_token;
  std::string deletion;  // the operation that deletes it; empty: none
  std::optional<int64_t> soa_ttl;
  bool active = false;  // its creation succeeded
  Time created{};
  Tags tags;
  std::vector<std::string> index_keys() const {
    return {"name:" + to_lower(name), "http-name:" + http_name};
  }
  SQUALL_FIELDS(id, name, type, http_name, description, vpc_id, hosted_zone_id, client_token,
                deletion, soa_ttl, active, created, tags)
};

struct DnsRecord {
  std::string type;  // A, AAAA, SRV, CNAME
  int64_t ttl_s = 0;
  SQUALL_FIELDS(type, ttl_s)
};

struct HealthCheck {  // Route 53's
  std::string type, path;
  int64_t failure_threshold = 1;
  SQUALL_FIELDS(type, path, failure_threshold)
};

struct Service {
  static constexpr std::string_view kind = "servicediscovery:service";
  std::string id;  // srv-...
  std::string name, namespace_id, description, client_token;
  std::string type = "DNS_HTTP";  // HTTP: found by DiscoverInstances only
  std::string routing = "MULTIVALUE";  // or WEIGHTED
  std::vector<DnsRecord> records;
  std::optional<HealthCheck> health_check;
  bool custom_health = false;
  int64_t revision = 0;  // of its instances and their health
  Attributes attributes;
  Time created{};
  Tags tags;
  std::vector<std::string> index_keys() const { return {"namespace:" + namespace_id}; }
  SQUALL_FIELDS(id, name, namespace_id, description, client_token, type, routing, records,
                health_check, custom_health, revision, attributes, created, tags)
};

struct Instance {
  static constexpr std::string_view kind = "servicediscovery:instance";
  std::string id;  // service id + "/" + instance_id
  std::string service_id, instance_id, client_token;
  std::string operation;  // the registration or deregistration in progress, or empty
  bool active = false;    // registered: names resolve to it
  bool leaving = false;   // being deregistered
  std::string health = "UNKNOWN";  // HEALTHY, UNHEALTHY
  std::string next_health;         // told by UpdateInstanceCustomHealthStatus, not yet in force
  Attributes attributes;
  std::vector<std::string> index_keys() const { return {"service:" + service_id}; }
  SQUALL_FIELDS(id, service_id, instance_id, client_token, operation, active, leaving, health,
                next_health, attributes)
};

struct Operation {
  static constexpr std::string_view kind = "servicediscovery:operation";
  std::string id, type;
  std::string status = "SUBMITTED";  // PENDING, SUCCESS, FAIL
  std::string error_code, error_message, client_token;
  std::map<std::string, std::string> targets;  // NAMESPACE, SERVICE, INSTANCE
  std::string change_json;  // what an update brings when it succeeds
  Time created{}, updated{};
  std::vector<std::string> index_keys() const;  // token:, updating:SERVICE while in progress
  SQUALL_FIELDS(id, type, status, error_code, error_message, client_token, targets, change_json,
                created, updated)
};

/// By id or ARN; nullptr if there is none.
const Service* find_service(const sim::Scope& scope, std::string_view id_or_arn);

/// As RegisterInstance: throws its errors; names resolve to it once the operation has succeeded
/// (at once in profile zero). An id that is registered already gets the new attributes. The
/// attributes: AWS_INSTANCE_IPV4, AWS_INSTANCE_PORT, AWS_INIT_HEALTH_STATUS and any custom ones.
void register_instance(sim::Scope& scope, std::string_view service_id_or_arn,
                       std::string_view instance_id, const Attributes& attributes);
/// As DeregisterInstance; does nothing if the service or the instance has gone or is leaving.
void deregister_instance(sim::Scope& scope, std::string_view service_id_or_arn,
                         std::string_view instance_id);
/// As UpdateInstanceCustomHealthStatus (in force some 30 s later); does nothing if the instance has
/// gone or the service has no custom health check.
void set_custom_health(sim::Scope& scope, std::string_view service_id_or_arn,
                       std::string_view instance_id, bool healthy);

struct Resolved {
  std::string ip;
  int64_t port = 0;         // SRV: AWS_INSTANCE_PORT
  std::string instance_id;
  std::string alias;        // AWS_ALIAS_DNS_NAME: a load balancer's name; then `ip` is empty
  int64_t ttl_s = 60;
  bool is_weighted = false; // WEIGHTED routing: an answer holds one
};

/// Whether some namespace that `vpc_id` (empty: the internet) resolves owns the host name's domain.
/// Then the name resolves by resolve_a and resolve_srv, or does not exist.
bool owns_name(const sim::Scope& scope, std::string_view vpc_id, std::string_view hostname);
/// What the resolver of a VPC answers: from private namespaces of the VPC, else public ones. Only
/// healthy instances (all, if none is): MULTIVALUE up to eight of them, WEIGHTED one, drawn from
/// the service's stream. Empty: no such name, or nothing is registered.
std::vector<Resolved> resolve_a(sim::Scope& scope, std::string_view vpc_id,
                                std::string_view hostname);
std::vector<Resolved> resolve_srv(sim::Scope& scope, std::string_view vpc_id,
                                  std::string_view hostname);
/// All that resolve_a or resolve_srv (`type` A or SRV) would choose from, in order of ids.
std::vector<Resolved> eligible(const sim::Scope& scope, std::string_view vpc_id,
                               std::string_view hostname, std::string_view type);

}  // namespace squall::servicediscovery
