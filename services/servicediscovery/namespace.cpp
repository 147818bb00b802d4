// Namespaces: HTTP, private DNS (of a VPC) and public DNS; created and deleted by operations.
#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr size_t namespaces_max = 50;  // a region's default quota
constexpr int64_t soa_ttl_private = 15, soa_ttl_public = 900;

void refuse_taken_name(const Context& ctx, const std::string& name, const std::string& type,
                       const std::string& vpc) {
  for (const Namespace* other : ctx.by<Namespace>(cat("name:", to_lower(name)))) {
    // A private name may come again in another VPC; its HttpName then gets a hash.
    const bool elsewhere = type == "DNS_PRIVATE" &&
                           (other->type != "DNS_PRIVATE" || other->vpc_id != vpc);
    if (!elsewhere && (other->type == type || type == "HTTP"))
      throw namespace_already_exists(other->id, other->client_token);
  }
}

std::string hosted_zone_id(Context& ctx, const std::string& id) {
  std::string zone = ctx.new_hex("hosted-zone", 20, id);
  std::ranges::transform(zone, zone.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return cat("Z", zone);
}

Value create_namespace(Context& ctx, const Input& in, const char* type, const std::string& vpc,
                       std::optional<int64_t> soa_ttl) {
  const std::string name = in.string("Name"), token = in.string("CreatorRequestId");
  if (const Operation* begun = operation_by_token(ctx, "CREATE_NAMESPACE", token)) {
    const auto* made = ctx.view<Namespace>(begun->targets.at("NAMESPACE"));
    if (made && made->name == name && made->type == type && made->vpc_id == vpc)
      return {{"OperationId", begun->id}};
    throw duplicate_request(begun->id);
  }
  refuse_taken_name(ctx, name, type, vpc);
  if (ctx.all<Namespace>().size() >= namespaces_max)
    throw limit_exceeded(cat("Limit of ", namespaces_max, " namespaces per region exceeded."));
  Namespace made;
  made.id = cat("ns-", ctx.new_hex("ns", 16));
  made.name = name;
  made.type = type;
  made.vpc_id = vpc;
  made.http_name = ctx.by<Namespace>(cat("http-name:", name)).empty()
                       ? name
                       : cat(name, "-", ctx.new_hex("http-name", 8, made.id));
  made.description = in.string("Description");
  made.client_token = token;
  made.soa_ttl = soa_ttl;
  if (soa_ttl) made.hosted_zone_id = hosted_zone_id(ctx, made.id);
  made.created = ctx.now();
  made.tags = checked_tags(in);
  const std::string id = made.id;
  ctx.add(std::move(made));
  return {{"OperationId",
           begin_operation(ctx, "CREATE_NAMESPACE", {{"NAMESPACE", id}}, {}, token)}};
}

std::optional<int64_t> soa_ttl_of(const Input& in) {
  return in.at("Properties").at("DnsProperties").at("SOA").optional_integer("TTL");
}

Value create_http_namespace(Context& ctx, Input in) {
  return create_namespace(ctx, in, "HTTP", {}, {});
}
Value create_private_dns_namespace(Context& ctx, Input in) {
  return create_namespace(ctx, in, "DNS_PRIVATE", in.string("Vpc"),
                          soa_ttl_of(in).value_or(soa_ttl_private));
}
Value create_public_dns_namespace(Context& ctx, Input in) {
  return create_namespace(ctx, in, "DNS_PUBLIC", {}, soa_ttl_of(in).value_or(soa_ttl_public));
}

Value delete_namespace(Context& ctx, Input in) {
  const Namespace& doomed = require_namespace(ctx, in.string("Id"));
  const std::string id = doomed.id;
  if (!doomed.deletion.empty()) throw duplicate_request(doomed.deletion);
  if (!ctx.by<Service>(cat("namespace:", id)).empty())
    throw resource_in_use(
        "Namespace has associated services; delete the services before deleting the namespace");
  const std::string op = begin_operation(ctx, "DELETE_NAMESPACE", {{"NAMESPACE", id}});
  ctx.edit<Namespace>(id).deletion = op;
  return {{"OperationId", op}};
}

Value describe(const Context& ctx, const Namespace& n) {
  Value properties = Value::map();
  if (n.type == "HTTP") {
    // AWS shows empty DNS properties here.
    properties.add("DnsProperties", Value{{"SOA", Value::map()}});
  } else {
    properties.add("DnsProperties", Value{{"HostedZoneId", n.hosted_zone_id},
                                          {"SOA", Value{{"TTL", Value(n.soa_ttl)}}}});
  }
  properties.add("HttpProperties", Value{{"HttpName", n.http_name}});
  Value shown{{"Id", n.id},
              {"Arn", namespace_arn(ctx, n.id)},
              {"ResourceOwner", ctx.account()},
              {"Name", n.name},
              {"Type", n.type},
              {"Properties", properties},
              {"CreateDate", n.created}};
  if (!n.description.empty()) shown.add("Description", n.description);
  return shown;
}

size_t service_count(const Context& ctx, const Namespace& n) {
  return ctx.by<Service>(cat("namespace:", n.id)).size();
}

Value get_namespace(Context& ctx, Input in) {
  const Namespace& n = require_namespace(ctx, in.string("Id"));
  Value shown = describe(ctx, n);
  shown.add("ServiceCount", service_count(ctx, n));
  if (!n.client_token.empty()) shown.add("CreatorRequestId", n.client_token);
  return {{"Namespace", shown}};
}

bool matches(const ListFilter& filter, const Namespace& n) {
  if (filter.name == "TYPE") return filter.matches(n.type);
  if (filter.name == "NAME") return filter.matches(n.name);
  if (filter.name == "HTTP_NAME") return filter.matches(n.http_name);
  return filter.matches("SELF");  // RESOURCE_OWNER: nobody shares namespaces here
}

Value list_namespaces(Context& ctx, Input in) {
  static const FilterRule rules[] = {{"TYPE", {"EQ", "IN"}},
                                     {"NAME", {"EQ", "BEGINS_WITH"}},
                                     {"HTTP_NAME", {"EQ", "BEGINS_WITH"}},
                                     {"RESOURCE_OWNER", {"EQ"}}};
  const auto filters = list_filters(in, rules);
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxResults", 100), bad_token());
  const Page page = paginate(
      ctx.all<Namespace>(), request,
      [&](const Namespace& n) {
        return std::ranges::all_of(filters, [&](const auto& f) { return matches(f, n); });
      },
      [&](const Namespace& n) {
        Value shown = describe(ctx, n);
        shown.add("ServiceCount", service_count(ctx, n));
        return shown;
      });
  return {{"Namespaces", page.items}, {"NextToken", page.next_token}};
}

}  // namespace

