// DiscoverInstances: finding instances by the API, by health and attributes.
#include <algorithm>

#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

using Wanted = std::vector<std::pair<std::string, std::string>>;
using Found = std::vector<const Instance*>;

const Service& discovered_service(const Context& ctx, const Input& in) {
  const std::string name = in.string("NamespaceName"), owner = in.string("OwnerAccount"),
                    service = in.string("ServiceName");
  const Namespace* space = namespace_by_http_name(ctx, name);
  if (!space || (!owner.empty() && owner != ctx.account())) throw namespace_not_found(name);
  const Service* found = service_by_name(ctx, space->id, service);
  if (!found) throw service_not_found(service);
  return *found;
}

Found filtered(const Found& from, const Wanted& wanted) {
  Found out;
  std::ranges::copy_if(from, std::back_inserter(out), [&](const Instance* instance) {
    return std::ranges::all_of(wanted, [&](const auto& pair) {
      const auto at = instance->attributes.find(pair.first);
      return at != instance->attributes.end() && at->second == pair.second;
    });
  });
  return out;
}

Found by_health(const Found& from, const std::string& status) {
  if (status == "ALL") return from;
  Found out;
  const std::string wanted = status == "UNHEALTHY" ? "UNHEALTHY" : "HEALTHY";
  std::ranges::copy_if(from, std::back_inserter(out),
                       [&](const Instance* i) { return i->health == wanted; });
  return out.empty() && status == "HEALTHY_OR_ELSE_ALL" ? from : out;
}

/// AWS gives them in random order. Reads draw from no stream of the World: this one is made of the
/// moment, so that the same storm sees the same order.
void shuffle(const Context& ctx, const std::string& service, Found& found) {
  sim::Stream stream(ctx.world().seed(), cat("servicediscovery/discover/", service, "/",
                                             to_ns(ctx.now())));
  for (size_t i = found.size(); i > 1; --i) std::swap(found[i - 1], found[stream.below(i)]);
}

Value discover_instances(Context& ctx, Input in) {
  const Service& service = discovered_service(ctx, in);
  const auto limit = static_cast<size_t>(in.integer("MaxResults", 100));
  const std::string health = in.string("HealthStatus", "HEALTHY");
  Found found;
  for (const Instance* instance : instances_of(ctx, service.id))
    if (instance->active) found.push_back(instance);
  if (is_health_checked(service)) found = by_health(found, health);
  found = filtered(found, in.string_map("QueryParameters"));
  if (const Found better = filtered(found, in.string_map("OptionalParameters")); !better.empty())
    found = better;
  shuffle(ctx, service.id, found);
  found.resize(std::min(found.size(), limit));
  const std::string space{in.string("NamespaceName")};
  const Value list = list_of(found, [&](const Instance* i) {
    return Value{{"InstanceId", i->instance_id},
                 {"NamespaceName", space},
                 {"ServiceName", service.name},
                 {"HealthStatus", i->health},
                 {"Attributes", describe_attributes(i->attributes)}};
  });
  return {{"Instances", list}, {"InstancesRevision", service.revision}};
}

Value discover_instances_revision(Context& ctx, Input in) {
  return {{"InstancesRevision", discovered_service(ctx, in).revision}};
}

}  // namespace

std::span<const api::HandlerRow> discover_rows() {
  static const api::HandlerRow rows[] = {
      {"DiscoverInstances", api::Reads, discover_instances},
      {"DiscoverInstancesRevision", api::Reads, discover_instances_revision},
  };
  return rows;
}

}  // namespace squall::servicediscovery
