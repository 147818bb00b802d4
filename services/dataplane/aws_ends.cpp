// AWS's own services as ends: interface endpoints of the sender's VPC, else public addresses.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dataplane/reachability.h"

namespace squall::dataplane {
namespace {

// Where a service has no prefix list: an address outside every VPC, in the same block.
constexpr std::string_view other_services = "198.51.100.250";

/// "dynamodb" of "dynamodb" or "aws:dynamodb"; empty: no service of AWS's.
std::string_view service_of(std::string_view end) {
  if (end == "dynamodb" || end == "s3") return end;
  return end.starts_with("aws:") ? end.substr(4) : std::string_view();
}

Endpoint public_end(const sim::Scope& scope, std::string_view name, std::string_view label) {
  Endpoint end;
  end.id = "internet";
  end.label = label;
  end.internet = true;
  end.ip = parse_ipv4(other_services).value_or(0);
  for (const std::string& block : ec2::prefix_list_blocks(scope, name))
    if (const auto cidr = Cidr::parse(block)) end.ip = cidr->first() + 1;
  end.public_ip = end.ip;
  return end;
}

/// The interfaces of an endpoint; those in the sender's zone come first, as its names resolve.
void add_interfaces(const sim::Scope& scope, const ec2::VpcEndpoint& endpoint,
                    const Endpoint& from, std::string_view label, std::vector<Endpoint>& ends) {
  const auto first = static_cast<std::ptrdiff_t>(ends.size());
  for (const std::string& id : endpoint.interface_ids) {
    const auto* interface = scope.view<ec2::NetworkInterface>(id);
    if (!interface) continue;
    Endpoint end = endpoint_of(scope, *interface);
    end.label = label;
    end.resources.push_back(endpoint.id);
    ends.push_back(std::move(end));
  }
  std::stable_partition(ends.begin() + first, ends.end(),
                        [&](const Endpoint& e) { return e.zone == from.zone; });
}

}  // namespace

std::vector<Endpoint> resolve_from(const sim::Scope& scope, const Endpoint& from,
                                   std::string_view end) {
  const std::string_view service = service_of(end);
  if (service.empty()) {
    if (const auto* endpoint = scope.view<ec2::VpcEndpoint>(end)) {
      std::vector<Endpoint> ends;
      add_interfaces(scope, *endpoint, from, end, ends);
      return ends;
    }
    return resolve(scope, end);
  }
  const std::string name = cat("com.amazonaws.", scope.region(), '.', service);
  std::vector<Endpoint> named, unnamed;
  for (const auto* endpoint : scope.by<ec2::VpcEndpoint>(cat("vpc:", from.vpc_id))) {
    if (endpoint->service_name != name || endpoint->type != "Interface" ||
        endpoint->state != "available")
      continue;
    add_interfaces(scope, *endpoint, from, end, endpoint->private_dns ? named : unnamed);
  }
  if (!named.empty()) return named;
  // Without private DNS, programs must be told the endpoint's own name: those that have no other
  // way are taken to have been.
  std::vector<Endpoint> ends{public_end(scope, name, end)};
  std::ranges::move(unnamed, std::back_inserter(ends));
  return ends;
}

}  // namespace squall::dataplane