std::optional<OperationError> finish_create_namespace(sim::Scope& scope, const Operation& op) {
  const Namespace* made = scope.view<Namespace>(op.targets.at("NAMESPACE"));
  if (!made) return {};
  const std::string id = made->id;
  if (made->type == "DNS_PRIVATE" && !scope.has<ec2::Vpc>(made->vpc_id)) {
    OperationError error{"CANNOT_CREATE_HOSTED_ZONE",
                         cat("The VPC ID that you specified, ", made->vpc_id, ", is invalid.")};
    scope.erase<Namespace>(id);
    return error;
  }
  scope.edit<Namespace>(id).active = true;
  return {};
}

std::optional<OperationError> finish_delete_namespace(sim::Scope& scope, const Operation& op) {
  scope.erase<Namespace>(op.targets.at("NAMESPACE"));
  return {};
}

std::span<const api::HandlerRow> namespace_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateHttpNamespace", api::Writes, create_http_namespace},
      {"CreatePrivateDnsNamespace", api::Writes, create_private_dns_namespace},
      {"CreatePublicDnsNamespace", api::Writes, create_public_dns_namespace},
      {"DeleteNamespace", api::Writes, delete_namespace},
      {"GetNamespace", api::Reads, get_namespace},
      {"ListNamespaces", api::Reads, list_namespaces},
  };
  return rows;
}

}  // namespace squall::servicediscovery
