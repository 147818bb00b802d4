// Naming and finding scalable targets.
#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {

std::string TargetName::words() const {
  return cat("service namespace: ", service_namespace, ", resource ID: ", resource_id,
             ", scalable dimension: ", dimension);
}

TargetName target_name(const Input& in) {
  return {in.string("ServiceNamespace"), in.string("ResourceId"), in.string("ScalableDimension")};
}

const ScalableTarget& require_target(const sim::Scope& scope, const TargetName& name) {
  find_adapter(name.service_namespace, name.resource_id, name.dimension);
  const ScalableTarget* target = scope.view<ScalableTarget>(name.id());
  if (!target) throw object_not_found(cat("No scalable target registered for ", name.words()));
  return *target;
}

const Adapter& adapter_of(const ScalableTarget& target) {
  return find_adapter(target.service_namespace, target.resource_id, target.dimension);
}

std::optional<int64_t> capacity_of(const sim::Scope& scope, const ScalableTarget& target) {
  return capacity_of(scope, adapter_of(target), target.resource_id);
}

std::string resource_arn_part(const ScalableTarget& target) {
  return cat("resource/", target.service_namespace, "/", target.resource_id);
}

DescribeScope::DescribeScope(const Input& in)
    : service_namespace(in.string("ServiceNamespace")),
      resource_id(in.string("ResourceId")),
      dimension(in.string("ScalableDimension")) {
  if (!dimension.empty() && resource_id.empty())
    throw validation("Scalable dimension cannot be specified without a resource ID.");
}

bool DescribeScope::matches(const ScalableTarget& t) const {
  return t.service_namespace == service_namespace &&
         (resource_id.empty() || t.resource_id == resource_id) &&
         (dimension.empty() || t.dimension == dimension);
}

PageRequest page_of(const Input& in) {
  const auto limit = in.optional_integer("MaxResults");
  if (limit && (*limit < 1 || *limit > 50))
    throw validation("MaxResults must be between 1 and 50.");
  return page_request(in.string("NextToken"), limit.value_or(50), invalid_next_token());
}

}  // namespace squall::application_autoscaling
