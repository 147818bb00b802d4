// What the files of clusters share.
#pragma once

#include <array>

#include "services/ecs/registry.h"

namespace squall::ecs {

/// What DescribeClusters is asked to include.
struct ClusterParts {
  bool attachments = false, configuration = false, settings = false, statistics = false,
       tags = false;
  static ClusterParts all() { return {true, true, true, false, true}; }
};
Value describe(const sim::Scope& scope, const Cluster& cluster, ClusterParts parts);

struct ClusterCounts {
  struct OfType {
    int64_t running = 0, pending = 0, active = 0, draining = 0;
  };
  int64_t instances = 0, running = 0, pending = 0, active_services = 0, draining_services = 0;
  std::array<OfType, 4> by_type;  // EC2, Fargate, external, managed instances
};
ClusterCounts count(const sim::Scope& scope, const std::string& cluster);

void read_settings(const Input& in, Cluster& cluster);
void read_configuration(const Input& in, Cluster& cluster);
void read_service_connect(sim::Scope& scope, const Input& in, Cluster& cluster);
/// UpdateInProgressException while its capacity providers are being attached or detached.
void check_attachments(const Cluster& cluster);
/// Checks the names (or ARNs) of capacity providers and gives their names.
std::vector<std::string> read_providers(const sim::Scope& scope,
                                        const std::vector<std::string>& names,
                                        const std::string& cluster);
/// Associates the cluster with these and no others.
void set_providers(sim::Scope& scope, const std::string& cluster,
                   std::vector<std::string> providers);

}  // namespace squall::ecs
