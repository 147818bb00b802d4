// Services: what instances of one kind share, their DNS records and their health checks.
#include <algorithm>
#include <set>

#include "emulator/sim/record_type.h"
#include "services/common/value_json.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

std::vector<DnsRecord> records_from(const Input& config) {
  std::vector<DnsRecord> records;
  std::set<std::string> types;
  for (const Input& given : config.list("DnsRecords")) {
    records.push_back({given.string("Type"), given.integer("TTL")});
    if (!types.insert(records.back().type).second)
      throw invalid_input(cat("Only one DNS record of type ", records.back().type,
                              " is allowed for a service."));
  }
  if (types.contains("CNAME") && types.size() > 1)
    throw invalid_input("A CNAME record cannot be combined with other DNS records.");
  return records;
}

std::optional<HealthCheck> health_check_from(const Input& given) {
  if (!given) return {};
  HealthCheck check{given.string("Type"), given.string("ResourcePath"),
                    given.integer("FailureThreshold", 1)};
  if (check.type == "TCP" && !check.path.empty())
    throw invalid_input("ResourcePath cannot be specified for a TCP health check.");
  if (check.type != "TCP" && check.path.empty()) check.path = "/";
  return check;
}

void check_records(const Service& s) {
  const bool cname =
      std::ranges::any_of(s.records, [](const auto& r) { return r.type == "CNAME"; });
  if (cname && s.routing == "MULTIVALUE")
    throw invalid_input("A service with a CNAME record needs the routing policy WEIGHTED.");
  if (cname && s.health_check)
    throw invalid_input("A service with a CNAME record cannot have a health check.");
}

/// The namespace by either of the two members that can name it.
std::string namespace_given(const Input& in) {
  const std::string given = id_of(in.string("NamespaceId")),
                    old = id_of(in.at("DnsConfig").string("NamespaceId"));
  if (!given.empty() && !old.empty() && given != old)
    throw invalid_input("The namespace IDs of the service and its DnsConfig differ.");
  if (given.empty() && old.empty()) throw invalid_input("NamespaceId is required.");
  return given.empty() ? old : given;
}

void configure(Service& made, const Namespace& space, const Input& in) {
  const Input dns = in.at("DnsConfig");
  const std::string type = in.string("Type");
  const bool is_http = space.type == "HTTP" || type == "HTTP";
  if (is_http && dns)
    throw invalid_input(space.type == "HTTP" ? "DnsConfig cannot be set in an HTTP namespace."
                                             : "DnsConfig cannot be set for the type HTTP.");
  if (!is_http && !dns)
    throw invalid_input("DnsConfig is required, unless the service's type is HTTP.");
  made.type = is_http ? "HTTP" : "DNS_HTTP";
  made.routing = is_http ? "" : dns.string("RoutingPolicy", "MULTIVALUE");
  made.records = records_from(dns);
  made.health_check = health_check_from(in.at("HealthCheckConfig"));
  const Input custom = in.at("HealthCheckCustomConfig");
  made.custom_health = custom.is_present();
  custom.ignore("FailureThreshold");  // no longer supported on AWS: always 1
  if (made.health_check && made.custom_health)
    throw invalid_input(
        "Specify either HealthCheckConfig or HealthCheckCustomConfig, but not both.");
  if (made.health_check && space.type == "DNS_PRIVATE")
    throw invalid_input("HealthCheckConfig cannot be set in a private DNS namespace.");
  check_records(made);
}

Value describe(const Context& ctx, const Service& s) {
  Value shown{{"Id", s.id},
              {"Arn", service_arn(ctx, s.id)},
              {"ResourceOwner", ctx.account()},
              {"CreatedByAccount", ctx.account()},
              {"Name", s.name},
              {"Type", s.type},
              {"CreateDate", s.created}};
  if (!s.description.empty()) shown.add("Description", s.description);
  Value records = list_of(s.records, [](const DnsRecord& r) {
    return Value{{"Type", r.type}, {"TTL", r.ttl_s}};
  });
  if (s.routing.empty()) {
    shown.add("DnsConfig", Value::map());
  } else {
    shown.add("DnsConfig", Value{{"NamespaceId", s.namespace_id},
                                 {"RoutingPolicy", s.routing},
                                 {"DnsRecords", records}});
  }
  if (s.health_check) {
    Value check{{"Type", s.health_check->type},
                {"FailureThreshold", s.health_check->failure_threshold}};
    if (!s.health_check->path.empty()) check.add("ResourcePath", s.health_check->path);
    shown.add("HealthCheckConfig", check);
  }
  if (s.custom_health) shown.add("HealthCheckCustomConfig", Value{{"FailureThreshold", 1}});
  return shown;
}

Value describe_fully(const Context& ctx, const Service& s) {
  Value shown = describe(ctx, s);
  shown.add("NamespaceId", s.namespace_id);
  shown.add("InstanceCount", instances_of(ctx, s.id).size());
  if (!s.client_token.empty()) shown.add("CreatorRequestId", s.client_token);
  return shown;
}

