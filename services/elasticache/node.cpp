// Cache nodes: where they stand and how they are reached.
#include "emulator/sim/impairment.h"
#include "services/ec2/ec2.h"
#include "services/elasticache/internal.h"

namespace squall::elasticache {

CacheNode make_node(sim::Scope& scope, const SubnetGroup& subnets,
                    const std::vector<std::string>& group_ids, const std::string& cluster_id,
                    const std::string& zone) {
  CacheNode node;
  node.cluster_id = cluster_id;
  node.zone = zone;
  node.created = scope.now();
  for (const std::string& id : subnets.subnet_ids) {
    const auto* subnet = scope.view<ec2::Subnet>(id);
    if (!subnet || subnet->zone != zone) continue;
    node.subnet_id = id;
    break;
  }
  ec2::InterfaceSpec spec;
  spec.subnet_id = node.subnet_id;
  spec.group_ids = group_ids;
  spec.description = cat("ElastiCache ", cluster_id);
  spec.requester_id = "amazon-elasticache";
  node.interface_id = ec2::create_interface(scope, spec).id;
  auto& interface = scope.edit<ec2::NetworkInterface>(node.interface_id);
  interface.status = "in-use";
  node.private_ip = interface.private_ip;
  return node;
}

void release_node(sim::Scope& scope, const CacheNode& node) {
  ec2::delete_interface(scope, node.interface_id);
}

void set_groups(sim::Scope& scope, const CacheNode& node,
                const std::vector<std::string>& group_ids) {
  if (scope.has<ec2::NetworkInterface>(node.interface_id))
    scope.edit<ec2::NetworkInterface>(node.interface_id).group_ids = group_ids;
}

void require_zone(const std::vector<std::string>& zones, const std::string& zone) {
  if (std::ranges::find(zones, zone) != zones.end()) return;
  throw invalid_parameter_value(
      cat("Specified AZs are not all covered by the cache subnet group: ", zone));
}

bool is_dark(const sim::Scope& scope, const CacheNode& node) {
  return sim::is_dark(scope, node.zone, node.interface_id);
}

}  // namespace squall::elasticache
