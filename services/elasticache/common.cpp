// Identifiers, pages and names: what each of ElastiCache's operations needs.
#include "services/ec2/ec2.h"
#include "services/elasticache/internal.h"

namespace squall::elasticache {

std::vector<std::string> ReplicationGroup::index_keys() const {
  std::vector<std::string> keys{"subnet-group:" + subnet_group,
                                "parameter-group:" + parameter_group};
  for (const NodeGroup& ng : node_groups) {
    keys.push_back("endpoint:" + ng.primary_endpoint);
    keys.push_back("endpoint:" + ng.reader_endpoint);
    for (const CacheNode& node : ng.nodes) {
      keys.push_back("cluster:" + node.cluster_id);
      keys.push_back("endpoint:" + node.endpoint_address);
    }
  }
  return keys;
}

std::vector<std::string> CacheCluster::index_keys() const {
  std::vector<std::string> keys{"subnet-group:" + subnet_group,
                                "parameter-group:" + parameter_group};
  if (!configuration_endpoint.empty()) keys.push_back("endpoint:" + configuration_endpoint);
  for (const CacheNode& node : nodes) keys.push_back("endpoint:" + node.endpoint_address);
  return keys;
}

PageRequest page_from(const Input& in) {
  const auto limit = in.optional_integer("MaxRecords");
  if (limit && (*limit < 20 || *limit > 100)) {
    throw invalid_parameter_value(
        cat("Invalid value ", *limit, " for MaxRecords. Must be between 20 and 100"));
  }
  return page_request(in.string("Marker"), limit.value_or(100), invalid_marker());
}

std::string endpoint_hash(const sim::Scope& scope) {
  uint64_t bits = stable_hash(cat("elasticache/", scope.account(), '/', scope.region()));
  std::string hash;
  for (int i = 0; i < 6; ++i) {
    hash += "abcdefghijklmnopqrstuvwxyz0123456789"[bits % 36];
    bits /= 36;
  }
  return hash;
}

std::string region_label(std::string_view region) {
  std::string label;
  const auto parts = split(region, '-');
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i == 0 || i + 1 == parts.size()) {
      label += parts[i];
      continue;
    }
    std::string_view rest = parts[i];  // "southeast" is "se", "gov" is "g"
    for (const std::string_view point : {"north", "south", "central", "east", "west", "gov"}) {
      if (!rest.starts_with(point)) continue;
      label += point[0];
      rest.remove_prefix(point.size());
      if (rest.starts_with("east")) label += 'e';
      if (rest.starts_with("west")) label += 'w';
      break;
    }
  }
  return label;
}

void check_security_groups(const sim::Scope& scope, const std::vector<std::string>& ids,
                           const std::string& vpc_id) {
  for (const std::string& id : ids) {
    const auto* group = scope.view<ec2::SecurityGroup>(id);
    if (!group) {
      throw invalid_parameter_value(cat("Some security groups are not found or deleted: ", id));
    }
    if (group->vpc_id != vpc_id) {
      throw invalid_parameter_combination(cat("The security group ", id,
                                              " does not belong to the VPC ", vpc_id,
                                              " of the cache subnet group."));
    }
  }
}

std::vector<std::string> default_group(const sim::Scope& scope, const std::string& vpc_id) {
  const auto* vpc = scope.view<ec2::Vpc>(vpc_id);
  if (!vpc || vpc->default_group_id.empty()) return {};
  return {vpc->default_group_id};
}

}  // namespace squall::elasticache