Value create_service(Context& ctx, Input in) {
  const Namespace& space = require_namespace(ctx, namespace_given(in));
  const std::string name = in.string("Name"), token = in.string("CreatorRequestId");
  if (!space.active || !space.deletion.empty()) throw namespace_not_found(space.id);
  Service made;
  configure(made, space, in);
  made.description = in.string("Description");
  made.tags = checked_tags(in);
  if (const Service* other = service_by_name(ctx, space.id, name)) {
    if (!token.empty() && other->client_token == token && other->name == name)
      return {{"Service", describe_fully(ctx, *other)}};
    throw service_already_exists(other->id, service_arn(ctx, other->id), other->client_token);
  }
  made.id = cat("srv-", ctx.new_hex("srv", 16));
  made.name = name;
  made.namespace_id = space.id;
  made.client_token = token;
  made.created = ctx.now();
  return {{"Service", describe_fully(ctx, ctx.add(std::move(made)))}};
}

Value get_service(Context& ctx, Input in) {
  return {{"Service", describe_fully(ctx, require_service(ctx, in.string("Id")))}};
}

Value delete_service(Context& ctx, Input in) {
  const std::string id = require_service(ctx, in.string("Id")).id;
  if (!instances_of(ctx, id).empty())
    throw resource_in_use(
        "Service contains registered instances; delete the instances before deleting the service");
  ctx.erase<Service>(id);
  return Value::map();
}

Value list_services(Context& ctx, Input in) {
  static const FilterRule rules[] = {{"NAMESPACE_ID", {"EQ", "IN"}}, {"RESOURCE_OWNER", {"EQ"}}};
  const auto filters = list_filters(in, rules);
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxResults", 100), bad_token());
  const Page page = paginate(
      ctx.all<Service>(), request,
      [&](const Service& s) {
        return std::ranges::all_of(filters, [&](const ListFilter& f) {
          if (f.name == "RESOURCE_OWNER") return f.matches("SELF");
          return std::ranges::any_of(
              f.values, [&](const std::string& v) { return id_of(v) == s.namespace_id; });
        });
      },
      [&](const Service& s) {
        Value shown = describe(ctx, s);
        shown.add("InstanceCount", instances_of(ctx, s.id).size());
        return shown;
      });
  return {{"Services", page.items}, {"NextToken", page.next_token}};
}

Value update_service(Context& ctx, Input in) {
  const Service& target = require_service(ctx, in.string("Id"));
  const Input change = in.at("Service");
  for (const Operation* op : ctx.by<Operation>(cat("updating:", target.id)))
    throw duplicate_request(op->id);
  Service checked = target;
  checked.records = records_from(change.at("DnsConfig"));
  checked.health_check = health_check_from(change.at("HealthCheckConfig"));
  if (target.type == "HTTP" && !checked.records.empty())
    throw invalid_input("DnsConfig cannot be set for a service of the type HTTP.");
  if (checked.health_check && target.custom_health)
    throw invalid_input(
        "Specify either HealthCheckConfig or HealthCheckCustomConfig, but not both.");
  const auto* space = ctx.view<Namespace>(target.namespace_id);
  if (checked.health_check && space && space->type == "DNS_PRIVATE")
    throw invalid_input("HealthCheckConfig cannot be set in a private DNS namespace.");
  check_records(checked);
  if (const auto description = change.optional_string("Description"))
    checked.description = *description;
  std::string kept;
  sim::append_record_json(kept, checked);
  return {{"OperationId", begin_operation(ctx, "UPDATE_SERVICE", {{"SERVICE", target.id}}, kept)}};
}

}  // namespace

/// Records and a Route 53 health check that the request left out are gone, as documented; for a
/// service of an HTTP namespace only the description changes.
std::optional<OperationError> finish_update_service(sim::Scope& scope, const Operation& op) {
  const std::string& id = op.targets.at("SERVICE");
  if (!scope.has<Service>(id)) return OperationError{"INTERNAL_FAILURE", "The service is gone."};
  const Value change = value_from_json(op.change_json);
  Service& target = scope.edit<Service>(id);
  target.description = change.at("description").text();
  target.records.clear();
  for (const Value& r : change.at("records").items())
    target.records.push_back({std::string(r.at("type").text()), r.at("ttl_s").integer()});
  target.health_check.reset();
  if (const Value check = change.at("health_check"); check.is_map())
    target.health_check = HealthCheck{std::string(check.at("type").text()),
                                      std::string(check.at("path").text()),
                                      check.at("failure_threshold").integer()};
  return {};
}

std::span<const api::HandlerRow> service_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateService", api::Writes, create_service},
      {"DeleteService", api::Writes, delete_service},
      {"GetService", api::Reads, get_service},
      {"ListServices", api::Reads, list_services},
      {"UpdateService", api::Writes, update_service},
  };
  return rows;
}

}  // namespace squall::servicediscovery
