// Updates of namespaces: a new description, and the SOA record's time to live.
#include "services/common/value_json.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr std::string_view update = "UPDATE_NAMESPACE";

Value update_namespace(Context& ctx, const Input& in, std::string_view type) {
  const Namespace& target = require_namespace(ctx, in.string("Id"));
  if (target.type != type)
    throw invalid_input(cat("Namespace ", target.id, " is not of type ", type, "."));
  if (!target.deletion.empty()) throw resource_in_use("The namespace is being deleted.");
  const std::string token = in.string("UpdaterRequestId");
  if (const Operation* begun = operation_by_token(ctx, update, token)) {
    if (begun->targets.at("NAMESPACE") == target.id) return {{"OperationId", begun->id}};
    throw duplicate_request(begun->id);
  }
  const Input change = in.at("Namespace");
  Value kept = Value::map();
  if (const auto description = change.optional_string("Description"))
    kept.add("Description", *description);
  if (type != "HTTP") {
    const auto ttl =
        change.at("Properties").at("DnsProperties").at("SOA").optional_integer("TTL");
    if (ttl) kept.add("TTL", *ttl);
  }
  if (kept.empty()) throw invalid_input("The request contains no change.");
  return {{"OperationId",
           begin_operation(ctx, update, {{"NAMESPACE", target.id}}, to_json(kept), token)}};
}

Value update_http_namespace(Context& ctx, Input in) { return update_namespace(ctx, in, "HTTP"); }
Value update_private_dns_namespace(Context& ctx, Input in) {
  return update_namespace(ctx, in, "DNS_PRIVATE");
}
Value update_public_dns_namespace(Context& ctx, Input in) {
  return update_namespace(ctx, in, "DNS_PUBLIC");
}

}  // namespace

std::optional<OperationError> finish_update_namespace(sim::Scope& scope, const Operation& op) {
  const std::string& id = op.targets.at("NAMESPACE");
  if (!scope.has<Namespace>(id))
    return OperationError{"INTERNAL_FAILURE", "The namespace is gone."};
  const Value change = value_from_json(op.change_json);
  Namespace& target = scope.edit<Namespace>(id);
  if (const Value text = change.at("Description"); text.is_string())
    target.description = text.text();
  if (const Value ttl = change.at("TTL"); !ttl.is_absent()) target.soa_ttl = ttl.integer();
  return {};
}

std::span<const api::HandlerRow> namespace_update_rows() {
  static const api::HandlerRow rows[] = {
      {"UpdateHttpNamespace", api::Writes, update_http_namespace},
      {"UpdatePrivateDnsNamespace", api::Writes, update_private_dns_namespace},
      {"UpdatePublicDnsNamespace", api::Writes, update_public_dns_namespace},
  };
  return rows;
}

}  // namespace squall::servicediscovery
