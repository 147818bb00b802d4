// Target groups and traffic sources: attach, detach, describe.
#include <algorithm>

#include "services/autoscaling/internal.h"
#include "services/elbv2/elbv2.h"

namespace squall::autoscaling {
namespace {

void attach(Context& ctx, const std::string& name, const std::vector<std::string>& arns) {
  find_group(ctx, name);
  for (const std::string& arn : arns)
    if (!ctx.has<elbv2::TargetGroup>(arn))
      throw validation_error(
          "Provided Target Groups may not be valid. Please ensure they exist and try again.");
  Work work(ctx, name);
  for (const std::string& arn : arns) {
    auto& attached = work.group.target_group_arns;
    if (std::ranges::find(attached, arn) != attached.end()) continue;
    work.edit().target_group_arns.push_back(arn);
    if (is_suspended(work.group, "AddToLoadBalancer")) continue;
    for (const GroupInstance& i : work.group.instances)
      if (i.lifecycle == "InService") elbv2::register_target(ctx, arn, i.id);
  }
  work.save();
}

void detach(Context& ctx, const std::string& name, const std::vector<std::string>& arns) {
  find_group(ctx, name);
  Work work(ctx, name);
  for (const std::string& arn : arns) {
    if (!std::erase(work.edit().target_group_arns, arn))
      throw validation_error("Trying to remove Target Groups that are not part of the group");
    for (const GroupInstance& i : work.group.instances)
      elbv2::deregister_target(ctx, arn, i.id);
  }
  work.save();
}

std::vector<std::string> source_arns(const Input& in) {
  std::vector<std::string> arns;
  for (const Input& source : in.list("TrafficSources")) {
    if (source.string("Type", "elbv2") != "elbv2")
      throw validation_error("Only traffic sources of the type elbv2 are available");
    arns.push_back(source.string("Identifier"));
  }
  return arns;
}

Value attach_target_groups(Context& ctx, Input in) {
  attach(ctx, in.string("AutoScalingGroupName"), in.strings("TargetGroupARNs"));
  return Value::map();
}
Value detach_target_groups(Context& ctx, Input in) {
  detach(ctx, in.string("AutoScalingGroupName"), in.strings("TargetGroupARNs"));
  return Value::map();
}
Value attach_sources(Context& ctx, Input in) {
  attach(ctx, in.string("AutoScalingGroupName"), source_arns(in));
  return Value::map();
}
Value detach_sources(Context& ctx, Input in) {
  detach(ctx, in.string("AutoScalingGroupName"), source_arns(in));
  return Value::map();
}

/// Added until an attached instance passes a health check (then InService), as AWS has it.
std::string attachment_state(const sim::Scope& scope, const Group& group, const std::string& arn) {
  const elbv2::TargetGroup* target_group = scope.view<elbv2::TargetGroup>(arn);
  if (!target_group) return "Removing";
  if (group.health_check_type.find("ELB") == std::string::npos) return "Added";
  for (const elbv2::Target& t : target_group->targets) {
    if (t.state != "healthy") continue;
    for (const Group* owner : scope.by<Group>("instance:" + t.id))
      if (owner->id == group.id) return "InService";
  }
  return "Added";
}

Value describe_target_groups(Context& ctx, Input in) {
  const Group& group = find_group(ctx, in.string("AutoScalingGroupName"));
  Value token, list = Value::list();
  auto arns = group.target_group_arns;
  std::ranges::sort(arns);
  for (const std::string& arn : page_ids(arns, page_of(in), token))
    list.push({{"LoadBalancerTargetGroupARN", arn}, {"State", attachment_state(ctx, group, arn)}});
  return {{"LoadBalancerTargetGroups", list}, {"NextToken", token}};
}

Value describe_sources(Context& ctx, Input in) {
  const Group& group = find_group(ctx, in.string("AutoScalingGroupName"));
  const std::string type = in.string("TrafficSourceType", "elbv2");
  Value token, list = Value::list();
  auto arns = group.target_group_arns;
  std::ranges::sort(arns);
  for (const std::string& arn : page_ids(arns, page_of(in), token))
    if (type == "elbv2")
      list.push({{"TrafficSource", arn},
                 {"State", attachment_state(ctx, group, arn)},
                 {"Identifier", arn},
                 {"Type", "elbv2"}});
  return {{"TrafficSources", list}, {"NextToken", token}};
}

/// Classic Load Balancers cannot be attached, so there are none to show.
Value describe_load_balancers(Context& ctx, Input in) {
  find_group(ctx, in.string("AutoScalingGroupName"));
  page_of(in);
  return {{"LoadBalancers", Value::list()}};
}

const api::HandlerRow rows[] = {
    {"AttachLoadBalancerTargetGroups", Writes, attach_target_groups},
    {"DetachLoadBalancerTargetGroups", Writes, detach_target_groups},
    {"DescribeLoadBalancerTargetGroups", Reads, describe_target_groups},
    {"AttachTrafficSources", Writes, attach_sources},
    {"DetachTrafficSources", Writes, detach_sources},
    {"DescribeTrafficSources", Reads, describe_sources},
    {"DescribeLoadBalancers", Reads, describe_load_balancers},
};

}  // namespace

std::vector<std::string> page_ids(std::vector<std::string> ids, const PageRequest& request,
                                  Value& next_token) {
  if (!request.after.empty())
    std::erase_if(ids, [&](const std::string& id) { return id <= request.after; });
  if (ids.size() <= request.limit) return ids;
  ids.resize(request.limit);
  next_token = Value(base64_encode(cat("v1:", ids.back())));
  return ids;
}

std::span<const api::HandlerRow> traffic_rows() { return rows; }

}  // namespace squall::autoscaling
