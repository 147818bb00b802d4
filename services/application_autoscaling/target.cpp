// Scalable targets: what may be scaled, between which limits, and what is suspended.
#include <algorithm>

#include "services/application_autoscaling/internal.h"

namespace squall::application_autoscaling {
namespace {

constexpr size_t tags_max = 50;

/// The default quota of scalable targets a region.
size_t targets_max(std::string_view service_namespace) {
  if (service_namespace == "dynamodb") return 5000;
  if (service_namespace == "ecs") return 3000;
  return service_namespace == "cassandra" ? 1500 : 500;
}

AwsError missing_resource(const Adapter& adapter, const std::string& resource_id) {
  return validation(cat(adapter.missing, ": ", resource_id));
}

std::string role_arn(const sim::Scope& scope, const Adapter& adapter) {
  return scope.global_arn("iam", cat("role/aws-service-role/", adapter.service_namespace,
                                   ".application-autoscaling.amazonaws.com/"
                                   "AWSServiceRoleForApplicationAutoScaling_",
                                   adapter.role));
}

void read_limits(const Input& in, ScalableTarget& target, bool is_new) {
  const auto low = in.optional_integer("MinCapacity"), high = in.optional_integer("MaxCapacity");
  if (is_new && (!low || !high))
    throw validation("Both minimum capacity and maximum capacity are required to register a new "
                     "scalable target.");
  target.min_capacity = low.value_or(target.min_capacity);
  target.max_capacity = high.value_or(target.max_capacity);
  if (target.min_capacity < 0 || target.max_capacity < 0)
    throw validation("Minimum and maximum capacity must be greater than or equal to 0.");
  if (target.max_capacity < target.min_capacity)
    throw validation("Maximum capacity cannot be less than minimum capacity.");
}

void read_suspended(const Input& in, ScalableTarget& target) {
  const Input state = in.at("SuspendedState");
  auto read = [&](const char* member, bool& flag) { flag = state.boolean(member, flag); };
  read("DynamicScalingInSuspended", target.scale_in_suspended);
  read("DynamicScalingOutSuspended", target.scale_out_suspended);
  read("ScheduledScalingSuspended", target.schedule_suspended);
}

Value register_scalable_target(Context& ctx, Input in) {
  const TargetName name = target_name(in);
  const Adapter& adapter =
      find_adapter(name.service_namespace, name.resource_id, name.dimension);
  const auto* known = ctx.view<ScalableTarget>(name.id());
  if (!application_autoscaling::capacity_of(ctx, adapter, name.resource_id))
    throw missing_resource(adapter, name.resource_id);
  const size_t limit = targets_max(name.service_namespace);
  if (!known && ctx.by<ScalableTarget>("namespace:" + name.service_namespace).size() >= limit)
    throw limit_exceeded(cat("You have reached the limit of ", limit, " scalable targets for ",
                             name.service_namespace, "."));
  ScalableTarget target = known ? *known : new_target(ctx, name, adapter);
  read_limits(in, target, !known);
  read_suspended(in, target);
  // The role is the service-linked one wherever there is one, whatever the caller names.
  const std::string role = in.string("RoleARN");
  if (!role.empty() && !role.starts_with("arn:"))
    throw validation(cat("Invalid role ARN: ", role));
  const auto tags = in.string_map("Tags");
  if (known && !tags.empty())
    throw validation("Tags can only be specified when you register a new scalable target.");
  if (tags.size() > tags_max) throw validation("You can specify up to 50 tags.");
  for (const auto& [key, value] : tags) target.tags[key] = value;
  const std::string arn = target.arn;
  ctx.add(std::move(target));
  enforce_limits(ctx, name.id());
  return {{"ScalableTargetARN", arn}};
}

Value deregister_scalable_target(Context& ctx, Input in) {
  const TargetName name = target_name(in);
  find_adapter(name.service_namespace, name.resource_id, name.dimension);
  if (!ctx.has<ScalableTarget>(name.id()))
    throw object_not_found(cat("No scalable target found for ", name.words()));
  remove_target(ctx, name.id());
  return Value::map();
}

Value describe(const ScalableTarget& t) {
  return {{"ServiceNamespace", t.service_namespace},
          {"ResourceId", t.resource_id},
          {"ScalableDimension", t.dimension},
          {"MinCapacity", t.min_capacity},
          {"MaxCapacity", t.max_capacity},
          {"RoleARN", t.role_arn},
          {"CreationTime", t.created},
          {"SuspendedState", Value{{"DynamicScalingInSuspended", t.scale_in_suspended},
                                   {"DynamicScalingOutSuspended", t.scale_out_suspended},
                                   {"ScheduledScalingSuspended", t.schedule_suspended}}},
          {"ScalableTargetARN", t.arn}};
}

Value describe_scalable_targets(Context& ctx, Input in) {
  const auto ids = in.strings("ResourceIds");
  const std::string space = in.string("ServiceNamespace"), dimension =
                                                               in.string("ScalableDimension");
  if (!dimension.empty() && ids.empty())
    throw validation("Scalable dimension cannot be specified without a resource ID.");
  const Page page = paginate(
      ctx.all<ScalableTarget>(), page_of(in),
      [&](const ScalableTarget& t) {
        return t.service_namespace == space && (dimension.empty() || t.dimension == dimension) &&
               (ids.empty() || std::ranges::find(ids, t.resource_id) != ids.end());
      },
      describe);
  return {{"ScalableTargets", page.items}, {"NextToken", page.next_token}};
}

}  // namespace

ScalableTarget new_target(sim::Scope& scope, const TargetName& name, const Adapter& adapter) {
  ScalableTarget target;
  target.id = name.id();
  target.service_namespace = name.service_namespace;
  target.resource_id = name.resource_id;
  target.dimension = name.dimension;
  target.arn = scope.arn("application-autoscaling",
                         cat("scalable-target/0", scope.new_hex("scalable-target", 3, target.id),
                             scope.new_hex("scalable-target", 32, target.id)));
  target.role_arn = role_arn(scope, adapter);
  target.created = scope.now();
  return target;
}

void remove_target(sim::Scope& scope, const std::string& id) {
  if (!scope.has<ScalableTarget>(id)) return;
  std::vector<std::string> policies, actions;
  for (const Policy* p : scope.by<Policy>("target:" + id)) policies.push_back(p->id);
  for (const ScheduledAction* a : scope.by<ScheduledAction>("target:" + id))
    actions.push_back(a->id);
  for (const std::string& arn : policies) remove_policy(scope, arn);
  for (const std::string& action : actions) scope.erase<ScheduledAction>(action);
  scope.erase<ScalableTarget>(id);
}

std::span<const api::HandlerRow> target_rows() {
  static const api::HandlerRow rows[] = {
      {"RegisterScalableTarget", api::Writes, register_scalable_target},
      {"DeregisterScalableTarget", api::Writes, deregister_scalable_target},
      {"DescribeScalableTargets", api::Reads, describe_scalable_targets},
  };
  return rows;
}

}  // namespace squall::application_autoscaling
