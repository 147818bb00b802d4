// What can be scaled: one row a scalable dimension. Other services join by a row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/cloudwatch/cloudwatch.h"

namespace squall::application_autoscaling {

/// The parts of a resource id between its slashes or colons: "service/c/s" -> c, s.
using ResourceParts = std::vector<std::string>;

struct Adapter {
  std::string_view service_namespace, dimension;
  std::string_view resource_type;  // the resource id begins with it: "service/", "cluster:"
  size_t parts = 1;                // after that
  std::string_view what;           // "desired count", in activities' words
  std::string_view missing;        // "ECS service doesn't exist", before the resource id
  std::string_view role;           // of the service-linked role: "ECSService"
  int64_t cooldown_s = 300;        // the default
  bool takes_steps = true;         // has step scaling policies
  /// Null: no service here has such resources; they answer as missing ones.
  std::optional<int64_t> (*read)(const sim::Scope& scope, const ResourceParts& id) = nullptr;
  void (*set)(sim::Scope& scope, const ResourceParts& id, int64_t capacity) = nullptr;
  /// Whether the capacity last set is there.
  bool (*is_settled)(const sim::Scope& scope, const ResourceParts& id) = nullptr;
  /// Whether the service lets it shrink now (ECS: not during a deployment). Null: always.
  bool (*may_shrink)(const sim::Scope& scope, const ResourceParts& id) = nullptr;
};

/// Rows that have a service here.
std::span<const Adapter> ecs_adapters();
std::span<const Adapter> dynamodb_adapters();
std::span<const Adapter> elasticache_adapters();

/// Throws ValidationException where AWS knows no such combination.
const Adapter& find_adapter(std::string_view service_namespace, std::string_view resource_id,
                            std::string_view dimension);
/// What follows the type: "service/c/s" -> c, s; "table/T/index/I" -> T, index, I.
ResourceParts parts_of(const Adapter& adapter, std::string_view resource_id);
std::optional<int64_t> capacity_of(const sim::Scope& scope, const Adapter& adapter,
                                   std::string_view resource_id);

/// A predefined metric: what the alarms of a policy with it watch.
struct PredefinedMetric {
  std::string_view name, service_namespace, name_space, metric_name, statistic;
  /// Consumed units against provisioned ones (DynamoDB's alarms have thresholds in units).
  bool by_units = false;
  cloudwatch::Dimensions (*dimensions)(const ResourceParts& id) = nullptr;
};
/// nullptr if AWS has no such metric.
const PredefinedMetric* find_predefined(std::string_view name);

}  // namespace squall::application_autoscaling
